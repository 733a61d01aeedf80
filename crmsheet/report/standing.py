"""Whose customer it is, told so that nobody is poached: names in part, no number, and whom to ask."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crmsheet.core.messages import N_, Message, Text
from crmsheet.core.outcome import Section

YOURS, COLLEAGUE, POOL, RETIRED, CONVERTED = "yours", "colleague", "pool", "retired", "converted"
_WORDS: Mapping[str, str] = {
    YOURS: N_("yours"),
    COLLEAGUE: N_("a colleague's"),
    POOL: N_("in the pool"),
    RETIRED: N_("retired"),
    CONVERTED: N_("made a customer"),
}
_FREE = N_("“{text}” is free: nobody in {book} has it. `crmsheet add` enters it.")
_NEAR = N_("“{text}” itself is not in {book}, but something like it is: look at the list before you enter it.")
_SEVERAL = N_("“{text}” is in {book} more than once: {count:,} records, see the list.")
_IS: Mapping[str, str] = {
    YOURS: N_("“{text}” is yours: {name}, last contact {last}."),
    COLLEAGUE: N_("“{text}” is a customer of {owner}: {name}, since {since}, last contact {last}. Ask {owner} first."),
    POOL: N_("“{text}” is in the pool{pool}: {name}, last contact {last}. `crmsheet set {key} {label}=…` claims it."),
    RETIRED: N_("“{text}” was retired: {name}. The record goes on as {into}."),
    CONVERTED: N_("“{text}” is a lead that was made a customer: {into}."),
}
_POOL_LEAD = N_("“{text}” is a lead that nobody works on: {name}. Take it over instead of entering it again.")
_LONG_GONE = N_("“{text}” was archived: {name}. Ask why before you enter it again.")
_UNKNOWN = N_("unknown")
_NAMED_POOL = N_(" {pool}")

_EXACT, _SIMILAR = N_("Who has it"), N_("Similar")
_TABLE, _KEY, _NAME, _OWNER = N_("Table"), N_("Key"), N_("Name"), N_("Owner")
_STANDING, _SINCE, _LAST, _MATCH, _FIT = (
    N_("Standing"),
    N_("Since"),
    N_("Last contact"),
    N_("Fits by"),
    N_("Likeness (%)"),
)


@dataclass(frozen=True, slots=True)
class Standing:
    """A record that has what was asked for, or something like it.

    `state` is one of the words above; `name` is already what the asker may see; `into` says where a retired record or
    a converted lead went on; `pool` names the pool, `label` is the header of the owner's column.
    """

    table: str
    words: Text
    key: str
    name: str
    state: str
    owner: str
    since: dt.date | None
    last: dt.date | None
    by: Text
    score: float
    into: str = ""
    pool: str = ""
    label: Text = ""


def sentence(exact: Sequence[Standing], similar: Sequence[Standing], text: str, book: str) -> Message:
    """The answer in one sentence."""
    if not exact:
        return Message(_NEAR if similar else _FREE, {"text": text, "book": book})
    if len(exact) > 1:
        return Message(_SEVERAL, {"text": text, "book": book, "count": len(exact)})
    one = exact[0]
    facts = {
        "text": text,
        "name": f"{one.key} {one.name}".strip(),
        "key": one.key,
        "owner": one.owner,
        "since": one.since or Message(_UNKNOWN),
        "last": one.last or Message(_UNKNOWN),
        "into": one.into,
        "pool": Message(_NAMED_POOL, {"pool": one.pool}) if one.pool else "",
        "label": one.label,
    }
    if one.state == POOL and one.table == "leads":
        return Message(_POOL_LEAD, facts)
    return Message(_LONG_GONE if one.state == RETIRED and not one.into else _IS[one.state], facts)


def sections(exact: Sequence[Standing], similar: Sequence[Standing]) -> tuple[Section, ...]:
    """A row per record: those that have it (where there are several), and those that are like it."""
    listed = [(_EXACT, exact if len(exact) > 1 else (), "has_it"), (_SIMILAR, similar, "similar")]
    return tuple(_section(title, rows, name) for title, rows, name in listed if rows)


def _section(title: str, found: Sequence[Standing], name: str) -> Section:
    rows = tuple(
        (
            each.words,
            each.key or None,
            each.name or None,
            Message(_WORDS[each.state]),
            each.owner or None,
            each.since,
            each.last,
            each.by,
            int(100 * each.score),
        )
        for each in found
    )
    titles = tuple(map(Message, (_TABLE, _KEY, _NAME, _STANDING, _OWNER, _SINCE, _LAST, _MATCH, _FIT)))
    return Section(Message(title), titles, rows, name=name)


def partly(name: str) -> str:
    """A name that whoever knows it recognises, and nobody else: its ends."""
    if len(name) <= 2:
        return name[:1] + "**" * bool(name)
    ends = 1 if len(name) < 6 else 2
    return f"{name[:ends]}****{name[-ends:] if len(name) > 3 else ''}"
