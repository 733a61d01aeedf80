"""What merges would do, line by line: which record is kept, what it gets from which other and why, what moves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from crmsheet.change.columns import DOUBLED, rows_by_key
from crmsheet.core.book import Table
from crmsheet.core.cells import visible
from crmsheet.core.changes import Change, Changes
from crmsheet.core.folding import fold
from crmsheet.core.messages import Text, cell_words
from crmsheet.core.schema import TableSchema
from crmsheet.match.golden import RETIREMENT
from crmsheet.match.merging import GOLDEN
from crmsheet.match.survivorship import Records
from crmsheet.match.verdicts import SURE


@dataclass(frozen=True, slots=True)
class MergeLine:
    """One thing that a merge does to the customer `kept`, because of `loser` (or several keys, with commas between).

    With a `field` it is about a cell of the kept record, `before` and `after`, and `how` that came about; or about the
    value of the retired one that is `left` there alone. Without a field it is about `count` records of `table` that
    move.
    """

    kept: str
    loser: str
    table: str
    field: str
    before: Any = None
    after: Any = None
    how: Text = ""
    left: Any = None
    count: int = 0


def merge_lines(changes: Changes, table: Table, schema: TableSchema) -> tuple[MergeLine, ...]:
    """The lines of all merges among changes, merge by merge: values that come, values that stay, records that move."""
    found: dict[str, list[MergeLine]] = {}
    golden: dict[str, dict[str, Change]] = {}
    losers: dict[str, list[str]] = {}
    moves: Counter[tuple[str, str, str]] = Counter()
    for each in changes.where([rule == SURE.code for rule in changes.column("rule")]):
        facts = each.arguments or {}
        if each.kind == "retire":
            losers.setdefault(str(facts["winner"]), []).append(each.key)
        elif each.reason == GOLDEN and each.table == table.name:
            golden.setdefault(each.key, {})[each.field] = each
        elif each.kind == "set" and each.table != table.name:
            moves[str(facts["winner"]), str(facts["loser"]), each.table] += each.field == "customer_id"
    rows = rows_by_key(table)
    known = {rows.get(key, DOUBLED) for kept, gone in losers.items() for key in (kept, *gone)}
    records = Records.of(table, known - {DOUBLED})
    for kept, gone in losers.items():
        lines = found.setdefault(kept, [])
        lines += (_value(kept, table, each) for each in golden.get(kept, {}).values())
        for loser in gone:
            lines += _left(kept, loser, records, schema, golden.get(kept, {}), rows)
        lines += (
            MergeLine(kept, loser, name, "", count=count)
            for (winner, loser, name), count in moves.items()
            if winner == kept and count
        )
    return tuple(line for lines in found.values() for line in lines)


def _value(kept: str, table: Table, change: Change) -> MergeLine:
    facts = change.arguments or {}
    return MergeLine(kept, str(facts["loser"]), table.name, change.field, change.before, change.after, facts["how"])


def _left(
    kept: str,
    loser: str,
    records: Records,
    schema: TableSchema,
    golden: Mapping[str, Change],
    rows: Mapping[str, int],
) -> Iterator[MergeLine]:
    """The values of a retired record that say something else than the kept one, and went nowhere."""
    row, own = rows.get(loser, DOUBLED), rows.get(kept, DOUBLED)
    if DOUBLED in (row, own):
        return
    table, cells = records.table, records.cells
    noted = fold(cell_words(golden["notes"].after)) if "notes" in golden else ""
    for field in schema.fields:
        name = field.name
        if field.derived or name not in cells or name == table.key or name in RETIREMENT:
            continue
        change = golden.get(name)
        if change is not None and loser in str((change.arguments or {}).get("loser", "")).split(", "):
            continue
        said = visible(cells[name][row])
        after = change.after if change is not None else visible(cells[name][own])
        words = fold(cell_words(said)) if said is not None else ""
        if words and words not in fold(cell_words(after) if after is not None else "") and words not in noted:
            yield MergeLine(kept, loser, table.name, name, after, after, left=said)
