"""What changed, as sheets with marks: the records that are new, gone or changed, with what stood there before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from crmsheet.change.columns import column_names
from crmsheet.core.book import Table
from crmsheet.core.cells import Formula, visible
from crmsheet.core.messages import N_, Message, Text
from crmsheet.core.outcome import Section
from crmsheet.report.differences import Told
from crmsheet.report.words import label

_WHAT, _ROW = N_("What"), N_("Row")
_WAS = N_("{column} (before)")
_MARKS = {"add": ("added", N_("added")), "remove": ("removed", N_("removed")), "set": ("changed", N_("changed"))}

Hide = Callable[[str, str, Any], Any]
"""What the asker may see of a cell, by its table and its column."""


def marked(told: Told, hide: Hide) -> tuple[Section, ...]:
    """A section for each table that changed: its records that are new, gone or changed, in the order of the new state.

    Beside each column with changed cells stands what was there before.
    """
    tables = told.changes.column("table")
    sections = []
    for name in told.new.tables:
        mine = [at for at, table in enumerate(tables) if table == name]
        if any(told.changes.column("kind")[at] != "column" for at in mine):
            sections.append(_Sheet(told, name, mine, hide).section())
    return tuple(sections)


class _Sheet:
    """The section of one table."""

    def __init__(self, told: Told, name: str, places: Sequence[int], hide: Hide) -> None:
        self._told, self._name, self._hide = told, name, hide
        self._old, self._new = told.tables(name)
        self._records: dict[tuple[str, int, int], dict[str, Any]] = {}
        self._changed: set[str] = set()
        columns = [told.changes.column(each) for each in ("kind", "row", "field", "before")]
        for at in places:
            kind, row, field, before = (column[at] for column in columns)
            if kind == "column":
                continue
            record = self._records.setdefault((kind, row, told.rows[at]), {})
            if kind == "set":
                record[field] = before
                self._changed.add(field)
        self._names = list(dict.fromkeys([*column_names(self._new), *column_names(self._old)]))

    def section(self) -> Section:
        """Its records with their marks."""
        columns: list[Text] = [Message(_WHAT), Message(_ROW)]
        for name in self._names:
            header = self._header(name)
            columns += [header, Message(_WAS, {"column": header})] if name in self._changed else [header]
        rows: list[tuple[Any, ...]] = []
        marks: dict[tuple[int, int], str] = {}
        order = sorted(self._records, key=lambda each: (each[2] or each[1], each))
        for number, record in enumerate(order):
            row, marked = self._row(*record)
            rows.append(row)
            marks |= {(number, at): mark for at, mark in marked.items()}
        return Section(self._title(), tuple(columns), tuple(rows), name="marked", marks=marks)

    def _title(self) -> Text:
        return self._new.title if not self._new.joined else label(self._told.schema, self._name)

    def _header(self, name: str) -> str:
        """What a column is called."""
        for table in (self._new, self._old):
            letters = column_names(table).get(name)
            if letters is not None:
                return str(table.headers.get(letters) or letters)
        return name

    def _row(self, kind: str, row: int, now: int) -> tuple[tuple[Any, ...], dict[int, str]]:
        """The cells of one record, and the marks by column."""
        table, at = (self._new, now) if now else (self._old, row)
        mark, word = _MARKS[kind]
        befores = self._records[kind, row, now]
        cells: list[Any] = [Message(word), table.row_name(at)]
        marks = {0: mark}
        for name in self._names:
            value = self._hide(self._name, name, _cell(table, at, name))
            if name in befores or (kind != "set" and value is not None):
                marks[len(cells)] = mark
            cells.append(value)
            if name in self._changed:
                if name in befores:
                    marks[len(cells)] = "before"
                cells.append(_shown(befores.get(name)))  # as the changes have it: hidden already
        return tuple(cells), marks


def _cell(table: Table, row: int, name: str) -> Any:
    letters = column_names(table).get(name, "")
    return _shown(table.cells.at[row, letters]) if letters in table.cells else None


def _shown(cell: Any) -> Any:
    """A cell as a sheet of values holds it: a formula by its text, which is what is compared."""
    return f"={cell.text}" if isinstance(cell, Formula) else visible(cell)
