"""What hangs on a sheet that comes from another workbook: charts, drawings, comments' authors, formulas that spill."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable

from crmsheet.book.ooxml.closures import Parts, links_of
from crmsheet.book.ooxml.markup import attribute, escaped, part, plain
from crmsheet.book.ooxml.taken_formulas import Formulas
from crmsheet.book.ooxml.taken_parts import Moving
from crmsheet.book.ooxml.taken_text import Losses
from crmsheet.book.ooxml.workbook import Workbook
from crmsheet.book.ooxml.workspace import Workspace

_REFERENCE = re.compile(rb"(<((?:[\w.-]+:)?f)(?:\s[^>]*)?>)([^<]*)</\2\s*>")
_LINKED = re.compile(rb"(\s(?:textlink|fmlaLink|fmlaRange|fmlaTxbx|fmlaGroup)\s*=\s*)(?:\"([^\"]*)\"|'([^']*)')")
_PIVOT = re.compile(rb"<((?:[\w.-]+:)?pivotSource)\b.*?</\1\s*>", re.DOTALL)
_ANCHOR = re.compile(rb"<((?:[\w.-]+:)?(?:twoCell|oneCell|absolute)Anchor)\b.*?</\1\s*>", re.DOTALL)
_SLICER = re.compile(rb"<(?:[\w.-]+:)?(?:slicer|timeslicer)\s")
_PERSON = re.compile(rb"personId=[\"']([^\"']+)[\"']")
_SPILL = "XLDAPR"


def objects_xml(content: bytes, formulas: Formulas, losses: Losses, *, pivots: bool) -> bytes:
    """A chart or drawing whose references fit our workbook, without slicers; `pivots` tells whether they came along."""

    def reference(match: re.Match[bytes]) -> bytes:
        return match[1] + _read(match[3], formulas, losses) + b"</%s>" % match[2]

    def linked(match: re.Match[bytes]) -> bytes:
        old = match[2] if match[2] is not None else match[3]
        new = _read(old, formulas, losses)
        return match[0] if new == old else match[1] + b'"' + new.replace(b'"', b"&quot;") + b'"'

    def anchor(match: re.Match[bytes]) -> bytes:
        if not _SLICER.search(match[0]):
            return match[0]
        losses.add("slicers")
        return b""

    changed = _ANCHOR.sub(anchor, _LINKED.sub(linked, _REFERENCE.sub(reference, content)))
    return changed if pivots else _PIVOT.sub(b"", changed)


def _read(xml: bytes, formulas: Formulas, losses: Losses) -> bytes:
    old = plain(xml)
    read = formulas.read(old)
    if not read.whole:
        losses.add("objects")
    return xml if read.text == old else escaped(read.text)


def spilling(parts: Parts, book: str) -> tuple[frozenset[int], bool]:
    """The numbers of cell metadata that say that a formula spills, and whether a workbook's metadata say no more."""
    member = _part_of_book(parts, book, "sheetMetadata")
    if member is None:
        return frozenset(), True
    metadata = part(parts.read(member), parts.path, member)
    types = [each.get("name") for each in metadata.elements("metadataType")]
    held = metadata.element("cellMetadata")
    blocks = list(metadata.elements("bk", held.inner, held.close)) if held else []
    found = set()
    for number, block in enumerate(blocks, 1):
        record = metadata.element("rc", block.inner, block.close)
        kind = int(record.get("t") or 0) if record else 0
        if 0 < kind <= len(types) and types[kind - 1] == _SPILL:
            found.add(number)
    return frozenset(found), set(types) == {_SPILL} and metadata.element("valueMetadata") is None


def bring_spilling(space: Workspace, theirs: Workbook) -> int:
    """The number of our cell metadata that says that a formula spills; theirs are copied if ours has none; 0: none."""
    ours, _ = spilling(space, space.book.member)
    if ours:
        return min(ours)
    found, alone = spilling(theirs.package, theirs.member)
    member = theirs.first("sheetMetadata")
    if not alone or member is None or _part_of_book(space, space.book.member, "sheetMetadata"):
        return 0
    _bring_to_book(space, theirs, member, "sheetMetadata")
    return min(found, default=0)


def _part_of_book(parts: Parts, book: str, kind: str) -> str | None:
    """The member of the first relationship of a workbook of a kind, as things are by now."""
    return next((each.target for each in links_of(parts, book) if each.kind == kind and each.target), None)


def _bring_to_book(space: Workspace, theirs: Workbook, member: str, kind: str) -> None:
    """Brings a part of their workbook and relates it to ours."""
    moving = Moving(space, theirs.package)
    name = moving.name(member)
    moving.bring(member)
    space.relate(space.book.member, kind, posixpath.relpath(name, posixpath.dirname(space.book.member)))


def bring_persons(space: Workspace, theirs: Workbook, comments: Iterable[bytes]) -> None:
    """The people who wrote comments with answers are listed once per workbook."""
    wanted = {each for content in comments for each in _PERSON.findall(content)}
    source = theirs.first("person")
    if not wanted or source is None:
        return
    target = _part_of_book(space, space.book.member, "person")
    if target is None:
        _bring_to_book(space, theirs, source, "person")
        return
    ours, listed = space.part(target), part(theirs.package.read(source), space.path, source)
    known = {attribute(each.tag, "id") for each in ours.elements("person")}
    xml = b"".join(
        listed.raw[each.start : each.end]
        for each in listed.elements("person")
        if each.get("id") not in known and (each.get("id") or "").encode() in wanted
    )
    root = ours.element("personList")
    if xml and root and ours.prefix == listed.prefix:
        space.splice(target, ours.raw, [root.with_content(root.text + xml)])
