"""A slow and obvious twin of diff and merge: books as dicts of dicts, key -> field -> cell, compared one by one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from crmsheet.change.columns import column_names
from crmsheet.core.book import Table
from tests.small_books import EMPTY, plain

Cell: TypeAlias = tuple[str, Any]
Rows: TypeAlias = Mapping[str, Mapping[str, Cell]]

TAGS = "tags"


@dataclass
class Twin:
    """What a merge of one table makes: its rows, the cells in dispute, and records of theirs under a key of ours."""

    rows: dict[str, dict[str, Cell]] = field(default_factory=dict)
    disputed: set[tuple[str, str]] = field(default_factory=set)
    clashing: dict[str, dict[str, Cell]] = field(default_factory=dict)


def keyed_rows(table: Table) -> dict[str, dict[str, Cell]]:
    """The records of a table by key, without empty cells; every key stands there once."""
    names, found = column_names(table), {}
    for row in table.cells.index:
        cells = {name: plain(table.cells.at[row, at]) for name, at in names.items() if at in table.cells}
        if held := {name: cell for name, cell in cells.items() if cell != EMPTY}:
            key = str(held[table.key][1])
            assert key not in found, "the twin knows no doubled keys"
            found[key] = held
    return found


def differences(old: Rows, new: Rows) -> dict[str, dict[str, tuple[Cell, Cell]]]:
    """Key -> field -> cell before and after, where they differ; a record that is gone or new with all of its cells."""
    found = {}
    for key in {*old, *new}:
        before, after = old.get(key, {}), new.get(key, {})
        cells = {
            name: (before.get(name, EMPTY), after.get(name, EMPTY))
            for name in {*before, *after}
            if before.get(name, EMPTY) != after.get(name, EMPTY)
        }
        if cells:
            found[key] = cells
    return found


def merged(base: Rows, ours: Rows, theirs: Rows) -> Twin:
    """The table that both sides together have made; where they disagree, that of ours."""
    twin = Twin()
    for key in {*base, *ours, *theirs}:
        was, mine, other = base.get(key), ours.get(key), theirs.get(key)
        if was is None and mine is not None and other is not None and mine != other:
            twin.rows[key] = dict(mine)
            twin.clashing[key] = dict(other)
        elif mine is None or other is None or was is None:
            _whole(twin, key, was, mine, other)
        else:
            twin.rows[key] = _cells(twin, key, was, mine, other)
    return twin


def _whole(twin: Twin, key: str, was: Any, mine: Any, other: Any) -> None:
    """A record that one side at least does not have."""
    if was is not None and mine != was and other != was and mine != other:
        twin.disputed.add((key, ""))  # one side removed it, the other changed it
        kept = mine
    else:
        kept = other if mine == was else mine
    if kept is not None:
        twin.rows[key] = dict(kept)


def _cells(twin: Twin, key: str, was: Any, mine: Any, other: Any) -> dict[str, Cell]:
    made = {}
    for name in {*was, *mine, *other}:
        before, ours, theirs = (each.get(name, EMPTY) for each in (was, mine, other))
        if name == TAGS and before != ours != theirs != before:
            cell = _united(before, ours, theirs)
        elif before in (ours, theirs) or ours == theirs:
            cell = theirs if ours == before else ours
        else:
            twin.disputed.add((key, name))
            cell = ours
        if cell != EMPTY:
            made[name] = cell
    return made


def _united(before: Cell, ours: Cell, theirs: Cell) -> Cell:
    """Tags of both sides; one that either side has taken away is gone."""
    was, mine, other = ([tag for tag in str(each[1]).split("、") if tag] for each in (before, ours, theirs))
    kept = [tag for tag in [*mine, *other] if (tag in mine and tag in other) or tag not in was]
    return plain("、".join(dict.fromkeys(kept)))
