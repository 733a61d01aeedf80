"""Groups against networkx, and the weight of a pair against a slow, obvious twin."""

from __future__ import annotations

import math
import random

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmsheet.match.clusters import components, members, without_contradiction
from crmsheet.match.weights import Level, weights
from tests.unit.match.books import found_in, strangers, table

COUNT = 12
PAIRS = st.lists(
    st.tuples(st.integers(0, COUNT - 1), st.integers(0, COUNT - 1)).filter(lambda pair: pair[0] != pair[1]), max_size=30
)


@given(PAIRS)
def test_components_are_those_of_networkx(pairs: list[tuple[int, int]]) -> None:
    graph = nx.Graph()
    graph.add_nodes_from(range(COUNT))
    graph.add_edges_from(pairs)
    expected = {node: min(part) for part in nx.connected_components(graph) for node in part}
    found = components(COUNT, pairs)
    assert dict(enumerate(found.tolist())) == expected
    parts = sorted(sorted(part) for part in nx.connected_components(graph) if len(part) > 1)
    assert sorted(members(found)) == parts


@given(PAIRS, PAIRS, st.randoms(use_true_random=False))
def test_no_contradiction_is_left_and_the_order_does_not_matter(
    sure: list[tuple[int, int]], apart: list[tuple[int, int]], dice: random.Random
) -> None:
    kept = without_contradiction(COUNT, sure, apart)
    graph = nx.Graph(kept)
    for left, right in apart:
        assert not (left in graph and right in graph and nx.has_path(graph, left, right))
    assert {frozenset(pair) for pair in kept} <= {frozenset(pair) for pair in sure}
    shuffled = [pair[::-1] for pair in dice.sample(sure, len(sure))]
    assert without_contradiction(COUNT, shuffled, dice.sample(apart, len(apart))) == kept
    if not any(nx.has_path(nx.Graph(sure), *pair) for pair in apart if set(pair) <= set(nx.Graph(sure))):
        assert {frozenset(pair) for pair in kept} == {frozenset(pair) for pair in sure}


@given(
    st.sampled_from(sorted(weights().comparisons)),
    st.sampled_from(list(Level)),
    st.integers(1, 60),
    st.integers(100, 10**6),
)
def test_bits_are_those_of_the_formula(name: str, level: Level, holders: int, rows: int) -> None:
    rule = weights().comparisons[name]
    found = rule.bits(np.array([level], np.int8), np.array([holders]), rows)[0]
    same = min(rule.most, math.log2((rows + rule.backing) / (rule.shared + max(0, holders - 2))))
    if level in (Level.same, Level.variant, Level.close, Level.part):
        assert found == pytest.approx(max(rule.least, same - rule.less.get(level.name, 0)))
    else:
        assert found == rule.against.get(level.name, 0)


def test_every_pair_found_by_comparing_all_with_all_is_found_by_blocking() -> None:
    """Blocking may lose pairs, but none that agree on an identifier or a name: here it loses none."""
    rows = strangers(60, 3, hard=False)
    copies = [{**row, "customer_id": f"C{place}", "address": None} for place, row in enumerate(rows[:20])]
    matches = found_in(table([*rows, *copies]))
    found = {frozenset(pair) for pair in zip(matches.pairs["left_row"], matches.pairs["right_row"], strict=True)}
    assert {frozenset((place + 2, place + 62)) for place in range(20)} <= found
