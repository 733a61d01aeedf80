"""Candidate pairs: who meets whom, how many at most, and between which lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import pytest

from crmsheet.engine import LocalEngine
from crmsheet.match.blocking import Groups, blocks, candidates, within_budget
from crmsheet.match.decisions import Decided
from crmsheet.match.duplicates import Matches, match, pair_of
from crmsheet.match.hashing import repeated
from crmsheet.match.hopeful import hopeful
from crmsheet.match.lookups import shared_rarest
from crmsheet.match.prepared import Prepared, prepare
from crmsheet.match.scoring import score
from crmsheet.match.weights import weights
from tests.unit.match.books import strangers

Rows = Sequence[Mapping[str, object]]


def prepared(rows: Rows, side: Sequence[int] | None = None) -> Prepared:
    frame = pd.DataFrame(list(rows), index=np.arange(2, len(rows) + 2)).astype("str")
    return prepare(frame, [f"K{place}" for place in range(len(rows))], side)


def met(ready: Prepared, *, across: bool = False) -> set[tuple[int, int]]:
    with LocalEngine(threads=1) as engine:
        left, right = candidates(engine, ready, weights(), across=across)
    return set(zip(left.tolist(), right.tolist(), strict=True))


def found(ready: Prepared, *, across: bool = False) -> Matches:
    with LocalEngine(threads=1) as engine:
        return match(engine, ready, weights(), Decided(), across=across)


def crowd(count: int, **shared: str) -> list[dict[str, object]]:
    """Different people who share something."""
    dice = np.random.default_rng(5)
    names = ["".join(map(chr, each)) for each in dice.integers(0x4E00, 0x9000, (count, 4)).tolist()]
    return [{"name": name, "mobile": f"+86138{place:08}", **shared} for place, name in enumerate(names)]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ({"name": "林雨学", "mobile": "+8613911112222"}, {"name": "陈东", "mobile": "+8613911112222"}),
        ({"name": "林雨学", "mobile": "+8613911112222"}, {"name": "陈东", "mobile": "+8613911112223"}),
        ({"name": "林雨学", "mobile": "+8613911112222"}, {"name": "陈东", "mobile": "+8613911121222"}),
        ({"name": "林雨学", "id_number": "110101199003077758"}, {"name": "陈东", "id_number": "11010119900307775"}),
        ({"name": "林雨学", "phone": "010-66887799"}, {"name": "陈东", "phone": "66887799"}),
        ({"name": "Josephine Kilby"}, {"name": "Josphine Kilby"}),
        ({"name": "xosephine kilby"}, {"name": "josephine kilby"}),
        ({"name": "Wang Wei"}, {"name": "王伟"}),
        ({"name": "章伟"}, {"name": "张炜"}),
        ({"name": "上海宇信达食品有限公司"}, {"name": "Yuxinda Foods Ltd"}),
        ({"name": "Smith John"}, {"name": "John Smith"}),
        ({"name": "Stefan Mayer"}, {"name": "Steffen Meyer"}),
        ({"name": "林雨学", "email": "linyuxue@163.com"}, {"name": "陈东", "email": "linyuxue@136.com"}),
        ({"name": "林雨学", "birthday": "1980-03-07"}, {"name": "陈东", "birthday": "1980-03-07"}),
        ({"name": "林雨学", "address": "解放路18号3室"}, {"name": "陈东", "address": "解放路 18 号 3 室"}),
    ],
)
def test_whoever_shares_a_key_meets(left: dict[str, object], right: dict[str, object]) -> None:
    others = strangers(60, seed=3)
    assert (0, len(others) + 1) in met(prepared([left, *others, right]))


def test_strangers_do_not_meet() -> None:
    ready = prepared(
        [{"name": "林雨学", "city": "北京"}, *crowd(80, city="北京"), {"name": "Olga Braun", "city": "北京"}]
    )
    assert (0, 81) not in met(ready)


@pytest.mark.parametrize(
    "shared", [{"city": "北京"}, {"phone": "+861065001234"}, {"email": "info@hx.cn"}, {"mobile": ""}]
)
def test_what_everybody_shares_makes_few_pairs(shared: dict[str, str]) -> None:
    count = 3_000
    pairs = met(prepared(crowd(count, **shared)))
    assert len(pairs) < 3 * count


@pytest.mark.parametrize("rows", [[{"name": "王伟", "mobile": "+8613911112222"}] * 1_500, [{"name": "王伟"}] * 1_500])
def test_copies_without_number_are_one_group(rows: Rows) -> None:
    ready = prepared(rows)
    pairs = met(ready)
    assert len(pairs) == len(rows) - 1
    assert len(set(found(ready).clusters["cluster"])) <= 1


def test_copies_among_people_of_the_same_name_meet() -> None:
    """Also where the name alone would be too common, and wherever the two rows stand."""
    namesakes = [{"name": "王伟", "mobile": f"+86138{place:08}"} for place in range(0, 120_000, 97)]
    pairs = met(prepared([{"name": "王伟"}, *namesakes, {"name": "王伟"}]))
    assert (0, len(namesakes) + 1) in pairs


def test_nobody_has_more_candidates_than_the_budget() -> None:
    dice = np.random.default_rng(1)
    every = [
        Groups(dice.permutation(400)[:size], np.array([size]), np.array([1])) for size in dice.integers(2, 30, 120)
    ]
    groups = within_budget(Groups.all_of(every), 400, 90)
    partners = np.bincount(groups.rows, np.repeat(groups.sizes - 1, groups.sizes), minlength=400)
    assert 60 < partners.max() <= 90


def test_the_rarest_groups_stay_within_the_budget() -> None:
    small, large = np.arange(3), np.arange(50)
    kept = within_budget(Groups(np.concatenate([small, large]), np.array([3, 50]), np.ones(2, np.int64)), 50, 50)
    assert kept.sizes.tolist() == [3, 47]
    assert kept.rows[:3].tolist() == [0, 1, 2]


def test_groups_of_the_same_rows_are_one() -> None:
    """The first row counts as well: its number is 0."""
    rows = np.array([0, 1, 2, 1, 2, 2, 1, 0])
    once = Groups.all_of([Groups(rows, np.array([3, 2, 3]), np.array([1, 2, 4]))])
    told = {tuple(sorted(each.tolist())) for each in np.split(once.rows, np.cumsum(once.sizes)[:-1])}
    assert told == {(0, 1, 2), (1, 2)}
    assert sorted(once.kinds.tolist()) == [2, 5]


def test_who_shares_several_things_meets_in_a_crowd() -> None:
    """A line that hundreds share tells nothing, the line and the birthday do."""
    rows = crowd(400, phone="+861065001234")
    rows[7] |= {"birthday": "1980-03-07"}
    rows[300] |= {"birthday": "1980-03-07"}
    groups = blocks(prepared(rows), weights().blocking)
    assert any({7, 300} <= set(each.tolist()) for each in np.split(groups.rows, np.cumsum(groups.sizes)[:-1]))


LISTS = [
    {"name": "王小明", "mobile": "+8613911112222"},
    {"name": "王小明", "mobile": "+8613911112222"},
    {"name": "王小明", "mobile": "+8613911112222"},
    {"name": "李大伟", "mobile": "+8613822223333"},
]


def test_across_lists_only_pairs_of_both() -> None:
    ready = prepared([*LISTS, *strangers(80, seed=2)], [0, 0, 1, 1] + [0] * 80)
    assert {(0, 2), (1, 2)} <= met(ready, across=True)
    assert (0, 1) in met(ready)
    assert all(ready.side[left] != ready.side[right] for left, right in met(ready, across=True))
    pairs = found(ready, across=True)
    assert pairs.pairs[["left_row", "right_row"]].to_numpy().tolist() == [[2, 4], [3, 4]]
    assert pairs.clusters["row_"].tolist() == [2, 3, 4]
    assert set(pairs.clusters["cluster"]) == {2}


def test_one_list_has_one_side() -> None:
    assert prepared(LISTS).side.tolist() == [0, 0, 0, 0]
    assert met(prepared(LISTS), across=True) == set()


def test_any_pair_can_be_scored() -> None:
    ready = prepared([*LISTS, {"name": "Olga Braun", "city": "Graz"}])
    with LocalEngine(threads=1) as engine:
        left, right = candidates(engine, ready, weights())
    assert (3, 4) not in set(zip(left.tolist(), right.tolist(), strict=True))
    one = pair_of(ready, 4, 3, weights())
    assert (one.left.tolist(), one.right.tolist()) == ([3], [4])
    assert one.weight[0] < weights().review
    assert pair_of(ready, 0, 2, weights()).weight[0] > weights().review


def test_no_pair_that_reaches_review_is_given_up_before() -> None:
    rows = strangers(400, seed=11)
    doubles = [row | {"name": str(row["name"])[:-1] + "某", "email": None} for row in rows[:150]]
    ready = prepared([*rows, *doubles, *[row | {"mobile": None} for row in rows[100:200]]])
    left, right = np.triu_indices(len(ready), 1)
    whole = score(ready, left, right, weights())
    worth = whole.weight >= weights().review
    assert worth.sum() > 150
    nobody = np.zeros(len(left), bool)
    kept, compared = hopeful(ready, left, right, weights(), nobody)
    assert set(np.flatnonzero(worth).tolist()) <= set(kept.tolist())
    assert len(kept) < len(left) / 10
    assert all(np.array_equal(each.levels, whole.compared[name].levels[kept]) for name, each in compared.items())


def test_a_middle_initial_gives_no_pair_up() -> None:
    towns = ["Graz", "Linz", "Wels", "Enns", "Steyr"]
    first, last = ["Frank", "Olga", "Hugo", "Irma"], ["Mendoza", "Braun", "Petrow", "Lindner", "Zobel"]
    people = [{"name": f"{a} {b}", "kind": "person", "city": towns[at % 5]} for at, a in enumerate(first) for b in last]
    initials = [row | {"name": row["name"].replace(" ", " H. ")} for row in people]
    ready = prepared([*people, *initials])
    left, right = np.triu_indices(len(ready), 1)
    kept, _ = hopeful(ready, left, right, weights(), np.zeros(len(left), bool))
    worth = score(ready, left, right, weights()).weight >= weights().review
    assert worth[(right - left) == len(people)].all()
    assert set(np.flatnonzero(worth).tolist()) <= set(kept.tolist())


def test_no_number_that_stands_there_twice_is_missed() -> None:
    dice = np.random.default_rng(3)
    for size in (0, 1, 2, 500, 40_000):
        numbers = dice.integers(0, 4 * size + 1, size).astype(np.uint64) * np.uint64(2**40 + 15)
        _, place, count = np.unique(numbers, return_inverse=True, return_counts=True)
        found = repeated(numbers)
        assert found[(count > 1)[place]].all()
        assert found.sum() <= (count > 1)[place].sum() + size / 2


def test_the_rarest_value_that_two_rows_share() -> None:
    dice = np.random.default_rng(5)
    held = [sorted(set(dice.integers(0, 30, dice.integers(0, 4)).tolist())) for _ in range(80)]
    rows = [{"name": f"N{at % 23}", "wechat": "|".join(f"wx_{each:03}" for each in of)} for at, of in enumerate(held)]
    ready = prepared(rows)
    names: dict[int, set[int]] = {}
    for at, of in enumerate(held):
        for each in of:
            names.setdefault(each, set()).add(at % 23)
    left, right = np.triu_indices(len(rows), 1)
    twin = [
        min((len(names[each]) for each in {*held[a]} & {*held[b]}), default=-1)
        for a, b in zip(left.tolist(), right.tolist(), strict=True)
    ]
    found = shared_rarest(ready.bags["wechat"], left, right)
    assert found.tolist() == twin
    assert max(twin) > 1
