"""What people decided about pairs: honoured, and never asked again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crmsheet.match.clusters import Pair

Decision = tuple[str, str, str]
"""Two keys, and `same` or `different`."""


@dataclass(frozen=True, slots=True)
class Decided:
    """Decisions as pairs of positions, the smaller first."""

    same: frozenset[Pair]
    different: frozenset[Pair]


def decided(decisions: Iterable[Decision], keys: Sequence[str]) -> Decided:
    """The decisions on rows that are there; a key that several rows hold stands for each of them.

    Raises:
        ValueError: a decision is neither `same` nor `different`.
    """
    all_said = list(decisions)
    places: dict[str, list[int]] = {}
    for place, key in enumerate(keys if all_said else ()):
        if key:
            places.setdefault(key, []).append(place)
    found: dict[str, set[Pair]] = {"same": set(), "different": set()}
    for left, right, verdict in all_said:
        if verdict not in found:
            raise ValueError(f"{left}, {right}: {verdict}")
        pairs = ((a, b) for a in places.get(left, ()) for b in places.get(right, ()) if a != b)
        found[verdict].update((min(pair), max(pair)) for pair in pairs)
    return Decided(frozenset(found["same"]), frozenset(found["different"]))
