"""Finding duplicates: candidate pairs, their weight and band, and the groups they make."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from crmsheet.core.book import Table
from crmsheet.core.context import Context
from crmsheet.core.schema import Schema
from crmsheet.engine import Engine
from crmsheet.match.blocking import candidates
from crmsheet.match.clusters import Pair, components, members
from crmsheet.match.decisions import Decided, Decision, apart, decided, sure_links, where_merged
from crmsheet.match.hopeful import hopeful
from crmsheet.match.listing import columns_of, comparables, listed
from crmsheet.match.prepared import Prepared, prepare
from crmsheet.match.scoring import Scored, score, weighed
from crmsheet.match.weights import Positions, Truth, Weights, weights

CHUNK = 500_000
"""Pairs that are compared at a time, to keep memory flat."""
LARGEST = 200
"""Rows of a group whose pairs are all compared with one another; a larger one is never sure."""


@dataclass(frozen=True, slots=True)
class Matches:
    """What was found in a table.

    `pairs`     left_row, right_row (sheet rows, left smaller), weight (bits above even odds), band (sure, review)
    `clusters`  row_, cluster (linked by sure or review), entity (linked by sure), band and weight of the row's best
                link; a group is named by its smallest sheet row; only rows with a link
    `scored`    the same pairs with their evidence, by position in `prepared`
    """

    table: str
    pairs: pd.DataFrame
    clusters: pd.DataFrame
    scored: Scored
    prepared: Prepared

    def entities(self) -> list[list[int]]:
        """The sheet rows of each customer that stands there more than once, sorted."""
        found: dict[int, list[int]] = {}
        for row, entity in zip(self.clusters["row_"], self.clusters["entity"], strict=True):
            found.setdefault(int(entity), []).append(int(row))
        return [sorted(rows) for _, rows in sorted(found.items()) if len(rows) > 1]


def find_duplicates(
    engine: Engine, table: Table, schema: Schema, context: Context, decisions: Iterable[Decision] = ()
) -> Matches:
    """The duplicates of a table whose relation the engine holds under its name; retired rows take no part."""
    live = engine.sql(f"SELECT row_ FROM {table.name} WHERE active_ ORDER BY row_")["row_"].to_numpy("int64")
    keys = table.keys()
    words = comparables(schema)
    values = listed(table, words, columns_of(table, words, {}), context)
    prepared = prepare(values.loc[live], keys.loc[live].tolist())
    known = tuple(decisions)
    said = decided(known, prepared.keys, where_merged(table) if known else {})
    return match(engine, prepared, weights(), said, table.name)


def pair_of(prepared: Prepared, left: int, right: int, rules: Weights) -> Scored:
    """The evidence of one pair of positions, whether anything made it a candidate or not; the smaller comes first."""
    return score(prepared, np.array([min(left, right)]), np.array([max(left, right)]), rules)


def match(
    engine: Engine, prepared: Prepared, rules: Weights, said: Decided, table: str = "", *, across: bool = False
) -> Matches:
    """The duplicates among prepared rows; with `across` only those between rows of different lists."""
    left, right = _with(*candidates(engine, prepared, rules, across=across), said.same, len(prepared))
    scored = _worth_review(prepared, left, right, rules, said)
    scored = scored.where(~_in(scored.left, scored.right, said.different))
    sure = _links(prepared, scored, rules, said)
    scored = scored.where(~apart(scored.left, scored.right, components(len(prepared), sure), said))
    return _matches(prepared, scored, sure, table)


def _worth_review(prepared: Prepared, left: Positions, right: Positions, rules: Weights, said: Decided) -> Scored:
    """The pairs that reach review, and those that somebody linked; some at a time, for most do not."""
    found = []
    for begin in range(0, max(len(left), 1), CHUNK):
        ours, theirs = left[begin : begin + CHUNK], right[begin : begin + CHUNK]
        linked = _in(ours, theirs, said.same)
        at, compared = hopeful(prepared, ours, theirs, rules, linked)
        scored = weighed(prepared, ours[at], theirs[at], compared, rules)
        found.append(scored.where((scored.weight >= rules.review) | linked[at]))
    return Scored.all_of(found)


def _with(left: Positions, right: Positions, more: Iterable[Pair], count: int) -> tuple[Positions, Positions]:
    """The pairs and more of them, each once and in order."""
    extra = np.array(sorted(more), np.int64).reshape(-1, 2)
    if not len(extra):
        return left, right
    coded = np.sort(np.concatenate([left * count + right, extra[:, 0] * count + extra[:, 1]]))
    coded = coded[np.append(True, coded[1:] != coded[:-1])]
    return coded // count, coded % count


def _in(left: Positions, right: Positions, pairs: frozenset[Pair]) -> Truth:
    if not pairs:
        return np.zeros(len(left), bool)
    found = [pair in pairs for pair in zip(left.tolist(), right.tolist(), strict=True)]
    return np.array(found, bool)


def _links(prepared: Prepared, scored: Scored, rules: Weights, said: Decided) -> frozenset[Pair]:
    """The sure links that no contradiction inside their group takes away."""
    sure = _pairs(scored.where(scored.sure))
    groups = members(components(len(prepared), sure | said.same))
    huge = {row for group in groups if len(group) > LARGEST for row in group}
    sure = {pair for pair in sure if pair[0] not in huge}
    inner = [pair for group in groups if 2 < len(group) <= LARGEST for pair in combinations(group, 2)]
    foes: set[Pair] = set()
    if inner:
        ours, theirs = _with(np.zeros(0, np.int64), np.zeros(0, np.int64), inner, len(prepared))
        within = score(prepared, ours, theirs, rules)
        foes = _pairs(within.where(within.contradiction))
    return sure_links(len(prepared), sure, foes, said)


def _pairs(scored: Scored) -> set[Pair]:
    return set(zip(scored.left.tolist(), scored.right.tolist(), strict=True))


def _matches(prepared: Prepared, scored: Scored, sure: frozenset[Pair], table: str) -> Matches:
    is_sure = _in(scored.left, scored.right, sure)
    rows = prepared.rows
    pairs = pd.DataFrame(
        {
            "left_row": rows[scored.left],
            "right_row": rows[scored.right],
            "weight": scored.weight,
            "band": pd.array(np.where(is_sure, "sure", "review"), dtype="str"),
        }
    )
    cluster = components(len(prepared), zip(scored.left.tolist(), scored.right.tolist(), strict=True))
    entity = components(len(prepared), sure)
    best = np.full(len(prepared), -np.inf)
    certain = np.zeros(len(prepared), bool)
    for side in (scored.left, scored.right):
        np.maximum.at(best, side, scored.weight)
        certain[side[is_sure]] = True
    linked = np.flatnonzero(best > -np.inf)
    clusters = pd.DataFrame(
        {
            "row_": rows[linked],
            "cluster": rows[cluster[linked]],
            "entity": rows[entity[linked]],
            "band": pd.array(np.where(certain[linked], "sure", "review"), dtype="str"),
            "weight": best[linked],
        }
    )
    return Matches(table, pairs, clusters, scored, prepared)
