"""A section as a new workbook of one sheet: a list that somebody takes along, prints, or sorts on the phone."""

from __future__ import annotations

import datetime as dt
import io
import unicodedata
from typing import TYPE_CHECKING, Any

from crmsheet.core.messages import Speech
from crmsheet.core.outcome import Section
from crmsheet.render.renderer import plain

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

NARROW, WIDE = 6, 48
"""Widths of columns, in characters."""
_HEADER = "FF1F4E78"
_FORMULA_MARKS = ("=", "+", "-", "@", "\t", "\r")


def workbook(section: Section, speech: Speech) -> bytes:
    """The bytes of an .xlsx file with the section's rows: header frozen and filtered, phones and ids as text."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.properties import PageSetupProperties

    book = Workbook()
    sheet: Worksheet = book.active  # type: ignore[assignment]  # a new workbook has a worksheet
    sheet.title = speech.say(section.title)[:31].translate({ord(mark): " " for mark in "[]:*?/\\"})
    sheet.append([speech.say(each) for each in section.columns])
    for row in section.rows:
        sheet.append([_content(each, speech) for each in row])
    for cell in sheet[1]:
        cell.font = Font(bold=True, color="FFFFFFFF")
        cell.fill = PatternFill("solid", start_color=_HEADER)
        cell.alignment = Alignment(vertical="center", wrap_text=True)
    for at, cells in enumerate(sheet.iter_cols(min_row=1), 1):
        sheet.column_dimensions[get_column_letter(at)].width = _width([cell.value for cell in cells])
        for cell in cells[1:]:
            _format(cell, Alignment(vertical="top", wrap_text=isinstance(cell.value, str)))
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "1:1"
    page = io.BytesIO()
    book.save(page)
    return page.getvalue()


def _content(value: Any, speech: Speech) -> Any:
    """What the cell holds: numbers and dates as such, everything else as text."""
    if value is None or value != value:
        return None
    if isinstance(value, bool | int | float | dt.date):
        return value
    return plain(value, speech)


def _format(cell: Any, alignment: Any) -> None:
    cell.alignment = alignment
    if isinstance(cell.value, dt.date):
        cell.number_format = "yyyy-mm-dd"
    elif isinstance(cell.value, float):
        cell.number_format = "#,##0.00" if cell.value % 1 else "#,##0"
    elif isinstance(cell.value, str):
        cell.number_format = "@"
        if cell.value.startswith(_FORMULA_MARKS):
            # Text that looks like a formula stays text, also after it is edited in Excel.
            cell.data_type, cell.quotePrefix = "s", True


def _width(values: list[Any]) -> float:
    """Wide enough for most values; a Chinese character takes two places."""
    lengths = sorted(_cells(str(each)) for each in values[1:] if each is not None)
    usual = lengths[int(len(lengths) * 0.9)] if lengths else 0
    return float(min(max(usual, _cells(str(values[0])), NARROW) + 2, WIDE))


def _cells(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)
