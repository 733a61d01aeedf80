"""Weights and bands of pairs: evidence added up by kind, and the guards of a sure pair."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from crmsheet.match.comparisons import (
    Compared,
    Truth,
    compare_bags,
    compare_days,
    compare_names,
    compare_people,
    compare_places,
    compare_words,
)
from crmsheet.match.prepared import Prepared
from crmsheet.match.weights import Bits, Level, Positions, Weights

BAGS = {
    "uscc": True,
    "id_number": True,
    "mobile": True,
    "landline": True,
    "email": True,
    "wechat": False,
    "qq": False,
    "website": False,
}
"""Comparisons of cells with several values, and whether one slip of typing is looked for."""
WORDS = ("city", "province", "postal_code", "gender")
VETOES = ("uscc", "id_number", "birthday", "gender")
"""Where a plain difference contradicts: a customer has one of these."""
DIFFERS = (Level.different, Level.conflict)


@dataclass(frozen=True, slots=True)
class Scored:
    """Pairs with their evidence: `weight` in bits above even odds; `compared` and `bits` by comparison."""

    left: Positions
    right: Positions
    weight: Bits
    sure: Truth
    contradiction: Truth
    people: Truth
    compared: Mapping[str, Compared]
    bits: Mapping[str, Bits]

    def where(self, keep: Truth | Positions) -> Scored:
        """The pairs of a mask or of places."""
        compared = {name: Compared(each.levels[keep], each.holders[keep]) for name, each in self.compared.items()}
        bits = {name: each[keep] for name, each in self.bits.items()}
        return Scored(
            self.left[keep],
            self.right[keep],
            self.weight[keep],
            self.sure[keep],
            self.contradiction[keep],
            self.people[keep],
            compared,
            bits,
        )


def score(prepared: Prepared, left: Positions, right: Positions, weights: Weights) -> Scored:
    """Compares and weighs pairs of positions."""
    names, people = compare_names(prepared, left, right)
    compared = {"name": names, **_compare(prepared, left, right)}
    rows = max(len(prepared), weights.smallest_book)
    bits = {name: _bits(weights, name, each, people, rows) for name, each in compared.items()}
    kinds = _by_kind(weights, bits)
    weight = np.round(weights.prior(len(prepared)) + sum(kinds.values(), np.zeros(len(left))), 3)
    contradiction = _contradicts(compared, people)
    proven = _proven(weights, compared, bits)
    sure = (weight >= weights.sure) & proven & ~contradiction & ~_two_contacts(compared)
    return Scored(left, right, weight, sure, contradiction, people, compared, bits)


def _compare(prepared: Prepared, left: Positions, right: Positions) -> dict[str, Compared]:
    """Every comparison but that of the names, for the columns that hold anything."""
    columns, bags = prepared.columns, prepared.bags
    found = {
        name: compare_bags(bags[name], left, right, slips=slips) for name, slips in BAGS.items() if len(bags[name].rows)
    }
    found |= {name: compare_words(columns[name], left, right) for name in WORDS if len(columns[name].values)}
    if len(columns["contact"].values):
        found["contact"] = compare_people(columns["contact"], left, right)
    if len(columns["birthday"].values):
        found["birthday"] = compare_days(columns["birthday"], left, right)
    if len(columns["address"].values):
        found["address"] = compare_places(columns["address"], left, right)
    return found


def _bits(weights: Weights, name: str, compared: Compared, people: Truth, rows: int) -> Bits:
    if name != "name":
        return weights.comparisons[name].bits(compared.levels, compared.holders, rows)
    person = weights.comparisons["person"].bits(compared.levels, compared.holders, rows)
    company = weights.comparisons["company"].bits(compared.levels, compared.holders, rows)
    return np.where(people, person, company)


def _by_kind(weights: Weights, bits: Mapping[str, Bits]) -> dict[str, Bits]:
    """Bits of each kind: the heaviest in full, the rest as an echo, for and against apart."""
    kinds: dict[str, list[Bits]] = {}
    for name in sorted(bits):
        kind = "name" if name == "name" else weights.comparisons[name].kind
        kinds.setdefault(kind, []).append(bits[name])
    return {kind: _heard(np.stack(each), weights.echo) for kind, each in sorted(kinds.items())}


def _heard(stack: npt.NDArray[np.float64], echo: float) -> Bits:
    pro, con = np.maximum(stack, 0), np.minimum(stack, 0)
    most, least = pro.max(axis=0), con.min(axis=0)
    heard: Bits = most + echo * (pro.sum(axis=0) - most) + least + echo * (con.sum(axis=0) - least)
    return heard


def _contradicts(compared: Mapping[str, Compared], people: Truth) -> Truth:
    """Whether something says that they are two, whatever else agrees."""
    name = compared["name"].levels
    out: Truth = (name == Level.conflict) | (people & (name == Level.different))
    for each in VETOES:
        if each in compared:
            out = out | np.isin(compared[each].levels, DIFFERS)
    return out


def _two_contacts(compared: Mapping[str, Compared]) -> Truth:
    """Whether another contact with another mobile stands there: perhaps one customer, but not one record.

    A mobile that differs by a digit is a slip only where the contact does not differ.
    """
    out = np.ones(len(compared["name"].levels), bool)
    for name, levels in (("contact", (Level.near, *DIFFERS)), ("mobile", (Level.close, Level.near, *DIFFERS))):
        out &= np.isin(compared[name].levels, levels) if name in compared else False
    return out


def _proven(weights: Weights, compared: Mapping[str, Compared], bits: Mapping[str, Bits]) -> Truth:
    """Whether the guards of a sure pair hold, contradictions apart."""
    guards = weights.guards
    level = compared["name"].levels
    pairs = len(level)
    kinds: dict[str, Truth] = {}
    for name, each in compared.items():
        if name == "name":
            continue
        kind = weights.comparisons[name].kind
        by_names = weights.comparisons[name].count == "names"
        few = each.holders <= guards.proof_names if by_names else np.ones(pairs, bool)
        counts = (bits[name] >= guards.counts_from) & few
        kinds[kind] = kinds.get(kind, np.zeros(pairs, bool)) | counts
    number = sum((each.astype(int) for each in kinds.values()), np.zeros(pairs, int))
    needed = np.select(
        [
            np.isin(level, (Level.same, Level.variant)),
            level == Level.close,
            np.isin(level, (Level.part, Level.missing)),
        ],
        [guards.after_same_name, guards.after_close_name, guards.after_partial_name],
        99,
    )
    close_enough = (level == Level.close) & _any_exact(compared, guards.close_enough_with, pairs)
    identified = _any_of(kinds, guards.identifying, pairs) & ~np.isin(level, DIFFERS)
    proven: Truth = (number >= needed) | (close_enough & (number >= 1)) | identified
    return proven


def _any_exact(compared: Mapping[str, Compared], names: tuple[str, ...], pairs: int) -> Truth:
    out = np.zeros(pairs, bool)
    for name in names:
        out |= compared[name].levels == Level.same if name in compared else False
    return out


def _any_of(kinds: Mapping[str, Truth], names: tuple[str, ...], pairs: int) -> Truth:
    out = np.zeros(pairs, bool)
    for name in names:
        out |= kinds.get(name, False)
    return out
