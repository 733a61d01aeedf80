"""The versions of a book: who changed it, when, and how much."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from crmsheet.app.request import Request
from crmsheet.app.settings import book_path
from crmsheet.app.versions import current_digest, history_of, numbered
from crmsheet.book.members import read_members
from crmsheet.core.messages import N_, Message, Text, chained
from crmsheet.core.outcome import Outcome, Section
from crmsheet.core.versions import FOUND, Version

_NONE = N_("The book has no history yet: the first write by crmsheet begins it.")
_EDITED = N_(
    "The book was edited after version {number}; the next write, or `crmsheet history record`, makes that a version of "
    "its own."
)
_CURRENT = N_("The book is version {number}.")
_MISSING = N_("The book itself is not there.")
_HEADS = N_(
    "Two computers wrote at once: {count} versions are followed by none ({versions}). The book goes on from the one "
    "that it is; `crmsheet reconcile` brings in the others."
)
_TITLES = tuple(
    map(Message, (N_("Version"), N_("When"), N_("Who"), N_("Command"), N_("Changes"), N_("Marks"), N_("Id")))
)
_KINDS = {
    "set": (N_("{count:,} cell"), N_("{count:,} cells")),
    "column": (N_("{count:,} column added"), N_("{count:,} columns added")),
    "add": (N_("{count:,} row added"), N_("{count:,} rows added")),
    "remove": (N_("{count:,} row removed"), N_("{count:,} rows removed")),
    "retire": (N_("{count:,} row retired"), N_("{count:,} rows retired")),
    "revive": (N_("{count:,} row revived"), N_("{count:,} rows revived")),
    "sheet": (N_("{count:,} sheet added or removed"), N_("{count:,} sheets added or removed")),
}
"""Of one, and of several."""
_FOUND = N_("found as it is (edited by people)")
_NOW, _HEAD = N_("the book"), N_("second head")
_GONE = {"pruned": N_("pruned"), "redacted": N_("redacted")}


def history(request: Request) -> Outcome:
    """All versions, the newest first, with their marks, and whether the book was edited since.

    Raises:
        BookMissing, BookUnreadable: there is neither a book nor a history of it.
    """
    path, _ = book_path(request)
    current = current_digest(path)
    store = history_of(path)
    versions = store.known(current)
    if not versions and not current:
        read_members(path)
    notes: list[Text] = [_now(versions, current)]
    followed = {parent for each in versions for parent in each.parents}
    heads = [each for each in versions if each.id not in followed]
    if len(heads) > 1:
        numbers = chained([f"{each.number} {each.id[:8]}" for each in heads], N_(", "))
        notes.append(Message(_HEADS, {"count": len(heads), "versions": numbers}))
    notes += [error.message for error in store.damage()]
    tags: dict[str, list[str]] = {}
    for name, version in store.tags().items():
        tags.setdefault(version, []).append(name)
    now = next((each.id for each in reversed(versions) if each.sha256 == current), "")
    seconds = {each.id for each in heads if each.id != (now if now in {h.id for h in heads} else heads[-1].id)}
    numbers_by_id = {each.id: each.number for each in versions}
    rows = tuple(
        _row(each, _marks(each, now, seconds, tags.get(each.id, ())), numbers_by_id) for each in reversed(versions)
    )
    return Outcome(
        "history",
        path.name,
        today=request.today.isoformat(),
        notes=tuple(notes),
        sections=(Section(Message(N_("Versions")), _TITLES, rows, name="versions"),),
        counts={"versions": len(versions)},
        version=versions[-1].id if versions else "",
    )


def _now(versions: tuple[Version, ...], current: str) -> Message:
    if not current:
        return Message(_MISSING)
    if not versions:
        return Message(_NONE)
    known = [each for each in versions if each.sha256 == current]
    return Message(_CURRENT if known else _EDITED, {"number": (known or versions)[-1].number})


def _marks(version: Version, now: str, seconds: Collection[str], tags: Collection[str]) -> Text | None:
    """What there is to know of a version at a glance: its tags, whether the book is it, what became of it."""
    marks: list[Text] = [*tags]
    marks += [Message(_NOW)] if version.id == now else []
    marks += [Message(_HEAD)] if version.id in seconds else []
    marks += [Message(_GONE[version.gone])] if version.gone in _GONE else []
    return chained(marks, N_(", ")) if marks else None


def _row(version: Version, marks: Text | None, numbers: Mapping[str, int]) -> tuple[object, ...]:
    what: list[Text] = [Message(_FOUND) if version.origin == FOUND else _changes(version)]
    if version.message in numbers:  # undo and redo name the version that they take back
        what.append(numbered(numbers[version.message]))
    elif version.message:
        what.append(version.message)
    return (
        version.number,
        version.at.replace("T", " "),
        version.author or None,
        version.command or None,
        chained([each for each in what if each], N_("; ")),
        marks,
        version.id[:8],
    )


def _changes(version: Version) -> Text:
    parts = [
        Message(_KINDS[kind][count != 1], {"count": count}) for kind, count in version.counts.items() if kind in _KINDS
    ]
    return chained(parts, N_(", "))
