"""Whether the numbers of a column are those of another region than the settings say: asked once, not in every cell."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from crmsheet.clean.phone_plan import find_number
from crmsheet.clean.spelling import as_text, narrow

REGIONS = (
    "CN", "US", "GB", "HK", "TW", "SG", "MY", "JP", "KR", "IN", "ID", "TH", "VN", "PH", "AU", "NZ", "DE", "FR", "ES",
    "IT", "NL", "BE", "CH", "AT", "PL", "SE", "BR", "MX", "AE", "ZA",
)  # fmt: skip
"""Regions that are tried; Canada dials as the United States do."""

_BARE = re.compile(r"[(\d][\d ()./-]{6,18}")
_AT_SIGHT = re.compile(r"[(0-9](?:[0-9()./-]| (?! )){5,17}[0-9()./-]")
_ABROAD = re.compile(r"00|011")
_LEAST, _SAMPLE = 10, 60
_MOST_AT_HOME, _LEAST_THERE, _LEAD = 0.5, 0.8, 0.1


def region_of(cells: Sequence[Any], home: str) -> str:
    """The region whose numbers the distinct cells are, if that is clearly not `home`; else ''.

    Clear is: of 10 cells and more that are bare numbers (no country code), fewer than half are numbers of the home
    region, 80 % are numbers of another one, and no third region comes near.
    """
    texts = [text for cell in cells if (text := _bare_number(cell))]
    if len(texts) < _LEAST:
        return ""
    texts = texts[:: -(-len(texts) // _SAMPLE)]
    if _share(texts, home) >= _MOST_AT_HOME:
        return ""
    shares = sorted(((_share(texts, region), region) for region in REGIONS if region != home), reverse=True)
    (best, region), (next_best, _) = shares[:2]
    return region if best >= _LEAST_THERE and best - next_best >= _LEAD else ""


def _bare_number(cell: object) -> str:
    """The text of a cell that holds one number without a country code, else ''."""
    if not isinstance(cell, str | int | float) or isinstance(cell, bool):
        return ""
    narrow_already = isinstance(cell, str) and _AT_SIGHT.fullmatch(cell) is not None
    text = str(cell) if narrow_already else narrow(as_text(cell)).strip()
    return text if _BARE.fullmatch(text) and not _ABROAD.match(text) else ""


def _share(texts: Sequence[str], region: str) -> float:
    """The share of the texts that are numbers of a region as they stand, trunk prefix and all."""
    return sum(_is_of(text, region) for text in texts) / len(texts)


def _is_of(text: str, region: str) -> bool:
    number = find_number(text, region)
    if number is None:
        return False
    digits = re.sub(r"\D", "", text)
    return not (number.national.startswith("0") and digits[0] != "0")
