"""The files that make up a book, and their bytes."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path

from crmsheet.book import limits
from crmsheet.book.copy_names import is_copy
from crmsheet.book.together import FOLDER, as_exchanged, note_of
from crmsheet.core.errors import (
    BookChanged,
    BookCorrupt,
    BookFormat,
    BookLost,
    BookMissing,
    BookUnreadable,
    FolderWithoutTables,
)
from crmsheet.core.messages import N_, Message

CSV_SUFFIXES = frozenset({".csv", ".tsv", ".tab"})
_TRIES = 3
_ASIDE = re.compile(r"^[.~]|\.tmp\.|\.bak\.", re.IGNORECASE)
"""Hidden files, lock files of Office and LibreOffice, what programs leave behind."""
_NOT_IN_NAMES = re.compile(r'[<>:"/\\|?*\x00-\x1f]|^\s|^\.|[ .]$')
_LONGEST_NAME = 200
"""Bytes of a file's name: systems allow 255, and what is written beside it has a longer one."""


def read_members(path: Path) -> dict[str, bytes]:
    """Member name -> bytes; '' names a single file, a folder's CSV files have their own names.

    Nothing is locked: what changes while it is read is read once more, so that nobody sees half of a write.

    Raises:
        BookMissing: there is nothing at the path; a BookLost where it has a history.
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
        lost = any((path.parent / FOLDER / path.name).glob("*.pack"))
        raise (BookLost if lost else BookMissing)(path=path) from error
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
    members = [each for each in _csv_files(folder) if not is_copy(each.name)]
    if not members:
        raise FolderWithoutTables(path=folder)
    return members


def is_member(name: str) -> bool:
    """Whether a file of this name would be a CSV file of a book, on every system."""
    allowed = not _NOT_IN_NAMES.search(name) and len(name.encode()) <= _LONGEST_NAME
    return allowed and members_among([name]) == [name]


def copies(folder: Path) -> list[str]:
    """The names of the CSV files that are passed over because they are copies of others."""
    return [each.name for each in _csv_files(folder) if is_copy(each.name)]


def members_among(names: Iterable[str]) -> list[str]:
    """Which names of files in a folder are those of its CSV files, as `member_paths` takes them, in order."""
    return [each for each in _csv_names(names) if not is_copy(each)]


def _csv_files(folder: Path) -> list[Path]:
    return [folder / each for each in _csv_names(each.name for each in folder.iterdir() if each.is_file())]


def _csv_names(names: Iterable[str]) -> list[str]:
    return sorted(each for each in names if Path(each).suffix.lower() in CSV_SUFFIXES and not _ASIDE.search(each))


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
