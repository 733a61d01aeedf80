"""The files that make up a book, and their bytes."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path

from crmsheet.book import limits
from crmsheet.book.together import as_exchanged, note_of
from crmsheet.core.errors import BookChanged, BookCorrupt, BookFormat, BookMissing, BookUnreadable, FolderWithoutTables
from crmsheet.core.messages import N_, Message

CSV_SUFFIXES = frozenset({".csv", ".tsv", ".tab"})
_TRIES = 3
_ASIDE = re.compile(r"^[.~]|\.tmp\.|\.bak\.", re.IGNORECASE)
"""Hidden files, lock files of Office and LibreOffice, what programs leave behind."""
_COPY = re.compile(
    r"conflicted copy|conflict[ _-]\d|sync-conflict|冲突(?:副本|文件|版本|的副本)|\(case conflict"
    r"| - (?:副本|copy)(?: ?\(\d+\))?\.\w+$",
    re.IGNORECASE,
)
"""Copies that synchronising leaves, or Windows makes of a file in its own folder."""


def read_members(path: Path) -> dict[str, bytes]:
    """Member name -> bytes; '' names a single file, a folder's CSV files have their own names.

    Nothing is locked: what changes while it is read is read once more, so that nobody sees half of a write.

    Raises:
        BookMissing: there is nothing at the path.
        BookEmpty: the file is empty.
        FolderWithoutTables: no CSV file is in the folder.
        BookUnreadable: it may not be read.
        BookCorrupt: it is larger than any book.
        BookFormat: neither a file nor a folder.
        BookChanged: it changed whenever it was read.
    """
    try:
        mode = path.stat().st_mode
        if not stat.S_ISDIR(mode) and not stat.S_ISREG(mode):
            raise BookFormat(path=path, detail=Message(N_("a device or a pipe")))
        for _ in range(_TRIES):
            found = _read_file(path) if stat.S_ISREG(mode) else _read_folder(path)
            if found is not None:
                return found
    except (FileNotFoundError, NotADirectoryError) as error:
        raise BookMissing(path=path) from error
    except OSError as error:
        raise BookUnreadable(path=path, detail=error.strerror or str(error)) from error
    raise BookChanged(path=path)


def _read_file(path: Path) -> dict[str, bytes] | None:
    """A single file; None where it changed meanwhile."""
    before = _state(path)
    content = _read(path)
    return {"": content} if _state(path) == before else None


def _read_folder(folder: Path) -> dict[str, bytes] | None:
    """The CSV files of a folder, with those that are being exchanged; None where one of them changed meanwhile."""
    before = _states(folder)
    try:
        files = as_exchanged(folder, {each.name: _read(each) for each in member_paths(folder)})
    except FileNotFoundError:
        return None
    return files if _states(folder) == before else None


def _state(path: Path) -> tuple[int, int, int] | None:
    """What tells that a file is another by now; None where there is none."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


def _states(folder: Path) -> dict[str, tuple[int, int, int] | None]:
    return {str(each): _state(each) for each in (*member_paths(folder), note_of(folder))}


def member_paths(folder: Path) -> list[Path]:
    """The CSV files of a folder by name; hidden files, lock files and copies left by synchronising are passed over.

    Raises:
        FolderWithoutTables: there is none.
    """
    members = [each for each in _csv_files(folder) if not _COPY.search(each.name)]
    if not members:
        raise FolderWithoutTables(path=folder)
    return members


def copies(folder: Path) -> list[str]:
    """The names of the CSV files that are passed over because they are copies of others."""
    return [each.name for each in _csv_files(folder) if _COPY.search(each.name)]


def _csv_files(folder: Path) -> list[Path]:
    found = (each for each in folder.iterdir() if each.suffix.lower() in CSV_SUFFIXES and each.is_file())
    return sorted((each for each in found if not _ASIDE.search(each.name)), key=lambda each: each.name)


def sheet_names(members: Iterable[str]) -> dict[str, str]:
    """Sheet name -> member of a folder: the name without its ending, the whole name where that is taken."""
    names: dict[str, str] = {}
    for member in sorted(members):
        stem = Path(member).stem
        names[stem if stem not in names else member] = member
    return names


def _read(path: Path) -> bytes:
    size = path.stat().st_size
    if size > limits.MAX_FILE_BYTES:
        raise BookCorrupt(path=path, detail=Message(N_("it is {size:,} MB large"), {"size": size >> 20}))
    return path.read_bytes()


def member_of(files: Mapping[str, bytes], sheet: str) -> str:
    """The member that holds a sheet of a CSV book: `客户.tsv` beside `客户.csv` is the sheet of that whole name.

    Raises:
        KeyError: there is none.
    """
    return "" if "" in files else sheet_names(files)[sheet]
