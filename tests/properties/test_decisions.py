"""Laws of decisions: lines are read as they were written, and what was decided holds in every group."""

from __future__ import annotations

import networkx as nx
from hypothesis import given
from hypothesis import strategies as st

from crmsheet.match.decision_lines import line_of, parse
from crmsheet.match.decisions import VERDICTS, Decided, Decision, sure_links

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12).map(str.strip)
KEYS = TEXTS.filter(bool)
FIELDS = st.dictionaries(KEYS, KEYS, max_size=3)
DECISIONS = st.builds(
    lambda keys, *rest: Decision(*keys, *rest),
    st.lists(KEYS, min_size=2, max_size=2, unique=True),
    st.sampled_from(VERDICTS),
    TEXTS,
    TEXTS,
    FIELDS,
)
ROWS = 7
PAIRS = st.frozensets(
    st.tuples(st.integers(0, ROWS - 1), st.integers(0, ROWS - 1)).filter(lambda pair: pair[0] < pair[1]), max_size=8
)


@given(st.lists(DECISIONS, max_size=5), st.sampled_from(["\n", "\r\n", "\r"]))
def test_lines_are_read_as_they_were_written(decisions, end):
    text = "".join(line_of(each) + end for each in decisions)
    assert parse(text) == (tuple(decisions), ())


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_every_line_is_a_decision_a_comment_or_told(text):
    decisions, unread = parse(text)
    said = [
        each
        for each in text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
        if each.strip()
    ]
    assert len(decisions) + len(unread) == sum(not each.lstrip().startswith(("#", "＃")) for each in said)


@given(PAIRS, PAIRS, PAIRS, PAIRS, PAIRS)
def test_decisions_hold_in_every_group(sure, contradicting, same, different, later):
    said = Decided(same - different, different, later - same - different)
    links = sure_links(ROWS, sure - different, contradicting, said)
    graph = _graph(links)
    assert not any(nx.has_path(graph, *pair) for pair in said.different)
    decided_graph = _graph(said.same)
    for pair in said.same:
        group = nx.node_connected_component(decided_graph, pair[0])
        torn = any(left in group and right in group for left, right in said.different)
        assert torn or pair in links
    # What nobody decided is together only where nothing contradicts, but for what decisions made one customer.
    for pair in contradicting | said.later:
        if nx.has_path(graph, *pair):
            assert nx.has_path(decided_graph, *pair)
    assert links <= sure | said.same


def _graph(links):
    graph = nx.Graph(links)
    graph.add_nodes_from(range(ROWS))
    return graph
