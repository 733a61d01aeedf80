"""Changes that name bare places of sheets (`cell`, `append`), as changes of tables: by key where the row has one.

What no key tells is a change of the sheet's grid: a table called `客户!` whose columns are the letters and whose rows
are the rows of the sheet. A row of it is where it was; whether it still is the same, its cells tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

import pandas as pd

from crmsheet.change.columns import DOUBLED, column_names, rows_by_key
from crmsheet.core.book import Book, Sheet, Table
from crmsheet.core.cells import column_number
from crmsheet.core.changes import Change, Changes

MARK = "!"
"""How the name of a grid ends; no sheet has it in its name."""


def on_grids(changes: Changes) -> Changes:
    """Changes of bare places as those of grids: the table that they name is a sheet."""
    return Changes.of(
        replace(each, table=f"{each.table}{MARK}", field=each.column if each.kind == "set" else "") for each in changes
    )


def is_grid(table: str) -> bool:
    """Whether a table is the grid of a sheet."""
    return table.endswith(MARK)


def by_key(changes: Changes, then: Book) -> Changes:
    """The changes of grids, made in a state of the book, as changes of its tables where a key tells the row."""
    columns: dict[str, dict[str, str]] = {}
    rows = {name: rows_by_key(table) for name, table in then.tables.items()}

    def told(change: Change) -> Change:
        if not is_grid(change.table):
            return change
        for name, table in then.tables.items():
            row = _row(table, change)
            key = str(table.keys().get(row, "")) if row in table.cells.index else ""
            if not key or rows[name].get(key, DOUBLED) == DOUBLED:
                continue
            part = table.part_of(row)
            names = columns.setdefault(name, {part.letters_of(at): each for each, at in column_names(table).items()})
            if turned := _in_table(change, name, key, row, names):
                return turned
        return change

    return Changes.of(map(told, changes))


def _row(table: Table, change: Change) -> int:
    """The row of a table that a change of a grid is in, 0 where it is in none for certain."""
    sheet = change.table.removesuffix(MARK)
    if table.joined:
        return table.row_at(sheet, change.row, change.column)
    return change.row if sheet == table.sheet else 0


def _in_table(change: Change, table: str, key: str, row: int, names: Mapping[str, str]) -> Change | None:
    """The change by the names of a table; None where a cell of it is in none of its columns."""
    if change.kind == "set":
        name = names.get(change.column)
        return replace(change, table=table, key=key, row=row, column="", field=name) if name else None
    held = [each and {names.get(at, ""): value for at, value in each.items()} for each in (change.before, change.after)]
    if any("" in (each or ()) for each in held):
        return None
    return replace(change, table=table, key=key, row=row, before=held[0], after=held[1])


def grids(changes: Changes, sheets: Iterable[Sheet]) -> Mapping[str, Table]:
    """The grids that changes are about, as tables of the book, with the places that the changes need."""
    wanted: dict[str, list[Change]] = {}
    for each in changes:
        if is_grid(each.table):
            wanted.setdefault(each.table, []).append(each)
    return {name: _grid(name, sheet, wanted[name]) for sheet in sheets if (name := f"{sheet.name}{MARK}") in wanted}


def _grid(name: str, sheet: Sheet, changes: Iterable[Change]) -> Table:
    needed = list(changes)
    rows = sorted({*map(int, sheet.cells.index), *(each.row for each in needed)})
    letters = {*map(str, sheet.cells.columns), *(at for each in needed for at in _letters(each))}
    cells = sheet.cells.reindex(index=rows, columns=sorted(letters, key=column_number)).astype(object)
    cells = cells.where(cells.notna(), None)
    return Table(name, sheet.name, 0, cells, {}, {}, "", pd.DataFrame(index=cells.index))


def _letters(change: Change) -> Iterator[str]:
    yield from (change.column,) if change.kind == "set" else (change.before or change.after or ())
