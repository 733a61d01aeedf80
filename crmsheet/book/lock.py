"""One writer at a time: our own lock beside the book, and the marks that spreadsheet programs leave."""

from __future__ import annotations

import csv
import datetime as dt
import errno
import getpass
import json
import os
import socket
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from filelock import FileLock, Timeout

from crmsheet.book.members import CSV_SUFFIXES
from crmsheet.book.replacing import SHARING_VIOLATIONS, tidy
from crmsheet.book.together import FOLDER, WHOLE_FOLDER
from crmsheet.core.errors import BookLocked, BookLockOld
from crmsheet.core.messages import N_, Message, Text, chained
from crmsheet.disk import steps
from crmsheet.disk.durable import is_running, write_failed

try:
    import fcntl
except ImportError:  # Windows, where opening a file tells
    fcntl = None  # type: ignore[assignment]  # the module, or nothing

SHORTLY = 30.0
"""Seconds to wait for another crmsheet: it is at work and will end. A spreadsheet program is not waited for unasked."""
_OLD = dt.timedelta(days=1)
"""From this age on a mark is said to be perhaps a leftover."""
_SLOWEST = 15.0
_UTF16_NAME = 55
_OWNER_BYTES = 165
_SINCE = N_("{who}, since {since}, for {age}")
_BY_CRMSHEET = N_("crmsheet of {user}@{host}, process {pid}")
_AGES = (
    (86400, N_("{major} d {minor} h"), 3600),
    (3600, N_("{major} h {minor} min"), 60),
    (60, N_("{major} min"), 1),
    (1, N_("{major} s"), 1),
)
_WAITING = N_("waiting: {holder}")
_PROGRAM = Message(N_("another program"))


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has a book: in words with the time and how long, the mark that says so, and whether that is a day old."""

    words: Text
    mark: str
    old: bool = False

    def error(self, path: Path) -> BookLocked:
        """The error for a write that has to wait."""
        kind = BookLockOld if self.old else BookLocked
        return kind(path=path.name, holder=self.words, mark=self.mark)


@dataclass(frozen=True, slots=True)
class Patience:
    """How many seconds to wait for another crmsheet and for other programs, and who hears of it."""

    crmsheet: float = 0.0
    programs: float = 0.0
    tell: Callable[[Message], None] = lambda _: None


@contextmanager
def locked(path: Path, patience: Patience = Patience()) -> Iterator[None]:
    """Holds the book for writing, against crmsheet elsewhere and programs that have it open.

    What a killed writer had begun is finished first. The lock is the operating system's and ends with its process;
    beside it stands who holds it. A mark that a crashed crmsheet left behind therefore locks nothing. On shares
    without such locks it is a file, which of a process that is gone from this machine counts for nothing either.

    Raises:
        BookLocked: somebody else has it, and who, since when and how long; it is a BookLockOld from a day on.
        WriteFailed: no lock can be written beside the book.
    """
    path = path.resolve()
    _, owner = _places(path)
    wait = _Wait(path, patience)
    while True:
        held = _acquired(path, max(patience.crmsheet, wait.left), patience.tell)
        try:
            elsewhere = open_elsewhere(path)
            if elsewhere is None:
                _sign(owner)
                tidy(path)
                yield
                return
        finally:
            with suppress(OSError):
                steps.remove(owner)
            held.release()
        # Others may write while we wait: a lock that is held for hours stops them for nothing.
        wait.a_while(elsewhere)


@contextmanager
def locked_to_crmsheet(path: Path, patience: Patience = Patience()) -> Iterator[None]:
    """Holds a book against other crmsheet only: for what touches its history and not the book itself.

    Raises:
        BookLocked: another crmsheet has it.
        WriteFailed: no lock can be written beside the book.
    """
    path = path.resolve()
    held = _acquired(path, patience.crmsheet, patience.tell)
    owner = _places(path)[1]
    try:
        _sign(owner)
        yield
    finally:
        with suppress(OSError):
            steps.remove(owner)
        held.release()


def until_free(path: Path, patience: Patience) -> Patience:
    """Waits until no program has the book open, or the time is over; what is left of the time.

    Nothing is locked: look again by `locked` before writing.
    """
    wait = _Wait(path.resolve(), patience)
    with suppress(BookLocked):
        while (holder := open_elsewhere(wait.path)) is not None:
            wait.a_while(holder)
    return replace(patience, programs=max(wait.left, 0.0))


@dataclass
class _Wait:
    """Waiting for programs to close a book."""

    path: Path
    patience: Patience
    begun: float = field(default_factory=time.monotonic)
    told: bool = False

    @property
    def left(self) -> float:
        """Seconds that are left."""
        return self.patience.programs - (time.monotonic() - self.begun)

    def a_while(self, holder: Holder) -> None:
        """Sleeps a tenth of the time that was waited so far: who closes the book at once is seen at once.

        Raises:
            BookLocked: the time is over.
        """
        left = self.left
        if left <= 0:
            raise holder.error(self.path)
        if not self.told:
            self.patience.tell(Message(_WAITING, {"holder": holder.words}))
            self.told = True
        time.sleep(min(left, _SLOWEST, max((self.patience.programs - left) / 10, 0.2)))


def _acquired(path: Path, seconds: float, tell: Callable[[Message], None]) -> FileLock:
    """Our own lock, waited for as long."""
    lock, owner = _places(path)
    try:
        steps.make_folder(lock.parent)
        with warnings.catch_warnings():
            # On shares without locks of their own the library changes to one by existence, with a warning.
            warnings.simplefilter("ignore", UserWarning)
            held = FileLock(lock, timeout=0, thread_local=False)
            try:
                held.acquire()
            except Timeout:
                holder = _owner(owner, lock)
                if seconds <= 0 or holder.old:
                    raise
                tell(Message(_WAITING, {"holder": holder.words}))
                held.acquire(timeout=seconds)
    except Timeout as error:
        raise _owner(owner, lock).error(path) from error
    except (OSError, NotImplementedError) as error:
        raise write_failed(path, error if isinstance(error, OSError) else OSError(str(error))) from error
    return held


def open_elsewhere(path: Path) -> Holder | None:
    """Who has the book open in Excel, WPS or LibreOffice, or in a program that lets nobody else write; None: nobody."""
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
                return _marked(folder / mark, program, read(folder / mark))
    held = next((name for name in names if _kept(folder / name)), None)
    return None if held is None else Holder(_PROGRAM, held)


def _marked(mark: Path, program: str, user: str) -> Holder:
    """The holder that a mark of a spreadsheet program tells of, as old as the mark."""
    who = chained([each for each in (user, program, mark.name) if each], N_(", "))
    try:
        since = dt.datetime.fromtimestamp(mark.stat().st_mtime, dt.UTC)
    except OSError:
        return Holder(who, str(mark))  # closed at this moment
    return _since(who, str(mark), since)


def _since(who: Text, mark: str, since: dt.datetime) -> Holder:
    age = max(dt.datetime.now(dt.UTC) - since, dt.timedelta())
    facts = {"who": who, "since": f"{since.astimezone():%Y-%m-%d %H:%M}", "age": age_words(age)}
    return Holder(Message(_SINCE, facts), mark, age >= _OLD)


def age_words(age: dt.timedelta) -> Message:
    """How long, in its two largest units: 2 h 5 min."""
    seconds = max(int(age.total_seconds()), 1)
    unit, template, lesser = next(each for each in _AGES if seconds >= each[0])
    return Message(template, {"major": seconds // unit, "minor": seconds % unit // lesser})


def _kept(file: Path) -> bool:
    """Whether a program lets nobody else write into a file: on Windows it cannot be opened, elsewhere it is locked.

    LibreOffice locks the stretch of a whole file, and so do file servers for Excel on Windows.
    """
    try:
        handle = os.open(file, os.O_RDWR | getattr(os, "O_BINARY", 0))
    except OSError as error:
        return getattr(error, "winerror", 0) in SHARING_VIOLATIONS
    try:
        if fcntl is not None:
            fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno in (errno.EACCES, errno.EAGAIN)
    finally:
        os.close(handle)
    return False


def _places(path: Path) -> tuple[Path, Path]:
    """The lock file of a book, and the file that tells who holds it."""
    folder, name = (path / FOLDER, WHOLE_FOLDER) if path.is_dir() else (path.parent / FOLDER, path.name)
    return folder / f"{name}.lock", folder / f"{name}.owner"


def _sign(owner: Path) -> None:
    """Leaves word who holds the lock; without it others are told less."""
    mark = {
        "user": _user(),
        "host": socket.gethostname(),
        "pid": os.getpid(),
        "since": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
    }
    with suppress(OSError):
        steps.remove(owner)
        file = steps.create(owner)
        try:
            steps.write(file, memoryview(json.dumps(mark, ensure_ascii=False).encode()))
        finally:
            os.close(file)
        steps.give_rights(owner, None)


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        # A process whose user has no name, as in containers.
        return str(os.getuid()) if hasattr(os, "getuid") else ""


def _owner(place: Path, lock: Path) -> Holder:
    """Who holds our lock, as the mark beside it says; one of a process that is gone says nothing."""
    try:
        mark = json.loads(place.read_text(encoding="utf-8"))
        facts = {name: str(mark[name]) for name in ("user", "host", "pid")}
        since = dt.datetime.fromisoformat(mark["since"])
        if facts["host"] == socket.gethostname() and not is_running(int(facts["pid"])):
            return Holder("crmsheet", str(lock))
        return _since(Message(_BY_CRMSHEET, facts), str(lock), since)
    except (OSError, ValueError, KeyError, TypeError):
        return Holder("crmsheet", str(lock))


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
