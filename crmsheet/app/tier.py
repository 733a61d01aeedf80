"""Grades: A, B, C by revenue, each with its reason."""

from __future__ import annotations

from crmsheet.app.bench import Bench, asked, bench
from crmsheet.app.opening import Loaded, load_book
from crmsheet.app.outcomes import Judgement, settle
from crmsheet.app.request import Request
from crmsheet.core.changes import Changes
from crmsheet.core.outcome import Outcome
from crmsheet.report import tiers
from crmsheet.resources import speech
from crmsheet.tier import ASKED, Grades
from crmsheet.tier import changes as grade_changes
from crmsheet.tier.changes import FIELDS

_TABLES = ("customers", "transactions")


def tier(request: Request, *, write: bool) -> Outcome:
    """The grade of every customer; with `write` it is put into the book."""
    loaded = load_book(request, asked({*ASKED, *FIELDS}))
    return settle(loaded, judge(loaded), write=write)


def judge(loaded: Loaded, top: int = 10) -> Judgement:
    """The grades of a loaded book, the `top` largest customers told one by one."""
    with bench(loaded, _TABLES) as table:
        grades = table.grades()
        changes = tier_changes(table, grades)
    return Judgement(
        "tier",
        wanted=loaded.with_keys(changes),
        counts=tier_counts(grades),
        notes=grades.notes,
        sections=tiers.sections(grades, loaded.schema, top=top),
    )


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
