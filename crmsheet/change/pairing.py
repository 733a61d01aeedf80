"""Which rows of three states of a table are one record."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import TypeAlias

from crmsheet.change.aligning import pairs
from crmsheet.change.columns import DOUBLED
from crmsheet.change.sides import Side
from crmsheet.core.cells import Formula, same_cell
from crmsheet.core.messages import cell_words

LEAST = 3
"""Cells besides the key that a record under another key must share with the one that is gone to be that one."""

Pairs: TypeAlias = dict[int, int]
"""Row of one state -> row of another."""


def paired(base: Side, mine: Side, other: Side) -> tuple[Pairs, Pairs, frozenset[int]]:
    """The rows of the base in ours and in theirs, and those to which theirs gave nothing but another key."""
    here, there = pairs(base.table, mine.table), pairs(base.table, other.table)
    keys = [key for key in base.keys.values() if key]
    if len(keys) < len(base.keys) or any(each.rows.get(key) == DOUBLED for each in (base, mine, other) for key in keys):
        here = _alike(base, mine, other, here, there)
    rekeyed = _rekeyed(base, other, there)
    return here | _rekeyed(base, mine, here), there | rekeyed, frozenset(rekeyed)


def twins(other: Side, theirs: Sequence[int], mine: Side, ours: Sequence[int]) -> Pairs:
    """Row of theirs -> row of ours, for new records of both that have the same key, or that hold the very same."""
    new = frozenset(ours)
    keyed = {row: mine.rows.get(other.keys[row], DOUBLED) for row in theirs if other.rows.get(other.keys[row])}
    found = {row: twin for row, twin in keyed.items() if twin in new}
    names = list(dict.fromkeys([*mine.names, *other.names]))
    taken = frozenset(found.values())
    left = [row for row in theirs if row not in found]
    same = same_rows(other, left, mine, [row for row in ours if row not in taken], names)
    return found | {row: twin for row, twin in same.items() if other.keys[row] == mine.keys[twin]}


def _alike(base: Side, mine: Side, other: Side, here: Mapping[int, int], there: Mapping[int, int]) -> Pairs:
    """The rows of the base in ours, where several would do the one that holds what theirs made of it.

    Without a key a row that both changed is found again by what it held; both must have found the same one.
    """
    names = list(dict.fromkeys([*base.names, *mine.names, *other.names]))
    known = {row: content(base, row, names) for row in base.places if not base.tells(row)}
    fixed = {row: at for row, at in here.items() if row not in known or content(mine, at, names) == known[row]}
    taken = set(fixed.values())
    free = [row for row in mine.places if row not in taken]
    open_rows = {there[row]: row for row in known if row not in fixed and row in there}
    met = same_rows(other, list(open_rows), mine, free, names)
    found = fixed | {open_rows[row]: at for row, at in met.items()}
    taken |= set(met.values())
    new = {content(other, row, names) for row in set(other.places) - set(there.values())}
    for row, at in here.items():
        added = row not in there and content(mine, at, names) in new if row in known else False
        if row not in found and at not in taken and not added:
            found[row] = at
    return found


def _rekeyed(old: Side, new: Side, known: Mapping[int, int]) -> Pairs:
    """The rows of records that go by another key now, and are the same in all else."""
    taken = frozenset(known.values())
    left = [row for row in old.places if row not in known and old.keys[row] and old.keys[row] not in new.rows]
    free = [row for row in new.places if row not in taken and new.keys[row] and new.keys[row] not in old.rows]
    names = [name for name in old.names if name in new.names and name != old.table.key]
    full = [row for row in left if sum(not same_cell(old.cell(row, name), None) for name in names) >= LEAST]
    return same_rows(old, full, new, free, names)


def same_rows(one: Side, rows: Iterable[int], other: Side, free: Sequence[int], names: Sequence[str]) -> Pairs:
    """Rows that hold the same, in their order; empty rows are no records."""
    waiting: defaultdict[Hashable, list[int]] = defaultdict(list)
    for row in reversed(free):
        waiting[content(other, row, names)].append(row)
    found: Pairs = {}
    for row in rows if free else ():
        held = content(one, row, names)
        if any(held) and waiting[held]:
            found[row] = waiting[held].pop()
    return found


def content(side: Side, row: int, names: Iterable[str]) -> tuple[Hashable, ...]:
    """What a row holds in these columns; of a formula only that it is one, since its text changes with its row."""
    return tuple(_plain(side.cell(row, name)) for name in names)


def _plain(cell: object) -> Hashable:
    if same_cell(cell, None):
        return ""
    if isinstance(cell, Formula):
        return "="
    return cell if isinstance(cell, str) else (type(cell).__name__[:3], cell_words(cell))
