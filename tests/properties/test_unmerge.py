"""Laws of merging: taken apart again, nothing of a merge is left; and taking one out is as if it had never been in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmsheet.app.undo import undo
from tests.merged_books import apart, conflicts, difference, files, held, merge, request, write
from tests.properties.drawn_books import KINDS
from tests.small_books import path_of, schema_read_once

KEYS = ("C1", "C2", "C3", "C4", "C5")
DAYS = st.dates(dt.date(2020, 1, 1), dt.date(2025, 12, 31))
COLUMNS = {
    "客户名称": st.sampled_from(("上海甲公司", "上海甲", "甲公司（上海）", "北京乙公司")),
    "手机": st.sampled_from((None, "13911112222", "13822223333", "139 1111 2222", "13911112222；13733334444")),
    "微信": st.sampled_from((None, "jia_01", "yi-02", "jia_01；yi-02")),
    "客户来源": st.sampled_from((None, "ERP", "官网", "展会")),
    "负责人": st.sampled_from((None, "王芳", "李雷", "韩梅梅")),
    "协作人": st.sampled_from((None, "李雷", "王芳、韩梅梅")),
    "公海状态": st.sampled_from((None, "私海", "公海")),
    "城市": st.sampled_from((None, "上海", "上海市", "北京")),
    "地址": st.sampled_from((None, "中山路1号", "中山路1号2室", "长安街7号")),
    "网址": st.sampled_from((None, "jia.cn", "yi.cn")),
    "合作状态": st.sampled_from((None, "合作中", "暂停", "黑名单")),
    "拒绝联系": st.sampled_from((None, "是", "否")),
    "币种": st.sampled_from((None, "CNY", "USD")),
    "累计成交金额": st.sampled_from((None, 100, 250.5, 1000)),
    "成交次数": st.sampled_from((None, 1, 2)),
    "上级客户": st.sampled_from((None, *KEYS)),
    "最后跟进时间": st.one_of(st.none(), DAYS),
    "下次跟进时间": st.one_of(st.none(), DAYS),
    "更新时间": st.one_of(st.none(), DAYS),
    "备注": st.sampled_from((None, "爱喝茶", "周五送货；爱喝茶", "月结，30天")),
    "颜色": st.sampled_from((None, "红", "蓝")),
}


@pytest.fixture(scope="module", autouse=True)
def _read_once() -> Iterator[None]:
    with schema_read_once():
        yield


@st.composite
def books(draw):
    """Customers of whom any may be the same, their contacts, their sales without keys, and notes by name alone."""
    columns = draw(st.lists(st.sampled_from(tuple(COLUMNS)[1:]), unique=True, min_size=3))
    header = ["客户编号", "客户名称", *columns]
    rows = [[key, *(draw(COLUMNS[name]) for name in header[1:])] for key in KEYS]
    sheets = {"客户": [header, *rows]}
    yes = st.sampled_from((None, "是", "否"))
    people = [[f"P{at}", draw(st.sampled_from(KEYS)), f"张{at}", draw(yes)] for at in range(draw(st.integers(1, 5)))]
    sheets["联系人"] = [["联系人编号", "客户编号", "姓名", "首要联系人"], *people]
    sales = [[draw(st.sampled_from(KEYS)), dt.date(2025, 1, at + 1), 100 * at] for at in range(draw(st.integers(1, 4)))]
    sheets["交易记录"] = [["客户编号", "日期", "金额"], *sales]
    return sheets


@st.composite
def groups(draw):
    """One or two groups of customers, each with its kept one first."""
    keys = draw(st.permutations(KEYS))
    first = draw(st.integers(2, 4))
    return [keys[:first], keys[first:]] if first < 4 and draw(st.booleans()) else [keys[:first]]


@given(kind=KINDS, sheets=books(), merged=groups(), data=st.data())
@settings(max_examples=30)
def test_merge_and_unmerge_leave_everything_as_it_was(kind, sheets, merged, data):
    with TemporaryDirectory() as folder:
        book = path_of(kind, Path(folder))
        write(book, kind, sheets)
        before, bytes_before = held(book), files(book)
        merge(book, *merged)
        losers = [key for _, *gone in merged for key in gone]
        for key in data.draw(st.permutations(losers)):
            assert conflicts(apart(book, key)) == []
        assert held(book) == before
        if len(losers) == 1:
            assert files(book) == bytes_before


@given(kind=KINDS, sheets=books(), keys=st.permutations(KEYS))
@settings(max_examples=15)
def test_taking_one_out_is_as_if_it_had_not_been_merged(kind, sheets, keys):
    kept, out, *others = keys[:4]
    with TemporaryDirectory() as folder:
        (Path(folder) / "a").mkdir()
        book, other = path_of(kind, Path(folder)), path_of(kind, Path(folder) / "a")
        write(book, kind, sheets)
        write(other, kind, sheets)
        merge(book, (kept, out, *others))
        assert conflicts(apart(book, out)) == []
        merge(other, (kept, *others))
        assert difference(book, other) == []


@given(kind=KINDS, sheets=books(), keys=st.permutations(KEYS))
@settings(max_examples=15)
def test_one_that_got_there_by_way_of_another_comes_back(kind, sheets, keys):
    """Of A in B in C, A comes back; and B in C is as if A had never been in B."""
    first, second, third, *_ = keys
    with TemporaryDirectory() as folder:
        (Path(folder) / "a").mkdir()
        book, other = path_of(kind, Path(folder)), path_of(kind, Path(folder) / "a")
        write(book, kind, sheets)
        write(other, kind, sheets)
        merge(book, (second, first))
        merge(book, (third, second))
        assert conflicts(apart(book, first)) == []
        merge(other, (third, second))
        assert difference(book, other) == []


@given(kind=KINDS, sheets=books(), keys=st.permutations(KEYS))
@settings(max_examples=10)
def test_undo_of_the_merge_and_unmerge_agree(kind, sheets, keys):
    with TemporaryDirectory() as folder:
        book = path_of(kind, Path(folder))
        write(book, kind, sheets)
        before = held(book)
        merge(book, keys[:3])
        apart(book, keys[1])
        undo(request(book), "v2", write=True)
        assert held(book) == before
