"""Editing a CSV file: only touched records are written anew, every other byte stays."""

from __future__ import annotations

import codecs
import datetime as dt
import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal

from crmsheet.book.csv_records import raw_fields, spans
from crmsheet.book.csv_strays import Unclosed, forms, unquoted
from crmsheet.book.dialect import CsvDialect
from crmsheet.book.opened import SheetEdits, SheetReceipt
from crmsheet.core.cells import Cell, CellError, CellRef, Formula, column_letters, column_number
from crmsheet.core.errors import CellRefused, PatchRefused
from crmsheet.core.messages import N_, Message

_YES_NO = (
    ("TRUE", "FALSE"),
    ("True", "False"),
    ("true", "false"),
    ("是", "否"),
    ("有", "无"),
    ("Y", "N"),
    ("y", "n"),
    ("Yes", "No"),
    ("yes", "no"),
    ("√", "×"),
    ("1", "0"),
)

Span = tuple[int, int, int]


def patch_csv(content: bytes, dialect: CsvDialect, edits: SheetEdits, sheet: str = "") -> bytes:
    """The file with its edits; `content` unchanged where there are none. Hiding has no meaning here.

    Raises:
        CellRefused: a value that the file cannot hold, with the reason.
        PatchRefused: the file's bytes do not come back from its text.
    """
    if not (edits.cells or edits.appended or edits.new_columns):
        return content
    mark = _mark(dialect) if dialect.bom else b""
    text = content[len(mark) :].decode(dialect.encoding)
    if mark + text.encode(dialect.encoding) != content:
        reason = Message(N_("its {encoding} text has bytes of more than one spelling"), {"encoding": dialect.encoding})
        raise PatchRefused(path=sheet, reason=reason)
    begin = len(dialect.preface)
    after = _Patch(text[begin:], dialect, edits, sheet).written()
    if not content and not after.isascii():
        mark = codecs.BOM_UTF8  # by which Excel knows UTF-8 in a new file
    return mark + (text[:begin] + after).encode(dialect.encoding)


def csv_receipt(edits: SheetEdits) -> SheetReceipt:
    """What `patch_csv` does with the edits."""
    first = max(edits.last_row, edits.header_row) + 1
    rows = tuple(range(first, first + len(edits.appended)))
    return SheetReceipt(cells=len(edits.cells), appended=rows, columns=len(edits.new_columns))


class _Patch:
    """One text with its records and the edits by record."""

    def __init__(self, text: str, dialect: CsvDialect, edits: SheetEdits, sheet: str) -> None:
        self._text, self._dialect, self._edits, self._sheet = text, dialect, edits, sheet
        self._spans = spans(text, dialect)
        self._by_row: dict[int, dict[int, Cell]] = defaultdict(dict)
        for (row, letters), value in edits.cells.items():
            self._by_row[row][column_number(letters)] = value
        for letters, label in edits.new_columns.items():
            self._by_row[edits.header_row][column_number(letters)] = label
        self._new = sorted(map(column_number, edits.new_columns))
        self._words: dict[int, tuple[str, str]] = {}

    def written(self) -> str:
        """The text with the edits."""
        count = len(self._spans)
        beyond = [row for row in self._by_row if not 1 <= row <= count]
        if beyond:
            raise CellRefused(
                place=CellRef(self._sheet, min(beyond), "A"), reason=Message(N_("there is no such record"))
            )
        pieces: list[str] = []
        kept = 0
        for begin, end, replacement in sorted([*self._rewritten(), *self._inserted()]):
            pieces += self._text[kept:begin], replacement
            kept = end
        after = "".join([*pieces, self._text[kept:]])
        self._refuse_displaced(after)
        return after

    def _refuse_displaced(self, after: str) -> None:
        """A quote that is left open where the file has one is read by what follows; nothing may come to stand in it."""
        if all(span.fits for span in self._spans):
            return
        wider = replace(self._dialect, width=self._dialect.width + len(self._new))
        with suppress(Unclosed):
            if len(spans(after, wider)) == len(self._spans) + len(self._edits.appended):
                return
        reason = Message(N_("a quotation mark that is never closed would swallow what is written; close it first"))
        raise PatchRefused(path=self._sheet, reason=reason)

    def _rewritten(self) -> Iterator[tuple[int, int, str]]:
        """Begin and end of the touched records, and what stands there now."""
        for row in range(1, len(self._spans) + 1) if self._new else self._by_row:
            span = self._spans[row - 1]
            record = self._record(row, self._text[span.begin : span.end], fits=span.fits)
            if record is not None:
                yield span.begin, span.end, record

    def _inserted(self) -> Iterator[tuple[int, int, str]]:
        """The place below the table, and the new records."""
        if not self._edits.appended:
            return
        last = min(max(self._edits.last_row, self._edits.header_row), len(self._spans))
        end, at = self._spans[last - 1][1:3] if last else (-1, 0)
        width, line_end = self._width(last), self._dialect.lineterminator
        rows = [
            self._row(last + 1 + offset, {column_number(letters): value for letters, value in cells.items()}, width)
            for offset, cells in enumerate(self._edits.appended)
        ]
        # Where the last record has no line end, the new last one has none either.
        yield at, at, line_end + line_end.join(rows) if end == at else line_end.join([*rows, ""])

    def _width(self, last: int) -> int:
        """The number of fields of a record in the table."""
        row = self._edits.header_row or last or 1
        begin, end = self._spans[row - 1][:2] if 0 < row <= len(self._spans) else (0, 0)
        fields = len(raw_fields(self._text[begin:end], self._dialect))
        return max([fields, *self._new])

    def _record(self, row: int, record: str, *, fits: bool) -> str | None:
        """The record written anew, or None where it stays as it is."""
        edits = self._by_row.get(row)
        if edits is None and not record:
            return None
        fields = raw_fields(record, self._dialect)
        if edits is not None and not fits:
            # What is written into a record may change how its stray quotes are read: so it gets proper ones.
            how = forms(self._dialect)
            fields = [self._quoted(unquoted(each, how), "") for each in fields]
        width = len(fields)
        for column in self._new:
            # A short record, such as a title, stays short.
            if column == len(fields) + 1:
                fields.append(self._lead(""))
        for column, value in (edits or {}).items():
            fields += [self._lead("")] * (column - len(fields))
            fields[column - 1] = self._field(
                CellRef(self._sheet, row, column_letters(column)), value, fields[column - 1]
            )
        if edits is None and len(fields) == width:
            return None
        return self._dialect.delimiter.join(fields)

    def _row(self, row: int, cells: Mapping[int, Cell], width: int) -> str:
        fields = [
            self._field(CellRef(self._sheet, row, column_letters(column)), cells.get(column), "")
            for column in range(1, max([width, *cells]) + 1)
        ]
        return self._dialect.delimiter.join(fields)

    def _field(self, place: CellRef, value: Cell, before: str) -> str:
        text = _text(place, value, self._yes_no(column_number(place.column)) if isinstance(value, bool) else _YES_NO[0])
        _refuse_foreign(place, text, self._dialect.encoding)
        if not self._dialect.quotechar and any(each in text for each in (self._dialect.delimiter, "\n", "\r")):
            raise CellRefused(
                place=place, reason=Message(N_("the file has no quotes to hold {value}"), {"value": text})
            )
        return self._lead(before, first=place.column == "A") + self._quoted(text, before)

    def _lead(self, before: str, *, first: bool = False) -> str:
        """The spaces that stand before a field and belong to none."""
        if not self._dialect.spaced:
            return ""
        return before[: len(before) - len(before.lstrip(" "))] if before or first else " "

    def _quoted(self, text: str, before: str) -> str:
        quote, escape = self._dialect.quotechar, self._dialect.escape
        if not quote:
            return text
        special = (self._dialect.delimiter, "\n", "\r", quote)
        must = any(each in text for each in special) or (self._dialect.spaced and text.startswith(" "))
        as_found = before.lstrip(" ").startswith(quote) and bool(text)
        if not (must or as_found or (self._dialect.quote_all and text)):
            return text
        if escape:
            return quote + text.replace(escape, escape * 2).replace(quote, escape + quote) + quote
        return f"{quote}{text.replace(quote, quote * 2)}{quote}"

    def _yes_no(self, column: int) -> tuple[str, str]:
        """The words for true and false that the column uses."""
        if column not in self._words:
            quote = self._dialect.quotechar
            below = self._spans[self._edits.header_row :]
            seen = {
                fields[column - 1].strip(f"{quote} ")
                for fields in (raw_fields(self._text[begin:end], self._dialect) for begin, end, *_ in below)
                if len(fields) >= column
            }
            self._words[column] = _pair(seen - {""})
        return self._words[column]


def _pair(seen: set[str]) -> tuple[str, str]:
    """The pair of words that is among the values; 1 and 0 only where there is nothing else."""
    for pair in _YES_NO:
        if seen & set(pair) and (pair != ("1", "0") or seen <= set(pair)):
            return pair
    return _YES_NO[0]


def _text(place: CellRef, value: Cell, yes_no: Sequence[str]) -> str:
    """A cell as text: numbers without exponent or needless decimals, dates by ISO 8601."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return yes_no[0] if value else yes_no[1]
    if isinstance(value, float):
        return _number(place, value)
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ", timespec="auto") if value.time() != dt.time() else value.date().isoformat()
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, dt.timedelta):
        return _duration(value)
    if isinstance(value, CellError):
        return value.code
    if isinstance(value, Formula):
        raise CellRefused(place=place, reason=Message(N_("a CSV file holds no formulas")))
    return str(value)


def _number(place: CellRef, value: float) -> str:
    if math.isnan(value):
        return ""
    if math.isinf(value):
        raise CellRefused(place=place, reason=Message(N_("an infinite number is no value of a cell")))
    return str(int(value)) if value.is_integer() else format(Decimal(repr(value)), "f")


def _duration(value: dt.timedelta) -> str:
    """Hours, minutes and seconds, as a spreadsheet shows a duration."""
    seconds = round(value.total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _refuse_foreign(place: CellRef, text: str, encoding: str) -> None:
    try:
        text.encode(encoding)
    except UnicodeEncodeError as error:
        facts = {"character": text[error.start], "encoding": encoding.upper()}
        template = N_("the file is written in {encoding}, which has no {character}; save it as CSV UTF-8 first")
        raise CellRefused(place=place, reason=Message(template, facts)) from error


def _mark(dialect: CsvDialect) -> bytes:
    return {
        "utf-8": codecs.BOM_UTF8,
        "utf-16-le": codecs.BOM_UTF16_LE,
        "utf-16-be": codecs.BOM_UTF16_BE,
        "utf-32-le": codecs.BOM_UTF32_LE,
        "utf-32-be": codecs.BOM_UTF32_BE,
    }[dialect.encoding]
