"""Values that crmsheet writes into fields of its own: the column is added when a value is first needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from crmsheet.core.book import Table
from crmsheet.core.changes import Change, Changes
from crmsheet.core.messages import Labels, Message


@dataclass(frozen=True, slots=True)
class Derived:
    """The cells of one derived field that must change, by column: rows, what they hold, what they get, and why."""

    field: str
    rows: Sequence[int]
    before: Sequence[Any]
    after: Sequence[Any]
    why: Sequence[Message]


def derive(table: Table, cells: Derived, label: Labels, needed: str) -> Changes:
    """`set` changes for a derived field, after a `column` change where the table lacks it; none without cells.

    `needed` is the template of the reason for a new column, filled with `label`. A new column has no letters yet: they
    are given when all changes are planned together.
    """
    if not cells.rows:
        return Changes()
    letters = table.columns.get(cells.field, "")
    if letters:
        return _sets(table, cells, letters)
    text = label.get(table.lang) or next(iter(label.values()))
    column = Change(
        "column", table.name, row=table.header_row, field=cells.field, after=text,
        reason=needed, arguments={"label": text}, effect="derived",
    )  # fmt: skip
    return Changes.joined([Changes.of([column]), _sets(table, cells, "")])


def _sets(table: Table, cells: Derived, letters: str) -> Changes:
    """By column: a book of 100,000 customers has 200,000 of them on its first night."""
    constant = {"kind": "set", "table": table.name, "column": letters, "field": cells.field, "effect": "derived"}
    return Changes(
        {
            **{each: [value] * len(cells.rows) for each, value in constant.items()},
            "key": table.keys().loc[list(cells.rows)].tolist(),
            "row": cells.rows,
            "before": cells.before,
            "after": cells.after,
            "reason": [each.template for each in cells.why],
            "arguments": [each.arguments for each in cells.why],
        }
    )
