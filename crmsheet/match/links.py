"""Records that name their customer without its key: linked where exactly one customer has that name."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING

from crmsheet.core.book import Table
from crmsheet.engine import Engine

if TYPE_CHECKING:
    import pandas as pd

_FOLD = "lower(regexp_replace({text}, '[\\s.,。，·]', '', 'g'))"

# A name, or a key but for its case, that only one customer has.
_LINKS = """
    WITH names AS (
        SELECT name_, min(key_) AS key_ FROM ({identities}) GROUP BY name_ HAVING count(DISTINCT key_) = 1),
    loose AS ({loose})
    SELECT loose.row_, names.key_ AS customer_id
    FROM loose JOIN names ON names.name_ = {said}
    ORDER BY loose.row_
"""
_IDENTITY = "SELECT {text} AS name_, key_ FROM customers WHERE active_ AND key_ <> ''"

# What a record says that is no key: the name beside an empty number, or a name typed where the number belongs.
_UNNUMBERED = "SELECT row_, customer_name AS said FROM {child}{where}"
_NAMED = """
    SELECT row_, customer_id AS said FROM {child} AS child
    WHERE customer_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM customers WHERE key_ = child.customer_id)"""


def link_by_name(engine: Engine, tables: Mapping[str, Table]) -> dict[str, Table]:
    """The tables in which the customer's key could be found from a name; others are not returned.

    The name stands in `customer_name`, or in `customer_id` itself, where a key in other letters (c001) is taken too.
    Only values are filled, never cells. In a book without customers the name itself becomes the identity.
    """
    linked: dict[str, Table] = {}
    for name, table in tables.items():
        if name == "customers" or not {"customer_id", "customer_name"}.intersection(map(str, table.values)):
            continue
        if "customers" not in tables:
            if "customer_name" in table.values:
                linked[name] = _filled(table, table.values["customer_name"])
            continue
        loose = _loose(name, frozenset(map(str, table.values)))
        if engine.sql(f"SELECT count(*) AS found FROM ({loose})")["found"].iloc[0]:
            identities = _identities("name" in tables["customers"].values)
            rows = engine.sql(_LINKS.format(identities=identities, loose=loose, said=_FOLD.format(text="loose.said")))
            if len(rows):
                linked[name] = _overlaid(table, rows.set_index("row_")["customer_id"].reindex(table.values.index))
    return linked


def _identities(named: bool) -> str:
    """The query for what customers are called, folded, and their keys."""
    texts = ("key_", "name") if named else ("key_",)
    return " UNION ALL ".join(_IDENTITY.format(text=_FOLD.format(text=text)) for text in texts)


def _loose(child: str, fields: frozenset[str]) -> str:
    """The query for the records whose customer is only known by name."""
    parts = []
    if "customer_name" in fields:
        parts.append(_UNNUMBERED.format(child=child, where=" WHERE customer_id IS NULL" * ("customer_id" in fields)))
    if "customer_id" in fields:
        parts.append(_NAMED.format(child=child))
    return " UNION ALL ".join(parts)


def _filled(table: Table, found: pd.Series[str]) -> Table:
    """The table with the keys that were found where it has none."""
    known = table.values.get("customer_id", found)
    return _with_customers(table, known.where(known.notna(), found))


def _overlaid(table: Table, found: pd.Series[str]) -> Table:
    """The table with the keys that were found in place of what it says."""
    return _with_customers(table, found.where(found.notna(), table.values.get("customer_id", found)))


def _with_customers(table: Table, keys: pd.Series[str]) -> Table:
    return dataclasses.replace(table, values=table.values.assign(customer_id=keys.astype("str")))
