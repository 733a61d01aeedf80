"""Grades as changes: fields `tier` and `tier_reason`, never `level`, which people type."""

from __future__ import annotations

from itertools import compress
from typing import Any

from crmsheet.core.book import Table
from crmsheet.core.cells import Formula, column_letters, column_number
from crmsheet.core.changes import Change, Changes
from crmsheet.core.context import Context
from crmsheet.core.messages import N_, Message, Speech
from crmsheet.core.schema import TableSchema
from crmsheet.tier.grades import TIERS, Grades

_COLUMN = N_("the column {label} is added to hold the grades")
_REASON = N_("the figures behind the grade are: {figures}")

FIELDS = ("tier", "tier_reason")


def changes(
    grades: Grades,
    table: Table,
    schema: TableSchema,
    context: Context,
    speech: Speech,
    *,
    given: Changes | None = None,
) -> Changes:
    """What to write so that each customer's row shows its grade and the reason.

    Args:
        grades: as `grade` made them, with `row_` of this table.
        table: the customers.
        schema: its schema; a field that it lacks is not written.
        context: asked for nothing yet; every room's `changes` is called alike.
        speech: the language of the book.
        given: changes already proposed for this table: a new column comes to the right of theirs.

    Returns:
        `column` changes first, where a value is needed and the book has no such column, then `set` changes where the
        cell says something else. A formula, and a text in the grade column that is not a grade, are left alone.
    """
    del context
    known = set(table.cells.index)
    mine = [row in known for row in grades.frame["row_"].tolist()]
    rows = list(compress(grades.frame["row_"].tolist(), mine))
    reasons = list(compress(grades.reasons(), mine))
    wanted = {
        "tier": (list(compress(grades.frame["tier"].tolist(), mine)), reasons),
        "tier_reason": (_said(reasons, speech), [Message(_REASON, {"figures": reason}) for reason in reasons]),
    }
    columns: list[Change] = []
    parts: list[Changes] = []
    first = _first_free(table, given)
    for name in FIELDS:
        if name not in schema:
            continue
        after, why = wanted[name]
        before, differs = _compared(name, rows, after, table)
        letters = table.columns.get(name, "")
        if any(differs) and not letters:
            letters = column_letters(first + len(columns))
            columns.append(_column(table, letters, name, speech.say(schema[name].labels)))
        picked = (list(compress(column, differs)) for column in (rows, before, after, why))
        parts.append(_sets(table, name, letters, *picked))
    return Changes.joined([Changes.of(columns), *parts])


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


def _sets(
    table: Table, name: str, letters: str, rows: list[int], before: list[Any], after: list[str], why: list[Message]
) -> Changes:
    """`set` changes, by column: a book of 100,000 customers has 200,000 of them on its first night."""
    keys = table.keys().to_dict()
    constant = {"kind": "set", "table": table.name, "column": letters, "field": name, "effect": "derived"}
    return Changes(
        {
            **{field: [value] * len(rows) for field, value in constant.items()},
            "key": [keys[row] for row in rows],
            "row": rows,
            "before": before,
            "after": after,
            "reason": [message.template for message in why],
            "arguments": [message.arguments for message in why],
        }
    )


def _column(table: Table, letters: str, name: str, label: str) -> Change:
    return Change(
        "column", table.name, row=table.header_row, column=letters, field=name, after=label,
        reason=_COLUMN, arguments={"label": label}, effect="derived",
    )  # fmt: skip


def _first_free(table: Table, given: Changes | None) -> int:
    """The number of the first column that neither the sheet nor a proposed column uses."""
    place = column_number(table.next_column())
    for change in given or ():
        if change.kind == "column" and change.table == table.name:
            place = max(place, column_number(change.column) + 1)
    return place
