"""Reading tables of a web page that was saved as .xls, as many programs on the web export them.

The tables of the page follow each other in one sheet, an empty row between them, as Excel shows them.
"""

from __future__ import annotations

import codecs
import re
from html.parser import HTMLParser

from crmsheet.book.encoding import Undecodable, decode
from crmsheet.book.foreign.sheets import Cells, Damaged, ForeignBook, ForeignSheet, area
from crmsheet.core.cells import LAST_COLUMN, LAST_ROW, Scalar
from crmsheet.core.messages import N_, Message

_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_SHEET_NAME = re.compile(r"<x:Name>([^<]{1,31})</x:Name>", re.IGNORECASE)
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "iso-8859-1": "cp1252", "latin-1": "cp1252", "ascii": "cp1252"}
"""What pages mean by a name: the larger set that browsers take for it."""
_MAX_SPANNED = 1000
_MAX_BYTES = 64 << 20
_BREAKS = frozenset({"br", "p", "div", "li"})
_SILENT = frozenset({"style", "script", "title", "head", "template"})
_NUMBER = re.compile(r"-?\d{1,300}(?:\.\d{1,300})?(?:[eE][+-]?\d{1,3})?")


def read_html(content: bytes) -> ForeignBook:
    """The tables of a page as one sheet. Cells are text as the page shows it; numbers only where Excel marked them.

    Raises:
        Damaged: the page holds no table, or is larger than any.
    """
    if len(content) > _MAX_BYTES:
        raise Damaged(Message(N_("it is {size:,} MB large"), {"size": len(content) >> 20}))
    text = _decoded(content)
    reader = _Reader()
    reader.feed(text)
    reader.close()
    cells = reader.finished()
    if not cells.rows:
        raise Damaged(Message(N_("the web page holds no table")))
    name = _SHEET_NAME.search(text)
    sheet = ForeignSheet(
        name[1] if name else "Sheet1",
        cells.rows,
        cells.columns,
        cells.values,
        cells.formats,
        merged=tuple(reader.merged),
    )
    note = Message(N_("it is a web page under the name of a workbook; its table was read"))
    return ForeignBook((sheet,), (note,))


def _decoded(content: bytes) -> str:
    """The text of the page: by its mark, by what it says of itself, else by its bytes."""
    said = _CHARSET.search(content[:4096])
    if said and not content.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        name = said[1].decode("ascii").lower()
        try:
            return content.decode(codecs.lookup(_WIDER.get(name, name)).name)
        except (LookupError, UnicodeDecodeError):
            """It says what it is not; the bytes know better."""
    try:
        return decode(content).text
    except Undecodable as error:
        raise Damaged(Message(N_("its text is in no encoding that crmsheet knows; save it as CSV UTF-8"))) from error


class _Reader(HTMLParser):
    """Follows tables, rows and cells, whose ends pages often leave out; a table inside a cell stands for itself."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.merged: list[str] = []
        self._cells = Cells()
        self._row = self._column = 0
        self._tables = 0
        self._silent = ""
        self._covered: dict[int, int] = {}
        self._said: list[str] | None = None
        self._given: dict[str, str] = {}

    def finished(self) -> Cells:
        """The cells, when the whole page has been read."""
        self._end_cell()
        return self._cells

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent = tag
        elif tag == "table":
            self._begin_table()
        elif tag == "tr" and self._tables:
            self._begin_row()
        elif tag in ("td", "th") and self._tables:
            self._end_cell()
            if not self._column:
                self._begin_row()
            self._said = []
            self._given = {name: value or "" for name, value in attrs}
        elif tag in _BREAKS and self._said:
            self._said.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == self._silent:
            self._silent = ""
        elif tag in ("td", "th"):
            self._end_cell()
        elif tag == "tr":
            self._end_cell()
            self._column = 0
        elif tag == "table":
            self._end_cell()
            self._tables = max(0, self._tables - 1)
            self._column = 0

    def handle_data(self, data: str) -> None:
        if self._said is not None and not self._silent:
            self._said.append(re.sub(r"[ \t\r\n\f]+", " ", data))

    def _begin_table(self) -> None:
        self._end_cell()
        if self._cells.rows:
            self._row = max(self._row, max(self._covered.values(), default=0)) + 1
        self._covered = {}
        self._tables += 1
        self._column = 0

    def _begin_row(self) -> None:
        self._end_cell()
        self._row += 1
        self._column = 1
        if self._row > LAST_ROW:
            raise Damaged(Message(N_("it has more rows than a sheet")))

    def _end_cell(self) -> None:
        if self._said is None:
            return
        said, self._said = self._said, None
        while self._covered.get(self._column, 0) >= self._row:
            self._column += 1
        wide, high = (_span(self._given.get(name)) for name in ("colspan", "rowspan"))
        right = min(self._column + wide - 1, LAST_COLUMN)
        if high > 1:
            self._covered |= dict.fromkeys(range(self._column, right + 1), self._row + high - 1)
        if wide * high > 1:
            self.merged.append(area(self._row, self._column, self._row + high - 1, right))
        self._cells.add(self._row, self._column, _value(said, self._given))
        self._column = right + 1


def _span(said: str | None) -> int:
    return min(max(int(said), 1), _MAX_SPANNED) if said and said.isdecimal() and len(said) < 7 else 1


def _value(said: list[str], given: dict[str, str]) -> Scalar:
    """A number where Excel wrote one (`x:num`), else the text as the page shows it."""
    text = "\n".join(each.strip(" ") for each in "".join(said).replace("\xa0", " ").split("\n")).strip()
    if "x:num" in given:
        number = given["x:num"] or text
        if _NUMBER.fullmatch(number):
            return float(number)
    return text
