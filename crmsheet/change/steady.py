"""Which rows stand as they stood: in a newer state of a book they are told by their places, key or no key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from crmsheet.change.planning import inside
from crmsheet.core.book import Book, Table
from crmsheet.core.cells import same_cell
from crmsheet.core.changes import Changes


def steady_rows(changes: Changes, old: Book, new: Book) -> Mapping[str, frozenset[int]]:
    """Of the rows that changes touch, by table: those that stand in the same place with the same cells in both.

    A cell may hold by now what a change makes of it: somebody has made that change already.
    """
    placed = inside(old, changes)
    touched: dict[str, dict[int, dict[str, object]]] = {}
    columns = (placed.column(each) for each in ("kind", "table", "row", "column", "field", "after"))
    for kind, name, row, column, field, after in zip(*columns, strict=True):
        made = touched.setdefault(name, {}).setdefault(int(row), {})
        if kind == "set" and name in old.tables:
            made[column or old.tables[name].columns.get(field, "")] = after
    return {
        name: frozenset(_steady(rows, old.tables[name], new.tables[name]))
        for name, rows in touched.items()
        if name in old.tables and name in new.tables and _alike(old.tables[name], new.tables[name])
    }


def _alike(old: Table, new: Table) -> bool:
    """Whether two states of a table lie in the same places of the same sheets."""
    places = [[(part.sheet, part.header_row) for part in table.parts] for table in (old, new)]
    return places[0] == places[1]


def _steady(rows: Mapping[int, Mapping[str, object]], old: Table, new: Table) -> Iterable[int]:
    there = sorted(set(rows) & set(old.cells.index) & set(new.cells.index))
    letters = dict.fromkeys([*old.cells.columns, *new.cells.columns])
    before, after = (table.cells.loc[there].reindex(columns=list(letters)) for table in (old, new))
    for row, was, now in zip(there, before.to_numpy().tolist(), after.to_numpy().tolist(), strict=True):
        cells = zip(letters, map(_cell, was), map(_cell, now), strict=True)
        if all(same_cell(first, second) or _is_made(rows[row], at, second) for at, first, second in cells):
            yield row


def _is_made(made: Mapping[str, object], letters: str, cell: object) -> bool:
    """Whether a cell holds what a change makes of it."""
    return letters in made and same_cell(made[letters], cell)


def _cell(value: object) -> object:
    """A cell; a column that one of the two lacks is empty there."""
    return None if value != value else value
