"""Candidate pairs: rows that share a rare key, or several commoner ones; never more for a row than it is worth."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from crmsheet.engine import Engine
from crmsheet.match.hashing import Hashes, mixed, repeated, scattered, texts
from crmsheet.match.keys import Key, blocking_keys, likenesses
from crmsheet.match.prepared import Codes, Prepared
from crmsheet.match.weights import Blocking, Positions, Truth, Weights

PAIRS = """
SELECT DISTINCT ours.row_ AS ours, theirs.row_ AS theirs
FROM match_keys AS ours JOIN match_keys AS theirs ON ours.code = theirs.code AND ours.row_ < theirs.row_
WHERE NOT $across OR ours.side <> theirs.side
ORDER BY ours, theirs
"""


@dataclass(frozen=True, slots=True)
class Groups:
    """Groups of rows that share something: the first `sizes[0]` of `rows` are one, the next `sizes[1]` another.

    `kinds` has a bit for each kind of what a group shares.
    """

    rows: Codes
    sizes: Codes
    kinds: Codes

    @classmethod
    def of(cls, key: Key) -> Groups:
        """The groups of two rows and more that share a value."""
        held = np.flatnonzero(repeated(key.codes))
        order = held[np.argsort(key.codes[held])]
        codes = key.codes[order]
        ends = np.append(np.flatnonzero(codes[1:] != codes[:-1]) + 1, len(codes)) if len(codes) else order
        sizes = np.diff(ends, prepend=0)
        return cls(key.rows[order], sizes, np.full(len(sizes), key.kinds)).where(sizes >= 2)

    @classmethod
    def all_of(cls, many: Iterable[Groups]) -> Groups:
        """All groups of several; those of the same rows are one, which shares what each of them shares."""
        found = list(many)
        parts = zip(*((each.rows, each.sizes, each.kinds) for each in found), strict=True)
        every = cls(*map(np.concatenate, parts)) if found else cls(*[np.zeros(0, np.int64)] * 3)
        if not len(every.sizes):
            return every
        marks = np.add.reduceat(scattered(every.rows.astype(np.uint64) + np.uint64(1)), every.starts())
        order = np.argsort(marks)
        first = np.flatnonzero(np.append(True, marks[order][1:] != marks[order][:-1]))
        kinds = every.kinds.copy()
        kinds[order[first]] = np.bitwise_or.reduceat(every.kinds[order], first)
        once = np.zeros(len(order), bool)
        once[order[first]] = True
        return cls(every.rows, every.sizes, kinds).where(once)

    def starts(self) -> Codes:
        """Where each group begins in `rows`."""
        return np.cumsum(self.sizes) - self.sizes

    def numbers(self) -> Codes:
        """For each of `rows` the number of its group."""
        return np.repeat(np.arange(len(self.sizes)), self.sizes)

    def where(self, keep: Truth) -> Groups:
        """The groups of a mask."""
        return Groups(self.rows[np.repeat(keep, self.sizes)], self.sizes[keep], self.kinds[keep])

    def up_to(self, most: int) -> Groups:
        """The groups of so many rows at most."""
        return self.where(self.sizes <= most)

    def above(self, most: int) -> Groups:
        """The groups of more rows."""
        return self.where(self.sizes > most)

    def only(self, keep: Truth) -> Groups:
        """The groups with those of their `rows` that a mask keeps."""
        sizes = np.bincount(self.numbers()[keep], minlength=len(self.sizes))
        return Groups(self.rows[keep], sizes, self.kinds).where(sizes >= 2)

    def paths(self, order: Codes) -> Groups:
        """Each row of a group with the next, by their places in an order."""
        by_order = np.lexsort((order[self.rows], self.numbers()))
        rows, last = self.rows[by_order], np.cumsum(self.sizes) - 1
        begins = np.setdiff1d(np.arange(len(rows)), last, assume_unique=True)
        pairs = np.stack([rows[begins], rows[begins + 1]], axis=1).ravel() if len(begins) else rows[:0]
        return Groups(pairs, np.full(len(begins), 2), np.repeat(self.kinds, self.sizes - 1))

    def parted(self, key: Dense) -> Groups:
        """The groups in which a value of another kind is shared too."""
        rest = self.where(self.kinds & key.kinds == 0)
        known = key.known[rest.rows]
        rows = rest.rows[known]
        numbers = rest.numbers()[known]
        found = Groups.of(Key(0, np.arange(len(rows)), mixed(numbers.astype(np.uint64), key.codes[rows])))
        return Groups(rows[found.rows], found.sizes, rest.kinds[numbers[found.rows[found.starts()]]] | key.kinds)


@dataclass(frozen=True, slots=True)
class Dense:
    """A key by row: its value, and whether there is one."""

    kinds: int
    codes: Hashes
    known: Truth

    @classmethod
    def of(cls, key: Key, count: int) -> Dense:
        """The key of a list of so many rows; of several values in a row, one."""
        codes, known = np.zeros(count, np.uint64), np.zeros(count, bool)
        codes[key.rows], known[key.rows] = key.codes, True
        return cls(key.kinds, codes, known)

    def beside(self, key: Key) -> Key:
        """The key of both: who shares it shares a value of each."""
        both = self.known[key.rows]
        rows = key.rows[both]
        return Key(key.kinds | self.kinds, rows, mixed(key.codes[both], self.codes[rows]))


def candidates(
    engine: Engine, prepared: Prepared, weights: Weights, *, across: bool = False
) -> tuple[Positions, Positions]:
    """Positions of the left and right row of each candidate pair, left before right, each pair once.

    With `across` only pairs of rows of different lists.
    """
    groups = within_budget(blocks(prepared, weights.blocking), len(prepared), weights.blocking.row)
    held = pd.DataFrame({"row_": groups.rows, "code": groups.numbers(), "side": prepared.side[groups.rows]})
    engine.read("match_keys", held)
    found = engine.sql(PAIRS, across=across)
    return found["ours"].to_numpy("int64"), found["theirs"].to_numpy("int64")


def blocks(prepared: Prepared, rules: Blocking) -> Groups:
    """The groups that share a key and are small enough; larger ones parted by the second keys, twice if need be.

    Rows that share an exact key with many are compared with one neighbour each all the same, those alike in everything
    with one another: so copies without number are found.
    """
    keys, count = blocking_keys(prepared), len(prepared)
    second = [Dense.of(keys[name], count) for name in rules.second if name in keys]
    exact, loose = (
        Groups.all_of(
            Groups.of(_together([keys[each] for each in names], count)) for names in of if {*names} <= {*keys}
        )
        for of in (rules.exact, rules.loose)
    )
    few = max(rules.few, rules.small // max(count, 1))
    most = max(rules.most, few)
    found = [exact.up_to(most), loose.up_to(few)]
    if len(exact.above(most).sizes):
        crowds = exact.above(most)
        found.append(crowds.paths(_order(prepared, crowds.rows)))
    large = Groups.all_of([exact.above(most), loose.above(few)]).up_to(max(rules.parted, count // rules.worth))
    for size in (min(2 * few, most), most):
        every = Groups.all_of(large.parted(each) for each in second)
        found.append(every.up_to(size))
        large = every.above(size)
    return Groups.all_of(found)


def _order(prepared: Prepared, rows: Codes) -> Codes:
    """The place of each of these rows in an order in which rows alike in everything stand together."""
    rows = np.unique(rows)
    keys = texts(pa.array([prepared.keys[row] for row in rows.tolist()], pa.large_string()))
    order = np.lexsort((keys, likenesses(prepared, rows)))
    places = np.zeros(len(prepared), np.int64)
    places[rows[order]] = np.arange(len(order))
    return places


def _together(keys: list[Key], count: int) -> Key:
    """One key of several: all values must be shared. Only the first may hold several values per row."""
    first, *others = keys
    for each in others:
        first = Dense.of(each, count).beside(first)
    return first


def within_budget(groups: Groups, count: int, most: int) -> Groups:
    """The groups with rows taken out of their largest ones, so that none has more than `most` partners in all."""
    partners = np.repeat(groups.sizes - 1, groups.sizes)
    over = (np.bincount(groups.rows, partners, minlength=count) > most)[groups.rows]
    at = np.flatnonzero(over)
    if not len(at):
        return groups
    at = at[np.lexsort((partners[at], groups.rows[at]))]
    rows, few = groups.rows[at], partners[at]
    total = np.cumsum(few)
    begin = np.flatnonzero(np.append(True, rows[1:] != rows[:-1]))
    total -= np.repeat((total - few)[begin], np.diff(np.append(begin, len(rows))))
    last = np.flatnonzero(np.append((rows[1:] != rows[:-1]) | (few[1:] != few[:-1]), True))
    total = np.repeat(total[last], np.diff(np.append(-1, last)))  # groups of one size stay or go together
    keep = np.ones(len(groups.rows), bool)
    keep[at[total > most]] = False
    return groups.only(keep)
