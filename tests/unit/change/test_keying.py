"""Which columns tell the rows of a table apart."""

import random

from crmsheet.change.columns import column_names
from crmsheet.change.keying import identity, keyed
from tests.unit.change.made import table


def made(fields, rows):
    return table([dict(zip(fields, row, strict=True)) for row in rows], fields)


def test_the_key_of_the_schema_comes_first_where_it_is_in_all_states():
    fields = ("customer_id", "name", "单号")
    old = made(fields, [("C1", "甲", "x1"), ("C2", "乙", "x2"), ("C3", "丙", "x3")])
    assert identity([old, old]).names == ("customer_id",)
    without = made(fields[1:], [("甲", "x1"), ("乙", "x2"), ("丙", "x3")])
    found = identity([old, without])
    assert found.names == ("单号",)
    assert not found.guessed, "a header that says so is more than a guess"
    assert keyed(without, found).keys().tolist() == ["x1", "x2", "x3"]


def test_a_key_of_the_schema_that_is_mostly_doubled_is_none():
    old = made(("customer_id", "name"), [("C1", "甲"), ("C1", "乙"), ("C1", "丙"), ("C2", "丁")])
    assert identity([old, old]).names == ("name",)


def test_a_counter_of_rows_yields_to_what_stays_with_the_record():
    fields = ("序号", "名号", "金额", "城市")
    rows = [(f"公{n}", 100 + n, "沪京广"[n % 3]) for n in range(30)]
    old = made(fields, [(n, *row) for n, row in enumerate(rows, 1)])
    new = made(fields, [(n, *row) for n, row in enumerate([("新", 5, "沪"), *rows], 1)])
    assert identity([old, new]).names == ("名号",)


def test_two_columns_together_where_none_alone_does():
    rng = random.Random(1)
    rows = [(year, shop, rng.choice("甲乙"), "万") for year in ("2024", "2025", "2026") for shop in "东西南北中上下左"]
    old = made(("年份", "门店", "负责", "单位"), rows)
    found = identity([old, old])
    assert set(found.names) == {"年份", "门店"}
    assert found.guessed
    assert keyed(old, found).keys().iloc[0] in ("2024 | 东", "东 | 2024")


def test_where_nothing_tells_rows_apart_there_is_no_key():
    old = made(("甲", "乙"), [("a", "b")] * 12)
    found = identity([old, old])
    assert (found.names, found.guessed) == ((), True)
    assert set(keyed(old, found).keys()) == {""}


def test_parts_of_a_key_cannot_run_into_each_other():
    old = made(("甲", "乙"), [("a | b", "c"), ("a", "b | c")])
    keys = keyed(old, identity([old], ("甲", "乙"))).keys().tolist()
    assert len(set(keys)) == 2
    assert column_names(old)["甲"] == "A"
