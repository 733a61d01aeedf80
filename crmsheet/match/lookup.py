"""Which records a few words mean: by key, name, number or address, exactly first and loosely after."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from crmsheet.core.book import Table
from crmsheet.core.context import Context
from crmsheet.core.messages import cell_words
from crmsheet.core.schema import TableSchema

SURE = 1.0
"""The score of a record that the words name as it is: its key, its whole name, its number."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A record that fits: its row and key, the field that fits with its cell as found, and how well (0 to 1)."""

    row: int
    key: str
    field: str
    value: str
    score: float


def lookup(table: Table, schema: TableSchema, text: str, context: Context, *, most: int = 20) -> tuple[Hit, ...]:
    """The records that a text may mean, the best first, each once; empty where none fits.

    Cells are compared as they stand, so a table needs no `values` but its key.
    """
    del schema, context
    wanted = _folded(text)
    hits: dict[int, Hit] = {}
    keys = dict(zip(table.cells.index.tolist(), table.keys().tolist(), strict=True))
    for row, key in keys.items():
        if _folded(key) == wanted:
            hits[row] = Hit(row, key, table.key, key, SURE)
    for name, letters in table.columns.items():
        for row, cell in zip(keys, table.cells[letters].tolist(), strict=True):
            shown = cell_words(cell)
            folded = _folded(shown)
            if not folded or wanted not in folded:
                continue
            score = SURE if folded == wanted else 0.9 * len(wanted) / len(folded)
            if row not in hits or hits[row].score < score:
                hits[row] = Hit(row, keys[row], name, shown, score)
    return tuple(sorted(hits.values(), key=lambda hit: (-hit.score, hit.row))[:most])


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
