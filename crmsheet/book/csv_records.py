"""Records and fields of CSV text.

A quote is special only at the beginning of a field; within quotes, a doubled quote is one. A record ends with CR, LF or
CR LF outside of quotes. Text of that kind is read exactly as Python's csv module reads it. A record whose quotes do not
fit (`csv_strays`) is read so that it has as many fields as the others.
"""

from __future__ import annotations

import csv
import io
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

from crmsheet.book.csv_strays import LINE_END, FieldForms, forms, mended, unquoted
from crmsheet.book.dialect import CsvDialect

_LIMIT = threading.Lock()
_MANY_STRAYS = 20


class Span(NamedTuple):
    """Where a record begins, where it ends, and where the next begins; `fits` tells whether its quotes do."""

    begin: int
    end: int
    following: int
    fits: bool = True


@dataclass(frozen=True, slots=True)
class Records:
    """The fields of all records in one list, and how many each record has; an empty line has none.

    One flat list: half a million small ones would keep the garbage collector busy. `strays` holds the numbers of the
    records whose quotes do not fit, from 1.
    """

    fields: list[str] = field(default_factory=list)
    widths: list[int] = field(default_factory=list)
    strays: list[int] = field(default_factory=list)

    def add(self, row: list[str]) -> None:
        """One more record."""
        self.fields.extend(row)
        self.widths.append(len(row))

    def hopeless(self) -> bool:
        """Whether so many quotes do not fit that they are no quotes in this dialect."""
        return len(self.strays) > _MANY_STRAYS and 2 * len(self.strays) > len(self.widths)


def records(text: str, dialect: CsvDialect, *, sample: bool = False) -> Records:
    """The records of a text; of a `sample` those before one that is cut, or before it is clear that quotes do not fit.

    Raises:
        Unclosed: a record whose quotes cannot be meant in any way.
    """
    found = Records()
    if not dialect.quotechar or dialect.quotechar not in text:
        _add_plain(found, text, dialect)
    elif dialect.escape:
        _add_scanned(found, text, dialect)
    else:
        with _LIMIT:  # the csv module's limit on the length of a field is one for the whole process
            before = csv.field_size_limit(max(len(text) + 1, 131_072))
            try:
                _add_quoted(found, text, dialect, sample=sample)
            finally:
                csv.field_size_limit(before)
    return found


def _add_plain(found: Records, text: str, dialect: CsvDialect) -> None:
    """Records without quotes."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    if not lines[-1]:
        lines.pop()
    for line in lines:
        row = line.split(dialect.delimiter) if line else []
        found.add([each.lstrip(" ") for each in row] if dialect.spaced else row)


def _add_quoted(found: Records, text: str, dialect: CsvDialect, *, sample: bool) -> None:
    """Records by the csv module, except for those that it refuses."""
    stream, at = io.StringIO(text, newline=""), 0
    how = forms(dialect)
    fields, widths = found.fields, found.widths
    while True:
        reader = csv.reader(
            stream,
            delimiter=dialect.delimiter,
            quotechar=dialect.quotechar,
            skipinitialspace=dialect.spaced,
            strict=True,
        )
        lines = 0
        try:
            for row in reader:
                fields += row
                widths.append(len(row))
                lines = reader.line_num
        except csv.Error as error:
            cut = "end of data" in str(error)
        else:
            return
        if sample and ((widths and cut) or found.hopeless()):
            return
        at = _after_lines(text, at, lines)
        at = _add_record(found, text, at, how)
        stream.seek(at)


def _add_scanned(found: Records, text: str, dialect: CsvDialect) -> None:
    """Records with escaped quotes, of which the csv module knows a coarser kind."""
    how = forms(dialect)
    at = 0
    while at < len(text):
        at = _add_record(found, text, at, how)


def _add_record(found: Records, text: str, at: int, how: FieldForms) -> int:
    """Adds the record at a place, and gives where the next begins."""
    raw, following = _record(text, at, how)
    found.add([unquoted(each, how) for each in raw])
    if not how.record.match(text, at):
        found.strays.append(len(found.widths))
    return following


def _after_lines(text: str, at: int, lines: int) -> int:
    """The place that many lines further on."""
    for match in islice(LINE_END.finditer(text, at), lines - 1, lines) if lines else ():
        return match.end()
    return at


def _record(text: str, at: int, how: FieldForms) -> tuple[list[str], int]:
    """The fields of the record at a place as they are written, and where the next begins."""
    raw = mended(text, at, how)
    end = at + len(how.dialect.delimiter.join(raw))
    line_end = LINE_END.match(text, end)
    return (raw if end > at else []), line_end.end() if line_end else end


def spans(text: str, dialect: CsvDialect) -> list[Span]:
    """The place of each record.

    Raises:
        Unclosed: a record whose quotes cannot be meant in any way.
    """
    if dialect.quotechar and dialect.quotechar in text:
        return list(_quoted_spans(text, forms(dialect)))
    found, at = [], 0
    for match in LINE_END.finditer(text):
        found.append(Span(at, match.start(), match.end()))
        at = match.end()
    if at < len(text):
        found.append(Span(at, len(text), len(text)))
    return found


def _quoted_spans(text: str, how: FieldForms) -> Iterator[Span]:
    at = 0
    while at < len(text):
        match = how.record.match(text, at)
        if match:
            span = Span(at, match.end("record"), match.end())
        else:
            raw, following = _record(text, at, how)
            span = Span(at, at + len(how.dialect.delimiter.join(raw)), following, fits=False)
        yield span
        at = span.following


def raw_fields(record: str, dialect: CsvDialect) -> list[str]:
    """The fields of one record as they are written, quotes and all."""
    if not record:
        return []
    if not dialect.quotechar or dialect.quotechar not in record:
        return record.split(dialect.delimiter)
    return mended(record, 0, forms(dialect))
