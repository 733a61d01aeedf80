"""Every command on a book with a sheet for each salesperson, on two tables of one sheet, and on merged cells."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.cli.conftest import Ran, crmsheet

DAY = "2024-06-01"
Rows = Sequence[Sequence[object]]
SALES: Mapping[str, Rows] = {
    "张三": [
        ["客户名称", "手机", "客户级别", "行业", "最近成交日期", "累计成交金额", "成交次数"],
        ["北京华星科技有限公司", "139 1001 2345", "A", "制造", dt.date(2024, 5, 1), 120000, 5],
        ["上海远望贸易有限公司", "13900139001", "B", "贸易", dt.date(2024, 1, 5), 3000, 1],
    ],
    "李四": [
        ["李四的客户表"],
        [],
        ["电话", "客户名称", "手机号码", "行业", "备注"],
        [None, "北京华星科技有限公司", "13910012345", "制造", "重复的"],
        ["010-62345678", "深圳大地电子有限公司", "136-0013-6001", "电子", None],
    ],
    "王五": [
        ["序号", "客户名称", "手机", "客户级别", "行业"],
        [1, "成都锦江食品有限公司", "13500135001", "A", "食品"],
        [2, "武汉长江物流有限公司", "+86 13400134001", "B", "物流"],
    ],
}


def made(path: Path, sheets: Mapping[str, Rows], merged: Sequence[str] = ()) -> Path:
    """A workbook of these rows; an empty row is left out of the file."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for number, row in enumerate(rows, 1):
            for column, value in enumerate(row, 1):
                if value is not None:
                    sheet.cell(number, column, value)
        for area in merged:
            sheet.merge_cells(area)
    book.save(path)
    return path


@pytest.fixture
def sales(tmp_path: Path) -> Path:
    return made(tmp_path / "客户.xlsx", SALES)


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def cells(path: Path, sheet: str) -> list[list[Any]]:
    return [list(row) for row in openpyxl.load_workbook(path)[sheet].iter_rows(values_only=True)]


def ran(*arguments: object) -> Ran:
    done = crmsheet(*arguments)
    assert done.code == 0, done.said
    return done


def column(path: Path, sheet: str, header: str, row: int) -> list[Any]:
    """The cells below a header."""
    rows = cells(path, sheet)
    return [each[rows[row - 1].index(header)] for each in rows[row:]]


def test_the_sheets_are_read_as_one_table_and_said_so(sales):
    found = ran("check", sales, "--today", DAY, "-f", "json").document
    assert found["counts"]["rows"] == 6
    (tables,) = (each["rows"] for each in found["sections"] if each["name"] == "tables")
    assert [row[1:4] for row in tables] == [["张三", 1, 2], ["李四", 3, 2], ["王五", 1, 2]]
    said = [each["message"] for each in found["findings"] if each["rule"] == "CRM106"]
    assert said == [
        "read together from 3 sheets: 张三、李四、王五",
        "Owner is told by the names of the sheets: 张三、李四、王五; nothing is written for it",
    ]
    assert {(each["sheet"], each["cell"]) for each in found["findings"] if each["rule"] == "CRM210"} == {
        ("张三", "B2"), ("李四", "C5"), ("王五", "C3"),
    }  # fmt: skip


@pytest.mark.parametrize("form", ["text", "md", "html"])
def test_no_page_shows_a_row_that_no_sheet_has(sales, form):
    for command in ("check", "clean", "dedupe", "tier", "followup", "nightly"):
        page = ran(command, sales, "--today", DAY, "-f", form).out
        assert "20971" not in page, page
        assert "XF" not in page, page


def test_cleaning_writes_each_sheet_and_undo_gives_every_byte_back(sales):
    before = digest(sales)
    done = ran("clean", sales, "--today", DAY, "--write", "-f", "json").document
    assert {(each["sheet"], each["cell"], each["after"]) for each in done["changes"] if each["field"] == "mobile"} == {
        ("张三", "B2", "139****2345"), ("李四", "C5", "136****6001"), ("王五", "C3", "134****4001"),
    }  # fmt: skip
    assert set(done["receipt"]["sheets"]) == {"张三", "李四", "王五"}
    assert column(sales, "李四", "手机号码", 3) == ["13910012345", "13600136001"]
    assert ran("clean", sales, "--today", DAY, "-f", "json").document["changes"] == []
    ran("undo", sales, "--write")
    assert digest(sales) == before


def test_a_night_writes_keys_and_grades_into_every_sheet(sales):
    before = digest(sales)
    ran("nightly", sales, "--today", DAY, "--write")
    assert column(sales, "张三", "客户编号", 1) == ["K000001", "K000002"]
    assert column(sales, "李四", "客户编号", 3) == ["K000003", "K000004"]
    assert column(sales, "王五", "客户编号", 1) == ["K000005", "K000006"]
    assert column(sales, "张三", "ABC分级", 1)[0] == "A"
    assert column(sales, "王五", "ABC分级", 1) == ["C", "C"]
    assert cells(sales, "李四")[0][0] == "李四的客户表"
    assert ran("nightly", sales, "--today", DAY, "-f", "json").document["changes"] == []
    ran("undo", sales, "--write")
    assert digest(sales) == before


@pytest.mark.parametrize("verb", ["tier", "followup", "dedupe"])
def test_what_a_verb_writes_is_taken_back(sales, verb):
    before = digest(sales)
    done = ran(verb, sales, "--today", DAY, "--write", "-f", "json").document
    if done["changes"]:
        assert digest(sales) != before
        back = ran("undo", sales, "--write", "-f", "json").document
        assert back["counts"]["conflicts"] == 0
    assert digest(sales) == before


def test_a_duplicate_across_sheets_is_merged(sales):
    ran("dedupe", sales, "--today", DAY, "--write")
    assert column(sales, "李四", "合并至", 3) == ["K000001", None]
    assert openpyxl.load_workbook(sales)["李四"].row_dimensions[4].hidden
    assert column(sales, "张三", "备注", 1)[0] == "重复的"
    page = ran("dedupe", sales, "--today", DAY).out
    assert "20971" not in page


def test_a_new_customer_goes_to_the_sheet_of_its_owner(sales):
    done = ran("add", sales, "南京雨花茶业有限公司", "手机=13612345678", "负责人=李四", "-f", "json").document
    (written,) = (each["rows"] for each in done["sections"] if each["name"] == "cells")
    assert [row[:2] for row in written if row[1] != "客户编号"] == [["李四!B6", "客户名称"], ["李四!C6", "手机"]]
    assert cells(sales, "李四")[-1][1:3] == ["南京雨花茶业有限公司", "13612345678"]
    assert "负责人" not in [text for name in SALES for row in cells(sales, name) for text in row]
    ran("undo", sales, "--write")
    assert len(cells(sales, "李四")) == 5


def test_an_owner_without_a_sheet_is_refused(sales):
    before = digest(sales)
    refused = crmsheet("add", sales, "南京雨花茶业有限公司", "负责人=赵六", "--lang", "en")
    assert refused.code == 2
    assert "赵六" in refused.err
    moved = crmsheet("set", sales, "深圳大地", "负责人=王五", "--lang", "en")
    assert moved.code == 5
    assert "李四!5" in moved.err
    assert digest(sales) == before


def test_one_record_is_changed_in_its_own_sheet(sales):
    ran("set", sales, "深圳大地", "行业=电子制造", "客户级别=B")
    assert column(sales, "李四", "行业", 3) == ["制造", "电子制造"]
    assert column(sales, "李四", "客户级别", 3) == [None, "B"]
    assert column(sales, "张三", "客户级别", 1) == ["A", "B"]
    done = ran("note", sales, "武汉长江", "已报价", "--today", DAY, "-f", "json").document
    (written,) = (each["rows"] for each in done["sections"] if each["name"] == "cells")
    assert [row[:2] for row in written] == [["王五!F3", "最后跟进时间"], ["王五!G3", "备注"]]
    assert column(sales, "王五", "备注", 1)[1].endswith("已报价")
    assert "深圳大地" in ran("show", sales, "深圳大地").out
    assert "a customer of 王五: K000006" in ran("who", sales, "13400134001").out
    ran("undo", sales, "--write")
    ran("undo", sales, "--write")
    assert cells(sales, "李四") == cells(made(sales.with_name("other.xlsx"), SALES), "李四")


def test_what_people_changed_since_stays_when_a_night_is_taken_back(sales):
    """The rows were sorted and a sheet moved: the changes are found by their keys."""
    ran("tier", sales, "--today", DAY, "--write")  # gives keys
    ran("clean", sales, "--today", DAY, "--write")
    book = openpyxl.load_workbook(sales)
    book.move_sheet("王五", -2)
    sheet = book["李四"]
    first, second = ([each.value for each in row] for row in sheet.iter_rows(4, 5))
    for number, row in ((4, second), (5, first)):
        for at, value in enumerate(row, 1):
            sheet.cell(number, at).value = value
    sheet.cell(5, 5).value = "新的备注"
    book.save(sales)
    ran("undo", sales, "--write")
    assert column(sales, "李四", "手机号码", 3) == ["136-0013-6001", "13910012345"]
    assert column(sales, "李四", "备注", 3) == [None, "新的备注"]
    assert column(sales, "王五", "手机", 1) == ["13500135001", "+86 13400134001"]


def test_a_settled_sheet_is_read_or_left_as_the_user_says(sales):
    book = openpyxl.load_workbook(sales)
    book["王五"].title = "客户(旧)"
    book.save(sales)
    left = ran("check", sales, "--lang", "en", "-f", "json").document
    assert left["counts"]["rows"] == 4
    assert any("its name says that it is set aside" in each["message"] for each in left["findings"])
    settings = sales.parent / "crmsheet.toml"
    settings.write_text('[layout."客户(旧)"]\ntable = "customers"\n', "utf-8")
    assert ran("check", sales, "-f", "json").document["counts"]["rows"] == 6
    settings.write_text('[layout."客户(旧)"]\nheader = 0\n', "utf-8")
    kept = ran("check", sales, "-f", "json").document
    assert kept["counts"]["rows"] == 4
    assert not any(each["sheet"] == "客户(旧)" for each in kept["findings"])


HEAD = ["客户编号", "客户名称", "手机", "行业"]
ABOVE = [
    ["客户资料"],
    HEAD,
    ["C001", "北京华星科技有限公司", "139 1001 2345", "制造"],
    ["C002", "上海远望贸易有限公司", "13900139001", "贸易"],
]
BELOW = [
    ["交易记录"],
    ["客户编号", "日期", "产品", "金额"],
    ["C001", dt.date(2024, 5, 1), "泵", 5000],
    ["C002", "2024.5.3", "阀", 300],
]


def stacked(tmp_path: Path, gap: int) -> Path:
    return made(tmp_path / "上下.xlsx", {"客户": [*ABOVE, *([] for _ in range(gap)), *BELOW]})


def test_tables_below_each_other_are_both_worked_on(tmp_path):
    book = stacked(tmp_path, 4)
    before = digest(book)
    ran("nightly", book, "--today", DAY, "--write")
    rows = cells(book, "客户")
    assert rows[1][4:6] == ["ABC分级", "分级理由"]
    assert [row[2] for row in rows[2:4]] == ["13910012345", "13900139001"]
    assert [row[4] for row in rows[2:4]] == ["A", "B"]
    assert rows[11][1] == dt.datetime(2024, 5, 3)
    assert [row[4:] for row in rows[8:]] == [[None, None]] * 4
    ran("undo", book, "--write")
    assert digest(book) == before


def test_a_record_is_added_above_another_table_while_there_is_room(tmp_path):
    book = stacked(tmp_path, 3)
    ran("add", book, "南京雨花茶业有限公司", "手机=13612345678")
    ran("add", book, "--table", "交易记录", "--customer", "C001", "日期=2024-05-09", "产品=管", "金额=70")
    assert [row[0] for row in cells(book, "客户")[:5]] == ["客户资料", "客户编号", "C001", "C002", "C003"]
    assert cells(book, "客户")[-1][2] == "管"
    ran("add", book, "杭州龙井茶业有限公司", "手机=13612345679")
    full = digest(book)
    refused = crmsheet("add", book, "苏州碧螺茶业有限公司", "手机=13612345670", "--lang", "en")
    assert refused.code == 5
    assert refused.err.startswith("crmsheet: 客户!7 cannot take the new row: another table stands below it.")
    assert digest(book) == full


@pytest.fixture
def beside(tmp_path: Path) -> Path:
    head = [*HEAD, "累计成交金额"]
    left = [head, ["C001", "北京华星科技有限公司", "139 1001 2345", "制造", 5000], [*ABOVE[3], 300]]
    right = [
        head,
        ["C003", "深圳大地电子有限公司", "136-0013-6001", "电子", 70],
        ["C004", "成都锦江食品有限公司", "13500135001", "食品", 90],
    ]
    rows = [[*one, None, None, *other] for one, other in zip(left, right, strict=True)]
    return made(tmp_path / "左右.xlsx", {"客户": rows})


def test_tables_beside_each_other_are_one_and_what_has_no_room_is_left_out(beside):
    before = digest(beside)
    done = ran("nightly", beside, "--today", DAY, "--write", "--lang", "en", "-f", "json").document
    rows = cells(beside, "客户")
    assert [rows[1][2], rows[1][9]] == ["13910012345", "13600136001"]
    assert len(rows[0]) == 12
    (said,) = (each for each in done["notes"] if "left out" in each)
    assert said.startswith("8 changes are left out (the first: C001): there is no room for a new column")
    ran("set", beside, "C003", "行业=电子制造")
    assert cells(beside, "客户")[1][10] == "电子制造"
    refused = crmsheet("set", beside, "C003", "客户级别=A", "--lang", "en")
    assert refused.code == 5
    assert "客户!1 has no room for the new column" in refused.err
    ran("add", beside, "南京雨花茶业有限公司")
    assert cells(beside, "客户")[3][7:9] == ["C005", "南京雨花茶业有限公司"]
    for _ in range(3):
        ran("undo", beside, "--write")
    assert digest(beside) == before


@pytest.fixture
def merged(tmp_path: Path) -> Path:
    rows = [
        ["客户名称", "行业", "联系人", "手机", "客户级别"],
        ["北京华星科技 有限公司 ", "制造", "王芳", "139 1001 2345", "Ａ"],
        [None, None, "李雷", "13900139001", None],
        ["上海远望贸易有限公司", "贸易", "赵敏", "13900139002", "B"],
    ]
    return made(tmp_path / "合并.xlsx", {"客户": rows}, ("A2:A3", "B2:B3", "E2:E3"))


def test_merged_cells_are_read_by_all_of_their_rows_and_written_once(merged):
    before = digest(merged)
    found = ran("find", merged, "李雷", "-f", "json").document
    assert found["sections"][0]["rows"][0][2].startswith("北京华星科技")
    done = ran("clean", merged, "--write", "-f", "json").document
    assert [each["cell"] for each in done["changes"] if each["field"] == "level"] == ["E2", "E3"]
    assert done["receipt"]["sheets"]["客户"]["cells"] < len(done["changes"])
    assert cells(merged, "客户")[1][4] == "A"
    areas = openpyxl.load_workbook(merged)["客户"].merged_cells.ranges
    assert {str(area) for area in areas} == {"A2:A3", "B2:B3", "E2:E3"}
    ran("undo", merged, "--write")
    assert digest(merged) == before


def test_one_row_of_merged_cells_is_not_changed_alone(merged):
    before = digest(merged)
    refused = crmsheet("set", merged, "李雷", "客户级别=B", "--lang", "en")
    assert refused.code == 5
    assert "客户!E3" in refused.err
    assert "merged cells hold one value for several rows" in refused.err
    assert digest(merged) == before
