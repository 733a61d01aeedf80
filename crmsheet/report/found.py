"""Records that fit what was looked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from crmsheet.core.messages import N_, Message, Text
from crmsheet.core.outcome import Section

_TITLE = N_("Records")
_TABLE, _KEY, _NAME, _CUSTOMER = N_("Table"), N_("Key"), N_("Name"), N_("Of customer")
_COLUMN, _VALUE, _FIT = N_("Column"), N_("Content"), N_("Fit (%)")
_FURTHER = N_("{count:,} more fit; say more of what is wanted, or list more with --top")
_MERGED, _GONE, _ARCHIVED = N_("{name} (merged into {into})"), N_("{name} (merged)"), N_("{name} (archived)")

LONGEST = 60
"""Characters of a cell that are shown, around what fits."""


@dataclass(frozen=True, slots=True)
class Found:
    """A record that fits: what it is called, the customer it belongs to ('' for customers), and where it fits."""

    table: Text
    key: str
    name: Text
    customer: str
    column: Text
    value: object
    score: float


def section(listed: Sequence[Found], text: str, total: int) -> Section:
    """One row per record, in the given order, and how many of `total` are not listed."""
    rows = tuple(
        (
            each.table,
            each.key or None,
            each.name or None,
            each.customer or None,
            each.column,
            around(each.value, text),
            int(100 * each.score),
        )
        for each in listed
    )
    further = total - len(rows)
    note = Message(_FURTHER, {"count": further}) if further else None
    titles = tuple(map(Message, (_TABLE, _KEY, _NAME, _CUSTOMER, _COLUMN, _VALUE, _FIT)))
    return Section(Message(_TITLE), titles, rows, note, name="found")


def retired_name(name: str, status: str, into: str) -> Text:
    """A name, and that its record was merged or archived."""
    if status == "archived":
        return Message(_ARCHIVED, {"name": name})
    return Message(_MERGED if into else _GONE, {"name": name, "into": into})


def around(value: object, text: str) -> object:
    """A long text cut to what stands around the words that fit."""
    if not isinstance(value, str) or len(value) <= LONGEST:
        return value
    begin = max(value.casefold().find(text.casefold()) - LONGEST // 2, 0)
    cut = value[begin : begin + LONGEST]
    return f"{'…' * bool(begin)}{cut}{'…' * (begin + LONGEST < len(value))}"
