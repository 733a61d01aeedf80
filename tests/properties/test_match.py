"""Laws of matching: the order of rows and of sides changes nothing."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmsheet.match.duplicates import Matches
from crmsheet.match.names import person_level, word_level
from crmsheet.match.people import levels_of_people
from crmsheet.match.prepared import Column
from crmsheet.match.weights import Level
from tests.unit.match.books import found_in, strangers, table

NAMES = st.sampled_from(
    ["王小明", "王 小明", "王总", "王小红", "李大伟", "北京华信科技有限公司", "华信科技有限责任公司",
     "上海华信科技有限公司", "John Smith", "Smith John", "Jon Smith", "Acme Ltd", "Acme Inc", "测试"]
)  # fmt: skip
ROW = st.fixed_dictionaries(
    {
        "name": NAMES,
        "mobile": st.sampled_from([None, "+8613911112222", "+8613822223333", "+8613911112222|+8613822223333"]),
        "email": st.sampled_from([None, "a@hx.cn", "b@hx.cn"]),
        "uscc": st.sampled_from([None, None, "91330100MA27XL0A1B", "91440300708461136T"]),
        "city": st.sampled_from([None, "北京", "上海"]),
    }
)
ROWS = st.lists(ROW, min_size=2, max_size=9)
FEW = settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow])


def keyed(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"customer_id": f"K{place}", **row} for place, row in enumerate(rows)]


def groups(matches: Matches, rows: list[dict[str, Any]], column: str) -> set[frozenset[str]]:
    found: dict[int, set[str]] = {}
    for row, group in zip(matches.clusters["row_"], matches.clusters[column], strict=True):
        found.setdefault(group, set()).add(rows[row - 2]["customer_id"])
    return {frozenset(keys) for keys in found.values() if len(keys) > 1}


def pairs(matches: Matches, rows: list[dict[str, Any]]) -> dict[frozenset[str], tuple[float, str]]:
    found = matches.pairs.itertuples(index=False, name=None)
    return {
        frozenset((rows[left - 2]["customer_id"], rows[right - 2]["customer_id"])): (weight, band)
        for left, right, weight, band in found
    }


@FEW
@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(rows: list[dict[str, Any]], dice: random.Random) -> None:
    ours = keyed(rows)
    theirs = dice.sample(ours, len(ours))
    left, right = found_in(table(ours)), found_in(table(theirs))
    assert pairs(left, ours) == pairs(right, theirs)
    assert groups(left, ours, "entity") == groups(right, theirs, "entity")
    assert groups(left, ours, "cluster") == groups(right, theirs, "cluster")


@FEW
@given(ROWS)
def test_sure_groups_hold_no_contradiction(rows: list[dict[str, Any]]) -> None:
    ours = keyed(rows)
    matches = found_in(table(ours))
    for group in matches.entities():
        numbers = {ours[row - 2]["uscc"] for row in group} - {None}
        assert len(numbers) <= 1
        assert all(ours[row - 2]["name"] != "测试" or ours[row - 2]["uscc"] for row in group)


CHINESE = {
    ("王小明", "王明小"): Level.close,  # two characters turned round
    ("王小明", "王晓明"): Level.close,  # spoken the same
    ("王小明", "小明王"): Level.variant,
    ("王小明", "王小红"): Level.near,  # perhaps a brother
    ("王小明", "王小"): Level.near,
    ("王", "王小明"): Level.part,
    ("欧阳", "欧阳小明"): Level.part,
    ("欧阳小明", "欧阳小红"): Level.near,
    ("王小明", "李大伟"): Level.different,
    ("王伟", "张伟"): Level.different,
}


@pytest.mark.parametrize("other", [[], ["陈国华", "王", "Wang Xiaoming", "欧阳娜娜"]])
def test_chinese_names(other: list[str]) -> None:
    """Whatever other names are compared at the same time, and either way round."""
    names = list(dict.fromkeys([name for pair in CHINESE for name in pair] + other))
    column = Column.of(pa.array(names, pa.large_string()))
    left, right = (np.array([names.index(pair[side]) for pair in CHINESE]) for side in (0, 1))
    for ours, theirs in ((left, right), (right, left)):
        found = dict(zip(CHINESE, map(Level, levels_of_people(column, ours, theirs).tolist()), strict=True))
        assert found == CHINESE
        for place, pair in enumerate(CHINESE):
            assert levels_of_people(column, ours[[place]], theirs[[place]]).tolist() == [CHINESE[pair]]


@given(
    st.sampled_from(["", "wang", "john smith", "王小明", "王", "jon smith", "anna", "anne"]),
    st.text("abcjon 王小", max_size=9),
)
def test_names_compare_the_same_both_ways(left: str, right: str) -> None:
    ours, theirs = " ".join(left.split()) or "x", " ".join(right.split()) or "y"
    assert person_level(ours, theirs) == person_level(theirs, ours)
    assert word_level(ours.split()[0], theirs.split()[0]) == word_level(theirs.split()[0], ours.split()[0])


@settings(max_examples=3)
@given(st.integers(0, 10**6))
def test_books_of_strangers_have_no_sure_pair(seed: int) -> None:
    assert found_in(table(strangers(300, seed))).entities() == []
