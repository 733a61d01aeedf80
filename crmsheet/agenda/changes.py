"""What the agenda writes: the last contact and the suggested next one, never a promise (`next_contact_at`)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

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
    keys = table.keys().to_dict()
    columns: list[Change] = []
    cells: list[Change] = []
    first = _first_free(table, given)
    for name, (source, why) in _FIELDS.items():
        if name not in schema:
            continue
        differing = list(_differing(name, agenda, source, table))
        letters = table.columns.get(name)
        if differing and letters is None:
            letters = column_letters(first + len(columns))
            columns.append(_column(table, letters, name, speech.say(schema[name].labels)))
        for row, before, day in differing:
            cells.append(
                Change("set", table.name, keys[row], row, letters or "", name, before, day, "",
                       why, {"day": day.isoformat()}, "derived")
            )  # fmt: skip
    return Changes.of(columns + cells)


def _differing(name: str, agenda: Agenda, source: str, table: Table) -> Iterator[tuple[int, object, dt.date]]:
    """(row, before, day) of the cells that must change."""
    letters = table.columns.get(name)
    found = table.cells[letters].to_dict() if letters is not None else {}
    values = table.values[name].to_dict() if name in table.values else {}
    known = set(table.cells.index)
    for row, moment in zip(agenda.derived["row_"].tolist(), agenda.derived[source].tolist(), strict=True):
        if row not in known or moment != moment:
            continue
        day, before, value = moment.date(), found.get(row), values.get(row)
        unread = value is None or value != value
        if isinstance(before, Formula) or (unread and before not in (None, "")):
            continue
        if unread or value.date() != day:
            yield row, before, day


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
