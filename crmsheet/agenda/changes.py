"""What the agenda writes: the last contact and the suggested next one, never a promise (`next_contact_at`)."""

from __future__ import annotations

import datetime as dt
from itertools import compress
from typing import Any

import numpy as np
import pandas as pd

from crmsheet.agenda.agenda import Agenda
from crmsheet.change.derived import Derived, derive
from crmsheet.core.book import Table
from crmsheet.core.cells import Formula
from crmsheet.core.changes import Changes
from crmsheet.core.messages import N_, Message
from crmsheet.core.schema import TableSchema

_COLUMN = N_("the column {label} is added to hold the dates")

_FIELDS = {
    "last_contact_at": ("contacted", N_("the follow-up records know a contact on {day}")),
    "suggested_next_at": ("suggested", N_("last contact and grade suggest {day}")),
}


def changes(agenda: Agenda, table: Table, schema: TableSchema) -> Changes:
    """What to write into the customer sheet so that it shows the last contact and the suggested next one.

    Args:
        agenda: as `plan_followups` made it, with `row_` of this table.
        table: the customers.
        schema: its schema; a field that it lacks is not written.

    Returns:
        A `column` change where a value is needed and the book has no such column, and `set` changes. A formula, and a
        text that could not be read as a date, are left alone; nothing is ever blanked.
    """
    parts: list[Changes] = []
    for name, (source, why) in _FIELDS.items():
        if name in schema:
            rows, before, days = _differing(name, agenda, source, table)
            said = {day: Message(why, {"day": day.isoformat()}) for day in set(days)}
            reasons = [said[day] for day in days]
            parts.append(derive(table, Derived(name, rows, before, days, reasons), schema[name].labels, _COLUMN))
    return Changes.joined(parts)


def _differing(name: str, agenda: Agenda, source: str, table: Table) -> tuple[list[int], list[Any], list[dt.date]]:
    """Rows, what they hold now, and the days they get, of the cells that must change."""
    wanted = agenda.derived[["row_", source]].dropna()
    places = table.cells.index.get_indexer(pd.Index(wanted["row_"]))
    days = wanted[source].to_numpy("datetime64[D]")
    shown = np.full(len(table.cells), np.datetime64("NaT"), "datetime64[D]")
    if name in table.values:
        shown = table.values[name].to_numpy("datetime64[D]")
    differs = (places >= 0) & (shown[places] != days) if len(shown) else np.zeros(len(places), bool)
    places, days = places[differs], days[differs]
    letters = table.columns.get(name)
    nothing: list[Any] = [None] * len(places)
    before = nothing if letters is None else table.cells[letters].to_numpy(dtype=object)[places].tolist()
    unread = np.isnat(shown[places]).tolist()
    keep = [
        not (blank and cell not in (None, "")) and not isinstance(cell, Formula)
        for cell, blank in zip(before, unread, strict=True)
    ]
    columns = (table.cells.index.to_numpy()[places].tolist(), before, days.tolist())
    rows, cells, dates = (list(compress(column, keep)) for column in columns)
    return rows, cells, dates
