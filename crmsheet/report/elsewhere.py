"""Records that stand in another list too, or in another table of the book."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crmsheet.core.messages import N_, Message, Text
from crmsheet.core.outcome import Section

_TITLES = {
    "sure": N_("Surely in {other} too: {count:,}"),
    "review": N_("Perhaps in {other} too: {count:,} to review"),
}
_ALREADY = {
    "sure": N_("Leads and contacts that are customers already: {count:,}"),
    "review": N_("Leads and contacts that may be customers already: {count:,} to review"),
}
_ROW, _KEY, _NAME = N_("Row"), N_("Key"), N_("Name")
_OTHER_ROW, _OTHER_KEY, _OTHER_NAME = N_("Row there"), N_("Key there"), N_("Name there")
_FOR, _AGAINST = N_("For it"), N_("Against it")
_FURTHER = N_("Further ones: {count:,}. `-o FILE` writes them all.")


@dataclass(frozen=True, slots=True)
class Meeting:
    """A record here and one there, each as (row, key, name), and what speaks for and against them being one."""

    here: tuple[str, str, str]
    there: tuple[str, str, str]
    pro: Text | None
    con: Text | None


def sections(
    told: Mapping[str, Sequence[Meeting]], counts: Mapping[str, int], other: Text = "", name: str = ""
) -> tuple[Section, ...]:
    """A table for each band that has any; columns that say nothing are left out.

    `other` is the list that the records stand in too, '' for leads and contacts among the customers; `name` is the
    `table.field` of the names here: they are masked as it is.
    """
    titles = _TITLES if other else _ALREADY
    return tuple(
        _section(band, Message(titles[band], {"other": other, "count": counts[band]}), mine, counts[band], name)
        for band, mine in told.items()
        if counts[band]
    )


def _section(band: str, title: Message, meetings: Sequence[Meeting], count: int, name: str) -> Section:
    titles = tuple(map(Message, (_ROW, _KEY, _NAME, _OTHER_ROW, _OTHER_KEY, _OTHER_NAME, _FOR, _AGAINST)))
    rows = [tuple(each or None for each in (*one.here, *one.there, one.pro, one.con)) for one in meetings]
    kept = [at for at in range(len(titles)) if any(row[at] is not None for row in rows)]
    further = count - len(rows)
    return Section(
        title,
        tuple(titles[at] for at in kept),
        tuple(tuple(row[at] for at in kept) for row in rows),
        Message(_FURTHER, {"count": further}) if further else None,
        tuple(name if at == 2 else "" for at in kept),
        f"elsewhere_{band}",
    )
