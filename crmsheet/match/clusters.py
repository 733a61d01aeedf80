"""Groups of linked rows: which are one customer, which perhaps; no contradiction inside a sure group."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

import numpy as np

from crmsheet.match.weights import Positions

Pair = tuple[int, int]


def components(count: int, pairs: Iterable[Pair]) -> Positions:
    """The smallest member of each row's group, for rows 0 to `count`; a row without a link is its own group."""
    ends = np.fromiter(chain.from_iterable(pairs), np.int64).reshape(-1, 2).T
    groups = np.arange(count)
    while True:
        smallest = groups[ends].min(axis=0)
        before = groups.copy()
        for each in groups[ends]:
            np.minimum.at(groups, each, smallest)
        while not np.array_equal(groups, above := groups[groups]):
            groups = above
        if np.array_equal(groups, before):
            return groups


def members(groups: Positions) -> list[list[int]]:
    """The groups of two rows and more, each sorted."""
    found: dict[int, list[int]] = {}
    for row in np.flatnonzero(np.bincount(groups, minlength=len(groups))[groups] > 1).tolist():
        found.setdefault(int(groups[row]), []).append(row)
    return list(found.values())


def without_contradiction(count: int, sure: Iterable[Pair], apart: Iterable[Pair]) -> list[Pair]:
    """The sure links that stand, whatever the order of the rows.

    Where A and C contradict and both are linked to B, nobody knows whose B is: both links go to review. A group that
    still holds a contradiction, over a longer chain, loses all its links.
    """
    found = sorted({(min(pair), max(pair)) for pair in sure})
    foes = [*apart]
    groups = components(count, found)
    doubtful = {int(groups[left]) for left, right in foes if groups[left] == groups[right]}
    if not doubtful:
        return found
    free: list[Pair] = []
    links: list[Pair] = []
    for pair in found:
        (links if int(groups[pair[0]]) in doubtful else free).append(pair)
    return sorted([*free, *_clear(count, links, foes)])


def _clear(count: int, links: list[Pair], apart: list[Pair]) -> list[Pair]:
    """The links of groups that hold a contradiction that stand."""
    enemies: dict[int, set[int]] = {}
    for left, right in apart:
        enemies.setdefault(left, set()).add(right)
        enemies.setdefault(right, set()).add(left)
    links = [pair for pair in links if pair[1] not in enemies.get(pair[0], ())]
    friends: dict[int, set[int]] = {}
    for left, right in links:
        friends.setdefault(left, set()).add(right)
        friends.setdefault(right, set()).add(left)
    nobody: set[int] = set()
    clear = [
        (left, right)
        for left, right in links
        if not (enemies.get(left, nobody) & friends[right] or enemies.get(right, nobody) & friends[left])
    ]
    groups = components(count, clear)
    torn = {int(groups[left]) for left, foes in enemies.items() for right in foes if groups[left] == groups[right]}
    return [(left, right) for left, right in clear if int(groups[left]) not in torn]
