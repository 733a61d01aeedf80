"""What the XML of a workbook tells beside its cells: hidden columns, filters, colours, comments, pictures, macros.

Only `doctor` asks for it: no other command pays for reading the parts once more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from crmsheet.book.ooxml.areas import Area, area, letters
from crmsheet.book.ooxml.colours import painted_styles
from crmsheet.book.ooxml.markup import Part, attribute, part, plain, truth
from crmsheet.book.ooxml.package import Package, open_package
from crmsheet.book.ooxml.workbook import Relation, SheetPlace, Workbook, open_workbook, relations_of
from crmsheet.core.cells import LAST_COLUMN

_DRAWN: Mapping[str, str] = {"image": "pictures", "chart": "charts", "chartEx": "charts"}
_HELD: Mapping[str, str] = {
    "pivotTable": "pivots", "oleObject": "objects", "package": "objects", "control": "objects", "table": "tables",
    "slicer": "slicers",
}  # fmt: skip
_OF_BOOK: Mapping[str, str] = {
    "vbaProject": "macros", "xlMacrosheet": "macros", "xlIntlMacrosheet": "macros", "externalLink": "links",
    "connections": "connections",
}  # fmt: skip
THINGS = ("macros", "pictures", "charts", "pivots", "slicers", "tables", "objects", "links", "connections")
"""What a workbook may hold beside cells; all of it is carried untouched."""


@dataclass(frozen=True, slots=True)
class SheetAnatomy:
    """What the parts of one sheet tell.

    `state`     '' for a sheet that shows, else `hidden` or `veryHidden` (which no menu shows)
    `hidden`    hidden columns, as `C` or `E:G`
    `outlined`  rows and columns that belong to an outline
    `filters`   areas with a filter; `filtering` those of them that hide rows now
    `extent`    the area that the file says is used; None where it does not say
    `painted`   row -> the colours of its cells, as (`fill` or `font`, RRGGBB); default black and white are left out
    `comments`  places of comments, in the order of the file
    `things`    how many of each of THINGS
    """

    name: str
    kind: str = "worksheet"
    state: str = ""
    hidden: tuple[str, ...] = ()
    outlined: int = 0
    filters: tuple[str, ...] = ()
    filtering: tuple[str, ...] = ()
    extent: Area | None = None
    painted: Mapping[int, frozenset[tuple[str, str]]] = field(default_factory=dict)
    comments: tuple[str, ...] = ()
    things: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Anatomy:
    """What the parts of a workbook tell: its sheets by name, its own things, and which program wrote it."""

    sheets: Mapping[str, SheetAnatomy]
    things: Mapping[str, int] = field(default_factory=dict)
    program: str = ""
    protected: bool = False


def anatomy(path: str, content: bytes) -> Anatomy:
    """What the parts of a workbook tell beside its cells.

    Raises:
        PatchRefused: it is written in a way that crmsheet reads, but does not edit.
        BookCorrupt: a part is damaged.
    """
    package = open_package(content, path)
    book = open_workbook(package)
    states = {each.get("name") or "": each.get("state") or "" for each in book.part.elements("sheet")}
    painted = _painted(book)
    sheets = {name: _sheet(package, name, place, states.get(name, ""), painted) for name, place in book.sheets.items()}
    things = _counted(each.kind for each in book.relations if each.kind in _OF_BOOK)
    protection = book.part.element("workbookProtection")
    protected = protection is not None and truth(protection.get("lockStructure"))
    return Anatomy(sheets, things, _program(package), protected)


def _counted(kinds: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for kind in kinds:
        name = _OF_BOOK.get(kind) or _HELD.get(kind) or _DRAWN[kind]
        found[name] = found.get(name, 0) + 1
    return found


def _painted(book: Workbook) -> Mapping[int, frozenset[tuple[str, str]]]:
    member, theme = book.first("styles"), book.first("theme")
    if member is None:
        return {}
    read = book.package.read
    styles = part(read(member), book.package.path, member)
    return painted_styles(styles, part(read(theme), book.package.path, theme) if theme else None)


def _program(package: Package) -> str:
    """The program that wrote the file, as it says itself."""
    member = next((each.target for each in relations_of(package, "") if each.kind == "extended-properties"), None)
    found = part(package.read(member), package.path, member).element("Application") if member else None
    return plain(found.text).strip() if found else ""


def _sheet(
    package: Package,
    name: str,
    place: SheetPlace,
    state: str,
    painted: Mapping[int, frozenset[tuple[str, str]]],
) -> SheetAnatomy:
    relations = relations_of(package, place.member)
    things = _counted((*_drawn(package, relations), *(each.kind for each in relations if each.kind in _HELD)))
    state = state if state in ("hidden", "veryHidden") else ""
    if place.kind != "worksheet":
        return SheetAnatomy(name, place.kind, state, things=things)
    sheet = part(package.read(place.member), package.path, place.member)
    body = sheet.element("sheetData")
    begin, end = (body.start, body.end) if body else (0, 0)
    dimension = sheet.element("dimension", 0, begin)
    filters = _filters(package, sheet, end, relations)
    return SheetAnatomy(
        name,
        place.kind,
        state,
        hidden=tuple(_hidden_columns(sheet, begin)),
        outlined=_outlined(sheet, begin, end),
        filters=tuple(filters),
        filtering=tuple(each for each, hides in filters.items() if hides),
        extent=area(dimension.get("ref")) if dimension else None,
        painted=_painted_rows(sheet, begin, end, painted),
        comments=tuple(_comments(package, relations)),
        things=things,
    )


def _drawn(package: Package, relations: Sequence[Relation]) -> list[str]:
    """The kinds of what the drawings of a sheet show."""
    drawings = [each.target for each in relations if each.kind == "drawing"]
    return [each.kind for member in drawings for each in relations_of(package, member) if each.kind in _DRAWN]


def _hidden_columns(sheet: Part, begin: int) -> list[str]:
    found = []
    for each in sheet.elements("col", 0, begin):
        if truth(each.get("hidden")):
            first, last = (letters(min(int(each.get(name) or 1), LAST_COLUMN)) for name in ("min", "max"))
            found.append(first if first == last else f"{first}:{last}")
    return found


def _outlined(sheet: Part, begin: int, end: int) -> int:
    """How many rows, and how many stretches of columns, belong to an outline."""
    tag = re.compile(rb"<" + re.escape(sheet.prefix) + rb"row\b[^>]*?\soutlineLevel=[\"'][1-7][\"']")
    rows = sum(1 for _ in tag.finditer(sheet.scan, begin, end)) if b"outlineLevel" in sheet.scan[begin:end] else 0
    columns = (each.get("outlineLevel") or "0" for each in sheet.elements("col", 0, begin))
    return rows + sum(level != "0" for level in columns)


def _filters(package: Package, sheet: Part, end: int, relations: Sequence[Relation]) -> dict[str, bool]:
    """The areas with a filter, of the sheet and of its Excel tables -> whether a condition is set."""
    parts = [(sheet, end)]
    parts += [(part(package.read(r.target), package.path, r.target), 0) for r in relations if r.kind == "table"]
    found: dict[str, bool] = {}
    for each, start in parts:
        filter_ = each.element("autoFilter", start)
        if filter_:
            condition = each.element("filterColumn", filter_.inner, filter_.close)
            found[filter_.get("ref") or ""] = condition is not None
    return found


def _painted_rows(
    sheet: Part, begin: int, end: int, painted: Mapping[int, frozenset[tuple[str, str]]]
) -> dict[int, frozenset[tuple[str, str]]]:
    """Row -> the colours of its cells; looked for only where some style has a colour."""
    if not painted:
        return {}
    styles = b"|".join(b"%d" % each for each in sorted(painted))
    cell = re.compile(rb"<" + re.escape(sheet.prefix) + rb"c\b[^>]*?\ss=[\"'](?:" + styles + rb")[\"'][^>]*>")
    rows: dict[int, set[tuple[str, str]]] = {}
    for match in cell.finditer(sheet.scan, begin, end):
        row = re.search(r"\d+$", attribute(match[0], "r") or "")
        if row:
            rows.setdefault(int(row[0]), set()).update(painted[int(attribute(match[0], "s") or 0)])
    return {row: frozenset(colours) for row, colours in rows.items()}


def _comments(package: Package, relations: Sequence[Relation]) -> list[str]:
    """The places of notes; those of threaded comments have a note each, for programs that do not know them."""
    found: dict[str, None] = {}
    for relation in relations:
        if relation.kind in ("comments", "threadedComment"):
            comments = part(package.read(relation.target), package.path, relation.target)
            name = "comment" if relation.kind == "comments" else "threadedComment"
            found.update(dict.fromkeys(each.get("ref") or "" for each in comments.elements(name)))
    return [each for each in found if each]
