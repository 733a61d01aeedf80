"""The tables of a book as relations: every trade room sees the same columns under the same names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from crmsheet.core.book import Table
from crmsheet.engine.engine import Engine

if TYPE_CHECKING:
    import pandas as pd

RETIRED = ("merged", "archived")
"""Codes of `record_status` whose rows stay in the sheet and take no part in anything."""


def relations(engine: Engine, tables: Mapping[str, Table]) -> None:
    """Makes each table a relation of its name: `row_`, `key_` (NULL where a row has none), `active_`, its fields.

    A field that the book does not have is simply absent: ask `fields(tables)` before naming one in SQL.
    """
    for name, table in tables.items():
        engine.read(name, _with_identity(table))


def fields(tables: Mapping[str, Table]) -> dict[str, frozenset[str]]:
    """The bound fields of each table."""
    return {name: frozenset(map(str, table.values.columns)) for name, table in tables.items()}


def columns(bound: frozenset[str], types: Mapping[str, str]) -> str:
    """A select list with every field of `types` (name -> SQL type); those that the book lacks are NULL of their type.

    Names are quoted, because `at` is a word of SQL: write `"at"` in your text too.
    """
    return ", ".join(
        f'TRY_CAST("{name}" AS {kind}) AS "{name}"' if name in bound else f'CAST(NULL AS {kind}) AS "{name}"'
        for name, kind in types.items()
    )


def _with_identity(table: Table) -> pd.DataFrame:
    keys = table.keys().astype("str")
    status = table.values.get("record_status")
    active = True if status is None else ~status.isin(RETIRED)
    return table.values.assign(key_=keys.where(keys.str.strip() != ""), active_=active)
