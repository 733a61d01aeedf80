"""What a merge means for the records of other tables: they go with their customer, and nothing is claimed twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from crmsheet.core.book import Table
from crmsheet.core.cells import Formula
from crmsheet.core.changes import Change, Changes
from crmsheet.core.folding import fold
from crmsheet.core.messages import N_, Message, cell_words
from crmsheet.core.schema import Schema
from crmsheet.match.verdicts import SURE

CHILD = N_("{loser} was merged into {winner}")
CALLED = N_("{loser} was merged into {winner}, which is called so")
ONE = N_("{loser} was merged into {winner}, which has one already")
TWIN = N_(
    "{table}: rows {first} and {second} say the same of {winner} now that {loser} was merged into it; one may go."
)
CUSTOMER, NAME, INTO = "customer_id", "customer_name", "merged_into"
ONE_EACH = ("is_primary", "is_default")
"""Marks that one record of a customer has: of addresses one of each kind."""
_TWIN_VALUES = 2
"""Values that two records must share at least to be called the same."""


@dataclass(frozen=True, slots=True)
class Merger:
    """A retired key, and the key that it goes on as, with the cell and the name of that record."""

    loser: str
    winner: str
    cell: Any
    name: str


def moved(
    name: str, tables: Mapping[str, Table], schema: Schema, mergers: Mapping[str, Merger], left: frozenset[int]
) -> Iterator[Change]:
    """The references to retired records of a table, in every table: they point to the kept ones.

    What names its customer by name alone gets the new name, and of two marks that one record may have the kept
    record's stays. `left` are the rows of the merged table that became one: what they refer to is settled.
    """
    for table in tables.values():
        for field in _references(table, schema, name):
            yield from _repointed(table, field, mergers, left if table.name == name else frozenset())
        if table.name != name:
            yield from _renamed(table, mergers)
            for field in ONE_EACH:
                if CUSTOMER in table.values and field in table.columns and field in table.values:
                    yield from _unmarked(table, field, mergers)


def _references(table: Table, schema: Schema, name: str) -> list[str]:
    """The bound fields of a table that refer to the merged one."""
    fields = schema.tables[table.name].fields if table.name in schema.tables else ()
    return [
        field.name
        for field in fields
        if field.references.split(".")[0] == name and field.name in table.columns and field.name in table.values
    ]


def _repointed(table: Table, field: str, mergers: Mapping[str, Merger], left: frozenset[int]) -> Iterator[Change]:
    keys = table.keys()
    values = table.values[field].astype("str")
    found = values[values.isin(list(mergers))]
    for row, key in zip(found.index.tolist(), found.tolist(), strict=True):
        if row not in left and not isinstance(cell_of(table, row, field), Formula):
            merger = mergers[key]
            yield set_cell(table, str(keys.at[row]), row, field, merger.cell, CHILD, _facts(merger))


def _renamed(table: Table, mergers: Mapping[str, Merger]) -> Iterator[Change]:
    """Records that name their customer by name alone: they are linked by its key, or get its name of today."""
    if (NAME not in table.columns and CUSTOMER not in table.columns) or CUSTOMER not in table.values:
        return
    keys, values = table.keys(), table.values[CUSTOMER].astype("str")
    kept = {merger.winner: merger for merger in mergers.values()}
    by_key = CUSTOMER in table.columns
    found = values[values.isin(list(kept) if by_key else [*mergers, *kept])]
    for row, key in zip(found.index.tolist(), found.tolist(), strict=True):
        merger = mergers.get(key) or kept[key]
        number, name = cell_of(table, row, CUSTOMER), cell_of(table, row, NAME)
        said = number if number not in (None, "") else name
        known = {fold(cell_words(merger.cell)), fold(merger.name)}
        if not merger.name or isinstance(said, Formula) or fold(cell_words(said)) in known:
            continue
        field, after = (CUSTOMER, merger.cell) if by_key else (NAME, merger.name)
        yield set_cell(table, str(keys.at[row]), row, field, after, CALLED, _facts(merger))


def _unmarked(table: Table, field: str, mergers: Mapping[str, Merger]) -> Iterator[Change]:
    """The marks that moved records lose, because a record of their new customer has one."""
    keys, kinds = table.keys(), table.values.get("kind")
    customers = table.values[CUSTOMER].astype("str")
    said = table.values[field]
    marked = customers[(said == True).fillna(value=False)]  # noqa: E712 - a column of yes, no and missing
    active = table.values.get("record_status")
    if active is not None:
        marked = marked[~active.loc[marked.index].isin(["merged", "archived"])]
    kept = {merger.winner for merger in mergers.values()}
    taken = {(key, _kind(kinds, row)) for row, key in marked.items() if key in kept}
    for row, key in zip(marked.index.tolist(), marked.tolist(), strict=True):
        merger = mergers.get(key)
        if merger is None or isinstance(cell_of(table, row, field), Formula):
            continue
        place = merger.winner, _kind(kinds, row)
        if place in taken:
            yield set_cell(table, str(keys.at[row]), row, field, _no(table, field), ONE, _facts(merger))
        taken.add(place)


def _kind(kinds: Any, row: Any) -> str:
    return str(kinds.at[row]) if kinds is not None else ""


def _no(table: Table, field: str) -> Any:
    """How the column says no: as most cells that do, else with nothing."""
    said = table.values[field]
    rows = said.index[(said == False).fillna(value=False)]  # noqa: E712 - a column of yes, no and missing
    cells = Counter(
        cell for cell in table.cells.loc[rows, table.columns[field]].tolist() if not isinstance(cell, Formula)
    )
    return cells.most_common(1)[0][0] if cells else None


def twins(changes: Changes, tables: Mapping[str, Table], schema: Schema) -> tuple[Message, ...]:
    """What is told of moved records that say the same as another record of their new customer; none is removed."""
    found: list[Message] = []
    groups: dict[str, dict[int, Mapping[str, Any]]] = {}
    columns = (changes.column(name) for name in ("kind", "table", "row", "field", "reason", "arguments"))
    for kind, name, row, field, reason, facts in zip(*columns, strict=True):
        if kind == "set" and field == CUSTOMER and reason == CHILD:
            groups.setdefault(name, {})[row] = facts
    for name, rows in groups.items():
        found += _twins(tables[name], schema, rows)
    return tuple(found)


def _twins(table: Table, schema: Schema, moved_rows: Mapping[int, Mapping[str, Any]]) -> Iterator[Message]:
    names = [
        field.name
        for field in schema.tables[table.name].fields
        if field.name in table.values and field.name not in (table.key, CUSTOMER, NAME, *ONE_EACH) and not field.derived
    ]
    customers = table.values[CUSTOMER].astype("str")
    winners = {row: str(facts["winner"]) for row, facts in moved_rows.items()}
    mine = customers.index[customers.isin(list(winners.values()))].union(list(moved_rows)).tolist()
    said = table.values.loc[mine, names].astype("object")
    first: dict[tuple[Any, ...], int] = {}
    for row, values in zip(mine, said.itertuples(index=False, name=None), strict=True):
        held = tuple(None if each is None or each != each or str(each) == "<NA>" else each for each in values)
        whose = winners.get(row) or str(customers.at[row])
        if sum(each is not None for each in held) < _TWIN_VALUES:
            continue
        other = first.setdefault((whose, *held), row)
        facts = moved_rows.get(row) or moved_rows.get(other)
        if other != row and facts:
            rows = {"first": table.row_name(other), "second": table.row_name(row)}
            yield Message(TWIN, {"table": table.title, **rows, "winner": facts["winner"], "loser": facts["loser"]})


def _facts(merger: Merger) -> Mapping[str, Any]:
    return {"loser": merger.loser, "winner": merger.winner}


def cell_of(table: Table, row: int, field: str) -> Any:
    """The cell of a field as it stands there, None where the table has no such column."""
    letters = table.columns.get(field)
    return table.cells.at[row, letters] if letters in table.cells.columns else None


def set_cell(table: Table, key: str, row: int, field: str, after: Any, reason: str, facts: Mapping[str, Any]) -> Change:
    """The change of one cell that a merge makes."""
    before = cell_of(table, row, field)
    return Change("set", table.name, key, row, table.columns[field], field, before, after, SURE.code, reason, facts)
