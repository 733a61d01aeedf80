"""Levels of agreement of candidate pairs, one comparison at a time, on the distinct pairs of values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA, Levenshtein
from rapidfuzz.process import cpdist

from crmsheet.match.blocking import derived, letters, spread
from crmsheet.match.names import person_level
from crmsheet.match.places import date_slips
from crmsheet.match.prepared import Bag, Codes, Column, Prepared
from crmsheet.match.weights import Level, Levels, Positions

Truth = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Compared:
    """Per pair: the level, and how many rows or names hold the value agreed on (the commoner of the two)."""

    levels: Levels
    holders: Codes


def compare_names(prepared: Prepared, left: Positions, right: Positions) -> tuple[Compared, Truth]:
    """Levels of the names, and which pairs are of two people."""
    full, core = prepared.columns["full"], prepared.columns["core"]
    both = prepared.person[left] & prepared.person[right]
    levels = np.zeros(len(left), np.int8)
    known = (full.codes[left] >= 0) & (full.codes[right] >= 0)
    people, firms = np.flatnonzero(known & both), np.flatnonzero(known & ~both)
    levels[people] = _people(full, left[people], right[people])
    levels[firms] = _companies(prepared, left[firms], right[firms])
    counted = np.where(both, _commoner(full, left, right), _commoner(core, left, right))
    same = levels == Level.same
    counted[same] = _commoner(full, left[same], right[same])
    return Compared(levels, counted), both


def compare_people(column: Column, left: Positions, right: Positions) -> Compared:
    """Levels of a column of people's names."""
    return Compared(_people(column, left, right), _commoner(column, left, right))


def compare_places(column: Column, left: Positions, right: Positions) -> Compared:
    """Levels of addresses: house numbers that differ are no agreement, however alike the streets."""
    numbers = derived(column, r"[^0-9]+", " ")
    levels = _equal(column, left, right)
    at = np.flatnonzero(levels == Level.different)
    ours, theirs = column.codes[left[at]], column.codes[right[at]]
    alike = _similar(column, ours, theirs, fuzz.ratio)
    within = _similar(column, ours, theirs, fuzz.token_set_ratio)
    differ = _clash(numbers, left[at], right[at])
    found = np.select(
        [differ & (alike >= 60), (alike >= 85), (within >= 92), (alike >= 65) | (within >= 75)],
        [Level.near, Level.close, Level.close, Level.part],
        Level.different,
    )
    levels[at] = found
    return Compared(levels, _commoner(column, left, right))


def compare_days(column: Column, left: Positions, right: Positions) -> Compared:
    """Levels of days: a slip of typing is close; two of year, month and day the same is part."""

    def level(ours: str, theirs: str) -> Level:
        if date_slips(ours, theirs):
            return Level.close
        parts = [ours[:4] == theirs[:4], ours[4:6] == theirs[4:6], ours[6:] == theirs[6:]]
        return Level.part if sum(parts) == 2 else Level.different

    return Compared(_judged(column, left, right, level), _commoner(column, left, right))


def compare_words(column: Column, left: Positions, right: Positions) -> Compared:
    """Levels of short words (city, postcode): same, one slip, different."""
    levels = _equal(column, left, right)
    at = np.flatnonzero(levels == Level.different)
    alike = _similar(column, column.codes[left[at]], column.codes[right[at]], fuzz.ratio)
    levels[at[alike >= 75]] = Level.close
    return Compared(levels, _commoner(column, left, right))


def compare_bags(bag: Bag, left: Positions, right: Positions, *, slips: bool) -> Compared:
    """Levels of cells with several values: one shared value is enough; the rarest counts.

    With `slips`, first values of at least six characters that differ by one slip are close.
    """
    rarest = shared_rarest(bag, left, right)
    held = bag.first >= 0
    levels = np.where(held[left] & held[right], Level.different, Level.missing).astype(np.int8)
    levels[rarest >= 0] = Level.same
    at = np.flatnonzero(levels == Level.different)
    if slips and len(at):
        ours, theirs = bag.first[left[at]], bag.first[right[at]]
        distance = cpdist(taken(bag.values, ours), taken(bag.values, theirs), scorer=OSA.distance, score_cutoff=1)
        long = lengths(bag.values) >= 6
        levels[at[(distance <= 1) & long[ours] & long[theirs]]] = Level.close
    holders = np.maximum(rarest, 2)
    return Compared(levels, holders)


def shared_rarest(bag: Bag, left: Positions, right: Positions) -> Codes:
    """By how many names the rarest value that both rows hold is held; -1 where they share none."""
    if not len(bag.rows):
        return np.full(len(left), -1)
    starts = np.searchsorted(bag.rows, np.arange(len(bag.first) + 1))
    pair, place = spread(starts, left)
    width = len(bag.values)
    theirs = np.sort(bag.rows * width + bag.codes)
    wanted = right[pair] * width + bag.codes[place]
    at = np.minimum(np.searchsorted(theirs, wanted), len(theirs) - 1)
    hit = theirs[at] == wanted
    best = np.full(len(left), np.iinfo(np.int64).max)
    np.minimum.at(best, pair[hit], bag.names[bag.codes[place[hit]]])
    return np.where(best == np.iinfo(np.int64).max, -1, best)


def taken(values: pa.Array, codes: Codes) -> list[str]:
    """The values that codes point to."""
    texts: list[str] = values.take(pa.array(codes)).to_pylist()
    return texts


def lengths(values: pa.Array) -> Codes:
    """The number of characters of each value."""
    found: Codes = pc.utf8_length(values).to_numpy(zero_copy_only=False).astype(np.int64)
    return found


def _companies(prepared: Prepared, left: Positions, right: Positions) -> Levels:
    """Levels of company names: a region or branch that differs is a conflict, so is a number."""
    columns = prepared.columns
    core = columns["core"]
    same = columns["full"].codes[left] == columns["full"].codes[right]
    one_core = core.codes[left] == core.codes[right]
    branch = columns["branch"].codes
    apart = _clash(columns["region"], left, right) | (branch[left] != branch[right])
    levels = np.full(len(left), Level.different, np.int8)
    rest = np.flatnonzero(~same & ~one_core)
    levels[rest] = _cores(core, left[rest], right[rest])
    levels[one_core] = Level.variant
    levels[apart & (levels != Level.different) & (levels != Level.near)] = Level.conflict
    levels[same] = Level.same
    known = shared_rarest(prepared.bags["aka"], left, right) >= 0
    levels[known & ~apart & (levels != Level.same)] = Level.variant
    return levels


def _cores(core: Column, left: Positions, right: Positions) -> Levels:
    """Levels of the cores of company names that are not equal."""
    ours, theirs = core.codes[left], core.codes[right]
    spelt = letters(core).codes
    han = ~pc.string_is_ascii(core.values).to_numpy(zero_copy_only=False).astype(bool)
    length = lengths(core.values)
    chinese = han[ours] & han[theirs]
    short = np.minimum(length[ours], length[theirs])
    alike = _similar(core, ours, theirs, fuzz.ratio)
    ordered = np.where(chinese, alike, _similar(core, ours, theirs, fuzz.token_sort_ratio))
    within = _similar(core, ours, theirs, fuzz.partial_ratio)
    sets = np.where(chinese, 0, _similar(core, ours, theirs, fuzz.token_set_ratio))
    best = np.maximum(alike, ordered)
    contained = (within >= 99) & (short >= np.where(chinese, 2, 4)) & chinese
    numbered = _clash(derived(core, r"[^0-9]+", " "), left, right) & (best >= 60)
    return np.select(
        [
            spelt[left] == spelt[right],
            numbered,
            np.where(chinese, (best >= 85) & (short >= 6), (best >= 90) & (short >= 5)),
            contained | (sets >= 90),
            best >= 60,
        ],
        [Level.variant, Level.conflict, Level.close, Level.part, Level.near],
        Level.different,
    ).astype(np.int8)


def _people(column: Column, left: Positions, right: Positions) -> Levels:
    """Levels of people's names; those of Chinese characters all at once, by the rules of `person_level`."""
    levels = _equal(column, left, right)
    han = pc.match_substring_regex(column.values, r"^\p{Han}+$").to_numpy(zero_copy_only=False).astype(bool)
    at = np.flatnonzero(levels == Level.different)
    both = han[column.codes[left[at]]] & han[column.codes[right[at]]]
    rest, at = at[~both], at[both]
    ours, theirs = column.codes[left[at]], column.codes[right[at]]
    first = Column.of(pc.utf8_slice_codeunits(column.values, 0, 1)).codes
    size = lengths(column.values)
    short, longest = np.minimum(size[ours], size[theirs]), np.maximum(size[ours], size[theirs])
    texts = taken(column.values, ours), taken(column.values, theirs)
    slips = cpdist(*texts, scorer=OSA.distance, score_cutoff=1)
    turned = cpdist(*texts, scorer=Levenshtein.distance, score_cutoff=2) == 2
    levels[at] = np.select(
        [(first[ours] == first[theirs]) & (short == 1), (slips == 1) & (longest >= 4), (slips == 1) & (longest == 3)],
        [Level.part, Level.close, np.where(turned, Level.close, Level.near)],
        Level.different,
    )
    levels[rest] = _judged(column, left[rest], right[rest], person_level)
    return levels


def _judged(column: Column, left: Positions, right: Positions, level: Callable[[str, str], Level]) -> Levels:
    """Levels by a function of two values, asked once for each distinct pair that is not equal."""
    levels = _equal(column, left, right)
    at = np.flatnonzero(levels == Level.different)
    ours, theirs = column.codes[left[at]], column.codes[right[at]]
    width = len(column.values) + 1
    distinct, where = np.unique(np.minimum(ours, theirs) * width + np.maximum(ours, theirs), return_inverse=True)
    low, high = taken(column.values, distinct // width), taken(column.values, distinct % width)
    found = [level(one, other) for one, other in zip(low, high, strict=True)]
    levels[at] = np.array(found, np.int8)[where] if found else levels[at]
    return levels


def _equal(column: Column, left: Positions, right: Positions) -> Levels:
    ours, theirs = column.codes[left], column.codes[right]
    levels = np.where(ours == theirs, Level.same, Level.different).astype(np.int8)
    levels[(ours < 0) | (theirs < 0)] = Level.missing
    return levels


def _similar(column: Column, ours: Codes, theirs: Codes, scorer: Callable[..., float]) -> npt.NDArray[np.float32]:
    """Similarity 0 to 100 of each pair of values; the same both ways round."""
    low, high = taken(column.values, np.minimum(ours, theirs)), taken(column.values, np.maximum(ours, theirs))
    return np.asarray(cpdist(low, high, scorer=scorer, dtype=np.float32))


def _clash(column: Column, left: Positions, right: Positions) -> Truth:
    """Whether both sides hold a value, and not the same."""
    ours, theirs = column.codes[left], column.codes[right]
    filled = np.append(lengths(pc.utf8_trim_whitespace(column.values)) > 0, False)
    clash: Truth = filled[ours] & filled[theirs] & (ours != theirs)
    return clash


def _commoner(column: Column, left: Positions, right: Positions) -> Codes:
    """By how many rows the commoner of the two values is held; 0 where one is missing."""
    counts = np.append(column.counts, 0)
    most: Codes = np.maximum(counts[column.codes[left]], counts[column.codes[right]])
    return most
