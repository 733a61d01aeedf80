"""Which customer a command takes, asks about, or refuses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from crmsheet.app.customers import called, customers_of, is_link, pick
from crmsheet.app.opening import Loaded, load_book
from crmsheet.app.request import Request
from crmsheet.core.errors import (
    CustomerAmbiguous,
    CustomerRetired,
    CustomerUnknown,
    CustomerUnsure,
    NothingBound,
    TextTooShort,
)
from crmsheet.core.messages import Speech

ENGLISH = Speech("en", str)
ROWS = """客户编号,客户名称,联系人,手机,记录状态,合并至
C0001,北京华信科技有限公司,司马长风,13912345671,,
C0002,上海华信科技有限公司,,13712345673,,
C0003,重庆长沙路药房,,,,
C0004,华信科技(北京),,13912345671,已合并,C0001
C0005,旧金山货栈,,,已归档,
C0006,东方甲,,,,
C0006,东方乙,,,,
"""


def loaded(
    tmp_path: Path, choose: Callable[..., int] | None = None, rows: str = ROWS, name: str = "客户.csv"
) -> Loaded:
    (tmp_path / name).write_text(rows, "utf-8")
    now = dt.datetime(2026, 11, 23, 9)
    return load_book(Request(now, now.date(), tmp_path / name, choose=choose), is_link)


def key_of(book: Loaded, row: int) -> str:
    return str(customers_of(book).keys().at[row])


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("C0001", "C0001"),
        ("c0002", "C0002"),
        ("北京华信科技有限公司", "C0001"),
        ("北京华信科技", "C0001"),
        ("139 1234 5671", "C0001"),  # the merged one has it too
        ("司马长风", "C0001"),
        ("药房", "C0003"),
    ],
)
def test_one_that_is_sure_is_taken(tmp_path, text, key):
    book = loaded(tmp_path)
    assert key_of(book, pick(book, text)) == key


@pytest.mark.parametrize(
    ("text", "error", "said"),
    [
        ("华信科技", CustomerAmbiguous,
         "2 customers fit 华信科技: C0001 北京华信科技有限公司; C0002 上海华信科技有限公司."),
        ("重庆常沙路药房", CustomerUnsure, "No customer is called 重庆常沙路药房; the nearest: C0003 重庆长沙路药房."),
        ("cqcsl", CustomerUnsure, "No customer is called cqcsl; the nearest: C0003 重庆长沙路药房."),
        ("没有这家", CustomerUnknown, "No customer fits 没有这家."),
        ("", TextTooShort, "“” is too short to look for."),
        ("C0004", CustomerRetired, "C0004 华信科技(北京) was merged or archived; nothing is written to it."),
        ("C0005", CustomerRetired, "C0005 旧金山货栈 was merged or archived; nothing is written to it."),
        ("C0006", CustomerAmbiguous, "2 customers fit C0006: C0006 东方甲, row 7; C0006 东方乙, row 8."),
    ],
)  # fmt: skip
def test_what_is_not_sure_is_refused_where_nobody_can_be_asked(tmp_path, text, error, said):
    with pytest.raises(error) as raised:
        pick(loaded(tmp_path), text)
    assert ENGLISH.say(raised.value.message) == said
    assert raised.value.exit_code == 2
    assert raised.value.next_step


def test_a_retired_customer_names_its_survivor(tmp_path):
    with pytest.raises(CustomerRetired) as raised:
        pick(loaded(tmp_path), "C0004")
    assert ENGLISH.say(raised.value.next_step) == "The customer goes on as C0001: name that one."


def test_who_only_looks_may_see_what_is_likely_and_what_is_retired(tmp_path):
    book = loaded(tmp_path)
    assert key_of(book, pick(book, "cqcsl", least=0)) == "C0003"
    assert key_of(book, pick(book, "C0004", retired=True)) == "C0004"


@pytest.mark.parametrize(
    ("text", "question", "count"),
    [("华信科技", "Several customers fit 华信科技:", 2), ("cqcsl", "No customer is called cqcsl; did you mean:", 1)],
)
def test_a_person_is_asked(tmp_path, text, question, count):
    asked = []

    def last(said: object, choices: Sequence[object]) -> int:
        asked.append((ENGLISH.say(said), [ENGLISH.say(each) for each in choices]))
        return len(choices) - 1

    book = loaded(tmp_path, last)
    row = pick(book, text)
    ((said, choices),) = asked
    assert said == question
    assert len(choices) == count
    assert called(customers_of(book), row) == choices[-1]


def test_a_book_without_customers_has_none_to_pick(tmp_path):
    book = loaded(tmp_path, rows="交易编号,客户编号,交易日期,产品,金额\nT1,C1,2026-01-02,阀门,3\n", name="交易记录.csv")
    with pytest.raises(NothingBound):
        pick(book, "C1")
