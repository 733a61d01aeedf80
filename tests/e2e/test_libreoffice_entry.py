"""Records entered one at a time: LibreOffice reads them, with the formats, drop-downs and tables of their sheet."""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import PatternFill
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table

from crmsheet.cli.main import run

if TYPE_CHECKING:
    from openpyxl.workbook.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

pytestmark = pytest.mark.e2e("soffice")
DAY, NEXT = dt.date(2026, 11, 23), dt.date(2026, 12, 5)
CUSTOMERS = (
    "客户编号",
    "客户名称",
    "负责人",
    "手机",
    "生命周期阶段",
    "创建时间",
    "最后跟进时间",
    "下次跟进时间",
    "备注",
)
LOG = ("跟进编号", "客户编号", "跟进时间", "跟进方式", "负责人", "跟进内容", "下次跟进时间")
PREPARED = 40
RED = PatternFill("solid", bgColor="FFC7CE")


def prepared(sheet: Worksheet, name: str, headers: tuple[str, ...], rows: list[list[Any]], choices: str) -> None:
    """An Excel table over prepared rows: dates and texts formatted, one drop-down, one rule of colour."""
    sheet.append(headers)
    for row in rows:
        sheet.append(row)
    last = f"{openpyxl.utils.get_column_letter(len(headers))}{PREPARED}"
    sheet.add_table(Table(displayName=name, ref=f"A1:{last}"))
    for at, header in enumerate(headers, 1):
        for row in range(2, PREPARED + 1):
            sheet.cell(row, at).number_format = "yyyy-mm-dd" if "时间" in header else "@"
    at = openpyxl.utils.get_column_letter(headers.index(choices) + 1)
    listed = DataValidation(type="list", formula1='"电话,微信,潜在,成交"', allow_blank=True)
    listed.add(f"{at}2:{at}{PREPARED}")
    sheet.add_data_validation(listed)
    sheet.conditional_formatting.add(f"{at}2:{at}{PREPARED}", CellIsRule("equal", ['"成交"'], fill=RED))


def made(path: Path, customers: list[list[Any]], log: list[list[Any]]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "客户"
    prepared(sheet, "customers", CUSTOMERS, customers, "生命周期阶段")
    prepared(book.create_sheet("跟进记录"), "log", LOG, log, "跟进方式")
    book.save(path)
    return path


def through_libreoffice(book: Path, folder: Path) -> Workbook:
    """The book as LibreOffice reads and writes it again."""
    target = folder / "out"
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", "xlsx", "--outdir", str(target), str(book)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return openpyxl.load_workbook(target / book.name)


def row(sheet: Worksheet, at: int) -> dict[str, Any]:
    return {
        str(head.value): cell.value for head, cell in zip(sheet[1], sheet[at], strict=True) if cell.value is not None
    }


@pytest.mark.parametrize("full", [False, True], ids=["first", "last"])
def test_entered_records_are_read_with_format_and_validation(tmp_path, monkeypatch, full):
    """Into the first of the prepared rows, and below a table that is full."""
    monkeypatch.setenv("CRMSHEET_ACTOR", "王敏")
    count = PREPARED - 1 if full else 0
    customers = [
        [f"C{at:04d}", f"客户{at}有限公司", "王敏", None, "潜在", DAY, None, None, None] for at in range(1, count + 1)
    ]
    log = [[f"F{at:04d}", "C0001", DAY, "电话", "王敏", "问候", None] for at in range(1, count + 1)]
    book = made(tmp_path / "客户.xlsx", customers, log)
    before = book.read_bytes()
    told = ("手机=13800138000", "生命周期阶段=成交", "--today", DAY.isoformat())
    assert run(["add", "北京测试科技有限公司", str(book), *told]) == 0
    said = ("已报价", "--via", "微信", "--next", "12-05", "--at", "昨天", "--today", DAY.isoformat())
    assert run(["note", "北京测试科技有限公司", str(book), *said]) == 0

    read = through_libreoffice(book, tmp_path)
    place = count + 2
    key = f"C{count + 1:04d}" if full else "K000001"
    customer, line = row(read["客户"], place), row(read["跟进记录"], place)
    assert customer == {
        "客户编号": key, "客户名称": "北京测试科技有限公司", "负责人": "王敏", "手机": "13800138000",
        "生命周期阶段": "成交",
        "创建时间": dt.datetime.combine(DAY, dt.time()),
        "最后跟进时间": dt.datetime.combine(DAY - dt.timedelta(days=1), dt.time()),
        "下次跟进时间": dt.datetime.combine(NEXT, dt.time()),
    }  # fmt: skip
    assert line["跟进内容"] == "已报价"
    assert line["跟进方式"] == "微信"
    assert line["客户编号"] == key
    assert line["下次跟进时间"] == dt.datetime.combine(NEXT, dt.time())
    written = openpyxl.load_workbook(book)
    for workbook in (read, written):
        for name, column in (("客户", "E"), ("跟进记录", "D")):
            sheet = workbook[name]
            (table,) = sheet.tables.values()
            assert int(table.ref.rpartition(":")[2].lstrip("ABCDEFGHI")) >= place
            assert any(f"{column}{place}" in each.sqref for each in sheet.data_validations.dataValidation)
            assert any(f"{column}{place}" in each.sqref for each in sheet.conditional_formatting)
    assert written["客户"].cell(place, 6).number_format == "yyyy-mm-dd"
    assert written["客户"].cell(place, 4).number_format == "@"
    for _ in range(2):
        assert run(["undo", str(book), "--write"]) == 0
    assert book.read_bytes() == before
    shutil.rmtree(tmp_path / "out")
