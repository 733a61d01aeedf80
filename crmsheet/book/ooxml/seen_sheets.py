"""What a sheet shows, in a form that does not depend on the program that saved it: to tell whether two are the same.

Numbers of formats and texts are resolved, formulas count by their text and not by their last result, and what programs
write anew at each save (ids, ranges in use, default widths) does not count.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from crmsheet.book.ooxml.areas import area, areas, letters
from crmsheet.book.ooxml.closures import links_of, reached
from crmsheet.book.ooxml.markup import Element, Part, attributes, part, plain, truth
from crmsheet.book.ooxml.seen_books import SeenBook, words_of
from crmsheet.book.ooxml.seen_looks import fill_look, font_look
from crmsheet.book.ooxml.sheet import SheetText
from crmsheet.book.ooxml.workbook import SheetPlace

_CHART = re.compile(rb"<(?:[\w.-]+:)?(?:f|v|t)(?:\s[^>]*)?>([^<]*)<")
_FROM = re.compile(rb"<(?:[\w.-]+:)?from\s*>.*?<(?:[\w.-]+:)?col\s*>(\d+)<.*?<(?:[\w.-]+:)?row\s*>(\d+)<", re.DOTALL)
_EXTENDED = re.compile(rb"<([\w.-]+):dataValidation\s.*?</\1:dataValidation\s*>", re.DOTALL)
_TAGS = re.compile(rb"<[^>]*>")
_PRINTED = ("_xlnm.print_area", "_xlnm.print_titles")
_LINKED = 1000
_RANGES = ("between", "notBetween")


def facts_around(seen: SeenBook, place: SheetPlace, text: SheetText) -> tuple[object, ...]:
    """What a sheet shows besides its rows."""
    sheet, end = text.part, text.body.end
    listed = [attributes(each.tag) for each in seen.book.part.elements("sheet")][place.position]
    return (
        listed.get("state") in ("hidden", "veryHidden"),
        _frozen(sheet, text.body.start),
        sorted(
            str(each) for each in areas(m.get("ref") or "" for m in sheet.elements("mergeCell", end)) if not each.single
        ),
        sorted(_validations(seen, sheet, end)),
        sorted(_rules(seen, sheet, end)),
        sorted(_links(seen, place, sheet, end)),
        sorted(_tables(seen, place)),
        _filter(sheet, end),
        any(truth(each.get("sheet")) for each in sheet.elements("sheetProtection", end)),
        sorted(_names(seen, place)),
        *_hanging(seen, place),
    )


def _frozen(sheet: Part, end: int) -> tuple[object, ...]:
    pane = sheet.element("pane", 0, end)
    if pane is None or pane.get("state") not in ("frozen", "frozenSplit"):
        return ()
    return tuple(float(pane.get(name) or 0) for name in ("xSplit", "ySplit"))


def _places(text: str | None) -> str:
    return " ".join(sorted(str(each) for each in areas((text or "").split())))


def _validations(seen: SeenBook, sheet: Part, end: int) -> Iterator[tuple[str, ...]]:
    for each in sheet.elements("dataValidation", end):
        operator = each.get("operator") or "between"
        kind, two = each.get("type") or "none", operator in _RANGES and each.get("type") != "list"
        formulas = [_formula(seen, each, name) for name in ("formula1", "formula2")[: 1 + two]]
        yield _places(each.get("sqref")), kind, operator, *(each for each in formulas if each)
    for match in _EXTENDED.finditer(sheet.scan, end):
        yield ("x14", plain(_TAGS.sub(b" ", match[0])))


def _formula(seen: SeenBook, holder: Element, name: str) -> str:
    found = holder.part.element(name, holder.inner, holder.close)
    return seen.formula(plain(found.text)) if found else ""


def _rules(seen: SeenBook, sheet: Part, end: int) -> Iterator[tuple[str, ...]]:
    member = seen.book.first("styles")
    styles = part(seen.package.read(member), seen.package.path, member) if member else None
    listed = styles.element("dxfs") if styles else None
    formats = listed.entries("dxf") if listed else []
    for holder in sheet.elements("conditionalFormatting", end):
        for rule in sheet.elements("cfRule", holder.inner, holder.close):
            formulas = [seen.formula(plain(each.text)) for each in sheet.elements("formula", rule.inner, rule.close)]
            index = rule.get("dxfId")
            shown = _differential(seen, formats[int(index)]) if index and int(index) < len(formats) else ""
            yield _places(holder.get("sqref")), rule.get("type") or "", rule.get("operator") or "", *formulas, shown


def _differential(seen: SeenBook, dxf: Element) -> str:
    """What a rule's format shows: the weight and colour of its font, and its fill."""
    font = dxf.part.element("font", dxf.inner, dxf.close)
    fill = dxf.part.element("fill", dxf.inner, dxf.close)
    weight = font_look(font, seen.colours)[1:3] + font_look(font, seen.colours)[-1:] if font else ()
    return repr((weight, fill_look(fill, seen.colours) != () if fill else False))


def _links(seen: SeenBook, place: SheetPlace, sheet: Part, end: int) -> Iterator[tuple[str, str]]:
    targets = {each.id: each.element.get("Target") or "" for each in links_of(seen.package, place.member)}
    for each in sheet.elements("hyperlink", end):
        said = attributes(each.tag)
        key = next((value for name, value in said.items() if name.endswith(":id")), "")
        where = (targets.get(key, "") + ("#" if said.get("location") else "") + said.get("location", "")).lstrip("#")
        for found in areas([said.get("ref", "")]):
            for row in range(found.top, min(found.bottom, found.top + _LINKED) + 1):
                yield f"{letters(found.left)}{row}", where


def _tables(seen: SeenBook, place: SheetPlace) -> Iterator[tuple[str, ...]]:
    for link in links_of(seen.package, place.member):
        if link.kind == "table" and link.target:
            table = part(seen.package.read(link.target), seen.package.path, link.target)
            root = table.element("table")
            if root:
                columns = [each.get("name") or "" for each in table.elements("tableColumn")]
                yield str(area(root.get("ref"))), root.get("displayName") or "", *columns


def _filter(sheet: Part, end: int) -> tuple[str, ...]:
    found = sheet.element("autoFilter", end)
    if found is None:
        return ()
    return (
        found.get("ref") or "",
        *(each.get("colId") or "" for each in sheet.elements("filterColumn", found.inner, found.close)),
    )


def _names(seen: SeenBook, place: SheetPlace) -> Iterator[tuple[str, str]]:
    for each in seen.book.part.elements("definedName"):
        name = (each.get("name") or "").lower()
        own = each.get("localSheetId") == str(place.position)
        meant = seen.formula(plain(each.text))
        if own and (name in _PRINTED or not name.startswith("_xlnm.")) and "#REF!" not in meant:
            yield name, meant


def _hanging(seen: SeenBook, place: SheetPlace) -> Iterator[object]:
    """Pictures by their bytes, drawings by their places, charts by what they read and say, comments by their words."""
    pictures: list[str] = []
    anchors: list[tuple[bytes, ...]] = []
    charts: list[list[str]] = []
    comments: list[tuple[str, str]] = []
    barred = {each.target for each in links_of(seen.package, seen.book.member) if each.target != place.member}
    for member in reached(seen.package, [place.member], barred):
        for link in links_of(seen.package, member):
            if not link.target or link.target in barred:
                continue
            raw = seen.package.read(link.target)
            if link.kind == "image":
                pictures.append(hashlib.sha256(raw).hexdigest())
            elif link.kind == "drawing":
                anchors += _FROM.findall(raw)
            elif link.kind in ("chart", "chartEx"):
                charts.append(sorted(seen.formula(plain(each)) for each in _CHART.findall(raw) if b"!" in each))
            elif link.kind == "comments":
                found = part(raw, seen.package.path, link.target)
                comments += [(each.get("ref") or "", words_of(each.text)) for each in found.elements("comment")]
    yield from (sorted(pictures), sorted(anchors), sorted(charts), sorted(comments))
