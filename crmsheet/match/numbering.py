"""Numbers of clusters and entities that stay the same when a sheet is sorted."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from crmsheet.match.duplicates import Matches

_DIGITS = re.compile(r"(\d+)")

Order = tuple[tuple[int, int, str], ...]


def natural(text: str) -> Order:
    """What texts are sorted by, so that C2 comes before C10."""
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in _DIGITS.split(text) if part)


def numbered(matches: Matches, names: Mapping[int, str]) -> tuple[dict[int, int], dict[int, int]]:
    """Row -> number of its cluster, and of its entity, both from 1 in the order of their first names.

    `names` tells rows apart whatever their order: keys, or what the rows say.
    """
    rows = matches.clusters["row_"].tolist()
    cluster, entity = (_numbers(rows, matches.clusters[name].tolist(), names) for name in ("cluster", "entity"))
    return cluster, entity


def _numbers(rows: Sequence[int], groups: Sequence[int], names: Mapping[int, str]) -> dict[int, int]:
    first: dict[int, Order] = {}
    for row, group in zip(rows, groups, strict=True):
        name = natural(names[row])
        first[group] = min(first.get(group, name), name)
    # Groups of which the rows say the same are told apart by where they stand: nothing else tells them apart.
    number = {group: at for at, group in enumerate(sorted(first, key=lambda each: (first[each], each)), 1)}
    return {row: number[group] for row, group in zip(rows, groups, strict=True)}
