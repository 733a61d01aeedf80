"""What is typed for one record, read for its sheet: refused with the sentence of the check that it would fail."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from crmsheet.app.opening import Loaded
from crmsheet.check.values import check_values
from crmsheet.clean.entry import Entry, read_entry
from crmsheet.clean.keys import as_kept
from crmsheet.clean.text import looks_like_command
from crmsheet.core.book import Table
from crmsheet.core.cells import Cell
from crmsheet.core.errors import ValueRefused
from crmsheet.core.findings import Finding
from crmsheet.core.messages import N_, Message, Text
from crmsheet.core.schema import Schema
from crmsheet.report.words import label

_COMMAND = N_("{value} begins like a formula, which a spreadsheet program may run; begin it with another character")
_NOWHERE = N_("{value} is in no row of {table}")


def read_typed(loaded: Loaded, table: Table, row: int, typed: Mapping[str, str]) -> Entry:
    """The cells that typed texts make in a row (a number that the table lacks stands for a new one).

    Raises:
        ValueRefused: a text cannot be read, breaks a check of the schema, may run as a formula, or refers to nothing.
        DayPast: a next contact that is past.
    """
    schema = loaded.schema.tables[table.name]
    for name, text in typed.items():
        _check_command(loaded.schema, table, name, text)
    entry = read_entry(table, schema, row, typed, loaded.context, retype_dates=not loaded.opened.dialects)
    for each in (*entry.refused, *_checked(entry, loaded.schema)):
        raise refused(loaded.schema, table, each.field, each.text)
    for name in entry.cells:
        _check_reference(loaded, table, name, entry.table.values[name].iloc[0])
    return entry


def refused(schema: Schema, table: Table, field: str, problem: Text) -> ValueRefused:
    """The error that names the column as its sheet does, and the problem."""
    named = table.headers.get(table.columns.get(field, "")) or label(schema, table.name, field)
    return ValueRefused(label=named, problem=problem)


def _check_command(schema: Schema, table: Table, name: str, text: str) -> None:
    """Raises ValueRefused for a text that a spreadsheet program may run."""
    if looks_like_command(text):
        raise refused(schema, table, name, Message(_COMMAND, {"value": text}))


def _checked(entry: Entry, schema: Schema) -> Iterable[Finding]:
    """What the schema's checks say; loading them costs half a second, and few fields have any."""
    table = schema.tables[entry.table.name]
    ruled = {name for name in entry.cells if table[name.partition("#")[0]].checks}
    return check_values(entry.table, table).where(lambda each: each.field in ruled) if ruled else ()


def _check_reference(loaded: Loaded, table: Table, field: str, value: Any) -> None:
    """Raises ValueRefused for a reference to a record that is not there; its name will do as well as its key."""
    schema = loaded.schema.tables[table.name]
    target = loaded.book.tables.get(schema[field].references) if field in schema else None
    if target is None or pd.isna(value):
        return
    letters = target.columns.get("name")
    names = () if letters is None else map(str, target.cells[letters].tolist())
    if value not in {*target.keys().tolist(), *names}:
        raise refused(loaded.schema, table, field, Message(_NOWHERE, {"value": str(value), "table": target.title}))


def read_words(loaded: Loaded, table: Table, row: int, typed: Mapping[str, str]) -> Mapping[str, Cell]:
    """The cells that typed texts make, also in columns that are no field: those hold the text as it is.

    Raises:
        the same as `read_typed`.
    """
    schema = loaded.schema.tables[table.name]
    fields = {name: text for name, text in typed.items() if name.partition("#")[0] in schema}
    letters = {header: letters for letters, header in table.headers.items()}
    cells = dict(read_typed(loaded, table, row, fields).cells) if fields else {}
    for name, text in typed.items():
        if name not in fields:
            _check_command(loaded.schema, table, name, text)
            cells[name] = as_kept(text, table.cells[letters[name]].tolist()) if text else None
    return {name: cells[name] for name in typed}
