"""What undo and redo would take back next, and which versions hold the same content: read from the versions alone.

A version made by `undo` names in its message the write that it took back, one made by `redo` the undo that it took
back. Nothing else is kept anywhere, so a history that was synchronised, merged or rebuilt answers the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from crmsheet.core.versions import FOUND, Version

UNDO, REDO = "undo", "redo"

Content: TypeAlias = tuple[str, frozenset[str]]
"""A version from which a content is told, and the versions that came to it or were taken out of it since."""


@dataclass(frozen=True, slots=True)
class Reversals:
    """What stands and what was taken back, along one line of versions.

    `line`      the versions that the book descends from, the oldest first
    `writes`    the writes by crmsheet that stand, the oldest first: the last one is what `undo` takes back
    `undone`    the undos that `redo` takes back, the last one first; a new write empties it
    `taken`     id of a version that was taken back -> the undo that did it
    `contents`  id -> what the version holds: two versions with the same are the same book
    """

    line: tuple[Version, ...]
    writes: tuple[Version, ...]
    undone: tuple[Version, ...]
    taken: Mapping[str, Version]
    contents: Mapping[str, Content]

    def version(self, version_id: str) -> Version | None:
        """The version of the line with this id."""
        return next((each for each in self.line if each.id == version_id), None)

    def turned(self, sha256: str, version: str, *, out: bool) -> Version | None:
        """The newest version that is the book of these bytes but for one version, taken out or brought back.

        None where there is none, or where the version is out (or there) already.
        """
        now = next((self.contents[each.id] for each in reversed(self.line) if each.sha256 == sha256), None)
        if now is None or self._stands(version, now) != out:
            return None
        wanted = (now[0], now[1] ^ {version})
        return next((each for each in reversed(self.line) if self.contents[each.id] == wanted), None)

    def _stands(self, version: str, content: Content) -> bool:
        """Whether a content has what a version did: it had from the beginning, or came since; and was not taken out."""
        places = {each.id: at for at, each in enumerate(self.line)}
        begun, changed = content
        before = version in places and places[version] <= places.get(begun, -1)
        return before != (version in changed)


def reversals(versions: Sequence[Version], sha256: str) -> Reversals:
    """Reads the versions that the book with this digest descends from, in their order.

    - A write by crmsheet stands, and from then on there is nothing to redo.
    - An undo takes a version out (`writes` loses it) and is itself what redo takes back next.
    - A redo takes that undo back: its write stands again, in its old place.
    - Edits by people are no step of either: they neither count nor clear what can be redone.

    So three writes, two undos and a redo leave the first two writes standing and one undo to redo.
    """
    line = line_of(versions, sha256)
    writes: dict[str, Version] = {}
    undos = {each.id: each for each in line if each.command == UNDO}
    undone: dict[str, Version] = {}
    taken: dict[str, Version] = {}
    for each in line:
        if each.command == UNDO:
            taken[each.message] = undone[each.id] = each
        elif each.command == REDO:
            undone.pop(each.message, None)
            if each.message in undos:
                taken.pop(undos[each.message].message, None)
        elif each.origin != FOUND:
            writes[each.id] = each
            undone.clear()
    standing = tuple(each for each in writes.values() if each.id not in taken)
    return Reversals(line, standing, tuple(undone.values()), taken, _contents(line))


def line_of(versions: Sequence[Version], sha256: str) -> tuple[Version, ...]:
    """The versions that the book descends from, in the order given: the oldest first.

    The book is the newest version with its digest, else what came of the newest one. A parent that is not there (it
    was pruned, or its pack is damaged) is passed over: the versions before it still count.
    """
    places = {each.id: at for at, each in enumerate(versions)}
    followed = {parent for each in versions for parent in _parents(each)}
    heads = [each for each in versions if each.id not in followed] or list(versions)
    waiting = [next((each for each in reversed(heads) if each.sha256 == sha256), heads[-1])] if heads else []
    found: dict[str, Version] = {}
    while waiting:
        each = waiting.pop()
        if each.id in found:
            continue
        found[each.id] = each
        there = [versions[places[parent]] for parent in _parents(each) if parent in places]
        if not there and _parents(each):
            there = [older for older in versions[: places[each.id]] if older.number < each.number][-1:]
        waiting += there
    return tuple(sorted(found.values(), key=lambda each: places[each.id]))


def _parents(version: Version) -> tuple[str, ...]:
    return version.parents or ((version.parent,) if version.parent else ())


def _contents(line: Sequence[Version]) -> Mapping[str, Content]:
    """Id -> content: the same bytes are the same; else the parent's with a version more or less."""
    contents: dict[str, Content] = {}
    by_digest: dict[str, Content] = {}
    messages = {each.id: each.message for each in line if each.command == UNDO}
    for each in line:
        parent = contents.get(each.parent)
        changed = {UNDO: each.message, REDO: messages.get(each.message, "")}.get(each.command, each.id)
        content: Content = (each.id, frozenset())
        if parent is not None and changed and each.origin != FOUND:
            content = (parent[0], parent[1] ^ {changed})
        if each.sha256:
            content = by_digest.setdefault(each.sha256, content)
        contents[each.id] = content
    return contents
