"""Which sheets differ between two states of a book: those that no schema knows are carried whole, not by cells."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass

from crmsheet.book.foreign.number_formats import BUILT_IN
from crmsheet.book.members import sheet_names
from crmsheet.book.ooxml.closures import links_of, reached
from crmsheet.book.ooxml.package import Package, open_package
from crmsheet.book.ooxml.seen_books import SeenBook, open_seen, seen_book
from crmsheet.book.ooxml.seen_rows import same_cells, same_columns
from crmsheet.book.ooxml.seen_sheets import facts_around
from crmsheet.book.ooxml.workbook import SheetPlace, Workbook, open_workbook
from crmsheet.book.opened import Opened
from crmsheet.core.errors import CellRefused, PatchRefused


@dataclass(frozen=True, slots=True)
class SheetChanges:
    """Names of sheets: `changed` in values, formulas or looks, `added`, `gone`."""

    changed: frozenset[str] = frozenset()
    added: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()

    @property
    def names(self) -> frozenset[str]:
        """All that are not as they were."""
        return self.changed | self.added | self.gone


def changed_sheets(base: Opened, other: Opened, only: Container[str] | None = None) -> SheetChanges:
    """The sheets of a book that are not as they were in `base`; `only` limits what is compared.

    A sheet that another program saved anew, with other numbers for its formats and texts, is the same as far as its
    cells, formulas, looks, rules, tables, links, notes and pictures are; what was computed last does not count. Where
    that cannot be told, because it is written in a way that is not understood, other bytes are a change.
    """
    mine, theirs = ({each.name: each for each in one.sheets} for one in (base, other))
    both = [name for name in mine if name in theirs and (only is None or name in only)]
    if base.source.format == other.source.format == "xlsx":
        same = _same_in_workbooks(base, other, both)
    else:
        same = frozenset(
            name for name in both if _same_file(base, other, name) or mine[name].cells.equals(theirs[name].cells)
        )
    return SheetChanges(
        frozenset(both) - same,
        frozenset(name for name in theirs if name not in mine and (only is None or name in only)),
        frozenset(name for name in mine if name not in theirs and (only is None or name in only)),
    )


def _same_file(base: Opened, other: Opened, name: str) -> bool:
    """Whether a sheet of two books of CSV files is the same bytes."""
    found = [one.files.get(_member(one.files, name), b"\0") for one in (base, other) if one.dialects]
    return len(found) == 2 and found[0] == found[1]


def _member(files: Mapping[str, bytes], name: str) -> str:
    return "" if "" in files else sheet_names(files).get(name, "")


def _same_in_workbooks(base: Opened, other: Opened, names: list[str]) -> frozenset[str]:
    if base.files[""] == other.files[""]:
        return frozenset(names)
    one, two = (open_workbook(open_package(each.files[""], str(each.source.path))) for each in (base, other))
    shared = _same_surroundings(one, two)
    seen: list[SeenBook] = []
    found = set()
    for name in names:
        here, there = one.sheets.get(name), two.sheets.get(name)
        if here is None or there is None or here.kind != there.kind:
            continue
        if shared and _same_parts(one, here, two, there):
            found.add(name)
        elif here.kind == "worksheet":
            seen = seen or [seen_book(each, BUILT_IN) for each in (one, two)]
            if _seen_alike(seen[0], here, seen[1], there, name):
                found.add(name)
    return frozenset(found)


def _same_surroundings(one: Workbook, two: Workbook) -> bool:
    """Whether formats, texts, colours and names are the same bytes: then sheets of the same bytes are the same."""
    if one.date1904 != two.date1904:
        return False
    names = [[each.tag + each.text for each in book.part.elements("definedName")] for book in (one, two)]
    parts = ((one.first(kind), two.first(kind)) for kind in ("styles", "sharedStrings", "theme"))
    return names[0] == names[1] and all(_same_member(one.package, a, two.package, b) for a, b in parts)


def _same_member(one: Package, here: str | None, two: Package, there: str | None) -> bool:
    if here is None or there is None:
        return here == there
    return one.packed_as(here) == two.packed_as(there) or one.read(here) == two.read(there)


def _same_parts(one: Workbook, here: SheetPlace, two: Workbook, there: SheetPlace) -> bool:
    """Whether a sheet and all that hangs on it are the same bytes."""
    if not _same_member(one.package, here.member, two.package, there.member):
        return False
    mine, theirs = (_hanging(book, place) for book, place in ((one, here), (two, there)))
    listed = [
        [each.tag for each in book.part.elements("sheet")][place.position]
        for book, place in ((one, here), (two, there))
    ]
    return (
        len(mine) == len(theirs)
        and all(_same_member(one.package, a, two.package, b) for a, b in zip(mine, theirs, strict=True))
        and (b"idden" in listed[0]) == (b"idden" in listed[1])
    )


def _hanging(book: Workbook, place: SheetPlace) -> list[str]:
    barred = {each.target for each in links_of(book.package, book.member)} - {place.member}
    return list(reached(book.package, [place.member], barred))[1:]


def _seen_alike(one: SeenBook, here: SheetPlace, two: SeenBook, there: SheetPlace, name: str) -> bool:
    try:
        texts = open_seen(one, name, here), open_seen(two, name, there)
        around = facts_around(one, here, texts[0]) == facts_around(two, there, texts[1])
        around = around and same_columns(*texts)
        return around and one.book.date1904 == two.book.date1904 and same_cells(one, texts[0], two, texts[1])
    except (PatchRefused, CellRefused, ValueError):
        return False
