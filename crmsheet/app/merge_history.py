"""Merges as the history of a book tells them: which versions made them, and what they would have made otherwise."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import pandas as pd

from crmsheet.app.opening import Loaded
from crmsheet.app.pair_decisions import decisions_of, home
from crmsheet.app.states import BookState
from crmsheet.app.version_changes import read_changes, version_at, written_down
from crmsheet.change.cell_json import encode
from crmsheet.change.columns import DOUBLED, rows_by_key
from crmsheet.change.steady import steady_rows
from crmsheet.clean.columns import clean_table
from crmsheet.core.book import Table
from crmsheet.core.cells import visible
from crmsheet.core.changes import Changes
from crmsheet.core.errors import HistoryDamaged
from crmsheet.core.messages import cell_words
from crmsheet.core.versions import Version
from crmsheet.history.reversals import line_of
from crmsheet.match.decisions import survivor_of
from crmsheet.match.merging import Merge, belonging, golden_changes, goldens
from crmsheet.match.moving import CUSTOMER
from crmsheet.match.unmerging import Cells, MergeStep, merge_step


@dataclass(frozen=True, slots=True)
class Told:
    """A merge and the version that made it, with all that this version changed."""

    version: Version
    step: MergeStep
    changes: Changes


@dataclass(frozen=True, slots=True)
class Merges:
    """The merges in the history of a book; `living` are the keys of today's customers, `into` says where others went.

    States of older versions are opened once.
    """

    loaded: Loaded
    table: Table
    versions: Sequence[Version]
    living: frozenset[str]
    into: Mapping[str, str]
    _states: dict[str, BookState | None] = field(default_factory=dict)

    def chain(self, key: str) -> tuple[Told, ...]:
        """How a customer became the one that it is a part of today, merge by merge, as far as the versions tell."""
        line = line_of(self.versions, self.loaded.book.source.sha256)
        written = written_down(self.loaded, line)
        found: list[Told] = []
        while key not in self.living:
            told = self._merged(key, reversed(line), written)
            if told is None or any(each.step.loser == told.step.winner for each in found):
                break
            found.append(told)
            key = told.step.winner
        return tuple(found)

    def _merged(self, key: str, line: Iterator[Version], written: Mapping[str, bytes]) -> Told | None:
        """The newest merge of a customer into one that is, or became, what it is a part of today."""
        marks = b'"retire"', encode(key).encode()
        goal = survivor_of(key, self.living, self.into)
        for version in line:
            content = written.get(version.id, b"")
            changes = read_changes(version, content) if all(each in content for each in marks) else None
            step = merge_step(changes, key) if changes is not None else None
            if changes is not None and step is not None and survivor_of(step.winner, self.living, self.into) == goal:
                return Told(version, step, changes)
        return None

    def state(self, version: Version | None) -> BookState | None:
        """The book as it was in a version; None where that is not to be had any more."""
        if version is None:
            return None
        if version.id not in self._states:
            try:
                self._states[version.id] = version_at(self.loaded, version)
            except HistoryDamaged:
                self._states[version.id] = None
        return self._states[version.id]

    def steady(self, chain: Sequence[Told]) -> frozenset[tuple[str, int]]:
        """Of the records without keys that the first merge moved, those that stood still until the last."""
        kept = {(each.table, each.row) for each in chain[0].step.moved if not each.key}
        for older, newer in pairwise(chain if kept else ()):
            before, after = self.state(older.version), self.state(newer.version)
            if before is None or after is None:
                return frozenset()
            moved = Changes.of(each for each in newer.step.moved if not each.key)
            rows = steady_rows(moved, before.book, after.book)
            kept = {(name, row) for name, row in kept if row in rows.get(name, ())}
        return frozenset(kept)

    def redone(self, told: Told, losers: Sequence[str], other: Cells) -> Cells | None:
        """The kept record's cells if only these had been merged into it; the step's own record with `other` cells.

        The rows are those of the version that merged them, the kept one with the cells that it had before.
        """
        state = self.state(told.version)
        table = state.book.tables.get(told.step.table) if state is not None else None
        rows = rows_by_key(table) if table is not None else {}
        found = [rows.get(key, DOUBLED) for key in (told.step.winner, *losers)]
        if table is None or DOUBLED in found:
            return None
        part = _part(table, found, {found[0]: told.step.before, rows.get(told.step.loser, DOUBLED): other})
        plan = Merge(found[0], tuple(found[1:]), dict(zip(found, (told.step.winner, *losers), strict=True)))
        read = self._read(part)
        schema = self.loaded.schema.tables[table.name]
        said, above = decisions_of(home(self.loaded)), belonging(table, schema)
        (golden,) = goldens(read, schema, [plan], self.loaded.context, said, above)
        cells = {name: cell for name, cell in _cells(read, found[0]).items() if name in schema}
        written = {each.field: each.after for each in golden_changes(golden)} if losers else {}
        return {**cells, **self._spelt(part, found[0], written)}

    def _read(self, table: Table) -> Table:
        schema = self.loaded.schema.tables[table.name]
        cleaned = clean_table(table, schema, self.loaded.context, retype_dates=not self.loaded.opened.dialects)
        keys = table.values[table.key].loc[list(table.cells.index)]
        return dataclasses.replace(cleaned.table, values=cleaned.table.values.assign(**{table.key: keys}))

    def _spelt(self, table: Table, row: int, written: Cells) -> Cells:
        """Cells in their canonical spelling, as a merge writes them."""
        part = _part(table, [row], {row: written})
        schema = self.loaded.schema.tables[table.name]
        found = clean_table(part, schema, self.loaded.context, retype_dates=not self.loaded.opened.dialects).findings
        fixes = zip(found.column("field"), found.column("fix"), strict=True)
        return {**written, **{name: fix.after for name, fix in fixes if fix is not None and name in written}}


def merges_of(loaded: Loaded, table: Table, versions: Sequence[Version], into: Mapping[str, str]) -> Merges:
    """The merges of a book whose customers are known with what they were merged into."""
    gone = frozenset(into)
    living = frozenset(key for key in table.keys().tolist() if key and key not in gone)
    return Merges(loaded, table, versions, living, into)


def children(state: BookState, customer: str) -> dict[tuple[str, str], int]:
    """The records of a customer in every other table, by table and key, with their rows; those without a key by row."""
    found: dict[tuple[str, str], int] = {}
    for name, table in state.book.tables.items():
        letters = table.columns.get(CUSTOMER)
        if name == "customers" or letters not in table.cells.columns:
            continue
        keys = table.keys()
        for row, cell in zip(table.cells.index.tolist(), table.cells[letters].tolist(), strict=True):
            if cell_words(visible(cell)).strip() == customer:
                words = [cell_words(visible(each)) for each in table.cells.loc[row].tolist()]
                found.setdefault((name, str(keys.at[row]) or " ".join(words)), row)
    return found


def _part(table: Table, rows: Sequence[int], other: Mapping[int, Cells]) -> Table:
    """Some rows of a table, of which some hold other cells."""
    cells = table.cells.loc[list(rows)].astype("object")
    for row, held in other.items():
        for name, cell in held.items():
            if row in cells.index and name in table.columns and table.columns[name] in cells:
                cells.at[row, table.columns[name]] = cell
    return dataclasses.replace(table, cells=cells, values=table.values.loc[list(rows)])


def _cells(table: Table, row: int) -> dict[str, Any]:
    return {name: _plain(table.cells.at[row, at]) for name, at in table.columns.items() if at in table.cells.columns}


def _plain(cell: Any) -> Any:
    return None if isinstance(cell, float) and pd.isna(cell) else cell
