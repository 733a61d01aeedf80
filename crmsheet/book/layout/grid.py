"""A sheet as a grid of places: what is filled, what is merged; rows and columns by position, not by number."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Container, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np

from crmsheet.book.layout.filled import blank, shown
from crmsheet.core.book import Sheet
from crmsheet.core.cells import column_number, split_a1

Mask: TypeAlias = "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]"
Counts: TypeAlias = "np.ndarray[tuple[int, ...], np.dtype[np.int64]]"


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of positions, both ends included; empty when its bottom is above its top."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def width(self) -> int:
        """How many columns it has."""
        return self.right - self.left + 1

    def rows(self, top: int, bottom: int) -> Area:
        """The same columns between two rows."""
        return Area(top, self.left, bottom, self.right)

    def columns(self, left: int, right: int) -> Area:
        """The same rows between two columns."""
        return Area(self.top, left, self.bottom, right)

    def holds(self, row: int, column: int) -> bool:
        """Whether a place is in it."""
        return self.top <= row <= self.bottom and self.left <= column <= self.right


class Grid:
    """The cells of a sheet by position."""

    def __init__(self, sheet: Sheet) -> None:
        self.values = sheet.cells.to_numpy(dtype=object)
        self.numbers: list[int] = sheet.cells.index.tolist()
        self.letters: list[str] = [str(each) for each in sheet.cells.columns]
        self.filled: Mask = _filled(self.values)
        self._ranges = sheet.merged

    @cached_property
    def area(self) -> Area:
        """All of it."""
        return Area(0, 0, len(self.numbers) - 1, len(self.letters) - 1)

    @cached_property
    def merged(self) -> tuple[Area, ...]:
        """The merged cells that reach into the grid, cut to it, by their first cell."""
        places = [column_number(each) for each in self.letters]
        found = (self._area(each, places) for each in self._ranges)
        cut = (each for each in found if each.bottom >= each.top and each.right >= each.left)
        return tuple(sorted(cut, key=lambda each: (each.top, each.left)))

    def _area(self, name: str, places: list[int]) -> Area:
        (first, top), (last, bottom) = map(split_a1, name.split(":"))
        return Area(
            bisect_left(self.numbers, top),
            bisect_left(places, column_number(first)),
            bisect_right(self.numbers, bottom) - 1,
            bisect_right(places, column_number(last)) - 1,
        )

    @cached_property
    def merged_at(self) -> dict[tuple[int, int], Area]:
        """First cell -> its merged area."""
        return {(each.top, each.left): each for each in self.merged}

    def counts(self, area: Area) -> Counts:
        """How many cells are filled in each row of an area."""
        counts: Counts = self.part(area).sum(axis=1)
        return counts

    def part(self, area: Area) -> Mask:
        """Where an area is filled."""
        return self.filled[area.top : area.bottom + 1, area.left : area.right + 1]

    def cells(self, row: int, area: Area) -> list[object]:
        """The filled cells of a row, left to right."""
        columns = np.flatnonzero(self.filled[row, area.left : area.right + 1]) + area.left
        return [self.values[row, each] for each in columns]

    def texts(self, row: int, area: Area) -> dict[int, str]:
        """Column position -> text, for the filled cells of a row."""
        columns = np.flatnonzero(self.filled[row, area.left : area.right + 1]) + area.left
        return {int(each): text for each in columns if (text := shown(self.values[row, each]))}

    def first_cells(self, area: Area) -> list[object]:
        """The first filled cell of each row of an area; None for an empty row."""
        part = self.part(area)
        values = self.values[np.arange(area.top, area.bottom + 1), part.argmax(axis=1) + area.left]
        values[~part.any(axis=1)] = None
        return list(values)

    def rows_with(self, words: Container[str], columns: Iterable[int], area: Area) -> list[int]:
        """The rows of an area that hold one of the words in one of the columns."""
        return [
            row
            for at in columns
            for row, cell in enumerate(self.values[area.top : area.bottom + 1, at].tolist(), area.top)
            if cell in words
        ]

    def adjacent(self, row: int) -> bool:
        """Whether the next position is the next row of the sheet too."""
        return row + 1 < len(self.numbers) and self.numbers[row + 1] == self.numbers[row] + 1


def _filled(values: np.ndarray[tuple[int, ...], np.dtype[np.object_]]) -> Mask:
    """Where there is content. White space is none; it is looked for where a row begins with it."""
    filled: Mask = values != None  # noqa: E711  (element by element, by identity)
    if not filled.size:
        return filled
    firsts = values[np.arange(len(values)), filled.argmax(axis=1)].tolist()
    suspect = ((type(each) is str and (not each or each[0].isspace())) or each != each for each in firsts)
    for row in np.flatnonzero(list(suspect)).tolist():
        filled[row] = [not blank(each) for each in values[row]]
    return filled
