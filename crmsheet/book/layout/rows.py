"""Which rows below a header are records: not the empty ones, the totals, the remarks, nor the header again.

Only rows that can be something else are looked at one by one: the first and the last, those with hardly anything in
them, and those that hold a word for a total or a text of the header.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from crmsheet.book.layout.grid import Area, Counts, Grid
from crmsheet.book.layout.heads import Head, like_head
from crmsheet.book.layout.words import (
    SECOND_WORDS,
    are_obligations,
    are_units,
    is_example,
    is_firm,
    is_grand_total,
    is_prose,
    is_remark,
    is_signature,
    is_total,
    may_be_a_firm,
    may_be_total,
)
from crmsheet.core.cells import Formula

_TOP, _TAIL = 4, 12
_TEXT_COLUMNS = 4
_SPARSE = 2
_MOST_SPARSE = 2000
_PROSE = 15


@dataclass(frozen=True, slots=True)
class Judged:
    """The rows below a header, by position.

    `rows`   the records; `aside` what the others are
    `lone`   rows of a single text that were left out, though they may be records
    `after`  the row of a total below which there are records, -1 for none; `firms` totals that may be firms
    `covered` places inside merged cells -> the place that holds the value
    """

    rows: tuple[int, ...]
    aside: Mapping[int, str]
    lone: tuple[int, ...] = ()
    after: int = -1
    firms: tuple[int, ...] = ()
    covered: Mapping[tuple[int, int], tuple[int, int]] | None = None


def judge(grid: Grid, area: Area, head: Head, last: int | None = None) -> Judged:
    """The rows of an area below its header; with `last`, the last row that can be a record is known."""
    covered = dict(_covered(grid, area))
    own = grid.counts(area)
    counts = own.copy()
    for (row, _), anchor in covered.items():
        counts[row - area.top] += bool(grid.filled[anchor])
    counts[own == 0] = 0
    filled = np.flatnonzero(counts) + area.top
    if not len(filled):
        return Judged((), {})
    typical = float(np.median(counts[counts > 0]))
    view = _View(grid, area, head, counts, typical)
    aside = {row: kind for row in view.suspects(filled) if (kind := view.kind(row))}
    aside |= view.near_the_top(filled, aside)
    aside |= view.titles_of_pages(filled, aside)
    lone = () if last is not None else view.lone(filled, aside)
    aside |= {row: "note" if row > _last_record(filled, aside, lone) else "title" for row in lone}
    if last is not None:
        aside |= {int(row): "note" for row in filled if row > last and row not in aside}
    records = tuple(int(row) for row in filled if row not in aside) if aside else tuple(filled.tolist())
    kept = set(records)
    return Judged(
        records,
        aside,
        lone,
        view.total_above_records(records, aside) if last is None else -1,
        tuple(row for row, kind in aside.items() if kind == "total" and view.may_be_a_record(row, records)),
        {place: anchor for place, anchor in covered.items() if place[0] in kept and anchor[0] in kept},
    )


def _covered(grid: Grid, area: Area) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """The places inside the merged cells of an area -> their first cell."""
    for each in grid.merged:
        if area.holds(each.top, each.left):
            for row in range(each.top, min(each.bottom, area.bottom) + 1):
                for column in range(each.left, min(each.right, area.right) + 1):
                    if (row, column) != (each.top, each.left):
                        yield (row, column), (each.top, each.left)


def _last_record(filled: Counts, aside: Mapping[int, str], lone: tuple[int, ...]) -> int:
    """The last row that is nothing else."""
    return next((int(row) for row in filled[::-1] if row not in aside and row not in lone), -1)


@dataclass(frozen=True, slots=True)
class _View:
    """The rows below a header, with what is needed to judge one of them."""

    grid: Grid
    area: Area
    head: Head
    counts: Counts
    typical: float

    def suspects(self, filled: Counts) -> list[int]:
        """The rows that can be something else than a record."""
        found = {*filled[:_TOP].tolist(), *filled[-_TAIL:].tolist()}
        sparse = filled[self.counts[filled - self.area.top] <= _SPARSE]
        if self.typical > _SPARSE and len(sparse) <= _MOST_SPARSE:
            found.update(sparse.tolist())
        firsts = enumerate(self.grid.first_cells(self.area), self.area.top)
        found.update([row for row, cell in firsts if type(cell) is str and may_be_total(cell)])
        words = {*self.head.texts.values(), *self.head.groups.values()}
        columns = list(self.head.texts)[:_TEXT_COLUMNS]
        found.update(self.grid.rows_with(words | SECOND_WORDS, columns, self.area))
        found.update(each.top for each in self.grid.merged if self._is_wide(each))
        return sorted(found)

    def _is_wide(self, merged: Area) -> bool:
        """Whether merged cells of one row take up half of the table."""
        inside = self.area.holds(merged.top, merged.left) and merged.top == merged.bottom
        return inside and 2 * merged.width >= max(self.area.width, 4)

    def kind(self, row: int) -> str:
        """What a row is besides a record, '' where it may be one."""
        cells = self.grid.cells(row, self.area)
        if not cells:
            return ""
        if like_head(self.grid.texts(row, self.area), self.head):
            return "repeated"
        if is_total(cells):
            return "total"
        width = len(self.head.texts)
        if width >= 3 and len(cells) <= min(3, width - 2):
            if is_signature(cells):
                return "signature"
            if is_remark(cells):
                return "note"
        if len(cells) > 1 or not isinstance(cells[0], str):
            return ""
        merged = self.grid.merged_at.get((row, self._first(row)))
        wide = merged is not None and self._is_wide(merged)
        if width >= 3 and is_prose(cells[0]) and (wide or len(cells[0]) >= _PROSE):
            return "note"
        return "title" if wide else ""

    def _first(self, row: int) -> int:
        """The column of the first filled cell of a row."""
        return int(self.grid.filled[row, self.area.left : self.area.right + 1].argmax()) + self.area.left

    def near_the_top(self, filled: Counts, aside: Mapping[int, str]) -> dict[int, str]:
        """Rows right below the header that a template has there: units, what must be filled in, examples."""
        found: dict[int, str] = {}
        for row in filled[:_TOP].tolist():
            texts = self.grid.texts(row, self.area)
            said = list(texts.values())
            if row in aside:
                continue
            if is_example(said[0]):
                found[row] = "example"
            elif are_units(said) and len(said) < max(2, len(self.head.texts)):
                found[row] = "unit"
            elif are_obligations(said):
                found[row] = "note"
            else:
                break
        return found

    def titles_of_pages(self, filled: Counts, aside: Mapping[int, str]) -> dict[int, str]:
        """Single texts right above the header said again."""
        before = {row: above for above, row in pairwise(filled.tolist())} if aside else {}
        above = (before.get(row, -1) for row, kind in aside.items() if kind == "repeated")
        return {row: "title" for row in above if row not in aside and row >= 0 and self._is_single(row)}

    def _is_single(self, row: int) -> bool:
        return self.counts[row - self.area.top] == 1 and isinstance(self.grid.cells(row, self.area)[0], str)

    def lone(self, filled: Counts, aside: Mapping[int, str]) -> tuple[int, ...]:
        """Rows of a single text that may be headings or remarks rather than a record of which only the name is known.

        They are, if one of them comes first, or after an empty row, and it is not the name of a firm.
        """
        if self.typical < 3:
            return ()
        at = filled[self.counts[filled - self.area.top] == 1]
        if not 0 < len(at) <= _MOST_SPARSE:
            return ()
        single = [row for row in at.tolist() if row not in aside and self._is_single(row)]
        single = [row for row in single if not is_firm(str(self.grid.cells(row, self.area)[0]))]
        first = next((int(row) for row in filled if row not in aside), -1)
        apart = any(row == first or self.counts[row - self.area.top - 1] == 0 for row in single)
        return tuple(single) if apart else ()

    def total_above_records(self, records: tuple[int, ...], aside: Mapping[int, str]) -> int:
        """The last row of totals, where it sums up everything and yet records follow; -1 elsewhere."""
        totals = [row for row, kind in aside.items() if kind == "total"]
        if not totals or not records or max(totals) > records[-1]:
            return -1
        last = max(totals)
        again = sum(1 for row in totals if self._word(row) == self._word(last))
        repeated = any(kind == "repeated" and row > last for row, kind in aside.items())
        return last if is_grand_total(self.grid.cells(last, self.area)[0]) and again == 1 and not repeated else -1

    def _word(self, row: int) -> object:
        return self.grid.cells(row, self.area)[0]

    def may_be_a_record(self, row: int, records: tuple[int, ...]) -> bool:
        """Whether a row taken for a total may be a firm called so: records follow, and nothing shows a sum."""
        cells = self.grid.cells(row, self.area)
        follows = bool(records) and records[-1] > row
        return follows and may_be_a_firm(cells[0]) and not any(isinstance(each, Formula) for each in cells)
