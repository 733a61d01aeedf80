"""Duplicates: found and explained; with --write the sure ones are merged."""

from __future__ import annotations

from collections.abc import Iterable

from crmsheet.app.bench import bench
from crmsheet.app.opening import Loaded, load_book
from crmsheet.app.outcomes import Judgement, settle
from crmsheet.app.request import Request
from crmsheet.core.findings import Findings
from crmsheet.core.messages import N_, Message, Text
from crmsheet.core.outcome import Outcome
from crmsheet.match.duplicates import Matches
from crmsheet.match.merging import merges, unmergeable
from crmsheet.match.verdicts import GroupRow, findings, groups
from crmsheet.report import duplicates
from crmsheet.report.duplicates import Group

_NO_CUSTOMERS = N_("The book has no customers to compare.")


def dedupe(request: Request, *, write: bool) -> Outcome:
    """The customers that are there twice; with `write` the sure ones become one record each."""
    loaded = load_book(request)
    return settle(loaded, judge(loaded), write=write)


def judge(loaded: Loaded, top: int = 50) -> Judgement:
    """The duplicates of a loaded book, `top` groups of them told in full."""
    with bench(loaded) as table:
        matches = table.duplicates()
        if matches is None:
            return Judgement("dedupe", first=(Message(_NO_CUSTOMERS),))
        merging = merges(matches, table.tables, loaded.schema, loaded.context)
        _, merging = table.after(merging)
    customers = table.tables["customers"]
    groups_told = told_groups(matches, loaded) or []
    return Judgement(
        "dedupe",
        findings(matches, customers),
        loaded.with_keys(merging),
        group_counts(groups_told),
        notes=tuple(unmergeable(matches, customers)),
        sections=duplicates.sections(groups_told, loaded.schema, top=top),
    )


def told_groups(matches: Matches | None, loaded: Loaded) -> list[Group] | None:
    """The groups as the page tells them; None without customers."""
    return None if matches is None else report_groups(groups(matches, loaded.book.tables["customers"]))


def group_counts(told: list[Group] | None) -> dict[str, int]:
    """How many groups are sure, and how many are for review."""
    if told is None:
        return {}
    sure = sum(each.band == "sure" for each in told)
    return {"sure_groups": sure, "review_groups": len(told) - sure}


def report_groups(rows: Iterable[GroupRow]) -> list[Group]:
    """Rows with links as groups for the page: one per sure customer, one per cluster with something to decide."""
    clusters: dict[int, list[GroupRow]] = {}
    for row in rows:
        clusters.setdefault(row.cluster, []).append(row)
    told: list[Group] = []
    for members in clusters.values():
        entities: dict[int, list[GroupRow]] = {}
        for row in members:
            entities.setdefault(row.entity, []).append(row)
        told += [_group("sure", each) for each in entities.values() if len(each) > 1]
        if len(entities) > 1:
            told.append(_group("review", members))
    return told


def _group(band: str, rows: list[GroupRow]) -> Group:
    best = max((row for row in rows if row.band == band), key=lambda row: row.weight, default=rows[0])
    evidence: Text = best.evidence
    return Group(
        band,
        tuple(row.row for row in rows),
        tuple(row.key for row in rows),
        rows[0].name,
        best.weight,
        evidence,
    )


def doubles(matches: Matches | None, loaded: Loaded) -> Findings:
    """The findings on duplicates; none without customers."""
    return Findings() if matches is None else findings(matches, loaded.book.tables["customers"])
