"""Where the records of other tables go in a merge: by key and by name, marks that one alone may have, twins."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from crmsheet.app.bench import bench
from crmsheet.app.opening import load_book
from crmsheet.core.cells import Formula
from crmsheet.core.changes import Changes
from crmsheet.match.merging import Merge, merged
from crmsheet.match.moving import twins
from tests.merged_books import WHY, apart, cell, conflicts, difference, merge, request, rows_of, write
from tests.small_books import schema_read_once

CUSTOMERS = [
    ["客户编号", "客户名称"],
    ["K1", "北京华信科技有限公司"],
    ["K2", "华信科技"],
    ["K3", "天津远大食品有限公司"],
]


@pytest.fixture(scope="module", autouse=True)
def _read_once():
    with schema_read_once():
        yield


def book_of(folder: Path, **sheets: list[list[Any]]) -> Path:
    book = folder / "客户.xlsx"
    write(book, "xlsx", {"客户": CUSTOMERS, **sheets})
    return book


def test_every_table_that_names_the_customer_by_key_follows(tmp_path):
    tables = {
        "联系人": (["联系人编号", "客户编号", "姓名"], ["P1", "K2", "王芳"]),
        "地址": (["地址编号", "客户编号", "地址"], ["A1", "K2", "中山路1号"]),
        "开票信息": (["开票编号", "客户编号", "开票抬头"], ["B1", "K2", "华信"]),
        "交易记录": (["交易编号", "客户编号", "日期", "金额"], ["T1", "K2", dt.date(2025, 1, 1), 5]),
        "个人信息授权": (["授权编号", "客户编号", "处理目的", "撤回时间"], ["G1", "K2", "营销", dt.date(2025, 1, 1)]),
        "跟进记录": (["跟进编号", "客户编号", "跟进时间", "跟进内容"], ["F1", "K2", dt.date(2025, 1, 1), "问好"]),
        "商机": (["商机编号", "客户编号", "商机名称"], ["O1", "K2", "大单"]),
    }
    book = book_of(tmp_path, **{name: list(rows) for name, rows in tables.items()})
    merge(book, ("K1", "K2"))
    assert rows_of(book, "K1") == dict.fromkeys(rows_of(book, "K2"), 1)
    assert len(rows_of(book, "K1")) == len(tables)
    assert set(rows_of(book, "K2").values()) == {0}


def test_what_was_merged_before_points_to_the_new_one(tmp_path):
    book = book_of(tmp_path)
    merge(book, ("K2", "K3"))
    merge(book, ("K1", "K2"))
    assert [cell(book, key, "合并至") for key in ("K1", "K2", "K3")] == [None, "K1", "K1"]


def test_records_that_name_their_customer_by_name_alone_get_the_name_of_today(tmp_path):
    sales = [["交易编号", "客户名称", "日期", "金额"], ["T1", "华信科技", dt.date(2025, 1, 1), 5],
             ["T2", "天津远大食品有限公司", dt.date(2025, 1, 1), 5]]  # fmt: skip
    book = book_of(tmp_path, 交易记录=sales)
    merge(book, ("K1", "K2"))
    assert [cell(book, key, "客户名称", "transactions") for key in ("T1", "T2")] == [
        "北京华信科技有限公司",
        "天津远大食品有限公司",
    ]
    assert conflicts(apart(book, "K2")) == []
    assert cell(book, "T1", "客户名称", "transactions") == "华信科技"


def test_records_of_the_kept_one_follow_its_new_name(tmp_path):
    sales = [["交易编号", "客户名称", "日期", "金额"], ["T1", "华信科技", dt.date(2025, 1, 1), 5]]
    book = book_of(tmp_path, 交易记录=sales)
    merge(book, ("K2", "K1"))
    assert cell(book, "K2", "客户名称") == cell(book, "T1", "客户名称", "transactions") == "北京华信科技有限公司"
    assert conflicts(apart(book, "K1")) == []
    assert cell(book, "K2", "客户名称") == cell(book, "T1", "客户名称", "transactions") == "华信科技"


def test_a_name_beside_an_empty_number_or_in_its_place_becomes_the_number(tmp_path):
    sales = [
        ["交易编号", "客户编号", "客户名称", "日期", "金额"],
        ["T1", None, "华信科技", dt.date(2025, 1, 1), 5],
        ["T2", "华信科技", None, dt.date(2025, 1, 1), 5],
        ["T3", "K3", "华信", dt.date(2025, 1, 1), 5],
    ]
    for kept, lost in (("K1", "K2"), ("K2", "K1")):
        (tmp_path / kept).mkdir()
        book = book_of(tmp_path / kept, 交易记录=sales)
        (tmp_path / kept / "before").mkdir()
        before = book_of(tmp_path / kept / "before", 交易记录=sales)
        merge(book, (kept, lost))
        assert [cell(book, key, "客户编号", "transactions") for key in ("T1", "T2", "T3")] == [kept, kept, "K3"]
        assert [cell(book, key, "客户名称", "transactions") for key in ("T1", "T3")] == ["华信科技", "华信"]
        assert conflicts(apart(book, lost)) == []
        assert difference(book, before) == []


def test_of_two_marks_that_one_may_have_the_kept_ones_stays(tmp_path):
    people = [["联系人编号", "客户编号", "姓名", "首要联系人"], ["P1", "K1", "甲", "是"], ["P2", "K2", "乙", "是"],
              ["P3", "K3", "丙", "是"], ["P4", "K3", "丁", "否"]]  # fmt: skip
    book = book_of(tmp_path, 联系人=people)
    merge(book, ("K1", "K2", "K3"))
    assert [cell(book, f"P{at}", "首要联系人", "contacts") for at in range(1, 5)] == ["是", "否", "否", "否"]


def test_without_a_mark_of_the_kept_one_the_first_that_comes_stays_and_addresses_have_one_of_each_kind(tmp_path):
    places = [["地址编号", "客户编号", "地址类型", "地址", "默认地址"], ["A1", "K2", "收货", "甲", "是"],
              ["A2", "K3", "收货", "乙", "是"], ["A3", "K3", "办公", "丙", "是"]]  # fmt: skip
    book = book_of(tmp_path, 地址=places)
    merge(book, ("K1", "K2", "K3"))
    assert [cell(book, f"A{at}", "默认地址", "addresses") for at in range(1, 4)] == ["是", None, "是"]


def test_formulas_stay(tmp_path):
    sales = [["交易编号", "客户编号", "日期", "金额"], ["T1", Formula('"K"&2'), dt.date(2025, 1, 1), 5]]
    book = book_of(tmp_path, 交易记录=sales)
    merge(book, ("K1", "K2"))
    assert cell(book, "T1", "客户编号", "transactions") == Formula('"K"&2', None)


def twins_of(book: Path) -> list[dict[str, Any]]:
    loaded = load_book(request(book))
    with bench(loaded) as on:
        rows = {key: row for row, key in on.tables["customers"].keys().items()}
        plan = Merge(rows["K1"], (rows["K2"],), {rows[key]: key for key in ("K1", "K2")})
        why = {rows["K2"]: WHY}
        changes: Changes = merged("customers", [plan], why, on.tables, loaded.schema, loaded.context)
        return [dict(each.arguments) for each in twins(changes, on.tables, loaded.schema)]


def test_records_that_say_the_same_now_are_told_and_stay(tmp_path):
    people = [
        ["联系人编号", "客户编号", "姓名", "手机"],
        ["P1", "K1", "王芳", "13911112222"],
        ["P2", "K2", "王芳", "139 1111 2222"],
        ["P3", "K2", "王芳", "13822223333"],
        ["P4", "K3", "王芳", "13911112222"],
        ["P5", "K2", "李雷", None],
    ]
    book = book_of(tmp_path, 联系人=people)
    assert [(each["first"], each["second"], each["winner"], each["loser"]) for each in twins_of(book)] == [
        (2, 3, "K1", "K2")
    ]
    merge(book, ("K1", "K2"))
    assert rows_of(book, "K1") == {"contacts": 4}
