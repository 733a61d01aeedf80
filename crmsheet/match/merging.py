"""Merging sure duplicates: the golden record, the children that move to it, and the rows that retire."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from crmsheet.core.book import Table
from crmsheet.core.cells import Formula, column_letters, column_number
from crmsheet.core.changes import Change, Changes
from crmsheet.core.context import Context
from crmsheet.core.messages import N_, Message
from crmsheet.core.schema import Schema, TableSchema
from crmsheet.match.duplicates import Matches
from crmsheet.match.evidence import reasons
from crmsheet.match.survivorship import HOW, survivor, winner
from crmsheet.match.verdicts import SURE, name_of

MERGED = {"zh": "已合并", "en": "Merged"}
RETIREMENT = ("record_status", "merged_into")

_RETIRED = N_("{loser} {name} is the same customer as {winner} {winner_name} ({evidence}) and was merged into it")
_GOLDEN = N_("from the merged record {loser}: {how}")
_CHILD = N_("{loser} was merged into {winner}")
_ITSELF = N_("{loser} was merged into {winner}, and no customer refers to itself")
_NEEDED = N_("needed to retire merged records")
_NO_KEY = N_("Rows {rows} are one customer but cannot be merged: a row without a key; give them keys first")
_DOUBLE_KEY = N_("Rows {rows} are one customer but cannot be merged: the key {key} is used twice; correct it first")


@dataclass(frozen=True, slots=True)
class Merge:
    """One customer: the row that is kept, those that retire, and the keys of all."""

    kept: int
    losers: tuple[int, ...]
    keys: Mapping[int, str]


def merges(matches: Matches, tables: Mapping[str, Table], schema: Schema, context: Context) -> Changes:
    """The changes that make one record of each sure group; those that cannot be merged are in `unmergeable`.

    In order: new columns where retiring needs them, the cells of the kept records, the references in every table, the
    retired rows. `context` has no part in it yet.
    """
    del context
    table = tables[matches.table]
    plans = _plans(matches, table)
    if not plans:
        return Changes()
    found = list(_columns(table, schema.tables[matches.table]))
    part = _part(table, [row for plan in plans for row in (plan.kept, *plan.losers)])
    for plan in plans:
        found += _golden(part, schema.tables[matches.table], plan)
    found += _children(matches.table, tables, schema, plans)
    why = _evidence(matches, plans)
    found += (
        _retired(table, schema.tables[matches.table], plan, row, why[row]) for plan in plans for row in plan.losers
    )
    return Changes.of(found)


def unmergeable(matches: Matches, table: Table) -> tuple[Message, ...]:
    """Why sure groups are left out of `merges`: a row without a key, or with one that is used twice."""
    out = []
    for rows, problem in _entities(matches, table):
        if problem is not None:
            listed = ", ".join(str(table.row_name(row)) for row in rows)
            out.append(Message(_DOUBLE_KEY if problem else _NO_KEY, {"rows": listed, "key": problem}))
    return tuple(out)


def _plans(matches: Matches, table: Table) -> list[Merge]:
    keys = table.keys()
    groups = [rows for rows, problem in _entities(matches, table) if problem is None]
    part = _part(table, [row for rows in groups for row in rows])
    out = []
    for rows in groups:
        mine = {row: str(keys.at[row]) for row in rows}
        kept = winner(part, rows, mine)
        out.append(Merge(kept, tuple(row for row in rows if row != kept), mine))
    return out


def _part(table: Table, rows: Sequence[int]) -> Table:
    """The rows of a table, their values as Python objects: single values are looked up in a third of the time."""
    return replace(table, cells=table.cells.loc[list(rows)], values=table.values.loc[list(rows)].astype(object))


def _entities(matches: Matches, table: Table) -> Iterator[tuple[list[int], str | None]]:
    """Sure groups, with None, or '' where a key is missing, or the key that is used twice."""
    keys = table.keys()
    double = set(keys[keys.duplicated(keep=False)])
    for rows in matches.entities():
        mine = [str(keys.at[row]) for row in rows]
        yield rows, next((key for key in mine if not key or key in double), None)


def _evidence(matches: Matches, plans: Sequence[Merge]) -> dict[int, Message]:
    """Loser -> why: its pair with the kept row, or its heaviest sure pair where the two were never compared."""
    kept = {row: plan.kept for plan in plans for row in plan.losers}
    best: dict[int, tuple[bool, float, int]] = {}
    sure = matches.pairs[matches.pairs["band"] == "sure"]
    for place, left, right, weight in zip(
        sure.index, sure["left_row"].tolist(), sure["right_row"].tolist(), sure["weight"].tolist(), strict=True
    ):
        for row, other in ((left, right), (right, left)):
            if row in kept:
                best[row] = max(best.get(row, (False, -1e9, 0)), (other == kept[row], weight, int(place)))
    return {row: reasons(matches, place) for row, (_, _, place) in best.items()}


def _columns(table: Table, schema: TableSchema) -> Iterator[Change]:
    """The columns that retiring needs and the book lacks, at the right of what is there."""
    number = column_number(table.next_column())
    for field in RETIREMENT:
        if field not in table.columns:
            label = schema[field].labels.get(table.lang) or field if field in schema else field
            yield Change(
                "column", table.name, row=table.header_row, column=column_letters(number), field=field, after=label,
                rule=SURE.code, reason=_NEEDED, effect="derived",
            )  # fmt: skip
            number += 1


def _golden(table: Table, schema: TableSchema, plan: Merge) -> Iterator[Change]:
    """The cells of the kept row that another row knows better."""
    for field in schema.fields:
        name = field.name
        if name not in table.columns or name not in table.values or name == table.key or name in RETIREMENT:
            continue
        if field.derived or field.references == table.name or field.references.startswith(f"{table.name}."):
            continue
        found = survivor(table, field, plan.kept, plan.losers)
        before = table.cells.at[plan.kept, table.columns[name]]
        if found is None or found.cell is None or found.cell == before:
            continue
        yield _set(table, plan.keys[plan.kept], plan.kept, name, found.cell, _GOLDEN,
                   {"loser": plan.keys[found.row], "how": Message(HOW[found.how])})  # fmt: skip


def _retired(table: Table, schema: TableSchema, plan: Merge, row: int, evidence: Message) -> Change:
    """The loser's retirement: its row stays, hidden, and says where it went."""
    label = _label(schema, table.lang)
    before = {name: _cell(table, row, name) for name in RETIREMENT}
    facts = {
        "loser": plan.keys[row],
        "name": name_of(table, row),
        "winner": plan.keys[plan.kept],
        "winner_name": name_of(table, plan.kept),
        "evidence": evidence,
    }
    after = {"record_status": label, "merged_into": _key_cell(table, plan)}
    return Change(
        "retire", table.name, plan.keys[row], row, before=before, after=after, rule=SURE.code,
        reason=_RETIRED, arguments=facts,
    )  # fmt: skip


def _label(schema: TableSchema, lang: str) -> str:
    choices = schema["record_status"].choices if "record_status" in schema else ()
    labels = next((choice.labels for choice in choices if choice.code == "merged"), MERGED)
    return labels.get(lang) or MERGED.get(lang) or MERGED["en"]


def _children(name: str, tables: Mapping[str, Table], schema: Schema, plans: Sequence[Merge]) -> Iterator[Change]:
    """References to a retired row, in every table: they point to the kept one."""
    into = {plan.keys[row]: plan for plan in plans for row in plan.losers}
    retired = {row for plan in plans for row in plan.losers}
    for table in tables.values():
        keys = table.keys()
        for field in _references(table, schema, name):
            values = table.values[field].astype("str")
            found = values[values.isin(list(into))]
            for row, key in zip(found.index.tolist(), found.tolist(), strict=True):
                if isinstance(_cell(table, row, field), Formula) or (table.name == name and row in retired):
                    continue
                plan = into[key]
                itself = table.name == name and row == plan.kept
                after = None if itself else _key_cell(tables[name], plan)
                facts = {"loser": key, "winner": plan.keys[plan.kept]}
                yield _set(table, str(keys.at[row]), row, field, after, _ITSELF if itself else _CHILD, facts)


def _references(table: Table, schema: Schema, name: str) -> list[str]:
    """The bound fields of a table that refer to the merged one; where a merge went is history and stays."""
    fields = schema.tables[table.name].fields if table.name in schema.tables else ()
    return [
        field.name
        for field in fields
        if field.references.split(".")[0] == name
        and field.name in table.columns
        and field.name in table.values
        and field.name not in RETIREMENT
    ]


def _key_cell(table: Table, plan: Merge) -> Any:
    """The kept row's key as its cell has it, so that a number stays one; the key as text where none is written yet."""
    cell = _cell(table, plan.kept, table.key)
    return plan.keys[plan.kept] if cell is None or cell == "" or isinstance(cell, Formula) else cell


def _cell(table: Table, row: int, field: str) -> Any:
    letters = table.columns.get(field)
    return table.cells.at[row, letters] if letters in table.cells.columns else None


def _set(table: Table, key: str, row: int, field: str, after: Any, reason: str, facts: Mapping[str, Any]) -> Change:
    before = _cell(table, row, field)
    return Change("set", table.name, key, row, table.columns[field], field, before, after, SURE.code, reason, facts)
