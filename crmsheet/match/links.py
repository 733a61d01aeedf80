"""Records that name their customer without its key: linked where exactly one customer has that name."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING

from crmsheet.core.book import Table
from crmsheet.engine import Engine

if TYPE_CHECKING:
    import pandas as pd

_LINKS = """
    WITH names AS (
        SELECT name_, min(key_) AS key_
        FROM (
            SELECT DISTINCT lower(regexp_replace(name, '[\\s.,。，·]', '', 'g')) AS name_, key_
            FROM customers WHERE active_ AND key_ <> '' AND name IS NOT NULL)
        GROUP BY name_ HAVING count(*) = 1)
    SELECT child.row_, names.key_ AS customer_id
    FROM {child} AS child
    JOIN names ON names.name_ = lower(regexp_replace(child.customer_name, '[\\s.,。，·]', '', 'g'))
    WHERE {unlinked}
    ORDER BY child.row_
"""


def link_by_name(engine: Engine, tables: Mapping[str, Table]) -> dict[str, Table]:
    """The tables in which a missing `customer_id` could be found from `customer_name`; others are not returned.

    Only values are filled, never cells. In a book without customers the name itself becomes the identity.
    """
    linked: dict[str, Table] = {}
    for name, table in tables.items():
        if name == "customers" or "customer_name" not in table.values:
            continue
        if "customers" not in tables:
            found = table.values["customer_name"]
        elif "name" in tables["customers"].values:
            unlinked = "child.customer_id IS NULL" if "customer_id" in table.values else "true"
            rows = engine.sql(_LINKS.format(child=name, unlinked=unlinked))
            found = rows.set_index("row_")["customer_id"].reindex(table.values.index)
        else:
            continue
        linked[name] = _filled(table, found)
    return linked


def _filled(table: Table, found: pd.Series[str]) -> Table:
    values = table.values.copy()
    known = values.get("customer_id", found)
    values["customer_id"] = known.where(known.notna(), found).astype("str")
    return dataclasses.replace(table, values=values)
