"""Writing: one way into a book, for every command - budgeted, patched, locked, versioned, sealed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from crmsheet.app.opening import Loaded
from crmsheet.app.versions import Known, history_of
from crmsheet.book.lock import locked, open_elsewhere
from crmsheet.book.members import read_members
from crmsheet.book.opened import Receipt
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
    BudgetExceeded,
    CrmsheetError,
    ProposalKept,
    WriteFailed,
)
from crmsheet.core.versions import Version
from crmsheet.history.draft import Deed, State
from crmsheet.history.store import FOUND, history_folder

PROPOSALS = "proposals"


@dataclass(frozen=True, slots=True)
class Kept:
    """A write that was done: its version, what it changed, and what the patcher has to tell."""

    version: Version
    receipt: Receipt


def keep(
    loaded: Loaded, changeset: ChangeSet, made: Plan, command: str, *, message: str = "", budget: bool = True
) -> Kept:
    """Writes a plan into the book under its lock, as one version.

    Raises:
        BudgetExceeded: it changes more than one run may; the proposal is kept.
        ProposalKept: the book is open elsewhere or was changed meanwhile; the proposal is kept.
        WriteFailed: the folder or the disk refuses; the book is as it was.
    """
    if budget:
        _stay_within(loaded, changeset, made)
    try:
        with alone(loaded.path), ThreadPoolExecutor(1) as beside:
            # Keeping what was found takes as long as patching, and both spend their time outside the interpreter.
            recorded = beside.submit(_record_found, loaded)
            patched = patch(loaded.opened, made.edits)
            deed = deed_of(loaded, command, made.applied, message)
            recorded.result()
            return Kept(exchange(loaded, patched.files, deed, patched.known), patched.receipt)
    except (BookLocked, BookChanged) as error:
        proposal = keep_proposal(loaded, changeset)
        raise ProposalKept(problem=error.message, proposal=proposal) from error


def _record_found(loaded: Loaded) -> None:
    """The book as it was found becomes a version, unless it is the newest one already."""
    history = history_of(loaded.path)
    history.resolve(loaded.book.source.sha256)
    at = loaded.request.now.isoformat(timespec="seconds")
    history.record(State(loaded.opened.files, loaded.book.source.sha256), Deed("", at, "", origin=FOUND))


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Holds the book's lock.

    Raises:
        BookLocked: another crmsheet, or a spreadsheet program, has the book.
    """
    with locked(path):
        holder = open_elsewhere(path)
        if holder:
            raise BookLocked(path=path.name, holder=holder)
        yield


def exchange(loaded: Loaded, files: Mapping[str, bytes], deed: Deed, known: Known = MappingProxyType({})) -> Version:
    """Intent, exchange, seal: a crash between any two is settled by the digest of the book at the next write.

    Call it under the lock.
    """
    history = history_of(loaded.path, known)
    history.resolve(loaded.book.source.sha256)
    old = State(loaded.opened.files, loaded.book.source.sha256)
    whole = {**loaded.opened.files, **files}
    intent = history.intend(old, State(whole, digest(whole)), deed)
    try:
        replace(loaded.path, files, loaded.book.source.sha256)
    except BookChanged:
        history.drop(intent)
        raise
    except CrmsheetError:
        # Whether the file was exchanged before the failure, only the file can tell.
        history.resolve(digest(read_members(loaded.path)))
        raise
    return history.seal(intent)


def deed_of(loaded: Loaded, command: str, applied: Changes, message: str = "") -> Deed:
    """Who does what, for the history."""
    changeset = ChangeSet(loaded.book.source.sha256, command, applied)
    return Deed(
        loaded.context.actor,
        loaded.request.now.isoformat(timespec="seconds"),
        command,
        message,
        counts=dict(applied.counts("kind")),
        changes=dump_columns(changeset),
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
    path = folder / f"{loaded.request.now:%Y%m%d-%H%M%S}-{changeset.origin}.json"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_bytes(dump(changeset))
    except OSError as error:
        raise WriteFailed(path=str(path), detail=error.strerror or str(error)) from error
    return path


def book_of_proposal(proposal: Path) -> Path:
    """The book beside whose history a proposal was kept."""
    folder = proposal.absolute().parent.parent
    beside = folder.parent.parent
    return beside if folder.name.startswith("@") else beside / folder.name
