"""Everything that happened with a customer, the newest first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from crmsheet.core.messages import N_, Message, Text, chained
from crmsheet.core.outcome import Section
from crmsheet.report.record import Record

_TITLE = N_("Timeline")
_WHEN, _KIND, _WHAT = N_("When"), N_("Kind"), N_("What")
_BY, _CHANNEL = N_("By"), N_("Channel")
_FURTHER = N_("{count:,} older entries are not shown")
_BESIDE = N_(" · ")

_NOT_EVENTS = frozenset({"next_contact_at", "expected_close", "due_date", "due", "end", "updated_at", "delete_after"})
"""Days that were planned, or that every edit changes: they tell of nothing that happened."""
_MILESTONES = ("created_at", "claimed_at", "returned_at", "verified_at", "last_deal_at")
_PEOPLE = ("owner", "assignee", "handled_by", "to_owner")
_TOLD: Mapping[str, tuple[str, ...]] = {
    "interactions": ("summary", "outcome", "next_step"),
    "transactions": ("kind", "product", "quantity", "unit", "amount", "currency"),
    "payments": ("instalment", "paid_amount", "currency", "method"),
    "opportunities": ("name", "stage"),
}
_MOST_TOLD = 4
_BEGINNING = dt.datetime(1, 1, 1)  # noqa: DTZ001  (a cell has no time zone)
_NOT_TOLD = frozenset({"key", "reference", "date", "datetime", "bool"})

Entry: TypeAlias = tuple[dt.datetime, tuple[Any, ...]]


def section(customer: Record, children: Mapping[str, Sequence[Record]], top: int) -> Section | None:
    """One row per dated record, the newest first; None where nothing has a date."""
    entries = [*_milestones(customer), *(entry for each in children.values() for entry in _entries(each))]
    entries.sort(key=lambda entry: entry[0], reverse=True)
    if not entries:
        return None
    titles = tuple(map(Message, (_WHEN, _KIND, _WHAT, _CHANNEL, _BY)))
    further = len(entries) - top
    note = Message(_FURTHER, {"count": further}) if further > 0 else None
    return Section(Message(_TITLE), titles, tuple(row for _, row in entries[:top]), note, name="timeline")


def when(record: Record) -> dt.datetime:
    """When a record happened; before everything else where it has no date."""
    return record.moment(_event(record)) or _BEGINNING


def _milestones(customer: Record) -> Iterator[Entry]:
    for field in _MILESTONES:
        moment = customer.moment(field)
        if moment is not None:
            yield moment, (customer.values[field], customer.schema.labels, customer.titles[field], None, None)


def _entries(records: Sequence[Record]) -> Iterator[Entry]:
    for record in records:
        name = _event(record)
        if name:
            moment = record.moment(name)
            assert moment is not None  # noqa: S101  (chosen for having one)
            by = next((record.said[each] for each in _PEOPLE if each in record.said), None)
            channel = record.said.get("channel")
            yield moment, (record.values[name], record.schema.labels, _told(record), channel, by)


def _event(record: Record) -> str:
    """The field that tells when it happened: the first date in the order of the schema."""
    for field in record.schema.fields:
        if field.name not in _NOT_EVENTS and not field.sensitivity and record.moment(field.name) is not None:
            return field.name
    return ""


def _told(record: Record) -> Text:
    """What happened, in the words of the record; what is private stays in the record's own table."""
    names = _TOLD.get(record.schema.name) or tuple(
        each.name
        for each in record.schema.fields
        if each.kind not in _NOT_TOLD and each.name not in {"customer_name", "channel", *_PEOPLE}
    )
    said = [record.said[name] for name in names if name in record.said and not record.schema[name].sensitivity]
    return chained([_words(each) for each in said[: _MOST_TOLD if record.schema.name not in _TOLD else None]], _BESIDE)


def _words(value: Any) -> Any:
    """A number as a page shows numbers; anything else as it is."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:,.2f}" if value % 1 else f"{value:,.0f}"
    return value
