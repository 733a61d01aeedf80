"""States of a book that are compared, merged and restored: a file, a version of its history, a revision in git."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from crmsheet.app.git_revisions import files_at
from crmsheet.app.opening import Loaded, load_opened, sheets_of
from crmsheet.app.request import Request
from crmsheet.app.same_tables import same_tables
from crmsheet.app.settings import book_path
from crmsheet.app.versions import current_digest, history_of, numbered
from crmsheet.book.members import read_members
from crmsheet.book.opened import Opened
from crmsheet.book.opening import open_files
from crmsheet.core.book import Book
from crmsheet.core.changes import Changes
from crmsheet.core.errors import (
    GitMissing,
    NoRepository,
    NothingBound,
    RevisionUnknown,
    VersionAmbiguous,
    VersionUnknown,
)
from crmsheet.core.findings import Findings
from crmsheet.core.messages import Text
from crmsheet.core.versions import Version

NOW = ("now", "当前")
BOOK_SUFFIXES = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".et", ".csv", ".tsv", ".tab")
"""What is called so is meant as a file."""


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


def state_at(request: Request, word: str) -> BookState:
    """The state that a word names: a file or folder, `now`, a version of the book's history, or a revision in git.

    Raises:
        VersionUnknown: it names none of them, or several versions.
        BookMissing: it is called like a book, and there is none.
        HistoryDamaged, RevisionWithout: it cannot be read.
    """
    if word.strip().lower() in NOW:
        return current_state(request)
    path = Path(word)
    if is_path(word):
        return state_of(request, path, read_members(path), path.name)
    try:
        return version_state(request, word)
    except VersionUnknown as unknown:
        book, _ = book_path(request)
        try:
            files = files_at(book, word)
        except (GitMissing, NoRepository, RevisionUnknown):
            raise unknown from None
        return state_of(request, book, files, word)


def is_path(word: str) -> bool:
    """Whether a word is the path of something, or is called like a book."""
    path = Path(word)
    try:
        there = path.exists()
    except (OSError, ValueError):
        return False
    return there or (path.suffix.lower() in BOOK_SUFFIXES and ":" not in word)


def version_state(request: Request, word: str) -> BookState:
    """A version of the book of a request, by its number, the beginning of its id, or a tag.

    Raises:
        VersionUnknown: there is no such version, or several.
        HistoryDamaged: it cannot be read any more.
    """
    path, _ = book_path(request)
    version = find_version(path, word)
    return restored_state(request, path, version, history_of(path).restore(version.id).files)


def restored_state(request: Request, path: Path, version: Version, files: Mapping[str, bytes]) -> BookState:
    """The state that a version is, by the files that the history gave back."""
    return dataclasses.replace(state_of(request, path, files, numbered(version.number)), version=version)


def find_version(path: Path, word: str) -> Version:
    """The version of a book that a word names.

    Raises:
        VersionUnknown: there is no such version, or several.
    """
    store = history_of(path)
    versions = store.known(current_digest(path))
    tagged = store.tags().get(word.strip())
    bare = word.strip().lower().removeprefix("v")
    found = [each for each in versions if each.id == tagged]
    if not found:
        found = [each for each in versions if bare.isdecimal() and each.number == int(bare)]
    if not found and len(bare) >= 4:
        found = [each for each in versions if each.id.startswith(bare)]
    if not found:
        raise VersionUnknown(path=path.name, version=word)
    if len(found) > 1:
        raise VersionAmbiguous(path=path.name, version=word, count=len(found))
    return found[0]


def comparable(states: Sequence[BookState], keys: Sequence[str] = ()) -> tuple[BookState, ...]:
    """The same states with a table for each sheet, and with the same names and the same keys in all of them.

    Each of `keys` names the columns of a key (several with commas between), for all tables that have them.

    Raises:
        UsageError: no table has the columns of a key.
    """
    books = same_tables([each.loaded for each in states], keys)
    return tuple(dataclasses.replace(state, loaded=loaded) for state, loaded in zip(states, books, strict=True))


def state_of(request: Request, path: Path, files: Mapping[str, bytes], label: Text) -> BookState:
    """The state that these bytes are."""
    _, settings = book_path(dataclasses.replace(request, book=path))
    opened = open_files(path, files)
    try:
        loaded = load_opened(request, opened, settings, lambda _: False)
    except NothingBound:
        loaded = sheets_of(request, opened, settings)
    return as_state(loaded, label)


def as_state(loaded: Loaded, label: Text) -> BookState:
    """A loaded book as a state."""
    return BookState(label, dataclasses.replace(_without_proposed(loaded), findings=Findings(), keys=Changes()))


def _without_proposed(loaded: Loaded) -> Loaded:
    """The book without keys that crmsheet only proposes: they are others in each state."""
    rows: dict[str, list[int]] = {}
    for kind, name, row in zip(*(loaded.keys.column(each) for each in ("kind", "table", "row")), strict=True):
        if kind == "set":
            rows.setdefault(name, []).append(row)
    tables = dict(loaded.book.tables)
    for name, proposed in rows.items():
        table = tables[name]
        values = table.values.copy()
        values.loc[proposed, table.key] = None
        tables[name] = dataclasses.replace(table, values=values)
    return dataclasses.replace(loaded, book=dataclasses.replace(loaded.book, tables=tables))
