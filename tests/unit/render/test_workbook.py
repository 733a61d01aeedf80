"""The list for an owner is a real workbook: types kept, text never a formula."""

from __future__ import annotations

import datetime as dt
import io

from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from crmsheet.core.messages import Message
from crmsheet.core.outcome import Section
from crmsheet.render.workbook import workbook
from crmsheet.resources import speech


def test_types_and_layout():
    section = Section(
        {"zh": "今日跟进/张三", "en": "Today"},
        ("客户名称", "手机", "金额", "到期", "理由"),
        (
            ("=HYPERLINK(1)", "13800138000", 1234.5, dt.date(2024, 1, 5), Message("{n} days", {"n": 3})),
            ("华信", None, 3.0, None, ""),
        ),
    )
    sheet = load_workbook(io.BytesIO(workbook(section, speech("zh")))).active
    assert sheet.title == "今日跟进 张三"
    assert [cell.value for cell in sheet[2]] == [
        "=HYPERLINK(1)",
        "13800138000",
        1234.5,
        dt.datetime(2024, 1, 5),
        "3 days",
    ]
    assert sheet["A2"].data_type == "s"
    assert sheet["B2"].number_format == "@"
    assert sheet["D2"].number_format == "yyyy-mm-dd"
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:E3"
    assert sheet.column_dimensions["A"].width > 12


def test_the_note_stands_below_the_filter():
    section = Section("今日", ("客户名称",), (("华信",), ("远大",)), note=Message("{n} more", {"n": 7}))
    sheet = load_workbook(io.BytesIO(workbook(section, speech("zh")))).active
    assert sheet.auto_filter.ref == "A1:A3"
    assert [cell.value for cell in sheet["A"]] == ["客户名称", "华信", "远大", None, "7 more"]
    assert sheet["A5"].font.i


def test_what_xml_and_excel_would_misread_comes_back_as_it_was():
    texts = ['a<b>&"c"\'', "_x0041_ stays", "  edges  ", "+86 138", "=1+1", "x" * 40_000, "多\n行"]
    section = Section("[a]/b's", ("t&<",), tuple((text,) for text in texts))
    book = load_workbook(io.BytesIO(workbook(section, speech("zh"))))
    assert book.sheetnames == ["a  b's"]
    read = [row[0] for row in CalamineWorkbook.from_filelike(io.BytesIO(workbook(section, speech("zh"))))
            .get_sheet_by_index(0).to_python()]  # fmt: skip
    assert read == ["t&<", *texts[:5], "x" * 32_767, "多 ⏎ 行"]
    assert book.active["A6"].data_type == "s"
    assert book.active["A6"].quotePrefix


def test_numbers_days_and_truth_keep_their_types():
    cells = (True, 3, 0.1, 12.0, float("inf"), dt.datetime(2024, 1, 5, 12), dt.date(1899, 5, 1), float("nan"))
    section = Section("t", tuple("abcdefgh"), (cells,))
    sheet = load_workbook(io.BytesIO(workbook(section, speech("en")))).active
    assert [cell.value for cell in sheet[2]] == [
        True, 3, 0.1, 12, "inf", dt.datetime(2024, 1, 5, 12), "1899-05-01", None
    ]  # fmt: skip
    assert [sheet[place].number_format for place in ("C2", "D2")] == ["#,##0.00", "#,##0"]


def test_equal_sections_are_equal_bytes():
    section = Section("t", ("a",), (("b",),))
    assert workbook(section, speech("en")) == workbook(section, speech("en"))


def test_cells_offer_lists_and_stand_out():
    """A comma would part a choice in two, and what is offered must fit into its column."""
    choices = {
        (0, 1): ("同一客户", Message("Different customers")),
        (1, 1): ("同一客户", "Different customers"),
        (1, 0): ("a,b", "<&"),
    }
    section = Section("Form", ("A", "B"), (("x", None), ("y", None)), choices=choices, marks={(0, 1): "asked"})
    sheet = load_workbook(io.BytesIO(workbook(section, speech("en")))).active
    offered = {str(each.sqref): each.formula1 for each in sheet.data_validations.dataValidation}
    assert offered == {"B2 B3": '"同一客户,Different customers"', "A3": '"a b,<&"'}
    assert sheet.column_dimensions["B"].width >= len("Different customers")
    assert sheet["B2"].fill.fgColor.rgb == "FFDDEBF7"
    assert sheet["B3"].fill.fill_type is None


def test_a_row_is_as_high_as_its_texts():
    rows = (("kurz",), ("字" * 60,), ("x" * 5000,), (None,))
    sheet = load_workbook(io.BytesIO(workbook(Section("T", ("A",), rows), speech("en")))).active
    assert [sheet.row_dimensions[row].height for row in range(1, 6)] == [None, None, 45, 120, None]
