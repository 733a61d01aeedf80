"""The change budget: how much one run may change before somebody looks at it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from crmsheet.core.changes import Changes
from crmsheet.core.context import Settings
from crmsheet.core.messages import N_, Message

SMALL_BOOK = 5
"""So many rows may always change: 2 % of a book of 40 customers is less than one."""
_RETIRING = ("retire", "remove")


@dataclass(frozen=True, slots=True)
class Overrun:
    """What went over the budget: `what` was counted, how much of it, how much is allowed."""

    what: Message
    counted: int
    allowed: int


def within_budget(applied: Changes, rows: Mapping[str, int], settings: Settings) -> Overrun | None:
    """None while the changes stay within the budget, else the first thing that does not.

    Merges are counted over the whole book, against `budget_merges`. Rows are counted per table, each once: those whose
    meaning changes, and those retired or removed; allowed is the fraction `budget_rows` of the table's rows, rounded
    up, and never less than five. Spelling, derived fields and new rows do not count.
    """
    kinds, after = applied.column("kind"), applied.column("after")
    merges = sum(
        kind == "retire" and bool((new or {}).get("merged_into")) for kind, new in zip(kinds, after, strict=True)
    )
    if merges > settings.budget_merges:
        return Overrun(Message(N_("merges")), merges, settings.budget_merges)
    touched: dict[str, set[tuple[str, int]]] = {}
    columns = (applied.column(name) for name in ("table", "sheet", "row", "effect"))
    for kind, table, sheet, row, effect in zip(kinds, *columns, strict=True):
        if kind in _RETIRING or (kind in ("set", "revive") and effect == "meaning"):
            touched.setdefault(table, set()).add((sheet, row))
    for table, numbers in touched.items():
        allowed = max(math.ceil(rows.get(table, 0) * settings.budget_rows), SMALL_BOOK)
        if len(numbers) > allowed:
            return Overrun(Message(N_("changed rows in the table {table}"), {"table": table}), len(numbers), allowed)
    return None
