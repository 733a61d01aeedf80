"""What a person typed for fields of one record, as the cells that its sheet would hold."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from crmsheet.clean.columns import clean_table
from crmsheet.clean.spoken_date import read_moment
from crmsheet.core.book import Table
from crmsheet.core.cells import Cell
from crmsheet.core.context import Context
from crmsheet.core.errors import DayAmbiguous, DayUnreadable
from crmsheet.core.findings import Finding, Findings
from crmsheet.core.messages import cell_words
from crmsheet.core.schema import TableSchema

_DATES = ("date", "datetime")
PROMISE = "next_contact_at"
"""The one date of a record that lies ahead: only there a day without a year is the next one."""


@dataclass(frozen=True, slots=True)
class Entry:
    """The cells of one record by field (None: empty), what they mean as a table of that one row, and what was refused.

    `said` holds what else there is to say about a cell that was taken.
    """

    cells: Mapping[str, Cell]
    table: Table
    refused: Findings
    said: Findings


def read_entry(
    table: Table, schema: TableSchema, row: int, typed: Mapping[str, str], context: Context, *, retype_dates: bool
) -> Entry:
    """Typed texts, read and spelt as the cells of their columns are; an empty text empties the cell.

    Whole columns are read, because the others of a column show how its people write (the mark between tags).

    Args:
        table: as found; fields that it has no column for are read as well.
        schema: its fields.
        row: the record's row; a number that the table does not have stands for a new one.
        typed: the texts by field; `mobile#2` is a second column of `mobile`.
        context: today, home region, the language of the book's words, settings.
        retype_dates: see `clean_table`.
    """
    texts = {name: _dated(name, text, schema, context) for name, text in typed.items()}
    cleaned = clean_table(_typed(table, row, texts), schema, context, retype_dates=retype_dates)
    mine = list(cleaned.findings.where([at == row for at in cleaned.findings.column("row")]))
    fixes = {each.field: each.fix.after for each in mine if each.fix is not None}
    values = cleaned.table.values.loc[[row]]
    read: Mapping[str, Any] = {name: values[name].iloc[0] for name in texts}
    empty = {name for name in texts if pd.isna(read[name])}
    refused = [each for each in mine if each.fix is None and each.field in empty]
    unread = _of_columns(cleaned.findings, {name for name in empty if texts[name].strip()})
    kept = {each.field for each in unread}  # nobody judged the text: it stands as it was typed
    cells = {name: None if name in empty - kept else fixes.get(name, text) for name, text in texts.items()}
    part = dataclasses.replace(cleaned.table, cells=cleaned.table.cells.loc[[row]], values=values)
    said = [*unread, *(each for each in mine if each.fix is None and each.field not in empty)]
    return Entry(cells, part, _with_places(refused, table), _with_places(said, table))


def _of_columns(findings: Findings, fields: set[str]) -> list[Finding]:
    """The findings on whole columns of these fields: their values are left alone, and so not read."""
    return [each for each in findings if each.field in fields and not each.row]


def _typed(table: Table, row: int, texts: Mapping[str, str]) -> Table:
    """The table with nothing but the columns that were typed for, and the texts in the record's row."""
    rows = [*table.cells.index.tolist(), *([] if row in table.cells.index else [row])]
    columns = {name: table.columns.get(name, f"new:{name}") for name in texts}
    cells = {}
    for name, letters in columns.items():
        found = table.cells[letters] if letters in table.cells else pd.Series(dtype="object")
        held = dict(zip(found.index.tolist(), found.tolist(), strict=True)) | {row: texts[name] or None}
        cells[letters] = pd.Series([held.get(each) for each in rows], index=rows, dtype="object")
    return dataclasses.replace(table, cells=pd.DataFrame(cells, index=rows), columns=columns)


def _dated(name: str, text: str, schema: TableSchema, context: Context) -> str:
    """A day that is said rather than written (明天, 下周三) as its date; the rest is left to the normaliser."""
    if not text.strip() or schema[name.partition("#")[0]].kind not in _DATES:
        return text
    now = dt.datetime.combine(context.today, dt.time())
    try:
        ahead = True if name == PROMISE else None
        return cell_words(read_moment(text, now, order=context.settings.date_order, ahead=ahead))
    except (DayAmbiguous, DayUnreadable):
        return text


def _with_places(findings: list[Finding], table: Table) -> Findings:
    """The findings with the columns of the sheet, '' for one that it lacks."""
    return Findings.of(dataclasses.replace(each, column=table.columns.get(each.field, "")) for each in findings)
