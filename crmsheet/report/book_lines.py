"""A whole book as lines of text that only change where the book does: what git compares and shows.

A cell of a record is `table/record/field: value`, sorted by table and record, so that a moved row or column is no
change; of cells outside the tables each row of the sheet is a line. Nothing is masked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from crmsheet.core.book import PART_ROWS, Book, Part, Sheet, Table
from crmsheet.core.cells import Formula, column_number
from crmsheet.core.messages import cell_words
from crmsheet.core.schema import Schema
from crmsheet.report.words import label

_HEADER = {"zh": "表头", "en": "header"}
_SHEET = {"zh": "工作表", "en": "sheet"}
_NAMELESS = "?"
_HOSTILE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Line ends would break a line in two; control and direction marks would let a cell write over the terminal."""
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_REFERENCE = re.compile(r'"[^"]*"|(?<![A-Za-z0-9_.$])(\$?[A-Za-z]{1,3})([0-9]+)(?![0-9A-Za-z_.(])')


def book_lines(sheets: Sequence[Sheet], book: Book, schema: Schema) -> Iterator[str]:
    """The lines of a book: its tables in the order of the schema, then what stands outside them, sheet by sheet."""
    order = {name: number for number, name in enumerate(schema.tables)}
    told = [_Lines(book.tables[name], schema) for name in sorted(book.tables, key=lambda each: order[each])]
    tables = [each for each in told if each.names]
    for each in tables:
        yield from each.headers()
        yield from each.records()
    for sheet in sorted(sheets, key=lambda each: each.name):
        yield from _outside(sheet, [each.table for each in tables])


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of a table: what it is called, its letters, its header."""

    called: str
    letters: str
    header: str


class _Lines:
    """The lines of one table; `names` are what its records are called, none where nothing tells them apart."""

    def __init__(self, table: Table, schema: Schema) -> None:
        self.table = table
        self.names = _record_names(table)
        self.columns = _columns(table, schema)
        self.title = _clean(_said(label(schema, table.name), table.lang))

    def headers(self) -> Iterator[str]:
        """A line for each column that is not called as its header says."""
        for column in self.columns:
            if column.header != column.called:
                yield f"{self.title}/{_HEADER[self.table.lang]}/{column.called}: {column.header}"

    def records(self) -> Iterator[str]:
        """A line for each cell that is not empty."""
        counted: dict[str, int] = {}
        for name, cells in sorted(zip(self.names, self._cells(), strict=True)):
            counted[name] = count = counted.get(name, 0) + 1
            record = f"{self.title}/{name}/" if count == 1 else f"{self.title}/{name} ({count})/"
            for cell in cells:
                yield record + cell

    def _cells(self) -> list[list[str]]:
        """The `field: value` of each row."""
        found: list[list[str]] = [[] for _ in self.names]
        rows = self.table.cells.index.tolist()
        if self.table.joined:
            for number, row in enumerate(rows):
                found[number].append(f"{_SHEET[self.table.lang]}: {_clean(self.table.part_of(row).sheet)}")
        for column in self.columns:
            for number, value in enumerate(self.table.cells[column.letters].tolist()):
                if value is not None and value != "" and value == value:
                    found[number].append(f"{column.called}: {_words(value, self.table.place(rows[number])[1])}")
        return found


def _columns(table: Table, schema: Schema) -> tuple[_Column, ...]:
    """Its columns: fields in the order of the schema, then the others by their headers."""
    fields = {name: number for number, name in enumerate(schema.tables[table.name].by_name)}
    known = sorted(table.columns.items(), key=lambda each: (fields[each[0].partition("#")[0]], each[0]))
    columns = []
    for name, letters in known:
        called = _said(label(schema, table.name, name), table.lang) + name.partition("#")[2]
        columns.append(_Column(_clean(called), letters, _clean(table.headers.get(letters, ""))))
    bound = set(table.columns.values())
    others = [str(each) for each in table.cells.columns if str(each) not in bound]
    rest = [_Column(_clean(table.headers.get(each) or each), each, "") for each in others]
    columns += sorted((_Column(each.called, each.letters, each.called) for each in rest), key=lambda each: each.called)
    return tuple(columns)


def _record_names(table: Table) -> list[str]:
    """What the records are called: by their keys, else by their names; none where the table has neither."""
    keys, names = table.texts(table.key), table.texts("name")
    if not any(keys) and not any(names):
        return []
    return [_clean(key or name or _NAMELESS) for key, name in zip(keys, names, strict=True)]


def _outside(sheet: Sheet, tables: Sequence[Table]) -> Iterator[str]:
    """The cells of a sheet that belong to no record and no header, a line for each row."""
    cells = sheet.cells.to_numpy(dtype=object)
    letters = [str(each) for each in sheet.cells.columns]
    rows = sheet.cells.index.to_numpy()
    inside = np.zeros(cells.shape, dtype=bool)
    for table in tables:
        for part, own in _parts_on(table, sheet.name):
            mine = np.isin(rows, own)
            columns = {part.letters_of(str(each)) for each in table.cells.columns}
            inside |= mine[:, None] & np.array([each in columns for each in letters], dtype=bool)[None, :]
    order = sorted(range(len(letters)), key=lambda at: column_number(letters[at]))
    for number, row in enumerate(rows.tolist()):
        told = [_words(cells[number, at], row) for at in order if not inside[number, at]]
        if any(told):
            yield f"{_clean(sheet.name)}: {' | '.join(told).rstrip(' |')}"


def _parts_on(table: Table, sheet: str) -> Iterator[tuple[Part, Any]]:
    """The parts of a table on a sheet, and the rows of their headers and records there."""
    ids = table.cells.index.to_numpy()
    for number, part in enumerate(table.parts):
        if part.sheet == sheet:
            yield part, np.append(ids[ids // PART_ROWS == number] % PART_ROWS, part.header_row)


def _words(value: Any, row: int) -> str:
    """A cell in one line; a formula as it is typed, its own row as `@`, so that sorting changes no formula."""
    if isinstance(value, Formula):
        own = _REFERENCE.sub(lambda found: f"{found[1]}@" if found[2] == str(row) else found[0], value.text)
        return _clean(f"={own}")
    return _clean(cell_words(value))


def _said(words: Mapping[str, str] | str, lang: str) -> str:
    return words if isinstance(words, str) else str(words.get(lang) or next(iter(words.values()), ""))


def _clean(text: object) -> str:
    """A text in one line, without what could harm the terminal that shows it."""
    return _HOSTILE.sub(lambda found: _SHORT.get(found[0], f"\\u{ord(found[0]):04x}"), str(text))
