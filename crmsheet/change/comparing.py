"""What changed between two states of a book, by key and field: a moved row and a moved column are no change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import is_not
from typing import Any, TypeAlias

import numpy as np

from crmsheet.change.aligning import positions
from crmsheet.change.columns import column_names
from crmsheet.change.likeness import looks_alike, same_formula
from crmsheet.core.book import Book, Table
from crmsheet.core.cells import Formula, same_cell
from crmsheet.core.changes import Changes

TEXT_ONLY = ("csv", "html")
"""Formats that hold nothing but text: a number there is the same as its words."""

Cells: TypeAlias = "np.ndarray[tuple[int, ...], np.dtype[np.object_]]"
Places: TypeAlias = "np.ndarray[tuple[int, ...], np.dtype[np.intp]]"

_FIELDS = ("kind", "table", "key", "row", "column", "field", "before", "after")


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed in one table: the changes, for each of them its row in the new table (0 where it has none)."""

    changes: Changes
    rows: Sequence[int]


def diff(old: Book, new: Book) -> Changes:
    """The changes that make the new book of the old one, in the tables that both have; places are those of the old.

    Rows are the same by their key, those whose key is missing or doubled by what they hold. A column that is new comes
    first, then headers that are new for the same column, at last what is gone, after its cells were emptied. Two
    formulas are the same by their text, or where they say the same of their own rows. Between a book that holds only
    text and another one, cells are the same by their look.
    """
    return Changes.joined(each.changes for each in differences(old, new).values())


def differences(old: Book, new: Book) -> Mapping[str, Difference]:
    """The same by table, with the places in the new book."""
    loose = text_against_values(old, new)
    shared = [name for name in old.tables if name in new.tables]
    return {name: _Comparison(old.tables[name], new.tables[name], loose=loose).difference() for name in shared}


def text_against_values(old: Book, new: Book) -> bool:
    """Whether one of two books holds nothing but text, and the other one values."""
    return (old.source.format in TEXT_ONLY) != (new.source.format in TEXT_ONLY)


class _Side:
    """One of the two tables: its columns by name, its cells by column, its rows by position."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.names = column_names(table)
        self.rows: list[int] = table.cells.index.tolist()

    @cached_property
    def _keys(self) -> list[str]:
        """The key of each row, '' where none tells it apart."""
        keys = self.table.keys().tolist()
        counts = Counter(keys)
        return [key if counts[key] == 1 else "" for key in keys]

    def key(self, place: int) -> str:
        """The key of a row, '' where none tells it apart."""
        return self._keys[place]

    def values(self, name: str, places: Places | None = None) -> Cells:
        """The cells of a column in these places (all of them by default); None where there is no such column."""
        letters = self.names.get(name, "")
        if letters not in self.table.cells:
            return np.full(len(self.rows if places is None else places), None, dtype=object)
        cells = self.table.cells[letters].to_numpy(dtype=object)
        return cells if places is None else cells[places]

    def held(self, places: Sequence[int]) -> list[dict[str, Any]]:
        """The cells of rows that are not empty, by name."""
        found: list[dict[str, Any]] = [{} for _ in places]
        for name in self.names if places else ():
            for record, value in zip(found, self.values(name, np.array(places)).tolist(), strict=True):
                if not same_cell(value, None):
                    record[name] = value
        return found

    def header(self, name: str) -> str:
        """The header of a column, '' where it has none."""
        return str(self.table.headers.get(self.names[name]) or "")

    def used(self, name: str) -> bool:
        """Whether a column has a header or any cell."""
        return bool(self.header(name)) or any(not same_cell(value, None) for value in self.values(name))


class _Comparison:
    """Two states of a table, and the changes found so far, by column."""

    def __init__(self, old: Table, new: Table, *, loose: bool) -> None:
        self.old, self.new, self.loose = _Side(old), _Side(new), loose
        self._found: dict[str, list[Any]] = {name: [] for name in _FIELDS}
        self._rows: list[int] = []

    def difference(self) -> Difference:
        """All changes of the table."""
        both = positions(self.old.table, self.new.table)
        taken = frozenset(both.values())
        self._new_columns()
        self._cells(np.array([*both], dtype=np.intp), np.array([*both.values()], dtype=np.intp))
        self._gone([at for at in range(len(self.old.rows)) if at not in both])
        self._added([at for at in range(len(self.new.rows)) if at not in taken])
        self._old_columns()
        return Difference(Changes(self._found), self._rows)

    def _say(self, kind: str, key: str, row: int, column: str, field: str, before: Any, after: Any, now: int) -> None:
        said = (kind, self.old.table.name, key, row, column, field, before, after)
        for name, value in zip(_FIELDS, said, strict=True):
            self._found[name].append(value)
        self._rows.append(now)

    def _new_columns(self) -> None:
        """Columns that only the new table has, and headers that are new for a column of both."""
        old, new, at, now = self.old, self.new, self.old.table.header_row, self.new.table.header_row
        for name in new.names:
            if name not in old.names and new.used(name):
                self._say("column", "", at, "", name, None, new.header(name), now)
        if old.table.joined or new.table.joined or not (at and now):
            return
        for name, letters in old.names.items():
            if name in new.names and old.header(name) != new.header(name):
                self._say("column", "", at, letters, name, old.header(name), new.header(name), now)

    def _old_columns(self) -> None:
        at = self.old.table.header_row
        for name, letters in self.old.names.items():
            if name not in self.new.names and letters in self.old.table.headers:
                self._say("column", "", at, letters, name, self.old.header(name), None, 0)

    def _cells(self, here: Places, there: Places) -> None:
        """The cells that differ in the rows that both have, given by their positions."""
        old, new = self.old, self.new
        for name in dict.fromkeys([*old.names, *new.names]):
            letters = old.names.get(name, "")
            befores, afters = old.values(name, here), new.values(name, there)
            for at in _unlike(befores, afters):
                place, now = int(here[at]), int(there[at])
                before, after = befores[at], afters[at]
                if not self._same(before, after, old.rows[place], new.rows[now]):
                    row = old.rows[place]
                    self._say("set", old.key(place), row, letters, name, before, after, new.rows[now])

    def _same(self, before: Any, after: Any, row: int, now: int) -> bool:
        if isinstance(before, Formula) and isinstance(after, Formula):
            return same_formula(before.text, after.text, self._place(self.old, row), self._place(self.new, now))
        return same_cell(before, after) or (self.loose and looks_alike(before, after))

    def _place(self, side: _Side, row: int) -> tuple[int, Mapping[str, str]]:
        """The row of a cell as its sheet counts it, and the names of the sheet's columns."""
        sheet_row = side.table.place(row)[1]
        return sheet_row, {side.table.part_of(row).letters_of(letters): name for name, letters in side.names.items()}

    def _gone(self, places: list[int]) -> None:
        for place, held in zip(places, self.old.held(places), strict=True):
            if held:
                self._say("remove", self.old.key(place), self.old.rows[place], "", "", held, None, 0)

    def _added(self, places: list[int]) -> None:
        for place, held in zip(places, self.new.held(places), strict=True):
            if held:
                self._say("add", self.new.key(place), 0, "", "", None, held, self.new.rows[place])


def _unlike(befores: Cells, afters: Cells) -> list[int]:
    """The places where two columns may differ; nearly all cells are compared without a word of Python."""
    unlike = befores != afters
    if _mixes(befores) or _mixes(afters):  # True == 1
        unlike |= np.fromiter(map(is_not, map(type, befores), map(type, afters)), dtype=bool, count=len(befores))
    found: list[int] = np.flatnonzero(unlike).tolist()
    return found


def _mixes(cells: Cells) -> bool:
    return bool in set(map(type, cells))
