"""Taking back what one version did, in a book as it is now: bytes where they come back, else cell by cell."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeAlias

from crmsheet.app.continuing import refuse_continued
from crmsheet.app.keeping import TIMES, put
from crmsheet.app.opening import Loaded
from crmsheet.app.outcomes import Written, counts, receipt, receipt_facts, shown
from crmsheet.app.request import Request
from crmsheet.app.show import hiding
from crmsheet.app.states import BookState, comparable, current_state
from crmsheet.app.version_changes import between, recorded, version_at
from crmsheet.app.versions import history_of
from crmsheet.change.grids import by_key, grids, is_grid
from crmsheet.change.inverting import followed, invert
from crmsheet.change.planning import Plan, plan
from crmsheet.change.steady import steady_rows
from crmsheet.core.changes import Changes, ChangeSet
from crmsheet.core.errors import BookChanged, HistoryDamaged, NothingBefore
from crmsheet.core.findings import Findings
from crmsheet.core.messages import N_, Message, Text, cell_words
from crmsheet.core.outcome import Outcome
from crmsheet.core.versions import Version
from crmsheet.history.reversals import UNDO, Reversals
from crmsheet.report import conflicts

UNMERGE = "unmerge"
_STAYS = (
    N_("{count:,} change cannot be taken back for certain and stays; it is listed below."),
    N_("{count:,} changes cannot be taken back for certain and stay; they are listed below."),
)
_KEPT = N_(
    "The file was edited after version {number}: those edits stay, the changes are taken back cell by cell "
    "(a column that was added stays, empty)."
)
_AGAIN = N_("The file is byte for byte version {number} again.")
_WOULD_BE = N_("The file would be byte for byte version {number} again.")
_NOT_ONE = N_("Nothing was written.")
_MEMBERS = N_("{names}: not there in version {number}; it stays.")
_NOTHING = N_("None of its changes stands in the book any more: only the history takes note of it.")


Seen: TypeAlias = tuple[Loaded, Outcome]
"""An outcome that is not masked yet, and the book by whose schema it is: with what is known of sheets of no schema."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What is asked for: to reverse one version's doing. `changed` is the write that goes out, or comes back, by it.

    `message` is what the history keeps, see `reversals`. `would`, `whole` and `done` say it: before it is done, after
    the bytes before the target came back, and after anything else.
    """

    command: str
    target: Version
    changed: str
    message: str
    would: Message
    whole: Message
    done: Message
    notes: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Reversal:
    """What a turn does to a book: its plan, and the files of an older version where those are what it comes to.

    `loaded` is the book with the tables that the plan is about: those of sheets that no schema knows among them.
    """

    loaded: Loaded
    made: Plan
    goal: Version | None = None
    files: Mapping[str, bytes] | None = None


def on_the_book(request: Request, turned: Callable[[Loaded], Seen], *, by_cell: bool = False) -> Outcome:
    """The outcome of what is done to a book as it is now, as the asker may see it; done anew if it changes meanwhile.

    Changes are told each with its cell (`by_cell`) or by field.

    Raises:
        BookChanged: it changes again and again.
    """
    left = TIMES
    while True:
        left -= 1
        try:
            loaded, outcome = turned(current_state(request).loaded)
        except BookChanged:
            if not left:
                raise
        else:
            return shown(loaded, outcome, by_cell=by_cell)


def known_versions(loaded: Loaded) -> tuple[Version, ...]:
    """The versions of a book.

    Raises:
        BookContinued: they would be those of the workbook in which the book goes on.
    """
    refuse_continued(loaded)
    return history_of(loaded.path).known(loaded.book.source.sha256)


def reversed_outcome(loaded: Loaded, known: Reversals, turn: Turn, *, write: bool) -> Seen:
    """A turn, written if that is asked for; nothing is masked yet, but conflicts are, unless values are revealed."""
    found = reversal(loaded, known, turn)
    done = _done(turn, found) if write else _proposed(turn, found)
    return outcome_of(found.loaded, turn.command, found.made, done, turn.notes)


def reversal(loaded: Loaded, known: Reversals, turn: Turn) -> Reversal:
    """What a turn does to the book.

    The bytes before the target come back where the book is the target; so do those of any older version that is the
    same book but for the write that goes out. Else its changes are taken back by key, checked against what is there.

    Raises:
        NothingBefore: the target is the first version.
        HistoryDamaged: what it changed can neither be read nor be found by comparing.
    """
    sha256 = loaded.book.source.sha256
    exact = sha256 == turn.target.sha256
    parent = known.version(turn.target.parent)
    goal = parent if exact else known.turned(sha256, turn.changed, out=turn.command == UNDO)
    written = recorded(loaded, turn.target)
    if written is not None and not all(each in loaded.book.tables or is_grid(each) for each in written.column("table")):
        written = None  # it is about sheets that no schema knows
    files = _files(loaded, goal) if goal is not None else None
    if goal is not None and files is not None:
        if exact and written is not None:
            return Reversal(_with_grids(loaded, written), Plan({}, invert(written), ()), goal, files)
        now, then = comparable((BookState("", loaded), version_at(loaded, goal, files)))
        return Reversal(now.loaded, Plan({}, between(now, then), ()), goal, files)
    if written is not None:
        return by_record(loaded, turn.target, followed(invert(written), _unmerged_since(loaded, known, turn.target)))
    if parent is None:
        raise NothingBefore(path=loaded.path.name, number=turn.target.number)
    return _by_comparing(loaded, parent, turn.target)


def _files(loaded: Loaded, goal: Version) -> Mapping[str, bytes] | None:
    """The files of a version where they are the very ones."""
    try:
        restored = history_of(loaded.path).restore(goal.id)
    except HistoryDamaged:
        return None
    return restored.files if restored.exact else None


def _unmerged_since(loaded: Loaded, known: Reversals, target: Version) -> Iterator[Changes]:
    """What unmerging has taken back after a version, and still stands."""
    at = known.line.index(target)
    for each in known.line[at + 1 :]:
        made = recorded(loaded, each) if each.command == UNMERGE and each.id not in known.taken else None
        if made is not None:
            yield made


def by_record(loaded: Loaded, base: Version, changes: Changes) -> Reversal:
    """Changes to a version in the book as it is now: in their places while it is that version, else by key.

    A row without a key of its own is told by its place while every cell of it is as it was.

    Raises:
        HistoryDamaged: a bare place of a sheet was written, and the version in which it was cannot be read.
    """
    if loaded.opened.dialects:
        # A CSV file holds nothing but text: a date that was written stands there in words.
        changes = changes.replaced(before=[_in_words(each) for each in changes.column("before")])
    if base.sha256 != loaded.book.source.sha256:
        changes = _without_columns(changes)
    if any(map(is_grid, changes.column("table"))):
        then, now = comparable((version_at(loaded, base), BookState("", loaded)))
        changes, loaded = by_key(changes, then.book), now.loaded
    whole = _with_grids(loaded, changes)
    changeset = ChangeSet(base.sha256, "", changes)
    places = {name: frozenset(table.cells.index) for name, table in whole.book.tables.items() if is_grid(name)}
    made = plan(whole.book, changeset, places)
    if made.conflicts:
        with suppress(HistoryDamaged):
            steady = steady_rows(changes, version_at(loaded, base).book, loaded.book)
            made = plan(whole.book, changeset, {**steady, **places})
    return Reversal(whole, _with_left_out(made))


def _with_grids(loaded: Loaded, changes: Changes) -> Loaded:
    """The book with the grids of the sheets of which changes name bare places."""
    found = grids(changes, loaded.opened.sheets)
    return dataclasses.replace(loaded, book=dataclasses.replace(loaded.book, tables={**loaded.book.tables, **found}))


def _by_comparing(loaded: Loaded, parent: Version, target: Version) -> Reversal:
    """What a version changed, found by comparing, taken back in any sheet; the same keys hold in all three states."""
    states = version_at(loaded, parent), version_at(loaded, target), BookState("", loaded)
    before, after, now = comparable(states)
    changes = _without_columns(between(after, before))
    steady = steady_rows(changes, after.book, now.book)
    return Reversal(now.loaded, _with_left_out(plan(now.book, ChangeSet(target.sha256, "", changes), steady)))


def _without_columns(changes: Changes) -> Changes:
    """Without columns going away: people have seen them, and a header may be part of an Excel table by now."""
    return changes.where([each.kind != "column" or each.after is not None for each in changes])


def _with_left_out(made: Plan) -> Plan:
    return dataclasses.replace(made, conflicts=(*made.conflicts, *made.left_out), left_out=())


def _in_words(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _in_words(each) for name, each in value.items()}
    return cell_words(value) if isinstance(value, dt.date | int | float) and not isinstance(value, bool) else value


def _proposed(turn: Turn, found: Reversal) -> Written:
    if found.goal is not None:
        return Written((turn.would, Message(_WOULD_BE, {"number": found.goal.number})))
    any_ = len(found.made.applied) or not found.made.conflicts
    return Written((turn.would if any_ else Message(_NOT_ONE), Message(_KEPT, {"number": turn.target.number})))


def _done(turn: Turn, found: Reversal) -> Written:
    loaded, made = found.loaded, found.made
    if found.goal is None and made.conflicts and not len(made.applied):
        return Written((Message(_NOT_ONE),))  # and no version claims that it was taken back
    kept = put(loaded, turn.command, turn.message, made, found.files)
    notes: tuple[Text, ...] = (turn.done, Message(_NOTHING))
    if found.goal is not None:
        again = (turn.done, Message(_AGAIN, {"number": found.goal.number}))
        notes = (turn.whole,) if found.goal.id == turn.target.parent else again
        notes += members_left(loaded, found.goal, found.files or {})
    elif len(made.applied):
        notes = (turn.done, Message(_KEPT, {"number": turn.target.number}), receipt(kept), *kept.receipt.notes)
    return Written(notes, kept.version.id, receipt_facts(kept))


def members_left(loaded: Loaded, goal: Version, files: Mapping[str, bytes]) -> tuple[Message, ...]:
    """The files of a folder that a version did not have: they are not taken away."""
    names = sorted(set(loaded.opened.files) - set(files))
    return (Message(_MEMBERS, {"names": ", ".join(names), "number": goal.number}),) if names else ()


def outcome_of(
    loaded: Loaded, command: str, made: Plan, done: Written, notes: tuple[Text, ...], left: tuple[str, str] = _STAYS
) -> Seen:
    """What became of a plan, and what could not be done: `left` are the templates that say so of one and of more."""
    count = len(made.conflicts)
    stays = (Message(left[count != 1], {"count": count}),) if count else ()
    outcome = dataclasses.replace(
        loaded.outcome(command, done.version),
        changes=made.applied,
        counts={**counts(loaded, Findings(), made.applied), "conflicts": count},
        receipt=done.receipt,
        notes=(*done.notes, *stays, *notes, *loaded.about),
        sections=conflicts.sections(made.conflicts, loaded.schema, hiding(loaded)),
    )
    return loaded, outcome
