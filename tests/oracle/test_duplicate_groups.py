"""What the groups of a whole list say, against networkx and against comparing all with all."""

from __future__ import annotations

from itertools import combinations

import networkx as nx
import numpy as np
import pytest

from crmsheet.match.decisions import Decision
from crmsheet.match.duplicates import Matches
from crmsheet.match.scoring import score
from crmsheet.match.weights import weights
from tests.properties.drawn_customers import doubled, groups_by_key, matched, pairs_by_key, prepared_of

SEEDS = (1, 2, 3, 4)


def graph_of(matches: Matches, bands: set[str]) -> nx.Graph:
    """The links of these bands between sheet rows."""
    pairs = matches.pairs[matches.pairs["band"].isin(bands)]
    return nx.Graph(zip(pairs["left_row"].tolist(), pairs["right_row"].tolist(), strict=True))


@pytest.mark.parametrize("seed", SEEDS)
def test_groups_are_the_components_of_the_links(seed: int) -> None:
    matches = matched(doubled(seed, 150)[0])
    for column, bands in (("cluster", {"sure", "review"}), ("entity", {"sure"})):
        graph = graph_of(matches, bands)
        named = {row: min(part) for part in nx.connected_components(graph) for row in part}
        found = dict(zip(matches.clusters["row_"].tolist(), matches.clusters[column].tolist(), strict=True))
        assert {row: named.get(row, row) for row in found} == found
        assert set(named) <= set(found)
    assert set(graph_of(matches, {"sure", "review"})) == set(matches.clusters["row_"].tolist())
    assert sorted(matches.entities()) == sorted(
        sorted(part) for part in nx.connected_components(graph_of(matches, {"sure"}))
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_band_and_weight_of_a_row_are_those_of_its_best_link(seed: int) -> None:
    matches = matched(doubled(seed, 150)[0])
    for row, band, weight in matches.clusters[["row_", "band", "weight"]].itertuples(index=False, name=None):
        pairs = matches.pairs
        mine = pairs[(pairs["left_row"] == row) | (pairs["right_row"] == row)]
        assert weight == mine["weight"].max()
        assert band == ("sure" if (mine["band"] == "sure").any() else "review")


@pytest.mark.parametrize("seed", SEEDS)
def test_no_two_that_contradict_share_a_customer(seed: int) -> None:
    """All pairs inside a customer, also those that nothing linked, are scored again."""
    matches = matched(doubled(seed, 150, share=0.8)[0])
    place = {row: at for at, row in enumerate(matches.prepared.rows.tolist())}
    inside = [pair for group in matches.entities() for pair in combinations(group, 2)]
    assert len(inside) > 20
    left, right = (np.array([place[row] for row in side]) for side in zip(*inside, strict=True))
    assert not score(matches.prepared, left, right, weights()).contradiction.any()


@pytest.mark.parametrize("seed", SEEDS)
def test_blocking_loses_no_sure_pair_and_few_for_review(seed: int) -> None:
    rows, truth = doubled(seed, 150, share=0.6)
    prepared = prepared_of(rows)
    left, right = np.triu_indices(len(rows), 1)
    everything = score(prepared, left, right, weights())
    found = pairs_by_key(matched(rows))
    key = prepared.keys
    sure, asked, true_lost = set(), set(), 0
    for place in np.flatnonzero(everything.weight >= weights().review).tolist():
        pair = frozenset((key[left[place]], key[right[place]]))
        asked.add(pair)
        if everything.sure[place]:
            sure.add(pair)
        true_lost += truth[left[place]] == truth[right[place]] and pair not in found
    assert len(sure) > 30
    assert sure <= set(found)
    assert len(asked - set(found)) <= 0.05 * len(asked)
    assert true_lost <= 1


@pytest.mark.parametrize("seed", SEEDS)
def test_what_was_decided_different_is_never_one_customer_and_never_asked(seed: int) -> None:
    rows = doubled(seed, 150, share=0.8)[0]
    before = pairs_by_key(matched(rows))
    apart = [
        sorted(pair) for pair, (_, band) in sorted(before.items(), key=lambda each: sorted(each[0])) if band == "sure"
    ]
    said = [Decision(left, right, "different") for left, right in apart[::3]]
    assert len(said) > 10
    matches = matched(rows, said)
    assert not {frozenset((each.left, each.right)) for each in said} & set(pairs_by_key(matches))
    for group in groups_by_key(matches, "entity"):
        assert not any({each.left, each.right} <= group for each in said)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_was_decided_same_is_one_customer_whatever_the_evidence(seed: int) -> None:
    rows = doubled(seed, 120)[0]
    keys = [row["key"] for row in rows]
    said = [Decision(left, right, "same") for left, right in zip(keys[:40:4], keys[2:42:4], strict=True)]
    groups = groups_by_key(matched(rows, said), "entity")
    for each in said:
        assert any({each.left, each.right} <= group for group in groups)
