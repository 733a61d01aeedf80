"""Rows of one list that stand in another too: a book against a purchased list, a CSV against the book."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from crmsheet.app.bench import MANY_ROWS
from crmsheet.app.dedupe import ALL, compared_by
from crmsheet.app.duplicate_tables import evidence_of
from crmsheet.app.list_opening import as_list, open_anything, unknown_to
from crmsheet.app.opening import Loaded
from crmsheet.app.outcomes import not_changed, shown
from crmsheet.app.request import Request
from crmsheet.core.book import Table
from crmsheet.core.messages import N_, Message
from crmsheet.core.outcome import Outcome, Section
from crmsheet.engine import LocalEngine
from crmsheet.match.decisions import Decided
from crmsheet.match.duplicates import Matches, match
from crmsheet.match.evidence import for_and_against
from crmsheet.match.listing import LIST, comparables
from crmsheet.match.prepared import prepare
from crmsheet.match.verdicts import called
from crmsheet.match.weights import weights
from crmsheet.report import elsewhere
from crmsheet.report.duplicates import BANDS
from crmsheet.report.elsewhere import Meeting

_SUM = N_("Rows compared: {rows:,} of {ours}, {others:,} of {theirs}. Surely in both: {sure:,}; to review: {review:,}.")
_OURS = N_("{book}: {columns}")
ROWS = ("row", "other_row", "band", "weight")
PAIRS = (*ROWS, "key", "other_key", "evidence")


@dataclass(frozen=True, slots=True)
class _Pair:
    """A row of ours and one of theirs, by their place in `matches.pairs`."""

    ours: int
    theirs: int
    band: str
    weight: float
    place: int


def against(request: Request, other: Path, asked: Sequence[str] = (), top: int = ALL) -> Outcome:
    """The rows of a list, or customers of a book, that another file holds too; nothing is written.

    `asked` says what columns are: of the first file where it has them, and of the other one.

    Raises:
        BookMissing, BookError: a file cannot be read.
        NothingComparable, HeaderUnknown, ComparableUnknown: see `as_list`.
    """
    loaded = as_list(open_anything(request), asked, spared=asked)
    ours = loaded.book.tables[LIST]
    lacking = unknown_to(ours, asked)
    known = [each for each in asked if each not in lacking]
    beside = as_list(open_anything(dataclasses.replace(request, book=other)), asked, spared=known)
    theirs = beside.book.tables[LIST]
    matches = _matches(ours, theirs)
    pairs = sorted(_pairs(matches, ours, theirs), key=lambda each: (each.ours, -each.weight, each.theirs))
    sure = {each.ours for each in pairs if each.band == "sure"}
    outcome = dataclasses.replace(
        loaded.outcome("dedupe"),
        counts={
            "rows": len(ours.values),
            "other_rows": len(theirs.values),
            "sure_rows": len(sure),
            "review_rows": len({each.ours for each in pairs} - sure),
        },
        sections=_sections(pairs, ours, theirs, matches, other.name, top),
        tables=tuple(_tables(pairs, ours, theirs, matches, loaded)),
    )
    notes = (_said(outcome, loaded, other), not_changed(), *map(_compared_by, (loaded, beside)))
    return shown(loaded, dataclasses.replace(outcome, notes=notes))


def _matches(ours: Table, theirs: Table) -> Matches:
    """What both lists hold, by positions: those of ours come first."""
    values = pd.concat([ours.values, theirs.values], ignore_index=True)
    side = np.repeat([0, 1], [len(ours.values), len(theirs.values)])
    prepared = prepare(values, [""] * len(values), side)
    with LocalEngine(threads=1 if len(values) < MANY_ROWS else None) as engine:
        return match(engine, prepared, weights(), Decided(), LIST, across=True)


def _pairs(matches: Matches, ours: Table, theirs: Table) -> Iterator[_Pair]:
    count = len(ours.values)
    mine, other = ours.values.index.tolist(), theirs.values.index.tolist()
    columns = (matches.pairs[name].tolist() for name in ("left_row", "right_row", "band", "weight"))
    for place, (left, right, band, weight) in enumerate(zip(*columns, strict=True)):
        yield _Pair(mine[left], other[right - count], band, round(weight, 3), place)


def _sections(
    pairs: Sequence[_Pair], ours: Table, theirs: Table, matches: Matches, other: str, top: int
) -> tuple[Section, ...]:
    """The pairs as a page tells them, `top` of each band."""
    bands = {band: [each for each in pairs if each.band == band] for band in BANDS}
    shown_ = [each for mine in bands.values() for each in mine[:top]]
    here, there = called(ours, {each.ours for each in shown_}), called(theirs, {each.theirs for each in shown_})

    def meeting(pair: _Pair) -> Meeting:
        why = for_and_against(matches, pair.place)
        mine = str(ours.row_name(pair.ours)), *here[pair.ours]
        return Meeting(mine, (str(theirs.row_name(pair.theirs)), *there[pair.theirs]), why.pro, why.con)

    told = {band: [meeting(each) for each in mine[:top]] for band, mine in bands.items()}
    return elsewhere.sections(told, {band: len(mine) for band, mine in bands.items()}, other)


def _said(outcome: Outcome, loaded: Loaded, other: Path) -> Message:
    counts = outcome.counts
    facts = {
        "rows": counts["rows"], "ours": loaded.path.name, "others": counts["other_rows"], "theirs": other.name,
        "sure": counts["sure_rows"], "review": counts["review_rows"],
    }  # fmt: skip
    return Message(_SUM, facts)


def _compared_by(each: Loaded) -> Message:
    return Message(_OURS, {"book": each.path.name, "columns": compared_by(each, each.book.tables[LIST])})


def _tables(pairs: Sequence[_Pair], ours: Table, theirs: Table, matches: Matches, loaded: Loaded) -> Iterator[Section]:
    """Each row of ours with the rows of theirs that it may be, and the evidence."""
    words = comparables(loaded.schema)
    rows: list[tuple[Any, ...]] = []
    full: list[tuple[Any, ...]] = []
    keys, others = ours.keys().to_dict(), theirs.keys().to_dict()
    for each in pairs:
        row = (ours.row_name(each.ours), theirs.row_name(each.theirs), each.band, each.weight)
        evidence = evidence_of(matches, each.place, words, reveal=loaded.request.reveal)
        rows.append(row)
        full.append((*row, keys[each.ours] or None, others[each.theirs] or None, evidence))
    yield Section("rows", ROWS, tuple(rows), name="rows")
    yield Section("pairs", PAIRS, tuple(full), name="pairs")
