"""Three-way merge by key and field: what theirs changed since the base goes into ours, unless ours changed it too."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from crmsheet.change.collision import Collision
from crmsheet.change.comparing import TEXT_ONLY, diff
from crmsheet.change.evidence import is_same_record
from crmsheet.change.replay import Replay
from crmsheet.change.sides import Side
from crmsheet.change.standing import with_standing
from crmsheet.core.book import Book
from crmsheet.core.cells import same_cell
from crmsheet.core.changes import Change, Changes
from crmsheet.core.messages import N_, cell_words
from crmsheet.core.schema import Schema
from crmsheet.schema.free_tables import is_free

Numbers: TypeAlias = Callable[[str, Sequence[str], int], Sequence[str]]
"""The next keys of a table: its name, all keys that are taken, and how many are wanted."""
NewKeys: TypeAlias = Mapping[str, Mapping[str, str]]
"""Table -> old key -> new key."""

_NAMED_BY_OURS = N_("theirs removed this record, ours has new records that name it")
_NAMED_BY_THEIRS = N_("ours removed this record, theirs has new records that name it")


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge does to ours: changes against it, what has to be decided, and new keys of records of theirs.

    The changes are in the places of ours. `renumbered` is table -> old key -> new key, for records that theirs added
    under a key that ours gave away too; `settled` are cells of theirs that nobody has to see again: tags that went into
    those of ours, stamps that ours has later, what crmsheet computes, old keys.
    """

    changes: Changes
    collisions: tuple[Collision, ...] = ()
    renumbered: NewKeys = field(default_factory=dict)
    settled: tuple[Any, ...] = ()


def merge(base: Book, ours: Book, theirs: Book, schema: Schema, numbers: Numbers) -> Merged:
    """What has to be done to ours so that it has the changes of both since the base, in the tables that all three have.

    Theirs' difference from the base is done again in ours, where each record is found by its key, or by what it holds.
    A cell that ours has changed too, otherwise, is a collision; so is a formula that a value would go over, a record
    that one side removed and the other changed, and a key that does not tell which row is meant.
    """
    loose = len({each.source.format in TEXT_ONLY for each in (base, ours, theirs)}) > 1
    replays = {
        name: Replay(schema.tables.get(name), Side(table), Side(ours.tables[name]), Side(theirs.tables[name]), loose)
        for name, table in base.tables.items()
        if name in ours.tables and name in theirs.tables
    }
    wanted: dict[str, list[Change]] = {name: [] for name in replays}
    for change in with_standing(diff(base, theirs), base, theirs):
        if change.table in wanted:
            wanted[change.table].append(change)
    keys = {name: new for name, each in replays.items() if (new := _new_keys(each, schema, numbers))}
    for name, replay in replays.items():
        _done_again(replay, wanted[name], _Following(replay, schema, keys))
    _hold_named(replays, schema)
    changes = Changes.of(each for replay in replays.values() for each in replay.changes)
    collisions = tuple(each for replay in replays.values() for each in replay.collisions)
    return Merged(changes, collisions, keys, tuple(each for replay in replays.values() for each in replay.settled))


def _done_again(replay: Replay, wanted: Sequence[Change], follow: _Following) -> None:
    """Replays the changes of one table: columns first, for cells and records may need them."""
    columns = [each for each in wanted if each.kind == "column"]
    gone = {each.field for each in columns if each.after is None}
    for change in columns:
        if change.after is not None:
            replay.column(change)
    for change in wanted:
        if change.kind == "set" and change.field not in gone:
            replay.set(dataclasses.replace(change, after=follow.cell(change.field, change.after)))
        elif change.kind in ("retire", "revive"):
            replay.status(change, follow.cells(change.after))
        elif change.kind == "remove" and change.row not in replay.there:
            replay.remove(change)
    for row in replay.added:
        replay.add(row, follow.key(replay.other.keys[row]), follow.cells(replay.other.held(row)))
    for change in columns:
        if change.after is None:
            replay.drop(change)
    _other_keys(replay)


def _other_keys(replay: Replay) -> None:
    """Keys that theirs gave to records of the base."""
    name = replay.mine.table.key
    for base in replay.rekeyed & replay.here.keys():
        other = replay.there[base]
        replay.cell(name, base, replay.here[base], other, replay.other.cell(other, name))


# Two new records under one key -------------------------------------------------------------------------------------


def _new_keys(replay: Replay, schema: Schema, numbers: Numbers) -> dict[str, str]:
    """Keys for the records of theirs that have the key of another new record of ours.

    One that an earlier merge has put into ours under a new key keeps that one.
    """
    if is_free(schema, replay.name) or replay.mine.table.key not in replay.mine.names:
        return {}
    mine, other = replay.mine, replay.other
    clashing = [
        row
        for row, twin in replay.twins.items()
        if other.keys[row] and not is_same_record(replay.known, mine.held(twin), other.held(row))
    ]
    found = {row: mine.keys[at] for row, at in replay.merged_before(clashing).items()} if clashing else {}
    fresh = [row for row in clashing if row not in found]
    taken = [key for each in (replay.base, mine, other) for key in each.keys.values()]
    found |= dict(zip(fresh, numbers(replay.name, taken, len(fresh)), strict=True)) if fresh else {}
    return {other.keys[row]: key for row, key in found.items()}


class _Following:
    """The cells of theirs with the new keys, in the records themselves and wherever others name them."""

    def __init__(self, replay: Replay, schema: Schema, keys: NewKeys) -> None:
        self._settled = replay.settled
        self._own = keys.get(replay.name, {})
        known = schema.tables.get(replay.name)
        named = {each.name: keys.get(each.references, {}) for each in known.fields} if known else {}
        self._keys = {name: new for name, new in {**named, replay.mine.table.key: self._own}.items() if new}

    def key(self, key: str) -> str:
        """The key of a record that theirs added."""
        return self._own.get(key, key)

    def cell(self, name: str, cell: Any) -> Any:
        """A cell that theirs wrote."""
        new = self._keys[name.partition("#")[0]].get(cell_words(cell)) if name.partition("#")[0] in self._keys else None
        if new is None:
            return cell
        self._settled.append(cell)
        return float(new) if isinstance(cell, int | float) and new.isdecimal() else new

    def cells(self, cells: Mapping[str, Any]) -> Mapping[str, Any]:
        """Cells of a record, by name."""
        return {name: self.cell(name, cell) for name, cell in cells.items()} if self._keys else cells


# Records that are gone, and named by new ones ----------------------------------------------------------------------


def _hold_named(replays: Mapping[str, Replay], schema: Schema) -> None:
    """Holds back the removal of records that ours names anew, and tells of those that theirs names and ours removed."""
    for name, replay in replays.items():
        gone = {each.key: each for each in replay.changes if each.kind == "remove" and each.key}
        lost = {key: row for row, key in replay.base.keys.items() if key and key not in replay.mine.rows}
        lost = {key: row for key, row in lost.items() if row not in replay.here}
        if not gone and not lost:
            continue
        for child, field_name in _naming(replays, schema, name):
            for key in _named_anew(child, field_name) & gone.keys():
                replay.changes.remove(gone.pop(key))
                base = replay.base.rows[key]
                replay.collide_record(base, replay.here[base], _NAMED_BY_OURS)
            for key in _written(child, field_name) & lost.keys():
                replay.collide_record(lost.pop(key), None, _NAMED_BY_THEIRS)


def _naming(replays: Mapping[str, Replay], schema: Schema, table: str) -> Iterator[tuple[Replay, str]]:
    """The columns that name records of a table."""
    for name, replay in replays.items():
        for column in replay.mine.names:
            found = replay.field(column)
            if name in schema.tables and found is not None and found.references == table:
                yield replay, column


def _named_anew(replay: Replay, name: str) -> set[str]:
    """What ours names in a column where the base did not."""
    back = {row: base for base, row in replay.here.items()}
    found = set()
    for row in replay.mine.places:
        cell = replay.mine.cell(row, name)
        if not same_cell(cell, None) and (row not in back or not same_cell(replay.base.cell(back[row], name), cell)):
            found.add(cell_words(cell))
    return found


def _written(replay: Replay, name: str) -> set[str]:
    """What the merge writes into a column."""
    cells = [each.after for each in replay.changes if each.kind == "set" and each.field == name]
    cells += [each.after.get(name) for each in replay.changes if each.kind == "add"]
    return {cell_words(each) for each in cells if not same_cell(each, None)}
