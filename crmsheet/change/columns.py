"""How a change finds its column and its row in a table: by field or header, by key."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from crmsheet.core.book import Table

DOUBLED = 0
"""Stands for a key that several rows have."""


def column_names(table: Table) -> dict[str, str]:
    """Name -> letters for every column: fields by their names, the others by their header text.

    A header that is empty, doubled or looks like a field's name is found by its letters.
    """
    names = dict(table.columns)
    bound = set(table.columns.values())
    texts = Counter(str(text) for letters, text in table.headers.items() if letters not in bound)
    for letters in dict.fromkeys([*(str(each) for each in table.cells.columns), *table.headers]):
        if letters in bound:
            continue
        text = str(table.headers.get(letters) or "")
        name = text if text and texts[text] == 1 and text not in names else letters
        names.setdefault(name, letters)
    return names


def rows_by_key(table: Table) -> Mapping[str, int]:
    """Key -> sheet row; `DOUBLED` for a key that several rows have; rows without a key are left out."""
    rows: dict[str, int] = {}
    for row, key in zip(table.cells.index.tolist(), table.keys().tolist(), strict=True):
        if key:
            rows[key] = DOUBLED if key in rows else int(row)
    return rows
