"""Records of a sheet as a page tells them: typed values to reckon with, and words to show."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from crmsheet.core.book import Table
from crmsheet.core.cells import visible
from crmsheet.core.messages import N_, Message, Text, cell_words, chained
from crmsheet.core.schema import Field, TableSchema
from crmsheet.report.words import plain

_YES, _NO = N_("yes"), N_("no")
_TYPED = frozenset({"date", "datetime", "money", "number", "integer", "percent", "choice", "choices", "bool"})
"""Kinds that are told by their value; all others as they stand in the sheet."""
BETWEEN = N_(", ")

Hide: TypeAlias = Callable[[Any, Field], Any]
"""What makes of a value what the asker may see of it."""


@dataclass(frozen=True, slots=True)
class Record:
    """A record: `values` typed by field (only those that are there), `said` what is shown of each field.

    `titles` are the words above each of `said`: the label of the field, or the header of a column that repeats one.
    `other` holds the columns that no field claims, by header.
    """

    schema: TableSchema
    row: int
    key: str
    values: Mapping[str, Any]
    said: Mapping[str, Any]
    titles: Mapping[str, Text]
    other: Mapping[str, Any]

    def day(self, field: str) -> dt.date | None:
        """The day of a date or a moment."""
        value = self.values.get(field)
        return value.date() if isinstance(value, dt.datetime) else value if isinstance(value, dt.date) else None

    def moment(self, field: str) -> dt.datetime | None:
        """A date or a moment, to sort by."""
        value = self.values.get(field)
        if isinstance(value, dt.datetime):
            return value
        return dt.datetime.combine(value, dt.time()) if isinstance(value, dt.date) else None


def records(table: Table, schema: TableSchema, hide: Hide) -> Iterator[Record]:
    """The records of a table that was read in full, in the order of the sheet; fields in the order of the schema."""
    order = {each.name: at for at, each in enumerate(schema.fields)}
    names = sorted(
        dict.fromkeys([*map(str, table.values.columns), *table.columns]),
        key=lambda name: (order[name.partition("#")[0]], name),
    )
    bound = set(table.columns.values())
    free = [letters for letters in table.headers if letters not in bound and letters in table.cells]
    columns = {name: table.values[name].tolist() for name in names if name in table.values}
    for at, (row, key) in enumerate(zip(table.cells.index.tolist(), table.keys().tolist(), strict=True)):
        values = {name: plain(column[at]) for name, column in columns.items()}
        said = {name: _said(table, row, name, schema, values.get(name), hide) for name in names}
        said = {name: value for name, value in said.items() if value is not None and value != ""}
        nobody = Field("", {})
        other = {table.headers[each] or each: hide(_cell(table, row, each), nobody) for each in free}
        yield Record(
            schema,
            row,
            key,
            {name: value for name, value in values.items() if value is not None},
            said,
            {name: _title(table, schema, name) for name in said},
            {header: value for header, value in other.items() if value},
        )


def _title(table: Table, schema: TableSchema, name: str) -> Text:
    return table.headers[table.columns[name]] if "#" in name else schema[name].labels


def _said(table: Table, row: int, name: str, schema: TableSchema, value: Any, hide: Hide) -> Any:
    """What is shown of a field: its value in words, or, where it has none, its cell as found."""
    field = schema[name.partition("#")[0]]
    letters = table.columns.get(name)
    if value is None or (letters and field.kind not in _TYPED):
        return hide(_cell(table, row, letters), field) if letters else None
    if field.sensitivity:
        return hide(value, field)
    if field.kind == "bool":
        return Message(_YES if value else _NO)
    if field.kind == "percent":
        return f"{value * 100:g}%"
    if field.kind in ("choice", "choices"):
        labels = {each.code: each.labels for each in field.choices}
        return chained([labels.get(each, each) for each in str(value).split("|")], BETWEEN)
    return hide(value, field)


def _cell(table: Table, row: int, letters: str) -> str:
    """A cell in words; a formula says what it came to."""
    cell = table.cells.at[row, letters]
    return cell_words(visible(cell)).strip()
