"""Which block is which table: the best readings first; further blocks of a table are put together with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from crmsheet.schema.joining import UNLIKE
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
    """A block with its readings, the best first; `rows` is its length.

    `aside` tells that its sheet's name sets it aside: others go first. `pinned`, that the user said what it is.
    """

    rows: int
    readings: tuple[Reading, ...]
    aside: bool = False
    pinned: bool = False

    @property
    def wishes(self) -> tuple[Reading, ...]:
        """The readings that it may get, the best first."""
        return self.readings if self.pinned else plausible(self.readings)


@dataclass(frozen=True, slots=True)
class Apart:
    """A block that looks like a table and is not part of it: which one, the block that holds it, why (a template)."""

    table: str
    holder: int
    why: str


@dataclass(frozen=True, slots=True)
class Choice:
    """By number of the block: its reading; those left out of their table; those whose runner-up came close."""

    readings: Mapping[int, Reading]
    apart: Mapping[int, Apart]
    unsure: Mapping[int, tuple[str, str]]


Joins: TypeAlias = Callable[[int, Reading, Mapping[int, Reading], bool], str]
"""Why a block, so read, is no part of the table that others (the readings chosen so far) are; '' where it is. The last
argument tells that it may as well be another table."""


def choose(candidates: Sequence[Candidate], joins: Joins) -> Choice:
    """The table of each block.

    Where two blocks want the same table, the better fit has it, of equals the longer; the other is put together with it
    where `joins` has nothing against it. Else it takes its runner-up, if that is nearly as good and complete, and is
    left alone otherwise. A block that only has some of the table's words, such as a list of choices, did not lose it.
    """
    chosen: dict[int, Reading] = {}
    holders: dict[str, int] = {}
    apart: dict[int, Apart] = {}
    skipped: set[int] = set()
    for at, reading in _wishes(candidates):
        if at in chosen or (at in skipped and not _good_second(reading, candidates[at])):
            continue
        holder = holders.get(reading.table)
        if holder is None:
            holders[reading.table] = at
        elif why := _why_apart(at, candidates[at], reading, chosen[holder], chosen, joins):
            if why is not _ONLY_LIKE:
                apart.setdefault(at, Apart(reading.table, holder, why))
            skipped.add(at)
            continue
        chosen[at] = reading
    chosen = _with_customers(chosen, candidates)
    return Choice(
        readings=dict(sorted(chosen.items())),
        apart={at: each for at, each in sorted(apart.items()) if at not in chosen},
        unsure=_unsure(chosen, candidates),
    )


_ONLY_LIKE = "only like it"


def _wishes(candidates: Sequence[Candidate]) -> list[tuple[int, Reading]]:
    """Every reading that a block may get, the most certain first."""
    wishes = [
        ((not candidate.aside, reading.score, candidate.rows, -at), at, reading)
        for at, candidate in enumerate(candidates)
        for reading in candidate.wishes
    ]
    return [(at, reading) for _, at, reading in sorted(wishes, key=lambda wish: wish[0], reverse=True)]


def _why_apart(
    at: int, candidate: Candidate, reading: Reading, holder: Reading, chosen: Mapping[int, Reading], joins: Joins
) -> str:
    """Why a block stays out of a table that another one holds; '' where the two are put together."""
    if candidate.pinned:
        return ""
    if not reading.complete:
        return _ONLY_LIKE
    mine = {number: each for number, each in chosen.items() if each.table == reading.table}
    rival = any(each.table != reading.table and _good_second(each, candidate) for each in candidate.wishes)
    why = joins(at, reading, mine, rival)
    return _ONLY_LIKE if why == UNLIKE and reading.fit < _WORTH_TELLING * holder.fit else why


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
    best = candidate.wishes[0]
    return reading.complete and reading.score >= _NEXT_BEST * best.score


def _with_customers(chosen: dict[int, Reading], candidates: Sequence[Candidate]) -> dict[int, Reading]:
    """Reads lists of people as the customers, when the book has no other: many books are that one sheet."""
    if any(each.table == "customers" for each in chosen.values()):
        return chosen
    found: dict[int, Reading] = {}
    for at, mine in sorted(chosen.items()):
        if mine.table != "contacts" or mine.named:
            continue
        other = next((each for each in candidates[at].readings if each.table == "customers"), None)
        if other is not None and other.complete and other.fit >= _AS_CUSTOMERS * mine.fit:
            found[at] = other
    return chosen | found


def _unsure(chosen: Mapping[int, Reading], candidates: Sequence[Candidate]) -> dict[int, tuple[str, str]]:
    """Blocks whose runner-up comes close: its table, and the table that was chosen."""
    found = {}
    for at, mine in sorted(chosen.items()):
        others = [each for each in candidates[at].wishes if each.table != mine.table and each.complete]
        if others and others[0].score >= _CLOSE * mine.score:
            found[at] = (mine.table, others[0].table)
    return found
