"""Merging sure duplicates: the golden record, the children that move to it, and the rows that retire."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crmsheet.core.book import Table
from crmsheet.core.cells import Formula, column_letters, column_number
from crmsheet.core.changes import Change, Changes
from crmsheet.core.context import Context
from crmsheet.core.messages import N_, Message
from crmsheet.core.schema import Schema, TableSchema
from crmsheet.match.decisions import BOTH, SAME, Decision
from crmsheet.match.duplicates import Matches
from crmsheet.match.evidence import reasons
from crmsheet.match.golden import RETIREMENT, Above, Golden
from crmsheet.match.moving import Merger, cell_of, moved, set_cell
from crmsheet.match.survivorship import HOW, Records, winner
from crmsheet.match.verdicts import SURE, called

MERGED = {"zh": "已合并", "en": "Merged"}

RETIRED = N_("{loser} {name} is the same customer as {winner} {winner_name} ({evidence}) and was merged into it")
GOLDEN = N_("from the merged record {loser}: {how}")
_NEEDED = N_("needed to retire merged records")
_NO_KEY = N_("Rows {rows} are one customer but cannot be merged: a row without a key; give them keys first")
_DOUBLE_KEY = N_("Rows {rows} are one customer but cannot be merged: the key {key} is used twice; correct it first")


@dataclass(frozen=True, slots=True)
class Merge:
    """One customer: the row that is kept, those that retire, and the keys of all."""

    kept: int
    losers: tuple[int, ...]
    keys: Mapping[int, str]


def merges(
    matches: Matches,
    tables: Mapping[str, Table],
    schema: Schema,
    context: Context,
    decisions: Iterable[Decision] = (),
) -> Changes:
    """The changes that make one record of each sure group; those that cannot be merged are in `unmergeable`.

    In order: new columns where retiring needs them, the cells of the kept records, the references in every table, the
    retired rows. Where somebody decided whose value survives in a field, that one does.
    """
    plans = _plans(matches, tables[matches.table])
    return merged(matches.table, plans, _evidence(matches, plans), tables, schema, context, decisions)


def merged(
    name: str,
    plans: Sequence[Merge],
    why: Mapping[int, Message],
    tables: Mapping[str, Table],
    schema: Schema,
    context: Context,
    decisions: Iterable[Decision] = (),
) -> Changes:
    """The changes of merges of a table; `why` says of each row that retires what speaks for it."""
    if not plans:
        return Changes()
    table, known = tables[name], schema.tables[name]
    golden = [change for each in goldens(table, known, plans, context, decisions) for change in golden_changes(each)]
    rows = [row for plan in plans for row in (plan.kept, *plan.losers)]
    names = {row: said for row, (_, said) in called(table, rows).items()}
    children = moved(name, tables, schema, _mergers(table, plans, golden, names), frozenset(rows))
    gone = (_retired(table, known, plan, row, why[row], names) for plan in plans for row in plan.losers)
    return Changes.of([*_columns(table, known), *golden, *children, *gone])


def unmergeable(matches: Matches, table: Table) -> tuple[Message, ...]:
    """Why sure groups are left out of `merges`: a row without a key, or with one that is used twice."""
    out = []
    for rows, problem in _entities(matches, table):
        if problem is not None:
            listed = ", ".join(str(table.row_name(row)) for row in rows)
            out.append(Message(_DOUBLE_KEY if problem else _NO_KEY, {"rows": listed, "key": problem}))
    return tuple(out)


def goldens(
    table: Table,
    schema: TableSchema,
    plans: Sequence[Merge],
    context: Context,
    decisions: Iterable[Decision] = (),
    above: Above | None = None,
) -> Iterator[Golden]:
    """The golden record of each merge of a table; `above` where the table holds only some rows, see `belonging`."""
    said = [each for each in decisions if each.verdict == SAME and each.fields]
    rows = [row for plan in plans for row in (plan.kept, *plan.losers)]
    records = Records.of(table, rows, tuple(context.settings.trusted_sources))
    into = {plan.keys[row]: _key_cell(table, plan) for plan in plans for row in plan.losers}
    above = belonging(table, schema) if above is None else above
    home = context.settings.currency
    for plan in plans:
        chosen, both = _choices(plan, said)
        yield Golden(records, schema, plan.kept, plan.losers, plan.keys, into, above, chosen, both, home)


def belonging(table: Table, schema: TableSchema) -> Above:
    """Field -> key -> the key of the record of the same table that it refers to."""
    keys = table.keys().tolist()
    names = [each.name for each in schema.fields if each.references.split(".")[0] == table.name]
    return {
        name: dict(zip(keys, table.texts(name), strict=True))
        for name in names
        if name in table.columns and name not in RETIREMENT
    }


def golden_changes(golden: Golden) -> Iterator[Change]:
    """The cells of the kept row that another row knows better."""
    for name, found in golden.survivors():
        facts = {"loser": ", ".join(golden.keys[row] for row in found.rows), "how": Message(HOW[found.how])}
        key = golden.keys[golden.kept]
        yield set_cell(golden.records.table, key, golden.kept, name, found.cell, GOLDEN, facts)


def _choices(plan: Merge, decisions: Sequence[Decision]) -> tuple[dict[str, int], frozenset[str]]:
    """Field -> the row whose value somebody chose, and the fields of which both survive; the last word counts."""
    rows = {key: row for row, key in plan.keys.items()}
    said: dict[str, str] = {}
    for each in decisions:
        if each.left in rows and each.right in rows:
            said |= {name: key for name, key in each.fields.items() if key == BOTH or key in rows}
    chosen = {name: rows[key] for name, key in said.items() if key != BOTH}
    return chosen, frozenset(name for name, key in said.items() if key == BOTH)


def _plans(matches: Matches, table: Table) -> list[Merge]:
    keys = table.keys()
    groups = [rows for rows, problem in _entities(matches, table) if problem is None]
    records = Records.of(table, [row for rows in groups for row in rows])
    out = []
    for rows in groups:
        mine = {row: str(keys.at[row]) for row in rows}
        kept = winner(records, rows, mine)
        out.append(Merge(kept, tuple(row for row in rows if row != kept), mine))
    return out


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


def _mergers(
    table: Table, plans: Sequence[Merge], golden: Sequence[Change], names: Mapping[int, str]
) -> dict[str, Merger]:
    """Each retired key with the record that it goes on as."""
    renamed = {each.row: str(each.after) for each in golden if each.field == "name" and each.after}
    found = {}
    for plan in plans:
        name = renamed.get(plan.kept) or names[plan.kept]
        for row in plan.losers:
            merger = Merger(plan.keys[row], plan.keys[plan.kept], _key_cell(table, plan), name)
            found[merger.loser] = merger
    return found


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


def _retired(
    table: Table, schema: TableSchema, plan: Merge, row: int, evidence: Message, names: Mapping[int, str]
) -> Change:
    """The loser's retirement: its row stays, hidden, and says where it went."""
    label = _label(schema, table.lang)
    before = {name: cell_of(table, row, name) for name in RETIREMENT}
    facts = {
        "loser": plan.keys[row],
        "name": names[row],
        "winner": plan.keys[plan.kept],
        "winner_name": names[plan.kept],
        "evidence": evidence,
    }
    after = {"record_status": label, "merged_into": _key_cell(table, plan)}
    return Change(
        "retire", table.name, plan.keys[row], row, before=before, after=after, rule=SURE.code,
        reason=RETIRED, arguments=facts,
    )  # fmt: skip


def _label(schema: TableSchema, lang: str) -> str:
    choices = schema["record_status"].choices if "record_status" in schema else ()
    labels = next((choice.labels for choice in choices if choice.code == "merged"), MERGED)
    return labels.get(lang) or MERGED.get(lang) or MERGED["en"]


def _key_cell(table: Table, plan: Merge) -> Any:
    """The kept row's key as its cell has it, so that a number stays one; the key as text where none is written yet."""
    cell = cell_of(table, plan.kept, table.key)
    return plan.keys[plan.kept] if cell is None or cell == "" or isinstance(cell, Formula) else cell
