"""Reading an OpenDocument spreadsheet (.ods, and .fods, the same as one XML file).

Formulas give their last result. What is repeated is written once in the file, with a count: the counts are not trusted.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from xml.parsers.expat import ExpatError

from crmsheet.book.foreign.sheets import (
    GENERAL,
    VISIBLE,
    Cells,
    Damaged,
    ForeignBook,
    ForeignSheet,
    Locked,
    area,
)
from crmsheet.book.package import Package
from crmsheet.book.xml_events import walk
from crmsheet.core.cells import LAST_COLUMN, LAST_ROW, CellError, Scalar
from crmsheet.core.messages import N_, Message

_MAX_CELLS = 5_000_000
_MAX_HIDDEN = 65_536
"""Of equal rows: more are the empty rest of the sheet, hidden at once."""
_DURATION = re.compile(r"(-?)P(?:(\d+)D)?T?(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?")
_INCHES = {"in": 1.0, "cm": 1 / 2.54, "mm": 1 / 25.4, "pt": 1 / 72, "pc": 1 / 6}
_CHARACTERS_PER_INCH = 13.0
_FORMATS = {"percentage": "0.00%", "currency": "#,##0.00"}
_DAY = dt.timedelta(days=1)
_ERRORS = frozenset({"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"})
_BESIDE = frozenset({"annotation", "shapes", "frame", "forms", "tracked-changes", "dde-links", "custom-shape"})
"""Elements that hold text or tables of their own, which are no cells of the sheet."""


def read_ods(package: Package) -> ForeignBook:
    """The sheets of a package.

    Raises:
        BookCorrupt: a part is missing or damaged.
        Damaged: the XML is, or it holds more cells than any table.
        Locked: it needs a password.
    """
    manifest = "META-INF/manifest.xml"
    if manifest in package and package.elements(manifest, "encryption-data"):
        raise Locked
    return read_fods(package.read("content.xml"))


def read_fods(xml: bytes) -> ForeignBook:
    """The sheets of the XML alone.

    Raises:
        Damaged: it is not well-formed, or holds more cells than any table.
    """
    reader = _Reader()
    try:
        walk(xml, reader.start, reader.end, reader.text)
    except (ExpatError, ValueError, OverflowError) as error:
        raise Damaged(Message(N_("its part {part} is not well-formed XML"), {"part": "content.xml"})) from error
    if not reader.sheets:
        raise Damaged(Message(N_("it lists no sheets")))
    return ForeignBook(tuple(reader.sheets))


class _Reader:
    """Follows tables, rows and cells, which stand in each other."""

    def __init__(self) -> None:
        self.sheets: list[ForeignSheet] = []
        self._styles: dict[str, dict[str, str]] = {}
        self._style = ""
        self._beside = self._tables = self._paragraphs = self._total = 0
        self._in_paragraph = False
        self._table: Mapping[str, str] = {}
        self._cell: Mapping[str, str] | None = None
        self._said: list[str] = []
        self._begin_sheet({})

    def _begin_sheet(self, attributes: Mapping[str, str]) -> None:
        self._table = attributes
        self._cells = Cells()
        self._row = self._column = 1
        self._repeat = 1
        self._line: list[tuple[int, Scalar, str]] = []
        self._line_formulas = 0
        self._hidden: set[int] = set()
        self._merged: list[str] = []
        self._widths: dict[int, float] = {}
        self._next_width = 1

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name in _BESIDE or self._beside:
            self._beside += 1
        elif name == "style":
            self._style = attributes.get("style:name", "")
        elif name in ("table-properties", "table-column-properties"):
            self._styles.setdefault(self._style, {}).update(attributes)
        elif name == "table":
            self._tables += 1
            if self._tables == 1:
                self._begin_sheet(attributes)
        elif self._tables == 1:
            self._inside(name, attributes)

    def _inside(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element of a table."""
        if name in ("table-cell", "covered-table-cell"):
            self._cell, self._said, self._paragraphs = attributes, [], 0
        elif self._cell is not None:
            self._paragraph(name, attributes)
        elif name == "table-row":
            self._column, self._line, self._line_formulas = 1, [], 0
            self._repeat = _count(attributes.get("table:number-rows-repeated"), LAST_ROW)
            if attributes.get("table:visibility", VISIBLE) != VISIBLE:
                self._hidden.update(range(self._row, self._row + min(self._repeat, _MAX_HIDDEN)))
        elif name == "table-column":
            self._width(attributes)

    def _paragraph(self, name: str, attributes: Mapping[str, str]) -> None:
        """What stands in a cell: spaces and line ends are elements."""
        if name == "p":
            self._paragraphs += 1
            self._in_paragraph = True
            if self._paragraphs > 1:
                self._said.append("\n")
        elif name == "s":
            self._said.append(" " * _count(attributes.get("text:c"), 1000))
        elif name in ("tab", "line-break"):
            self._said.append("\t" if name == "tab" else "\n")

    def text(self, text: str) -> None:
        # White space between the paragraphs of a cell is none of its text.
        if self._cell is not None and not self._beside and self._in_paragraph:
            self._said.append(text)

    def end(self, name: str) -> None:
        if self._beside:
            self._beside -= 1
        elif name == "table":
            self._tables -= 1
            if not self._tables:
                self.sheets.append(self._sheet())
        elif name == "p":
            self._in_paragraph = False
        elif self._tables != 1:
            return
        elif name in ("table-cell", "covered-table-cell") and self._cell is not None:
            self._end_cell(self._cell)
            self._cell = None
        elif name == "table-row":
            self._end_row()

    def _end_cell(self, cell: Mapping[str, str]) -> None:
        repeat = _count(cell.get("table:number-columns-repeated"), LAST_COLUMN)
        value, form = _value(cell, "".join(self._said))
        if value is not None and value != "":
            self._total += repeat * self._repeat
            if self._total > _MAX_CELLS:
                raise Damaged(Message(N_("it repeats cells to more than {count:,}"), {"count": _MAX_CELLS}))
            self._line += [(self._column + each, value, form) for each in range(repeat)]
            self._line_formulas += repeat * ("table:formula" in cell)
        high = _count(cell.get("table:number-rows-spanned"), LAST_ROW)
        wide = _count(cell.get("table:number-columns-spanned"), LAST_COLUMN)
        if high * wide > 1:
            self._merged.append(area(self._row, self._column, self._row + high - 1, self._column + wide - 1))
        self._column += repeat

    def _end_row(self) -> None:
        if self._line:
            for row in range(self._row, self._row + self._repeat):
                for column, value, form in self._line:
                    self._cells.add(row, column, value, form)
            self._cells.formulas += self._repeat * self._line_formulas
        self._row += self._repeat

    def _width(self, attributes: Mapping[str, str]) -> None:
        repeat = _count(attributes.get("table:number-columns-repeated"), LAST_COLUMN)
        style = self._styles.get(attributes.get("table:style-name", ""), {})
        match = re.fullmatch(r"([\d.]{1,9})(in|cm|mm|pt|pc)", style.get("style:column-width", ""))
        if match and self._next_width <= 256:
            width = float(match[1]) * _INCHES[match[2]] * _CHARACTERS_PER_INCH
            self._widths |= dict.fromkeys(range(self._next_width, min(self._next_width + repeat, 257)), width)
        self._next_width += repeat

    def _sheet(self) -> ForeignSheet:
        shown = self._styles.get(self._table.get("table:style-name", ""), {}).get("table:display", "true")
        return self._cells.sheet(
            self._table.get("table:name", ""),
            widths=self._widths,
            hidden=frozenset(self._hidden),
            merged=tuple(self._merged),
            state=VISIBLE if shown == "true" else "hidden",
            locked=self._table.get("table:protected") == "true",
        )


def _count(said: str | None, most: int) -> int:
    return max(1, min(int(said), most)) if said else 1


def _value(cell: Mapping[str, str], said: str) -> tuple[Scalar, str]:
    """The value of a cell and its number format.

    Raises:
        ValueError: it is not of the type that it says.
    """
    kind = cell.get("office:value-type", "")
    if cell.get("calcext:value-type") == "error" or said.startswith("Err:"):
        return CellError(said if said.startswith("#") and said in _ERRORS else "#VALUE!"), GENERAL
    if kind == "boolean":
        return cell.get("office:boolean-value") == "true", GENERAL
    if kind in ("float", "percentage", "currency"):
        return float(cell.get("office:value", "nan")), _FORMATS.get(kind, GENERAL)
    if kind == "date":
        return _day(cell.get("office:date-value", ""), said)
    if kind == "time":
        return _time(cell.get("office:time-value", ""))
    return cell.get("office:string-value", said), GENERAL


def _day(written: str, said: str) -> tuple[Scalar, str]:
    """A day or a moment; one that no calendar here has (a year below 1) is what the cell shows."""
    try:
        moment = dt.datetime.fromisoformat(written)
    except ValueError:
        return said or written, GENERAL
    moment = moment.replace(tzinfo=None)
    if "T" in written and moment.time() != dt.time():
        return moment, "yyyy/m/d h:mm:ss" if moment.second else "yyyy/m/d h:mm"
    return moment.date(), "yyyy/m/d"


def _time(written: str) -> tuple[Scalar, str]:
    """A time of the day, or a longer duration."""
    match = _DURATION.fullmatch(written)
    if not match:
        return written, GENERAL
    sign, days, hours, minutes, seconds = match.groups()
    span = dt.timedelta(int(days or 0), float(seconds or 0), minutes=int(minutes or 0), hours=int(hours or 0))
    if sign or span >= _DAY:
        return -span if sign else span, "[h]:mm:ss"
    return (dt.datetime.combine(dt.date.min, dt.time()) + span).time(), "h:mm:ss" if span.seconds % 60 else "h:mm"
