"""LibreOffice opens what was patched, and reads what was asked."""

import datetime as dt
import io
import shutil
import subprocess

import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table

from crmsheet.book.ooxml import patch_workbook
from crmsheet.book.opened import SheetEdits

pytestmark = [
    pytest.mark.e2e("soffice"),
    pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed"),
]


def customers():
    """A book with a table, a chart, a validation, a formula and a second sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "客户"
    sheet.append(["客户名称", "手机", "金额", "日期"])
    for n in range(1, 6):
        sheet.append([f"客户{n}", f"1380013800{n}", n * 100.5, dt.datetime(2024, 1, n)])
    sheet.add_table(Table(displayName="客户表", ref="A1:D6"))
    choices = DataValidation(type="list", formula1='"A,B"')
    choices.add("C2:C6")
    sheet.add_data_validation(choices)
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=3, min_row=1, max_row=6), titles_from_data=True)
    sheet.add_chart(chart, "H2")
    book.create_sheet("汇总")["A1"] = "=SUM(客户!C2:C6)"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def converted(content, tmp_path):
    """The workbook as LibreOffice reads and saves it."""
    source, target = tmp_path / "book.xlsx", tmp_path / "out"
    source.write_bytes(content)
    profile = f"-env:UserInstallation=file://{tmp_path / 'profile'}"
    command = ["soffice", profile, "--headless", "--convert-to", "xlsx", "--outdir", str(target), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return openpyxl.load_workbook(target / "book.xlsx", data_only=True)


def test_libreoffice_reads_what_was_patched(tmp_path):
    edits = SheetEdits(
        header_row=1,
        cells={
            (2, "B"): "13900139000",
            (3, "A"): "张三 & <李四>\n第二行",
            (4, "D"): dt.date(2024, 2, 29),
            (2, "E"): "A",
            (3, "C"): 1000,
        },
        appended=({"A": "新客户", "C": 7.5, "D": dt.datetime(2024, 3, 1, 9, 30)},),
        new_columns={"E": "ABC分级"},
        hide=frozenset({5}),
        last_row=6,
    )
    new, receipt, _ = patch_workbook(customers(), {"客户": edits}, "book.xlsx")
    assert receipt.sheets["客户"].appended == (7,)
    read = converted(new, tmp_path)
    sheet = read["客户"]
    assert [sheet[place].value for place in ("B2", "A3", "E1", "E2", "A7", "C7")] == [
        "13900139000", "张三 & <李四>\n第二行", "ABC分级", "A", "新客户", 7.5,
    ]  # fmt: skip
    assert sheet["D4"].value == dt.datetime(2024, 2, 29)
    assert sheet["D7"].value == dt.datetime(2024, 3, 1, 9, 30)
    assert sheet.row_dimensions[5].hidden
    assert sheet.tables["客户表"].ref == "A1:E7"
    assert [str(each.sqref) for each in sheet.data_validations.dataValidation] == ["C2:C7"]
    assert read["汇总"]["A1"].value == pytest.approx(100.5 + 1000 + 301.5 + 402 + 502.5)
