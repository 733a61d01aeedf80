"""Changes that do not fit the book any more, each with what stands there instead."""

from __future__ import annotations

from collections.abc import Iterable

from crmsheet.change.planning import Conflict
from crmsheet.core.messages import N_, Message
from crmsheet.core.outcome import Section

_TITLE = N_("Conflicts")
_PLACE = N_("Place")
_REASON = N_("Reason")
_FIELD = N_("Column")
_FURTHER = N_("{count:,} more conflicts")


def sections(found: Iterable[Conflict], top: int = 20) -> tuple[Section, ...]:
    """One row per conflict; none without."""
    every = tuple(found)
    rows = tuple((each.place, each.reason, each.change.field) for each in every[:top])
    note = Message(_FURTHER, {"count": len(every) - top}) if len(every) > top else None
    titles = tuple(map(Message, (_PLACE, _REASON, _FIELD)))
    return (Section(Message(_TITLE), titles, rows, note, name="conflicts"),) if rows else ()
