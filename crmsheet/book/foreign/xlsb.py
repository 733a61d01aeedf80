"""Reading an .xlsb workbook (MS-XLSB): the parts of an .xlsx, each a row of binary records instead of XML.

Formulas give their last result.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from crmsheet.book.foreign.biff import error_value, rk_number
from crmsheet.book.foreign.number_formats import BUILT_IN, NOT_A_DAY, dated, meaning
from crmsheet.book.foreign.sheets import GENERAL, Cells, Damaged, ForeignBook, ForeignSheet, area
from crmsheet.book.package import Package
from crmsheet.core.cells import Scalar
from crmsheet.core.messages import N_, Message

_ROW, _RK, _ERROR, _BOOL, _REAL, _TEXT, _SHARED = 0, 2, 3, 4, 5, 6, 7
_F_TEXT, _F_REAL, _F_BOOL, _F_ERROR, _RICH = 8, 9, 10, 11, 62
_FORMULAS = frozenset({_F_TEXT, _F_REAL, _F_BOOL, _F_ERROR})
_CELLS = frozenset({_RK, _ERROR, _BOOL, _REAL, _TEXT, _SHARED, _RICH, *_FORMULAS})
_STRING_ITEM, _FORMAT, _STYLE, _STYLES_BEGIN, _STYLES_END = 19, 44, 47, 617, 618
_COLUMN, _MERGED, _PROTECTION, _BOOK, _SHEET = 60, 176, 535, 153, 156
_STATES = ("visible", "hidden", "veryHidden")
_NO_TEXT = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class _Shared:
    """What the workbook says for all of its sheets: its strings, the number format of each style."""

    strings: tuple[str, ...]
    codes: tuple[str, ...]
    date1904: bool


def read_xlsb(package: Package, workbook: str) -> ForeignBook:
    """The worksheets of a binary workbook whose part is named; charts and macro sheets are passed over.

    Raises:
        BookCorrupt: a part is missing or damaged.
        Damaged: a record is.
    """
    try:
        return ForeignBook(tuple(_sheets(package, workbook)))
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise Damaged(Message(N_("one of its records is damaged"))) from error


def _sheets(package: Package, workbook: str) -> Iterator[ForeignSheet]:
    relations = package.relations(workbook)
    parts = dict(relations.values())
    date1904, listed = False, []
    for code, body in _records(package.read(workbook)):
        if code == _BOOK:
            date1904 = bool(body[0] & 1)
        elif code == _SHEET:
            listed.append(body)
    if not listed:
        raise Damaged(Message(N_("it lists no sheets")))
    strings = parts.get("sharedStrings", "")
    styles = parts.get("styles", "")
    shared = _Shared(
        tuple(_text(body, 1)[0] for code, body in _records(package.read(strings)) if code == _STRING_ITEM)
        if strings in package
        else (),
        tuple(_codes(package.read(styles))) if styles in package else (),
        date1904,
    )
    for body in listed:
        key, at = _text(body, 8)
        name, _ = _text(body, at)
        kind, part = relations.get(key, ("", ""))
        if kind == "worksheet":
            if part not in package:
                raise Damaged(Message(N_("its sheet {sheet} is missing"), {"sheet": name}))
            state = _STATES[min(struct.unpack_from("<I", body)[0], 2)]
            yield _SheetReader(shared).read(name, state, package.read(part))


def _records(part: bytes) -> Iterator[tuple[int, bytes]]:
    """Number and bytes of each record; both its number and its length are written in groups of seven bits."""
    at, end = 0, len(part)
    while at < end:
        code = part[at]
        at += 1
        if code & 0x80:
            code = code & 0x7F | (part[at] & 0x7F) << 7
            at += 1
        length = shift = 0
        for _ in range(4):
            byte = part[at]
            at += 1
            length |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                break
        if at + length > end:
            raise Damaged(Message(N_("one of its records is damaged")))
        yield code, part[at : at + length]
        at += length


def _text(body: bytes, at: int) -> tuple[str, int]:
    """A string with its length before it, and the place behind it."""
    count = struct.unpack_from("<I", body, at)[0]
    if count == _NO_TEXT:
        return "", at + 4
    end = at + 4 + 2 * count
    if end > len(body):
        raise Damaged(Message(N_("a text in it is cut off")))
    return body[at + 4 : end].decode("utf-16-le", "surrogatepass"), end


def _codes(styles: bytes) -> Iterator[str]:
    """The number format of each cell style."""
    formats: dict[int, str] = {}
    inside = False
    for code, body in _records(styles):
        if code == _FORMAT:
            formats[struct.unpack_from("<H", body)[0]] = _text(body, 2)[0]
        elif code in (_STYLES_BEGIN, _STYLES_END):
            inside = code == _STYLES_BEGIN
        elif code == _STYLE and inside:
            number = struct.unpack_from("<H", body, 2)[0]
            yield formats.get(number) or BUILT_IN.get(number, GENERAL)


class _SheetReader:
    """Follows the records of one sheet."""

    def __init__(self, shared: _Shared) -> None:
        self._shared = shared
        self._kinds = [meaning(each) for each in shared.codes]
        self._cells = Cells()
        self._row = 0
        self._hidden: set[int] = set()
        self._widths: dict[int, float] = {}
        self._merged: list[str] = []
        self._locked = False

    def read(self, name: str, state: str, part: bytes) -> ForeignSheet:
        for code, body in _records(part):
            if code in _CELLS:
                self._cell(code, body)
            elif code == _ROW:
                self._row = struct.unpack_from("<I", body)[0] + 1
                if body[11] & 0x10:
                    self._hidden.add(self._row)
            else:
                self._around(code, body)
        return self._cells.sheet(
            name,
            widths=self._widths,
            hidden=frozenset(self._hidden),
            merged=tuple(self._merged),
            state=state,
            locked=self._locked,
        )

    def _cell(self, code: int, body: bytes) -> None:
        column, style = struct.unpack_from("<II", body)
        style &= 0xFFFFFF
        known = style < len(self._kinds)
        value = self._value(code, body)
        if known and self._kinds[style] != NOT_A_DAY and type(value) is float:
            value = dated(value, self._kinds[style], date1904=self._shared.date1904)
        self._cells.formulas += code in _FORMULAS
        self._cells.add(self._row, column + 1, value, self._shared.codes[style] if known else GENERAL)

    def _value(self, code: int, body: bytes) -> Scalar:
        if code == _SHARED:
            number = int(struct.unpack_from("<I", body, 8)[0])
            if number >= len(self._shared.strings):
                raise Damaged(Message(N_("it names a text that is not there")))
            return self._shared.strings[number]
        if code == _RK:
            return rk_number(struct.unpack_from("<I", body, 8)[0])
        if code in (_REAL, _F_REAL):
            return float(struct.unpack_from("<d", body, 8)[0])
        if code in (_TEXT, _F_TEXT, _RICH):
            return _text(body, 9 if code == _RICH else 8)[0]
        return bool(body[8]) if code in (_BOOL, _F_BOOL) else error_value(body[8])

    def _around(self, code: int, body: bytes) -> None:
        """What is said of columns and the sheet."""
        if code == _COLUMN:
            first, last, width = struct.unpack_from("<III", body)
            self._widths |= dict.fromkeys(range(first + 1, min(last, 255) + 2), width / 256)
        elif code == _MERGED:
            top, bottom, left, right = struct.unpack_from("<4I", body)
            self._merged.append(area(top + 1, left + 1, bottom + 1, right + 1))
        elif code == _PROTECTION:
            self._locked = struct.unpack_from("<I", body, 2)[0] != 0
