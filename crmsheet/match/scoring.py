"""Weights and bands of pairs: evidence added up by kind, and the guards of a sure pair."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

import numpy as np

from crmsheet.match.called import compare_names
from crmsheet.match.comparisons import (
    compare_bags,
    compare_choices,
    compare_days,
    compare_numbers,
    compare_places,
    compare_words,
)
from crmsheet.match.lookups import Compared, clash
from crmsheet.match.mailboxes import compare_mailboxes
from crmsheet.match.people import compare_people
from crmsheet.match.prepared import Prepared
from crmsheet.match.weights import AGREEING, Bits, Level, Levels, Positions, Truth, Weights

BAGS = {
    "uscc": True,
    "id_number": True,
    "wechat": False,
    "qq": False,
    "website": False,
}
"""Comparisons of cells with several values, and whether one slip of typing is looked for."""
WORDS = ("city", "province", "postal_code")
VETOES = ("uscc", "id_number", "birthday", "gender")
"""Where a plain difference contradicts: a customer has one of these."""
DIFFERS = (Level.different, Level.conflict)
Comparer: TypeAlias = Callable[[Positions, Positions], Compared]


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

    @classmethod
    def all_of(cls, many: Sequence[Scored]) -> Scored:
        """The pairs of several lots of one table, one after the other."""
        if len(many) == 1:
            return many[0]
        return cls(
            np.concatenate([each.left for each in many]),
            np.concatenate([each.right for each in many]),
            np.concatenate([each.weight for each in many]),
            np.concatenate([each.sure for each in many]),
            np.concatenate([each.contradiction for each in many]),
            np.concatenate([each.people for each in many]),
            {name: Compared.all_of([each.compared[name] for each in many]) for name in many[0].compared},
            {name: np.concatenate([each.bits[name] for each in many]) for name in many[0].bits},
        )

    def where(self, keep: Truth | Positions) -> Scored:
        """The pairs of a mask or of places."""
        compared = {name: each.where(keep) for name, each in self.compared.items()}
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
    compared = {name: of(left, right) for name, of in comparers(prepared).items()}
    return weighed(prepared, left, right, compared, weights)


def weighed(
    prepared: Prepared, left: Positions, right: Positions, compared: Mapping[str, Compared], weights: Weights
) -> Scored:
    """The pairs that were compared, with what that weighs."""
    people = prepared.person[left] & prepared.person[right]
    rows = max(len(prepared), weights.smallest_book)
    bits = {name: bits_of(weights, name, each, people, rows) for name, each in compared.items()}
    names = compared["name"].levels
    given = _Given.of(prepared, left, right)
    houses = ~people & np.isin(names, AGREEING)
    weight = np.round(weight_of(prepared, left, right, names, bits, weights), 3)
    contradiction = _contradicts(compared, people) | (~people & clash(prepared.columns["note"], left, right))
    proven = _proven(weights, compared, bits, people, given)
    two = _two_contacts(compared) | (houses & _elsewhere(compared, prepared.columns["office"].codes[left] >= 0))
    sure = (weight >= weights.sure) & proven & ~contradiction & ~two
    return Scored(left, right, weight, sure, contradiction, people, compared, bits)


def weight_of(
    prepared: Prepared, left: Positions, right: Positions, names: Levels, bits: Mapping[str, Bits], weights: Weights
) -> Bits:
    """What all bits weigh together, with the names at these levels; it never falls when any of the bits grows."""
    people = prepared.person[left] & prepared.person[right]
    full = prepared.columns["full"].codes
    kinds = by_kind(weights, bits)
    strangers = against_strangers(prepared, kinds, weights)
    one_nameless = (full[left] < 0) != (full[right] < 0)
    other_script = (names == Level.missing) & (full[left] >= 0)
    differs = np.isin(names, (Level.near, *DIFFERS)) & ~_one_given_name(prepared, left, right)
    kin = differs | one_nameless | other_script
    houses = ~people & np.isin(names, AGREEING)
    related = np.select([kin, houses], [_against_kin(weights, kinds, people), _against_houses(weights, kinds)], np.inf)
    least: Bits = np.minimum(strangers, related)
    return least


def against_strangers(prepared: Prepared, kinds: Mapping[str, Bits], weights: Weights) -> Bits:
    """The weight against the explanation that two who share something are strangers."""
    return weights.prior(len(prepared)) + sum(kinds.values(), np.zeros(len(kinds["name"])))


@dataclass(frozen=True, slots=True)
class _Given:
    """Of the given names of pairs: whether they are the same, and short for several names."""

    same: Truth
    short: Truth

    @classmethod
    def of(cls, prepared: Prepared, left: Positions, right: Positions) -> _Given:
        """What is known of the given names of these pairs."""
        return cls(_one_given_name(prepared, left, right), prepared.columns["either"].codes[left] >= 0)


def _one_given_name(prepared: Prepared, left: Positions, right: Positions) -> Truth:
    """Whether the given names are known and the same: who marries keeps it, and no two of a family share it."""
    same: Truth = np.zeros(len(left), bool)
    for name in ("given", "first"):
        codes = prepared.columns[name].codes
        same |= (codes[left] == codes[right]) & (codes[left] >= 0)
    return same


def _against_kin(weights: Weights, kinds: Mapping[str, Bits], people: Truth) -> Bits:
    """The weight against the other explanation of all that two share who are called differently: one house.

    Families share address, telephone and mailbox, firms of one owner or one bookkeeper their contact too; nothing of
    that tells whether they are one.
    """
    ours, theirs = weights.kin.people, weights.kin.firms
    said = [
        np.minimum(bits, np.where(people, ours.get(kind, np.inf), theirs.get(kind, np.inf)))
        for kind, bits in kinds.items()
    ]
    return float(np.log2(weights.expected / weights.kin.expected)) + sum(said, np.zeros(len(kinds["name"])))


def _against_houses(weights: Weights, kinds: Mapping[str, Bits]) -> Bits:
    """The weight against the other explanation of two firms of one name: two houses of one firm."""
    said = [bits for kind, bits in kinds.items() if kind != "name"]
    return float(np.log2(weights.expected / weights.houses)) + sum(said, np.zeros(len(kinds["name"])))


def comparers(prepared: Prepared) -> dict[str, Comparer]:
    """Every comparison, for the columns that hold anything."""
    columns, bags = prepared.columns, prepared.bags
    found: dict[str, Comparer] = {"name": partial(compare_names, prepared)}
    for name in WORDS:
        if len(columns[name].values):
            found[name] = partial(compare_words, columns[name])
    if len(columns["gender"].values):
        found["gender"] = partial(compare_choices, columns["gender"])
    if len(columns["birthday"].values):
        found["birthday"] = partial(compare_days, columns["birthday"])
    for name, slips in BAGS.items():
        if len(bags[name].rows):
            found[name] = partial(compare_bags, bags[name], slips=slips)
    for name in ("mobile", "landline"):
        if len(bags[name].rows):
            found[name] = partial(compare_numbers, bags[name], bags[f"{name}_end"])
    if len(bags["email"].rows):
        found["email"] = partial(compare_mailboxes, bags["email"])
    if len(columns["address"].values):
        found["address"] = partial(compare_places, columns["address"])
    if len(columns["contact"].values):
        found["contact"] = partial(compare_people, columns["contact"])
    return found


def bits_of(weights: Weights, name: str, compared: Compared, people: Truth, rows: int) -> Bits:
    """What the levels of a comparison are worth; `people` tells the pairs of two people, `rows` those of the table."""
    if name != "name":
        return weights.comparisons[name].bits(compared.levels, compared.holders, rows, compared.chance)
    said = compared.levels, compared.holders, rows, compared.chance
    person = weights.comparisons["person"].bits(*said)
    company = weights.comparisons["company"].bits(*said)
    return np.where(people, person, company)


def by_kind(weights: Weights, bits: Mapping[str, Bits]) -> dict[str, Bits]:
    """Bits of each kind: the heaviest in full, the rest as an echo, for and against apart."""
    kinds: dict[str, list[Bits]] = {}
    for name in sorted(bits):
        pro, con = ("name", "name") if name == "name" else weights.comparisons[name].kinds
        kinds.setdefault(pro, []).append(np.maximum(bits[name], 0))
        kinds.setdefault(f"-{con}", []).append(np.maximum(-bits[name], 0))
    heard = {kind: _heard(each, weights.echo) for kind, each in sorted(kinds.items())}
    return {kind: -each if kind.startswith("-") else each for kind, each in heard.items()}


def _heard(each: Sequence[Bits], echo: float) -> Bits:
    if len(each) == 1:
        return each[0]
    most = np.max(each, axis=0)
    heard: Bits = most + echo * (np.sum(each, axis=0) - most)
    return heard


def _contradicts(compared: Mapping[str, Compared], people: Truth) -> Truth:
    """Whether something says that they are two, whatever else agrees."""
    name = compared["name"].levels
    out: Truth = (name == Level.conflict) | (people & (name == Level.different))
    for each in VETOES:
        if each in compared:
            out = out | np.isin(compared[each].levels, (Level.near, *DIFFERS))
    return out


def _two_contacts(compared: Mapping[str, Compared]) -> Truth:
    """Whether another contact with another mobile stands there: perhaps one customer, but not one record.

    A mobile that differs by a digit is a slip only where the contact does not differ.
    """
    out = np.ones(len(compared["name"].levels), bool)
    for name, levels in (("contact", (Level.near, *DIFFERS)), ("mobile", (Level.close, Level.near, *DIFFERS))):
        out &= np.isin(compared[name].levels, levels) if name in compared else False
    return out


def _elsewhere(compared: Mapping[str, Compared], office: Truth) -> Truth:
    """Whether firms of one name have another city, address or contact, and nothing in common that tells houses apart.

    Two houses of one firm share its telephone, its website and the mailbox of its `office`. A mobile, a messenger or
    somebody's own mailbox goes with the firm that moves (two of them to another city), unless the contact is another.
    """
    nowhere = np.zeros(len(office), bool)

    def of(levels: tuple[Level, ...], *names: str) -> Truth:
        each = [np.isin(compared[name].levels, levels) for name in names if name in compared]
        found: Truth = np.any([nowhere, *each], axis=0)
        return found

    differs = (Level.near, *DIFFERS)
    stays = of(AGREEING, "address", "contact", "uscc", "id_number")
    own = of(AGREEING, "mobile") + of(AGREEING, "wechat", "qq").astype(int) + (of(AGREEING, "email") & ~office)
    moves = (own > of(DIFFERS, "city")) & ~of(DIFFERS, "contact")
    two: Truth = of(differs, "city", "address", "contact") & ~stays & ~moves
    return two


def _proven(
    weights: Weights, compared: Mapping[str, Compared], bits: Mapping[str, Bits], people: Truth, given: _Given
) -> Truth:
    """Whether the guards of a sure pair hold, contradictions apart.

    Under one roof people share the surname: a slip in it is no danger where the given names are the same. That they are
    is not known of two called Pat, who may be Patrick and Patricia. Twins have one birthday, and not one given name.
    """
    guards = weights.guards
    level = compared["name"].levels
    pairs = len(level)
    kinds = _proofs(weights, compared, bits)
    number = sum((each.astype(int) for each in kinds.values()), np.zeros(pairs, int))
    born = _any_exact(compared, guards.close_enough_with, pairs)
    close, part = level == Level.close, level == Level.part
    needed = np.select(
        [
            np.isin(level, (Level.same, Level.variant)) | (close & given.same),
            close | (part & born & given.same),
            part | (level == Level.missing),
        ],
        [guards.after_same_name, guards.after_close_name, guards.after_partial_name],
        99,
    )
    slip = people & ((close & ~given.same & ~born) | (given.short & (level <= Level.close)))
    needed[slip & ~_any_of(kinds, guards.personal, pairs)] = 99
    identified = _any_of(kinds, guards.identifying, pairs) & ~np.isin(level, DIFFERS)
    proven: Truth = (number >= needed) | (close & born & (number >= 1)) | identified
    return proven


def _proofs(weights: Weights, compared: Mapping[str, Compared], bits: Mapping[str, Bits]) -> dict[str, Truth]:
    """Of which kinds something counts as a proof."""
    kinds: dict[str, Truth] = {}
    for name, each in compared.items():
        if name == "name" or not weights.comparisons[name].proves:
            continue
        counts = bits[name] >= weights.guards.counts_from
        if weights.comparisons[name].count == "names":
            counts &= each.holders <= weights.guards.proof_names
        if name == "landline" and "address" in compared:  # two houses of one firm share a switchboard
            counts &= ~np.isin(compared["address"].levels, (Level.near, Level.different))
        kind = weights.comparisons[name].kind
        kinds[kind] = kinds.get(kind, np.zeros(len(counts), bool)) | counts
    return kinds


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
