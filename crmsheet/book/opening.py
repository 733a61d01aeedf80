"""Opening a book: what is parsed is what was hashed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from crmsheet.book.csv_reading import read_csv
from crmsheet.book.dialect import CsvDialect
from crmsheet.book.members import CSV_SUFFIXES, read_members
from crmsheet.book.opened import Opened
from crmsheet.book.replacing import digest
from crmsheet.book.signature import ENCRYPTED, TEXT, XLSX, signature
from crmsheet.book.xlsx_reading import read_workbook
from crmsheet.core.book import Sheet, Source
from crmsheet.core.errors import BookCorrupt, BookEmpty, BookEncrypted, BookFormat
from crmsheet.core.messages import N_, Message

_TEXT_SUFFIXES = CSV_SUFFIXES | {".txt"}


def open_book_file(path: Path) -> Opened:
    """The book at a path: an .xlsx or .xlsm workbook, a CSV file, or a folder of CSV files, one sheet each.

    Each file is read once and never written or locked. A workbook under another name is opened all the same.

    Raises:
        BookMissing, BookEmpty, BookCorrupt, BookEncrypted, BookFormat: why it cannot be used.
    """
    files = read_members(path)
    sha256 = digest(files)
    if path.is_dir():
        source = Source(path, "csv", sha256)
        return _opened(source, {name: path / name for name in files}, files)
    content = files[""]
    if not content:
        raise BookEmpty(path=path)
    if not any(content):
        detail = Message(N_("it holds nothing but zero bytes, as after an incomplete copy"))
        raise BookCorrupt(path=path, detail=detail)
    kind, other = signature(content)
    if kind == ENCRYPTED:
        raise BookEncrypted(path=path)
    if kind == XLSX:
        sheets, date1904 = read_workbook(path, content)
        return Opened(Source(path, "xlsx", sha256), sheets, files, {}, date1904)
    if path.suffix.lower() in _TEXT_SUFFIXES and kind == TEXT:
        return _opened(Source(path, "csv", sha256), {"": path}, files)
    if kind == TEXT:
        other = Message(N_("plain text; if it is a CSV file, rename it to .csv"))
    raise BookFormat(path=path, detail=other)


def _opened(source: Source, paths: Mapping[str, Path], files: Mapping[str, bytes]) -> Opened:
    """A book of CSV files; a file without content is a sheet without cells."""
    sheets: list[Sheet] = []
    dialects: dict[str, CsvDialect] = {}
    for member, path in paths.items():
        kind, other = signature(files[member]) if files[member] else (TEXT, None)
        if kind == XLSX:
            other = Message(N_("a workbook named as CSV; give it alone, named .xlsx"))
        if kind == ENCRYPTED:
            raise BookEncrypted(path=path)
        if kind != TEXT:
            raise BookFormat(path=path, detail=other)
        cells, dialect = read_csv(path, files[member])
        name = path.stem if path.stem not in dialects else path.name
        sheets.append(Sheet(name, cells))
        dialects[name] = dialect
    return Opened(source, tuple(sheets), files, dialects)
