"""Which records of a book belong to a customer: by its key, or by its name where only it has that name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from crmsheet.app.customers import names_of
from crmsheet.app.opening import Loaded
from crmsheet.core.book import Table
from crmsheet.match.lookup import retired_rows

_UNSAID = re.compile(r"[\s.,。，·]")
"""What does not tell two names apart (as in `match.links`)."""


def rows_of(loaded: Loaded, customers: Table, row: int) -> Mapping[str, Sequence[int]]:
    """Table -> the sheet rows that belong to a customer; tables without any are left out."""
    children = {name: table for name, table in loaded.book.tables.items() if name != "customers"}
    owners = owners_of(customers, children)
    found = {name: [at for at, owner in each.items() if owner == row] for name, each in owners.items()}
    return {name: rows for name, rows in found.items() if rows}


def owners_of(customers: Table, tables: Mapping[str, Table]) -> Mapping[str, Mapping[int, int]]:
    """Table -> row of it -> row of the customer that it belongs to, as far as that is told without doubt.

    A lead belongs to the customer that it was made.
    """
    keys, names = _keys(customers), _identities(customers)
    found: dict[str, dict[int, int]] = {name: {} for name in tables}
    for table in tables.values():
        numbers = _said(table, "converted_customer_id" if table.name == "leads" else "customer_id")
        for at, key, name in zip(table.cells.index.tolist(), numbers, _said(table, "customer_name"), strict=True):
            owner = keys.get(key) or names.get(_fold(key or name))
            if owner:
                found[table.name][at] = owner
    return found


def _said(table: Table, field: str) -> list[str]:
    """A column by its values, where they were read, else by its cells; '' where it says nothing."""
    if field not in table.values:
        return table.texts(field)
    return [each.strip() for each in table.values[field].astype("str").fillna("").tolist()]


def _keys(customers: Table) -> dict[str, int]:
    """Key -> row; of two rows with one key the first that was not retired."""
    retired = retired_rows(customers)
    pairs = zip(customers.keys().tolist(), customers.cells.index.tolist(), strict=True)
    found: dict[str, int] = {}
    for key, row in sorted(pairs, key=lambda pair: (pair[1] in retired, pair[1])):
        if key:
            found.setdefault(key, row)
    return found


def _identities(customers: Table) -> dict[str, int]:
    """Name, or key in other letters -> row, where only one customer is called so."""
    retired = retired_rows(customers)
    found: dict[str, set[int]] = {}
    rows = zip(customers.cells.index.tolist(), customers.keys().tolist(), names_of(customers), strict=True)
    for row, *called in rows:
        if row not in retired:
            for said in {_fold(each) for each in called} - {""}:
                found.setdefault(said, set()).add(row)
    return {said: next(iter(rows)) for said, rows in found.items() if len(rows) == 1}


def _fold(text: str) -> str:
    return _UNSAID.sub("", text.lower())
