"""The history of a book, with what it must know of the book's bytes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import TypeAlias

from crmsheet.app.request import Request
from crmsheet.book import containers
from crmsheet.book.cuts import cut_points
from crmsheet.book.members import read_members
from crmsheet.book.replacing import digest
from crmsheet.core.errors import BookError
from crmsheet.core.messages import N_, Message
from crmsheet.history.framing import Framing
from crmsheet.history.store import History, history_folder

_NUMBERED = N_("version {number}")

Known: TypeAlias = Mapping[bytes, tuple[bytes, str | None]]


def history_of(path: Path, known: Known = MappingProxyType({})) -> History:
    """The history of the book at a path; `known` is what the patcher knows of zip members."""
    expand = containers.expander(known)
    framing = Framing(containers.split, expand, containers.shrink, containers.rebuild, cut_points)
    return History(history_folder(path), framing)


def numbered(version: int) -> Message:
    """What a version is called, by its number."""
    return Message(_NUMBERED, {"number": version})


def current_digest(path: Path) -> str:
    """By what the history knows the book as it is now; '' where it is gone or cannot be read."""
    try:
        return digest(read_members(path))
    except BookError:
        return ""


@contextmanager
def history_alone(request: Request, path: Path) -> Iterator[None]:
    """Holds the history of a book; a program that has the book open is no hindrance, because the book stays as it is.

    Raises:
        BookLocked: another crmsheet is at work on the book, and does not end.
        WriteFailed: nothing can be written beside the book.
    """
    from crmsheet.book.lock import SHORTLY, Patience, locked_to_crmsheet

    with locked_to_crmsheet(path, Patience(SHORTLY, tell=request.tell)):
        yield
