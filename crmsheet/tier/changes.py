"""Grades as changes: fields `tier` and `tier_reason`, never `level`, which people type."""

from __future__ import annotations

from itertools import compress
from typing import Any

from crmsheet.change.derived import Derived, derive
from crmsheet.core.book import Table
from crmsheet.core.cells import Formula
from crmsheet.core.changes import Changes
from crmsheet.core.messages import N_, Message, Speech
from crmsheet.core.schema import TableSchema
from crmsheet.tier.grades import TIERS, Grades

_COLUMN = N_("the column {label} is added to hold the grades")
_REASON = N_("the figures behind the grade are: {figures}")

FIELDS = ("tier", "tier_reason")


def changes(grades: Grades, table: Table, schema: TableSchema, speech: Speech) -> Changes:
    """What to write so that each customer's row shows its grade and the reason.

    Args:
        grades: as `grade` made them, with `row_` of this table.
        table: the customers.
        schema: its schema; a field that it lacks is not written.
        speech: the language of the book.

    Returns:
        A `column` change where a value is needed and the book has no such column, and `set` changes where the cell says
        something else. A formula, and a text in the grade column that is not a grade, are left alone.
    """
    known = set(table.cells.index)
    mine = [row in known for row in grades.frame["row_"].tolist()]
    rows = list(compress(grades.frame["row_"].tolist(), mine))
    reasons = list(compress(grades.reasons(), mine))
    wanted = {
        "tier": (list(compress(grades.frame["tier"].tolist(), mine)), reasons),
        "tier_reason": (_said(reasons, speech), [Message(_REASON, {"figures": reason}) for reason in reasons]),
    }
    parts: list[Changes] = []
    for name in FIELDS:
        if name in schema:
            after, why = wanted[name]
            before, differs = _compared(name, rows, after, table)
            picked = (list(compress(column, differs)) for column in (rows, before, after, why))
            parts.append(derive(table, Derived(name, *picked), schema[name].labels, _COLUMN))
    return Changes.joined(parts)


def _said(reasons: list[Message], speech: Speech) -> list[str]:
    """The reasons in words; equal ones (most customers have no revenue at all) are said once."""
    words: dict[int, str] = {}
    for reason in reasons:
        if id(reason) not in words:
            words[id(reason)] = speech.say(reason)
    return [words[id(reason)] for reason in reasons]


def _compared(name: str, rows: list[int], after: list[str], table: Table) -> tuple[list[Any], list[bool]]:
    """What stands in the cells now, and which of them must change."""
    letters = table.columns.get(name)
    if letters is None:
        return [None] * len(rows), [True] * len(rows)
    found = table.cells[letters].to_dict()
    values = table.values[name].to_dict() if name in table.values else {}
    before = [found[row] for row in rows]
    return before, [
        not (then == now or values.get(row) == now or isinstance(then, Formula))
        # Somebody's own mark in the grade column is not wiped out.
        and not (name == "tier" and then not in (None, "") and values.get(row) not in TIERS)
        for row, then, now in zip(rows, before, after, strict=True)
    ]
