"""Reading an .xls or .et workbook (MS-XLS): values, number formats, widths, hidden rows and sheets, merged cells.

Formulas give their last result.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from crmsheet.book.foreign import biff, compound
from crmsheet.book.foreign.biff import BIFF5, BIFF8, Pieces, Record, Texts
from crmsheet.book.foreign.number_formats import BUILT_IN, NOT_A_DAY, dated, meaning
from crmsheet.book.foreign.sheets import GENERAL, Cells, Damaged, ForeignBook, ForeignSheet, Locked, area
from crmsheet.core.cells import Scalar
from crmsheet.core.messages import N_, Message

_BOF, _EOF, _FILEPASS, _CODEPAGE, _DATEMODE = 0x0809, 0x000A, 0x002F, 0x0042, 0x0022
_BOUNDSHEET, _FORMAT, _XF, _SST = 0x0085, 0x041E, 0x00E0, 0x00FC
_LABELSST, _LABEL, _RSTRING, _NUMBER, _RK, _MULRK, _BOOLERR = 0x00FD, 0x0204, 0x00D6, 0x0203, 0x027E, 0x00BD, 0x0205
_FORMULA, _STRING = (0x0006, 0x0206, 0x0406), 0x0207
_ROW, _COLINFO, _PROTECT, _MERGED = 0x0208, 0x007D, 0x0012, 0x00E5
_STATES = ("visible", "hidden", "veryHidden")
_WORKSHEET = 0x0010


@dataclass(frozen=True, slots=True)
class _Bound:
    """A sheet as the workbook lists it; `kind` 0 is a worksheet."""

    name: str
    at: int
    state: str
    kind: int


@dataclass(slots=True)
class _Globals:
    """What the workbook says for all of its sheets."""

    texts: Texts = field(default_factory=Texts)
    date1904: bool = False
    bounds: list[_Bound] = field(default_factory=list)
    formats: dict[int, str] = field(default_factory=dict)
    styles: list[int] = field(default_factory=list)
    strings: list[str] = field(default_factory=list)

    def code(self, style: int) -> str:
        """The number format of a style."""
        number = self.styles[style] if style < len(self.styles) else 0
        return self.formats.get(number) or BUILT_IN.get(number, GENERAL)


def read_xls(content: bytes) -> ForeignBook:
    """The worksheets of a workbook; charts and macro sheets are passed over.

    Raises:
        Damaged: it is cut off, or its parts do not fit together.
        Locked: it needs a password.
    """
    stream = compound.stream(content, "Workbook", "Book") if content.startswith(compound.MAGIC) else content
    try:
        told = _globals(stream)
        sheets = [_SheetReader(told, bound).read(stream) for bound in told.bounds if bound.kind == 0]
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise Damaged(Message(N_("one of its records is damaged"))) from error
    return ForeignBook(tuple(each for each in sheets if each is not None))


def _globals(stream: bytes) -> _Globals:
    told = _Globals()
    first = next(biff.records(stream, 0), None)
    if first is None or first.code != _BOF:
        raise Damaged(Message(N_("its workbook does not begin as one")))
    told.texts = Texts(min(struct.unpack_from("<H", first.body)[0], BIFF8))
    if told.texts.version < BIFF5:
        raise Damaged(Message(N_("it is of an Excel before 5.0")))
    for record in biff.records(stream, 0):
        if record.code == _EOF:
            break
        _tell(told, record)
    if not told.bounds:
        raise Damaged(Message(N_("it lists no sheets")))
    return told


def _tell(told: _Globals, record: Record) -> None:
    body = record.body
    if record.code == _FILEPASS:
        raise Locked
    if record.code == _CODEPAGE:
        told.texts = told.texts.with_page(*struct.unpack_from("<H", body))
    elif record.code == _DATEMODE:
        told.date1904 = body[:1] == b"\x01"
    elif record.code == _BOUNDSHEET:
        at, state, kind = struct.unpack_from("<IBB", body)
        name = told.texts.read(body, 6, short=True).rstrip("\0")
        told.bounds.append(_Bound(name, at, _STATES[min(state & 3, 2)], kind))
    elif record.code == _FORMAT:
        with suppress(Damaged):  # some writers count wrongly here; such a format is General
            code = told.texts.read(body, 2, *record.more, short=told.texts.version < BIFF8)
            told.formats[struct.unpack_from("<H", body)[0]] = code
    elif record.code == _XF:
        told.styles.append(struct.unpack_from("<H", body, 2)[0])
    elif record.code == _SST:
        told.strings = list(_shared(record))


def _shared(record: Record) -> Iterator[str]:
    """The shared strings; where the table is cut off, those before the cut."""
    pieces = Pieces((record.body[8:], *record.more))
    for _ in range(struct.unpack_from("<I", record.body, 4)[0]):
        try:
            yield pieces.string()
        except (Damaged, IndexError):
            return


class _SheetReader:
    """Follows the records of one sheet."""

    def __init__(self, told: _Globals, bound: _Bound) -> None:
        self._told, self._bound = told, bound
        self._cells = Cells()
        self._kinds: dict[int, tuple[str, str]] = {}
        self._widths: dict[int, float] = {}
        self._hidden: set[int] = set()
        self._merged: list[str] = []
        self._locked = False
        self._awaited: tuple[int, int, str] | None = None

    def read(self, stream: bytes) -> ForeignSheet | None:
        """The sheet, or None where the place holds something else than a worksheet."""
        records = biff.records(stream, self._bound.at)
        begin = next(records, None)
        if begin is None or begin.code != _BOF:
            facts = {"sheet": self._bound.name}
            raise Damaged(Message(N_("its sheet {sheet} is missing"), facts))
        if struct.unpack_from("<H", begin.body, 2)[0] != _WORKSHEET:
            return None
        depth, ended = 1, False
        for record in records:
            if record.code == _BOF:
                depth += 1
            elif record.code == _EOF:
                depth -= 1
                if not depth:
                    ended = True
                    break
            elif depth == 1:
                self._record(record)
        if not ended:
            raise Damaged(Message(N_("it is cut off, as after an incomplete download or copy")))
        return self._sheet()

    def _sheet(self) -> ForeignSheet:
        return self._cells.sheet(
            self._bound.name,
            widths=self._widths,
            hidden=frozenset(self._hidden),
            merged=tuple(self._merged),
            state=self._bound.state,
            locked=self._locked,
        )

    def _record(self, record: Record) -> None:
        code, body = record.code, record.body
        if code == _LABELSST:
            row, column, style, number = struct.unpack_from("<HHHI", body)
            if number >= len(self._told.strings):
                raise Damaged(Message(N_("it names a text that is not there")))
            self._put(row, column, style, self._told.strings[number])
        elif code == _RK:
            row, column, style, raw = struct.unpack_from("<HHHI", body)
            self._put(row, column, style, biff.rk_number(raw))
        elif code == _MULRK:
            row, column = struct.unpack_from("<HH", body)
            for at in range(4, len(body) - 7, 6):
                style, raw = struct.unpack_from("<HI", body, at)
                self._put(row, column + (at - 4) // 6, style, biff.rk_number(raw))
        elif code == _NUMBER:
            self._put(*struct.unpack_from("<HHHd", body))
        elif code in (_LABEL, _RSTRING):
            row, column, style = struct.unpack_from("<HHH", body)
            self._put(row, column, style, self._told.texts.read(body, 6, *record.more))
        elif code == _BOOLERR:
            row, column, style, value, wrong = struct.unpack_from("<HHHBB", body)
            self._put(row, column, style, biff.error_value(value) if wrong else value != 0)
        elif code in _FORMULA:
            self._formula(body)
        elif code == _STRING and self._awaited:
            row, column, form = self._awaited
            self._awaited = None
            self._cells.add(row, column, self._told.texts.read(body, 0, *record.more), form)
        else:
            self._around(record)

    def _formula(self, body: bytes) -> None:
        row, column, style = struct.unpack_from("<HHH", body)
        value = biff.cached_result(body[6:14])
        self._cells.formulas += 1
        self._awaited = None
        if value is None:
            self._awaited = row + 1, column + 1, self._told.code(style)
        else:
            self._put(row, column, style, value)

    def _put(self, row: int, column: int, style: int, value: Scalar) -> None:
        if style not in self._kinds:
            code = self._told.code(style)
            self._kinds[style] = code, meaning(code)
        code, kind = self._kinds[style]
        if kind != NOT_A_DAY and type(value) is float:
            value = dated(value, kind, date1904=self._told.date1904)
        self._cells.add(row + 1, column + 1, value, code)

    def _around(self, record: Record) -> None:
        """What is said of rows, columns and the sheet."""
        body = record.body
        if record.code == _ROW and struct.unpack_from("<H", body, 12)[0] & 0x20:
            self._hidden.add(struct.unpack_from("<H", body)[0] + 1)
        elif record.code == _COLINFO:
            first, last, width = struct.unpack_from("<HHH", body)
            self._widths |= dict.fromkeys(range(first + 1, min(last, 255) + 2), width / 256)
        elif record.code == _PROTECT:
            self._locked = body[:1] == b"\x01"
        elif record.code == _MERGED:
            for at in range(2, len(body) - 7, 8):
                top, bottom, left, right = struct.unpack_from("<4H", body, at)
                self._merged.append(area(top + 1, left + 1, bottom + 1, right + 1))
