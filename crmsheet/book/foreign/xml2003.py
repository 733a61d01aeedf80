"""Reading an XML spreadsheet of Excel 2003 (SpreadsheetML), as some programs export it under the name .xls."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from xml.parsers.expat import ExpatError

from crmsheet.book.foreign.sheets import GENERAL, Cells, Damaged, ForeignBook, ForeignSheet, area
from crmsheet.book.xml_events import walk
from crmsheet.core.cells import LAST_COLUMN, LAST_ROW, CellError, Scalar
from crmsheet.core.messages import N_, Message

_CHARACTERS_PER_POINT = 1 / 5.5
_DAY_ZERO = ("1899-12-31", "1899-12-30")


def read_xml2003(xml: bytes) -> ForeignBook:
    """The worksheets. Formulas give their last result.

    Raises:
        Damaged: it is not well-formed, or a value is not what it says.
    """
    reader = _Reader()
    try:
        walk(xml, reader.start, reader.end, reader.text)
    except (ExpatError, ValueError, OverflowError) as error:
        raise Damaged(Message(N_("its XML is not well-formed"))) from error
    if not reader.sheets:
        raise Damaged(Message(N_("it lists no sheets")))
    return ForeignBook(tuple(reader.sheets))


class _Reader:
    """Follows worksheets, rows and cells."""

    def __init__(self) -> None:
        self.sheets: list[ForeignSheet] = []
        self._begin({})

    def _begin(self, attributes: Mapping[str, str]) -> None:
        self._sheet = attributes
        self._cells = Cells()
        self._row = self._column = self._width = 0
        self._hidden: set[int] = set()
        self._merged: list[str] = []
        self._widths: dict[int, float] = {}
        self._wide = 0
        self._formula = False
        self._type = ""
        self._said: list[str] | None = None
        self._state = "visible"
        self._option = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "Worksheet":
            self._begin(attributes)
        elif name == "Row":
            self._row = int(attributes.get("ss:Index", self._row + 1))
            self._column = 0
            if attributes.get("ss:Hidden") == "1":
                self._hidden.add(self._row)
        elif name == "Cell":
            self._cell(attributes)
        elif name == "Data":
            self._type, self._said = attributes.get("ss:Type", "String"), []
        elif name == "Column":
            self._width = int(attributes.get("ss:Index", self._width + 1))
            if "ss:Width" in attributes and self._width <= LAST_COLUMN:
                self._widths[self._width] = float(attributes["ss:Width"]) * _CHARACTERS_PER_POINT
        elif name == "Visible":
            self._option = True

    def _cell(self, attributes: Mapping[str, str]) -> None:
        self._column = int(attributes.get("ss:Index", self._column + 1))
        self._formula = "ss:Formula" in attributes
        across, down = int(attributes.get("ss:MergeAcross", 0)), int(attributes.get("ss:MergeDown", 0))
        self._wide = max(0, min(across, LAST_COLUMN - self._column))
        high = max(0, min(down, LAST_ROW - self._row))
        if self._wide or high:
            self._merged.append(area(self._row, self._column, self._row + high, self._column + self._wide))

    def text(self, text: str) -> None:
        if self._said is not None:
            self._said.append(text)
        elif self._option:
            self._state = {"SheetHidden": "hidden", "SheetVeryHidden": "veryHidden"}.get(text.strip(), self._state)

    def end(self, name: str) -> None:
        if name == "Data" and self._said is not None:
            value, form = _value(self._type, "".join(self._said))
            self._cells.add(self._row, self._column, value, form)
            self._cells.formulas += self._formula
            self._said = None
        elif name == "Cell":
            self._column += self._wide
            self._wide = 0
        elif name == "Visible":
            self._option = False
        elif name == "Worksheet":
            self.sheets.append(self._finished())

    def _finished(self) -> ForeignSheet:
        return self._cells.sheet(
            self._sheet.get("ss:Name", ""),
            widths=self._widths,
            hidden=frozenset(self._hidden),
            merged=tuple(self._merged),
            state=self._state,
            locked=self._sheet.get("ss:Protected") == "1",
        )


def _value(kind: str, said: str) -> tuple[Scalar, str]:
    """The value of a cell and its number format.

    Raises:
        ValueError: it is not of the type that it says.
    """
    if kind == "Number":
        return float(said), GENERAL
    if kind == "Boolean":
        return said.strip() == "1", GENERAL
    if kind == "Error":
        return CellError(said.strip()), GENERAL
    if kind == "DateTime":
        moment = dt.datetime.fromisoformat(said.strip())
        if said.strip().startswith(_DAY_ZERO):
            return moment.time(), "h:mm"
        if moment.time() == dt.time():
            return moment.date(), "yyyy/m/d"
        return moment, "yyyy/m/d h:mm"
    return said, GENERAL
