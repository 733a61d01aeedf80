"""Several sections are a sheet each, and marked cells stand out."""

from __future__ import annotations

import datetime as dt
import io

from openpyxl import load_workbook

from crmsheet.core.outcome import Section
from crmsheet.render.workbook import workbook
from crmsheet.resources import speech


def test_sections_are_sheets_with_names_of_their_own():
    sections = tuple(Section(title, ("a",), (("x",),)) for title in ("客户", "客户", "A", "a", "n" * 40, "n" * 40))
    book = load_workbook(io.BytesIO(workbook(sections, speech("zh"))))
    assert book.sheetnames == ["客户", "客户 (2)", "A", "a (2)", "n" * 31, "n" * 27 + " (2)"]
    assert [sheet.freeze_panes for sheet in book] == ["A2"] * 6
    assert [sheet["A2"].value for sheet in book] == ["x"] * 6
    assert [sheet.sheet_view.tabSelected for sheet in book] == [True] + [None] * 5


def test_a_mark_is_a_colour_and_keeps_the_kind_of_the_cell():
    row = ("t", "=1+1", dt.date(2026, 1, 5), 2.5, 3, None)
    section = Section(
        "s", tuple("abcdef"), (row, row), marks={(0, at): "changed" for at in range(6)} | {(1, 0): "removed"}
    )
    page = load_workbook(io.BytesIO(workbook(section, speech("en")))).active
    assert {cell.fill.fgColor.rgb for cell in page[2]} == {"FFFFF2B3"}
    assert [cell.value for cell in page[2]] == ["t", "=1+1", dt.datetime(2026, 1, 5), 2.5, 3, None]
    assert page["B2"].data_type == "s"
    assert page["C2"].number_format == "yyyy-mm-dd"
    assert page["A3"].font.strike
    assert page["B3"].fill.fill_type is None
