"""Books of formats that are only read: what is written goes into a new .xlsx beside them, where the book goes on."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crmsheet.app.opening import Loaded, successor
from crmsheet.book.opened import Opened
from crmsheet.book.replacing import digest
from crmsheet.core.book import Source
from crmsheet.core.errors import BookContinued
from crmsheet.core.messages import Message
from crmsheet.disk.durable import create


def refuse_continued(loaded: Loaded) -> None:
    """Raises BookContinued where a book is only read and the .xlsx in which it would go on stands beside it."""
    if loaded.newest != loaded.path:
        raise BookContinued(path=loaded.path.name, into=loaded.newest.name)


@contextmanager
def continued(loaded: Loaded) -> Iterator[tuple[Loaded, tuple[Message, ...]]]:
    """The book that a write goes into, and what to tell of it: itself, or the workbook made beside a foreign one.

    The new file holds what the foreign one holds, every cell in its place. It goes away again where the write fails.

    Raises:
        BookContinued: that file is there already.
        CellRefused: a value that no cell of a workbook can hold.
        WriteFailed: the folder does not take it.
    """
    if not loaded.opened.foreign:
        yield loaded, ()
        return
    from crmsheet.book.foreign.convert import converted  # only who has such a book pays for the readers
    from crmsheet.book.foreign.reading import read_foreign

    path = successor(loaded.path)
    made = converted(read_foreign(loaded.opened), loaded.path.name, path.name)
    files = {"": made.content}
    opened = Opened(Source(path, "xlsx", digest(files)), loaded.opened.sheets, files)
    book = dataclasses.replace(loaded.book, source=opened.source)
    try:
        create(path, made.content)
    except FileExistsError as error:
        raise BookContinued(path=loaded.path.name, into=path.name) from error
    try:
        yield dataclasses.replace(loaded, opened=opened, book=book), made.notes
    except BaseException:
        _take_back(path, made.content)
        raise


def _take_back(path: Path, content: bytes) -> None:
    """Removes a new file that nobody has touched since."""
    if path.is_file() and path.read_bytes() == content:
        path.unlink()
