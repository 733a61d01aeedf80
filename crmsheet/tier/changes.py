"""Grades as changes: fields `tier` and `tier_reason`, never `level`, which people type."""

from __future__ import annotations

from itertools import compress
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from crmsheet.change.derived import Derived, derive
from crmsheet.core.book import Table
from crmsheet.core.cells import Formula
from crmsheet.core.changes import Changes
from crmsheet.core.messages import N_, Message, Speech
from crmsheet.core.schema import TableSchema
from crmsheet.tier.grades import TIERS, Grades

_COLUMN = N_("the column {label} is added to hold the grades")
Places: TypeAlias = npt.NDArray[np.intp]

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
    places = table.cells.index.get_indexer(pd.Index(grades.frame["row_"]))
    mine = places >= 0
    rows = grades.frame["row_"].to_numpy()[mine].tolist()
    reasons = list(compress(grades.reasons(), mine.tolist()))
    wanted = {
        "tier": (grades.frame["tier"].to_numpy(dtype=object)[mine].tolist(), reasons),
        "tier_reason": _said(reasons, speech),
    }
    parts: list[Changes] = []
    for name in FIELDS:
        if name in schema:
            after, why = wanted[name]
            before, differs = _compared(name, places[mine], after, table)
            picked = (list(compress(column, differs)) for column in (rows, before, after, why))
            parts.append(derive(table, Derived(name, *picked), schema[name].labels, _COLUMN))
    return Changes.joined(parts)


def _said(reasons: list[Message], speech: Speech) -> tuple[list[str], list[Message]]:
    """The reasons in words, and why they are written; equal ones (most customers have no revenue) are said once."""
    distinct = {id(reason): reason for reason in reasons}
    words = {mark: speech.say(reason) for mark, reason in distinct.items()}
    whys = {mark: Message(_REASON, {"figures": reason}) for mark, reason in distinct.items()}
    marks = list(map(id, reasons))
    return [words[mark] for mark in marks], [whys[mark] for mark in marks]


def _compared(name: str, places: Places, after: list[str], table: Table) -> tuple[list[Any], list[bool]]:
    """What stands in the cells at some places of the table now, and which of them must change."""
    letters = table.columns.get(name)
    if letters is None:
        return [None] * len(places), [True] * len(places)
    before = table.cells[letters].to_numpy(dtype=object)[places].tolist()
    nothing: list[Any] = [None] * len(places)
    known = table.values[name].to_numpy(dtype=object)[places].tolist() if name in table.values else nothing
    return before, [
        not (then == now or value == now or isinstance(then, Formula))
        # Somebody's own mark in the grade column is not wiped out.
        and not (name == "tier" and then not in (None, "") and value not in TIERS)
        for value, then, now in zip(known, before, after, strict=True)
    ]
