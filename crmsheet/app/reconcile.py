"""Reconcile: a conflicted copy, or what another computer wrote, is merged into the book that it was made from."""

from __future__ import annotations

import dataclasses
import shlex
from collections.abc import Iterator
from pathlib import Path

from crmsheet.app.copy_base import Copy, base_of, base_of_versions
from crmsheet.app.decisions import settle
from crmsheet.app.git_revisions import parted_at
from crmsheet.app.merge import merge_states
from crmsheet.app.request import Request
from crmsheet.app.settings import book_path
from crmsheet.app.states import BookState, current_state, is_path, state_at, state_of
from crmsheet.app.versions import history_of
from crmsheet.book.copy_names import is_copy_of
from crmsheet.book.members import copies, read_members
from crmsheet.book.replacing import digest
from crmsheet.core.errors import CopyOfNothing, NothingToSettle
from crmsheet.core.messages import N_, Message, Text, chained
from crmsheet.core.outcome import Outcome

COMMAND = "reconcile"
_GIVEN = N_("Base: {base}, as you named it.")
_IN_GIT = N_("Base: commit {commit} of git, from which HEAD and {other} go on: certain.")
_ALIKE = N_("{copy} is {book} byte for byte: there is nothing to reconcile.")
_MAY_GO = N_("Once {book} is written, {copy} is not needed any more; crmsheet deletes no file.")
_BESIDE = N_("A copy lies beside it, {copy}; what is in it shows: crmsheet reconcile {quoted}")
_HEAD = N_(
    "Another computer wrote version {number} ({at}, {author}), and {book} goes on without it; what is in it shows: "
    "crmsheet reconcile {quoted}"
)
_NOTHING = N_("No copy lies beside {book}, and its history has one end.")


def reconcile(request: Request, other: str = "", base: str = "", *, write: bool) -> Outcome:
    """Merges another file, or a version of the history, into the book; preview unless it shall be written.

    `base` names the state that both were made from, which is looked for where none is given. Without another side, what
    was decided in the sheet of conflicts is done, and what there is to reconcile is named.

    Raises:
        BookError, VersionUnknown: a side cannot be read.
        CopyOfNothing: a CSV file is no copy of any of the folder's.
    """
    if not other:
        return _alone(request, write=write)
    ours = current_state(request)
    theirs, copy = _other_side(request, ours, other)
    name = ours.opened.source.path.name
    if digest(theirs.opened.files) == digest(ours.opened.files):
        return dataclasses.replace(
            ours.loaded.outcome(COMMAND), notes=(Message(_ALIKE, {"copy": other, "book": name}),)
        )
    old, told = _base(request, ours, theirs, copy, base)
    notes: tuple[Text, ...] = (told, Message(_MAY_GO, {"copy": copy.name, "book": name})) if copy.path else (told,)
    return merge_states(request, old, ours, theirs, command=COMMAND, write=write, first=notes)


def _alone(request: Request, *, write: bool) -> Outcome:
    """What was decided in the sheet of conflicts, done, and what there is to reconcile."""
    try:
        outcome = settle(request, write=write)
    except NothingToSettle:
        path, _ = book_path(request)
        outcome = Outcome(COMMAND, path.name, today=request.today.isoformat())
    return dataclasses.replace(outcome, notes=(*outcome.notes, *_ahead(request)))


def _other_side(request: Request, ours: BookState, other: str) -> tuple[BookState, Copy]:
    """What a word names, read as the book itself is: a sheet of a CSV file is named like the file."""
    book, path = ours.opened.source.path, Path(other)
    if not is_path(other):
        state = state_at(request, other)
        return state, Copy(other, state.opened.files)
    files, member = read_members(path), ""
    if book.is_dir() and "" in files:
        member = _member(ours, path)
        files = {**ours.opened.files, member: files[""]}
    named = book if book.is_dir() or book.suffix.lower() == path.suffix.lower() else path
    return state_of(request, named, files, path.name), Copy(path.name, files, path, member)


def _member(ours: BookState, path: Path) -> str:
    """Which CSV file of the folder another one is a copy of."""
    book, members = ours.opened.source.path, ours.opened.files
    found = [each for each in members if is_copy_of(path.name, each)]
    if found:
        return max(found, key=len)
    example = shlex.quote(str(book / next(iter(members))))
    facts = {"members": chained(tuple(members), N_(", ")), "example": example}
    raise CopyOfNothing(copy=str(path), book=book.name, **facts)


def _base(
    request: Request, ours: BookState, theirs: BookState, copy: Copy, named: str
) -> tuple[BookState | None, Text]:
    """The state that both were made from, where there is one, and how sure that is."""
    if named:
        return state_at(request, named), Message(_GIVEN, {"base": named})
    book = ours.opened.source.path
    if theirs.version is not None:
        found = base_of_versions(book, ours.opened.source.sha256, theirs.version)
    elif copy.path is None and (commit := parted_at(book, copy.name)) is not None:
        return state_at(request, commit), Message(_IN_GIT, {"commit": commit[:8], "other": copy.name})
    else:
        found = base_of(book, ours.opened.files, copy)
    if found.files is None:
        return None, found.said
    return state_of(request, book, found.files, found.called), found.said


def _ahead(request: Request) -> Iterator[Message]:
    """What there is to reconcile: copies beside the book, and ends of its history that the book does not hold."""
    book, _ = book_path(request)
    found = list(_copies(book))
    for path in found:
        yield Message(_BESIDE, {"copy": path.name, "quoted": shlex.join([str(book), str(path)])})
    ends = history_of(book).heads()
    now = digest(read_members(book))
    mine = next((each for each in ends if each.sha256 == now), ends[-1] if ends else None)
    for each in ends:
        if each != mine:
            facts = {"number": each.number, "at": each.at.replace("T", " ")[:16], "author": each.author}
            yield Message(_HEAD, {**facts, "book": book.name, "quoted": shlex.join([str(book), each.id[:8]])})
    if not found and len(ends) < 2:
        yield Message(_NOTHING, {"book": book.name})


def _copies(book: Path) -> Iterator[Path]:
    """Files (or folders) beside a book that are called like copies of it, and copies within a folder of CSV files."""
    beside = sorted(book.absolute().parent.iterdir())
    yield from (
        book.parent / each.name
        for each in beside
        if is_copy_of(each.name, book.name) and each.is_dir() == book.is_dir()
    )
    if book.is_dir():
        yield from (book / each for each in copies(book))
