"""What the XML of a workbook tells beside its cells, in every way of writing it."""

from __future__ import annotations

import io
import re
import zipfile

import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.styles.colors import Color
from openpyxl.worksheet.filters import FilterColumn, Filters

from crmsheet.book.ooxml.anatomy import anatomy
from crmsheet.book.siblings import copies_beside
from crmsheet.core.errors import PatchRefused

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


@pytest.fixture(scope="module")
def content():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "客户"
    for row in range(1, 9):
        sheet.append([f"a{row}", row, "x"])
    sheet["A2"].fill = PatternFill("solid", fgColor="FFFF0000")
    sheet["B3"].fill = PatternFill("solid", fgColor=Color(indexed=5))
    sheet["A4"].fill = PatternFill("solid", fgColor=Color(theme=4, tint=0.5))
    sheet["C5"].font = Font(color="FF00B050")
    sheet["A6"].fill = PatternFill("solid", fgColor="FFFFFFFF")
    sheet["A2"].comment = Comment("老客户", "王")
    sheet["C8"].comment = Comment("x", "王")
    sheet.column_dimensions["B"].hidden = True
    for row in (3, 4):
        sheet.row_dimensions[row].outlineLevel = 1
    sheet.auto_filter.ref = "A1:C8"
    sheet.auto_filter.filterColumn.append(FilterColumn(colId=0, filters=Filters(filter=["a2"])))
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=2, min_row=1, max_row=8))
    sheet.add_chart(chart, "E2")
    hidden = book.create_sheet("旧")
    hidden.sheet_state = "veryHidden"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rewritten(content, change):
    """The package with each XML part changed by a function of its name and text."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            raw = old.read(name)
            new.writestr(name, change(name, raw.decode()).encode() if name.endswith((".xml", ".rels")) else raw)
    return out.getvalue()


def prefixed(name, text):
    """Elements of the main namespace with a prefix, as some writers have them."""
    if f'xmlns="{MAIN}"' not in text:
        return text
    text = re.sub(r"<(/?)(?![?!/]|\w+:)", r"<\1x:", text)
    return text.replace(f'xmlns="{MAIN}"', f'xmlns:x="{MAIN}"')


def strict(name, text):
    """The namespaces of ISO 29500 strict."""
    text = text.replace(MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main")
    return text.replace(
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        "http://purl.oclc.org/ooxml/officeDocument/relationships",
    )


@pytest.mark.parametrize("change", [lambda _name, text: text, prefixed, strict], ids=["plain", "prefixed", "strict"])
def test_the_facts_of_a_sheet(content, change):
    found = anatomy("b.xlsx", rewritten(content, change))
    sheet = found.sheets["客户"]
    assert sheet.hidden == ("B",)
    assert sheet.outlined == 2
    assert sheet.filters == sheet.filtering == ("A1:C8",)
    assert sheet.comments == ("A2", "C8")
    assert dict(sheet.things) == {"charts": 1}
    assert {row: {kind for kind, _ in colours} for row, colours in sheet.painted.items()} == {
        2: {"fill"}, 3: {"fill"}, 4: {"fill"}, 5: {"font"},
    }  # fmt: skip
    assert sheet.painted[2] == {("fill", "FF0000")}
    assert sheet.painted[3] == {("fill", "FFFF00")}
    assert sheet.painted[5] == {("font", "00B050")}
    assert (sheet.state, found.sheets["旧"].state) == ("", "veryHidden")
    assert "Excel" in found.program


def test_a_file_that_is_not_edited_is_refused_by_name(content):
    with pytest.raises(PatchRefused):
        anatomy("b.xlsx", rewritten(content, lambda name, text: "<!DOCTYPE x>" + text if "sheet1" in name else text))


@pytest.mark.parametrize(
    ("name", "copies"),
    [
        ("客户表.xlsx", ["客户表(1)(最终版).xlsx", "客户表 - 副本.xlsx", "客户表-冲突副本.xlsx", "客户表.csv"]),
        (
            "customers.xlsx",
            [
                "Copy of customers.xlsx",
                "customers.sync-conflict-20240501-101010-ABCDEFG.xlsx",
                "customers (Li's conflicted copy 2024-05-01).xlsx",
            ],
        ),
        ("客户2024.xlsx", []),
        ("Q1.xlsx", []),
    ],
)
def test_copies_beside_a_book(tmp_path, name, copies):
    others = ["客户2025.xlsx", "Q2.xlsx", "新客户名单.xlsx", "~$客户表.xlsx", "客户表.pdf", "suppliers.xlsx"]
    for each in (name, *copies, *others):
        (tmp_path / each).write_bytes(b"")
    assert copies_beside(tmp_path / name) == tuple(sorted(copies))
