"""Redo: the newest undo is taken back, until something new is written."""

from __future__ import annotations

from collections.abc import Mapping

from crmsheet.app.opening import Loaded
from crmsheet.app.request import Request
from crmsheet.app.reversing import Seen, Turn, known_versions, on_the_book, reversed_outcome
from crmsheet.core.errors import NothingToRedo
from crmsheet.core.messages import N_, Message
from crmsheet.core.outcome import Outcome
from crmsheet.core.versions import Version
from crmsheet.history.reversals import REDO, Reversals, reversals

BY_PEOPLE = N_("edited by people")
_WOULD = N_("The file was not changed: --write brings back version {number} ({command}, {at}).")
_WHOLE = N_("Version {number} ({command}, {at}) stands again: the file is byte for byte what it was before the undo.")
_DONE = N_("Version {number} ({command}, {at}) stands again.")


def redo(request: Request, *, write: bool) -> Outcome:
    """Takes back the newest undo that was not redone yet; cells that people have changed since stay and are listed.

    Raises:
        NothingToRedo: nothing was undone, or something was written since.
    """

    def redone(loaded: Loaded) -> Seen:
        known = reversals(known_versions(loaded), loaded.book.source.sha256)
        if not known.undone:
            raise NothingToRedo(path=loaded.path.name)
        return reversed_outcome(loaded, known, redoing(known, known.undone[-1]), write=write)

    return on_the_book(request, redone)


def redoing(known: Reversals, undone: Version) -> Turn:
    """The turn that takes an undo back."""
    written = known.version(undone.message) or undone
    would, whole, done = (Message(each, who_and_when(written)) for each in (_WOULD, _WHOLE, _DONE))
    return Turn(REDO, undone, undone.message, undone.id, would, whole, done)


def who_and_when(version: Version) -> Mapping[str, object]:
    """Number, command and time of a version, for a sentence."""
    command = version.command or Message(BY_PEOPLE)
    return {"number": version.number, "command": command, "at": version.at.replace("T", " ")}
