"""A sheet of another workbook taken whole: put in the place of ours of that name, or behind the others.

Our other parts stay as they are; formats, names and content types are added at the ends of their lists. What a sheet
cannot bring along is counted, and said in the receipt.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from crmsheet.book.ooxml.additions import add_sheet, check_sheet_name
from crmsheet.book.ooxml.closures import held_alone, links_member, links_of
from crmsheet.book.ooxml.markup import Part, attributes, part, truth, with_attribute, without_attribute
from crmsheet.book.ooxml.package import open_package
from crmsheet.book.ooxml.palettes import Repainting, palette_of
from crmsheet.book.ooxml.sheet import grammar
from crmsheet.book.ooxml.styles import EMPTY_STYLES, open_styles
from crmsheet.book.ooxml.taken_formulas import Formulas
from crmsheet.book.ooxml.taken_names import bring_names, exchange_local_names
from crmsheet.book.ooxml.taken_objects import bring_persons, bring_spilling, objects_xml, spilling
from crmsheet.book.ooxml.taken_parts import Moving
from crmsheet.book.ooxml.taken_pivots import shared_caches
from crmsheet.book.ooxml.taken_strings import strings_of
from crmsheet.book.ooxml.taken_styles import StyleTranslation
from crmsheet.book.ooxml.taken_tables import TableName, named_anew, refuse_lost_tables, table_xml, tables_on
from crmsheet.book.ooxml.taken_text import Losses, SheetSetting, TextTranslation
from crmsheet.book.ooxml.workbook import MAIN, SheetPlace, Workbook, open_workbook
from crmsheet.book.ooxml.workspace import Workspace
from crmsheet.core.errors import PatchRefused
from crmsheet.core.messages import N_, Message

_LEFT = {
    "pivotTable": "pivots", "slicer": "slicers", "timeline": "slicers", "tableSingleCells": "queries",
    "queryTable": "queries",
}  # fmt: skip
"""Kinds of relationships that lead out of what a sheet can bring along."""
_OBJECTS = ("drawing+xml", "drawingml.chart+xml", "chartex+xml", "controlproperties+xml")
_LOSSES: Mapping[str, str] = {
    "formulas": N_("{sheet}: {count} formulas read what this workbook does not have; their last results stay"),
    "rules": N_("{sheet}: {count} rules read what this workbook does not have: #REF! stands there"),
    "names": N_("{sheet}: {count} names of ranges read what this workbook does not have: #REF! stands there"),
    "objects": N_("{sheet}: {count} references of charts read what this workbook does not have: #REF! stands there"),
    "pivots": N_("{sheet}: {count} pivot tables did not come along; their cells show the last results"),
    "slicers": N_("{sheet}: {count} slicers did not come along"),
    "queries": N_("{sheet}: {count} links to a database or an XML map did not come along; the cells stay"),
    "records": N_("{sheet}: {count} cells hold a picture or a linked record, which did not come along"),
    "spills": N_("{sheet}: {count} formulas that spill fill a fixed range now"),
    "views": N_("{sheet}: {count} views that users keep did not come along"),
    "modules": N_("{sheet}: its own macros did not come along"),
    "macros": N_("{sheet}: {count} things that call macros did not come along"),
    "theme": N_("{sheet}: charts and drawings take the colours of this workbook's theme"),
}


@dataclass(slots=True)
class _Sheet:
    """A sheet on its way: its place there and here, what of ours is given up for it, its tables there and here."""

    name: str
    theirs: SheetPlace
    place: SheetPlace
    free: frozenset[str]
    tables: Mapping[str, TableName]
    known: Mapping[str, TableName] = field(default_factory=dict)
    losses: Losses = field(default_factory=Losses)


def take_sheets(space: Workspace, taken: Mapping[str, bytes]) -> None:
    """Takes sheets whole from other workbooks, by name.

    Raises:
        PatchRefused: a sheet cannot be taken whole, with the reason; nothing is done by halves.
        SheetUnknown: the other workbook has no such sheet.
        BookCorrupt: the other workbook is no whole one.
    """
    for content in dict.fromkeys(taken.values()):
        theirs = open_workbook(open_package(content, space.path))
        _refuse_unlike(space, theirs)
        names = [name for name, each in taken.items() if each == content]
        _take(space, theirs, sorted(names, key=lambda name: theirs.sheet(name)[1].position))


def _refuse_unlike(space: Workspace, theirs: Workbook) -> None:
    if space.book.namespace != theirs.namespace:
        template = N_("only one of the two workbooks is written in the strict form of the format")
        raise PatchRefused(path=space.path, reason=Message(template))


def _take(space: Workspace, theirs: Workbook, names: Iterable[str]) -> None:
    """The sheets of one workbook, in the order that they have there."""
    sheets = [_placed(space, theirs, name) for name in names]
    formulas = _formulas(space, theirs, sheets)
    repainting = Repainting(palette_of(theirs, theirs.package), palette_of(space.book, space))
    member = theirs.first("styles")
    raw = theirs.package.read(member) if member else EMPTY_STYLES.replace(MAIN.encode(), theirs.namespace.encode())
    styles = StyleTranslation(
        space.styles, open_styles(part(raw, space.path, member or "styles.xml"), space.path), repainting
    )
    for sheet in sheets:
        _bring(space, theirs, sheet, styles, formulas)
    other = bring_names(space, theirs.part, formulas, sheets[0].losses)
    for sheet in sheets:
        for kind, count in sheet.losses.counts.items():
            space.note(_LOSSES[kind], sheet=sheet.name, count=count)
    for name in other:
        space.note(N_("the name {name}, which taken sheets use, means something else in this workbook"), name=name)


def _placed(space: Workspace, theirs: Workbook, name: str) -> _Sheet:
    """A sheet with the place that it gets; one that ours lacks is added, empty."""
    spelled, there = theirs.sheet(name)
    state = _listed(theirs.part, there.position).get("state", "")
    known = next((each for each in space.book.sheets if each.lower() == name.lower()), None)
    if known is None:
        check_sheet_name(space, spelled)
        add_sheet(space, spelled, state if state in ("hidden", "veryHidden") else "")
        place = space.book.sheets[spelled]
        return _Sheet(spelled, there, place, frozenset({place.member}), tables_on(theirs.package, there.member))
    spelled, place = space.book.sheet(known)
    refuse_held(space, spelled, place)
    _show(space, place.position, state)
    free = held_alone(space, place.member) | {place.member}
    return _Sheet(spelled, there, place, free, tables_on(theirs.package, there.member))


def refuse_held(space: Workspace, name: str, place: SheetPlace) -> None:
    """Slicers are spread over sheets and the workbook: taking one of these away would damage the others.

    Raises:
        PatchRefused: the sheet has slicers, or something that slicers may hang on.
    """
    kinds = {each.kind for each in links_of(space, place.member)}
    sliced = {"slicerCache", "timelineCache"} & {each.kind for each in links_of(space, space.book.member)}
    if kinds & {"slicer", "timeline"} or (sliced and kinds & {"pivotTable", "table"}):
        template = N_("slicers hang on the sheet {sheet}, which would go")
        raise PatchRefused(path=space.path, reason=Message(template, {"sheet": name}))


def _listed(book: Part, position: int) -> dict[str, str]:
    """The attributes of the entry of a sheet in its workbook."""
    return next(attributes(each.tag) for at, each in enumerate(book.elements("sheet")) if at == position)


def _show(space: Workspace, position: int, state: str) -> None:
    """Hides or shows a sheet as it is there, unless none would be left to be seen."""
    book = space.part(space.book.member)
    listed = list(book.elements("sheet"))
    hidden = {at for at, each in enumerate(listed) if each.get("state") in ("hidden", "veryHidden")}
    tag = without_attribute(listed[position].tag, "state")
    if state in ("hidden", "veryHidden"):
        if len(hidden | {position}) == len(listed):
            return
        tag = with_attribute(listed[position].tag, "state", state)
    elif position not in hidden:
        return
    if tag != listed[position].tag:
        space.splice(space.book.member, book.raw, [listed[position].with_tag(tag)])


def _formulas(space: Workspace, theirs: Workbook, sheets: Sequence[_Sheet]) -> Formulas:
    """What the formulas of the taken sheets find in our workbook; the tables get their names and numbers here."""
    exchanged = {each.place.member for each in sheets}
    ours = {name: tables_on(space, each.member) for name, each in space.book.sheets.items() if each.kind == "worksheet"}
    members = {name: each.member for name, each in space.book.sheets.items()}
    stay = [table for name, found in ours.items() if members[name] not in exchanged for table in found.values()]
    ranges = [each.get("name") or "" for each in space.part(space.book.member).elements("definedName")]
    tables = {each.name.lower() for each in stay}
    renamed: dict[str, str] = {}
    for sheet in sheets:
        sheet.known = named_anew(sheet.tables, stay, ranges)
        stay += sheet.known.values()
        for member, old in sheet.tables.items():
            tables.add(old.name.lower())
            if sheet.known[member].name != old.name:
                renamed[old.name.lower()] = sheet.known[member].name
        held = ours[sheet.name].values()
        refuse_lost_tables(space, sheet.name, held, sheet.known.values(), exchanged)
    names = frozenset(each.lower() for each in space.book.sheets)
    return Formulas(names, frozenset(tables), _same_links(space, theirs), renamed)


def _same_links(space: Workspace, theirs: Workbook) -> frozenset[str]:
    """The numbers of linked workbooks that are the same in both."""
    here, there = _links(space.book, space.part(space.book.member)), _links(theirs, theirs.part)
    return frozenset(str(n) for n, (one, other) in enumerate(zip(here, there, strict=False), 1) if one == other)


def _links(book: Workbook, text: Part) -> list[str]:
    targets = {each.id: each.target for each in links_of(book.package, book.member)}
    found = []
    for each in text.elements("externalReference"):
        member = next((targets.get(value, "") for name, value in attributes(each.tag).items() if name.endswith(":id")))
        outside = [link.element.get("Target") or "" for link in links_of(book.package, member)] if member else []
        found.append("\n".join(outside) or member)
    return found


def _bring(space: Workspace, theirs: Workbook, sheet: _Sheet, styles: StyleTranslation, formulas: Formulas) -> None:
    """A sheet and all that hangs on it, and what ours held alone taken out."""
    package, there = theirs.package, sheet.theirs.member
    text = _translation(space, theirs, sheet, styles, formulas)
    caches = _caches(space, theirs, sheet)
    left = {kind: each for kind, each in _LEFT.items() if kind != "pivotTable" or caches is None}
    for link in links_of(package, there):
        if link.kind in left:
            sheet.losses.add(left[link.kind])
    had = _computes(space, sheet.place.member)
    names = {there: sheet.place.member, **(caches or {})}
    moving = Moving(space, package, sheet.free - {*(caches or {}).values()}, names, set(names.values()))
    brought: list[tuple[str, bytes]] = []

    def change(member: str, content: bytes) -> bytes:
        kind = moving.type(member)
        brought.append((kind, content))
        if member == there:
            return text.of(content, space.path, member)
        if member in sheet.known:
            return table_xml(content, sheet.known[member], text, space.path, member)
        if kind.endswith("pivottable+xml"):
            return text.rules(content)
        if kind.endswith(_OBJECTS):
            return objects_xml(content, formulas, sheet.losses, pivots=caches is not None)
        return content

    moving.bring(there, left, change)
    _give_up(space, sheet.free - moving.used)
    bring_persons(space, theirs, [content for kind, content in brought if kind.endswith("threadedcomments+xml")])
    exchange_local_names(space, sheet.place.position, theirs.part, sheet.theirs.position, formulas, sheet.losses)
    if styles.paint.needed and any(b"schemeClr" in content for kind, content in brought if kind.endswith(_OBJECTS)):
        sheet.losses.add("theme")
    space.computed |= had or _computes(space, sheet.place.member)


def _translation(
    space: Workspace, theirs: Workbook, sheet: _Sheet, styles: StyleTranslation, formulas: Formulas
) -> TextTranslation:
    """What the XML of the sheet needs to be at home here.

    Raises:
        PatchRefused: its dates would mean other days.
    """
    raw = theirs.package.read(sheet.theirs.member)
    source = part(raw, space.path, sheet.theirs.member)
    there, here = theirs.first("sharedStrings"), space.book.first("sharedStrings")
    strings = strings_of(
        part(theirs.package.read(there), space.path, there) if there else None,
        space.part(here) if here else None,
        source.prefix,
        styles,
    )
    text = TextTranslation(styles, strings, formulas, _setting(space, theirs, sheet, raw), sheet.losses)
    if space.book.date1904 != theirs.date1904 and text.has_dates(source):
        template = N_("only one of the two workbooks counts its days from 1904: the dates of {sheet} would shift")
        raise PatchRefused(path=space.path, reason=Message(template, {"sheet": sheet.name}))
    return text


def _caches(space: Workspace, theirs: Workbook, sheet: _Sheet) -> dict[str, str] | None:
    """What the pivot tables of the sheet are made of, there and here; None if they cannot come along.

    Raises:
        PatchRefused: ours has pivot tables on this sheet, which would be lost.
    """
    caches = shared_caches(space, space.book.member, theirs.package, theirs.member, sheet.theirs.member)
    if caches is None and any(each.kind == "pivotTable" for each in links_of(space, sheet.place.member)):
        template = N_("the pivot tables of {sheet} hold other figures than the other workbook's")
        raise PatchRefused(path=space.path, reason=Message(template, {"sheet": sheet.name}))
    return caches


def _give_up(space: Workspace, members: Iterable[str]) -> None:
    """Takes parts out that hung on the old sheet alone."""
    for each in members:
        space.remove(each)
        if held := space.find(links_member(each)):
            space.remove(held)


def _computes(space: Workspace, member: str) -> bool:
    sheet = space.part(member)
    return grammar(sheet.prefix).formula.search(sheet.scan) is not None


def _setting(space: Workspace, theirs: Workbook, sheet: _Sheet, raw: bytes) -> SheetSetting:
    """What of the sheet belongs to our workbook, as the sheet says that stands there now."""
    book, old = space.part(space.book.member), space.part(sheet.place.member)
    view, properties = old.element("sheetView"), old.element("sheetPr")
    if theirs.first("vbaProject") and part(raw, space.path, sheet.theirs.member).element("sheetPr"):
        macros = [
            book.package.read(member) if (member := book.first("vbaProject")) else b"" for book in (space.book, theirs)
        ]
        if macros[0] != macros[1]:
            sheet.losses.add("modules")
    dynamic, _ = spilling(theirs.package, theirs.member)
    spills = bring_spilling(space, theirs) if dynamic and re.search(rb"\scm=", raw) else 0
    return SheetSetting(
        selected=view is not None and truth(view.get("tabSelected")),
        views=sum(1 for _ in book.elements("workbookView")) or 1,
        views_of_users=frozenset(each.get("guid") or "" for each in book.elements("customWorkbookView")),
        code=(properties.get("codeName") or "") if properties else "",
        dynamic=dynamic,
        spills=spills,
    )
