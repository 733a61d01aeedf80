"""Follow-ups: how many each owner has, who comes first, and one list per owner."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from crmsheet.agenda import NO_OWNER, Agenda
from crmsheet.core.messages import N_, Message, Text
from crmsheet.core.outcome import Section
from crmsheet.core.schema import Schema
from crmsheet.report.words import choice, label, plain

_BY_OWNER = N_("Follow-ups by owner")
_FIRST = N_("Follow-ups to make first")
_OF = N_("Follow-ups of {owner}")
_FURTHER = N_("Further customers due: {count:,}. The files of the owners hold them all")
_TODAY = N_("Due today")
_OVERDUE = N_("Overdue")
_AHEAD = N_("Due soon")
_LONGEST = N_("Longest overdue (days)")
_DUE = N_("Due on")
_DAYS = N_("Days overdue")
_REASON = N_("Reason")

_COLUMNS = ("key_", "name", "tier", "due", "overdue_days", "last_contact", "channel")
_FIELDS = {
    "key_": "customer_id",
    "name": "name",
    "tier": "tier",
    "last_contact": "last_contact_at",
    "channel": "preferred_channel",
}


def sections(agenda: Agenda, schema: Schema, top: int = 20) -> tuple[Section, ...]:
    """Counts per owner, and the `top` first: the best graded, largest, latest of everybody; none if nobody is due."""
    if agenda.frame.empty:
        return ()
    return _by_owner(agenda, schema), _first(agenda, schema, top)


def owner_sections(agenda: Agenda, schema: Schema) -> Mapping[str, Section]:
    """One list per owner, in the order of work; '' holds the customers that nobody owns."""
    lists: dict[str, list[tuple[Any, ...]]] = {}
    for owner, _, row in _rows(agenda, schema):
        lists.setdefault(owner, []).append(row)
    titles, fields = _titles(agenda, schema), _field_names(agenda)
    return {
        owner: Section(
            Message(_OF, {"owner": _named(owner)}), titles, tuple(rows), fields=fields, name="owner_followups"
        )
        for owner, rows in lists.items()
    }


def _by_owner(agenda: Agenda, schema: Schema) -> Section:
    counts: Counter[tuple[str, int]] = Counter()
    longest: dict[str, int] = {}
    for owner, overdue, _ in _rows(agenda, schema):
        counts[owner, (overdue > 0) - (overdue < 0)] += 1
        longest[owner] = max(longest.get(owner, 0), overdue)
    ahead = any(sign < 0 for _, sign in counts)
    rows = tuple(
        (_named(owner), counts[owner, 0], counts[owner, 1], *((counts[owner, -1],) if ahead else ()), days)
        for owner, days in longest.items()
    )
    titles = (
        label(schema, "customers", "owner"),
        Message(_TODAY),
        Message(_OVERDUE),
        *((Message(_AHEAD),) if ahead else ()),
        Message(_LONGEST),
    )
    fields = ("customers.owner", *[""] * (len(titles) - 1))
    return Section(Message(_BY_OWNER), titles, rows, fields=fields, name="followups_by_owner")


def _first(agenda: Agenda, schema: Schema, top: int) -> Section:
    """The frame is ordered by owner; here all owners stand in one order: undated last, grade, value, lateness, key."""
    order = (agenda.frame[name].tolist() for name in ("ground", "tier", "value", "overdue_days", "key_", "row_"))
    ranks = [
        (ground == "never", plain(tier) or "C", -(plain(value) or 0), -overdue, plain(key) or "", row)
        for ground, tier, value, overdue, key, row in zip(*order, strict=True)
    ]
    best = sorted(range(len(ranks)), key=ranks.__getitem__)[:top]
    every = [(_named(owner), *row) for owner, _, row in _rows(agenda, schema)]
    rows = tuple(every[at] for at in best)
    further = len(ranks) - len(rows)
    note = Message(_FURTHER, {"count": further}) if further else None
    titles = (label(schema, "customers", "owner"), *_titles(agenda, schema))
    fields = ("customers.owner", *_field_names(agenda))
    return Section(Message(_FIRST), titles, rows, note, fields, "followups_first")


def _rows(agenda: Agenda, schema: Schema) -> Iterator[tuple[str, int, tuple[Any, ...]]]:
    """(owner or '', days overdue, cells) of each row of the agenda, in order."""
    names = ("owner", *_COLUMNS, *agenda.contact)
    columns = (agenda.frame[name].tolist() for name in names)
    for (owner, key, name, tier, due, overdue, last, channel, *contact), reason in zip(
        zip(*columns, strict=True), agenda.reasons(), strict=True
    ):
        way = choice(schema, "interactions", "channel", channel)
        cells = (plain(key), plain(name), plain(tier), plain(due), overdue, reason, plain(last), way)
        yield plain(owner) or "", overdue, (*cells, *map(plain, contact))


def _titles(agenda: Agenda, schema: Schema) -> tuple[Text, ...]:
    def named(field: str) -> Text:
        return label(schema, "customers", _FIELDS.get(field, field))

    first = (named("key_"), named("name"), named("tier"), Message(_DUE), Message(_DAYS), Message(_REASON))
    return (*first, named("last_contact"), named("channel"), *map(named, agenda.contact))


def _field_names(agenda: Agenda) -> tuple[str, ...]:
    """`table.field` per column, for masks."""
    known = ("customers.customer_id", "customers.name", "customers.tier", "", "", "", "customers.last_contact_at")
    return (*known, "customers.preferred_channel", *(f"customers.{name}" for name in agenda.contact))


def _named(owner: str) -> Text:
    return owner or Message(NO_OWNER)
