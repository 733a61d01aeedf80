"""A value as the XML of a cell: which kind it is, its serial number, its escaped text.

Text is written inline (`t="inlineStr"`): every spreadsheet program reads it, and the shared strings stay untouched.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from enum import Enum

from crmsheet.book.ooxml.markup import escaped
from crmsheet.core.cells import CellError, Formula
from crmsheet.core.errors import CellRefused
from crmsheet.core.messages import N_, Message

TEXT_LIMIT, FORMULA_LIMIT = 32_767, 8_192
_ERRORS = ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA")
# ECMA-376 part 1, 22.9.2.19 (ST_Xstring): what XML cannot carry is written _xHHHH_, and so is what looks like that.
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_EDGES = re.compile(r"^\s|\s$|[\n\t]|  ")
# Text without any of these is written as it is.
_TOUCHY = re.compile(r"[\x00-\x1f\ud800-\udfff\ufffe\uffff&<>]|_x|^\s|\s$|  ")
_SHORT = TEXT_LIMIT // 2
# What a spreadsheet program would take for a number, a date, a truth value or a formula when the cell is edited.
_RETYPED = re.compile(
    r"[=+\-@].*|TRUE|FALSE|(?=[^\d０-９]*[\d０-９])"
    r"(?:[\s\d０-９.,:/\-+()%$€£¥￥年月日时分秒]|e(?=[+\-]?\d)|[ap]m\b"
    r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*)+",
    re.IGNORECASE | re.DOTALL,
)
_DAY = dt.timedelta(days=1)


class Kind(Enum):
    """What a value needs of a cell's number format."""

    EMPTY = "empty"
    TEXT = "text"
    NUMBERLIKE = "text that looks like a number"
    NUMBER = "number"
    BOOL = "bool"
    DATE = "date"
    DATETIME = "datetime"
    TIME = "time"
    DURATION = "duration"
    ERROR = "error"
    FORMULA = "formula"


def kind_of(value: object) -> Kind:
    """The kind of a value; empty text, NaN and NaT are empty.

    Raises:
        TypeError: no cell can hold it.
    """
    if value is None or value == "" or value != value:
        return Kind.EMPTY
    if isinstance(value, str):
        return Kind.NUMBERLIKE if _RETYPED.fullmatch(value.strip()) else Kind.TEXT
    if isinstance(value, bool):
        return Kind.BOOL
    if isinstance(value, int | float):
        return Kind.NUMBER
    if isinstance(value, dt.datetime):
        return Kind.DATE if value.time() == dt.time() else Kind.DATETIME
    for of, kind in (
        (dt.date, Kind.DATE),
        (dt.time, Kind.TIME),
        (dt.timedelta, Kind.DURATION),
        (CellError, Kind.ERROR),
        (Formula, Kind.FORMULA),
    ):
        if isinstance(value, of):
            return kind
    raise TypeError(f"a cell cannot hold {type(value).__name__}")


def cell_xml(place: str, kind: Kind, style: int, value: object, date1904: bool, prefix: bytes) -> bytes:
    """The XML of a cell from behind its address: `" s="3"><v>1</v></c>`; `place` is how a refusal names the cell.

    Raises:
        CellRefused: the value cannot be kept in a cell without loss.
    """
    head = b'" s="%d"' % style if style else b'"'
    if kind is Kind.EMPTY:
        return head + b"/>"
    if isinstance(value, str):
        return _inline(place, head, value, prefix)
    if isinstance(value, Formula):
        f = prefix + b"f>"
        return head + b"><" + f + formula_text(place, value.text) + b"</" + f + b"</" + prefix + b"c>"
    mark, written = _scalar(place, kind, value, date1904)
    v = prefix + b"v>"
    return head + mark + b"><" + v + written + b"</" + v + b"</" + prefix + b"c>"


def _inline(place: str, head: bytes, value: str, prefix: bytes) -> bytes:
    if len(value) < _SHORT and not prefix and not _TOUCHY.search(value):
        return b'%s t="inlineStr"><is><t>%s</t></is></c>' % (head, value.encode())
    written = escaped(xstring(value))
    length = len(value) if value.isascii() else len(value.encode("utf-16-le", "surrogatepass")) // 2
    if length > TEXT_LIMIT:
        reason = Message(
            N_("its text has {length:,} characters; a cell holds {limit:,}"), {"length": length, "limit": TEXT_LIMIT}
        )
        raise CellRefused(place=place, reason=reason)
    space = b' xml:space="preserve">' if _EDGES.search(value) else b">"
    p = prefix
    return b'%s t="inlineStr"><%sis><%st%s%s</%st></%sis></%sc>' % (head, p, p, space, written, p, p, p)


def formula_text(place: str, text: str) -> bytes:
    """The text of a formula as element content; its result is left to the spreadsheet program that opens the book.

    Raises:
        CellRefused: no spreadsheet program would take it.
    """
    bare = text.removeprefix("=")
    if not bare.strip() or len(bare) > FORMULA_LIMIT or _UNWRITABLE.search(bare):
        raise CellRefused(place=place, reason=Message(N_("its formula is empty, too long or holds control characters")))
    return escaped(bare)


def xstring(text: str) -> str:
    """Text as a spreadsheet writes it before XML escapes: control characters and carriage returns as `_xHHHH_`."""
    return _UNWRITABLE.sub(lambda match: f"_x{ord(match[0]):04X}_", text)


def _scalar(place: str, kind: Kind, value: object, date1904: bool) -> tuple[bytes, bytes]:
    """The type attribute and the content of `<v>`."""
    if isinstance(value, CellError):
        if value.code not in _ERRORS:
            raise CellRefused(place=place, reason=Message(N_("{value} is no error value"), {"value": value.code}))
        return b' t="e"', value.code.encode()
    if isinstance(value, bool):
        return b' t="b"', b"1" if value else b"0"
    if isinstance(value, int | float):
        return b"", _number(place, value)
    return b"", repr(serial(place, kind, value, date1904)).removesuffix(".0").encode()


def _number(place: str, value: float) -> bytes:
    if isinstance(value, int):
        if abs(value) > 2**53:  # beyond this a double drops digits
            reason = Message(N_("{value} has more digits than a number keeps; write it as text"), {"value": str(value)})
            raise CellRefused(place=place, reason=reason)
        return str(int(value)).encode()
    if not math.isfinite(value):
        raise CellRefused(place=place, reason=Message(N_("it is infinite")))
    return repr(float(value)).removesuffix(".0").encode()


def serial(place: str, kind: Kind, value: object, date1904: bool) -> float:
    """The serial number of a date or time: days since the epoch of the workbook's date system.

    In the 1900 system day 60 is the 29 February 1900 that never was, so earlier days count one less.

    Raises:
        CellRefused: the date lies before the epoch.
    """
    if isinstance(value, dt.timedelta):
        return value / _DAY
    if isinstance(value, dt.time):
        return (
            dt.datetime.combine(dt.date.min, value.replace(tzinfo=None)) - dt.datetime.combine(dt.date.min, dt.time())
        ) / _DAY
    assert isinstance(value, dt.date)  # noqa: S101  (kind_of let nothing else through)
    moment = value if isinstance(value, dt.datetime) else dt.datetime.combine(value, dt.time())
    epoch = dt.datetime(1904, 1, 1) if date1904 else dt.datetime(1899, 12, 30)  # noqa: DTZ001  (cells know no zones)
    days = (moment.replace(tzinfo=None) - epoch) / _DAY
    if not date1904 and days < 61:
        days -= 1
    if days < (0 if date1904 else 1):
        first = "1904-01-01" if date1904 else "1900-01-01"
        reason = Message(N_("{value} lies before {first}"), {"value": str(value), "first": first})
        raise CellRefused(place=place, reason=reason)
    return days if kind is not Kind.DATE else float(round(days))
