"""Two records of a table beside one another: what both say in each field, and whose value a merge would keep."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from crmsheet.access import mask_cell
from crmsheet.app.asking import BOTH, FIRST, SECOND, FieldPair
from crmsheet.app.opening import Loaded
from crmsheet.core.book import Table
from crmsheet.core.cells import visible
from crmsheet.core.messages import cell_words
from crmsheet.core.schema import Field, TableSchema
from crmsheet.match.golden import Golden, joinable
from crmsheet.match.merging import Merge, goldens
from crmsheet.match.survivorship import Records, Survivor, winner

COMPARED = frozenset(
    {
        *("name", "given_name", "surname", "name_en", "kind", "short_name", "former_names", "contact_name", "company"),
        *("mobile", "phone", "email", "wechat", "qq", "whatsapp", "website", "uscc", "id_number", "birthday", "gender"),
        *("address", "district", "city", "province", "postal_code", "country"),
    }
)
"""Fields that tell who somebody is: shown wherever one of two records has them; others only where they differ."""
_WRITTEN = frozenset({"record_status", "merged_into", "updated_at"})


def beside(loaded: Loaded, table: Table, pairs: Sequence[tuple[int, int]]) -> Iterator[tuple[FieldPair, ...]]:
    """For each two records the fields in which they can be told apart or alike, in the order of the schema."""
    schema = loaded.schema.tables[table.name]
    keys = table.keys()
    records = Records.of(table, {row for pair in pairs for row in pair})
    plans = []
    for pair in pairs:
        called = {row: str(keys.at[row]) for row in pair}
        kept = winner(records, pair, called)
        plans.append(Merge(kept, tuple(row for row in pair if row != kept), called))
    names = _shown(table, schema)
    for pair, golden in zip(pairs, goldens(table, schema, plans, loaded.context), strict=True):
        survivors = dict(golden.survivors())
        found = (_pair(loaded, golden, schema[name], pair, survivors.get(name)) for name in names)
        yield tuple(each for each in found if each.differ or (each.field in COMPARED and (each.left or each.right)))


def _shown(table: Table, schema: TableSchema) -> list[str]:
    """The bound fields of people: not keys, nor what crmsheet writes itself."""
    return [
        each.name
        for each in schema.fields
        if each.name in table.columns
        and each.name in table.values
        and each.name != table.key
        and each.name not in _WRITTEN
        and not each.derived
    ]


def _pair(loaded: Loaded, golden: Golden, field: Field, rows: tuple[int, int], survivor: Survivor | None) -> FieldPair:
    table = golden.records.table  # of the rows of all pairs, which are looked up faster there
    left, right = (words_at(table, field.name, row) for row in rows)
    ours, theirs = _value(table, field.name, rows[0], left), _value(table, field.name, rows[1], right)
    differ = bool(left and right) and ours != theirs
    kept = ""
    if differ:
        both = survivor is not None and (len(survivor.rows) > 1 or survivor.how in ("union", "extra", "sum"))
        stays = golden.kept if survivor is None else survivor.rows[0]
        kept = BOTH if both else (FIRST, SECOND)[rows.index(stays)]
    if not loaded.request.reveal:
        left, right = mask_cell(left, field), mask_cell(right, field)
    label = table.headers.get(table.columns[field.name]) or field.labels
    return FieldPair(field.name, label, left, right, differ, kept, joinable(field))


def words_at(table: Table, field: str, row: int) -> str:
    """What the cell of a record says."""
    return cell_words(visible(table.cells.at[row, table.columns[field]])).strip()


def _value(table: Table, field: str, row: int, words: str) -> Any:
    """The typed value; the words where the cell could not be read."""
    value: Any = table.values[field].at[row]
    return words if pd.isna(value) else value
