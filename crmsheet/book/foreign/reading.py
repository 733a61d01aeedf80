"""A file of a foreign format as sheets: which reader it takes, and its refusals as errors of a book."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from crmsheet.book.csv_reading import read_csv
from crmsheet.book.foreign.html import read_html
from crmsheet.book.foreign.ods import read_fods, read_ods
from crmsheet.book.foreign.sheets import Cells, Damaged, ForeignBook, ForeignSheet, Locked
from crmsheet.book.foreign.xls import read_xls
from crmsheet.book.foreign.xlsb import read_xlsb
from crmsheet.book.foreign.xml2003 import read_xml2003
from crmsheet.book.opened import Opened
from crmsheet.book.package import ODS, XLSB, open_package, workbook_part
from crmsheet.book.signature import FODS, HTML, TEXT, XLS, XML2003
from crmsheet.core.book import Source
from crmsheet.core.cells import column_number
from crmsheet.core.errors import BookCorrupt, BookEncrypted
from crmsheet.core.messages import N_, Message

_READERS: Mapping[str, Callable[[bytes], ForeignBook]] = MappingProxyType(
    {XLS: read_xls, HTML: read_html, FODS: read_fods, XML2003: read_xml2003}
)
_NO_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_NAME_LIMIT = 31


def open_foreign(source: Source, files: Mapping[str, bytes]) -> Opened:
    """A file of a known foreign format as a book, as every command reads it; TEXT is CSV named as a workbook.

    Raises:
        BookCorrupt, BookEncrypted: it cannot be read, with the reason.
    """
    with _refused(source.path):
        found = _read(source.path, files[""], source.format)
        return Opened(source, tuple(each.as_found() for each in found.sheets), files, notes=found.notes)


def read_foreign(opened: Opened) -> ForeignBook:
    """The sheets of such a book with what of their looks can be carried into another file.

    Raises:
        BookCorrupt, BookEncrypted: it cannot be read, with the reason.
    """
    with _refused(opened.source.path):
        return _read(opened.source.path, opened.files[""], opened.source.format)


@contextmanager
def _refused(path: Path) -> Iterator[None]:
    try:
        yield
    except Damaged as error:
        raise BookCorrupt(path=path, detail=error.detail) from error
    except Locked as error:
        raise BookEncrypted(path=path) from error


def _read(path: Path, content: bytes, kind: str) -> ForeignBook:
    return _named(_found(path, content, kind))


def _found(path: Path, content: bytes, kind: str) -> ForeignBook:
    if kind == TEXT:
        return _as_text(path, content)
    if kind in (XLSB, ODS):
        package = open_package(path, content)
        return read_xlsb(package, workbook_part(package)) if kind == XLSB else read_ods(package)
    return _READERS[kind](content)


def _named(book: ForeignBook) -> ForeignBook:
    """The sheets under names that a workbook may give: not longer, not twice, without its own signs."""
    names: dict[str, str] = {}
    for each in book.sheets:
        plain = _NO_NAME.sub(" ", each.name)[:_NAME_LIMIT].strip(" '") or "Sheet"
        name, number = plain, 1
        while name.lower() in names:
            number += 1
            name = f"{plain[: _NAME_LIMIT - 5]} {number}"
        names[name.lower()] = name
    pairs = zip(book.sheets, names.values(), strict=True)
    return replace(book, sheets=tuple(replace(sheet, name=name) for sheet, name in pairs))


def _as_text(path: Path, content: bytes) -> ForeignBook:
    """The one sheet of a CSV file that has the name of a workbook."""
    frame, dialect = read_csv(path, content)
    cells = Cells()
    for letters in frame.columns:
        column = column_number(letters)
        for row, value in enumerate(frame[letters].tolist(), 1):
            cells.add(row, column, value)
    sheet = ForeignSheet(path.stem, cells.rows, cells.columns, cells.values, cells.formats)
    note = Message(N_("it is text under the name of a workbook; it was read as CSV"))
    return ForeignBook((sheet,), (note, *dialect.doubts()))
