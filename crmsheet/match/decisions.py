"""What people decided about pairs: honoured, and never asked again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from crmsheet.match.clusters import Pair, components, without_contradiction

if TYPE_CHECKING:
    import numpy.typing as npt

    from crmsheet.core.book import Table
    from crmsheet.match.weights import Positions

SAME, DIFFERENT, LATER = "same", "different", "later"
VERDICTS = (SAME, DIFFERENT, LATER)
BOTH = "*"
"""In the place of a key in `Decision.fields`: the values of both records survive."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody said of two customers, named by their keys: `same`, `different`, or `later` (not yet).

    `who` said it and `at` which time (ISO), '' where that is not known. `fields` names, for a merge, the record whose
    value survives in a field, by its key, or BOTH.
    """

    left: str
    right: str
    verdict: str
    who: str = ""
    at: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)

    @property
    def pair(self) -> tuple[str, str]:
        """The two keys, the smaller first."""
        return min(self.left, self.right), max(self.left, self.right)


@dataclass(frozen=True, slots=True)
class Decided:
    """Decisions as pairs of positions, the smaller first."""

    same: frozenset[Pair] = frozenset()
    different: frozenset[Pair] = frozenset()
    later: frozenset[Pair] = frozenset()


def standing(decisions: Iterable[Decision]) -> dict[tuple[str, str], Decision]:
    """The decision that holds for each pair of keys: the last one."""
    return {each.pair: each for each in decisions}


def followed(
    decisions: Iterable[Decision], living: Collection[str], into: Mapping[str, str]
) -> dict[tuple[str, str], Decision]:
    """The standing decisions on customers as they are now: one that was merged is the customer it went into.

    `living` are the keys of the customers that are there, `into` says where each of the others went. What was said of
    two that have become one by now has no part in it.
    """
    moved = (
        replace(each, left=survivor_of(each.left, living, into), right=survivor_of(each.right, living, into))
        for each in decisions
    )
    return standing(each for each in moved if each.left != each.right)


def survivor_of(key: str, living: Collection[str], into: Mapping[str, str]) -> str:
    """The key of the customer that a merged one has become, at the end of the chain; any other key as it is."""
    way = [key]
    while way[-1] not in living and way[-1] in into and into[way[-1]] not in way:
        way.append(into[way[-1]])
    return way[-1] if way[-1] in living else key


def where_merged(table: Table) -> dict[str, str]:
    """The key of each merged customer of a table -> that of the one it went into, where that is clear."""
    found: dict[str, set[str]] = {}
    into = table.values["merged_into"].astype("str").fillna("").tolist() if "merged_into" in table.values else []
    for key, target in zip(table.keys().tolist() if into else [], into, strict=True):
        if key and target:
            found.setdefault(key, set()).add(target)
    return {key: next(iter(targets)) for key, targets in found.items() if len(targets) == 1}


def decided(
    decisions: Iterable[Decision], keys: Sequence[str], into: Mapping[str, str] = MappingProxyType({})
) -> Decided:
    """The decisions on rows that are there, by their keys; `into` says where merged customers went.

    Of a key that several rows hold nobody knows which is meant: it is the same as no other, and each of its rows
    differs from what it differs from.
    """
    said = list(decisions)
    if not said:
        return Decided()
    places: dict[str, list[int]] = {}
    for place, key in enumerate(keys):
        if key:
            places.setdefault(key, []).append(place)
    found: dict[str, set[Pair]] = {verdict: set() for verdict in VERDICTS}
    for (left, right), each in followed(said, places, into).items():
        pairs = [(a, b) for a in places.get(left, ()) for b in places.get(right, ())]
        if each.verdict != SAME or len(pairs) == 1:
            found[each.verdict].update((min(pair), max(pair)) for pair in pairs)
    return Decided(*(frozenset(found[verdict]) for verdict in VERDICTS))


def sure_links(count: int, sure: Iterable[Pair], contradicting: Iterable[Pair], said: Decided) -> frozenset[Pair]:
    """The sure links that stand among `count` rows: those that were decided, then those that contradict nothing.

    Rows that were decided to be one customer are taken as one row, so no contradiction parts them, but what is linked
    to them may contradict them. Only decisions that contradict one another undo one another. What was put off is no
    more sure than what was decided to differ.
    """
    parted = {*contradicting, *said.different, *said.later}
    if not said.same:
        return frozenset(without_contradiction(count, sure, parted))
    firm = frozenset(without_contradiction(count, said.same, said.different))
    one = components(count, firm).tolist()

    def joined(pair: Pair) -> Pair:
        left, right = one[pair[0]], one[pair[1]]
        return min(left, right), max(left, right)

    foes = {two for pair in parted if (two := joined(pair))[0] != two[1]}
    links = {pair: joined(pair) for pair in sure}
    free = set(without_contradiction(count, (two for two in links.values() if two[0] != two[1]), foes))
    return firm | {pair for pair, two in links.items() if two in free or two[0] == two[1]}


def apart(left: Positions, right: Positions, entity: Positions, said: Decided) -> npt.NDArray[np.bool_]:
    """Which pairs are of two customers of whom somebody said that they differ; `entity` is the customer of each row."""
    if not said.different:
        return np.zeros(len(left), bool)
    pairs = ((int(entity[a]), int(entity[b])) for a, b in said.different)
    known = {(min(pair), max(pair)) for pair in pairs}
    ours, theirs = entity[left], entity[right]
    found = zip(np.minimum(ours, theirs).tolist(), np.maximum(ours, theirs).tolist(), strict=True)
    return np.array([pair in known for pair in found], bool)


def contradicting(count: int, said: Decided) -> list[Pair]:
    """The pairs that were decided to differ although a chain of decisions makes them the same."""
    one = components(count, said.same)
    return sorted(pair for pair in said.different if one[pair[0]] == one[pair[1]])
