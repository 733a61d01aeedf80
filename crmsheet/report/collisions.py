"""What somebody has to decide after a merge, each with its three values."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping

from crmsheet.change.collision import Collision
from crmsheet.change.planning import Conflict
from crmsheet.core.changes import Change
from crmsheet.core.messages import N_, Message
from crmsheet.core.outcome import Section
from crmsheet.core.schema import Schema
from crmsheet.report import conflicts
from crmsheet.report.record import Hide
from crmsheet.report.words import label

_TITLES = tuple(map(Message, (N_("Place"), N_("Column"), N_("Reason"), N_("Base"), N_("Ours"), N_("Theirs"))))
_RENUMBERED = N_("Records with a new key")
_NEW_KEYS = tuple(map(Message, (N_("Table"), N_("Key in theirs"), N_("Key now"))))


def sections(
    found: Iterable[Collision], renumbered: Mapping[str, Mapping[str, str]], schema: Schema, hide: Hide, top: int = 20
) -> tuple[Section, ...]:
    """One row per collision, and one per record that got another key; none without them."""
    shown = conflicts.sections(map(_conflict, found), schema, hide, top)
    told = tuple(dataclasses.replace(each, columns=_TITLES, name="collisions") for each in shown)
    rows = tuple((label(schema, table), old, new) for table, keys in renumbered.items() for old, new in keys.items())
    return (*told, *((Section(Message(_RENUMBERED), _NEW_KEYS, rows, name="renumbered"),) if rows else ()))


def _conflict(each: Collision) -> Conflict:
    change = Change("set", each.table, each.key, field=each.field, before=each.base, after=each.theirs)
    return Conflict(change, each.why, each.ours, each.place, each.field)
