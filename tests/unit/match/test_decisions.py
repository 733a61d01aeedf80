"""What people decided about pairs: read, honoured everywhere, followed to where merged customers went."""

from __future__ import annotations

import pytest

from crmsheet.match.decision_lines import WORDS, line_of, parse, verdict_of
from crmsheet.match.decisions import (
    DIFFERENT,
    LATER,
    SAME,
    Decided,
    Decision,
    contradicting,
    decided,
    followed,
    standing,
    sure_links,
    where_merged,
)
from tests.unit.match.books import found_in, table

COPY = {"name": "北京华信科技有限公司", "kind": "company", "mobile": "+8613911112222", "email": "hx@huaxin.cn"}
OTHER = {"name": "李大伟", "kind": "person", "mobile": "+8613512345678"}


def test_a_line_says_it_all():
    found, unread = parse("same\tC0012\tC0456\t王芳\t2026-11-28T09:30:00+08:00\tmobile=C0456; name=*\n")
    wanted = Decision("C0012", "C0456", SAME, "王芳", "2026-11-28T09:30:00+08:00", {"mobile": "C0456", "name": "*"})
    assert (found, unread) == ((wanted,), ())


@pytest.mark.parametrize(
    "line",
    [
        "same\tA\tB",
        "same A B",
        "  same\t A \t B \t",
        "ＳＡＭＥ\tA\tB\t\t\t",
        "同一\tA\tB",
        "同\tA\tB\r",
        "相同　A　B",
        "同一客户\tA\tB\t王芳\t\t\ta seventh column is a note",
    ],
)
def test_what_people_type_is_understood(line):
    found, unread = parse(f"\ufeff# head\r\n\r\n＃ 说明\r\n{line}\r\n")
    assert not unread
    assert [(each.left, each.right, each.verdict) for each in found] == [("A", "B", SAME)]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("perhaps\tA\tB", "begin"),
        ("<<<<<<< HEAD", "begin"),
        ("same\tA", "two customers"),
        ("same\t\tB", "two customers"),
        ("same C 12 C 13", "two customers"),
        ("different\tA\tA", "both keys"),
        ("same\tA\tB\t\t\tmobile", "whose value"),
        ("same\tA\tB\t\t\tmobile=", "whose value"),
    ],
)
def test_a_line_that_cannot_be_read_is_told_with_its_number(line, why):
    found, unread = parse(f"# head\n{line}\nsame\tX\tY\n")
    assert [each.pair for each in found] == [("X", "Y")]
    assert [(each.line, each.text) for each in unread] == [(2, line)]
    assert why in unread[0].why.template


def test_every_word_means_one_verdict():
    assert [verdict_of(word) for words in WORDS.values() for word in words] == [
        verdict for verdict, words in WORDS.items() for _ in words
    ]
    assert verdict_of("也许") is None


def test_keys_may_hold_anything():
    odd = Decision("a\tb", "c;=\\d\n", DIFFERENT, "x\ty", "", {"a=b;": "c；d"})
    assert parse(line_of(odd)) == ((odd,), ())
    assert "\n" not in line_of(odd)


def test_the_later_line_holds():
    said = [Decision("A", "B", SAME), Decision("B", "A", DIFFERENT), Decision("A", "C", SAME)]
    assert {pair: each.verdict for pair, each in standing(said).items()} == {
        ("A", "B"): DIFFERENT,
        ("A", "C"): SAME,
    }
    assert decided(said, ["A", "B", "C"]) == Decided(frozenset({(0, 2)}), frozenset({(0, 1)}))


def test_a_merged_customer_is_the_one_it_went_into():
    into = {"B": "A", "D": "C", "X": "Y", "Y": "X"}
    said = [
        Decision("B", "D", DIFFERENT),
        Decision("A", "C", SAME),
        Decision("A", "B", DIFFERENT),
        Decision("X", "A", SAME),
    ]
    now = followed(said, {"A", "C"}, into)
    assert {pair: each.verdict for pair, each in now.items()} == {("A", "C"): SAME, ("A", "X"): SAME}
    # The chain goes to its end, and a circle nowhere.
    assert list(followed([Decision("P", "C", SAME)], {"A", "C"}, {"P": "B", "B": "A"})) == [("A", "C")]


def test_where_merged_customers_went_is_read_from_the_table():
    rows = [
        {"customer_id": "A", "merged_into": None},
        {"customer_id": "B", "merged_into": "A"},
        {"customer_id": "C", "merged_into": "A"},
        {"customer_id": "C", "merged_into": "B"},
    ]
    assert where_merged(table(rows)) == {"B": "A"}
    assert where_merged(table([{"customer_id": "A"}])) == {}


def test_a_key_of_two_rows_is_the_same_as_nobody():
    keys = ["A", "A", "B"]
    assert decided([Decision("A", "B", SAME)], keys) == Decided()
    assert decided([Decision("A", "B", DIFFERENT)], keys).different == {(0, 2), (1, 2)}


def test_the_same_holds_against_every_contradiction():
    """A decided pair stays together; what is linked to it and contradicts it goes to review."""
    said = Decided(same=frozenset({(0, 1)}))
    assert sure_links(3, [(1, 2)], [(0, 1), (0, 2)], said) == {(0, 1)}
    assert sure_links(3, [(1, 2)], [(0, 1)], said) == {(0, 1), (1, 2)}


def test_different_parts_a_chain():
    said = Decided(different=frozenset({(0, 2)}))
    assert sure_links(3, [(0, 1), (1, 2)], [], said) == set()
    assert sure_links(4, [(0, 1), (1, 3), (2, 3)], [], said) == set()


def test_decisions_at_odds_undo_one_another_and_are_told():
    said = Decided(frozenset({(0, 1), (1, 2), (3, 4)}), frozenset({(0, 2)}))
    assert sure_links(5, [], [], said) == {(3, 4)}
    assert contradicting(5, said) == [(0, 2)]


def test_a_sure_pair_that_was_put_off_waits():
    book = table([{"customer_id": "A", **COPY}, {"customer_id": "B", **COPY}, {"customer_id": "C", **OTHER}])
    assert found_in(book).entities() == [[2, 3]]
    waiting = found_in(book, [Decision("A", "B", LATER)])
    assert waiting.entities() == []
    assert waiting.pairs["band"].tolist() == ["review"]


def test_who_differs_from_a_customer_is_not_asked_about_by_its_other_row():
    rows = [{"customer_id": key, **COPY} for key in "ABC"]
    book = table(rows)
    assert found_in(book).entities() == [[2, 3, 4]]
    found = found_in(book, [Decision("A", "B", SAME), Decision("A", "C", DIFFERENT)])
    assert found.entities() == [[2, 3]]
    assert found.pairs[["left_row", "right_row"]].to_numpy().tolist() == [[2, 3]]


def test_a_decision_on_a_retired_customer_counts_for_its_survivor():
    rows = [
        {"customer_id": "A", **OTHER},
        {"customer_id": "B", **OTHER, "record_status": "merged", "merged_into": "A"},
        {"customer_id": "C", **COPY},
    ]
    assert found_in(table(rows), [Decision("C", "B", SAME)]).entities() == [[2, 4]]
