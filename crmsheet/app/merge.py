"""Merge: what theirs changed since the base goes into ours, and what both changed is left to people."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from crmsheet.app.conflict_file import conflict_path, write_conflicts
from crmsheet.app.continuing import refuse_continued
from crmsheet.app.keeping import TIMES, put
from crmsheet.app.merging_books import COMMAND, MergedBook, merged
from crmsheet.app.outcomes import NOTHING, Judgement, Written, as_written, not_changed, shown, told
from crmsheet.app.request import Request
from crmsheet.app.show import hiding
from crmsheet.app.states import NOW, BookState, comparable, current_state, is_path, state_at
from crmsheet.app.versions import history_of
from crmsheet.core.errors import BookChanged, UsageError
from crmsheet.core.messages import N_, Message, Text
from crmsheet.core.outcome import Outcome
from crmsheet.report import collisions

_WOULD = (
    N_("The file was not changed: {count:,} change of {theirs} would go into it; --write writes it."),
    N_("The file was not changed: {count:,} changes of {theirs} would go into it; --write writes them."),
)
_COLLIDE = (
    N_("{count:,} cell or record was changed by both sides: ours stands until somebody decides."),
    N_("{count:,} cells and records were changed by both sides: ours stands until somebody decides."),
)
_SHEET = N_("They stand in the sheet {sheet}; choose there, then run `crmsheet reconcile {book} --write`.")
_FILE = N_("They stand in {file}; choose there, then run `crmsheet reconcile {book} --write`.")
_RENUMBERED = N_("{old} was given to another record by ours; that of theirs is {new} now, and what names it follows.")
_NOT_NOW = N_("only a book as it is now can be written; {word} is an older state of one")


def merge(request: Request, base: str, ours: str, theirs: str, *, keys: Sequence[str] = (), write: bool) -> Outcome:
    """What theirs changed since the base, done in ours; each is a file, a version of ours, or a revision in git.

    No budget stops it: whoever merges has asked for all of it.

    Raises:
        UsageError: ours is no file and is to be written.
        VersionUnknown, BookMissing: a word names nothing.
        BookLocked, BookChanged, WriteFailed: ours cannot be written now.
        CellRefused, PatchRefused: ours cannot be edited so.
    """
    request = dataclasses.replace(request, book=Path(ours)) if is_path(ours) else request
    is_now = is_path(ours) or ours.strip().lower() in NOW
    if write and not is_now:
        raise UsageError(problem=Message(_NOT_NOW, {"word": ours}))
    mine = current_state(request) if is_now else state_at(request, ours)
    old, other = state_at(request, base), state_at(request, theirs)
    return merge_states(request, old, mine, other, command=COMMAND, keys=keys, write=write)


def merge_states(
    request: Request,
    base: BookState | None,
    ours: BookState,
    theirs: BookState,
    *,
    command: str,
    write: bool,
    keys: Sequence[str] = (),
    first: tuple[Text, ...] = (),
) -> Outcome:
    """Theirs merged into ours, which is written if that is asked for; without a base whatever differs is a conflict.

    `first` is said before all else.
    """

    def anew(mine: BookState) -> MergedBook:
        states = comparable([mine, theirs] if base is None else [base, mine, theirs], keys)
        return merged(None if base is None else states[0], states[-2], states[-1], request)

    made, done = anew(ours), None
    if write:
        made, done = _written(request, command, made, anew, _version_of(theirs, ours.loaded.path))
    loaded = made.ours.loaded
    judged = Judgement(
        command,
        counts={"conflicts": len(made.collisions), "renumbered": sum(map(len, made.renumbered.values()))},
        first=first,
        notes=(*_said(made, write=write), *made.notes),
        sections=collisions.sections(made.collisions, made.renumbered, loaded.schema, hiding(loaded)),
    )
    return shown(loaded, told(loaded, judged, made.changes, done or Written((_offer(made),))))


def _written(
    request: Request, command: str, made: MergedBook, anew: Callable[[BookState], MergedBook], also: tuple[str, ...]
) -> tuple[MergedBook, Written]:
    """Writes a merge; where ours was changed meanwhile, it is merged anew with what ours holds by then."""
    path = made.ours.loaded.path
    refuse_continued(made.ours.loaded)
    for _ in range(TIMES):
        with suppress(BookChanged):
            return made, _put(command, made, also)
        made = anew(current_state(dataclasses.replace(request, book=path)))
    raise BookChanged(path=path.name)


def _put(command: str, made: MergedBook, also: tuple[str, ...]) -> Written:
    loaded = made.ours.loaded
    done = Written((Message(NOTHING),))
    if len(made.changes):
        done = as_written(put(loaded, command, "", made.made, also=also))
    if made.collisions and loaded.opened.dialects:
        write_conflicts(made.collisions, made.ours, made.theirs)
    return done


def _version_of(theirs: BookState, book: Path) -> tuple[str, ...]:
    """The version of the book's history that theirs is, if it is one."""
    if theirs.version is not None:
        return (theirs.version.id,)
    sha256 = theirs.book.source.sha256
    return tuple(each.id for each in history_of(book).versions() if each.sha256 == sha256)[-1:]


def _offer(made: MergedBook) -> Message:
    """What would be written, not counting the sheet of the conflicts."""
    count = sum(name != made.sheet for name in made.changes.column("table"))
    if not count:
        return not_changed() if len(made.changes) else Message(NOTHING)
    return Message(_WOULD[count != 1], {"count": count, "theirs": made.theirs.label})


def _said(made: MergedBook, *, write: bool) -> tuple[Text, ...]:
    """What there is to say besides what was written."""
    said: list[Text] = []
    for keys in made.renumbered.values():
        said += [Message(_RENUMBERED, {"old": old, "new": new}) for old, new in keys.items()]
    count = len(made.collisions)
    if count:
        said.append(Message(_COLLIDE[count != 1], {"count": count}))
    if count and write:
        path = made.ours.loaded.path
        facts = {"book": path.name, "sheet": made.sheet, "file": conflict_path(path).name}
        said.append(Message(_SHEET if made.sheet else _FILE, facts))
    return tuple(said)
