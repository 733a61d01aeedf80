"""What changed between two states of a book, by key and field: a moved row is no change."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

from crmsheet.change.columns import DOUBLED, column_names, rows_by_key
from crmsheet.core.book import Book, Table
from crmsheet.core.cells import Formula, same_cell
from crmsheet.core.changes import Change, Changes

_Identity: TypeAlias = str | int
"""What a row is known by: its key, or its number where no key tells it apart."""


def diff(old: Book, new: Book) -> Changes:
    """The changes that make the new book of the old one, in the tables that both have; places are those of the old.

    Rows are the same by their key; rows whose key is missing or doubled, by their number. A column that is new comes
    first, one that is gone last, after its cells were emptied. Two formulas are the same by their text.
    """
    shared = [name for name in old.tables if name in new.tables]
    return Changes.of(change for name in shared for change in _table(_Side(old.tables[name]), _Side(new.tables[name])))


class _Side:
    """One of the two tables: its columns by name, its cells by column, its rows by number."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.names = column_names(table)
        self.keys = rows_by_key(table)
        self._cells = {str(letters): table.cells[letters].tolist() for letters in table.cells}
        self._places = {int(row): number for number, row in enumerate(table.cells.index.tolist())}

    def values(self, name: str, rows: list[int]) -> list[Any]:
        """The cells of a column in these rows; None where there is no such column."""
        cells = self._cells.get(self.names.get(name, ""))
        return [None] * len(rows) if cells is None else [cells[self._places[row]] for row in rows]

    def held(self, row: int) -> dict[str, Any]:
        """The cells of a row that are not empty, by name."""
        found = ((name, self.values(name, [row])[0]) for name in self.names)
        return {name: value for name, value in found if not same_cell(value, None)}

    def used(self, name: str) -> bool:
        """Whether a column has a header or any cell."""
        letters = self.names[name]
        header = self.table.headers.get(letters)
        return bool(header) or any(not same_cell(value, None) for value in self._cells.get(letters, ()))

    def identities(self, other: _Side) -> dict[_Identity, int]:
        """The rows by what they are known by; a key counts where it is doubled in neither table."""
        found: dict[_Identity, int] = {}
        for row, key in zip(self._places, self.table.keys().tolist(), strict=True):
            single = key and self.keys[key] != DOUBLED and other.keys.get(key) != DOUBLED
            found[key if single else row] = row
        return found


def _table(old: _Side, new: _Side) -> Iterator[Change]:
    """The changes of one table."""
    table, header_row = old.table.name, old.table.header_row
    for name in new.names:
        if name not in old.names and new.used(name):
            header = new.table.headers.get(new.names[name], "")
            yield Change("column", table, row=header_row, field=name, after=header)
    old_rows, new_rows = old.identities(new), new.identities(old)
    both = [identity for identity in old_rows if identity in new_rows]
    yield from _cells(old, new, [(_key(each), old_rows[each], new_rows[each]) for each in both])
    for identity, row in old_rows.items():
        if identity not in new_rows and (held := old.held(row)):
            yield Change("remove", table, _key(identity), row, before=held)
    for identity, row in new_rows.items():
        if identity not in old_rows and (held := new.held(row)):
            yield Change("add", table, _key(identity), after=held)
    for name, letters in old.names.items():
        if name not in new.names and letters in old.table.headers:
            header = old.table.headers[letters]
            yield Change("column", table, "", header_row, letters, name, before=header)


def _cells(old: _Side, new: _Side, both: list[tuple[str, int, int]]) -> Iterator[Change]:
    """The cells that differ in the rows that both have, given as key, old row and new row."""
    old_rows, new_rows = [row for _, row, _ in both], [row for _, _, row in both]
    for name in dict.fromkeys([*old.names, *new.names]):
        letters = old.names.get(name, "")
        pairs = zip(old.values(name, old_rows), new.values(name, new_rows), both, strict=True)
        for before, after, (key, row, _) in pairs:
            if before is not after and not _same(before, after):
                yield Change("set", old.table.name, key, row, letters, name, before, after)


def _key(identity: _Identity) -> str:
    return identity if isinstance(identity, str) else ""


def _same(left: Any, right: Any) -> bool:
    if isinstance(left, Formula) and isinstance(right, Formula):
        return left.text == right.text
    return same_cell(left, right)
