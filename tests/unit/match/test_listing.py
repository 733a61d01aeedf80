"""Headers of lists, what the columns say, and numbers of groups that outlast sorting."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from crmsheet.app.schemas import load_schema
from crmsheet.core.book import Table
from crmsheet.core.cells import column_letters
from crmsheet.core.context import Context
from crmsheet.match.duplicates import Matches
from crmsheet.match.evidence import WHAT, card, gaps, sum_of
from crmsheet.match.listing import Comparables, columns_of, comparables, listed
from crmsheet.match.numbering import natural, numbered
from crmsheet.match.weights import weights
from tests.conftest import ROOT
from tests.unit.match.books import found_in, mobile, strangers, table

CASES = yaml.safe_load((ROOT / "tests/cases/list_headers.yml").read_text("utf-8"))
CONTEXT = Context(today=dt.date(2026, 11, 23))


@pytest.fixture(scope="module")
def words() -> Comparables:
    return comparables(load_schema(Path("book.xlsx")))


def sheet(**columns: list[Any]) -> Table:
    """A table that no schema knows."""
    letters = [column_letters(at + 1) for at in range(len(columns))]
    rows = range(2, 2 + len(next(iter(columns.values()))))
    cells = pd.DataFrame(dict(zip(letters, columns.values(), strict=True)), index=rows, dtype="object")
    headers = dict(zip(letters, columns, strict=True))
    return Table("名单", "名单", 1, cells, {}, headers, "", pd.DataFrame(index=cells.index))


def read(words: Comparables, asked: Mapping[str, str] | None = None, **columns: list[Any]) -> pd.DataFrame:
    found = sheet(**columns)
    return listed(found, words, columns_of(found, words, asked or {}), CONTEXT)


@pytest.mark.parametrize("case", CASES, ids=",".join)
def test_headers(words: Comparables, case: dict[str, str]):
    found = sheet(**{header: [None] for header in case})
    columns = columns_of(found, words, {})
    assert {header: columns.get(letters, "") for letters, header in found.headers.items()} == case


def test_every_comparable_is_named_by_its_code_and_its_labels(words: Comparables):
    for field in words.fields.fields:
        for text in (field.name, field.name.upper(), *field.labels.values()):
            assert words.named(text) == field.name, text
    assert words.named("first_name") == "given_name"
    assert words.named("fish") == ""


def test_a_header_means_one_thing(words: Comparables):
    assert set(words.meant.values()) == {field.name for field in words.fields.fields}


def test_values_are_canonical_where_they_are_read_and_as_found_where_not(words: Comparables):
    values = read(
        words,
        姓名=["欧阳小明", None],
        手机=["138 1234 5679", "310/246-1501"],
        生日=["2010/5/6", "n.d."],
        邮箱=["A@B.cn", "无"],
    )
    assert values["mobile"].tolist() == ["+8613812345679", "310/246-1501"]
    assert values["birthday"].tolist() == ["2010-05-06", "n.d."]
    assert values["email"].iloc[0].lower() == "a@b.cn"
    assert pd.isna(values["email"].iloc[1]), "a word that says nothing is nothing"


def test_columns_for_the_same_thing_add_up(words: Comparables):
    values = read(words, 姓名=["甲", "乙"], 电话1=["021-55556666", None], 电话2=["13812345679", "13712345678"])
    assert values["phone"].tolist() == ["+862155556666|+8613812345679", "+8613712345678"]
    parts = read(
        words,
        {"A": "given_name", "B": "given_name", "C": "surname"},
        a=["Ann", "Bo"],
        b=["Mary", None],
        c=["Lee", "Ray"],
    )
    assert parts["given_name"].tolist() == ["Ann Mary", "Bo"]


def test_a_choice_that_nobody_knows_is_no_evidence(words: Comparables):
    values = read(words, name=["a", "b"], type=["american", "Company"])
    assert values["kind"].isna().tolist() == [True, False]
    assert values["kind"].iloc[1] == "company"


def test_an_empty_list_has_its_columns(words: Comparables):
    assert read(words, name=[], phone=[]).columns.tolist() == ["name", "phone"]


def doubled(seed: int) -> list[dict[str, Any]]:
    dice = random.Random(seed)
    rows = strangers(40, seed)
    return rows + [{**each, "customer_id": f"D{at:04}"} for at, each in enumerate(dice.sample(rows, 12))]


@pytest.mark.parametrize("seed", range(3))
def test_numbers_of_groups_do_not_depend_on_the_order_of_rows(seed: int):
    rows = doubled(seed)
    told = []
    for order in (rows, random.Random(seed).sample(rows, len(rows))):
        customers = table(order)
        matches = found_in(customers)
        keys = customers.keys().to_dict()
        cluster, entity = numbered(matches, keys)
        assert cluster
        told.append({keys[row]: (cluster[row], entity[row]) for row in cluster})
    assert told[0] == told[1]
    assert {number for number, _ in told[0].values()} == set(range(1, 1 + len({a for a, _ in told[0].values()})))


def test_numbers_in_names_count():
    assert sorted(["C10", "C2", "B", "C2a", ""], key=natural) == ["", "B", "C2", "C2a", "C10"]


def one_pair(**right: Any) -> Matches:
    dice = random.Random(5)
    left = {
        "customer_id": "A1",
        "name": "欧阳小明",
        "kind": "person",
        "mobile": mobile(dice),
        "city": "北京",
        "qq": "12345678",
    }
    return found_in(table([*strangers(30, 5), left, {**left, "customer_id": "A2", **right}]))


def test_the_parts_of_a_card_add_up_to_the_weight():
    for right in ({}, {"city": "上海"}, {"name": "欧阳晓明"}, {"qq": None, "email": "x@yz.cn"}):
        matches = one_pair(**right)
        for place in range(len(matches.pairs)):
            adds = sum_of(matches, place)
            parts = sum(line.bits for line in card(matches, place))
            assert adds.prior + parts + adds.repeated + adds.related == pytest.approx(adds.weight, abs=0.05)
            assert adds.repeated <= 0.01
            assert adds.related <= 0.01
            assert adds.weight == pytest.approx(matches.pairs["weight"].iloc[place], abs=0.01)


def test_what_one_of_them_does_not_say_is_told_and_worth_nothing():
    matches = one_pair(qq=None)
    place = int(matches.pairs["weight"].argmax())
    assert [(line.name, line.left, line.right, line.bits) for line in gaps(matches, place)] == [
        ("qq", "12345678", "", 0.0)
    ]


def test_every_comparison_has_a_word():
    names = {"name" if each in ("person", "company") else each for each in weights().comparisons}
    assert names <= set(WHAT)


@pytest.mark.parametrize(
    ("columns", "named"),
    [
        ({"Site name": ["a", "b"], "Program Name": ["x", "x"], "Phone": [1, 2]}, "Site name"),
        ({"机构名": ["甲", "乙"], "文件名": ["一.doc", "二.doc"], "电话": [1, 2]}, "机构名"),
        ({"Company": ["a", "b"], "Program Name": ["x", "y"], "Phone": [1, 2]}, "Company"),
        ({"Filename": ["a", "b"], "Login-Name": ["x", "y"], "Phone": [1, 2]}, ""),
    ],
)
def test_where_no_column_is_the_name_the_best_that_is_headed_so_is(
    words: Comparables, columns: dict[str, list[Any]], named: str
) -> None:
    found = sheet(**columns)
    names = [found.headers[at] for at, name in columns_of(found, words, {}).items() if name == "name"]
    assert names == ([named] if named else [])
