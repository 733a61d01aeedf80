"""Web addresses: half-width, the scheme and host in lower case; the path keeps its case, no scheme is invented."""

from __future__ import annotations

import re

from crmsheet.clean.normaliser import Normaliser
from crmsheet.clean.spelling import narrow
from crmsheet.clean.text import read_spelling, settled

_HOST = re.compile(r"((?:https?://)?)([^/?#\s]+)(.*)", re.IGNORECASE | re.DOTALL)
_DOTTED = re.compile(r"[\w.-]+\.[A-Za-z]{2,}(?::\d+)?")


def _spelt(text: str) -> str:
    """RFC 3986, 6.2.2.1: scheme and host are case-insensitive; the rest is not."""
    address = narrow(text).rstrip("。，、；,; \n")
    parts = _HOST.fullmatch(address)
    if not parts or not _DOTTED.fullmatch(parts[2]):
        return address
    return parts[1].lower() + parts[2].lower() + parts[3]


def _quick(address: str) -> bool:
    """ASCII without capitals, and nothing at its end to take off."""
    return address.isascii() and address == address.lower() and address[-1] not in ",;"


NORMALISER = Normaliser(kinds=("url",), cards=(), read=read_spelling(_spelt), canonical=settled(_quick))
