"""Groups of linked rows: which are one customer, which perhaps; no contradiction inside a sure group."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from crmsheet.match.weights import Positions

Pair = tuple[int, int]


def components(count: int, pairs: Iterable[Pair]) -> Positions:
    """The smallest member of each row's group, for rows 0 to `count`; a row without a link is its own group."""
    parent: dict[int, int] = {}  # only rows with a link: most rows of a book have none

    def root(of: int) -> int:
        above = parent.setdefault(of, of)
        while above != of:
            parent[of] = parent[above]
            of, above = above, parent[above]
        return of

    for left, right in pairs:
        ours, theirs = root(left), root(right)
        if ours != theirs:
            parent[max(ours, theirs)] = min(ours, theirs)
    groups = np.arange(count)
    for each in list(parent):
        groups[each] = root(each)
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
    links = sorted({(min(pair), max(pair)) for pair in sure})
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
