"""Levels of agreement of people's names."""

from __future__ import annotations

from functools import partial

import numpy as np
import pyarrow.compute as pc
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA, Levenshtein
from rapidfuzz.process import cpdist

from crmsheet.match.alike import people_levels
from crmsheet.match.lookups import (
    Compared,
    commoner,
    equal,
    judged_at_once,
    lengths,
    likelier,
    matching,
    narrowed,
    taken,
)
from crmsheet.match.pinyin import spoken
from crmsheet.match.prepared import Column
from crmsheet.match.weights import Level, Levels, Positions
from crmsheet.match.words import words


def compare_people(column: Column, left: Positions, right: Positions) -> Compared:
    """Levels of a column of people's names."""
    levels = levels_of_people(column, left, right)
    return Compared(levels, commoner(column, left, right), likelier(column, left, right))


def levels_of_people(column: Column, left: Positions, right: Positions) -> Levels:
    """Levels of people's names; those of Chinese characters all at once, by rules of their own."""
    column, left, right = narrowed(column, left, right)
    levels = equal(column, left, right)
    if not (levels == Level.different).any():
        return levels
    han = matching(column.values, r"^\p{Han}+$")
    at = np.flatnonzero(levels == Level.different)
    both = han[column.codes[left[at]]] & han[column.codes[right[at]]]
    rest, at = at[~both], at[both]
    if len(at):
        levels[at] = _han_people(column, left[at], right[at])
    levels[rest] = judged_at_once(column, left[rest], right[rest], partial(people_levels, column))
    return levels


def _han_people(column: Column, left: Positions, right: Positions) -> Levels:
    """Levels of Chinese names that are not equal."""
    ours, theirs = column.codes[left], column.codes[right]
    first = Column.of(pc.utf8_slice_codeunits(column.values, 0, 1)).codes
    size = lengths(column.values)
    short, longest = np.minimum(size[ours], size[theirs]), np.maximum(size[ours], size[theirs])
    texts = taken(column.values, ours), taken(column.values, theirs)
    slips = cpdist(*texts, scorer=OSA.distance, score_cutoff=1)
    swapped = (size[ours] == size[theirs]) & (cpdist(*texts, scorer=fuzz.ratio) >= 50) & (longest >= 3)
    for place in np.flatnonzero(swapped).tolist():  # 幹清水 is 清水幹
        swapped[place] = texts[0][place] in texts[1][place] * 2
    turned = cpdist(*texts, scorer=Levenshtein.distance, score_cutoff=2) == 2
    compound = matching(column.values, f"^{words().compound}$")
    double = matching(column.values, f"^{words().compound}\\p{{Han}}{{2}}$")
    alone = (short == 1) & (first[ours] == first[theirs])
    alone |= (compound[ours] | compound[theirs]) & (cpdist(*texts, scorer=fuzz.partial_ratio) == 100)
    levels = np.select(
        [
            swapped,
            alone,
            (slips == 1) & (longest >= 4) & ~(double[ours] & double[theirs]),
            (slips == 1) & ((longest >= 3) | (first[ours] == first[theirs])),
        ],
        [Level.variant, Level.part, Level.close, np.where(turned, Level.close, Level.near)],
        Level.different,
    ).astype(np.int8)
    for place in np.flatnonzero((slips <= 1) & (levels >= Level.near) & (size[ours] == size[theirs])).tolist():
        if spoken(texts[0][place]) == spoken(texts[1][place]):
            levels[place] = Level.close
    return levels
