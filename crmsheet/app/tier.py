"""Grades: A, B, C by revenue, each with its reason."""

from __future__ import annotations

import dataclasses

from crmsheet.app.bench import Bench, bench
from crmsheet.app.opening import load_book
from crmsheet.app.outcomes import counts, proposed, shown
from crmsheet.app.request import Request
from crmsheet.core.changes import Changes
from crmsheet.core.findings import Findings
from crmsheet.core.outcome import Outcome
from crmsheet.report import tiers
from crmsheet.resources import speech
from crmsheet.tier import Grades
from crmsheet.tier import changes as grade_changes


def tier(request: Request, *, write: bool) -> Outcome:
    """The grade of every customer; with `write` it is put into the book."""
    loaded = load_book(request)
    with bench(loaded) as table:
        grades = table.grades()
        changes = tier_changes(table, grades)
    made, notes, version = proposed(loaded, loaded.with_keys(changes), "tier", write=write)
    outcome = dataclasses.replace(
        loaded.outcome("tier", version),
        changes=made.applied,
        counts={**counts(loaded, Findings(), made.applied), **tier_counts(grades)},
        notes=(*notes, *grades.notes),
        sections=tiers.sections(grades, loaded.schema),
    )
    return shown(loaded, outcome)


def tier_changes(on: Bench, grades: Grades) -> Changes:
    """What the customer sheet shall say; nothing in a book without one."""
    table = on.tables.get("customers")
    if table is None:
        return Changes()
    loaded = on.loaded
    return grade_changes(grades, table, loaded.schema.tables["customers"], speech(loaded.book.lang))


def tier_counts(grades: Grades) -> dict[str, int]:
    """How many customers each grade has."""
    tiers_given = grades.frame["tier"].tolist()
    return {f"tier_{each.lower()}": tiers_given.count(each) for each in ("A", "B", "C")}
