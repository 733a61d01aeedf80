"""Sheets taken out of a workbook: only where nothing reads them, so that nothing else changes what it shows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from crmsheet.book.ooxml.closures import held_alone, links_member, links_of
from crmsheet.book.ooxml.markup import Element, Splice, attributes, plain, truth, with_attribute
from crmsheet.book.ooxml.sheet import grammar
from crmsheet.book.ooxml.taken_formulas import sheets_read
from crmsheet.book.ooxml.taken_tables import refuse_lost_tables, tables_on
from crmsheet.book.ooxml.taking import refuse_held
from crmsheet.book.ooxml.workbook import SheetPlace
from crmsheet.book.ooxml.workspace import Workspace
from crmsheet.core.errors import PatchRefused
from crmsheet.core.messages import N_, Message

_FORMULAS = ("f", "formula", "formula1", "formula2")
_READING = re.compile(rb"<(?:[\w.-]+:)?f(?:\s[^>]*)?>([^<]*)<")
_CHARTS = re.compile(r"(?i)(?:^|/)charts/[^/]+\.xml$")


def remove_sheets(space: Workspace, names: Iterable[str]) -> None:
    """Takes sheets out, with all that only they hold.

    Raises:
        SheetUnknown: there is no such sheet.
        PatchRefused: something reads it, it is the last one that shows, or the structure is protected.
    """
    for name in sorted(names):
        spelled, place = space.book.sheet(name)
        _check(space, spelled, place)
        _remove(space, spelled, place)


def _check(space: Workspace, name: str, place: SheetPlace) -> None:
    book = space.part(space.book.member)
    protection = book.element("workbookProtection")
    if protection and truth(protection.get("lockStructure")):
        raise _refused(space, N_("its structure is protected against taking sheets out"))
    shown = [each for each in book.elements("sheet") if each.get("state") not in ("hidden", "veryHidden")]
    if not any(each.get("name") != name for each in shown):
        raise _refused(space, N_("{sheet} is its last sheet"), sheet=name)
    refuse_held(space, name, place)
    refuse_lost_tables(space, name, tables_on(space, place.member).values(), (), {place.member})
    reader = next((where for where, text in _texts(space, name, place) if name.lower() in sheets_read(text)), None)
    if reader is not None:
        raise _refused(space, N_("{where} reads the sheet {sheet}"), where=reader, sheet=name)


def _refused(space: Workspace, template: str, **facts: object) -> PatchRefused:
    return PatchRefused(path=space.path, reason=Message(template, facts))


def _texts(space: Workspace, name: str, place: SheetPlace) -> Iterator[tuple[str, str]]:
    """All formulas that may read the sheet, and where they stand."""
    word = re.compile(re.escape(name.replace("'", "''")).encode(), re.IGNORECASE)
    book = space.part(space.book.member)
    for each in book.elements("definedName"):
        if each.get("localSheetId") != str(place.position):
            yield each.get("name") or "", plain(each.text)
    own = held_alone(space, place.member)
    for other, where in space.book.sheets.items():
        if where.member != place.member and where.kind == "worksheet":
            sheet = space.part(where.member)
            if word.search(sheet.scan):
                yield from ((other, plain(each.text)) for kind in _FORMULAS for each in sheet.elements(kind))
                yield from (
                    (other, plain(each)) for each in _READING.findall(sheet.raw, sheet.scan.rfind(b"sheetData"))
                )
                yield from ((other, each.get("location") or "") for each in sheet.elements("hyperlink"))
    for member in space.package.members:
        if _CHARTS.search(member.name) and space.find(member.name) and member.name not in own:
            yield from ((member.name, plain(each)) for each in _READING.findall(space.read(member.name)))
    for link in links_of(space, space.book.member):
        if link.kind == "pivotCacheDefinition" and link.target:
            sources = space.part(link.target).elements("worksheetSource")
            yield from ((link.target, f"'{each.get('sheet') or ''}'!A1") for each in sources)


def _remove(space: Workspace, name: str, place: SheetPlace) -> None:
    sheet = space.part(place.member)
    space.computed |= grammar(sheet.prefix).formula.search(sheet.scan) is not None
    for each in (*held_alone(space, place.member), place.member):
        held = space.find(links_member(each))
        for member in (each, held):
            if member:
                space.remove(member)
    _unlink(space, place)
    book = space.part(space.book.member)
    space.splice(space.book.member, book.raw, list(_book_splices(space, place)))
    left = {key: each for key, each in space.book.sheets.items() if key != name}
    moved = {
        key: replace(each, position=each.position - (each.position > place.position)) for key, each in left.items()
    }
    space.book = replace(space.book, part=space.part(space.book.member), sheets=moved)


def _unlink(space: Workspace, place: SheetPlace) -> None:
    """Takes the relationship of the workbook to the sheet out."""
    holder = space.find(links_member(space.book.member))
    if holder is None:
        raise LookupError(links_member(space.book.member))
    rels, key = space.part(holder), _key(_entry(space, place))
    old = [each for each in rels.elements("Relationship") if each.get("Id") == key]
    space.splice(holder, rels.raw, [(each.start, each.end, b"") for each in old])


def _entry(space: Workspace, place: SheetPlace) -> Element:
    return list(space.part(space.book.member).elements("sheet"))[place.position]


def _key(entry: Element) -> str:
    return next((value for name, value in attributes(entry.tag).items() if name.endswith(":id")), "")


def _book_splices(space: Workspace, place: SheetPlace) -> Iterator[Splice]:
    """The sheet's entry and names, and the numbers by which others are known that stand behind it."""
    entry = _entry(space, place)
    yield entry.start, entry.end, b""
    book, at = entry.part, place.position
    names = list(book.elements("definedName"))
    holder = book.element("definedNames")
    if holder and names and all(each.get("localSheetId") == str(at) for each in names):
        yield holder.start, holder.end, b""
        names = []
    for each in names:
        own = each.get("localSheetId") or ""
        if own == str(at):
            yield each.start, each.end, b""
        elif own.isdigit() and int(own) > at:
            yield each.with_tag(with_attribute(each.tag, "localSheetId", str(int(own) - 1)))
    for view in book.elements("workbookView"):
        tag = view.tag
        for name in ("activeTab", "firstSheet"):
            number = view.get(name) or "0"
            if number.isdigit() and int(number) >= max(at, 1):
                tag = with_attribute(tag, name, str(int(number) - 1))
        if tag != view.tag:
            yield view.with_tag(tag)
