"""Names of people compared many at a time: most have a word that agrees with none of the other's, and are different.

`names.person_level` is the law, asked only where that does not settle it.
"""

from __future__ import annotations

from itertools import permutations, product

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz.distance import OSA
from rapidfuzz.process import cpdist

from crmsheet.match.hashing import letters_of
from crmsheet.match.names import person_level, word_level
from crmsheet.match.prepared import Codes, Column, distinct
from crmsheet.match.weights import Level, Levels, Truth
from crmsheet.match.words import words

MOST = 4
"""Words of a name; who has more is compared one by one."""


def people_levels(column: Column, ours: Codes, theirs: Codes) -> Levels:
    """How pairs of values that are not equal agree as names of people."""
    used, at = distinct(np.concatenate([ours, theirs]))
    values = column.values.take(pa.array(used))
    left, right = at[: len(ours)], at[len(ours) :]
    levels = np.full(len(ours), Level.different, np.int8)
    open_ = np.flatnonzero(~_settled(values, left, right, column.known))
    said = values.to_pylist()
    for place, one, other in zip(open_.tolist(), left[open_].tolist(), right[open_].tolist(), strict=True):
        levels[place] = person_level(said[one], said[other], column.known)
    return levels


def _settled(values: pa.Array, left: Codes, right: Codes, known: frozenset[str]) -> Truth:
    """The pairs of names that are surely different.

    A word of the shorter name agrees with none of the longer; the letters are not the same in another order; and no two
    words of the longer one can be a word of the shorter that was written apart, while all others agree.
    """
    vocabulary, parts = _parted(values)
    count = (parts >= 0).sum(axis=1)
    left, right = np.where(count[left] > count[right], right, left), np.where(count[left] > count[right], left, right)
    few, many = parts[left], parts[right]
    level = _word_levels(vocabulary, few, many, known)
    level[few < 0] = Level.same
    worst = level.max(axis=1)
    apart = count[right] != count[left]
    letters = letters_of(values)
    settled: Truth = (worst == Level.different) | (apart & (worst > Level.part))
    settled &= (letters[left] != letters[right]) & (count[right] <= MOST) & (count[left] > 0)
    settled &= ~((count[right] == count[left] + 1) & _written_apart(vocabulary, few, many, level > Level.part))
    return settled


def _written_apart(vocabulary: pa.Array, few: Codes, many: Codes, alone: Truth) -> Truth:
    """Whether two words of the one name may be the only word of the other that agrees with none."""
    first = np.append(_initials(vocabulary), -1)
    length = np.append(_lengths(vocabulary), 0)
    word = few[np.arange(len(few)), alone.argmax(axis=1)]
    long = (few >= 0) & (length[few] > 3)
    found: Truth = np.zeros(len(few), bool)
    for one, other in permutations(range(MOST), 2):
        begin, end = many[:, one], many[:, other]
        joined = length[begin] + length[end]
        near = abs(joined - length[word]) <= np.maximum(2, np.maximum(joined, length[word]) // 2)
        near |= length[word] == 1
        near &= (long & (first[few] == first[begin][:, None])).any(axis=1)
        at = np.flatnonzero(near & (begin >= 0) & (end >= 0) & ~found & (alone.sum(axis=1) <= 1))
        found[at] = _hopeful(*(vocabulary.take(pa.array(each[at])).to_pylist() for each in (word, begin, end)))
    return found


def _hopeful(word: list[str], begin: list[str], end: list[str]) -> Truth:
    """Whether a word may agree with two others written as one."""
    joined, nicknames = [one + other for one, other in zip(begin, end, strict=True)], words().nicknames
    length = [max(map(len, both)) for both in zip(word, joined, strict=True)]
    slips = cpdist(word, joined, scorer=OSA.distance)
    either = [len(one) == 1 or (one in nicknames and both in nicknames) for one, both in zip(word, joined, strict=True)]
    hope: Truth = (slips <= np.maximum(2, np.array(length, np.int64) // 2)) | np.array(either, bool)
    return hope


def _parted(values: pa.Array) -> tuple[pa.Array, Codes]:
    """The words of names, and for each name the places of its first words among them, -1 behind the last."""
    lists = pc.split_pattern(values, " ")
    coded = pc.list_flatten(lists).dictionary_encode()
    parents = pc.list_parent_indices(lists).to_numpy(zero_copy_only=False).astype(np.int64)
    starts = np.searchsorted(parents, np.arange(len(values)))
    place = np.arange(len(parents)) - starts[parents]
    parts = np.full((len(values), MOST + 1), -1)
    fit = place <= MOST
    parts[parents[fit], place[fit]] = coded.indices.to_numpy(zero_copy_only=False)[fit]
    return coded.dictionary, parts


def _word_levels(vocabulary: pa.Array, few: Codes, many: Codes, known: frozenset[str]) -> Levels:
    """For each word of the one names the best level that it has with a word of the other."""
    best = np.full(few.shape, Level.different, np.int8)
    cells = list(product(range(few.shape[1]), range(many.shape[1])))
    places = [np.flatnonzero((few[:, mine] >= 0) & (many[:, other] >= 0)) for mine, other in cells]
    ours = np.concatenate([few[at, mine] for at, (mine, _) in zip(places, cells, strict=True)])
    theirs = np.concatenate([many[at, other] for at, (_, other) in zip(places, cells, strict=True)])
    levels = np.split(_levels_of(vocabulary, ours, theirs, known), np.cumsum([len(at) for at in places])[:-1])
    for at, (mine, _), found in zip(places, cells, levels, strict=True):
        best[at, mine] = np.minimum(best[at, mine], found)
    return best


def _levels_of(vocabulary: pa.Array, ours: Codes, theirs: Codes, known: frozenset[str]) -> Levels:
    """Levels of pairs of words, each distinct pair compared once; words far apart not at all."""
    width = max(len(vocabulary), 1)
    pairs, where = distinct(np.minimum(ours, theirs) * width + np.maximum(ours, theirs))
    low, high = pairs // width, pairs % width
    one, other = (vocabulary.take(pa.array(each)).to_pylist() for each in (low, high))
    slips, length = cpdist(one, other, scorer=OSA.distance), _lengths(vocabulary)
    nicknames = pc.is_in(vocabulary, value_set=pa.array(sorted(words().nicknames), vocabulary.type))
    nick = nicknames.to_numpy(zero_copy_only=False).astype(bool)
    hope = (slips <= np.maximum(2, np.maximum(length[low], length[high]) // 2)) | (nick[low] & nick[high])
    initials = _initials(vocabulary)
    hope |= (np.minimum(length[low], length[high]) == 1) & (initials[low] == initials[high])
    levels = np.where(low == high, Level.same, Level.different).astype(np.int8)
    for place in np.flatnonzero(hope & (low != high)).tolist():
        levels[place] = word_level(one[place], other[place], known)
    return levels[where]


def _lengths(values: pa.Array) -> Codes:
    found: Codes = pc.utf8_length(values).to_numpy(zero_copy_only=False).astype(np.int64)
    return found


def _initials(values: pa.Array) -> Codes:
    """A number for the first letter of each value."""
    coded = pc.utf8_slice_codeunits(values, 0, 1).dictionary_encode()
    found: Codes = coded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    return found
