"""Finding duplicates: candidate pairs, their weight and band, and the groups they make."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crmsheet.core.book import Table
from crmsheet.core.context import Context
from crmsheet.core.schema import TableSchema
from crmsheet.engine import Engine
from crmsheet.match.blocking import candidates
from crmsheet.match.clusters import Pair, components, members, without_contradiction
from crmsheet.match.decisions import Decided, Decision, decided
from crmsheet.match.prepared import Prepared, prepare
from crmsheet.match.scoring import Scored, score
from crmsheet.match.weights import Positions, Weights, weights

if TYPE_CHECKING:
    import numpy.typing as npt

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
    engine: Engine, table: Table, schema: TableSchema, context: Context, decisions: Iterable[Decision] = ()
) -> Matches:
    """The duplicates of a table whose relation the engine holds under its name; retired rows take no part.

    `schema` and `context` are those of the table and the run; nothing of them changes the weights yet.
    """
    del schema, context
    live = engine.sql(f"SELECT row_ FROM {table.name} WHERE active_ ORDER BY row_")["row_"].to_numpy("int64")
    keys = table.keys()
    prepared = prepare(table.values.loc[live], keys.loc[live].tolist())
    return match(engine, prepared, weights(), decided(decisions, prepared.keys), table.name)


def match(engine: Engine, prepared: Prepared, rules: Weights, said: Decided, table: str = "") -> Matches:
    """The duplicates among prepared rows."""
    left, right = candidates(engine, prepared, rules)
    left, right = _with(left, right, said.same, len(prepared))
    scored = score(prepared, left, right, rules)
    scored = scored.where((scored.weight >= rules.review) | _in(scored, said.same))
    scored = scored.where(~_in(scored, said.different))
    sure = _links(prepared, scored, rules, said)
    return _matches(prepared, scored, sure, table)


def _with(left: Positions, right: Positions, more: Iterable[Pair], count: int) -> tuple[Positions, Positions]:
    """The pairs and more of them, each once."""
    extra = np.array(sorted(more), np.int64).reshape(-1, 2)
    coded = np.unique(np.concatenate([left * count + right, extra[:, 0] * count + extra[:, 1]]))
    return coded // max(count, 1), coded % max(count, 1)


def _in(scored: Scored, pairs: frozenset[Pair]) -> npt.NDArray[np.bool_]:
    if not pairs:
        return np.zeros(len(scored.left), bool)
    found = [pair in pairs for pair in zip(scored.left.tolist(), scored.right.tolist(), strict=True)]
    return np.array(found, bool)


def _links(prepared: Prepared, scored: Scored, rules: Weights, said: Decided) -> frozenset[Pair]:
    """The sure links that no contradiction inside their group takes away."""
    sure = _pairs(scored.where(scored.sure)) | said.same
    groups = members(components(len(prepared), sure))
    huge = {row for group in groups if len(group) > LARGEST for row in group}
    sure = {pair for pair in sure if pair[0] not in huge}
    inner = [pair for group in groups if 2 < len(group) <= LARGEST for pair in combinations(group, 2)]
    ours, theirs = _with(np.zeros(0, np.int64), np.zeros(0, np.int64), inner, len(prepared))
    within = score(prepared, ours, theirs, rules)
    apart = (_pairs(within.where(within.contradiction)) - said.same) | said.different
    return frozenset(without_contradiction(len(prepared), sure, apart))


def _pairs(scored: Scored) -> set[Pair]:
    return set(zip(scored.left.tolist(), scored.right.tolist(), strict=True))


def _matches(prepared: Prepared, scored: Scored, sure: frozenset[Pair], table: str) -> Matches:
    is_sure = _in(scored, sure)
    rows = prepared.rows
    pairs = pd.DataFrame(
        {
            "left_row": rows[scored.left],
            "right_row": rows[scored.right],
            "weight": scored.weight,
            "band": pd.array(np.where(is_sure, "sure", "review"), dtype="str"),
        }
    )
    cluster = components(len(prepared), _pairs(scored))
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
