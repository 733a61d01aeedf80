"""The changes that take changes back."""

from __future__ import annotations

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
