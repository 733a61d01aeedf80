"""Cells beside the tables of a sheet, such as titles and totals: what differs in them, by address."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crmsheet.book.layout.filled import blank
from crmsheet.change.aligning import pairs
from crmsheet.change.likeness import looks_alike, same_formula
from crmsheet.core.book import PART_ROWS, Identity, Sheet, Table
from crmsheet.core.cells import Formula, column_number, same_cell
from crmsheet.core.messages import Message

_BY_CONTENT = Identity((), Message(""), guessed=True)
_MOST = 5_000
"""Rows beside tables that are compared; a sheet of more is none that people look through."""


@dataclass(frozen=True, slots=True)
class Beside:
    """A cell that belongs to no table and differs: its place as it is now, or where it was if it is gone."""

    sheet: str
    row: int
    letters: str
    before: Any
    after: Any


def beside(old: Sheet, new: Sheet, tables: Sequence[Sequence[Table]], *, loose: bool) -> tuple[Beside, ...]:
    """What differs between two states of a sheet in the cells that are in none of its `tables` (old and new).

    A row that was only moved, as the total below a table that has grown, is no change; else the same row is compared.
    """
    before, after = (_rest(sheet, each) for sheet, each in zip((old, new), tables, strict=True))
    if not len(before.cells) and not len(after.cells):
        return ()
    both = pairs(before, after)
    taken = frozenset(both.values())
    both |= {
        row: row for row in before.cells.index if row not in both and row in after.cells.index and row not in taken
    }
    found = [
        Beside(new.name, now, letters, cell, fresh)
        for row, now in both.items()
        for letters in _letters(before, after)
        if not _same(cell := _cell(before, row, letters), fresh := _cell(after, now, letters), row, now, loose=loose)
    ]
    found += [Beside(old.name, row, at, cell, None) for row, at, cell in _alone(before, both)]
    found += [Beside(new.name, row, at, None, cell) for row, at, cell in _alone(after, both.values())]
    return tuple(sorted(found, key=lambda each: (each.row, column_number(each.letters))))


def _same(before: Any, after: Any, row: int, now: int, *, loose: bool) -> bool:
    if isinstance(before, Formula) and isinstance(after, Formula):
        return same_formula(before.text, after.text, (row, {}), (now, {}))
    return same_cell(before, after) or (loose and looks_alike(before, after))


def _letters(before: Table, after: Table) -> list[str]:
    return sorted({*map(str, before.cells.columns), *map(str, after.cells.columns)}, key=column_number)


def _cell(table: Table, row: int, letters: str) -> Any:
    return table.cells.at[row, letters] if letters in table.cells else None


def _alone(table: Table, known: Iterable[int]) -> Iterator[tuple[int, str, Any]]:
    """The filled cells of rows that are not known."""
    for row in table.cells.index.difference(list(known)):
        for letters in table.cells.columns:
            if not same_cell(cell := table.cells.at[row, letters], None):
                yield int(row), str(letters), cell


def _rest(sheet: Sheet, tables: Iterable[Table]) -> Table:
    """The cells of a sheet that are in none of the tables, as a table without header and key."""
    cells, open_cells = sheet.cells, np.ones(sheet.cells.shape, dtype=bool)
    for table in tables:
        _close(open_cells, sheet, table)
    rows = np.flatnonzero(open_cells.any(axis=1))[:_MOST]
    rest = cells.iloc[rows].where(open_cells[rows], None)
    rest = rest.loc[[not all(map(blank, row)) for row in rest.to_numpy(dtype=object)]]
    return Table(sheet.name, sheet.name, 0, rest, {}, {}, "", pd.DataFrame(index=rest.index), identity=_BY_CONTENT)


def _close(open_cells: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], sheet: Sheet, table: Table) -> None:
    """Takes the header and the records of a table out of the cells that are open."""
    rows, letters = sheet.cells.index, sheet.cells.columns
    ids = table.cells.index.to_numpy()
    for number, part in enumerate(table.parts):
        if part.sheet == sheet.name:
            mine = ids[ids // PART_ROWS == number] % PART_ROWS
            columns = [part.letters_of(str(each)) for each in (*table.cells.columns, *table.headers)]
            at = rows.get_indexer(pd.Index(np.append(mine, part.header_row)))
            across = letters.get_indexer(pd.Index([each for each in columns if each], dtype=object))
            open_cells[np.ix_(at[at >= 0], across[across >= 0])] = False
