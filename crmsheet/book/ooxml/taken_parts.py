"""The parts that hang on a sheet of another workbook, under names that are free in ours."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Container
from dataclasses import dataclass, field
from itertools import chain, count

from crmsheet.book.ooxml.closures import Link, links_member, links_of
from crmsheet.book.ooxml.content_types import type_of_part
from crmsheet.book.ooxml.markup import Splice, spliced, with_attribute
from crmsheet.book.ooxml.package import Package
from crmsheet.book.ooxml.workspace import RELATIONSHIPS, Workspace

_NUMBER = re.compile(r"[0-9]*(?=\.[^./]*$)|[0-9]*$")
_NO_CHANGE: Callable[[str, bytes], bytes] = lambda _, content: content  # noqa: E731 - a default of one line


@dataclass(slots=True)
class Moving:
    """Parts of `theirs` on their way into a workbook.

    `free` holds our members whose names may be used again, `names` their member -> ours, `used` our names of these.
    """

    space: Workspace
    theirs: Package
    free: frozenset[str] = frozenset()
    names: dict[str, str] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    def type(self, member: str) -> str:
        """The content type of one of their members, in small letters."""
        return type_of_part(self.theirs, member)[0].lower()

    def name(self, member: str, kind: str = "") -> str:
        """The name of one of their members in ours: its own, if that is free."""
        if member not in self.names:
            self.names[member] = (kind == "image" and self._equal(member)) or self._free_name(member)
            self.used.add(self.names[member])
        return self.names[member]

    def _equal(self, member: str) -> str | None:
        """A picture of ours that has the same bytes."""
        content = self.theirs.read(member)
        for each in self.space.package.members:
            alike = each.size == len(content) and posixpath.splitext(each.name)[1] == posixpath.splitext(member)[1]
            if alike and self.space.find(each.name) and self.space.read(each.name) == content:
                return each.name
        return None

    def _free_name(self, member: str) -> str:
        stem = _NUMBER.sub("\0", member, count=1)
        names = chain([member], (stem.replace("\0", str(n)) for n in count(2)))
        name = next(each for each in names if self._is_free(each))
        return self.space.package.find(name) or name

    def _is_free(self, name: str) -> bool:
        known = self.space.find(name)
        if (known or name) in self.used:
            return False
        stray = known is None and self.space.find(links_member(name)) is not None
        return (known is None and not stray) or known in self.free

    def bring(
        self, member: str, dropped: Container[str] = (), change: Callable[[str, bytes], bytes] = _NO_CHANGE
    ) -> None:
        """Brings a part and all that hangs on it, but for relationships of the `dropped` kinds.

        `change` gives the content of a member as it has to be in ours.
        """
        waiting, done = [member], set[str]()
        while waiting:
            here = waiting.pop()
            if here in done:
                continue
            done.add(here)
            links = links_of(self.theirs, here)
            kept = [each for each in links if each.target and each.kind not in dropped]
            fresh = [each for each in kept if each.target not in self.names]
            for each in fresh:
                self.name(each.target, each.kind)
            self._put(here, change(here, self.theirs.read(here)))
            self._link(here, links, dropped)
            waiting += [each.target for each in fresh]

    def _put(self, member: str, content: bytes) -> None:
        name, original = self.names[member], self.theirs.read(member)
        self.space.write(name, content, copied=content == original)
        self.space.types[name] = type_of_part(self.theirs, member)

    def _link(self, member: str, links: tuple[Link, ...], dropped: Container[str]) -> None:
        """The relationships of a part, leading to where its parts are now."""
        name = self.names[member]
        held = self.theirs.find(links_member(member))
        where = self.space.package.find(links_member(name)) or links_member(name)
        if held is None:
            if self.space.find(where):
                self.space.remove(where)
            return
        raw = self.theirs.read(held)
        splices: list[Splice] = []
        for each in links:
            if each.kind in dropped:
                splices.append((each.element.start, each.element.end, b""))
            elif each.target and self._moved(member, each.target):
                target = posixpath.relpath(self.names[each.target], posixpath.dirname(name))
                splices.append(each.element.with_tag(with_attribute(each.element.tag, "Target", target)))
        content = spliced(raw, splices)
        self.space.write(where, content, copied=content == raw)
        self.space.types[where] = RELATIONSHIPS, True

    def _moved(self, member: str, target: str) -> bool:
        same_folder = posixpath.dirname(member) == posixpath.dirname(self.names[member])
        return self.names[target] != target or not same_folder
