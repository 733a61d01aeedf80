"""Whole books: no false merge, groups with contradictions, decisions, odd books."""

from __future__ import annotations

import time

import pytest

from crmsheet.core.messages import Message
from crmsheet.match.decisions import Decision
from crmsheet.match.evidence import card
from crmsheet.match.verdicts import findings, groups, members
from tests.unit.match.books import found_in, strangers, table

HX = {"name": "北京华信科技有限公司", "kind": "company"}


@pytest.mark.parametrize("seed", [1, 2])
def test_no_sure_pair_among_strangers_families_and_branches(seed: int) -> None:
    matches = found_in(table(strangers(2000, seed)))
    assert matches.entities() == []
    assert not (matches.pairs["band"] == "sure").any()
    assert len(matches.pairs) < 60  # branches and families may be asked about, in a book of 2,000


def test_a_small_book_of_strangers_is_left_alone() -> None:
    assert found_in(table(strangers(50, 5, hard=False))).entities() == []


@pytest.mark.parametrize("rows", [[], [{"customer_id": "K1", "name": "王小明"}], [{"customer_id": "K1"}] * 3])
def test_books_with_nothing_to_compare(rows: list[dict[str, str]]) -> None:
    matches = found_in(table(rows))
    assert len(matches.pairs) == len(matches.clusters) == 0
    assert len(findings(matches, table(rows))) == 0


def test_contradicting_ends_of_a_chain_go_to_review() -> None:
    common = {**HX, "mobile": "+8613911112222", "email": "li@huaxin.cn"}
    rows = [{**common, "uscc": "91330100MA27XL0A1B"}, common, {**common, "uscc": "91440300708461136T"}]
    matches = found_in(table(rows))
    assert matches.entities() == []
    assert set(matches.pairs["band"]) == {"review"}
    assert set(matches.clusters["cluster"]) == {2}


def test_two_sure_groups_linked_by_review_stay_two() -> None:
    ours = {**HX, "mobile": "+8613911112222", "contact_name": "王小明", "email": "info@hx.cn"}
    theirs = {**HX, "mobile": "+8613822223333", "contact_name": "李大伟", "email": "info@hx.cn"}
    matches = found_in(table([ours, ours, theirs, theirs]))
    assert matches.entities() == [[2, 3], [4, 5]]
    assert set(matches.clusters["cluster"]) == {2}


def test_three_copies_are_one_customer() -> None:
    assert found_in(table([{**HX, "mobile": "+8613911112222"}] * 3)).entities() == [[2, 3, 4]]


def test_a_switchboard_of_fourteen_proves_nothing() -> None:
    names = [f"{first}{second}有限公司" for first in "信联恒丰鼎安博" for second in ("达", "创业")]
    line = {"phone": "+861065551234", "kind": "company"}
    assert len(found_in(table([{"name": name, **line} for name in names])).pairs) == 0
    matches = found_in(table([{"name": name, **line} for name in [*names, names[0]]]))
    assert matches.entities() == []


def test_retired_rows_take_no_part() -> None:
    row = {**HX, "mobile": "+8613911112222", "record_status": None}
    assert found_in(table([row, {**row, "record_status": "merged"}])).entities() == []
    assert found_in(table([row, row])).entities() == [[2, 3]]


def test_decisions_are_honoured() -> None:
    same = {**HX, "mobile": "+8613911112222"}
    other = {"name": "李大伟", "kind": "person"}
    book = table([{"customer_id": "A", **same}, {"customer_id": "B", **same}, {"customer_id": "C", **other}])
    assert found_in(book).entities() == [[2, 3]]
    assert len(found_in(book, [Decision("B", "A", "different")]).pairs) == 0
    assert found_in(book, [Decision("A", "C", "same"), Decision("gone", "A", "same")]).entities() == [[2, 3, 4]]
    apart = [Decision("A", "C", "same"), Decision("B", "C", "different")]
    assert found_in(book, apart).entities() == [[2, 4]]
    assert found_in(book, apart).pairs[["left_row", "right_row"]].to_numpy().tolist() == [[2, 4]]


def test_a_value_that_everybody_has_makes_no_pairs() -> None:
    rows = [{"name": f"客户{place:05}号店", "city": "北京", "phone": "+861065551234"} for place in range(3000)]
    start = time.process_time()
    matches = found_in(table(rows))
    assert matches.entities() == []
    assert time.process_time() - start < 10  # all pairs would be 4.5 million: minutes


def said(text: object) -> str:
    """English words of a message."""
    if not isinstance(text, Message):
        return str(text)
    return text.template.format_map({name: said(value) for name, value in text.arguments.items()})


def test_findings_and_groups_name_both_and_the_evidence() -> None:
    rows = [
        {"customer_id": "K1", **HX, "mobile": "+8613911112222", "qq": "1234567", "city": "北京"},
        {
            **HX,
            "customer_id": "K2",
            "name": "华信科技有限责任公司",
            "mobile": "+8613911112222",
            "qq": "1234567",
            "city": "上海",
        },
        {"customer_id": "", "name": "华信科技有限责任公司", "kind": "company"},
    ]
    book = table(rows)
    matches = found_in(book)
    told = list(findings(matches, book))
    assert [(each.rule, each.row, each.key, each.cell) for each in told] == [
        ("CRM310", 3, "K2", "B3"),
        ("CRM311", 4, "", "B4"),
    ]
    assert said(told[0].text) == (
        "K1 北京华信科技有限公司 (row 2) and K2 华信科技有限责任公司 (row 3) are one customer "
        "(same name, written differently, same QQ number, same mobile number; against it: different city); "
        "merge them, or mark them as different"
    )
    sure, review = groups(matches)
    assert (sure.band, sure.rows) == ("sure", (2, 3))
    assert (review.band, review.rows) == ("review", (2, 3, 4))
    assert groups(matches, kept={3})[0].rows == (3, 2), "the record that a merge keeps comes first"
    first, second = members(matches, book, [sure])[0]
    assert (first.row, first.key, first.pro) == (2, "K1", None)
    assert second.pro is not None
    assert second.con is not None
    assert said(second.pro).startswith("same name, written differently")
    assert said(second.con) == "different city"
    last = members(matches, book, [review])[0][2]
    assert (last.key, last.name) == ("", "华信科技有限责任公司")
    assert last.pro is not None
    assert said(last.pro).startswith("same name")


def test_the_card_adds_up_and_shows_both_values() -> None:
    rows = [{**HX, "mobile": "+8613911112222", "city": "北京"}, {**HX, "mobile": "+8613911112222", "city": "上海"}]
    matches = found_in(table(rows))
    lines = card(matches, 0)
    city = next(line for line in lines if said(line.what) == "city")
    assert (city.left, city.right, said(city.said), city.bits) == ("北京", "上海", "different city", -2.0)
    # two houses of one name explain the name: what counts beside log2(0.1 / 0.05) is all but the name
    beside = [line.bits for line in lines if said(line.what) not in ("name", "")]
    assert 1 + sum(beside) == pytest.approx(matches.pairs["weight"].iat[0], abs=0.05)
