"""A loaded book on the engine: tables as relations, records linked to their customers, and the trade's verdicts."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from crmsheet.app.opening import Loaded
from crmsheet.clean.columns import clean_table
from crmsheet.core.book import Table
from crmsheet.core.changes import Changes
from crmsheet.core.messages import N_, Message
from crmsheet.core.schema import Field
from crmsheet.engine import Engine, LocalEngine, fields, relations
from crmsheet.match.links import link_by_name

if TYPE_CHECKING:
    from crmsheet.agenda import Agenda
    from crmsheet.match.across import Met
    from crmsheet.match.duplicates import Matches
    from crmsheet.tier import Grades

_ALWAYS = frozenset({"record_status", "customer_id", "customer_name", "name", "first_name", "last_name"})
"""Fields that every bench needs: what is retired, and by what records name their customer."""
MANY_ROWS = 50_000
"""Fewer rows than these are not worth the threads of the engine: starting and waiting costs more than they save."""


@dataclass(frozen=True, slots=True)
class Bench:
    """The engine holds the relations of `tables`; those have their links by name resolved.

    Each verdict imports its room: no command needs all of them but the night run.
    """

    loaded: Loaded
    engine: Engine
    tables: Mapping[str, Table]

    def duplicates(self) -> Matches | None:
        """The duplicates among the customers, as people decided them; None for a book without customers."""
        table = self.tables.get("customers")
        if table is None:
            return None
        from crmsheet.app.pair_decisions import known_to
        from crmsheet.match.duplicates import find_duplicates

        self.loaded.request.tell(
            Message(N_("looking for duplicates among {rows:,} customers"), {"rows": len(table.cells)})
        )
        return find_duplicates(self.engine, table, self.loaded.schema, self.loaded.context, known_to(self.loaded))

    def meetings(self) -> tuple[Met, ...]:
        """The leads and contacts that are customers already."""
        if not {"leads", "contacts"} & set(self.tables):
            return ()
        from crmsheet.match.across import meetings

        return meetings(self.engine, self.tables, self.loaded.schema, self.loaded.context)

    def grades(self) -> Grades:
        """The grades of the active customers."""
        from crmsheet.tier import grade

        self.loaded.request.tell(Message(N_("grading customers")))
        return grade(self.engine, fields(self.tables), self.loaded.context)

    def agenda(self, grades: Grades) -> Agenda:
        """The follow-ups that are due."""
        from crmsheet.agenda import plan_followups

        self.loaded.request.tell(Message(N_("planning follow-ups")))
        return plan_followups(self.engine, fields(self.tables), grades, self.loaded.context)

    def after(self, changes: Changes) -> tuple[Bench, Changes]:
        """The bench as it will be when changes are written, and the changes in canonical spelling.

        The changed rows are read anew, as if they stood in the book; so the next run finds nothing to correct in them.
        """
        tables = dict(self.tables)
        spelled: dict[tuple[str, int, str], object] = {}
        for name, table in self.tables.items():
            mine = changes.where([each == name for each in changes.column("table")])
            if len(mine):
                tables[name], fixed = _previewed(table, mine, self.loaded)
                spelled |= {(name, row, field): value for (row, field), value in fixed.items()}
        relations(self.engine, {name: tables[name] for name in tables if tables[name] is not self.tables[name]})
        places = zip(*(changes.column(name) for name in ("kind", "table", "row", "field", "after")), strict=True)
        after = [
            spelled.get((table, row, field), value) if kind == "set" else value
            for kind, table, row, field, value in places
        ]
        return dataclasses.replace(self, tables=tables), changes.replaced(after=after)


def asked(names: Collection[str]) -> Callable[[Field], bool]:
    """The fields to load for verdicts that read these: those, and what every bench needs."""
    return lambda field: field.name in names or field.name in _ALWAYS


@contextmanager
def bench(loaded: Loaded, only: Collection[str] | None = None) -> Iterator[Bench]:
    """The bench of a loaded book, or of some of its tables; the engine is closed at the end."""
    tables = {name: table for name, table in loaded.book.tables.items() if only is None or name in only}
    few = sum(len(each.cells) for each in tables.values()) < MANY_ROWS
    with LocalEngine(threads=1 if few else None) as engine:
        relations(engine, tables)
        linked = link_by_name(engine, tables)
        relations(engine, linked)
        yield Bench(loaded, engine, {**tables, **linked})


def _previewed(table: Table, changes: Changes, loaded: Loaded) -> tuple[Table, dict[tuple[int, str], object]]:
    """The table with the values that its changed rows will have, and the written cells that have another spelling."""
    written = _written(changes)
    rows = sorted({row for row, _ in written})
    names = list(dict.fromkeys(name for _, name in written))
    columns = {**table.columns, **{name: f"new:{name}" for name in names if name not in table.columns}}
    cells = table.cells.loc[rows].copy()
    for name in names:
        letters = columns[name]
        found = cells[letters].tolist() if letters in cells else [None] * len(rows)
        fresh = [written.get((row, name), before) for row, before in zip(rows, found, strict=True)]
        cells[letters] = pd.Series(fresh, index=cells.index, dtype="object")
    part = dataclasses.replace(table, cells=cells, columns=columns)
    schema = loaded.schema.tables[table.name]
    cleaned = clean_table(part, schema, loaded.context, retype_dates=not loaded.opened.dialects)
    values = table.values.copy()
    for name in names:
        fresh_values = cleaned.table.values[name]
        if name in values:
            values.loc[rows, name] = fresh_values
        else:
            values[name] = fresh_values.reindex(values.index)
    fixed = {
        (row, name): fix.after
        for row, name, fix in zip(*(cleaned.findings.column(each) for each in ("row", "field", "fix")), strict=True)
        if fix is not None and (row, name) in written
    }
    return dataclasses.replace(table, values=values), fixed


def _written(changes: Changes) -> dict[tuple[int, str], object]:
    """(row, field) -> the cell that changes write."""
    written: dict[tuple[int, str], object] = {}
    for change in changes:
        if change.kind == "set":
            written[change.row, change.field] = change.after
        elif change.kind == "retire":
            written.update({(change.row, name): value for name, value in change.after.items()})
    return written
