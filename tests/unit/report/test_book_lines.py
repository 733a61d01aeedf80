"""A book as lines: what does not change its records changes no line, what does changes just their own."""

from __future__ import annotations

import datetime as dt
import random

from crmsheet.core.book import Book
from crmsheet.core.cells import CellError, Formula
from crmsheet.report.book_lines import book_lines
from crmsheet.schema.binding import bind
from tests.unit.schema import made
from tests.unit.schema.made import SCHEMA, opened

HEAD = ("客户编号", "客户名称", "手机", "备用", "金额合计")
ROWS = (
    ("C1", "上海华星", "13800138000", None, 3.0),
    ("C2", "广州南方", None, "甲", Formula("C4*2", 7.0)),
    ("C3", "北京三元", 13900139000.0, dt.date(2026, 11, 23), True),
)


def sheet(name, *rows):
    return made.sheet(name, rows)


def lines(*sheets):
    found = opened(*sheets)
    return list(book_lines(found.sheets, bind(found, SCHEMA).book, SCHEMA))


def test_a_line_for_each_cell_that_is_not_empty():
    assert lines(sheet("客户", HEAD, ROWS[0])) == [
        "客户/C1/客户编号: C1",
        "客户/C1/客户名称: 上海华星",
        "客户/C1/手机: 13800138000",
        "客户/C1/金额合计: 3",
    ]


def test_moved_rows_and_columns_are_no_change():
    before = lines(sheet("客户", HEAD, *ROWS))
    assert (
        lines(sheet("客户", HEAD, *reversed(ROWS[:1] + ROWS[2:]), ROWS[1])) != before
    )  # its formula names another row
    rows = [list(row) for row in (ROWS[0], ROWS[2])]
    before = lines(sheet("客户", HEAD, *rows))
    order = list(range(len(HEAD)))
    random.Random(7).shuffle(order)
    moved = [[row[at] for at in order] for row in reversed(rows)]
    assert lines(sheet("客户", [HEAD[at] for at in order], *moved)) == before


def test_a_formula_tells_its_own_row_as_a_sign():
    text = '=IF(D2="D2",$D2+D22,SUM(D$2:D2)*LOG10(D2)+Other!E2)'[1:]
    (line,) = [
        each for each in lines(sheet("客户", HEAD, ("C1", "甲公司", None, Formula(text, 1.0), None))) if "备用" in each
    ]
    assert line == '客户/C1/备用: =IF(D@="D2",$D@+D22,SUM(D$2:D@)*LOG10(D@)+Other!E@)'


def test_doubled_and_missing_keys_are_told_apart_by_what_the_rows_hold():
    rows = (("C1", "乙公司", "2", None, None), ("C1", "甲公司", "1", None, None), (None, "丙公司", None, None, None))
    told = lines(sheet("客户", HEAD, *rows))
    assert told == lines(sheet("客户", HEAD, *reversed(rows)))
    assert "客户/丙公司/客户名称: 丙公司" in told
    assert {each.split("/")[1] for each in told} == {"C1", "C1 (2)", "丙公司"}


def test_without_a_key_column_the_name_tells():
    told = lines(sheet("客户", ("客户名称", "手机"), ("上海华星", "13800138000")))
    assert told == ["客户/上海华星/客户名称: 上海华星", "客户/上海华星/手机: 13800138000"]


def test_another_header_is_one_line():
    told = lines(sheet("客户", ("客户编号", "公司名称"), ("C1", "上海华星")))
    assert told[0] == "客户/表头/客户名称: 公司名称"
    assert told[1:] == lines(sheet("客户", ("客户编号", "客户名称"), ("C1", "上海华星")))


def test_what_stands_outside_a_table_is_told_by_rows():
    told = lines(
        sheet("客户", ("客户表 2026",), HEAD, *ROWS, (None, "合计", None, None, Formula("SUM(E3:E5)", 10.0))),
        sheet("说明", ("甲", None, CellError("#N/A")), (None,), ("乙",)),
    )
    assert told[-4:] == ["客户: 客户表 2026", "客户:  | 合计 |  |  | =SUM(E3:E5)", "说明: 甲 |  | #N/A", "说明: 乙"]


def test_a_cell_cannot_break_its_line_or_the_terminal():
    (name,) = [
        each
        for each in lines(sheet("客户", HEAD, ("C1", "a\nb\r\tc\x1b[31m\u202ed\u2028", None, None, None)))
        if "客户名称" in each
    ]
    assert name == "客户/C1/客户名称: a\\nb\\r\\tc\\u001b[31m\\u202ed\\u2028"


def test_without_tables_each_sheet_is_told_by_rows():
    found = opened(sheet("b", ("x",)), sheet("a", ("y", 2.0)))
    assert list(book_lines(found.sheets, Book(found.source, {}), SCHEMA)) == ["a: y | 2", "b: x"]
