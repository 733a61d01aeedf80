"""Records and fields of CSV text, exactly as Python's csv module and spreadsheets read them.

A quote is special only at the beginning of a field; within quotes, a doubled quote is one; what follows a closing
quote belongs to the field as it stands. A record ends with CR, LF or CR LF outside of quotes.
"""

from __future__ import annotations

import csv
import io
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass

from crmsheet.book.dialect import CsvDialect

_LINE_END = re.compile(r"\r\n|\n|\r")
_LIMIT = threading.Lock()


class Unclosed(Exception):
    """A record whose quotes cannot be meant as quotes; `line` counts from 1."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


@dataclass(frozen=True, slots=True)
class Records:
    """The fields of all records in one list, and how many each record has; an empty line has none.

    One flat list: half a million small ones would keep the garbage collector busy.
    """

    fields: list[str]
    widths: list[int]


def records(text: str, dialect: CsvDialect) -> Records:
    """The records of a text."""
    fields: list[str] = []
    widths: list[int] = []
    for row in _rows(text, dialect):
        fields += row
        widths.append(len(row))
    return Records(fields, widths)


def _rows(text: str, dialect: CsvDialect) -> Iterator[list[str]]:
    if dialect.quotechar and dialect.quotechar in text:
        yield from _quoted_rows(text, dialect)
        return
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    if not lines[-1]:
        lines.pop()
    for line in lines:
        yield line.split(dialect.delimiter) if line else []


def _quoted_rows(text: str, dialect: CsvDialect) -> Iterator[list[str]]:
    """By the csv module, whose limit on the length of a field is one for the whole process."""
    with _LIMIT:
        before = csv.field_size_limit(max(len(text) + 1, 131_072))
        try:
            yield from csv.reader(
                io.StringIO(text, newline=""), delimiter=dialect.delimiter, quotechar=dialect.quotechar
            )
        finally:
            csv.field_size_limit(before)


def spans(text: str, dialect: CsvDialect) -> list[tuple[int, int, int]]:
    """Where each record begins, where it ends, and where the next begins: the line end lies between.

    Raises:
        Unclosed: a quote that is never closed, or closes on a later line in the midst of a field.
    """
    if not dialect.quotechar or dialect.quotechar not in text:
        found, at = [], 0
        for match in _LINE_END.finditer(text):
            found.append((at, match.start(), match.end()))
            at = match.end()
        if at < len(text):
            found.append((at, len(text), len(text)))
        return found
    return list(_quoted_spans(text, dialect))


def _quoted_spans(text: str, dialect: CsvDialect) -> Iterator[tuple[int, int, int]]:
    record = _record_pattern(dialect)
    at = 0
    while at < len(text):
        match = record.match(text, at)
        if match is None:
            raise Unclosed(text.count("\n", 0, at) + 1)
        yield at, match.end("record"), match.end()
        at = match.end()


def raw_fields(record: str, dialect: CsvDialect) -> list[str]:
    """The fields of one record as they are written, quotes and all."""
    if not record:
        return []
    if not dialect.quotechar or dialect.quotechar not in record:
        return record.split(dialect.delimiter)
    field = re.compile(_field(dialect))
    found, at = [], 0
    while True:
        match = field.match(record, at)
        end = match.end() if match else len(record)
        found.append(record[at:end])
        if end >= len(record):
            return found
        at = end + 1


def unclosed(text: str, dialect: CsvDialect, found: Records) -> int:
    """The line of a record whose quotes cannot be meant as quotes, or 0.

    They are never closed, or they close on a later line in the midst of a field.
    """
    if not dialect.quotechar or dialect.quotechar not in text:
        return 0
    lines = text.count("\n") + text.count("\r") - text.count("\r\n")
    tail = max(text.rfind("\n"), text.rfind("\r")) + 1
    # Where every record is one line, only the last line can be open.
    single = len(found.widths) == lines + (tail < len(text)) and not found.fields[-1].endswith(("\n", "\r"))
    try:
        spans(text[tail:] if single else text, dialect)
    except Unclosed as error:
        return error.line + (lines if single else 0)
    return 0


def _field(dialect: CsvDialect) -> str:
    """A field as written; text after a closing quote is suffered only on the line of the opening one."""
    quote, delimiter = re.escape(dialect.quotechar), re.escape(dialect.delimiter)
    rest = rf"[^{delimiter}\r\n]*+"
    closed = rf"{quote}(?:[^{quote}]++|{quote}{quote})*+{quote}(?=[{delimiter}\r\n]|\Z)"
    continued = rf"{quote}(?:[^{quote}\r\n]++|{quote}{quote})*+{quote}{rest}"
    return rf"(?:{closed}|{continued}|(?!{quote}){rest})"


def _record_pattern(dialect: CsvDialect) -> re.Pattern[str]:
    field = _field(dialect)
    return re.compile(rf"(?P<record>{field}(?:{re.escape(dialect.delimiter)}{field})*+)(?:\r\n|\n|\r|\Z)")
