"""The night run: everything in one go, written as one version."""

from __future__ import annotations

import dataclasses

from crmsheet.agenda import Agenda
from crmsheet.app.bench import Bench, bench
from crmsheet.app.check import verdict
from crmsheet.app.dedupe import doubles, group_counts, told_groups
from crmsheet.app.followup import agenda_counts, agenda_dates, list_folder, owner_lists, where
from crmsheet.app.opening import Loaded, load_book
from crmsheet.app.outcomes import counts, found, proposed, shown
from crmsheet.app.request import Request
from crmsheet.app.tier import tier_changes, tier_counts
from crmsheet.change.fixing import fixes
from crmsheet.core.changes import Changes
from crmsheet.core.findings import Findings
from crmsheet.core.outcome import Outcome, Section
from crmsheet.match import Matches, merges
from crmsheet.report import duplicates, followups, tiers, understood
from crmsheet.report.duplicates import Group
from crmsheet.tier import Grades


@dataclasses.dataclass(frozen=True, slots=True)
class Night:
    """What one night found and wants to change."""

    findings: Findings
    broken: tuple[str, ...]
    matches: Matches | None
    grades: Grades
    agenda: Agenda
    changes: Changes


def nightly(request: Request, *, write: bool) -> Outcome:
    """Cleans, checks, deduplicates, grades and plans a book; with `write` the book and the lists too."""
    loaded = load_book(request)
    with bench(loaded) as table:
        night = work(table)
    made, notes, version = proposed(loaded, night.changes, "nightly", write=write)
    lists = owner_lists(loaded, night.agenda, list_folder(loaded)) if write else {}
    told = told_groups(night.matches, loaded)
    outcome = dataclasses.replace(
        loaded.outcome("nightly", version),
        findings=night.findings,
        broken=night.broken,
        changes=made.applied,
        counts={
            **counts(loaded, night.findings, made.applied),
            **group_counts(told),
            **tier_counts(night.grades),
            **agenda_counts(night.agenda),
        },
        notes=(
            found(loaded, night.findings),
            *notes,
            *night.grades.notes,
            *night.agenda.notes,
            *where(night.agenda, lists),
        ),
        sections=_sections(loaded, night, told or []),
        lists=lists,
    )
    return shown(loaded, outcome, listed=1, first=understood.sections(loaded.book, loaded.schema))


def work(on: Bench) -> Night:
    """The trade of the night, step by step; merging comes before grading, so that a merged customer is graded whole."""
    loaded = on.loaded
    findings, broken = verdict(on)
    matches = on.duplicates()
    merging = Changes()
    if matches is not None and loaded.context.settings.merge == "sure":
        merging = merges(matches, on.tables, loaded.schema, loaded.context)
    later, merging = on.after(merging) if len(merging) else (on, merging)
    grades = later.grades()
    agenda = later.agenda(grades)
    wanted = [fixes(loaded.findings), loaded.keys, merging, tier_changes(later, grades), agenda_dates(later, agenda)]
    return Night(
        Findings.joined([findings, doubles(matches, loaded)]), broken, matches, grades, agenda, Changes.joined(wanted)
    )


def _sections(loaded: Loaded, night: Night, told: list[Group]) -> tuple[Section, ...]:
    """Grades, follow-ups and duplicates; what was found and changed is added when it is masked."""
    return (
        *followups.sections(night.agenda, loaded.schema, top=10),
        *tiers.sections(night.grades, loaded.schema, top=5),
        *duplicates.sections(told, loaded.schema, top=10),
    )
