"""Candidate pairs that may reach review, compared; most share a key and nothing else, and are given up early."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from crmsheet.match.called import called
from crmsheet.match.lookups import Compared, commoner
from crmsheet.match.prepared import Bag, Codes, Prepared
from crmsheet.match.scoring import Comparer, against_strangers, bits_of, by_kind, comparers, weight_of
from crmsheet.match.weights import Bits, Level, Levels, Positions, Truth, Weights

DEAR = ("contact", "email", "address")
"""Comparisons that cost much, and are made only of those whose names leave hope."""
_ROUNDED = 0.001
"""Weights are rounded to this."""


@dataclass(frozen=True, slots=True)
class Lot:
    """Pairs with what they were compared by so far; `bits` of the rest are the best that it could bring."""

    at: Positions
    left: Positions
    right: Positions
    compared: Mapping[str, Compared]
    bits: Mapping[str, Bits]

    def where(self, keep: Truth) -> Lot:
        """The pairs of a mask."""
        compared = {name: each.where(keep) for name, each in self.compared.items()}
        bits = {name: each[keep] for name, each in self.bits.items()}
        return Lot(self.at[keep], self.left[keep], self.right[keep], compared, bits)

    def by(self, prepared: Prepared, makers: Mapping[str, Comparer], names: Iterable[str], weights: Weights) -> Lot:
        """The pairs with more comparisons made."""
        rows = max(len(prepared), weights.smallest_book)
        people = prepared.person[self.left] & prepared.person[self.right]
        found = {name: makers[name](self.left, self.right) for name in names}
        bits = {name: bits_of(weights, name, each, people, rows) for name, each in found.items()}
        return Lot(self.at, self.left, self.right, {**self.compared, **found}, {**self.bits, **bits})


def hopeful(
    prepared: Prepared, left: Positions, right: Positions, weights: Weights, always: Truth
) -> tuple[Positions, Mapping[str, Compared]]:
    """The places of the pairs that may reach review and of those of a mask, and all that they were compared by.

    The cheap comparisons are made first; a pair is given up as soon as the best that the rest could bring would not be
    enough.
    """
    makers = comparers(prepared)
    dear = [name for name in DEAR if name in makers]
    cheap = [name for name in makers if name not in ("name", *DEAR)]
    hopes = {name: _hope(prepared, name, left, right, weights) for name in ("name", *dear)}
    lot = Lot(np.arange(len(left)), left, right, {}, hopes).by(prepared, makers, cheap, weights)
    enough = weights.review - _ROUNDED
    bound = against_strangers(prepared, by_kind(weights, lot.bits), weights)
    lot = lot.where((bound >= enough) | always[lot.at]).by(prepared, makers, ["name"], weights)
    bound = weight_of(prepared, lot.left, lot.right, lot.compared["name"].levels, lot.bits, weights)
    lot = lot.where((bound >= enough) | always[lot.at]).by(prepared, makers, dear, weights)
    return lot.at, {name: lot.compared[name] for name in makers}


def _hope(prepared: Prepared, name: str, left: Positions, right: Positions, weights: Weights) -> Bits:
    """The best that a comparison may bring."""
    rows = max(len(prepared), weights.smallest_book)
    people = prepared.person[left] & prepared.person[right]
    if name == "name":
        full = prepared.columns["full"].codes
        return bits_of(weights, name, called(prepared, left, right, _best(full[left], full[right])), people, rows)
    held = prepared.bags.get(name) or prepared.columns[name]
    if isinstance(held, Bag):
        several = np.bincount(held.rows, minlength=len(prepared)) > 1
        levels = _best(held.first[left], held.first[right])
        levels[(levels == Level.variant) & (several[left] | several[right])] = Level.same
        holders = np.zeros(len(left), np.int64)
    else:
        levels, holders = _best(held.codes[left], held.codes[right]), commoner(held, left, right)
    return bits_of(weights, name, Compared(levels, holders), people, rows)


def _best(ours: Codes, theirs: Codes) -> Levels:
    """The best level that two values can have."""
    known = (ours >= 0) & (theirs >= 0)
    return np.select([known & (ours == theirs), known], [Level.same, Level.variant], Level.missing).astype(np.int8)
