"""What the agenda writes: the last contact and the suggested next one, never a promise (`next_contact_at`)."""

from __future__ import annotations

import datetime as dt
from typing import Any

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
            differing = _differing(name, agenda, source, table)
            rows, before, days = zip(*differing, strict=True) if differing else ((), (), ())
            reasons = [Message(why, {"day": day.isoformat()}) for day in days]
            parts.append(derive(table, Derived(name, rows, before, days, reasons), schema[name].labels, _COLUMN))
    return Changes.joined(parts)


def _differing(name: str, agenda: Agenda, source: str, table: Table) -> list[tuple[int, Any, dt.date]]:
    """(row, before, day) of the cells that must change."""
    letters = table.columns.get(name)
    found = table.cells[letters].to_dict() if letters is not None else {}
    values = table.values[name].dropna().dt.date.to_dict() if name in table.values else {}
    known = set(table.cells.index)
    rows = agenda.derived[["row_", source]].dropna()
    differing = []
    for row, day in zip(rows["row_"].tolist(), rows[source].dt.date.tolist(), strict=True):
        before = found.get(row)
        unread = row not in values and before not in (None, "")
        if row in known and values.get(row) != day and not unread and not isinstance(before, Formula):
            differing.append((row, before, day))
    return differing
