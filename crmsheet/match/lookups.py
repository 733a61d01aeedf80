"""Pairs of positions looked up in prepared columns: what all comparisons are made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz.process import cpdist

from crmsheet.match.prepared import Bag, Codes, Column, distinct, spread
from crmsheet.match.weights import Level, Levels, Positions, Truth

Likeness: TypeAlias = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Compared:
    """Per pair: the level, and how many rows or names hold the value agreed on (the commoner of the two).

    Of names, `chance` is how many others are called so by the frequency of their words.
    """

    levels: Levels
    holders: Codes
    chance: npt.NDArray[np.float64] | None = None

    @classmethod
    def all_of(cls, many: Sequence[Compared]) -> Compared:
        """Several lots, one after the other."""
        chances = [each.chance for each in many if each.chance is not None]
        levels, holders = (np.concatenate(each) for each in zip(*((e.levels, e.holders) for e in many), strict=True))
        return cls(levels, holders, np.concatenate(chances) if chances else None)

    def where(self, keep: Truth | Positions) -> Compared:
        """Those of a mask or of places."""
        chance = None if self.chance is None else self.chance[keep]
        return Compared(self.levels[keep], self.holders[keep], chance)


def shared_rarest(bag: Bag, left: Positions, right: Positions) -> Codes:
    """By how many names the rarest value that both rows hold is held; -1 where they share none."""
    ours, theirs = bag.first[left], bag.first[right]
    names = np.append(bag.names, -1)
    rarest: Codes = np.where(ours == theirs, names[ours], -1)
    several = np.bincount(bag.rows, minlength=len(bag.first)) > 1
    at = np.flatnonzero(several[left] | several[right])
    width = len(bag.values)
    mine, his = (_held(bag, side[at]) for side in (left, right))
    shared = np.intersect1d(mine[0] * width + mine[1], his[0] * width + his[1]) if len(at) else at
    best = np.full(len(at), np.iinfo(np.int64).max)
    np.minimum.at(best, shared // max(width, 1), names[shared % max(width, 1)])
    rarest[at] = np.where(best == np.iinfo(np.int64).max, -1, best)
    return rarest


def _held(bag: Bag, rows: Codes) -> tuple[Codes, Codes]:
    """All values of rows, each with the place of its row among them."""
    begin = np.searchsorted(bag.rows, rows)
    sizes = np.searchsorted(bag.rows, rows, side="right") - begin
    owner, place = spread(np.append(0, np.cumsum(sizes)), np.arange(len(rows)))
    return owner, bag.codes[place - (np.cumsum(sizes) - sizes)[owner] + begin[owner]]


def taken(values: pa.Array, codes: Codes) -> list[str]:
    """The values that codes point to."""
    if len(values) > len(codes):
        few: list[str] = values.take(pa.array(codes)).to_pylist()
        return few
    texts: list[str] = np.array(values.to_pylist(), object)[codes].tolist()  # each text is made once
    return texts


def lengths(values: pa.Array) -> Codes:
    """The number of characters of each value."""
    found: Codes = pc.utf8_length(values).to_numpy(zero_copy_only=False).astype(np.int64)
    return found


def narrowed(column: Column, left: Positions, right: Positions) -> tuple[Column, Positions, Positions]:
    """The column of the rows of the pairs alone, and the pairs in it: what is worked out is so of few values."""
    codes = column.codes[np.concatenate([left, right])]
    seen = np.zeros(len(column.values) + 1, bool)
    seen[codes] = True  # a missing one in the last place
    used = np.flatnonzero(seen[:-1])
    at = np.cumsum(seen) - 1
    at[-1] = -1
    chance = None if column.chance is None else column.chance[used]
    values = column.values.take(pa.array(used))
    places = np.arange(len(codes))
    few = Column(at[codes], values, column.counts[used], chance, column.known)
    return few, places[: len(left)], places[len(left) :]


def judged(column: Column, left: Positions, right: Positions, level: Callable[[str, str], Level]) -> Levels:
    """Levels by a function of two values, asked once for each distinct pair that is not equal."""

    def one_by_one(ours: Codes, theirs: Codes) -> Levels:
        both = zip(taken(column.values, ours), taken(column.values, theirs), strict=True)
        return np.array([level(*each) for each in both], np.int8)

    return judged_at_once(column, left, right, one_by_one)


def judged_at_once(
    column: Column, left: Positions, right: Positions, level: Callable[[Codes, Codes], Levels]
) -> Levels:
    """Levels by a function of the codes of many pairs of values, each distinct pair once, none of equal values."""
    levels = equal(column, left, right)
    at = np.flatnonzero(levels == Level.different)
    if not len(at):
        return levels
    ours, theirs = column.codes[left[at]], column.codes[right[at]]
    width = len(column.values) + 1
    pairs, where = distinct(np.minimum(ours, theirs) * width + np.maximum(ours, theirs))
    levels[at] = level(pairs // width, pairs % width)[where]
    return levels


def matching(values: pa.Array, pattern: str) -> Truth:
    """Which values match."""
    found: Truth = pc.match_substring_regex(values, pattern).to_numpy(zero_copy_only=False).astype(bool)
    return found


def equal(column: Column, left: Positions, right: Positions) -> Levels:
    """Same, different, or missing."""
    ours, theirs = column.codes[left], column.codes[right]
    levels = np.where(ours == theirs, Level.same, Level.different).astype(np.int8)
    levels[(ours < 0) | (theirs < 0)] = Level.missing
    return levels


def similar(column: Column, ours: Codes, theirs: Codes, scorer: Callable[..., float], least: float = 0) -> Likeness:
    """Similarity 0 to 100 of each pair of values, 0 where it is under the least; the same both ways round."""
    return likeness(said(column, ours, theirs), scorer, least)


def said(column: Column, ours: Codes, theirs: Codes) -> tuple[list[str], list[str]]:
    """The values of each pair, in one order both ways round."""
    return taken(column.values, np.minimum(ours, theirs)), taken(column.values, np.maximum(ours, theirs))


def likeness(both: tuple[list[str], list[str]], scorer: Callable[..., float], least: float = 0) -> Likeness:
    """Similarity 0 to 100 of each pair of texts, 0 where it is under the least, which is much faster."""
    return np.asarray(cpdist(*both, scorer=scorer, score_cutoff=least, dtype=np.float32))


def clash(column: Column, left: Positions, right: Positions) -> Truth:
    """Whether both sides hold a value, and not the same."""
    ours, theirs = column.codes[left], column.codes[right]
    filled = np.append(lengths(pc.utf8_trim_whitespace(column.values)) > 0, False)
    clash: Truth = filled[ours] & filled[theirs] & (ours != theirs)
    return clash


def commoner(column: Column, left: Positions, right: Positions) -> Codes:
    """By how many rows the commoner of the two values is held; 0 where one is missing."""
    counts = np.append(column.counts, 0)
    most: Codes = np.maximum(counts[column.codes[left]], counts[column.codes[right]])
    return most


def likelier(column: Column, left: Positions, right: Positions) -> npt.NDArray[np.float64]:
    """How many others are called by the commoner of two names, as its words go; 0 where one is missing."""
    if column.chance is None:
        return np.zeros(len(left))
    chance = np.append(column.chance, 0)
    most: npt.NDArray[np.float64] = np.maximum(chance[column.codes[left]], chance[column.codes[right]])
    return most
