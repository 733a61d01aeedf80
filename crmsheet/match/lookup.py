"""Which records a few words mean: by key, name, number or address, exactly first and loosely after."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from crmsheet.clean.full_name import full_name
from crmsheet.core.book import Table
from crmsheet.core.context import Context
from crmsheet.core.schema import Field, TableSchema
from crmsheet.match import fitting
from crmsheet.match.characters import Texts, texts_of
from crmsheet.match.fitting import CONFIDENT, SAME, SQUEEZED, SURE, Fits
from crmsheet.match.wanted import Wanted, wanted

__all__ = ["CONFIDENT", "SAME", "SQUEEZED", "SURE", "Hit", "lookup", "retired_rows"]

NAMES = frozenset({"name", "short_name", "name_en", "former_names", "company"})
"""What a record is called by."""
ACCOUNTS = frozenset({"wechat", "wecom", "dingtalk", "qq", "social", "website"})
RETIRED = frozenset({"merged", "archived"})
_SEVERAL = re.compile(r"\s*[|;；、/\n]\s*")


@dataclass(frozen=True, slots=True)
class Hit:
    """A record that fits: its row and key, what fits, and how well (0 to 1; see `fitting`).

    `field` is '' for a column that no field claims; `column` its letters; `value` its cell in words, as found.
    `retired` tells a record that was merged or archived.
    """

    row: int
    key: str
    field: str
    value: str
    score: float
    column: str = ""
    retired: bool = False


@dataclass(frozen=True, slots=True)
class _Column:
    """The distinct texts of a column, and for each row the place of its text; `field` is None where none claims it."""

    name: str
    field: Field | None
    letters: str
    texts: pa.Array
    places: npt.NDArray[np.int64]


def lookup(
    table: Table, schema: TableSchema, text: str, context: Context, *, most: int | None = 20, everywhere: bool = True
) -> tuple[Hit, ...]:
    """The records that a text may mean, the best first, each once; empty where none fits.

    Cells are compared as they stand, so a table needs no `values` but its key; `record_status`, where it is among
    them, puts retired records behind others that fit as well. With `everywhere` every column is looked through, else
    those that name a record: keys, names, numbers, addresses. The order of rows does not matter.
    """
    what = wanted(text, context)
    if not what.folded:
        return ()
    keys, rows = table.keys().tolist(), table.cells.index.tolist()
    best: dict[int, tuple[float, _Column, str]] = {}
    columns = list(_columns(table, schema, everywhere=everywhere))
    for column, texts in zip(columns, texts_of([each.texts for each in columns]), strict=True):
        for place, score in _fits(column, texts, table, what, context):
            value = texts.said[place]
            for at in np.flatnonzero(column.places == place).tolist():
                if at not in best or best[at][0] < score:
                    best[at] = (score, column, value)
    gone = retired_rows(table)
    hits = [
        Hit(rows[at], keys[at], column.name, value, score, column.letters, rows[at] in gone)
        for at, (score, column, value) in best.items()
    ]
    return tuple(sorted(hits, key=lambda hit: (-hit.score, hit.retired, hit.key, hit.value, hit.row))[:most])


def _fits(column: _Column, texts: Texts, table: Table, what: Wanted, context: Context) -> Fits:
    """The distinct texts of a column that fit, by what the column holds."""
    field = column.field
    if field is None:
        return fitting.words(texts, what)
    if field.name == table.key:
        return fitting.keys(texts, what)
    if field.kind in ("uscc", "id_card") or field.name in ACCOUNTS:
        return fitting.whole(texts, what)
    if field.kind == "reference" or field.name == "customer_name":
        return fitting.references(texts, what)
    if field.kind == "phone":
        return fitting.phones(texts.said, what, context)
    if field.kind == "email":
        return fitting.addresses(texts, what)
    if field.name in NAMES or field.kind == "company":
        return _several(texts, what) if field.kind == "choices" else _names(field)(texts, what)
    if field.name == "contact_name" and table.name == "customers":
        return ((place, min(score, SAME)) for place, score in fitting.people(texts, what))
    return fitting.words(texts, what, inside=field.sensitivity not in ("sensitive", "confidential"))


def _names(field: Field) -> Callable[[Texts, Wanted], Fits]:
    return fitting.people if field.kind == "person" else fitting.companies


def _several(texts: Texts, what: Wanted) -> Fits:
    """Names of which a cell holds several."""
    pairs = [(place, part) for place, cell in enumerate(texts.said) for part in _SEVERAL.split(cell) if part]
    if pairs:
        (parts,) = texts_of([pa.array([part for _, part in pairs], pa.large_string())])
        for at, score in fitting.companies(parts, what):
            yield pairs[at][0], score


def _columns(table: Table, schema: TableSchema, *, everywhere: bool) -> Iterator[_Column]:
    """The columns of a table: its key (also where it is only proposed), the bound ones, then those nobody claims."""
    yield _column(table, schema, table.key, table.keys().tolist())
    if "name" in schema and "name" not in table.columns:
        pairs = zip(table.texts("first_name"), table.texts("last_name"), strict=True)
        yield _column(table, schema, "name", [full_name(*each) or "" for each in pairs])
    for name in table.columns:
        if name != table.key and (everywhere or _names_a_record(schema[name.partition("#")[0]])):
            yield _column(table, schema, name, table.texts(name))
    bound = set(table.columns.values())
    for letters in table.headers if everywhere else ():
        if letters not in bound and letters in table.cells:
            texts = dataclasses.replace(table, columns={"": letters}).texts("")
            yield _Column("", None, letters, *_distinct(texts))


def _column(table: Table, schema: TableSchema, name: str, texts: list[str]) -> _Column:
    return _Column(name, schema[name.partition("#")[0]], table.columns.get(name, ""), *_distinct(texts))


def _names_a_record(field: Field) -> bool:
    if field.name in NAMES | ACCOUNTS | {"contact_name"}:
        return True
    return field.kind in ("company", "phone", "email", "uscc", "id_card") and field.name != "customer_name"


def _distinct(texts: list[str]) -> tuple[pa.Array, npt.NDArray[np.int64]]:
    coded = pa.array(texts, pa.large_string()).dictionary_encode()
    return coded.dictionary, coded.indices.to_numpy(zero_copy_only=False).astype(np.int64)


def retired_rows(table: Table) -> frozenset[int]:
    """The rows of records that were merged or archived, as far as their status was read."""
    if "record_status" not in table.values:
        return frozenset()
    status = table.values["record_status"]
    return frozenset(status.index[status.isin(list(RETIRED))].tolist())
