"""Hashes of texts by which those that differ by a slip, in order or in spelling still meet; all values at once.

A hash depends on the text alone, never on the place of its row. Two texts share one by chance once in 2 ** 64.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from crmsheet.match.pinyin import usual

if TYPE_CHECKING:
    import pyarrow as pa

Hashes = npt.NDArray[np.uint64]
Places = npt.NDArray[np.int64]
Characters = npt.NDArray[np.uint32]

LONGEST = 40
"""Characters of a text that are looked at."""
CHUNK = 8_192
"""Texts at a time, which fit into the memory that is near."""
_HAN = 0x3400
"""Where Chinese characters begin; Hangul stands behind them."""
_ODD = np.uint64(0x9E3779B97F4A7C15)
_BASE = 0xD6E8FEB86659FD93
_INVERSE = np.uint64(pow(_BASE, -1, 2**64))
_POWERS = np.array([pow(_BASE, each, 2**64) for each in range(LONGEST + 1)], np.uint64)
_CONSONANTS = {letter: group for group, of in enumerate(("bfpv", "cgjkqsxz", "dt", "l", "mn", "r"), 1) for letter in of}


def mixed(one: Hashes, other: Hashes) -> Hashes:
    """A hash of both, in this order."""
    return scattered(one * _ODD + other)


def scattered(of: npt.NDArray[np.uint64]) -> Hashes:
    """Numbers that lie near each other far apart (the end of SplitMix64)."""
    of = (of ^ (of >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    of = (of ^ (of >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    found: Hashes = of ^ (of >> np.uint64(31))
    return found


def repeated(of: Hashes) -> npt.NDArray[np.bool_]:
    """Which numbers may occur more than once; most hashes do not, and need no sorting to tell."""
    width = min(max(10, 2 + len(of).bit_length()), _BUCKETS)
    bucket = ((of * _ODD) >> np.uint64(64 - width)).astype(np.int64)
    last, places = np.zeros(1 << width, np.int32), np.arange(len(of), dtype=np.int32)
    last[bucket] = places
    several = np.zeros(1 << width, bool)
    several[bucket[last[bucket] != places]] = True
    found: npt.NDArray[np.bool_] = several[bucket]
    return found


_BUCKETS = 24
"""Bits of the numbers that are looked at, to keep memory flat."""


def slips(values: pa.Array) -> tuple[Places, Hashes]:
    """Each text with its hash, and with that of each text that is left when one character is taken out.

    Two texts share one where they differ by one character more, less, or another, or by two neighbours turned round
    (after Bocek, Hunt and Stiller, Fast Similarity Search in Large Dictionaries, 2007). Short texts have their own.
    """
    places, hashes = [], []
    for held, characters in _chunks(values):
        length = (characters > 0).sum(axis=1)
        terms = characters * _POWERS[: characters.shape[1]]
        until = np.cumsum(terms, axis=1, dtype=np.uint64)
        whole = until[:, -1:]
        without = (until - terms) + (whole - until) * _INVERSE
        twice = np.zeros(characters.shape, bool)
        twice[:, :-1] = characters[:, :-1] == characters[:, 1:]  # either of two alike leaves the same
        long = length >= np.where((characters >= _HAN).any(axis=1), 3, 5)
        at, taken = np.nonzero((characters > 0) & ~twice & long[:, None])
        places += [held, held[at]]
        hashes += [whole[:, 0], without[at, taken]]
    return _together(places, hashes)


def texts(values: pa.Array) -> Hashes:
    """The hash of each text."""
    found = np.zeros(len(values), np.uint64)
    for held, characters in _chunks(values):
        found[held] = (characters * _POWERS[: characters.shape[1]]).sum(axis=1, dtype=np.uint64)
    return found


def kinds_of_characters(values: pa.Array) -> Hashes:
    """For each text a bit for each of 64 kinds of characters that stand in it."""
    found = np.zeros(len(values), np.uint64)
    for held, characters in _chunks(values):
        bits = np.uint64(1) << (scattered(characters.astype(np.uint64)) >> np.uint64(58))
        found[held] = np.bitwise_or.reduce(np.where(characters > 0, bits, np.uint64(0)), axis=1)
    return found


def anagrams(values: pa.Array) -> tuple[Places, Hashes]:
    """Each text with the hash of its letters in any order, Chinese characters by the letters of their sound.

    So 王伟, 汪伟, Wang Wei and WeiWang share one.
    """
    places, hashes = [], []
    for held, characters in _chunks(values):
        total = _looked_up(characters, _letters).sum(axis=1, dtype=np.uint64)
        at = np.flatnonzero(total)
        places.append(held[at])
        hashes.append(total[at])
    return _together(places, hashes)


def letters_of(values: pa.Array) -> Hashes:
    """The hash of the letters of each text in any order; 0 where it has none."""
    places, hashes = anagrams(values)
    found = np.zeros(len(values), np.uint64)
    found[places] = hashes
    return found


def sounds(values: pa.Array) -> tuple[Places, Hashes]:
    """Each text of Latin letters with the hash of its consonants in any order, those that sound alike as one.

    The groups are those of Soundex. Texts of fewer than four consonants have none: too many would share it.
    """
    places, hashes = [], []
    for held, characters in _chunks(values):
        group = _looked_up(characters, _consonant)
        group[:, 1:][group[:, 1:] == group[:, :-1]] = 0  # ll is heard as l
        total = np.where(group > 0, scattered(group), np.uint64(0)).sum(axis=1, dtype=np.uint64)
        at = np.flatnonzero((group > 0).sum(axis=1) >= 4)
        places.append(held[at])
        hashes.append(total[at])
    return _together(places, hashes)


def _chunks(values: pa.Array) -> Iterator[tuple[Places, Characters]]:
    """Texts of about one length at a time: their places, and each as a row of code points, 0 behind its end."""
    texts = np.array(values.to_pylist(), object)
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    order = np.argsort(lengths, kind="stable")
    for begin in range(0, len(order), CHUNK):
        held = order[begin : begin + CHUNK]
        longest = min(LONGEST, int(lengths[held[-1]]))
        if longest:
            yield held, texts[held].astype(f"U{longest}").view(np.uint32).reshape(len(held), longest)


def _together(places: list[Places], hashes: list[Hashes]) -> tuple[Places, Hashes]:
    if not places:
        return np.zeros(0, np.int64), np.zeros(0, np.uint64)
    return np.concatenate(places), np.concatenate(hashes)


def _looked_up(characters: Characters, weigh: Callable[[str], int]) -> Hashes:
    """The weight of each character, asked once for each that occurs."""
    seen = np.zeros(int(characters.max()) + 1, bool)
    seen[characters] = True
    table = np.zeros(len(seen), np.uint64)
    for point in np.flatnonzero(seen).tolist():
        table[point] = weigh(chr(point)) % 2**64 if point else 0
    found: Hashes = table[characters]
    return found


@lru_cache(maxsize=65_536)
def _letters(character: str) -> int:
    """The sum of the weights of a character's letters; those of the usual sound for a Chinese one."""
    spoken = usual(character) or character
    return sum(int(each) for each in scattered(np.array([ord(one) for one in spoken if one != " "], np.uint64)))


def _consonant(character: str) -> int:
    return _CONSONANTS.get(character, 0)
