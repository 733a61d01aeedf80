"""`crmsheet diff` tells what was edited, and nothing else."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font

from tests.cli.conftest import crmsheet

HEADER = ["零件号", "品名", "库存", "电话"]
ROWS = [[f"A-{n}", f"螺栓{n}", n * 10, f"1380013{n:04d}"] for n in range(1, 31)]


def write(path, rows, sheet="配件", title=None):
    book = Workbook()
    page = book.active
    page.title = sheet
    for row in [*([[title], []] if title else []), *rows]:
        page.append(row)
    book.save(path)
    return path


def edited():
    """Sorted another way, a column moved, a header renamed, two cells changed, a record gone and one new."""
    rows = [list(row) for row in ROWS]
    rows[3][2], rows[7][1] = 999, "垫圈"
    del rows[20]
    rows.append(["B-1", "新件", 5, None])
    return [["零件号", "数量", "品名", "电话"], *([a, c, b, d] for a, b, c, d in reversed(rows))]


@pytest.fixture
def pair(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write("old.xlsx", [HEADER, *ROWS])
    write("new.xlsx", edited())
    return "old.xlsx", "new.xlsx"


def test_a_sheet_of_nobody_is_compared_by_record_and_column(pair):
    ran = crmsheet("diff", *pair, "-f", "json", "--exit-code")
    assert ran.code == 1
    told = [
        (each["kind"], each["key"], each["field"], each["before"], each["after"]) for each in ran.document["changes"]
    ]
    assert sorted(told, key=str) == sorted(
        [
            ("column", "", "数量", "库存", "数量"),
            ("set", "A-4", "数量", 40, 999),
            ("set", "A-8", "品名", "螺栓8", "垫圈"),
            ("remove", "A-21", "", {"零件号": "A-21", "品名": "螺栓21", "数量": 210, "电话": "138****0021"}, None),
            ("add", "B-1", "", None, {"零件号": "B-1", "品名": "新件", "数量": 5}),
        ],
        key=str,
    )
    assert ran.document["counts"] == {
        "cells": 2, "records": 2, "added": 1, "removed": 1, "columns": 1, "sheets": 0, "beside": 0, "differences": 5,
    }  # fmt: skip


def test_equal_books_end_with_0(pair):
    ran = crmsheet("diff", "old.xlsx", "old.xlsx", "--exit-code", "--lang", "en")
    assert (ran.code, ran.out.splitlines()[1]) == (0, "old.xlsx and old.xlsx hold the same.")


def test_formats_alone_are_said_in_one_line(pair):
    book = load_workbook("old.xlsx")
    book.active["A1"].font = Font(bold=True)
    book.save("bold.xlsx")
    ran = crmsheet("diff", "old.xlsx", "bold.xlsx", "--exit-code", "--lang", "en")
    assert ran.code == 0
    assert "hold the same; they differ in" in ran.out


def test_private_values_are_masked_and_revealed(pair):
    assert "13800130021" not in crmsheet("diff", *pair, "--cells").out
    assert "13800130021" in crmsheet("diff", *pair, "--cells", "--reveal").out
    by_phone = crmsheet("diff", *pair, "--key", "电话", "-f", "json")
    assert "1380013" not in by_phone.out
    assert "138****0004" in by_phone.out


def test_a_workbook_and_its_export_hold_the_same(pair):
    with Path("export.csv").open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([HEADER, *ROWS])
    assert crmsheet("diff", "old.xlsx", "export.csv", "--exit-code").code == 0
    ran = crmsheet("diff", "export.csv", "new.xlsx", "-f", "json")
    assert ran.document["counts"]["differences"] == 5


def test_another_kind_of_value_is_told_as_such(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write("old.xlsx", [["编号", "数"], ["x1", 12], ["x2", 13]])
    write("new.xlsx", [["编号", "数"], ["x1", "12"], ["x2", 13]])
    ran = crmsheet("diff", "old.xlsx", "new.xlsx", "--lang", "en")
    assert "12 (number)" in ran.out
    assert "12 (text)" in ran.out


def test_titles_are_told_by_address_and_a_moved_total_is_none(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write("old.xlsx", [HEADER, *ROWS], title="2026 年 1 月")
    write("new.xlsx", [HEADER, *ROWS, ["B-1", "新件", 5, None]], title="2026 年 2 月")
    ran = crmsheet("diff", "old.xlsx", "new.xlsx", "-f", "json")
    (beside,) = [each["rows"] for each in ran.document["sections"] if each["name"] == "beside"]
    assert beside == [["配件!A1", "2026 年 1 月", "2026 年 2 月"]]
    assert ran.document["counts"]["differences"] == 2


def test_formulas_of_sorted_rows_are_no_change(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows = [[f"x{n}", n, n + 1] for n in range(1, 9)]
    for name, order in (("old.xlsx", rows), ("new.xlsx", rows[::-1])):
        write(name, [["编号", "甲", "乙", "和"], *([*row, f"=B{at}+C{at}"] for at, row in enumerate(order, 2))])
    assert crmsheet("diff", "old.xlsx", "new.xlsx", "--exit-code").code == 0


def test_sheets_that_came_went_or_were_renamed(pair):
    book = load_workbook("old.xlsx")
    book.active.title = "零件"
    book.create_sheet("新表").append(["甲", "乙"])
    book.save("other.xlsx")
    ran = crmsheet("diff", "old.xlsx", "other.xlsx", "-f", "json")
    (rows,) = [each["rows"] for each in ran.document["sections"] if each["name"] == "sheets"]
    assert rows == [["配件", "renamed to 零件"], ["新表", "added, 0 rows"]]
    assert ran.document["changes"] == []


def test_a_wrong_key_names_the_columns(pair):
    ran = crmsheet("diff", *pair, "--key", "没有", "--lang", "en")
    assert ran.code == 2
    assert "零件号, 数量, 品名, 电话" in ran.err


def test_a_wrong_table_names_those_there_are(pair):
    ran = crmsheet("diff", *pair, "--table", "配", "--lang", "en")
    assert ran.code == 2
    assert "配件" in ran.err


def test_a_book_with_its_versions(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write(
        "客户.xlsx",
        [["客户编号", "客户名称", "手机"], *([f"C{n}", f"公司{n}", f"138001300{n:02d}"] for n in range(1, 9))],
        "客户",
    )
    first = crmsheet("diff", "客户.xlsx", "--lang", "en")
    assert first.code == 2
    assert "no version yet" in first.err
    assert crmsheet("set", "C3", "name=改名", "客户.xlsx").code == 0
    assert crmsheet("diff", "客户.xlsx", "--exit-code").code == 0
    book = load_workbook("客户.xlsx")
    book["客户"]["B2"] = "人改的"
    book.save("客户.xlsx")
    since = crmsheet("diff", "客户.xlsx", "-f", "json").document["changes"]
    assert [(each["key"], each["before"], each["after"]) for each in since] == [("C1", "公司1", "人改的")]
    before = crmsheet("diff", "客户.xlsx", "1", "-f", "json").document["changes"]
    assert {(each["key"], each["after"]) for each in before} == {("C1", "人改的"), ("C3", "改名")}
    between = crmsheet("diff", "客户.xlsx", "1", "2", "-f", "json").document["changes"]
    assert [(each["key"], each["after"]) for each in between] == [("C3", "改名")]
    assert crmsheet("diff", "客户.xlsx", "1", "当前", "--exit-code").code == 1
    assert crmsheet("diff", "客户.xlsx", "99").code == 2
    assert crmsheet("diff", "客户.xlsx", "1", "2", "3").code == 2


def test_a_workbook_with_marks(pair):
    assert crmsheet("diff", *pair, "-f", "xlsx").code == 2
    ran = crmsheet("diff", *pair, "-f", "xlsx", "-o", "marks.xlsx", "--lang", "en")
    assert ran.code == 0
    book = load_workbook("marks.xlsx")
    page = book["配件"]
    assert [cell.value for cell in page[1]] == [
        "What", "Row", "零件号", "数量", "数量 (before)", "品名", "品名 (before)", "电话",
    ]  # fmt: skip
    rows = {row[2].value: row for row in page.iter_rows(min_row=2)}
    assert {key: row[0].value for key, row in rows.items()} == {
        "A-4": "changed", "A-8": "changed", "A-21": "removed", "B-1": "added",
    }  # fmt: skip
    assert [rows["A-4"][at].value for at in (3, 4)] == [999, 40]
    colours = {name: rows[key][3].fill.fgColor.rgb for name, key in (("new", "B-1"), ("gone", "A-21"), ("set", "A-4"))}
    assert len({*colours.values(), "00000000"}) == 4
    assert rows["A-8"][3].fill.fill_type is None, "what did not change has no mark"
    assert rows["A-21"][3].font.strike
    assert rows["A-21"][7].value == "138****0021"


def test_nothing_is_written(pair, tmp_path):
    before = {each.name: each.read_bytes() for each in tmp_path.iterdir()}
    assert crmsheet("diff", *pair).code == 0
    assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == before


def test_hostile_cells_steer_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write("old.xlsx", [["编号", "注"], ["x1", "a"], ["x2", "b"]])
    write("new.xlsx", [["编号", "注"], ["x1", "<script>{0}%s`ls`"], ["x2", "=cmd|' /C calc'!A0"]])
    assert "<script>" not in crmsheet("diff", "old.xlsx", "new.xlsx", "-f", "html").out
    assert "{0}%s" in crmsheet("diff", "old.xlsx", "new.xlsx").out
