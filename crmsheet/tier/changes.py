"""Grades as changes: fields `tier` and `tier_reason`, never `level`, which people type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
    wanted: dict[str, list[tuple[int, Any, Message]]] = {name: [] for name in FIELDS if name in schema}
    known = set(table.cells.index)
    rows = zip(grades.frame["row_"].tolist(), grades.frame["tier"].tolist(), grades.reasons(), strict=True)
    for row, tier, reason in rows:
        if row not in known:
            continue
        if "tier" in wanted:
            wanted["tier"].append((row, tier, reason))
        if "tier_reason" in wanted:
            wanted["tier_reason"].append((row, speech.say(reason), Message(_REASON, {"figures": reason})))
    return _proposed(wanted, table, schema, speech, given)


def _proposed(
    wanted: Mapping[str, list[tuple[int, Any, Message]]],
    table: Table,
    schema: TableSchema,
    speech: Speech,
    given: Changes | None,
) -> Changes:
    """The columns that are missing and needed, then the cells that differ."""
    keys = table.keys().to_dict()
    columns: list[Change] = []
    cells: list[Change] = []
    place = _first_free(table, given)
    for name, rows in wanted.items():
        letters = table.columns.get(name)
        differing = list(_differing(name, rows, table))
        if differing and letters is None:
            letters = column_letters(place + len(columns))
            label = speech.say(schema[name].labels)
            columns.append(_column(table, letters, name, label))
        for row, before, after, reason in differing:
            cells.append(
                Change("set", table.name, keys[row], row, letters or "", name, before, after, "",
                       reason.template, reason.arguments, "derived")
            )  # fmt: skip
    return Changes.of(columns + cells)


def _differing(
    name: str, rows: list[tuple[int, Any, Message]], table: Table
) -> Iterator[tuple[int, Any, Any, Message]]:
    """(row, before, after, reason) of the cells that must change."""
    letters = table.columns.get(name)
    if letters is None:
        yield from ((row, None, after, reason) for row, after, reason in rows)
        return
    found = table.cells[letters].to_dict()
    values = table.values[name].to_dict() if name in table.values else {}
    for row, after, reason in rows:
        before, value = found.get(row), values.get(row)
        if value == after or before == after or isinstance(before, Formula):
            continue
        if name == "tier" and before not in (None, "") and value not in TIERS:
            continue  # somebody's own mark stands there: a grade must not wipe it out
        yield row, before, after, reason


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
