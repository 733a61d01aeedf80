"""Laws of finding duplicates, from what a user may expect of any list."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from crmsheet.match.duplicates import pair_of
from crmsheet.match.evidence import card, sum_of
from crmsheet.match.scoring import score
from crmsheet.match.weights import weights
from tests.properties.drawn_customers import (
    Row,
    Town,
    doubled,
    groups_by_key,
    keyed,
    matched,
    pairs_by_key,
    prepared_of,
    strangers,
    typed_again,
)

SEEDS = st.integers(0, 10**6)
FEW = settings(max_examples=5, suppress_health_check=[HealthCheck.too_slow])
SOME = settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow])
FIELDS = ("mobile", "phone", "email", "address", "city", "birthday", "postal_code", "website")
"""What a record may lack."""


@FEW
@given(SEEDS)
def test_a_book_without_duplicates_has_no_sure_pair(seed: int) -> None:
    """Families, namesakes, branches, groups of firms, colleagues, clients of one accountant."""
    matches = matched(strangers(seed, 220))
    assert matches.pairs[matches.pairs["band"] == "sure"].empty
    assert matches.entities() == []


@FEW
@given(st.integers(2, 50), SEEDS)
def test_a_small_book_without_duplicates_has_no_sure_pair(count: int, seed: int) -> None:
    assert matched(strangers(seed, count)).entities() == []


@FEW
@given(SEEDS, st.randoms(use_true_random=False))
def test_neither_the_order_of_rows_nor_that_of_columns_matters(seed: int, dice: random.Random) -> None:
    rows = doubled(seed, 60)[0]
    names = sorted({name for row in rows for name in row} - {"key"})
    one = matched(rows, columns=names)
    other = matched(dice.sample(rows, len(rows)), columns=dice.sample(names, len(names)))
    assert pairs_by_key(one) == pairs_by_key(other)
    for column in ("cluster", "entity"):
        assert groups_by_key(one, column) == groups_by_key(other, column)


@SOME
@given(SEEDS)
def test_the_sides_of_a_pair_may_be_swapped(seed: int) -> None:
    rows = doubled(seed, 12, share=1)[0]
    last = len(rows) - 1
    left, right = np.array([0, 1, 0, 2, 3, 4]), np.array([12, 13, 1, 5, 15, 11])
    ours = score(prepared_of(rows), left, right, weights())
    theirs = score(prepared_of(rows[::-1]), last - left, last - right, weights())
    for name in ("weight", "sure", "contradiction"):
        assert getattr(ours, name).tolist() == getattr(theirs, name).tolist()
    for name, each in ours.compared.items():
        assert each.levels.tolist() == theirs.compared[name].levels.tolist()
        assert ours.bits[name] == pytest.approx(theirs.bits[name])


@FEW
@given(SEEDS)
def test_a_stranger_who_shares_nothing_changes_next_to_nothing(seed: int) -> None:
    """The weights move with the size of the book alone: by less than a hundredth of a bit for one row in 300."""
    rows = doubled(seed, 220)[0]
    stranger = {"name": "厦门鹭江渔具有限公司", "kind": "company", "mobile": "+8615700000007", "address": "环岛路7号"}
    before, after = pairs_by_key(matched(rows)), pairs_by_key(matched([*rows, {**stranger, "key": "new"}]))
    edge = {
        pair for pair, (weight, _) in (before | after).items() if min(abs(weight), abs(weight - weights().sure)) < 0.1
    }
    assert set(before) - edge == set(after) - edge
    for pair in set(before) - edge:
        assert before[pair][1] == after[pair][1]
        assert before[pair][0] == pytest.approx(after[pair][0], abs=0.2)


@SOME
@given(SEEDS, st.sampled_from(FIELDS))
def test_what_is_missing_is_neutral(seed: int, field: str) -> None:
    """A value taken away never makes a pair weigh more where it agreed, nor less where it did not."""
    town = Town(seed)
    left = strangers(seed, 1)[0]
    right = typed_again(town, left)
    assume(left.get(field) and right.get(field))
    others = strangers(seed + 1, 40)
    full, gap = book(left, right, others), book(left, {**right, field: None}, others)
    before, after = pair_of(full, 0, 1, weights()), pair_of(gap, 0, 1, weights())
    own = compared_by(field)[0]
    if own in before.bits and before.bits[own][0] >= 0:
        assert after.weight[0] <= before.weight[0] + 0.01
    else:
        assert after.weight[0] >= before.weight[0] - 0.01


@SOME
@given(SEEDS, st.sampled_from(FIELDS))
def test_a_field_that_is_missing_on_one_side_weighs_nothing(seed: int, field: str) -> None:
    left = strangers(seed, 1)[0]
    assume(left.get(field))
    right = {**left, field: None}
    scored = pair_of(book(left, right, strangers(seed + 1, 40)), 0, 1, weights())
    for name in compared_by(field):
        # a mobile may stand among the telephones of the other, and the other way round
        if name in scored.bits and not (name in ("mobile", "landline") and left.get("mobile") and left.get("phone")):
            assert scored.bits[name][0] == 0


@SOME
@given(SEEDS, st.sampled_from(["mobile", "email", "birthday", "address", "city"]))
def test_the_same_value_never_weighs_less_than_another(seed: int, field: str) -> None:
    """Same >= slightly other >= wholly other, all else equal."""
    left = next(row for row in strangers(seed, 200) if row["kind"] == "person" and row.get(field))
    others = strangers(seed + 1, 40)
    weigh = [
        float(pair_of(book(left, {**left, field: value}, others), 0, 1, weights()).weight[0])
        for value in (left[field], slip(left[field]), OTHER[field])
    ]
    assert weigh[0] >= weigh[1] - 0.01
    assert weigh[1] >= weigh[2] - 0.01


@FEW
@given(SEEDS)
def test_the_card_shows_what_was_weighed(seed: int) -> None:
    """Every comparison that was made has its line, with its bits; the lines and the two others add up to the weight."""
    matches = matched(doubled(seed, 60)[0])
    scored = matches.scored
    for place in range(len(matches.pairs)):
        shown = sorted(line.bits for line in card(matches, place))
        made = [name for name, each in scored.compared.items() if each.levels[place]]
        assert shown == sorted(round(float(scored.bits[name][place]), 2) for name in made)
        adds = sum_of(matches, place)
        assert adds.prior == pytest.approx(weights().prior(len(matches.prepared)), abs=0.006)
        total = adds.prior + adds.repeated + adds.related + sum(shown)
        assert total == pytest.approx(matches.pairs["weight"].iat[place], abs=0.02)
        assert adds.related <= 0.01


@FEW
@given(SEEDS)
def test_a_pair_weighs_the_same_alone_as_among_its_candidates(seed: int) -> None:
    """What explains any two records says what the search said."""
    matches = matched(doubled(seed, 60)[0])
    scored = matches.scored
    for place in range(0, len(matches.pairs), 5):
        alone = pair_of(matches.prepared, int(scored.left[place]), int(scored.right[place]), weights())
        assert float(alone.weight[0]) == float(scored.weight[place])
        assert bool(alone.sure[0]) == bool(scored.sure[place])


@FEW
@given(SEEDS)
def test_identical_records_with_a_phone_of_their_own_are_sure(seed: int) -> None:
    """Not by being silent does the sure band stay clean."""
    rows = [row for row in strangers(seed, 60) if row["kind"] == "person" and row.get("birthday") and row.get("mobile")]
    assume(len(rows) >= 3)
    matches = matched(keyed([*rows, *rows]))
    assert len(matches.entities()) >= len(rows) * 0.9


@FEW
@given(SEEDS)
def test_two_that_contradict_through_a_third_are_three_rows_to_review(seed: int) -> None:
    town = Town(seed)
    firm = {**town.firm()[0], "email": town.mailbox("sales", "firm.cn")}
    ends = [{**firm, "uscc": number} for number in ("91330100MA27XL0A1B", "91440300708461136T")]
    rows = keyed([ends[0], {**firm, "uscc": None}, ends[1], *strangers(seed + 1, 30)])
    matches = matched(rows)
    assert not any({"K00001", "K00003"} <= group for group in groups_by_key(matches, "entity"))
    asked = pairs_by_key(matches)
    assert asked[frozenset(("K00001", "K00002"))][1] == asked[frozenset(("K00002", "K00003"))][1] == "review"


@FEW
@given(SEEDS)
def test_two_sure_groups_with_a_link_to_review_stay_two(seed: int) -> None:
    town = Town(seed)
    firm = {**town.firm()[0], "email": town.mailbox("info", "firm.cn"), "phone": None, "address": None}
    ours = {**firm, "contact_name": "王小明", "mobile": town.mobile()}
    theirs = {**firm, "contact_name": "李大伟", "mobile": town.mobile()}
    matches = matched(keyed([ours, ours, theirs, theirs, *strangers(seed + 1, 30)]))
    entities, clusters = groups_by_key(matches, "entity"), groups_by_key(matches, "cluster")
    assert {frozenset(("K00001", "K00002")), frozenset(("K00003", "K00004"))} <= entities
    assert any({"K00001", "K00002", "K00003", "K00004"} <= group for group in clusters)


OTHER: dict[str, Any] = {
    "mobile": "+8615799990001",
    "email": "somebody.else@elsewhere.org",
    "birthday": "1931-12-30",
    "address": "99 Nowhere Alley",
    "city": "Reykjavik",
}


def slip(value: Any) -> str:
    """The value with two neighbours turned round near its end."""
    text = str(value)
    return f"{text[:-3]}{text[-2]}{text[-3]}{text[-1]}" if len(text) > 3 else f"{text}区"


def compared_by(field: str) -> tuple[str, ...]:
    return {"phone": ("landline", "mobile"), "mobile": ("mobile", "landline")}.get(field, (field,))


def book(left: Row, right: Row, others: list[Row]) -> Any:
    """The two, first, among others."""
    return prepared_of(keyed([left, right, *others]))
