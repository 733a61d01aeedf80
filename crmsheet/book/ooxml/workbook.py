"""Where things are in a workbook: relationships, sheets, styles, the date system, the calculation flag."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from crmsheet.book.ooxml.closures import links_of
from crmsheet.book.ooxml.markup import Part, Splice, attributes, part, truth, with_attribute
from crmsheet.book.ooxml.package import Package
from crmsheet.core.errors import BookCorrupt, PatchRefused, SheetUnknown
from crmsheet.core.messages import N_, Message

_TRANSITIONAL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships"
_STRICT_MAIN = "http://purl.oclc.org/ooxml/spreadsheetml/main"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_BEFORE_CALC = ("sheets", "functionGroups", "externalReferences", "definedNames")


@dataclass(frozen=True, slots=True)
class Relation:
    """A relationship: the last word of its type (the same in the strict and the transitional form), and its target."""

    id: str
    kind: str
    target: str


@dataclass(frozen=True, slots=True)
class SheetPlace:
    """A sheet of the workbook: its position, the kind of its relationship, and the name of its part."""

    position: int
    kind: str
    member: str


@dataclass(frozen=True, slots=True)
class Workbook:
    """The workbook part and what it names. `sheets` are in the order of the tabs."""

    package: Package
    member: str
    part: Part
    relations: tuple[Relation, ...]
    sheets: Mapping[str, SheetPlace]
    date1904: bool

    def sheet(self, name: str) -> tuple[str, SheetPlace]:
        """The spelled name and the place of a worksheet; names are compared without case, as Excel does.

        Raises:
            SheetUnknown: there is none.
            PatchRefused: it is a chart or a macro sheet.
        """
        spelled = name if name in self.sheets else next((n for n in self.sheets if n.lower() == name.lower()), None)
        if spelled is None:
            raise SheetUnknown(path=self.package.path, sheet=name, sheets=", ".join(self.sheets))
        place = self.sheets[spelled]
        if place.kind != "worksheet":
            reason = Message(N_("the sheet {sheet} is a chart, not a table"), {"sheet": name})
            raise PatchRefused(path=self.package.path, reason=reason)
        return spelled, place

    @property
    def relationships(self) -> str:
        """The namespace of its relationships: a strict workbook has its own."""
        return _STRICT if self.namespace == _STRICT_MAIN else _TRANSITIONAL

    @property
    def namespace(self) -> str:
        """The main namespace of its parts."""
        root = next(self.part.elements(self.part.root.decode()))
        return _STRICT_MAIN if _STRICT_MAIN.encode() in root.tag else MAIN

    def first(self, kind: str) -> str | None:
        """The member of the first relationship of a kind, such as `styles`."""
        return next((each.target for each in self.relations if each.kind == kind), None)


def relations_of(package: Package, member: str) -> tuple[Relation, ...]:
    """The internal relationships of a member whose targets exist; empty if it has none."""
    return tuple(Relation(each.id, each.kind, each.target) for each in links_of(package, member) if each.target)


def open_workbook(package: Package) -> Workbook:
    """The workbook of a package.

    Raises:
        BookCorrupt: the package holds no workbook.
        PatchRefused: it carries a digital signature, which any edit would break, or is a binary .xlsb.
    """
    roots = relations_of(package, "")
    _refuse_signed(package, roots)
    member = next((each.target for each in roots if each.kind == "officeDocument"), None)
    if member is None:
        raise BookCorrupt(path=package.path, detail=Message(N_("it holds no workbook")))
    if member.endswith(".bin"):
        raise PatchRefused(path=package.path, reason=Message(N_("it is a binary .xlsb workbook")))
    book = part(package.read(member), package.path, member)
    relations = relations_of(package, member)
    properties = book.element("workbookPr")
    date1904 = properties is not None and truth(properties.get("date1904"))
    return Workbook(package, member, book, relations, _sheets(book, relations), date1904)


def _refuse_signed(package: Package, roots: tuple[Relation, ...]) -> None:
    signed = any(each.name.lower().startswith("_xmlsignatures/") for each in package.members)
    if signed or any(each.kind == "origin" for each in roots):
        raise PatchRefused(path=package.path, reason=Message(N_("it carries a digital signature")))


def _sheets(book: Part, relations: tuple[Relation, ...]) -> Mapping[str, SheetPlace]:
    by_id = {each.id: each for each in relations}
    found: dict[str, SheetPlace] = {}
    for position, each in enumerate(book.elements("sheet")):
        relation = by_id.get(_relation_id(each.tag))
        if relation:
            found.setdefault(each.get("name") or "", SheetPlace(position, relation.kind, relation.target))
    return found


def _relation_id(tag: bytes) -> str:
    """The value of `r:id`, whatever prefix the relationships namespace has."""
    return next((value for name, value in attributes(tag).items() if name.endswith(":id")), "")


def recalculated(book: Part) -> list[Splice]:
    """The splices that make a spreadsheet program compute every formula when it opens the workbook.

    Excel trusts cached results unless `calcPr/@fullCalcOnLoad` is set (ECMA-376 part 1, 18.2.2), also when the
    calculation mode is manual; it clears the flag on the next save.
    """
    found = book.element("calcPr")
    if found:
        return (
            []
            if truth(found.get("fullCalcOnLoad"))
            else [found.with_tag(with_attribute(found.tag, "fullCalcOnLoad", "1"))]
        )
    ends = [each.end for name in _BEFORE_CALC if (each := book.element(name))]
    if not ends:
        return []
    return [(max(ends), max(ends), b"<" + book.prefix + b'calcPr fullCalcOnLoad="1"/>')]
