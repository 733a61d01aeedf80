"""Follow-ups: how many each owner has, who comes first, and one list per owner."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from crmsheet.agenda import NO_OWNER, Agenda
from crmsheet.core.messages import N_, Message, Text
from crmsheet.core.outcome import Section
from crmsheet.core.schema import Schema
from crmsheet.report.words import choice, label, plain

_BY_OWNER = N_("Follow-ups by owner")
_FIRST = N_("Follow-ups to make first")
_OF = N_("Follow-ups of {owner}")
_FURTHER = N_("Further customers due: {count:,}. The files of the owners hold up to {listed:,} each")
_REST = N_("The first {listed:,} in the order of work; {count:,} more are due and move up as these are contacted")
_TODAY = N_("Due today")
_OVERDUE = N_("Overdue")
_AHEAD = N_("Due soon")
_LONGEST = N_("Longest overdue (days)")
_DUE = N_("Due on")
_DAYS = N_("Days overdue")
_REASON = N_("Reason")

_PROMISES = N_("Promised contacts")
_OTHERS = N_("Customers that are due")
_NUMBER = N_("Number")
_SAID = N_("Said last")
_MORE = N_("{count:,} more are due; `crmsheet followup --files DIR` lists them all")
_CALL_FIELDS = ("customers.customer_id", "customers.name", "", "customers.contact_name", "customers.mobile", "")
PROMISED = ("promise", "said")
"""The grounds of the agenda on which somebody waits for a call."""

LISTED = 500
"""Rows in the list of one owner: it is for one day, and nobody contacts more in a day, nor reads on."""

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
    """One list per owner, in the order of work, at most `LISTED` rows; '' holds the customers that nobody owns."""
    places: dict[str, list[int]] = {}
    for at, owner in enumerate(_owners(agenda)):
        places.setdefault(owner, []).append(at)
    titles, fields = _titles(agenda, schema), _field_names(agenda)
    return {
        owner: Section(
            Message(_OF, {"owner": _named(owner)}),
            titles,
            tuple(row for _, row in _rows(agenda, schema, mine[:LISTED])),
            _rest(len(mine)),
            fields,
            "owner_followups",
        )
        for owner, mine in places.items()
    }


def personal_sections(
    mine: Agenda, schema: Schema, said: Mapping[int, str], numbers: Mapping[int, str], top: int = 15
) -> tuple[Section, ...]:
    """The day of one person: what was promised, then who else is due; at most `top` of each.

    Args:
        mine: the agenda of that person's customers.
        schema: for the words.
        said: row of a customer -> what was said last.
        numbers: row of a customer -> the number to dial.
        top: rows of a section.
    """
    promised = mine.frame["ground"].isin(PROMISED).tolist()
    sections = []
    for title, wanted in ((_PROMISES, True), (_OTHERS, False)):
        places = [at for at, each in enumerate(promised) if each is wanted]
        if places:
            rows = tuple(_calls(mine, schema, said, numbers, places[:top]))
            further = len(places) - len(rows)
            note = Message(_MORE, {"count": further}) if further else None
            sections.append(Section(Message(title), _call_titles(schema), rows, note, _CALL_FIELDS, "my_calls"))
    return tuple(sections)


def _calls(
    mine: Agenda, schema: Schema, said: Mapping[int, str], numbers: Mapping[int, str], at: Sequence[int]
) -> Iterator[tuple[Any, ...]]:
    """Key, name, reason, person, number and last words of some customers."""
    rows = mine.frame["row_"].iloc[list(at)].tolist()
    person = mine.contact.index("contact_name") if "contact_name" in mine.contact else None
    for row, (_, cells) in zip(rows, _rows(mine, schema, at), strict=True):
        key, name, _tier, _due, _days, reason, _last, _way, *contact = cells
        who = None if person is None else contact[person]
        yield key, name, reason, who, numbers.get(row), said.get(row)


def _call_titles(schema: Schema) -> tuple[Text, ...]:
    key, name, person = (label(schema, "customers", each) for each in ("customer_id", "name", "contact_name"))
    return key, name, Message(_REASON), person, Message(_NUMBER), Message(_SAID)


def _rest(due: int) -> Message | None:
    """How many more are due than a list holds."""
    return Message(_REST, {"listed": LISTED, "count": due - LISTED}) if due > LISTED else None


def _by_owner(agenda: Agenda, schema: Schema) -> Section:
    counts: Counter[tuple[str, int]] = Counter()
    longest: dict[str, int] = {}
    days = Counter(zip(_owners(agenda), agenda.frame["overdue_days"].tolist(), strict=True))
    for (owner, overdue), count in days.items():
        counts[owner, (overdue > 0) - (overdue < 0)] += count
        longest[owner] = max(longest.get(owner, 0), overdue)
    ahead = any(sign < 0 for _, sign in counts)
    rows = tuple(
        (_named(owner), counts[owner, 0], counts[owner, 1], *((counts[owner, -1],) if ahead else ()), latest)
        for owner, latest in longest.items()
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
    """Who and why, narrow enough for a terminal; the lists of the owners hold the rest."""
    rows = tuple(
        (_named(owner), key, name, tier, due, reason)
        for owner, (key, name, tier, due, _, reason, *_) in _rows(agenda, schema, _best(agenda, top))
    )
    further = len(agenda.frame) - len(rows)
    note = Message(_FURTHER, {"count": further, "listed": LISTED}) if further else None
    named = [label(schema, "customers", field) for field in ("owner", "customer_id", "name", "tier")]
    fields = ("customers.owner", "customers.customer_id", "customers.name", "customers.tier", "", "")
    return Section(Message(_FIRST), (*named, Message(_DUE), Message(_REASON)), rows, note, fields, "followups_first")


def _best(agenda: Agenda, top: int) -> list[int]:
    """Places of the first of everybody: undated last, then grade, value, lateness, key, row.

    The frame is ordered by owner. Numbers choose who can be among them; only those few are sorted by their keys too.
    """
    frame = agenda.frame
    tiers = {tier: at for at, tier in enumerate(sorted({"C", *frame["tier"].dropna().unique().tolist()}))}
    ranks = (
        -frame["overdue_days"].to_numpy("int64"),
        -frame["value"].fillna(0).to_numpy("float64"),
        frame["tier"].fillna("C").map(tiers).to_numpy("int64"),
        (frame["ground"] == "never").to_numpy(bool),
    )
    order = np.lexsort(ranks)
    if len(order) > top:
        last = order[top - 1]
        worse = np.zeros(len(order), bool)
        for rank in ranks:  # the weightiest comes last
            worse = (rank > rank[last]) | ((rank == rank[last]) & worse)
        order = order[~worse[order]]
    keys = frame["key_"].iloc[order].fillna("").tolist()
    rows = frame["row_"].iloc[order].tolist()
    numbers = zip(*(rank[order].tolist() for rank in reversed(ranks)), strict=True)
    ranked = sorted(zip(numbers, keys, rows, order.tolist(), strict=True))
    return [place for *_, place in ranked[:top]]


def _owners(agenda: Agenda) -> list[str]:
    """The owner of each row, '' for nobody."""
    return list(agenda.frame["owner"].fillna("").tolist())


def _rows(agenda: Agenda, schema: Schema, at: Sequence[int]) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """(owner or '', cells) of some rows of the agenda: a sentence is made for those only that are shown."""
    shown = dataclasses.replace(agenda, frame=agenda.frame.iloc[list(at)])
    names = ("owner", *_COLUMNS, *agenda.contact)
    columns = (shown.frame[name].tolist() for name in names)
    for (owner, key, name, tier, due, overdue, last, channel, *contact), reason in zip(
        zip(*columns, strict=True), shown.reasons(), strict=True
    ):
        way = choice(schema, "interactions", "channel", channel)
        cells = (plain(key), plain(name), plain(tier), plain(due), overdue, reason, plain(last), way)
        yield plain(owner) or "", (*cells, *map(plain, contact))


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
