"""Native charts: flat, in the colours of the book, tied to cells so that they stand where the page wants them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from openpyxl.chart import BarChart, DoughnutChart, LineChart, Reference
from openpyxl.chart.data_source import AxDataSource, NumRef, StrRef
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.layout import Layout, ManualLayout
from openpyxl.chart.marker import DataPoint
from openpyxl.chart.series import SeriesLabel
from openpyxl.chart.series_factory import SeriesFactory
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText, Text
from openpyxl.chart.title import Title
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, TwoCellAnchor
from openpyxl.drawing.text import CharacterProperties, Font, Paragraph, ParagraphProperties, RegularTextRun

from crmsheet.template import styles
from crmsheet.template.axes import Spot
from crmsheet.template.blueprint import Chart
from crmsheet.template.places import quoted

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

_SHORT: Mapping[str, str] = MappingProxyType(
    {"zh": '[>=10000]0\\.0,"万";#,##0', "en": '[>=1000000]0.0,,"M";[>=10000]0,"k";#,##0'}
)
"""Amounts on an axis."""

_DUE = ("D1603D", "E9B44C", "3A9D8F", "81A4CD")
"""Overdue, today, soon, later."""


@dataclass(frozen=True, slots=True)
class Plotted:
    """A chart, and where its table stands."""

    chart: Chart
    spot: Spot
    rows: int

    def reference(self, sheet: Worksheet, letters: str) -> str:
        """A column of the table, as charts name it."""
        return f"{quoted(sheet.title)}!${letters}${self.spot.top + 1}:${letters}${self.spot.top + self.rows}"


def place_chart(sheet: Worksheet, plotted: Plotted, lang: str, place: tuple[int, int], size: tuple[int, int]) -> None:
    """Adds a chart at a column and row, so many columns wide and rows high."""
    chart = _chart(plotted.chart.kind)
    chart.title = _title(plotted.chart.labels[lang], lang)
    chart.graphical_properties = GraphicalProperties(solidFill=styles.PAPER, ln=LineProperties(noFill=True))
    chart.roundedCorners = False
    chart.visible_cells_only = False
    chart.display_blanks = "gap"
    for at, letters in enumerate(plotted.spot.numbers):
        chart.series.append(_series(sheet, plotted, at, letters, lang))
    if plotted.chart.kind == "doughnut":
        chart.legend.position = "r"
        chart.legend.txPr = _letters(lang)
    elif len(plotted.spot.numbers) > 1:
        chart.legend.position, chart.legend.txPr = "b", _letters(lang)
    else:
        chart.legend = None
    if plotted.chart.kind != "doughnut":
        _axes(chart, plotted, lang)
    (column, row), (columns, rows) = place, size
    start = AnchorMarker(col=column - 1, row=row - 1)
    chart.anchor = TwoCellAnchor("twoCell", _from=start, to=AnchorMarker(col=column - 1 + columns, row=row - 1 + rows))
    sheet.add_chart(chart)


def _chart(kind: str) -> Any:
    if kind == "doughnut":
        chart = DoughnutChart(holeSize=62)
        chart.style = 10
        return chart
    if kind == "line":
        return LineChart()
    bars = BarChart()
    bars.type = "bar" if kind == "bar" else "col"
    bars.gapWidth, bars.overlap = 60, 0 if kind == "column" else -10
    return bars


def _series(sheet: Worksheet, plotted: Plotted, at: int, letters: str, lang: str) -> Any:
    series: Any = SeriesFactory(Reference(range_string=plotted.reference(sheet, letters)))
    series.tx = SeriesLabel(v=plotted.chart.series[at][0][lang])
    words = plotted.reference(sheet, plotted.spot.label)
    is_dated = plotted.chart.by == "month"
    series.cat = AxDataSource(numRef=NumRef(f=words)) if is_dated else AxDataSource(strRef=StrRef(f=words))
    is_money = plotted.chart.series[at][1].kind == "sum"
    colour = styles.SERIES[at + 1 if is_money and len(plotted.chart.series) == 1 else at]
    kind = plotted.chart.kind
    if kind == "doughnut":
        series.dPt = [_slice(number) for number in range(plotted.rows)]
        series.dLbls = _labels(lang, styles.PAPER)
        return series
    if kind == "line":
        series.graphicalProperties = GraphicalProperties(ln=LineProperties(solidFill=colour, w=28_000))
        series.marker.symbol, series.marker.size = "circle", 6
        series.marker.graphicalProperties = GraphicalProperties(
            solidFill=colour, ln=LineProperties(solidFill=styles.PAPER)
        )
        series.smooth = False
        return series
    series.graphicalProperties = GraphicalProperties(solidFill=colour, ln=LineProperties(noFill=True))
    series.invertIfNegative = False
    if plotted.chart.by == "due":
        series.dPt = [_bar(number, each) for number, each in enumerate(_DUE)]
    return series


def _slice(number: int) -> DataPoint:
    look = GraphicalProperties(
        solidFill=styles.SERIES[number % len(styles.SERIES)], ln=LineProperties(solidFill=styles.PAPER, w=19_000)
    )
    return DataPoint(idx=number, spPr=look)


def _bar(number: int, colour: str) -> DataPoint:
    look = GraphicalProperties(solidFill=colour, ln=LineProperties(noFill=True))
    return DataPoint(idx=number, invertIfNegative=False, spPr=look)


def _labels(lang: str, colour: str) -> DataLabelList:
    shown = DataLabelList()
    shown.showVal, shown.showPercent, shown.showSerName, shown.showCatName, shown.showLegendKey = (True, *[False] * 4)
    shown.numFmt = "#,##0;;"
    shown.txPr = _letters(lang, colour)
    return shown


def _axes(chart: Any, plotted: Plotted, lang: str) -> None:
    for axis in (chart.x_axis, chart.y_axis):
        axis.delete = False
        axis.txPr = _letters(lang)
        axis.title = None
        axis.majorTickMark = axis.minorTickMark = "none"
    chart.x_axis.graphicalProperties = GraphicalProperties(ln=LineProperties(solidFill="CBD2D9"))
    chart.x_axis.number_format = "yy-mm" if plotted.chart.by == "month" else "General"
    chart.x_axis.noMultiLvlLbl, chart.x_axis.tickLblSkip = True, 1
    chart.y_axis.graphicalProperties = GraphicalProperties(ln=LineProperties(noFill=True))
    chart.y_axis.majorGridlines.spPr = GraphicalProperties(ln=LineProperties(solidFill=styles.LINE, w=6_350))
    chart.y_axis.number_format = _SHORT[lang] if plotted.chart.series[0][1].kind == "sum" else "#,##0"
    chart.y_axis.scaling.min = None
    if plotted.chart.kind == "bar":
        chart.x_axis.scaling.orientation = "maxMin"
        chart.y_axis.crosses = "max"


def _title(words: str, lang: str) -> Title:
    look = _character(lang, styles.INK, 1200, bold=True)
    paragraph = Paragraph(pPr=ParagraphProperties(defRPr=look), r=[RegularTextRun(rPr=look, t=words)])
    title = Title(tx=Text(rich=RichText(p=[paragraph])), overlay=False)
    title.layout = Layout(manualLayout=ManualLayout(xMode="edge", yMode="edge", x=0.03, y=0.04))
    return title


def _letters(lang: str, colour: str = styles.MUTED) -> RichText:
    look = _character(lang, colour, 900)
    return RichText(p=[Paragraph(pPr=ParagraphProperties(defRPr=look), endParaRPr=look)])


def _character(lang: str, colour: str, size: int, *, bold: bool = False) -> CharacterProperties:
    face = Font(typeface=styles.FACES[lang])
    return CharacterProperties(latin=face, ea=face, sz=size, b=bold, solidFill=colour)
