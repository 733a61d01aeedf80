"""What a workbook gets besides edits of its cells: sheets behind the others, and defined names."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import count

from crmsheet.book.ooxml.areas import area
from crmsheet.book.ooxml.markup import Part, escaped, quoted
from crmsheet.book.ooxml.workbook import SheetPlace
from crmsheet.book.ooxml.workspace import Workspace
from crmsheet.core.errors import PatchRefused
from crmsheet.core.messages import N_, Message

_SHEET_NAME = re.compile(r"(?!')[^\[\]:*?/\\\x00-\x1f]{1,31}(?<!')")
_NAME = re.compile(r"[^\W\d][\w.]{0,254}|\\[\w.]{0,254}")
_LIKE_CELLS = re.compile(r"[Rr](?:\d*[Cc]\d*)?|[Cc]\d*|[A-Za-z]{1,3}\d+")
_BEFORE_NAMES = ("sheets", "functionGroups", "externalReferences")


def add_sheets(space: Workspace, names: Sequence[str]) -> None:
    """Puts empty sheets behind the others. The list of titles in docProps is left: no program reads it for the sheets.

    Raises:
        PatchRefused: the name is taken or none that a sheet can have, or the structure of the workbook is protected.
    """
    for name in names:
        check_sheet_name(space, name)
        add_sheet(space, name)


def check_sheet_name(space: Workspace, name: str) -> None:
    """Whether a sheet of this name may be added.

    Raises:
        PatchRefused: see `add_sheets`.
    """
    if not _SHEET_NAME.fullmatch(name) or name.lower() == "history":
        template = N_("{name} cannot be the name of a sheet: 1 to 31 characters, none of []:*?/\\, and not History")
        raise PatchRefused(path=space.path, reason=Message(template, {"name": name}))
    if any(each.get("name", "").lower() == name.lower() for each in _listed(space.book.part)):
        raise PatchRefused(path=space.path, reason=Message(N_("it has a sheet {name} already"), {"name": name}))
    protection = space.book.part.element("workbookProtection")
    if protection and protection.get("lockStructure") in ("1", "true"):
        raise PatchRefused(path=space.path, reason=Message(N_("its structure is protected against new sheets")))


def _listed(book: Part) -> list[Mapping[str, str]]:
    return [{key: each.get(key) or "" for key in ("name", "sheetId")} for each in book.elements("sheet")]


def add_sheet(space: Workspace, name: str, state: str = "") -> None:
    """Puts an empty sheet behind the others; its `state` is `hidden`, `veryHidden` or '' for one that shows."""
    book, folder = space.book.part, posixpath.dirname(space.book.member)
    taken = {each.name.lower() for each in space.package.members} | {each.lower() for each in space.changed}
    targets = (f"worksheets/sheet{n}.xml" for n in count(1))
    target = next(each for each in targets if posixpath.join(folder, each).lower() not in taken)
    member = posixpath.join(folder, target)
    space.changed[member] = (
        b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        b'<worksheet xmlns="%s" xmlns:r="%s"><sheetData/></worksheet>'
        % (space.book.namespace.encode(), space.book.relationships.encode())
    )
    space.declare(member, "worksheet")
    identity = space.relate(space.book.member, "worksheet", target)
    sheets = book.element("sheets")
    if sheets is None:
        raise LookupError("sheets")
    ids = [int(each["sheetId"] or 0) for each in _listed(book)]
    shown = b' state="%s"' % state.encode() if state else b""
    xml = b'<%ssheet name="%s" sheetId="%d"%s xmlns:r="%s" r:id="%s"/>' % (
        book.prefix, quoted(name), max([0, *ids]) + 1, shown, space.book.relationships.encode(), identity.encode(),
    )  # fmt: skip
    space.splice(space.book.member, book.raw, [sheets.with_content(sheets.text + xml)])
    place = SheetPlace(len(ids), "worksheet", member)
    space.book = replace(space.book, part=space.part(space.book.member), sheets={**space.book.sheets, name: place})


def add_names(space: Workspace, names: Mapping[str, str]) -> None:
    """Defines names for the whole workbook.

    Raises:
        PatchRefused: a name means something else already, or is none that a range can have.
    """
    if not names:
        return
    book = space.part(space.book.member)
    known = {
        (each.get("name") or "").lower() for each in book.elements("definedName") if each.get("localSheetId") is None
    }
    for name in names:
        if not _NAME.fullmatch(name) or _LIKE_CELLS.fullmatch(name) or area(name):
            reason = Message(N_("{name} cannot be the name of a range"), {"name": name})
            raise PatchRefused(path=space.path, reason=reason)
        if name.lower() in known:
            raise PatchRefused(path=space.path, reason=Message(N_("it has a name {name} already"), {"name": name}))
        known.add(name.lower())
    p = book.prefix
    write_names(
        space,
        b"".join(
            b'<%sdefinedName name="%s">%s</%sdefinedName>' % (p, quoted(name), escaped(meant.removeprefix("=")), p)
            for name, meant in names.items()
        ),
    )


def write_names(space: Workspace, xml: bytes) -> None:
    """Puts defined names, as written, behind those that are there."""
    book = space.part(space.book.member)
    p = book.prefix
    holder = book.element("definedNames")
    if holder:
        space.splice(space.book.member, book.raw, [holder.with_content(holder.text + xml)])
        return
    place = max(each.end for name in _BEFORE_NAMES if (each := book.element(name)))
    space.splice(space.book.member, book.raw, [(place, place, b"<%sdefinedNames>%s</%sdefinedNames>" % (p, xml, p))])
