"""What somebody looks for, taken apart once: as a text, as numbers, as an address, as letters of pinyin."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from crmsheet.clean.phone_cell import split_cell
from crmsheet.clean.spelling import narrow
from crmsheet.core.context import Context
from crmsheet.match.characters import texts_of

_PHONE = re.compile(r"[+(（＋]?[\d０-９][\d０-９\s()（）+./–-]*(?:(?:转|ext\.?|x|#)\s*\d{1,6})?", re.IGNORECASE)
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_EXTENSION = re.compile(r"(?:转|ext\.?|x|#)\s*\d{1,6}\s*$", re.IGNORECASE)
LOCAL = 7
"""Digits of the shortest number that means a line; fewer are only a part of one."""
PART = 4
"""Digits and letters below which a number is not looked for inside of others."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The words of a search.

    `text` as typed · `folded` without the differences nobody sees · `bare` letters and digits alone · `phones` the
    numbers it may be, canonical · `digits` of a number, else '' · `address` an e-mail, else '' · `han` whether it has
    Chinese characters.
    """

    text: str
    folded: str
    bare: str
    phones: tuple[str, ...]
    digits: str
    address: str
    han: bool

    @property
    def inside(self) -> bool:
        """Whether it says enough to be looked for inside of other texts: 0 and x are everywhere."""
        if self.bare.isdecimal():
            return len(self.bare) >= PART
        return len(self.bare) >= 2

    @property
    def letters(self) -> str:
        """What may be pinyin, else ''."""
        return self.bare if self.bare.isascii() and self.bare.isalpha() else ""

    @property
    def least(self) -> int:
        """Characters from which a slip of the fingers can be told from another name."""
        return 3 if self.han else 4

    @property
    def nameable(self) -> bool:
        """Whether it says enough to be a part of a name: one Chinese character may be a surname."""
        return self.inside or self.han


def wanted(text: str, context: Context) -> Wanted:
    """The words of a search, taken apart."""
    (typed,) = texts_of([pa.array([text.strip()], pa.large_string())])
    folded, bare = typed.folded[0], typed.bare[0]
    digits = _digits(_EXTENSION.sub("", narrow(text))) if _PHONE.fullmatch(text.strip()) else ""
    phones = numbers_of(text, context) if len(digits) >= LOCAL else ()
    address = folded.removeprefix("mailto:") if folded.count("@") == 1 and " " not in folded else ""
    return Wanted(text, folded, bare, tuple(phones), digits, address, bool(_HAN.search(bare)))


def numbers_of(text: str, context: Context) -> Sequence[str]:
    """The phone numbers of a cell, E.164 where they are understood, else their digits; extensions are left out."""
    found = []
    for piece in split_cell(narrow(text), context.region):
        value = piece.value.partition("x")[0] or _digits(_EXTENSION.sub("", piece.text))
        if value:
            found.append(value)
    return found


def _digits(text: str) -> str:
    return "".join(each for each in text if each.isdecimal())
