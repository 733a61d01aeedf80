"""What is killed and failed at every step besides a plain write: back and forth, merging, the history itself, git."""

from __future__ import annotations

import dataclasses
import datetime as dt
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from crmsheet.app.history_redact import redact
from crmsheet.app.history_upkeep import prune, tag
from crmsheet.app.merge import merge
from crmsheet.app.reconcile import reconcile
from crmsheet.app.redo import redo
from crmsheet.app.request import Request
from crmsheet.app.restore import Chosen, restore
from crmsheet.app.set_fields import set_fields
from crmsheet.app.undo import undo

SECRET = "13912345678"
Ask = Callable[[Path], Request]


@dataclasses.dataclass(frozen=True)
class Deed:
    """A write of its own kind: what a book has been through before it, and the write."""

    before: Callable[[Ask, Path], object]
    write: Callable[[Ask, Path], object]


def _set(ask: Ask, book: Path, key: str, text: str, days: int = 0) -> None:
    asked, shift = ask(book), dt.timedelta(days=days)
    asked = dataclasses.replace(asked, now=asked.now + shift, today=asked.today + shift)
    set_fields(asked, key, [("备注", text)])


def _nothing(ask: Ask, book: Path) -> None:
    """The write before it is the one of all cases: in a folder of CSV files, of two files together."""


def _two_writes(ask: Ask, book: Path) -> None:
    _set(ask, book, "C0001", "one")
    _set(ask, book, "C0002", "two")


def _undone(ask: Ask, book: Path) -> None:
    _two_writes(ask, book)
    undo(ask(book), write=True)


def _copy_of(book: Path) -> Path:
    """A copy of the book that somebody else works on, outside of its folder."""
    home = book.parent if book.is_dir() else book.parent.parent
    return home / "theirs" / (book.name if book.is_file() else "")


def _parted(ask: Ask, book: Path, *, key: str) -> None:
    """Both go on from one state: theirs sets the notes of two customers, ours those of one."""
    _set(ask, book, "C0001", "one")
    copy = _copy_of(book)
    if book.is_dir():
        shutil.copytree(book, copy)
    else:
        copy.parent.mkdir()
        shutil.copy(book, copy)
    _set(ask, copy, "C0001", "theirs")
    if key:
        _set(ask, copy, key, "theirs")
    _set(ask, book, "C0002", "two")


BOOK_DEEDS = {
    "undo": Deed(_nothing, lambda ask, book: undo(ask(book), write=True)),
    "older-undo": Deed(_two_writes, lambda ask, book: undo(ask(book), "2", write=True)),
    "redo": Deed(_undone, lambda ask, book: redo(ask(book), write=True)),
    "restore": Deed(_two_writes, lambda ask, book: restore(ask(book), "1", Chosen(), write=True)),
    "part-restore": Deed(_two_writes, lambda ask, book: restore(ask(book), "1", Chosen("客户", "C0001"), write=True)),
    "merge": Deed(
        lambda ask, book: _parted(ask, book, key=""),
        lambda ask, book: merge(ask(book), "2", str(book), str(_copy_of(book)), write=True),
    ),
    "conflict-merge": Deed(
        lambda ask, book: _parted(ask, book, key="C0002"),
        lambda ask, book: merge(ask(book), "2", str(book), str(_copy_of(book)), write=True),
    ),
    "reconcile": Deed(
        lambda ask, book: _parted(ask, book, key=""),
        lambda ask, book: reconcile(ask(book), str(_copy_of(book)), write=True),
    ),
}
"""Deeds that write the book, by the end of a case's kind."""


def _many_days(ask: Ask, book: Path) -> None:
    for day in range(-3, 0):
        _set(ask, book, "C0001", f"{day}, early", day * 20)
        _set(ask, book, "C0001", f"{day}, late", day * 20)


def _with_a_secret(ask: Ask, book: Path) -> None:
    _set(ask, book, "C0001", SECRET)
    _set(ask, book, "C0002", "two")
    _set(ask, book, "C0001", "forgotten")


HISTORY_DEEDS = {
    "tag": Deed(_two_writes, lambda ask, book: tag(ask(book), "季末", "2", delete=False)),
    "prune": Deed(_many_days, lambda ask, book: prune(ask(book), write=True)),
    "redact": Deed(_with_a_secret, lambda ask, book: redact(ask(book), [SECRET], reason="asked for", write=True)),
}
"""Deeds on the history alone: the book is not touched."""


def repository(folder: Path) -> None:
    for words in (
        ["init", "-q"],
        ["add", "."],
        ["-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-qm", "x"],
    ):
        _git(folder, words)


def _git(folder: Path, words: Sequence[str]) -> None:
    subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True)
