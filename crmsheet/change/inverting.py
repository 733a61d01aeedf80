"""The changes that take changes back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from crmsheet.core.cells import same_cell
from crmsheet.core.changes import Changes

_OPPOSITE = {"add": "remove", "remove": "add", "retire": "revive", "revive": "retire"}


def invert(applied: Changes) -> Changes:
    """The changes that undo others, last first: what was set is set back, what was added is cleared.

    The inverse of `add` is `remove`: it empties the cells of the row and leaves the row, because deleting it would
    shift formulas. The inverse of a new `column` has no `after`: it empties the header. Planning refuses both where
    somebody wrote into the row or the column meanwhile.
    """
    turned = Changes({name: list(reversed(applied.column(name))) for name in _FIELDS})
    return turned.replaced(
        kind=[_OPPOSITE.get(kind, kind) for kind in turned.column("kind")],
        before=turned.column("after"),
        after=turned.column("before"),
    )


def followed(inverse: Changes, later: Iterable[Changes]) -> Changes:
    """The changes that undo others, expecting what later ones, the oldest first, have made of the same cells.

    For later changes that took back a part of those: what they wrote is no edit that has to stay.
    """
    held: dict[tuple[str, str, str], tuple[Any, Any]] = {}
    names = ("kind", "table", "key", "field", "before", "after")
    for made in later:
        for kind, table, key, field, before, after in zip(*(made.column(each) for each in names), strict=True):
            if kind == "set" and key:
                first, last = held.get((table, key, field), (before, before))
                held[table, key, field] = (first, after) if same_cell(last, before) else (first, last)
    expected = []
    for table, key, field, before in zip(*(inverse.column(each) for each in (*names[1:4], "before")), strict=True):
        first, last = held.get((table, key, field), (before, before))
        expected.append(last if same_cell(first, before) else before)
    return inverse.replaced(before=expected)


_FIELDS = (
    "kind",
    "table",
    "key",
    "row",
    "column",
    "field",
    "before",
    "after",
    "rule",
    "reason",
    "arguments",
    "effect",
    "sheet",
)
