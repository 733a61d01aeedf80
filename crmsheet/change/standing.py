"""Retiring and reviving, told from two states: a status that changed together with the hiding of its row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from crmsheet.change.columns import DOUBLED, rows_by_key
from crmsheet.core.book import Book, Table
from crmsheet.core.changes import Change, Changes

STATUS = ("record_status", "merged_into")
"""The fields that a row is retired and revived with."""


def with_standing(changes: Changes, old: Book, new: Book) -> Changes:
    """The changes between two states, those of a record's status as one `retire` or `revive` where its row was hidden.

    Set alone, they would leave a record of today in a hidden row, or a retired one in sight.
    """
    turned = {
        (name, row): kind
        for name, table in old.tables.items()
        if table.hidden != new.tables.get(name, table).hidden
        for row, kind in _turned(table, new.tables[name])
    }
    if not turned:
        return changes
    kept: list[Change] = []
    groups: dict[tuple[str, int], list[Change]] = {}
    for each in changes:
        place = each.table, each.row
        if each.kind == "set" and each.field in STATUS and place in turned:
            groups.setdefault(place, []).append(each)
        else:
            kept.append(each)
    return Changes.of([*kept, *(_one(turned[place], each) for place, each in groups.items())])


def _turned(old: Table, new: Table) -> Iterable[tuple[int, str]]:
    """The rows of the old state that are hidden in just one of the two, and what that makes of them."""
    there = rows_by_key(new)
    for key, row in rows_by_key(old).items():
        other = there.get(key, DOUBLED)
        if row != DOUBLED != other and (row in old.hidden) != (other in new.hidden):
            yield row, "revive" if row in old.hidden else "retire"


def _one(kind: str, sets: list[Change]) -> Change:
    first = sets[0]
    before: Mapping[str, object] = {each.field: each.before for each in sets}
    after = {each.field: each.after for each in sets}
    return Change(kind, first.table, first.key, first.row, before=before, after=after, sheet=first.sheet)
