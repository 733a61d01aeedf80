"""The text of a sheet: where its rows and cells stand in the bytes."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import cache, lru_cache
from operator import ge
from typing import NamedTuple

from crmsheet.book.ooxml.areas import letters, number
from crmsheet.book.ooxml.markup import Element, Part, Splice, attribute, truth
from crmsheet.core.cells import LAST_COLUMN, LAST_ROW
from crmsheet.core.errors import CellRefused, PatchRefused
from crmsheet.core.messages import N_, Message

_PLACE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{1,3})([0-9]+)["']""")
_ROW_NUMBER = re.compile(rb"""\sr\s*=\s*["']([0-9]+)["']""")
_STYLE = re.compile(rb"""\ss\s*=\s*["']([0-9]+)["']""")
_TYPE = re.compile(rb"""\st\s*=\s*["']([A-Za-z]+)["']""")
_METADATA = re.compile(rb"\s[cv]m\s*=")


@dataclass(frozen=True, slots=True)
class Grammar:
    """The patterns of one namespace prefix."""

    row: re.Pattern[bytes]
    row_end: bytes
    cell: re.Pattern[bytes]
    cell_start: bytes
    cell_mark: bytes
    cell_end: bytes
    formula: re.Pattern[bytes]
    filled: re.Pattern[bytes]


@cache
def grammar(prefix: bytes) -> Grammar:
    """The patterns for a prefix such as `x:` or none."""
    p = re.escape(prefix)
    return Grammar(
        row=re.compile(rb"<" + p + rb"row(?=[\s/>])[^>]*>"),
        row_end=b"</" + prefix + b"row",
        cell=re.compile(
            rb"<" + p + rb"c(?=[\s/>])[^>]*(?<=/)>|(<" + p + rb"c(?=[\s/>])[^>]*>)(.*?)</" + p + rb"c\s*>", re.DOTALL
        ),
        cell_start=b"<" + prefix + b"c ",
        cell_mark=b"<" + prefix + b'c r="',
        cell_end=b"</" + prefix + b"c>",
        formula=re.compile(rb"<" + p + rb"f(?=[\s/>])"),
        filled=re.compile(rb"<" + p + rb"(?:f(?=[\s/>])|is(?=[\s>])|v(?=[\s>])[^>]*>[^<])"),
    )


class CellText(NamedTuple):
    """A cell as it stands: its column number, its places in the bytes, its tag."""

    column: int
    start: int
    end: int
    tag: bytes
    addressed: bool

    @property
    def style(self) -> int:
        """The index of its format."""
        return style_of(self.tag)

    @property
    def special(self) -> bool:
        """Whether it spills, or holds a picture or linked record (cell or value metadata)."""
        return _METADATA.search(self.tag) is not None


class RowText(NamedTuple):
    """A row as it stands: `start`..`inner` is its tag, `close` where its end tag begins (`inner` if self-closing)."""

    number: int
    start: int
    inner: int
    close: int
    tag: bytes

    @property
    def self_closing(self) -> bool:
        """Whether it is written `<row/>`."""
        return self.tag.endswith(b"/>")

    @property
    def hidden(self) -> bool:
        """Whether it is hidden."""
        return truth(attribute(self.tag, "hidden"))

    @property
    def style(self) -> int | None:
        """The format of its cells that are not there, or None."""
        return style_of(self.tag) if truth(attribute(self.tag, "customFormat")) else None


@dataclass(frozen=True, slots=True)
class SheetText:
    """A worksheet part, and the numbers and starts of its rows, ascending; `starts` ends with the end of the last."""

    name: str
    part: Part
    body: Element
    grammar: Grammar
    numbers: list[int]
    starts: list[int]

    def index(self, row: int) -> int | None:
        """The position of a row, or None if the sheet does not write it."""
        numbers = self.numbers
        at = row - numbers[0] if numbers else 0
        if not (0 <= at < len(numbers) and numbers[at] == row):  # a row above it is not written
            at = bisect_left(numbers, row)
        return at if at < len(numbers) and numbers[at] == row else None

    def gap(self, row: int) -> int:
        """Where a row that is not written has to be inserted."""
        return self.starts[bisect_left(self.numbers, row)]

    def row(self, row: int) -> RowText | None:
        """A row as it stands, or None."""
        at = self.index(row)
        return None if at is None else self.row_at(at)

    def row_at(self, at: int) -> RowText:
        """The row at a position."""
        start, scan = self.starts[at], self.part.scan
        inner = scan.index(b">", start) + 1
        tag = self.part.raw[start:inner]
        close = inner if tag.endswith(b"/>") else scan.rindex(self.grammar.row_end, inner, self.starts[at + 1])
        return RowText(self.numbers[at], start, inner, close, tag)

    def cells(self, row: RowText) -> list[CellText]:
        """The cells of a row; one without an address stands next to the one before it.

        Raises:
            CellRefused: they are not in order, or lie outside the sheet.
        """
        found, before, raw = [], 0, self.part.raw
        for match in self.grammar.cell.finditer(self.part.scan, row.inner, row.close):
            end = match.end(1) if match[1] else match.end()
            tag = raw[match.start() : end]
            place = _PLACE.search(tag)
            column = number(place[1].decode()) if place else before + 1
            if not before < column <= LAST_COLUMN:
                reason = Message(N_("the cells of its row are out of order"))
                raise CellRefused(place=f"{self.name}!{letters(column)}{row.number}", reason=reason)
            found.append(CellText(column, match.start(), match.end(), tag, place is not None))
            before = column
        return found

    def last_cell(self, row: RowText) -> CellText | None:
        """The last cell of a row without looking at the others; None if it has none or is written unusually."""
        start = self.part.scan.rfind(self.grammar.cell_start, row.inner, row.close)
        match = self.grammar.cell.match(self.part.scan, start, row.close) if start >= 0 else None
        if match is None or match.end() != row.close:
            return None
        tag = match[1] or match[0]
        place = _PLACE.search(tag)
        return CellText(number(place[1].decode()), start, row.close, tag, True) if place else None

    def into_body(self, splices: list[Splice]) -> list[Splice]:
        """The splices of rows; a self-closing `<sheetData/>` is opened for them."""
        return [self.body.with_content(b"".join(each[2] for each in splices))] if self.body.empty else splices

    def address(self, row: int, cell: CellText) -> Splice:
        """The splice that gives an address to a cell that lives by its position alone."""
        place = cell.start + len(self.grammar.cell_start) - 1
        return place, place, b' r="%s%d"' % (letters(cell.column).encode(), row)

    def is_formula(self, cell: CellText) -> bool:
        """Whether the cell computes its value."""
        return self.grammar.formula.search(self.part.scan, cell.start, cell.end) is not None

    def is_filled(self, cell: CellText) -> bool:
        """Whether the cell holds a value, text or formula."""
        return self.grammar.filled.search(self.part.scan, cell.start, cell.end) is not None


@lru_cache(maxsize=4096)
def style_of(tag: bytes) -> int:
    """The format index of a row's, cell's or column's tag; 0 if it names none."""
    match = _STYLE.search(tag)
    return int(match[1]) if match else 0


def type_of(tag: bytes) -> bytes:
    """The type of a cell; `n` if it names none."""
    match = _TYPE.search(tag)
    return match[1] if match else b"n"


def open_sheet(sheet: Part, path: str, name: str) -> SheetText:
    """The rows of a worksheet part, found in one pass.

    Raises:
        PatchRefused: it has no cells area, or its rows are out of order.
    """
    body = cells_area(sheet)
    if body is None:
        raise PatchRefused(path=path, reason=Message(N_("the sheet {sheet} has no cells area"), {"sheet": name}))
    rules = grammar(sheet.prefix)
    numbers, starts = _quick_rows(sheet, body) or _rows(sheet, body, rules, path, name)
    starts.append(body.close)
    return SheetText(name, sheet, body, rules, numbers, starts)


def _quick_rows(sheet: Part, body: Element) -> tuple[list[int], list[int]] | None:
    """Numbers and starts of rows that all begin `<row r="7"`, ascending; None where one does not, or there is none.

    Inside `sheetData` nothing but a row can begin so: elsewhere a `<` is escaped, and quiet sections are blanked.
    """
    mark = b"<" + sheet.prefix + b"row"
    numbers: list[int] = []
    starts: list[int] = []
    for match in re.compile(re.escape(mark) + rb' r="([0-9]+)"').finditer(sheet.scan, body.inner, body.close):
        numbers.append(int(match[1]))
        starts.append(match.start())
    if not numbers or sheet.scan.count(mark, body.inner, body.close) != len(numbers):
        return None
    if not 0 < numbers[0] <= numbers[-1] <= LAST_ROW or any(map(ge, numbers, numbers[1:])):
        return None
    return numbers, starts


def _rows(sheet: Part, body: Element, rules: Grammar, path: str, name: str) -> tuple[list[int], list[int]]:
    """The same for rows written in any way."""
    numbers: list[int] = []
    starts: list[int] = []
    before = 0
    for match in rules.row.finditer(sheet.scan, body.inner, body.close):
        written = _ROW_NUMBER.search(match[0])
        row = int(written[1]) if written else before + 1
        if not before < row <= LAST_ROW:
            raise PatchRefused(path=path, reason=Message(N_("the rows of {sheet} are out of order"), {"sheet": name}))
        numbers.append(row)
        starts.append(match.start())
        before = row
    return numbers, starts


def cells_area(sheet: Part) -> Element | None:
    """`sheetData` by its first opening and last closing tag: a search that skips over the 67 MB between them."""
    name = sheet.prefix + b"sheetData"
    opening = re.compile(b"<" + re.escape(name) + rb"(?=[\s/>])[^>]*>").search(sheet.scan)
    if opening is None:
        return None
    if opening[0].endswith(b"/>"):
        return Element(sheet, opening.start(), opening.end(), opening.end(), opening.end())
    close = sheet.scan.rfind(b"</" + name)
    end = sheet.scan.find(b">", close) + 1
    return Element(sheet, opening.start(), opening.end(), close, end) if close > 0 and end > 0 else None
