"""Undo: a write is taken back, the last one or any older version; what came after it stays."""

from __future__ import annotations

from crmsheet.app.opening import Loaded
from crmsheet.app.redo import redoing, who_and_when
from crmsheet.app.request import Request
from crmsheet.app.reversing import Seen, Turn, known_versions, on_the_book, reversed_outcome
from crmsheet.app.states import find_version
from crmsheet.core.errors import NothingToUndo, TakenBack
from crmsheet.core.messages import N_, Message, Text
from crmsheet.core.outcome import Outcome
from crmsheet.core.versions import Version
from crmsheet.history.reversals import REDO, UNDO, Reversals, reversals

ADOPT = "adopt"
_SETTLED = N_("What adopt wrote into crmsheet.toml stays: it says how the sheets are read.")
_WOULD = N_("The file was not changed: --write takes back version {number} ({command}, {at}).")
_WHOLE = N_("Version {number} ({command}, {at}) was taken back: the file is byte for byte what it was before it.")
_DONE = N_("Version {number} ({command}, {at}) was taken back.")


def undo(request: Request, version: str = "", *, write: bool) -> Outcome:
    """Takes back the newest write by crmsheet that stands, or a version that is named: also one that people made.

    A cell that somebody has changed since, or whose record cannot be told for certain, stays and is listed.

    Raises:
        NothingToUndo: there is none.
        VersionUnknown: the word names no version, or several.
        TakenBack: the version does not stand any more.
        NothingBefore: it is the first that the history knows.
    """
    return on_the_book(request, lambda loaded: taken_back(loaded, version, write=write))


def taken_back(loaded: Loaded, version: str = "", *, write: bool) -> Seen:
    """The same in a loaded book; nothing is masked but conflicts.

    Raises:
        NothingToUndo, VersionUnknown, TakenBack, NothingBefore: see `undo`.
        BookContinued: the versions are those of the workbook in which the book goes on.
        BookChanged: the book is another by now.
    """
    known = reversals(known_versions(loaded), loaded.book.source.sha256)
    turn = _named(loaded, known, find_version(loaded.path, version)) if version else _last(loaded, known)
    return reversed_outcome(loaded, known, turn, write=write)


def _last(loaded: Loaded, known: Reversals) -> Turn:
    if not known.writes:
        raise NothingToUndo(path=loaded.path.name)
    return _undoing(known.writes[-1], known.writes[-1])


def _named(loaded: Loaded, known: Reversals, version: Version) -> Turn:
    """Taking back an undo brings its write back; taking back a redo takes that write out again."""
    if version.command == UNDO:
        if known.taken.get(version.message) != version:
            raise TakenBack(path=loaded.path.name, number=version.number)
        return redoing(known, version)
    written = version
    if version.command == REDO:
        undone = known.version(version.message) or version
        written = known.version(undone.message) or version
    if written.id in known.taken:
        raise TakenBack(path=loaded.path.name, number=version.number)
    return _undoing(written, version)


def _undoing(written: Version, target: Version) -> Turn:
    facts = who_and_when(written)
    notes: tuple[Text, ...] = (Message(_SETTLED),) if written.command == ADOPT else ()
    would, whole, done = (Message(each, facts) for each in (_WOULD, _WHOLE, _DONE))
    return Turn(UNDO, target, written.id, written.id, would, whole, done, notes)
