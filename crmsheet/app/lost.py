"""A book that is gone, or no workbook any more, made anew from its history."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from crmsheet.app.outcomes import shown
from crmsheet.app.redo import who_and_when
from crmsheet.app.request import Request
from crmsheet.app.states import state_of
from crmsheet.app.versions import history_of
from crmsheet.book.lock import SHORTLY, Patience, locked
from crmsheet.book.members import read_members
from crmsheet.book.replacing import digest, replace
from crmsheet.core.errors import (
    BookCorrupt,
    BookEmpty,
    BookEncrypted,
    BookError,
    BookFormat,
    BookMissing,
    BookTaken,
    FolderWithoutTables,
)
from crmsheet.core.messages import N_, Message, Text, chained
from crmsheet.core.outcome import Outcome
from crmsheet.core.versions import Version
from crmsheet.disk.durable import create
from crmsheet.history.draft import Deed, State

COMMAND = "restore"
LOST = (BookMissing, FolderWithoutTables, BookEmpty, BookCorrupt, BookFormat, BookEncrypted)
"""Why a book is restored from its history alone: it is gone, or no workbook that can be opened."""
_WOULD = N_("--write makes it anew, byte for byte as version {number} ({command}, {at}): {rows:,} rows in {tables}.")
_DONE = N_("Restored: {book} is byte for byte version {number} ({command}, {at}): {rows:,} rows in {tables}.")
_ASIDE = N_("What was there is kept as {aside}.")
_WOULD_ASIDE = N_("What is there would be kept as {aside}.")
_DAMAGED = "{name}.damaged-{at:%Y%m%d-%H%M%S}"


def restored_anew(request: Request, path: Path, version: Version, error: BookError, *, write: bool) -> Outcome:
    """A version as the book, which cannot be read because of an error; what stands in its place is kept beside it.

    Raises:
        HistoryDamaged: the version cannot be read any more.
        BookTaken: somebody else has put a file there meanwhile.
        BookLocked, BookChanged, WriteFailed: as for any write; what was there is there.
    """
    restored = history_of(path).restore(version.id)
    state = state_of(request, path, restored.files, "")
    aside = _aside(request, path, restored.files)
    tables = state.book.tables.values()
    rows = sum(len(each.cells) for each in tables)
    facts = {
        **who_and_when(version),
        "book": path.name,
        "rows": rows,
        "tables": chained([each.title for each in tables] or state.book.untouched, N_(", ")),
    }
    kept = {"aside": ", ".join(each.name for each in aside)}
    notes: tuple[Text, ...] = (error.message, Message(_WOULD, facts), *([Message(_WOULD_ASIDE, kept)] if aside else ()))
    id_ = ""
    if write:
        id_ = _written(
            request, path, restored.files, aside, Deed(state.loaded.context.actor, request.at, COMMAND, version.id)
        ).id
        notes = (Message(_DONE, facts), *([Message(_ASIDE, kept)] if aside else ()))
    outcome = state.loaded.outcome(COMMAND, id_)
    counts = {"rows": rows, "changes": 0}
    return shown(state.loaded, dataclasses.replace(outcome, counts=counts, notes=(*notes, *restored.notes)))


def _aside(request: Request, path: Path, files: Mapping[str, bytes]) -> Mapping[Path, bytes]:
    """What stands where the files go, and is other than they: its bytes by the name under which it is kept."""
    there = {name: content for name, content in _there(path).items() if files.get(name, content) != content}
    places = {name: path / name if name else path for name in there}
    return {
        place.with_name(_DAMAGED.format(name=place.name, at=request.now)): there[name] for name, place in places.items()
    }


def _there(path: Path) -> Mapping[str, bytes]:
    with suppress(BookMissing, FolderWithoutTables):
        return read_members(path)
    return {}


def _written(
    request: Request, path: Path, files: Mapping[str, bytes], aside: Mapping[Path, bytes], deed: Deed
) -> Version:
    """The files in their place, and the version that says so; first of all, what was there is kept."""
    with locked(path, Patience(SHORTLY, request.wait, request.tell)):
        there = _there(path)
        for beside, content in aside.items():
            create(beside, content)
        if there:
            replace(path, files, digest(there))
        for name, content in () if there else files.items():
            try:
                create(path / name if name else path, content)
            except FileExistsError as error:
                raise BookTaken(path=path.name, other=f"{path.stem}-2{path.suffix}") from error
        whole = {**there, **files}
        state = State(whole, digest(whole))
        history = history_of(path)
        history.resolve(state.sha256)
        return history.record(state, deed)
