"""The dashboard: cards, charts, and the figures behind the charts, all of them live formulas over whole columns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from openpyxl.formatting.rule import DataBar, FormatObject, Rule
from openpyxl.styles import Alignment, Border, Side
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.properties import PageSetupProperties

from crmsheet.core.cells import Formula, column_letters
from crmsheet.core.messages import N_, Labels, Message, Speech
from crmsheet.template import styles
from crmsheet.template.axes import Axis, Spot, axis_of
from crmsheet.template.blueprint import Blueprint, Chart, Figure
from crmsheet.template.charts import Plotted, place_chart
from crmsheet.template.formulas import Formulas
from crmsheet.template.places import Places

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

TITLE: Labels = {"zh": "看板", "en": "Dashboard"}
_LEFT = (2, 9)
"""The first columns of the left and the right half."""

_HALF, _LAST = 6, 14
_WIDTH, _MARGIN = 11.5, 2.5
_CARD_ROW, _CHART_ROW, _CHART_ROWS = 5, 9, 15
_TODAY = "$N$1"
_HIDDEN = 17
"""The first column of what the figures need to be worked out; it is hidden."""

_FORMS: Mapping[str, str] = {
    "number": "#,##0",
    "money": "#,##0",
    "percent": "0%",
    "score": "0.0",
    "net": "+0;-0;0",
}
_IN = N_("Amounts in")
_BEHIND = N_("The figures behind the charts")
_LIVE = N_("Every number is a formula over the other sheets: enter records there, and this page follows.")


@dataclass
class Board:
    """The sheet as it is filled: `cached` holds what each formula shows on an empty book."""

    sheet: Worksheet
    lang: str
    cached: dict[str, Any] = field(default_factory=dict)

    def put(self, place: str, value: str | Formula) -> None:
        """Words, or a formula with what it shows now."""
        self.sheet[place] = f"={self._alive(place, value)}" if isinstance(value, Formula) else value

    def put_array(self, place: str, value: Formula) -> None:
        """A formula that works on whole ranges at once, as Excel before 2019 wants it said."""
        self.sheet[place] = ArrayFormula(place, f"={self._alive(place, value)}")

    def _alive(self, place: str, value: Formula) -> str:
        """A formula that hangs on today.

        LibreOffice trusts the stored results of all others when it opens a file, and they are old once crmsheet has
        written into the sheets that they count.
        """
        self.cached[place] = _serial(value.cached)
        return value.text if "TODAY()" in value.text else f"IF({_TODAY},{value.text},0)"


def write_dashboard(
    workbook: Workbook, blueprint: Blueprint, places: Places, speech: Speech, today: dt.date, currency: str
) -> Mapping[str, Any]:
    """Adds the sheet; gives what each of its formulas shows on an empty book, by place."""
    board = Board(workbook.create_sheet(TITLE[places.lang]), places.lang)
    _set_up(board.sheet)
    has_currency = _banner(board, blueprint, speech, today, currency)
    formulas = Formulas(places, f"${column_letters(_LAST)}$3" if has_currency else "")
    for at, figure in enumerate(blueprint.figures):
        _card(board, at, figure, formulas)
    charts = len(blueprint.charts)
    below = _CHART_ROW + (charts + 1) // 2 * (_CHART_ROWS + 1)
    _heading(board, below, speech)
    board.sheet.row_breaks.append(Break(id=below - 1))
    row = below + 2
    for first in range(0, charts, 2):
        height = 0
        for side, chart in enumerate(blueprint.charts[first : first + 2]):
            spot = _spot(chart, row, _LEFT[side], first + side)
            axis = axis_of(chart, formulas, speech, today, spot)
            _figures(board, chart, axis, spot, _LEFT[side])
            top = _CHART_ROW + first // 2 * (_CHART_ROWS + 1)
            plotted = Plotted(chart, spot, len(axis.rows))
            place_chart(board.sheet, plotted, places.lang, (_LEFT[side], top), (_HALF, _CHART_ROWS))
            height = max(height, len(axis.rows) + 3)
        row += height
    board.sheet.print_area = f"A1:{column_letters(_LAST + 1)}{row}"
    return board.cached


def _spot(chart: Chart, top: int, left: int, number: int) -> Spot:
    numbers = tuple(column_letters(left + _HALF - 1 - at) for at in reversed(range(len(chart.series))))
    hidden = column_letters(_HIDDEN + 2 * number), column_letters(_HIDDEN + 2 * number + 1)
    return Spot(column_letters(left), numbers, hidden, top)


def _serial(value: Any) -> Any:
    """A date as the number that a cell holds (ECMA-376, part 1, 18.17.4)."""
    return (value - dt.date(1899, 12, 30)).days if isinstance(value, dt.date) else value


def _set_up(sheet: Worksheet) -> None:
    sheet.sheet_view.showGridLines = False
    sheet.sheet_view.showRowColHeaders = False
    sheet.sheet_properties.tabColor = f"FF{styles.BRAND}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize, sheet.page_setup.fitToHeight = "portrait", 9, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    for at in range(1, _LAST + 2):
        column = sheet.column_dimensions[column_letters(at)]
        column.width = _MARGIN if at in {1, _LEFT[1] - 1, _LAST + 1} else _WIDTH
        column.fill = styles.fill(styles.PAGE)


def _banner(board: Board, blueprint: Blueprint, speech: Speech, today: dt.date, currency: str) -> bool:
    """Title, day, and the currency where amounts may be in several; whether they may."""
    sheet, last = board.sheet, column_letters(_LAST)
    for at in range(1, _LAST + 2):
        for row in (1, 2, 3):
            sheet.cell(row, at).fill = styles.fill(styles.BRAND)
    pale = styles.tint(styles.BRAND, 0.35)
    _say(board, "B1", speech.say(blueprint.labels), 22, styles.PAPER, bold=True)
    _say(board, "B2", speech.say(blueprint.goal), 10, pale)
    _say(board, "B3", speech.say(Message(_LIVE)), 9, pale)
    board.put(_TODAY.replace("$", ""), Formula("TODAY()", today))
    day = sheet[_TODAY.replace("$", "")]
    day.number_format, day.alignment = "yyyy-mm-dd", styles.RIGHT
    day.font = styles.font(board.lang, 12, styles.PAPER, bold=True)
    has_currency = any("currency" in each.fields for each in blueprint.sheets.values())
    if has_currency:
        _say(board, f"{column_letters(_LAST - 1)}3", speech.say(Message(_IN)), 9, pale)
        sheet[f"{column_letters(_LAST - 1)}3"].alignment = styles.RIGHT
        _say(board, f"{last}3", currency, 11, styles.BRAND, bold=True)
        sheet[f"{last}3"].fill, sheet[f"{last}3"].alignment = styles.fill(styles.SOFT), styles.CENTRE
    for row, height in ((1, 40), (2, 20), (3, 22), (4, 12), (8, 12)):
        sheet.row_dimensions[row].height = height
    return has_currency


def _say(board: Board, place: str, words: str, size: float, colour: str, *, bold: bool = False) -> None:
    cell = board.sheet[place]
    cell.value, cell.font, cell.alignment = words, styles.font(board.lang, size, colour, bold=bold), styles.LEFT


def _card(board: Board, at: int, figure: Figure, formulas: Formulas) -> None:
    """A card: its label above its number, with a stripe in a colour of its own."""
    left = _LEFT[at // 3] + at % 3 * 2
    colour = styles.SERIES[at]
    first, last = column_letters(left), column_letters(left + 1)
    for row, height in ((_CARD_ROW, 22), (_CARD_ROW + 1, 34), (_CARD_ROW + 2, 6)):
        board.sheet.row_dimensions[row].height = height
        board.sheet.merge_cells(f"{first}{row}:{last}{row}")
        for each in (first, last):
            cell = board.sheet[f"{each}{row}"]
            cell.fill = styles.fill(colour if row == _CARD_ROW + 2 else styles.PAPER)
            gap = Side(style="thick", color=f"FF{styles.PAGE}")
            cell.border = Border(left=gap if each == first and at % 3 else None)
    _say(board, f"{first}{_CARD_ROW}", figure.labels[board.lang], 9.5, styles.MUTED)
    board.sheet[f"{first}{_CARD_ROW}"].alignment = Alignment(horizontal="left", vertical="bottom", indent=1)
    number = f"{first}{_CARD_ROW + 1}"
    empty = "" if figure.over is not None or figure.measure.kind == "average" else 0
    board.put(number, Formula(formulas.figure(figure), empty))
    cell = board.sheet[number]
    cell.number_format, cell.font = _FORMS[figure.form], styles.font(board.lang, 20, styles.INK, bold=True)
    cell.alignment = Alignment(horizontal="left", vertical="center", indent=1, shrink_to_fit=True)


def _heading(board: Board, row: int, speech: Speech) -> None:
    _say(board, f"B{row}", speech.say(Message(_BEHIND)), 13, styles.BRAND, bold=True)
    board.sheet.row_dimensions[row].height = 26
    for at in range(2, _LAST + 1):
        cell = board.sheet.cell(row, at)
        cell.fill, cell.border = (
            styles.fill(styles.PAGE),
            Border(bottom=Side(style="medium", color=f"FF{styles.BRAND}")),
        )


def _figures(board: Board, chart: Chart, axis: Axis, spot: Spot, left: int) -> None:
    """The small table behind a chart, and the hidden cells that it needs."""
    _head(board, spot, left, chart)
    for place, formula in axis.arrays.items():
        board.put_array(place, formula)
    for place, formula in axis.cells.items():
        board.put(place, formula)
    for letters in spot.hidden:
        board.sheet.column_dimensions[letters].hidden = True
    for row, each in enumerate(axis.rows, spot.top + 1):
        _line(board, row, left, each.form)
        board.put(f"{spot.label}{row}", each.label)
        for letters, number in zip(spot.numbers, each.numbers, strict=True):
            board.put(f"{letters}{row}", number)
            board.sheet[f"{letters}{row}"].number_format = _number_format(chart)
    bottom = spot.top + len(axis.rows)
    for letters, colour in zip(spot.numbers, styles.SERIES, strict=False):
        ends = [FormatObject(type="num", val=0), FormatObject(type="max")]
        bar = DataBar(cfvo=ends, color=f"FF{styles.tint(colour, 0.45)}", showValue=True, minLength=0, maxLength=100)
        area = f"{letters}{spot.top + 1}:{letters}{bottom}"
        board.sheet.conditional_formatting.add(area, Rule(type="dataBar", dataBar=bar))


def _number_format(chart: Chart) -> str:
    return "0.0" if chart.series[0][1].kind == "average" else "#,##0"


def _head(board: Board, spot: Spot, left: int, chart: Chart) -> None:
    for at in range(left, left + _HALF):
        cell = board.sheet.cell(spot.top, at)
        cell.fill, cell.border = styles.fill(styles.SOFT), styles.BELOW
    _say(board, f"{spot.label}{spot.top}", chart.labels[board.lang], 9.5, styles.BRAND, bold=True)
    board.sheet[f"{spot.label}{spot.top}"].alignment = styles.INDENTED
    for letters, (words, _) in zip(spot.numbers, chart.series, strict=True):
        if len(chart.series) > 1:
            _say(board, f"{letters}{spot.top}", words[board.lang], 9, styles.BRAND)
            board.sheet[f"{letters}{spot.top}"].alignment = styles.RIGHT
    board.sheet.row_dimensions[spot.top].height = 21


def _line(board: Board, row: int, left: int, form: str) -> None:
    for at in range(left, left + _HALF):
        cell = board.sheet.cell(row, at)
        cell.fill, cell.font = styles.fill(styles.PAPER), styles.font(board.lang, 9.5)
        cell.border = styles.BELOW
        cell.alignment = styles.INDENTED if at == left else styles.RIGHT
        if at == left and form:
            cell.number_format = form
