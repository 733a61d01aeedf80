"""Groups of rows that are one customer, or may be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crmsheet.core.messages import N_, Message, Text
from crmsheet.core.outcome import Section
from crmsheet.core.schema import Schema
from crmsheet.report.words import label

BANDS: Mapping[str, str] = {"sure": N_("sure"), "review": N_("review")}
_TITLES = {
    "sure": N_("Surely the same customer (groups: {count:,})"),
    "review": N_("Perhaps the same customer, to review (groups: {count:,})"),
}
_GROUP, _ROW, _FOR, _AGAINST = N_("Group"), N_("Row"), N_("For it"), N_("Against it")
_FURTHER = N_("Further groups: {count:,}. `crmsheet dedupe` lists them all")
_ALL = N_("Further groups: {count:,}. `crmsheet dedupe -o FILE` writes them all.")


@dataclass(frozen=True, slots=True)
class Line:
    """A record of a group: its row as people see it, its key and name, and the evidence beside a record above it."""

    row: int | str
    key: str
    name: str
    pro: Text | None = None
    con: Text | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """The groups of a band that are told, of `count`; each the lines of its records."""

    band: str
    count: int
    groups: Sequence[Sequence[Line]]


def sections(
    told: Sequence[Told], schema: Schema, table: str = "customers", *, brief: bool = False
) -> tuple[Section, ...]:
    """A table for each band that has groups, a line for each record; `brief` where another command tells the rest."""
    return tuple(_section(each, schema, table, brief=brief) for each in told if each.count)


def _section(told: Told, schema: Schema, table: str, *, brief: bool) -> Section:
    key = schema.tables[table].key
    rows = tuple(
        (number, line.key or None, line.name, str(line.row), line.pro, line.con)
        for number, lines in enumerate(told.groups, 1)
        for line in lines
    )
    titles = (
        Message(_GROUP),
        label(schema, table, key),
        label(schema, table, "name"),
        *map(Message, (_ROW, _FOR, _AGAINST)),
    )
    fields = ("", f"{table}.{key}", f"{table}.name", "", "", "")
    # A column that no record fills says nothing.
    kept = [at for at in range(len(titles)) if at not in (1, 5) or any(row[at] is not None for row in rows)]
    further = told.count - len(told.groups)
    note = Message(_FURTHER if brief else _ALL, {"count": further}) if further else None
    return Section(
        Message(_TITLES[told.band], {"count": told.count}),
        tuple(titles[at] for at in kept),
        tuple(tuple(row[at] for at in kept) for row in rows),
        note,
        tuple(fields[at] for at in kept),
        f"duplicates_{told.band}",
    )
