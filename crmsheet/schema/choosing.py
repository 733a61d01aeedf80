"""Which sheet is which table: the best readings first, one sheet per table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crmsheet.schema.matching import Reading

_LEAST_SCORE = 0.8
_LEAST_MATCHED = 2
_LEAST_SAID = 0.8
_NEXT_BEST = 0.9
_AS_CUSTOMERS = 0.6
_CLOSE = 0.9
_WORTH_TELLING = 0.5


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sheet with its readings, the best first; `rows` is its length."""

    sheet: str
    rows: int
    readings: tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """Sheet -> its reading; sheets that lost their table to another one; sheets whose runner-up came close."""

    readings: Mapping[str, Reading]
    lost: Mapping[str, tuple[str, str]]
    unsure: Mapping[str, tuple[str, str]]


def choose(candidates: Sequence[Candidate]) -> Choice:
    """The table of each sheet.

    Where two sheets want the same table, the better fit has it, of equals the longer. The other takes its
    runner-up, if that is nearly as good and complete, and is left alone otherwise. A sheet that only has some of the
    table's words, such as a list of choices, did not lose it.
    """
    wishes = sorted(
        (
            (reading.score, candidate.rows, -place, candidate, reading)
            for place, candidate in enumerate(candidates)
            for reading in plausible(candidate.readings)
        ),
        key=lambda wish: wish[:3],
        reverse=True,
    )
    chosen: dict[str, Reading] = {}
    holders: dict[str, str] = {}
    lost: dict[str, tuple[str, str]] = {}
    skipped: set[str] = set()
    for *_, candidate, reading in wishes:
        if candidate.sheet in chosen:
            continue
        if reading.table in holders:
            holder = holders[reading.table]
            if (
                candidate.sheet not in skipped
                and reading.complete
                and reading.fit >= _WORTH_TELLING * chosen[holder].fit
            ):
                lost[candidate.sheet] = (reading.table, holder)
            skipped.add(candidate.sheet)
            continue
        if candidate.sheet in skipped and not _good_second(reading, candidate):
            continue
        chosen[candidate.sheet] = reading
        holders[reading.table] = candidate.sheet
    chosen = _with_customers(chosen, candidates)
    in_order = [candidate.sheet for candidate in candidates]
    return Choice(
        readings={sheet: chosen[sheet] for sheet in in_order if sheet in chosen},
        lost={sheet: lost[sheet] for sheet in in_order if sheet in lost and sheet not in chosen},
        unsure=_unsure(chosen, candidates),
    )


def plausible(readings: Sequence[Reading]) -> tuple[Reading, ...]:
    """The readings that are more than chance, the best first."""
    fits = (each for each in readings if _fits(each))
    return tuple(sorted(fits, key=lambda each: each.score, reverse=True))


def _fits(reading: Reading) -> bool:
    if reading.named and reading.complete:
        return reading.matched > 0
    enough = reading.matched >= _LEAST_MATCHED and reading.score >= _LEAST_SCORE
    return enough and (reading.said >= _LEAST_SAID or (reading.table == "customers" and reading.complete))


def _good_second(reading: Reading, candidate: Candidate) -> bool:
    best = plausible(candidate.readings)[0]
    return reading.complete and reading.score >= _NEXT_BEST * best.score


def _with_customers(chosen: dict[str, Reading], candidates: Sequence[Candidate]) -> dict[str, Reading]:
    """Reads a list of people as the customers, when the book has no other: many books are that one sheet."""
    if any(each.table == "customers" for each in chosen.values()):
        return chosen
    for candidate in candidates:
        mine = chosen.get(candidate.sheet)
        if mine is None or mine.table != "contacts" or mine.named:
            continue
        other = next((each for each in candidate.readings if each.table == "customers"), None)
        if other is not None and other.complete and other.fit >= _AS_CUSTOMERS * mine.fit:
            return chosen | {candidate.sheet: other}
    return chosen


def _unsure(chosen: Mapping[str, Reading], candidates: Sequence[Candidate]) -> dict[str, tuple[str, str]]:
    """Sheets whose runner-up comes close: its table, and the table that was chosen."""
    found = {}
    for candidate in candidates:
        mine = chosen.get(candidate.sheet)
        if mine is None:
            continue
        others = [each for each in plausible(candidate.readings) if each.table != mine.table and each.complete]
        if others and others[0].score >= _CLOSE * mine.score:
            found[candidate.sheet] = (mine.table, others[0].table)
    return found
