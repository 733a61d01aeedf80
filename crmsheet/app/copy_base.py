"""From which version of a book a copy was made: by the bytes, by the history of the copy, else by what it holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from crmsheet.app.versions import history_of, numbered
from crmsheet.book.opening import open_files
from crmsheet.book.replacing import digest
from crmsheet.core.cells import Formula
from crmsheet.core.errors import CrmsheetError
from crmsheet.core.messages import N_, Message, Text
from crmsheet.core.versions import Version
from crmsheet.history.gone import PRUNED
from crmsheet.history.store import History

_PATIENCE = 10
"""Versions in a row that resemble a copy less than a newer one did, before older ones are not looked at any more."""
_OLD = N_("{copy} is version {number} of {book} byte for byte: there is nothing in it that {book} did not have.")
_AHEAD = N_(
    "{copy} was made from {book} as it is now ({book} did not change since): certain, by the history of the copy."
)
_SHARED = N_("Base: version {number} ({at}), which is in the history of both: certain.")
_ANCESTOR = N_("Base: version {number} ({at}), from which both go on: certain.")
_SAME = N_("Base: version {number} ({at}): the copy holds the very same values, saved by another program: certain.")
_CLOSEST = N_(
    "Base: version {number} ({at}), the closest to the copy (values that differ: {count:,}; of the next: {more:,}). "
    "If it was made from another, name that with --base."
)
_ONLY = N_(
    "Base: version {number} ({at}), the only one in the history of {book} (values that differ: {count:,}). "
    "If the copy was made from another file, name that with --base."
)
_NONE = N_(
    "Base: none. {book} has no history that goes back to the copy, so every value in which the two differ has to be "
    "decided; an older file can be named with --base."
)

Files: TypeAlias = Mapping[str, bytes]
_Values: TypeAlias = Counter[object]


@dataclass(frozen=True, slots=True)
class Base:
    """What both sides were made from: its bytes (None where nothing tells), a sentence on how sure, and its name."""

    files: Files | None
    said: Message
    called: Text = ""


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of a book: what it is called, its bytes, and where it lies (its history may lie beside it), if anywhere.

    `member` names the CSV file of a folder that it copies; '' where it copies the whole book.
    """

    name: str
    files: Files
    path: Path | None = None
    member: str = ""


def base_of(book: Path, ours: Files, copy: Copy) -> Base:
    """The version of a book that a copy was made from, the surest evidence first."""
    store = history_of(book)
    versions = store.versions()
    by_digest = {each.sha256: each for each in versions if not each.gone}
    if (same := by_digest.get(digest(copy.files))) is not None:
        facts = {"copy": copy.name, "book": book.name, "number": same.number}
        return Base(copy.files, Message(_OLD, facts), copy.name)
    now = digest(ours)
    for each in reversed(history_of(copy.path).versions() if copy.path and not copy.member else ()):
        if each.sha256 == now:
            return Base(ours, Message(_AHEAD, {"copy": copy.name, "book": book.name}), book.name)
        if each.sha256 in by_digest and (files := _files(store, by_digest[each.sha256])) is not None:
            return _base(files, by_digest[each.sha256], _SHARED)
    return _closest(book, store, versions, copy) or Base(None, Message(_NONE, {"book": book.name}))


def base_of_versions(book: Path, ours: str, theirs: Version) -> Base:
    """The newest version that both the book (`ours` is its digest) and another version of its history follow."""
    store = history_of(book)
    known = {each.id: each for each in store.versions()}
    mine = [each for each in known.values() if each.sha256 == ours] or [
        each for each in store.heads() if each != theirs
    ]
    shared = _ancestors(known, mine[-1:]) & _ancestors(known, [theirs])
    for each in sorted((known[each] for each in shared), key=lambda each: each.number, reverse=True):
        if (files := _files(store, each)) is not None:
            return _base(files, each, _ANCESTOR)
    return Base(None, Message(_NONE, {"book": book.name}))


def _ancestors(known: Mapping[str, Version], versions: Sequence[Version]) -> frozenset[str]:
    """The ids of versions and of all that they follow."""
    found: set[str] = set()
    ahead = [each.id for each in versions]
    while ahead:
        each = ahead.pop()
        if each in known and each not in found:
            found.add(each)
            ahead += known[each].parents
    return frozenset(found)


def _closest(book: Path, store: History, versions: Sequence[Version], copy: Copy) -> Base | None:
    """The version with the fewest values that the copy does not have, or has besides; the oldest of several.

    With a base that is too old more has to be decided; one that is too new would take edits of ours back. So the book
    as it is now is never taken for the base by what it holds.
    """
    wanted = _values(book, copy.files, copy.member)
    found: list[tuple[int, Version, Files]] = []
    worse = 0
    for version, files in _states(store, versions):
        far = _distance(_values(book, files, copy.member), wanted)
        worse = 0 if not found or far < min(each for each, _, _ in found) else worse + 1
        found.append((far, version, files))
        if not far or worse == _PATIENCE:
            break
    if not found:
        return None
    far, version, files = min(found, key=_far)
    others = [each for each, other, _ in found if other != version]
    if not far:
        return _base(files, version, _SAME)
    if not others:
        return _base(files, version, _ONLY, count=far, book=book.name)
    return _base(files, version, _CLOSEST, count=far, more=min(others))


def _far(found: tuple[int, Version, Files]) -> tuple[int, int]:
    return found[0], found[1].number


def _states(store: History, versions: Sequence[Version]) -> Iterator[tuple[Version, Files]]:
    """The versions whose bytes can be had, the newest first."""
    for version in reversed(versions):
        if (files := _files(store, version)) is not None:
            yield version, files


def _files(store: History, version: Version) -> Files | None:
    """The bytes of a version; None where they were given up or are damaged."""
    if version.gone == PRUNED:
        return None
    try:
        return store.restore(version.id).files
    except CrmsheetError:
        return None


def _values(book: Path, files: Files, member: str) -> _Values:
    """How often each value stands in a book, wherever that is: moved rows and columns change nothing."""
    try:
        opened = open_files(book, {member: files[member]} if member else files)
    except (CrmsheetError, KeyError):
        return Counter()
    counted: _Values = Counter()
    for sheet in opened.sheets:
        for letters in sheet.cells:
            counted.update(
                each.text if isinstance(each, Formula) else each
                for each in sheet.cells[letters].tolist()
                if each is not None
            )
    return counted


def _distance(left: _Values, right: _Values) -> int:
    """Values that one has more often than the other: a changed cell counts once, a new one too."""
    return max((left - right).total(), (right - left).total())


def _base(files: Files, version: Version, template: str, **facts: object) -> Base:
    at = version.at.replace("T", " ")[:16]
    return Base(files, Message(template, {"number": version.number, "at": at, **facts}), numbered(version.number))
