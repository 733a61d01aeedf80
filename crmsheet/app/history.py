"""The versions of a book: who changed it, when, and how much."""

from __future__ import annotations

import dataclasses

from crmsheet.app.request import Request
from crmsheet.app.settings import book_path
from crmsheet.app.versions import history_of
from crmsheet.book.members import read_members
from crmsheet.book.replacing import digest
from crmsheet.core.messages import N_, Message, Text, chained
from crmsheet.core.outcome import Outcome, Section
from crmsheet.core.versions import Version

_NONE = N_("The book has no history yet: the first write by crmsheet begins it.")
_EDITED = N_("The book was edited after version {number}; the next write records that as a version of its own.")
_CURRENT = N_("The book is version {number}.")
_TITLES = tuple(map(Message, (N_("Version"), N_("When"), N_("Who"), N_("Command"), N_("Changes"), N_("Id"))))
_KINDS = {
    "set": N_("{count:,} cells"),
    "column": N_("{count:,} columns added"),
    "add": N_("{count:,} rows added"),
    "remove": N_("{count:,} rows removed"),
    "retire": N_("{count:,} rows retired"),
    "revive": N_("{count:,} rows revived"),
}
_FOUND = N_("found as it is (edited by people)")


def history(request: Request) -> Outcome:
    """All versions, the newest first, and whether the book was edited since."""
    path, _ = book_path(request)
    current = digest(read_members(path))
    store = history_of(path)
    versions = store.known(current)
    notes: list[Text] = [_now(versions, current)]
    notes += [error.message for error in store.damage()]
    rows = tuple(_row(each) for each in reversed(versions))
    section = Section(Message(N_("Versions")), _TITLES, rows, name="versions")
    return dataclasses.replace(
        Outcome("history", path.name, today=request.today.isoformat()),
        notes=tuple(notes),
        sections=(section,),
        counts={"versions": len(versions)},
        version=versions[-1].id if versions else "",
    )


def _now(versions: tuple[Version, ...], current: str) -> Message:
    if not versions:
        return Message(_NONE)
    known = [each for each in versions if each.sha256 == current]
    return Message(_CURRENT if known else _EDITED, {"number": (known or versions)[-1].number})


def _row(version: Version) -> tuple[object, ...]:
    what: Text = Message(_FOUND) if version.origin == "found" else _changes(version)
    return (
        version.number,
        version.at.replace("T", " "),
        version.author or None,
        version.command or None,
        what,
        version.id[:8],
    )


def _changes(version: Version) -> Text:
    parts = [Message(_KINDS[kind], {"count": count}) for kind, count in version.counts.items() if kind in _KINDS]
    return chained(parts, N_(", "))
