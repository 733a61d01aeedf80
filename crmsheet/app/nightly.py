"""The night run: everything in one go, written as one version."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from crmsheet.agenda import Agenda
from crmsheet.app.bench import Bench, bench
from crmsheet.app.check import verdict
from crmsheet.app.dedupe import doubles, group_counts, met_findings
from crmsheet.app.dedupe import sections as group_sections
from crmsheet.app.followup import agenda_counts, agenda_dates, list_folder, owner_lists, where
from crmsheet.app.opening import Loaded, load_book
from crmsheet.app.outcomes import Judgement, found, settle
from crmsheet.app.pair_decisions import known_to
from crmsheet.app.pair_decisions import notes as decision_notes
from crmsheet.app.request import Request
from crmsheet.app.settings import book_path
from crmsheet.app.tier import tier_changes, tier_counts
from crmsheet.change.fixing import fixes
from crmsheet.core.changes import Changes
from crmsheet.core.errors import UsageError
from crmsheet.core.findings import Findings
from crmsheet.core.messages import N_, Message
from crmsheet.core.outcome import Outcome, Section
from crmsheet.match.duplicates import Matches
from crmsheet.match.merging import merges
from crmsheet.match.verdicts import Group, groups
from crmsheet.report import followups, recovery, tiers, understood
from crmsheet.tier import Grades

_IDLE = N_("--wait waits until the book can be written, and nothing is written without --write")


@dataclasses.dataclass(frozen=True, slots=True)
class Night:
    """What one night found and wants to change."""

    findings: Findings
    broken: tuple[str, ...]
    matches: Matches | None
    grades: Grades
    agenda: Agenda
    changes: Changes


def nightly(request: Request, *, write: bool, wait: float = 0.0) -> Outcome:
    """Cleans, checks, deduplicates, grades and plans a book; with `write` the book and the lists too.

    `wait` is how many seconds to wait until nobody has the book open; it is read then.

    Raises:
        UsageError: there is nothing to wait for, because nothing is written.
        ProposalKept: somebody has it open still; the proposal is kept.
    """
    if wait and not write:
        raise UsageError(problem=Message(_IDLE))
    if wait:
        request = _once_free(request, wait)
    loaded = load_book(request)
    return settle(loaded, judge(loaded, list_folder(loaded) if write else None), write=write, listed=1)


def _once_free(request: Request, wait: float) -> Request:
    """The request at the time when no program has the book open any more, with the rest of the waiting."""
    from crmsheet.book.lock import Patience, until_free

    left = until_free(book_path(request)[0], Patience(programs=wait, tell=request.tell))
    return dataclasses.replace(request, wait=left.programs)


def judge(loaded: Loaded, folder: Path | None = None, top: int | None = None) -> Judgement:
    """The whole night on a loaded book; with `folder` the lists of the owners that belong there.

    `top` is how many are told one by one in each section; None leaves it short enough for one page.
    """
    with bench(loaded) as table:
        night = work(table)
    lists = owner_lists(loaded, night.agenda, folder) if folder else {}
    every = None if night.matches is None else groups(night.matches)
    return Judgement(
        "nightly",
        night.findings,
        night.changes,
        {
            **recovery.counts(night.findings),
            **group_counts(every),
            **tier_counts(night.grades),
            **agenda_counts(night.agenda),
        },
        first=found(loaded, night.findings),
        notes=(*decision_notes(loaded), *night.grades.notes, *night.agenda.notes, *where(night.agenda, lists)),
        sections=(*understood.sections(loaded.book, loaded.schema), *_sections(loaded, night, every or [], top)),
        lists=lists,
        broken=night.broken,
    )


def work(on: Bench) -> Night:
    """The trade of the night, step by step; merging comes before grading, so that a merged customer is graded whole."""
    loaded = on.loaded
    findings, broken = verdict(on)
    matches = on.duplicates()
    merging = Changes()
    if matches is not None and loaded.context.settings.merge == "sure":
        merging = merges(matches, on.tables, loaded.schema, loaded.context, known_to(loaded))
    later, merging = on.after(merging) if len(merging) else (on, merging)
    grades = later.grades()
    agenda = later.agenda(grades)
    wanted = [fixes(loaded.findings), loaded.keys, merging, tier_changes(later, grades), agenda_dates(later, agenda)]
    told = [findings, doubles(matches, loaded), met_findings(on.meetings(), loaded)]
    return Night(Findings.joined(told), broken, matches, grades, agenda, Changes.joined(wanted))


def _sections(loaded: Loaded, night: Night, every: list[Group], top: int | None) -> tuple[Section, ...]:
    """Grades, follow-ups and duplicates; what was found and changed is added when it is masked."""
    return (
        *followups.sections(night.agenda, loaded.schema, top=top or 10),
        *tiers.sections(night.grades, loaded.schema, top=top or 5),
        *_groups(loaded, night, every, top or 10),
    )


def _groups(loaded: Loaded, night: Night, every: list[Group], top: int) -> tuple[Section, ...]:
    if night.matches is None:
        return ()
    return group_sections(every, night.matches, loaded.book.tables["customers"], loaded, top, brief=True)
