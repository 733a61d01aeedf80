"""The files that make up a book, and their bytes."""

from __future__ import annotations

import re
import stat
from collections.abc import Mapping
from pathlib import Path

from crmsheet.book import limits
from crmsheet.core.errors import BookCorrupt, BookFormat, BookMissing, BookUnreadable, FolderWithoutTables
from crmsheet.core.messages import N_, Message

CSV_SUFFIXES = frozenset({".csv", ".tsv", ".tab"})
_ASIDE = re.compile(
    r"^[.~]"  # hidden files, lock files of Office and LibreOffice
    r"|\.tmp\.|\.bak\."
    r"|conflicted copy|conflict[ _-]\d|sync-conflict|冲突(?:副本|文件|版本|的副本)|\(case conflict",
    re.IGNORECASE,
)


def read_members(path: Path) -> dict[str, bytes]:
    """Member name -> bytes, each file read once; '' names a single file, a folder's CSV files have their own names.

    Raises:
        BookMissing: there is nothing at the path.
        BookEmpty: the file is empty.
        FolderWithoutTables: no CSV file is in the folder.
        BookUnreadable: it may not be read.
        BookCorrupt: it is larger than any book.
        BookFormat: neither a file nor a folder.
    """
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            return {each.name: _read(each) for each in member_paths(path)}
        if not stat.S_ISREG(mode):
            raise BookFormat(path=path, detail=Message(N_("a device or a pipe")))
        return {"": _read(path)}
    except (FileNotFoundError, NotADirectoryError) as error:
        raise BookMissing(path=path) from error
    except OSError as error:
        raise BookUnreadable(path=path, detail=error.strerror or str(error)) from error


def member_paths(folder: Path) -> list[Path]:
    """The CSV files of a folder by name; hidden files, lock files and copies left by synchronising are passed over.

    Raises:
        FolderWithoutTables: there is none.
    """
    found = sorted(
        (each for each in folder.iterdir() if each.suffix.lower() in CSV_SUFFIXES and each.is_file()),
        key=lambda each: each.name,
    )
    members = [each for each in found if not _ASIDE.search(each.name)]
    if not members:
        raise FolderWithoutTables(path=folder)
    return members


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
    if "" in files:
        return ""
    by_stem = [name for name in sorted(files) if Path(name).stem == sheet]
    if by_stem:
        return by_stem[0]
    if sheet in files:
        return sheet
    raise KeyError(sheet)
