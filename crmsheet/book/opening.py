"""Opening a book: what is parsed is what was hashed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from crmsheet.book.csv_reading import read_csv
from crmsheet.book.dialect import CsvDialect
from crmsheet.book.members import CSV_SUFFIXES, copies, read_members, sheet_names
from crmsheet.book.opened import Opened
from crmsheet.book.package import ODS, XLSB, foreign_package, open_package
from crmsheet.book.replacing import digest
from crmsheet.book.signature import ENCRYPTED, FODS, HTML, TEXT, XLS, XLSX, XML2003, signature
from crmsheet.book.xlsx_reading import read_workbook
from crmsheet.core.book import Sheet, Source
from crmsheet.core.errors import BookCorrupt, BookEmpty, BookEncrypted, BookFormat
from crmsheet.core.messages import N_, Message

_TEXT_SUFFIXES = CSV_SUFFIXES | {".txt"}
_TEXT_AS_XLS = frozenset({".xls", ".et"})
"""Names under which programs save text, and Excel opens it."""
_IN_FILE = N_("{file}: {how}")
_PASSED_OVER = N_("passed over, because its name is that of a copy")


def open_book_file(path: Path) -> Opened:
    """The book at a path: a workbook, a CSV file, or a folder of CSV files, one sheet each.

    Each file is read once and never written or locked. A workbook is known by its content, whatever its name.

    Raises:
        BookMissing, BookEmpty, BookCorrupt, BookEncrypted, BookFormat: why it cannot be used.
    """
    return open_files(path, read_members(path))


def open_files(path: Path, files: Mapping[str, bytes]) -> Opened:
    """The same of bytes that are at hand, such as those of an older version; the path only names them.

    Raises:
        BookEmpty, BookCorrupt, BookEncrypted, BookFormat: why they cannot be used.
    """
    sha256 = digest(files)
    if "" not in files:
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
        kind = foreign_package(open_package(path, content)) or XLSX
    if kind == XLSX:
        sheets, date1904 = read_workbook(path, content)
        return Opened(Source(path, "xlsx", sha256), sheets, files, {}, date1904)
    if kind in (XLS, HTML, FODS, XML2003, XLSB, ODS) or (kind == TEXT and path.suffix.lower() in _TEXT_AS_XLS):
        from crmsheet.book.foreign.reading import open_foreign  # most books are workbooks or CSV: they do not pay

        return open_foreign(Source(path, kind, sha256), files)
    if path.suffix.lower() in _TEXT_SUFFIXES and kind == TEXT:
        return _opened(Source(path, "csv", sha256), {"": path}, files)
    if kind == TEXT:
        other = Message(N_("plain text; if it is a CSV file, rename it to .csv"))
    raise BookFormat(path=path, detail=other)


def _opened(source: Source, paths: Mapping[str, Path], files: Mapping[str, bytes]) -> Opened:
    """A book of CSV files; a file without content is a sheet without cells."""
    sheets: list[Sheet] = []
    dialects: dict[str, CsvDialect] = {}
    names = {member: name for name, member in sheet_names(paths).items() if member}
    passed_over = copies(source.path) if names and source.path.is_dir() else []
    notes = [Message(_IN_FILE, {"file": each, "how": Message(_PASSED_OVER)}) for each in passed_over]
    for member, path in paths.items():
        kind, other = signature(files[member]) if files[member] else (TEXT, None)
        if kind not in ("", TEXT):
            other = Message(N_("a workbook or a web page named as CSV; give it alone"))
        if kind == ENCRYPTED:
            raise BookEncrypted(path=path)
        if kind != TEXT:
            raise BookFormat(path=path, detail=other)
        cells, dialect = read_csv(path, files[member])
        name = names.get(member, path.stem)
        sheets.append(Sheet(name, cells))
        dialects[name] = dialect
        notes += (Message(_IN_FILE, {"file": member, "how": each}) if member else each for each in dialect.doubts())
    return Opened(source, tuple(sheets), files, dialects, notes=tuple(notes))
