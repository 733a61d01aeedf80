"""Writing: one way into a book, for every command - budgeted, patched, locked, versioned, sealed."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from types import MappingProxyType

from crmsheet.app.continuing import continued, refuse_continued
from crmsheet.app.opening import Loaded
from crmsheet.app.replaying import Task, replayed
from crmsheet.app.versions import Known, history_of
from crmsheet.book.lock import SHORTLY, Patience, locked
from crmsheet.book.members import read_members
from crmsheet.book.opened import Receipt
from crmsheet.book.parts import compared
from crmsheet.book.patching import patch
from crmsheet.book.replacing import digest, replace
from crmsheet.change.budget import within_budget
from crmsheet.change.by_column import dump_columns
from crmsheet.change.planning import Plan
from crmsheet.change.proposal import dump
from crmsheet.core.changes import Changes, ChangeSet
from crmsheet.core.errors import (
    BookChanged,
    BookLocked,
    BookMoved,
    BudgetExceeded,
    CrmsheetError,
    ProposalKept,
    ProposalOutdated,
    WriteFailed,
)
from crmsheet.core.versions import FOUND, Version
from crmsheet.disk.durable import create, make_folder, sweep
from crmsheet.history.draft import Deed, State
from crmsheet.history.store import history_folder

PROPOSALS = "proposals"
TIMES = 3
"""How often changes are planned anew when other programs save the book at the very moment of writing."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A write that was done: its version, what it changed and what there is to tell, and the task that was done.

    That is not the one that was given where the book was changed since it was read.
    """

    version: Version
    receipt: Receipt
    loaded: Loaded
    applied: Changes


def keep(
    loaded: Loaded,
    changeset: ChangeSet,
    made: Plan,
    command: str,
    *,
    message: str = "",
    budget: bool = True,
    anew: Callable[[Loaded], Plan] | None = None,
) -> Kept:
    """Writes a plan into the book under its lock, as one version.

    Where the book was changed since it was read, the changes are planned anew, by `anew` or by their keys.

    Raises:
        BudgetExceeded: it changes more than one run may; the proposal is kept.
        ProposalKept: the book is open elsewhere, or somebody changed what is to be changed; the proposal is kept.
        WriteFailed: the folder or the disk refuses; the book is as it was.
        BookContinued: its format is only read, and the workbook in which it goes on is there already.
    """
    refuse_continued(loaded)
    if budget:
        _stay_within(loaded, changeset, made)
    try:
        with continued(loaded) as (into, notes), alone(into):
            return _kept(Task(into, changeset, made, anew, notes), command, message, budget=budget)
    except (BookLocked, BookChanged) as error:
        kind = ProposalOutdated if isinstance(error, BookMoved) else ProposalKept
        raise kind(problem=error.message, proposal=keep_proposal(loaded, changeset)) from error


def put(
    loaded: Loaded,
    command: str,
    message: str,
    made: Plan,
    files: Mapping[str, bytes] | None = None,
    also: tuple[str, ...] = (),
) -> Kept:
    """Writes a plan, or the very bytes that it comes to, into a book that is what was read, as one version.

    `also` are the versions that it follows besides the one that it replaces.
    No proposal is kept: whoever takes versions back does it anew on what the book holds by then.

    Raises:
        BookChanged: the book is another by now.
        BookLocked: it is open elsewhere.
        WriteFailed: the folder or the disk refuses; the book is as it was.
        BookContinued: its format is only read.
    """
    refuse_continued(loaded)
    with alone(loaded):
        refuse_changed(loaded)
        if files is None and len(made.applied):
            changeset = ChangeSet(loaded.book.source.sha256, command, made.applied)
            return _written(Task(loaded, changeset, made), command, message, also)
        old = loaded.opened.files
        changed = {name: content for name, content in (files or {}).items() if old.get(name) != content}
        version = exchange(loaded, changed, deed_of(loaded, command, made.applied, message, also))
        return Kept(version, Receipt(parts=compared(old, changed)), loaded, made.applied)


def _kept(task: Task, command: str, message: str, *, budget: bool) -> Kept:
    """Writes a task; it is planned anew as often as the book turns out to be another."""
    for _ in range(TIMES):
        with suppress(BookChanged):
            refuse_changed(task.loaded)
            return _written(task, command, message)
        task = replayed(task)
        if budget:
            _stay_within(task.loaded, task.changeset, task.made)
    raise BookChanged(path=task.loaded.path.name)


def _written(task: Task, command: str, message: str, also: tuple[str, ...] = ()) -> Kept:
    into = task.loaded
    if not len(task.made.applied):  # somebody else has written the very same
        return Kept(_record_found(into), Receipt(notes=task.notes), into, task.made.applied)
    with ThreadPoolExecutor(1) as beside:
        # Keeping what was found takes as long as patching, and both spend their time outside the interpreter.
        recorded = beside.submit(_record_found, into)
        patched = patch(into.opened, task.made.edits, task.made.book)
        deed = deed_of(into, command, task.made.applied, message, also)
        recorded.result()
    notes = (*task.notes, *patched.receipt.notes)
    version = exchange(into, patched.files, deed, patched.known)
    return Kept(version, dataclasses.replace(patched.receipt, notes=notes), into, task.made.applied)


def _record_found(loaded: Loaded) -> Version:
    """The book as it was found becomes a version, unless it is the newest one already."""
    history = history_of(loaded.path)
    history.resolve(loaded.book.source.sha256)
    at = loaded.request.at
    return history.record(State(loaded.opened.files, loaded.book.source.sha256), Deed("", at, "", origin=FOUND))


@contextmanager
def alone(loaded: Loaded) -> Iterator[None]:
    """Holds the book's lock; another crmsheet is waited for a little, other programs as long as was asked for.

    Raises:
        BookLocked: another crmsheet, or a spreadsheet program, has the book.
    """
    with locked(loaded.path, Patience(SHORTLY, loaded.request.wait, loaded.request.tell)):
        yield


def refuse_changed(loaded: Loaded) -> None:
    """Raises BookChanged where the book is not the one any more that was read."""
    if digest(read_members(loaded.path)) != loaded.book.source.sha256:
        raise BookChanged(path=loaded.path.name)


def exchange(loaded: Loaded, files: Mapping[str, bytes], deed: Deed, known: Known = MappingProxyType({})) -> Version:
    """Intent, exchange, seal: a crash between any two is settled by the digest of the book at the next write.

    Call it under the lock, on a book that is what was read.
    """
    history = history_of(loaded.path, known)
    history.resolve(loaded.book.source.sha256)
    old = State(loaded.opened.files, loaded.book.source.sha256)
    whole = {**loaded.opened.files, **files}
    intent = history.intend(old, State(whole, digest(whole)), deed)
    try:
        replace(loaded.path, files, loaded.book.source.sha256)
    except BookChanged:
        with suppress(WriteFailed):  # else the next write does it
            history.drop(intent)
        raise
    except CrmsheetError:
        # Whether the file was exchanged before the failure, only the file can tell.
        with suppress(WriteFailed):
            history.resolve(digest(read_members(loaded.path)))
        raise
    with suppress(WriteFailed):  # the book is written; the next write finds the intent, and seals it
        history.seal(intent)
    return intent.version


def deed_of(loaded: Loaded, command: str, applied: Changes, message: str = "", also: tuple[str, ...] = ()) -> Deed:
    """Who does what, for the history."""
    changeset = ChangeSet(loaded.book.source.sha256, command, applied)
    return Deed(
        loaded.context.actor,
        loaded.request.at,
        command,
        message,
        counts=dict(applied.counts("kind")),
        changes=dump_columns(changeset),
        also=also,
    )


def _stay_within(loaded: Loaded, changeset: ChangeSet, made: Plan) -> None:
    rows: Mapping[str, int] = {name: len(table.cells) for name, table in loaded.book.tables.items()}
    overrun = within_budget(made.applied, rows, loaded.context.settings)
    if overrun:
        proposal = keep_proposal(loaded, changeset)
        raise BudgetExceeded(counted=overrun.counted, what=overrun.what, allowed=overrun.allowed, proposal=proposal)


def keep_proposal(loaded: Loaded, changeset: ChangeSet) -> Path:
    """Writes a change set beside the book's history, to be applied later; its path."""
    folder = history_folder(loaded.path) / PROPOSALS
    make_folder(folder)
    sweep(folder, alone=False)
    name = f"{loaded.request.now:%Y%m%d-%H%M%S}-{changeset.origin}"
    for number in count(1):
        path = folder / f"{name}{f'-{number}' if number > 1 else ''}.json"
        with suppress(FileExistsError):  # another run of this second keeps its own
            create(path, dump(changeset))
            return path
    raise AssertionError(name)


def book_of_proposal(proposal: Path) -> Path:
    """The book beside whose history a proposal was kept."""
    folder = proposal.absolute().parent.parent
    beside = folder.parent.parent
    return beside if folder.name.startswith("@") else beside / folder.name
