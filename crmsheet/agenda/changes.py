"""What the agenda writes: the last contact and the suggested next one, never a promise (`next_contact_at`)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from crmsheet.agenda.agenda import Agenda
from crmsheet.core.book import Table
from crmsheet.core.cells import Formula, column_letters, column_number
from crmsheet.core.changes import Change, Changes
from crmsheet.core.context import Context
from crmsheet.core.messages import N_, Speech
from crmsheet.core.schema import TableSchema

_COLUMN = N_("the column {label} is added to hold the dates")

_FIELDS = {
    "last_contact_at": ("contacted", N_("the follow-up records know a contact on {day}")),
    "suggested_next_at": ("suggested", N_("last contact and grade suggest {day}")),
}


def changes(
    agenda: Agenda,
    table: Table,
    schema: TableSchema,
    context: Context,
    speech: Speech,
    *,
    given: Changes | None = None,
) -> Changes:
    """What to write into the customer sheet so that it shows the last contact and the suggested next one.

    Args:
        agenda: as `plan_followups` made it, with `row_` of this table.
        table: the customers.
        schema: its schema; a field that it lacks is not written.
        context: asked for nothing yet; every room's `changes` is called alike.
        speech: the language of the book.
        given: changes already proposed for this table: a new column comes to the right of theirs.

    Returns:
        `column` changes first, where a value is needed and the book has no such column, then `set` changes. A formula,
        and a text that could not be read as a date, are left alone; nothing is ever blanked.
    """
    del context
    columns: list[Change] = []
    parts: list[Changes] = []
    first = _first_free(table, given)
    for name, (source, why) in _FIELDS.items():
        if name not in schema:
            continue
        differing = _differing(name, agenda, source, table)
        letters = table.columns.get(name, "")
        if differing and not letters:
            letters = column_letters(first + len(columns))
            columns.append(_column(table, letters, name, speech.say(schema[name].labels)))
        parts.append(_sets(table, name, letters, differing, why))
    return Changes.joined([Changes.of(columns), *parts])


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


def _sets(table: Table, name: str, letters: str, differing: list[tuple[int, Any, dt.date]], why: str) -> Changes:
    """`set` changes, by column."""
    keys = table.keys().to_dict()
    count = len(differing)
    constant = {"kind": "set", "table": table.name, "column": letters, "field": name, "reason": why}
    return Changes(
        {
            **{field: [value] * count for field, value in constant.items()},
            "effect": ["derived"] * count,
            "key": [keys[row] for row, _, _ in differing],
            "row": [row for row, _, _ in differing],
            "before": [before for _, before, _ in differing],
            "after": [day for _, _, day in differing],
            "arguments": [{"day": day.isoformat()} for _, _, day in differing],
        }
    )


def _column(table: Table, letters: str, name: str, label: str) -> Change:
    return Change(
        "column", table.name, row=table.header_row, column=letters, field=name, after=label,
        reason=_COLUMN, arguments={"label": label}, effect="derived",
    )  # fmt: skip


def _first_free(table: Table, given: Changes | None) -> int:
    """The number of the first column that neither the sheet nor a proposed column uses."""
    place = column_number(table.next_column())
    for change in given or ():
        if change.kind == "column" and change.table == table.name:
            place = max(place, column_number(change.column) + 1)
    return place
