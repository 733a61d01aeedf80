"""Writes a small book as a colleague's tidy workbook: widths, colours, drop-downs, comments, a chart, an Excel table.

It holds on purpose what a careless writer loses: comments, conditional formats, named ranges, a hidden row, colours,
formulas that point at the customers, and sheets that are no tables.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping, Sequence
from copy import copy
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils import quote_sheetname
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.table import Table, TableStyleInfo

from crmsheet.core.cells import Formula, column_letters
from crmsheet.core.saved import settled
from crmsheet.sample.grid import Grid
from crmsheet.sample.language import Language

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

_TEAL = PatternFill("solid", fgColor="FF2F5D62")
_YELLOW = PatternFill("solid", fgColor="FFFFF2CC")
_RED = PatternFill("solid", bgColor="FFF8D7DA")
_GREY = Font(color="FF7F7F7F", italic=True)
_LINE = Border(bottom=Side(style="hair", color="FFBFBFBF"))
_CENTRE = Alignment(horizontal="center")
_RISKY = ("=", "+", "@", "'")
_NOT_NUMBERS = frozenset({"@", "yyyy-mm-dd", "yyyy-mm-dd hh:mm"})
_FONTS: Mapping[str, str] = MappingProxyType({"zh": "微软雅黑", "en": "Calibri"})
_WIDTHS: Mapping[str, float] = MappingProxyType(
    {
        "name": 34,
        "name_of": 34,
        "address": 42,
        "email": 34,
        "mobile": 16,
        "phone": 16,
        "wechat": 18,
        "uscc": 22,
        "notes": 24,
        "summary": 40,
        "next_step": 22,
        "at": 18,
        "customer_id": 11,
        "kind": 10,
        "level": 9,
        "quantity": 8,
        "unit": 7,
        "tags": 20,
        "product": 20,
        "owner": 12,
        "industry": 18,
        "contact_title": 18,
        "contact_name": 16,
        "total_amount": 16,
        "amount": 14,
    }
)
_MONEY = frozenset({"amount", "unit_price", "credit_limit", "total_amount"})
_TEXT = frozenset({"mobile", "phone", "wechat", "uscc"})
_LISTS: Mapping[str, str] = MappingProxyType(
    {
        "kind": "kind",
        "relation": "relation",
        "industry": "industry",
        "source": "source",
        "stage": "stage",
        "level": "level",
        "channel": "channel",
        "decision_role": "decision_role",
        "is_primary": "bool",
        "active": "bool",
        "transactions.kind": "transaction_kind",
        "opportunities.stage": "opportunity_stage",
    }
)


def write_workbook(path: Path, grids: Sequence[Grid], language: Language, today: dt.date) -> tuple[str, ...]:
    """Writes the sheets and the foreign ones; gives the names of those that are no tables."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    cached: dict[str, dict[str, Any]] = {}
    for grid in grids:
        cached[grid.name] = _write_grid(workbook.create_sheet(grid.name), grid, language, today)
    words, foreign = language.sheet_words, []
    if len(grids) > 1:
        cached[words["summary"]] = _write_summary(workbook.create_sheet(words["summary"]), grids, language)
        _write_choices(workbook, workbook.create_sheet(words["choices"]), grids, language)
        foreign = [words["summary"], words["choices"]]
    _write_notes(workbook.create_sheet(words["notes"]), language)
    workbook.active = 0
    workbook.properties.creator = "crmsheet"
    page = io.BytesIO()
    workbook.save(page)
    path.write_bytes(settled(page.getvalue(), cached, today))
    return (*foreign, words["notes"])


def _write_grid(sheet: Worksheet, grid: Grid, language: Language, today: dt.date) -> dict[str, Any]:
    """Fills one sheet; gives the cached value of each of its formulas by place."""
    font, top = _FONTS[language.code], grid.header_row
    if grid.title:
        sheet.cell(1, 1, grid.title).font = Font(name=font, size=16, bold=True, color="FF2F5D62")
        sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=min(8, len(grid.fields)))
        sheet.row_dimensions[1].height = 30
    for at, header in enumerate(grid.headers, 1):
        head = sheet.cell(top, at, header)
        head.font, head.fill = Font(name=font, bold=True, color="FFFFFFFF"), _TEAL
        head.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        sheet.column_dimensions[column_letters(at)].width = _WIDTHS.get(grid.fields[at - 1], 14)
    sheet.row_dimensions[top].height = 24 if language.code == "zh" else 32
    body = Font(name=font, size=10)
    formats = [_number_format(name) for name in grid.fields]
    looks: dict[str, Any] = {}
    cached = {}
    for number, row in enumerate((*grid.rows, *grid.footer), top + 1):
        for at, value in enumerate(row, 1):
            # A number in a column of dates or phones was typed or pasted before anybody gave the column a format.
            bare = isinstance(value, int | float) and formats[at - 1] in _NOT_NUMBERS
            look = "General" if bare else formats[at - 1]
            cell: Any = sheet.cell(number, at)
            if (model := looks.get(look)) is None:
                cell.font, cell.border, cell.number_format = body, _LINE, look
                cell.alignment = _CENTRE if look.startswith("yyyy") else Alignment()
                looks[look] = copy(cell._style)  # noqa: SLF001  (openpyxl's documented way to share a style, and fast)
            else:
                cell._style = copy(model)  # noqa: SLF001  (shared style, as above)
            _fill(cell, value)
            if isinstance(value, Formula):
                cached[f"{column_letters(at)}{number}"] = value.cached
    sheet.freeze_panes = sheet.cell(top + 1, 3 if len(grid.fields) > 6 else 1).coordinate
    _decorate(sheet, grid, language, today)
    return cached


def _fill(cell: Any, value: Any) -> None:
    if isinstance(value, Formula):
        cell.value = f"={value.text}"
    elif isinstance(value, str):
        cell.value = value
        if value[:1] in _RISKY:
            cell.data_type, cell.quotePrefix = "s", True
    elif value is not None:
        cell.value = int(value) if isinstance(value, float) and value.is_integer() else value


def _number_format(name: str) -> str:
    if name == "at":
        return "yyyy-mm-dd hh:mm"
    if name.endswith(("_at", "date", "_close")):
        return "yyyy-mm-dd"
    if name in _MONEY:
        return "#,##0.00"
    return "@" if name in _TEXT else "0%" if name == "probability" else "General"


def _decorate(sheet: Worksheet, grid: Grid, language: Language, today: dt.date) -> None:
    """What people add to a sheet over the years."""
    first, last, letters = grid.header_row + 1, grid.row_number(len(grid.rows) - 1), column_letters(len(grid.fields))
    area = f"A{grid.header_row}:{letters}{last}"
    if grid.table == "transactions" and grid.rows:
        sheet.add_table(
            Table(
                displayName="t_transactions",
                ref=area,
                tableStyleInfo=TableStyleInfo("TableStyleLight9", showRowStripes=True),
            )
        )
    else:
        sheet.auto_filter.ref = area
    sheet.sheet_view.zoomScale = 90
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = f"{grid.header_row}:{grid.header_row}"
    if not grid.rows:
        return
    _drop_downs(sheet, grid, language, first, last)
    if grid.table != "customers":
        return
    promise, level = grid.column("next_contact_at"), grid.column("level" if "level" in grid.fields else "tier")
    overdue = f"AND(ISNUMBER({promise}{first}),{promise}{first}<DATE({today.year},{today.month},{today.day}))"
    sheet.conditional_formatting.add(f"{promise}{first}:{promise}{last}", _rule(overdue, DifferentialStyle(fill=_RED)))
    sheet.conditional_formatting.add(
        f"{level}{first}:{level}{last}",
        _rule(f'{level}{first}="A"', DifferentialStyle(font=Font(bold=True, color="FFC00000"))),
    )
    sheet[f"{level}{grid.header_row}"].comment = Comment(language.templates["manual"][2], language.staff[0][0], 90, 260)
    for position in range(2, len(grid.rows), 17):
        sheet.cell(grid.row_number(position), grid.fields.index("name") + 1).fill = _YELLOW
    if len(grid.rows) > 20:
        note = language.templates["notes"][0]
        sheet.cell(grid.row_number(7), grid.fields.index("name") + 1).comment = Comment(
            note, language.staff[1][0], 60, 220
        )
        sheet.row_dimensions[grid.row_number(19)].hidden = True


def _rule(formula: str, look: DifferentialStyle) -> Rule:
    return Rule(type="expression", formula=[formula], dxf=look)


def _drop_downs(sheet: Worksheet, grid: Grid, language: Language, first: int, last: int) -> None:
    """Drop-downs through named ranges; other words are allowed after a warning, which is how the mess came in."""
    for name in grid.fields:
        listed = _LISTS.get(f"{grid.table}.{name}") or _LISTS.get(name)
        if listed is None:
            continue
        validation = DataValidation(
            "list", formula1=f"=list_{listed}", allow_blank=True, errorStyle="warning", showErrorMessage=True
        )
        if grid.table == "customers" and "customer_id" not in grid.fields:
            # A one-sheet book has no sheet of choices.
            validation.formula1 = '"' + ",".join(language.choices[listed]) + '"'
        letters = grid.column(name)
        validation.add(f"{letters}{first}:{letters}{last + 200}")
        sheet.add_data_validation(validation)


def _write_choices(workbook: Workbook, sheet: Worksheet, grids: Sequence[Grid], language: Language) -> None:
    used = dict.fromkeys(
        listed
        for grid in grids
        for name in grid.fields
        if (listed := _LISTS.get(f"{grid.table}.{name}") or _LISTS.get(name))
    )
    for at, listed in enumerate(used, 1):
        words, letters = language.choices[listed], column_letters(at)
        sheet.cell(1, at, listed).font = _GREY
        sheet.column_dimensions[letters].width = 18
        for number, word in enumerate(words, 2):
            sheet.cell(number, at, word)
        place = f"{quote_sheetname(sheet.title)}!${letters}$2:${letters}${len(words) + 1}"
        workbook.defined_names[f"list_{listed}"] = DefinedName(f"list_{listed}", attr_text=place)


def _write_summary(sheet: Worksheet, grids: Sequence[Grid], language: Language) -> dict[str, Any]:
    """A pivot-like sheet: customers and revenue per owner by formulas over the other sheets, and a chart of them."""
    words, font = language.sheet_words, _FONTS[language.code]
    customers = grids[0]
    deals = next((grid for grid in grids if grid.table == "transactions"), None)
    for at, (header, width) in enumerate(zip(("owner", "count", "amount", "share"), (16, 12, 18, 10), strict=True), 1):
        cell = sheet.cell(3, at, words[header])
        cell.font, cell.fill = Font(name=font, bold=True, color="FFFFFFFF"), _TEAL
        sheet.column_dimensions[column_letters(at)].width = width
    sheet.cell(1, 1, words["summary"]).font = Font(name=font, size=14, bold=True)
    owners = [name for name, _ in language.staff[:6] if any(name in row for row in customers.rows)]
    counts = {name: _column(customers, "owner").count(name) for name in owners}
    sums = {name: _sum_by(deals, name) for name in owners}
    total, cached = sum(sums.values()), {}
    for number, name in enumerate(owners, 4):
        sheet.cell(number, 1, name)
        count = f"COUNTIF({_area(customers, 'owner')},A{number})"
        amount = f"SUMIF({_area(deals, 'owner')},A{number},{_area(deals, 'amount')})" if deals else "0"
        share = f"IF(SUM(C$4:C${len(owners) + 3})=0,0,C{number}/SUM(C$4:C${len(owners) + 3}))"
        values = (counts[name], round(sums[name], 2), sums[name] / total if total else 0)
        for at, (formula, value, form) in enumerate(
            zip((count, amount, share), values, ("0", "#,##0.00", "0.0%"), strict=True), 2
        ):
            cell = sheet.cell(number, at, f"={formula}")
            cell.number_format = form
            cached[cell.coordinate] = value
    chart = BarChart()
    chart.title, chart.legend, chart.height, chart.width = words["amount"], None, 8, 14
    chart.add_data(Reference(sheet, min_col=3, min_row=4, max_row=len(owners) + 3))
    chart.set_categories(Reference(sheet, min_col=1, min_row=4, max_row=len(owners) + 3))
    sheet.add_chart(chart, "F3")
    return cached


def _area(grid: Grid, name: str) -> str:
    letters = grid.column(name)
    first, last = grid.row_number(0), grid.row_number(len(grid.rows) - 1)
    return f"{quote_sheetname(grid.name)}!${letters}${first}:${letters}${last}"


def _column(grid: Grid, name: str) -> list[Any]:
    at = grid.fields.index(name)
    return [row[at] for row in grid.rows]


def _sum_by(grid: Grid | None, owner: str) -> float:
    """The sum of an owner's amounts as SUMIF counts: amounts stored as text do not count."""
    if grid is None:
        return 0.0
    pairs = zip(_column(grid, "owner"), _column(grid, "amount"), strict=True)
    return float(sum(amount for name, amount in pairs if name == owner and not isinstance(amount, str)))


def _write_notes(sheet: Worksheet, language: Language) -> None:
    sheet.column_dimensions["A"].width = 80
    sheet.cell(1, 1, language.sheet_words["title"]).font = Font(name=_FONTS[language.code], size=14, bold=True)
    for number, line in enumerate(language.templates["manual"], 3):
        sheet.cell(number, 1, f"{number - 2}. {line}").alignment = Alignment(wrap_text=True)
    sheet.cell(number + 2, 1, language.sheet_words["made_by"]).font = _GREY
