"""Which cells may not be written: merged, spilled, computed, protected, or owned by a pivot table."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from crmsheet.book.ooxml.areas import Area, area, areas
from crmsheet.book.ooxml.markup import Part, part, truth
from crmsheet.book.ooxml.package import Package
from crmsheet.book.ooxml.sheet import CellText, SheetText
from crmsheet.book.ooxml.workbook import Relation
from crmsheet.core.messages import N_, Message

_MERGED = Message(N_("it lies inside merged cells"))
_COMPUTED = Message(N_("an array formula fills it"))
_PIVOT = Message(N_("it belongs to a pivot table"))


@dataclass(frozen=True, slots=True)
class Guards:
    """What is out of bounds, by row; with `force` formulas and the locked cells of a protected sheet are not.

    `known` are the formulas that may be overwritten all the same, by row and column.
    """

    by_row: Mapping[int, Sequence[tuple[Area, Message]]]
    merges: Sequence[Area]
    protected: bool
    rows_locked: bool
    force: bool
    known: frozenset[tuple[int, int]] = frozenset()

    def reason(self, row: int, column: int) -> Message | None:
        """Why a cell may not be written, or None."""
        for found, why in self.by_row.get(row, ()):
            if (row, column) in found and not (why is _MERGED and (row, column) == (found.top, found.left)):
                return why
        return None


def guards_of(
    text: SheetText,
    package: Package,
    relations: Iterable[Relation],
    rows: Sequence[int],
    more: Iterable[tuple[Area, Message]],
    force: bool,
    known: frozenset[tuple[int, int]] = frozenset(),
) -> Guards:
    """The guards that matter for the given rows, ascending; `more` are further areas with their reasons."""
    sheet, body = text.part, text.body
    merges = areas(each.get("ref") or "" for each in sheet.elements("mergeCell", body.end))
    guarded = [(each, _MERGED) for each in merges if not each.single]
    guarded += [*more, *((each, _COMPUTED) for each in _array_areas(text) if not each.single)]
    for relation in relations:
        if relation.kind == "pivotTable":
            location = part(package.read(relation.target), package.path, relation.target).element("location")
            found = area(location.get("ref")) if location else None
            if found:
                guarded.append((found, _PIVOT))
    protection = sheet.element("sheetProtection", body.end)
    protected = protection is not None and truth(protection.get("sheet")) and not force
    rows_locked = protection is not None and protected and protection.get("formatRows") not in ("0", "false")
    return Guards(_by_row(guarded, rows), merges, protected, rows_locked, force, known)


def _by_row(guarded: Iterable[tuple[Area, Message]], rows: Sequence[int]) -> dict[int, list[tuple[Area, Message]]]:
    found: dict[int, list[tuple[Area, Message]]] = {}
    for each, why in guarded:
        for row in rows[bisect_left(rows, each.top) : bisect_right(rows, each.bottom)]:
            found.setdefault(row, []).append((each, why))
    return found


def _array_areas(text: SheetText) -> list[Area]:
    """The ranges of array formulas and data tables: only their first cell holds the formula."""
    sheet, body = text.part, text.body
    found: list[Area] = []
    for word in (b"array", b"dataTable"):
        if sheet.scan.find(word, body.inner, body.close) >= 0:
            found += _formula_areas(sheet, body.inner, body.close, word.decode())
    return found


def _formula_areas(sheet: Part, start: int, end: int, kind: str) -> list[Area]:
    return areas(each.get("ref") or "" for each in sheet.elements("f", start, end) if each.get("t") == kind)


def formula_reason(text: SheetText, cell: CellText, *, force: bool) -> Message | None:
    """Why a cell with a formula may not be overwritten, or None.

    The first cell of a shared formula holds the text for all others (ECMA-376 part 1, 18.3.1.40): they would lose it.
    """
    if not force:
        return Message(N_("it holds a formula"))
    formula = text.part.element("f", cell.start, cell.end)
    covered = area(formula.get("ref")) if formula else None
    if covered and not covered.single:
        return Message(N_("other cells take their formula from it"))
    return None
