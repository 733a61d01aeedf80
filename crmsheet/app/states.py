"""States of a book that are compared, merged and restored: a file, a version of its history, a revision in git."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from crmsheet.app.opening import Loaded, load_opened, sheets_of
from crmsheet.app.request import Request
from crmsheet.app.settings import book_path
from crmsheet.app.versions import history_of
from crmsheet.book.members import read_members
from crmsheet.book.opened import Opened
from crmsheet.book.opening import open_files
from crmsheet.book.replacing import digest
from crmsheet.core.book import Book
from crmsheet.core.changes import Changes
from crmsheet.core.errors import NothingBound, VersionUnknown
from crmsheet.core.findings import Findings
from crmsheet.core.messages import N_, Message, Text
from crmsheet.core.versions import Version

NOW = ("now", "当前")
_VERSION = N_("version {number}")


@dataclass(frozen=True, slots=True)
class BookState:
    """A book as it is or was: what it is called, its bytes, and its tables with the keys that stand in it.

    Sheets that no schema knows are tables too, named like the sheet. `version` is the one of its history, if it is one.
    """

    label: Text
    loaded: Loaded
    version: Version | None = None

    @property
    def opened(self) -> Opened:
        """Its bytes and sheets."""
        return self.loaded.opened

    @property
    def book(self) -> Book:
        """Its tables."""
        return self.loaded.book


def current_state(request: Request) -> BookState:
    """The book of a request as it is now."""
    path, _ = book_path(request)
    return state_of(request, path, read_members(path), path.name)


def version_state(request: Request, word: str) -> BookState:
    """A version of the book of a request, by its number, the beginning of its id, or a tag.

    Raises:
        VersionUnknown: there is no such version, or several.
        HistoryDamaged: it cannot be read any more.
    """
    path, _ = book_path(request)
    version = find_version(path, word)
    restored = history_of(path).restore(version.id)
    label = Message(_VERSION, {"number": version.number})
    return dataclasses.replace(state_of(request, path, restored.files, label), version=version)


def find_version(path: Path, word: str) -> Version:
    """The version of a book that a word names.

    Raises:
        VersionUnknown: there is no such version, or several.
    """
    versions = history_of(path).known(history_digest(path))
    bare = word.strip().lower().removeprefix("v")
    found = [each for each in versions if bare.isdecimal() and each.number == int(bare)]
    if not found and len(bare) >= 4:
        found = [each for each in versions if each.id.startswith(bare)]
    if len(found) != 1:
        last = versions[-1].number if versions else 0
        raise VersionUnknown(path=path.name, version=word, count=len(found), last=last)
    return found[0]


def history_digest(path: Path) -> str:
    """By what the history knows the book as it is now."""
    return digest(read_members(path))


def state_of(request: Request, path: Path, files: Mapping[str, bytes], label: Text) -> BookState:
    """The state that these bytes are."""
    _, settings = book_path(dataclasses.replace(request, book=path))
    opened = open_files(path, files)
    try:
        loaded = load_opened(request, opened, settings, lambda _: False)
    except NothingBound:
        loaded = sheets_of(request, opened, settings)
    return BookState(label, dataclasses.replace(loaded, findings=Findings(), keys=Changes()))
