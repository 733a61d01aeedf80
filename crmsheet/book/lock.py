"""One writer at a time: our own lock beside the book, and the marks that spreadsheet programs leave."""

from __future__ import annotations

import csv
import datetime as dt
import getpass
import json
import os
import socket
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from crmsheet.book.members import CSV_SUFFIXES
from crmsheet.book.replacing import write_failed
from crmsheet.core.errors import BookLocked

FOLDER = ".crmsheet"
WHOLE_FOLDER = "@folder"
"""Where a folder of CSV files is the book, lock and history lie inside it: its parent may not be ours to write."""
_UTF16_NAME = 55
_OWNER_BYTES = 165


@contextmanager
def locked(path: Path, *, wait_seconds: float = 0.0) -> Iterator[None]:
    """Holds the book for writing, against crmsheet elsewhere and spreadsheet programs that have it open.

    The lock is the operating system's and ends with its process; beside it stands who holds it. A mark that a
    crashed crmsheet left behind therefore locks nothing.

    Raises:
        BookLocked: somebody else has it, and who.
        WriteFailed: no lock can be written beside the book.
    """
    path = path.resolve()
    lock, owner = _places(path)
    try:
        lock.parent.mkdir(exist_ok=True)
        with warnings.catch_warnings():
            # On shares without locks of their own the library changes to one by existence, with a warning.
            warnings.simplefilter("ignore", UserWarning)
            held = FileLock(lock, timeout=wait_seconds, thread_local=False)
            held.acquire()
    except Timeout as error:
        raise BookLocked(path=path, holder=_owner(owner), later="") from error
    except (OSError, NotImplementedError) as error:
        raise write_failed(path, error if isinstance(error, OSError) else OSError(str(error))) from error
    try:
        elsewhere = open_elsewhere(path)
        if elsewhere is not None:
            raise BookLocked(path=path, holder=elsewhere, later="")
        with suppress(OSError):
            owner.write_text(_signed(), encoding="utf-8")
        yield
    finally:
        with suppress(OSError):
            owner.unlink(missing_ok=True)
        held.release()


def open_elsewhere(path: Path) -> str | None:
    """Who has the book open in Excel, WPS or LibreOffice, with the lock file that says so; None for nobody."""
    names = [path.name]
    folder = path.parent
    if path.is_dir():
        folder = path
        names = [each.name for each in sorted(path.iterdir()) if each.suffix.lower() in CSV_SUFFIXES]
    for name in names:
        for program, mark, read in (
            ("Excel", f"~${name}", _excel_user),
            ("WPS", f".~{name}", _excel_user),
            ("LibreOffice", f".~lock.{name}#", _libreoffice_user),
        ):
            if (folder / mark).is_file():
                return ", ".join(each for each in (read(folder / mark), program, mark) if each)
    return None


def _places(path: Path) -> tuple[Path, Path]:
    """The lock file of a book, and the file that tells who holds it."""
    folder, name = (path / FOLDER, WHOLE_FOLDER) if path.is_dir() else (path.parent / FOLDER, path.name)
    return folder / f"{name}.lock", folder / f"{name}.owner"


def _signed() -> str:
    return json.dumps(
        {
            "user": _user(),
            "host": socket.gethostname(),
            "pid": os.getpid(),
            "since": dt.datetime.now(dt.UTC).astimezone().isoformat(timespec="seconds"),
        },
        ensure_ascii=False,
    )


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        # A process whose user has no name, as in containers.
        return str(os.getuid()) if hasattr(os, "getuid") else ""


def _owner(place: Path) -> str:
    """Who holds our lock, as the mark beside it says."""
    try:
        mark = json.loads(place.read_text(encoding="utf-8"))
        return f"crmsheet, {mark['user']}@{mark['host']}, {mark['since']}, pid {mark['pid']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "crmsheet"


def _excel_user(mark: Path) -> str:
    """The user's name in an owner file of Excel: its length, the name in the local code page, again in UTF-16."""
    try:
        content = mark.read_bytes()
    except OSError:
        # Excel on Windows keeps its mark to itself.
        return ""
    if len(content) >= _OWNER_BYTES:
        length = int.from_bytes(content[_UTF16_NAME : _UTF16_NAME + 2], "little")
        name = content[_UTF16_NAME + 2 : _UTF16_NAME + 2 + 2 * min(length, 54)].decode("utf-16-le", "ignore")
        return name.replace("\0", "").strip()
    return content[1 : 1 + content[0]].decode("utf-8", "ignore").strip("\0 ") if content else ""


def _libreoffice_user(mark: Path) -> str:
    """The user's name in a lock file of LibreOffice: name, host and time, by commas."""
    try:
        fields = next(csv.reader([mark.read_text(encoding="utf-8", errors="ignore")]), [])
    except OSError:
        return ""
    name, machine = (each.strip() for each in (*fields[:2], "", "")[:2])
    return name or machine
