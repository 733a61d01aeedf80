"""From a change set to the edits of sheets: every change finds its place and is checked, or is a conflict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from crmsheet.book.opened import SheetEdits
from crmsheet.change.columns import DOUBLED, column_names, rows_by_key
from crmsheet.core.book import Book, Table
from crmsheet.core.cells import Formula, column_letters, column_number, same_cell
from crmsheet.core.changes import Change, Changes, ChangeSet
from crmsheet.core.messages import N_, Message

_NO_TABLE = N_("the book has no table {table}")
_NO_ROW = N_("no row has the key {key}")
_TWO_ROWS = N_("several rows have the key {key}")
_NO_KEY = N_("the row has no key, and the book has changed since")
_NO_PLACE = N_("row {row} is not in the table any more")
_NO_COLUMN = N_("the table has no column {field}")
_FORMULA = N_("the cell holds a formula")
_OTHER = N_("the cell holds another value than expected")
_EXISTS = N_("a row with the key {key} is already there")
_IN_USE = N_("somebody has written into the column {field}")
_NOT_HERE = N_("a change of the kind {kind} cannot be written into a sheet")


@dataclass(frozen=True, slots=True)
class Conflict:
    """A change that no longer fits: why, what was found there, and where (`客户!D17 (mobile)`, or the key)."""

    change: Change
    reason: Message
    found: Any = None
    place: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a change set does to a book: the edits by sheet name, the changes in their places, and the conflicts.

    `applied` leaves out what the book holds already.
    """

    edits: Mapping[str, SheetEdits]
    applied: Changes
    conflicts: tuple[Conflict, ...]


class _Unfit(Exception):
    """A change does not fit: the reason, and what was found."""

    def __init__(self, reason: str, found: Any = None, row: int = 0, letters: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.found = found
        self.row = row
        self.letters = letters


def plan(book: Book, changes: ChangeSet) -> Plan:
    """Where every change goes in this book, checked against what stands there.

    While the book is the one that the changes were made for, their places hold. Else a change is found by its key and
    field; a missing or doubled key is a conflict, never a guess. Changes take effect one after the other.
    """
    at_base = changes.base == book.source.sha256
    desks = {name: _Desk(table, at_base=at_base) for name, table in book.tables.items()}
    kept: list[int] = []
    places: list[tuple[int, str]] = []
    conflicts: list[Conflict] = []
    columns = [changes.changes.column(name) for name in _ORDER]
    for number, values in enumerate(zip(*columns, strict=True)):
        desk = desks.get(values[1])
        try:
            if desk is None:
                raise _Unfit(_NO_TABLE)
            place = desk.quick(*values[3:]) if at_base and values[0] == "set" else None
            if place is None:
                place = desk.take(*values)
        except _Unfit as unfit:
            conflicts.append(_conflict(_change(changes.changes, number), unfit, book.tables.get(values[1])))
        else:
            if place is not None:
                kept.append(number)
                places.append(place)
    edits = {desk.table.sheet: desk.edits() for desk in desks.values() if desk.touched}
    return Plan(edits, _applied(changes.changes, kept, places), tuple(conflicts))


_ORDER = ("kind", "table", "key", "row", "column", "field", "before", "after")
_FIELDS = (*_ORDER, "rule", "reason", "arguments", "effect")


def _change(changes: Changes, number: int) -> Change:
    return Change(**{name: changes.column(name)[number] for name in _FIELDS})


def _conflict(change: Change, unfit: _Unfit, table: Table | None) -> Conflict:
    facts = {name: getattr(change, name) for name in ("table", "key", "row", "field", "kind")}
    place = change.key or change.field or change.table
    if table is not None and unfit.row and unfit.letters:
        place = f"{table.sheet}!{unfit.letters}{unfit.row}" + (f" ({change.field})" if change.field else "")
    return Conflict(change, Message(unfit.reason, facts), unfit.found, place)


def _applied(changes: Changes, kept: list[int], places: list[tuple[int, str]]) -> Changes:
    """The changes that were planned, in their actual places."""
    columns = {name: changes.column(name) for name in _FIELDS}
    chosen = {name: [values[number] for number in kept] for name, values in columns.items()}
    return Changes({**chosen, "row": [row for row, _ in places], "column": [letters for _, letters in places]})


@dataclass
class _Desk:
    """One table being edited: what its cells hold now, and what was done so far."""

    table: Table
    at_base: bool
    cells: dict[tuple[int, str], Any] = field(default_factory=dict)
    appended: list[dict[str, Any]] = field(default_factory=list)
    new_columns: dict[str, str] = field(default_factory=dict)
    hide: set[int] = field(default_factory=set)
    show: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.names = column_names(self.table)
        self.rows = {int(row): number for number, row in enumerate(self.table.cells.index.tolist())}
        self.last_row = max(self.rows, default=self.table.header_row)
        self._keys: Mapping[str, int] | None = None
        self._found: dict[str, list[Any]] = {}
        self._steps = {
            "set": self._set,
            "add": self._add,
            "remove": self._remove,
            "retire": self._retire,
            "revive": self._revive,
            "column": self._column,
        }

    @property
    def touched(self) -> bool:
        """Whether anything was done."""
        return bool(self.cells or self.appended or self.new_columns or self.hide or self.show)

    def edits(self) -> SheetEdits:
        """What was done, for the patcher."""
        return SheetEdits(
            header_row=self.table.header_row,
            cells=self.cells,
            appended=tuple(self.appended),
            new_columns=self.new_columns,
            hide=frozenset(self.hide),
            show=frozenset(self.show),
            last_row=self.last_row,
        )

    def quick(self, row: int, column: str, name: str, before: Any, after: Any) -> tuple[int, str] | None:
        """Sets a cell in its place at its base, where nothing about it is unusual; None leaves it to `take`.

        Nearly all changes of a night are of this kind: an empty cell is filled, or one text takes the place of another.
        """
        letters = column or self.names.get(name)
        at = self.rows.get(row)
        if at is None or letters is None or (place := (row, letters)) in self.cells:
            return None
        values = self._column_of(letters)
        found = values[at] if values else None
        if found is None:
            usual = before is None and after is not None and after == after and after != ""
        else:
            usual = type(found) is str and found == before and type(after) is str and found != after
        if not usual:
            return None
        self.cells[place] = after
        return place

    def _column_of(self, letters: str) -> list[Any]:
        """The cells of a column as they were found."""
        if letters not in self._found:
            frame = self.table.cells
            self._found[letters] = frame[letters].tolist() if letters in frame else []
        return self._found[letters]

    def take(
        self, kind: str, _table: str, key: str, row: int, column: str, name: str, before: Any, after: Any
    ) -> tuple[int, str] | None:
        """Takes one change in: its row and letters, or None where there is nothing to do.

        Raises:
            _Unfit: it is a conflict.
        """
        step = self._steps.get(kind)
        if step is None:
            raise _Unfit(_NOT_HERE)
        return step(key, row, column, name, before, after)

    def keys(self) -> Mapping[str, int]:
        """Key -> row, read when first needed."""
        if self._keys is None:
            self._keys = rows_by_key(self.table)
        return self._keys

    def current(self, row: int, letters: str) -> Any:
        """What a cell holds now."""
        if (row, letters) in self.cells:
            return self.cells[row, letters]
        values = self._column_of(letters)
        return values[self.rows[row]] if values else None

    def _row(self, key: str, row: int) -> int:
        """The row of a change: its place at its base, else the row with its key."""
        if self.at_base and row:
            if row not in self.rows:
                raise _Unfit(_NO_PLACE)
            return row
        if not key:
            raise _Unfit(_NO_KEY)
        found = self.keys().get(key)
        if found is None:
            raise _Unfit(_NO_ROW)
        if found == DOUBLED:
            raise _Unfit(_TWO_ROWS)
        return found

    def _letters(self, column: str, name: str) -> str:
        """The column of a change: its place at its base, else the column of its field."""
        if self.at_base and column:
            return column
        found = self.names.get(name) if name else None
        if found is None:
            raise _Unfit(_NO_COLUMN)
        return found

    def _checked(self, row: int, letters: str, before: Any, after: Any) -> bool:
        """Whether a cell is to be written; False where it holds the new value already."""
        found = self.current(row, letters)
        if type(found) is str and found == before and type(after) is str:  # nearly all, and three times as fast
            return found != after
        if type(found) is Formula:
            raise _Unfit(_FORMULA, found, row, letters)
        if same_cell(found, before):
            return not same_cell(before, after)
        if same_cell(found, after):
            return False
        raise _Unfit(_OTHER, found, row, letters)

    def _write_all(self, row: int, before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
        """Writes several cells of a row, or none of them where one does not fit."""
        places = {name: self._letters("", name) for name in dict.fromkeys([*before, *after])}
        fresh = {
            letters: after.get(name)
            for name, letters in places.items()
            if self._checked(row, letters, before.get(name), after.get(name))
        }
        self.cells.update({(row, letters): value for letters, value in fresh.items()})
        return bool(fresh)

    def _set(self, key: str, row: int, column: str, name: str, before: Any, after: Any) -> tuple[int, str] | None:
        row, letters = self._row(key, row), self._letters(column, name)
        if not self._checked(row, letters, before, after):
            return None
        self.cells[row, letters] = after
        return row, letters

    def _add(self, key: str, row: int, _column: str, _name: str, _before: Any, after: Any) -> tuple[int, str]:
        """Appends a row; one that was removed goes back into its place while that is still empty."""
        if key and key in self.keys() and not (self.at_base and row in self.rows):
            raise _Unfit(_EXISTS)
        if self.at_base and row in self.rows:
            self._write_all(row, {}, after)
            return row, ""
        values = {self._letters("", name): value for name, value in after.items()}
        if key and any(same_cell(values.get(self.names.get(self.table.key, "")), key) for values in self.appended):
            raise _Unfit(_EXISTS)
        self.appended.append(values)
        return self.last_row + len(self.appended), ""

    def _remove(self, key: str, row: int, _column: str, _name: str, before: Any, _after: Any) -> tuple[int, str] | None:
        row = self._row(key, row)
        return (row, "") if self._write_all(row, before, {}) else None

    def _retire(self, key: str, row: int, _column: str, _name: str, before: Any, after: Any) -> tuple[int, str] | None:
        row = self._row(key, row)
        written = self._write_all(row, before or {}, after)
        if not written and row in self.table.hidden:
            return None
        self.hide.add(row)
        self.show.discard(row)
        return row, ""

    def _revive(self, key: str, row: int, _column: str, _name: str, before: Any, after: Any) -> tuple[int, str] | None:
        row = self._row(key, row)
        written = self._write_all(row, before, after or {})
        if not written and row not in self.table.hidden:
            return None
        self.show.add(row)
        self.hide.discard(row)
        return row, ""

    def _column(self, _key: str, _row: int, column: str, name: str, before: Any, after: Any) -> tuple[int, str] | None:
        """Adds a column at the right end, or (without `after`) empties the header of one that is empty.

        A column that was taken away comes back into its place while that is still empty.
        """
        if after is None:
            return self._drop_column(column, name, before)
        if name in self.names:
            return None
        if self.at_base and column in self.table.cells and self._is_free(column):
            letters = column
            self.cells[self.table.header_row, letters] = after
        else:
            letters = self._next_column()
            self.new_columns[letters] = str(after)
        self.names[name] = letters
        return self.table.header_row, letters

    def _drop_column(self, column: str, name: str, before: Any) -> tuple[int, str]:
        letters = self._letters(column, name)
        header = self.table.headers.get(letters)
        if not same_cell(header, before):
            raise _Unfit(_OTHER, header, self.table.header_row, letters)
        left = next((row for row in self.rows if not same_cell(self.current(row, letters), None)), None)
        if left is not None:
            raise _Unfit(_IN_USE, self.current(left, letters), left, letters)
        self.cells[self.table.header_row, letters] = None
        return self.table.header_row, letters

    def _is_free(self, letters: str) -> bool:
        """Whether a column has neither a header nor a cell."""
        header = self.cells.get((self.table.header_row, letters), self.table.headers.get(letters))
        return not header and all(same_cell(self.current(row, letters), None) for row in self.rows)

    def _next_column(self) -> str:
        """The letters after the sheet's last column and the new ones before."""
        last = max((column_number(letters) for letters in (*self.table.headers, *self.new_columns)), default=0)
        return column_letters(max(last + 1, column_number(self.table.next_column())))
