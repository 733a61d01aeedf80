"""Levels of agreement of candidate pairs: days, addresses, words, numbers, cells with several values."""

from __future__ import annotations

import numpy as np
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA
from rapidfuzz.process import cpdist

from crmsheet.match.lookups import (
    Compared,
    clash,
    commoner,
    equal,
    matching,
    narrowed,
    shared_rarest,
    similar,
    taken,
)
from crmsheet.match.prepared import Bag, Column, derived
from crmsheet.match.weights import Level, Positions


def compare_places(column: Column, left: Positions, right: Positions) -> Compared:
    """Levels of addresses: house numbers that differ are no agreement, however alike the streets."""
    column, left, right = narrowed(column, left, right)
    levels = equal(column, left, right)
    at = np.flatnonzero(levels == Level.different)
    ours, theirs = column.codes[left[at]], column.codes[right[at]]
    alike = similar(column, ours, theirs, fuzz.ratio, 60)
    within = similar(column, ours, theirs, fuzz.token_set_ratio, 75)
    chinese = matching(column.values, r"\p{Han}")
    inside = np.where(chinese[ours] & chinese[theirs], similar(column, ours, theirs, fuzz.partial_ratio, 75), within)
    numbers = derived(column, r"[^0-9]+", " ")
    differ = clash(numbers, left[at], right[at])
    more = np.flatnonzero(differ)
    held = similar(numbers, numbers.codes[left[at[more]]], numbers.codes[right[at[more]]], fuzz.token_set_ratio)
    differ[more] = held < 100
    levels[at] = np.select(
        [differ & (alike >= 60), differ, (alike >= 85), (inside >= 92), (alike >= 65) | (inside >= 75)],
        [Level.near, np.where(inside >= 75, Level.near, Level.different), Level.close, Level.close, Level.part],
        Level.different,
    )
    return Compared(levels, commoner(column, left, right))


def compare_days(column: Column, left: Positions, right: Positions) -> Compared:
    """Levels of days: a slip of typing is close; two of year, month and day the same is part.

    Slips are one digit typed wrong, two digits turned round, day and month swapped, and another century. Two digits
    typed wrong, or days of one month and the next, are near. What is not known of one of the days is left out: two
    years that agree are a part.
    """
    levels = equal(column, left, right)
    begun = np.append(matching(column.values, "-"), False)
    levels[(levels == Level.same) & begun[column.codes[left]]] = Level.part
    at = np.flatnonzero(levels == Level.different)
    digits = np.frombuffer("".join(column.values.to_pylist()).encode("ascii"), np.uint8).reshape(-1, 8)
    ours, theirs = digits[column.codes[left[at]]], digits[column.codes[right[at]]]
    unknown = (ours == _DASH) | (theirs == _DASH)
    differ = (ours != theirs) & ~unknown
    number = differ.sum(axis=1)
    turned = (number == 2) & (np.sort(np.where(differ, ours, 0)) == np.sort(np.where(differ, theirs, 0))).all(axis=1)
    turned |= (ours[:, [0, 1, 2, 3, 6, 7, 4, 5]] == theirs).all(axis=1) | ~differ[:, 2:].any(axis=1)
    whole = ~unknown.any(axis=1)
    parts = [~differ[:, part].any(axis=1) for part in (slice(0, 4), slice(4, 6), slice(6, 8))]
    two_parts = whole & (sum(map(np.int8, parts)) == 2)
    near = whole & ((number == 2) | (np.abs((ours.astype(np.float64) - theirs) @ _DAYS) <= _MONTH))
    levels[at] = np.select(
        [whole & ((number <= 1) | turned), two_parts | (~whole & (number == 0)), near],
        [Level.close, Level.part, Level.near],
        Level.different,
    )
    return Compared(levels, commoner(column, left, right))


_DAYS = np.outer((365.25, 30.44, 1.0), (1000, 100, 10, 1)).ravel()[[0, 1, 2, 3, 6, 7, 10, 11]]
"""Days that the digits of a date count for."""
_MONTH = 31
_DASH = ord("-")


def compare_words(column: Column, left: Positions, right: Positions) -> Compared:
    """Levels of short words (city, postcode): same, one slip, different."""
    levels = equal(column, left, right)
    at = np.flatnonzero(levels == Level.different)
    alike = similar(column, column.codes[left[at]], column.codes[right[at]], fuzz.ratio)
    levels[at[alike >= 75]] = Level.close
    return Compared(levels, commoner(column, left, right))


def compare_choices(column: Column, left: Positions, right: Positions) -> Compared:
    """Levels of values of which there are few (sex): same or different."""
    return Compared(equal(column, left, right), commoner(column, left, right))


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
        both = taken(bag.values, ours), taken(bag.values, theirs)
        long = [min(map(len, pair)) >= _NUMBER for pair in zip(*both, strict=True)]
        levels[at[(cpdist(*both, scorer=OSA.distance, score_cutoff=1) <= 1) & np.array(long)]] = Level.close
    holders = np.maximum(rarest, 2)
    return Compared(levels, holders)


_NUMBER = 6
"""Characters from which a slip is told from another number."""


def compare_numbers(bag: Bag, ends: Bag, left: Positions, right: Positions) -> Compared:
    """Levels of telephone numbers: who leaves out the area code writes the same number."""
    found = compare_bags(bag, left, right, slips=True)
    at = np.flatnonzero((found.levels == Level.different) | (found.levels == Level.close))
    rarest = shared_rarest(ends, left[at], right[at])
    found.levels[at[rarest >= 0]] = Level.variant
    found.holders[at] = np.maximum(rarest, 2)
    return found
