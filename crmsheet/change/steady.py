"""Which rows stand as they stood: in a newer state of a book they are told by their places, key or no key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from crmsheet.change.planning import inside
from crmsheet.core.book import Book, Table
from crmsheet.core.cells import same_cell
from crmsheet.core.changes import Changes


def steady_rows(changes: Changes, old: Book, new: Book) -> Mapping[str, frozenset[int]]:
    """Of the rows that changes touch, by table: those that stand in the same place with the same cells in both."""
    placed = inside(old, changes)
    touched: dict[str, set[int]] = {}
    for name, row in zip(placed.column("table"), placed.column("row"), strict=True):
        touched.setdefault(name, set()).add(int(row))
    return {
        name: frozenset(_steady(rows, old.tables[name], new.tables[name]))
        for name, rows in touched.items()
        if name in old.tables and name in new.tables and _alike(old.tables[name], new.tables[name])
    }


def _alike(old: Table, new: Table) -> bool:
    """Whether two states of a table lie in the same places of the same sheets."""
    places = [[(part.sheet, part.header_row) for part in table.parts] for table in (old, new)]
    return places[0] == places[1]


def _steady(rows: Iterable[int], old: Table, new: Table) -> Iterable[int]:
    there = sorted(set(rows) & set(old.cells.index) & set(new.cells.index))
    letters = dict.fromkeys([*old.cells.columns, *new.cells.columns])
    before, after = (table.cells.loc[there].reindex(columns=list(letters)) for table in (old, new))
    for row, was, now in zip(there, before.to_numpy().tolist(), after.to_numpy().tolist(), strict=True):
        if all(same_cell(_cell(first), _cell(second)) for first, second in zip(was, now, strict=True)):
            yield row


def _cell(value: object) -> object:
    """A cell; a column that one of the two lacks is empty there."""
    return None if value != value else value
