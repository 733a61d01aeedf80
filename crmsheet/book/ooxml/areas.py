"""Rectangles of cells, and how ranges that end at the last row of a table grow when rows are added below it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from crmsheet.core.cells import LAST_COLUMN, column_letters, column_number

_AREA = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]+)(?::\$?([A-Za-z]{1,3})\$?([0-9]+))?")
_REFERENCE = re.compile(
    r"((?:'(?:[^']|'')+'|[^\s'!,;()+*/&=<>^{}\[\]\"-]+)!)"
    r"(\$?)([A-Z]{1,3})(\$?)([0-9]+):(\$?)([A-Z]{1,3})(\$?)([0-9]+)(?![0-9A-Za-z_.(])"
)


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of cells; columns are one-based numbers."""

    top: int
    left: int
    bottom: int
    right: int

    def __contains__(self, place: tuple[int, int]) -> bool:
        return self.top <= place[0] <= self.bottom and self.left <= place[1] <= self.right

    def meets(self, other: Area) -> bool:
        """Whether the two share a cell."""
        rows = self.top <= other.bottom and other.top <= self.bottom
        return rows and self.left <= other.right and other.left <= self.right

    def joined(self, other: Area) -> Area:
        """The least rectangle that holds both."""
        top, left = min(self.top, other.top), min(self.left, other.left)
        return Area(top, left, max(self.bottom, other.bottom), max(self.right, other.right))

    @property
    def single(self) -> bool:
        """Whether it is one cell."""
        return self.top == self.bottom and self.left == self.right

    def __str__(self) -> str:
        first = f"{letters(self.left)}{self.top}"
        return first if self.single else f"{first}:{letters(self.right)}{self.bottom}"


@lru_cache(maxsize=LAST_COLUMN)
def letters(column: int) -> str:
    """The letters of a column."""
    return column_letters(column)


@lru_cache(maxsize=LAST_COLUMN)
def number(column: str) -> int:
    """The number of a column."""
    return column_number(column.upper())


@lru_cache(maxsize=LAST_COLUMN)
def number_of(column: bytes) -> int:
    """The number of a column whose letters were read from a file."""
    return number(column.decode())


def area(text: str | None) -> Area | None:
    """The rectangle that `A1:B5` or `A1` names; None for whole columns, whole rows and anything else."""
    match = _AREA.fullmatch((text or "").strip())
    if match is None:
        return None
    left, top = number(match[1]), int(match[2])
    right, bottom = (number(match[3]), int(match[4])) if match[3] else (left, top)
    return Area(min(top, bottom), min(left, right), max(top, bottom), max(left, right))


def areas(texts: Iterable[str]) -> list[Area]:
    """The rectangles among several texts."""
    return [found for text in texts if (found := area(text))]


@dataclass(frozen=True, slots=True)
class Growth:
    """Rows were added to a table: it spans `left`..`right` from `header` down to `last`, which becomes `bottom`."""

    header: int
    last: int
    bottom: int
    left: int
    right: int

    def applies(self, found: Area) -> bool:
        """Whether a range ends with the table's data, so that the new rows belong to it.

        A single row is meant as that row, unless the table had no other.
        """
        ends = self.header < self.last == found.bottom and found.left <= self.right and found.right >= self.left
        return ends and (found.top < found.bottom or self.last <= self.header + 1)

    def grown(self, found: Area) -> Area:
        """The range with the new rows."""
        return Area(found.top, found.left, self.bottom, found.right) if self.applies(found) else found

    def sqref(self, text: str, taken: Iterable[Area] = ()) -> str:
        """A list of ranges, each grown unless that would run into one of the `taken` ranges."""
        blocked = list(taken)
        out = []
        for each in text.split():
            found = area(each)
            if found and self.applies(found) and not self._runs_into(found, blocked):
                out.append(str(self.grown(found)))
            else:
                out.append(each)
        return " ".join(out)

    def _runs_into(self, found: Area, taken: list[Area]) -> bool:
        below = Area(self.last + 1, found.left, self.bottom, found.right)
        return any(below.meets(each) for each in taken)

    def formula(self, text: str, sheet: str) -> str:
        """A formula in which the ranges of the table on this sheet have grown; text in quotes makes it stay."""
        if '"' in text:
            return text
        return _REFERENCE.sub(lambda match: self._reference(match, sheet), text)

    def _reference(self, match: re.Match[str], sheet: str) -> str:
        name = match[1][:-1]
        plain = name[1:-1].replace("''", "'") if name.startswith("'") else name
        found = Area(int(match[5]), number(match[3]), int(match[9]), number(match[7]))
        if plain.lower() != sheet.lower() or not self.applies(found):
            return match[0]
        return match[0][: match.start(9) - match.start()] + str(self.bottom)
