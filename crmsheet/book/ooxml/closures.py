"""Which parts hang on which: relationships as written, what they reach, and what only one part holds."""

from __future__ import annotations

import posixpath
from collections.abc import Container, Iterable
from typing import NamedTuple, Protocol
from urllib.parse import unquote

from crmsheet.book.ooxml.markup import Element, part


class Parts(Protocol):
    """Members by name: a package, or a patch of one in the making."""

    @property
    def path(self) -> str:
        """The path of the book, for refusals."""
        ...

    def find(self, name: str) -> str | None:
        """The name as spelled, None if there is none."""
        ...

    def read(self, name: str) -> bytes:
        """The bytes of a member."""
        ...


class Link(NamedTuple):
    """A relationship: the last word of its type, and the member it leads to; '' for one outside, or none at all."""

    element: Element
    id: str
    kind: str
    target: str


def links_member(member: str) -> str:
    """The name of the member that holds the relationships of a part."""
    folder, name = posixpath.split(member)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def links_of(parts: Parts, member: str) -> tuple[Link, ...]:
    """The relationships of a part ('' for the package)."""
    held = parts.find(links_member(member))
    if held is None:
        return ()
    folder = posixpath.dirname(member)
    found = []
    for each in part(parts.read(held), parts.path, held).elements("Relationship"):
        kind = (each.get("Type") or "").rstrip("/").rsplit("/", 1)[-1]
        outside = each.get("TargetMode") == "External"
        target = "" if outside else parts.find(resolved(folder, each.get("Target") or "")) or ""
        found.append(Link(each, each.get("Id") or "", kind, target))
    return tuple(found)


def resolved(folder: str, target: str) -> str:
    """The member that a relationship of a part in a folder names."""
    plain = unquote(target.replace("\\", "/").split("#", 1)[0])
    return posixpath.normpath(posixpath.join("/" + folder, plain)).lstrip("/")


def reached(parts: Parts, start: Iterable[str], barred: Container[str] = ()) -> dict[str, None]:
    """The parts that can be reached from some, themselves included, without passing through `barred` ones."""
    found: dict[str, None] = {}
    waiting = list(start)
    while waiting:
        member = waiting.pop(0)
        if member in found or member in barred:
            continue
        found[member] = None
        waiting += [each.target for each in links_of(parts, member) if each.target]
    return found


def held_alone(parts: Parts, member: str) -> frozenset[str]:
    """The parts that a part holds and nobody else does, without itself."""
    elsewhere = reached(parts, [""], barred={member})
    return frozenset(each for each in reached(parts, [member]) if each not in elsewhere and each != member)
