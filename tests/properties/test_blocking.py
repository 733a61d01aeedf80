"""Laws of blocking: the order of rows changes no pair; levels found at once are those found one by one."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmsheet.engine import LocalEngine
from crmsheet.match.alike import people_levels
from crmsheet.match.blocking import candidates
from crmsheet.match.hashing import anagrams, slips
from crmsheet.match.names import person_level
from crmsheet.match.prepared import Column, distinct, prepare
from crmsheet.match.weights import weights

ROW = st.fixed_dictionaries(
    {
        "name": st.sampled_from(
            ["王伟", "王伟", "王小明", "李伟", "Wang Wei", "John Smith", "华信科技有限公司", "华信科技"]
        ),
        "mobile": st.sampled_from([None, "+8613911112222", "+8613911112223", "+8613822223333|+8613911112222"]),
        "email": st.sampled_from([None, "a@hx.cn", "info@hx.cn"]),
        "birthday": st.sampled_from([None, "1980-03-07", "1980-07-03"]),
        "city": st.sampled_from([None, "北京", "上海"]),
    }
)
CROWDS = st.tuples(st.lists(ROW, min_size=2, max_size=25), st.sampled_from([1, 1, 7, 60]))


def keyed_pairs(rows: list[tuple[str, dict[str, Any]]]) -> set[frozenset[str]]:
    keys = [key for key, _ in rows]
    frame = pd.DataFrame([row for _, row in rows], index=np.arange(2, len(rows) + 2)).astype("str")
    with LocalEngine(threads=1) as engine:
        left, right = candidates(engine, prepare(frame, keys), weights())
    assert (left < right).all()
    assert len({*zip(left.tolist(), right.tolist(), strict=True)}) == len(left)
    return {frozenset((keys[one], keys[other])) for one, other in zip(left.tolist(), right.tolist(), strict=True)}


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(CROWDS, st.randoms(use_true_random=False))
def test_candidates_do_not_depend_on_the_order(crowd: tuple[list[dict[str, Any]], int], dice: random.Random) -> None:
    rows, copies = crowd
    ours = [(f"K{place:04}", row) for place, row in enumerate(rows * copies)]
    assert keyed_pairs(ours) == keyed_pairs(dice.sample(ours, len(ours)))


WORD = st.sampled_from(
    ["john", "jon", "j", "smith", "smyth", "anna", "anne", "bob", "robert", "josephine", "jos", "ephine", "mcgilchrist",
     "mcgilc", "hrist", "meyer", "maier", "li", "o", "王"]
)  # fmt: skip
NAMES = st.lists(
    st.lists(WORD, min_size=1, max_size=6).map(lambda each: " ".join(sorted(each))), min_size=2, max_size=12
)


@settings(max_examples=60)
@given(NAMES, st.frozensets(WORD, max_size=6))
def test_names_of_people_at_once_are_as_one_by_one(names: list[str], known: frozenset[str]) -> None:
    names = sorted(set(names) | {"john smith", "john smyth"})
    column = Column(
        np.arange(len(names)), pa.array(names, pa.large_string()), np.ones(len(names), np.int64), known=known
    )
    ours, theirs = np.triu_indices(len(names), 1)
    one_by_one = [person_level(names[a], names[b], known) for a, b in zip(ours.tolist(), theirs.tolist(), strict=True)]
    assert people_levels(column, ours, theirs).tolist() == one_by_one


def hashes(found: tuple[np.ndarray, np.ndarray], count: int) -> list[set[int]]:
    return [set(found[1][found[0] == place].tolist()) for place in range(count)]


@given(st.text("abc13王明", min_size=5, max_size=12), st.data())
def test_a_slip_leaves_a_hash_in_common(text: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from("abc9王"))
    swapped = text[:at] + text[at : at + 2][::-1] + text[at + 2 :]
    typed = [
        text,
        text[:at] + text[at + 1 :],
        text[:at] + other + text[at + 1 :],
        text[:at] + other + text[at:],
        swapped,
    ]
    long = [each for each in typed if len(each) >= 5]
    found = hashes(slips(pa.array(long, pa.large_string())), len(long))
    assert all(found[0] & each for each in found)


@given(st.text("abcdef ", min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_letters_in_another_order_have_one_hash(text: str, dice: random.Random) -> None:
    turned = "".join(dice.sample(text, len(text)))
    found = hashes(anagrams(pa.array([text, turned, text + "x"], pa.large_string())), 3)
    assert found[0] == found[1]
    assert found[0] != found[2]


@given(st.lists(st.integers(-3, 9), max_size=30))
def test_distinct_numbers_and_their_places(numbers: list[int]) -> None:
    found, where = distinct(np.array(numbers, np.int64))
    assert found.tolist() == sorted(set(numbers))
    assert found[where].tolist() == numbers
