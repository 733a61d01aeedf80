"""What is worked out of names once for a table: how frequent their words are, and their letters in another script."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from crmsheet.match.hashing import slips
from crmsheet.match.words import words

Counts = npt.NDArray[np.int64]

_BACKING = 500
"""Rows that world knowledge counts for beside the book's own."""
UNSEEN, MADE_UP = 0.5, 0.05
"""Of those, the ones that hold a word which looks unique here: one person in a thousand, one firm in ten thousand."""
_INITIAL = 0.08
"""Of all names, those that begin with a given letter: about one in twelve."""
_COMMON = 0.01
"""Of all names of firms, those with a given word of a trade or a place, at least."""
_SMALLEST = 100
"""Names of the smallest book: fewer tell nothing of how frequent a word is."""
_NAMES = 3
"""Rows that are called by a word which is a name, and no slip of the pen."""
_LISTED = 10
"""So many times as often a word of a trade is met as in this book: one slip from it lies no other word."""
_SLIPS = 100
"""Holders of a word among whom one slips in the same way: one in ten slips, in one of some ten letters."""


def frequencies(
    values: pa.Array, counts: Counts, *, pair: int, unseen: float
) -> tuple[npt.NDArray[np.float64], frozenset[str]]:
    """Of each value, how many others hold it if its words were dealt out by chance; and the words that are names.

    Stefan is frequent and Günther is frequent, so two of 10,000 rows are called Stefan Günther without being one.
    `counts` are of the rows that hold each value; of the holders of a word the `pair` that is compared is taken off,
    and `unseen` are added.
    """
    number = max(_SMALLEST, int(counts.sum()))
    parents, codes, found = _words(values)
    holders = np.bincount(codes, weights=counts[parents], minlength=len(found))
    share = (np.maximum(0, holders - pair) + unseen) / (number + _BACKING)
    initial = pc.match_substring_regex(found, r"^[^\p{Han}]$").to_numpy(zero_copy_only=False).astype(bool)
    share[initial] = _INITIAL
    common = pc.is_in(found, value_set=pa.array(sorted(words().common), found.type)).to_numpy(zero_copy_only=False)
    share[common.astype(bool)] = np.maximum(share[common.astype(bool)], _COMMON)
    bits = np.bincount(parents, weights=np.log2(share)[codes], minlength=len(values))
    several = holders >= _NAMES
    holders[common.astype(bool)] *= _LISTED
    found, holders = found.filter(pa.array(several)), holders[several]
    if (holders > _SLIPS * _NAMES).any():
        names = holders * _SLIPS > _neighbours(found, holders)
        found = found.filter(pa.array(names))
    return number * np.exp2(bits), frozenset(found.to_pylist())


def _neighbours(found: pa.Array, holders: Counts) -> Counts:
    """How many hold the most frequent word that lies one slip from each word, or the word itself.

    Among 3,000 called Elite several are written Ellite, which is no name for all that.
    """
    places, hashes = slips(found)
    order = np.lexsort((places, hashes))
    starts = np.flatnonzero(np.append(True, np.diff(hashes[order]) > 0)) if len(order) else order
    most = holders.copy()
    if len(order):
        sizes = np.diff(np.append(starts, len(order)))
        np.maximum.at(most, places[order], np.repeat(np.maximum.reduceat(holders[places[order]], starts), sizes))
    return most


def given_names(values: pa.Array, written: pa.Array) -> pa.Array:
    """The first name in each name of two words and more, where another word is none; null where that is not clear.

    Who marries keeps it: Emma Clark is Emma Hughes, while two of one house share the other word. `written` are the same
    names in the order of their words: Martin is a first name only where it is seldom the last one.
    """
    lists = pc.split_pattern(values, " ")
    parents = pc.list_parent_indices(lists).to_numpy(zero_copy_only=False)
    each = pc.list_flatten(lists)
    usual = pc.is_in(each, value_set=_in_front(written))
    first, known = (
        pc.fill_null(mask, False).to_numpy(zero_copy_only=False).astype(bool)
        for mask in (usual, pc.is_in(each, value_set=pa.array(sorted(words().given_names), each.type)))
    )
    long = pc.fill_null(pc.greater(pc.utf8_length(each), 1), False).to_numpy(zero_copy_only=False).astype(bool)
    count, others = (np.bincount(parents[held], minlength=len(values)) for held in (known & first, long & ~first))
    clear = (count[parents] == 1) & (others[parents] > 0) & known & first
    out = np.full(len(values), -1)
    out[parents[clear]] = np.flatnonzero(clear)
    return each.take(pa.array(out, mask=out < 0))


def _in_front(written: pa.Array) -> pa.Array:
    """The first names that seldom stand where this book has surnames."""
    said = pa.array(sorted(words().given_names), written.type)
    lists = pc.split_pattern_regex(pc.utf8_lower(pc.drop_null(written)), r"\s+")
    lists = lists.filter(pc.greater(pc.list_value_length(lists), 1))
    place = pc.index_in(pc.list_flatten(lists), said).fill_null(-1).to_numpy(zero_copy_only=False)
    last = np.cumsum(pc.list_value_length(lists).to_numpy(zero_copy_only=False)) - 1
    behind = np.bincount(place[last][place[last] >= 0], minlength=len(said))
    every = np.bincount(place[place >= 0], minlength=len(said))
    if behind.sum() * 2 > every.sum():  # a book of surnames in front
        behind = every - behind
    return said.filter(pa.array((every > 0) & (behind * _SELDOM <= every)))


_SELDOM = 5
"""One in so many names is written the other way round, at most."""


def of_either_sex(values: pa.Array) -> pa.Array:
    """The names with a short form that stands for several: Pat is Patrick or Patricia; null for all others."""
    short = "|".join(sorted(word for word, groups in words().nicknames.items() if len(groups) > 1))
    return pc.if_else(pc.match_substring_regex(values, rf"\b(?:{short})\b"), values, None)


def _words(values: pa.Array) -> tuple[Counts, Counts, pa.Array]:
    """The words of each value: the value's place, the word's, and the words; a Chinese name has two, or its trades."""
    said = words()
    apart = pc.replace_substring_regex(values, f"^({said.surname})(\\p{{Han}}{{1,2}})$", r"\1 \2")
    trades = "|".join(sorted(said.trades, key=lambda each: (-len(each), each)))
    apart = pc.replace_substring_regex(apart, trades, r" \0")
    lists = pc.split_pattern(pc.utf8_trim_whitespace(apart), " ")
    coded = pc.list_flatten(lists).dictionary_encode()
    parents = pc.list_parent_indices(lists).to_numpy(zero_copy_only=False).astype(np.int64)
    return parents, coded.indices.to_numpy(zero_copy_only=False).astype(np.int64), coded.dictionary
