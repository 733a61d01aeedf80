"""Groups of rows that may be one customer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from crmsheet.core.messages import N_, Message, Text
from crmsheet.core.outcome import Section
from crmsheet.core.schema import Schema
from crmsheet.report.words import label

_TITLE = N_("Groups of duplicates: sure {sure:,}, to review {review:,}")
_BAND = N_("Certainty")
_KEPT = N_("Record kept")
_OTHERS = N_("Same customer")
_ROWS = N_("Rows")
_WHY = N_("Evidence")
_FURTHER = N_("Further groups: {count:,}. `crmsheet dedupe` lists them all")

BANDS: Mapping[str, str] = {"sure": N_("sure"), "review": N_("review")}


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that may be one customer: `rows` as people see them, `keys` beside them, the survivor first.

    `name` is the survivor's; `evidence` says in words what they share, without private values.
    """

    band: str
    rows: tuple[int | str, ...]
    keys: tuple[str, ...]
    name: str
    weight: float
    evidence: Text


def sections(groups: Iterable[Group], schema: Schema, top: int = 20) -> tuple[Section, ...]:
    """The sure groups, then those to review, the strongest first, of equals in their order; none without groups."""
    order = sorted(groups, key=lambda group: (group.band != "sure", -group.weight))
    if not order:
        return ()
    sure = sum(group.band == "sure" for group in order)
    rows = tuple(
        (
            Message(BANDS[group.band]),
            group.keys[0] or None,
            group.name,
            ", ".join(filter(None, group.keys[1:])) or None,
            ", ".join(map(str, group.rows)),
            group.evidence,
        )
        for group in order[:top]
    )
    titles = (
        Message(_BAND),
        Message(_KEPT),
        label(schema, "customers", "name"),
        *map(Message, (_OTHERS, _ROWS, _WHY)),
    )
    fields = ("", "customers.customer_id", "customers.name", "", "", "")
    further = len(order) - len(rows)
    note = Message(_FURTHER, {"count": further}) if further else None
    title = Message(_TITLE, {"sure": sure, "review": len(order) - sure})
    return (Section(title, titles, rows, note, fields, "duplicates"),)
