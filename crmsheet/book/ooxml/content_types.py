"""The list of what the parts of a workbook are."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from urllib.parse import unquote

from crmsheet.book.ooxml.closures import Parts
from crmsheet.book.ooxml.markup import Splice, part, quoted
from crmsheet.book.ooxml.workspace import CONTENT_TYPES, Workspace


def type_of_part(parts: Parts, member: str) -> tuple[str, bool]:
    """The content type of a part, and whether it is that of all parts whose names end so; '' where it has none."""
    known = _types(parts)
    own = known.get(f"/{member}".lower())
    if own is not None:
        return own, False
    return known.get(posixpath.splitext(member)[1].lower(), ""), True


def _types(parts: Parts) -> Mapping[str, str]:
    """`/folded member` or `.ending` -> content type."""
    holder = parts.find(CONTENT_TYPES) or CONTENT_TYPES
    listed = part(parts.read(holder), parts.path, holder)
    found = {
        unquote(each.get("PartName") or "").lower(): each.get("ContentType") or ""
        for each in listed.elements("Override")
    }
    endings = listed.elements("Default")
    return found | {f".{each.get('Extension') or ''}".lower(): each.get("ContentType") or "" for each in endings}


def declare_all(space: Workspace) -> None:
    """States the content types of parts that came, and forgets those of parts that are gone."""
    types = space.types
    if not (types or space.gone):
        return
    known = dict(_types(space))
    holder = space.package.find(CONTENT_TYPES) or CONTENT_TYPES
    listed = space.part(holder)
    gone = {f"/{each}".lower() for each in space.gone}
    stale: set[str] = set()
    added = b""
    for member in sorted(types):
        kind, by_ending = types[member]
        name, ending = f"/{member}".lower(), posixpath.splitext(member)[1].lower()
        if not kind or known.get(name, known.get(ending)) == kind:
            continue
        if name in known:
            stale.add(name)
        if by_ending and ending not in known:
            known[ending] = kind
            xml = b'<%sDefault Extension="%s" ContentType="%s"/>'
            added += xml % (listed.prefix, quoted(ending[1:]), quoted(kind))
        else:
            xml = b'<%sOverride PartName="%s" ContentType="%s"/>'
            added += xml % (listed.prefix, quoted(f"/{member}"), quoted(kind))
    splices: list[Splice] = [
        (each.start, each.end, b"")
        for each in listed.elements("Override")
        if unquote(each.get("PartName") or "").lower() in gone | stale
    ]
    root = listed.element("Types")
    if root is None:
        raise LookupError("Types")
    if added:
        splices.append((root.close, root.close, added))
    space.splice(holder, listed.raw, splices)
