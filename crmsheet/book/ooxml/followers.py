"""What follows the edits of a sheet: its ranges, its filter, its tables, names, charts and pivot sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from crmsheet.book.ooxml.areas import Area, Growth, areas, letters
from crmsheet.book.ooxml.markup import Splice
from crmsheet.book.ooxml.ranges import (
    chart_splices,
    filter_splice,
    grown_in_sheet,
    name_splices,
    pivot_splices,
    stale_formulas,
)
from crmsheet.book.ooxml.sheet import SheetText
from crmsheet.book.ooxml.tables import ExcelTable, extended
from crmsheet.book.ooxml.workspace import Workspace
from crmsheet.core.cells import Cell
from crmsheet.core.messages import N_


@dataclass(frozen=True, slots=True)
class Plan:
    """The edits of a sheet by numbers.

    `cells` by row and column, `new_columns` with their headers, `fresh` new column -> the old one that it looks like,
    `appended` the numbers of the new rows, `growth` what they make of the table.
    """

    sheet: str
    position: int
    header: int
    cells: dict[int, dict[int, Cell]]
    new_columns: Mapping[int, str]
    fresh: Mapping[int, int]
    appended: range
    growth: Growth | None


def follow(space: Workspace, text: SheetText, plan: Plan, tables: Sequence[ExcelTable]) -> list[Splice]:
    """Lets everything follow; gives back the splices of the sheet itself.

    Raises:
        CellRefused: a new header cannot be the name of a column of its Excel table.
    """
    splices = grown_in_sheet(text, plan.growth) if plan.growth else []
    filtered = filter_splice(text, plan.growth, plan.header, plan.new_columns)
    if filtered:
        splices.append(filtered[0])
    _follow_tables(space, text, plan, tables, filtered[1] if filtered else None)
    _follow_names(space, plan, filtered[1] if filtered else None)
    if plan.growth:
        _follow_sources(space, text, plan.sheet, plan.growth)
        _note_formula_columns(space, text, plan, plan.growth)
    _note_links(space, text, plan)
    return splices


def _follow_tables(
    space: Workspace, text: SheetText, plan: Plan, tables: Iterable[ExcelTable], filtered: Area | None
) -> None:
    held = [filtered] if filtered else []
    for each in tables:
        splices, covered = extended(each, plan.growth, plan.header, plan.new_columns, plan.sheet)
        space.splice(each.member, each.part.raw, splices)
        held.append(covered)
    sortable = any(each.area.top == plan.header for each in tables) or text.part.element("autoFilter", text.body.end)
    for column, header in plan.new_columns.items():
        if sortable and not any((plan.header, column) in area for area in held):
            template = N_(
                "the column {header} ({place}) stands outside the Excel table or filter: sorting leaves it behind"
            )
            space.note(template, header=header, place=f"{plan.sheet}!{letters(column)}{plan.header}")


def _follow_names(space: Workspace, plan: Plan, filtered: Area | None) -> None:
    book = space.part(space.book.member)
    space.splice(space.book.member, book.raw, name_splices(book, plan.sheet, plan.position, plan.growth, filtered))


def _follow_sources(space: Workspace, text: SheetText, sheet: str, growth: Growth) -> None:
    caches = [each.target for each in space.book.relations if each.kind == "pivotCacheDefinition"]
    pivots = pivot_splices(space, caches, sheet, growth)
    for member, (raw, splices) in (pivots | chart_splices(space, sheet, growth)).items():
        space.splice(member, raw, splices)
    if pivots:
        space.note(N_("the pivot tables fed by {sheet} show the new rows after a refresh"), sheet=sheet)
    stale = 0
    for name, place in space.book.sheets.items():
        if place.kind == "worksheet":
            own = name == sheet
            stale += stale_formulas(text.part if own else space.part(place.member), None if own else sheet, growth)
    if stale:
        template = N_("{count} formulas read {sheet} only down to row {row}: the new rows are not in them")
        space.note(template, count=stale, sheet=sheet, row=growth.last)


def _note_formula_columns(space: Workspace, text: SheetText, plan: Plan, growth: Growth) -> None:
    """Columns that compute their values: a new row has no formula there, as none is ever made up."""
    above = text.row(growth.last)
    computed = [each.column for each in text.cells(above) if text.is_formula(each)] if above else []
    missing = [letters(column) for column in computed if growth.left <= column <= growth.right]
    if missing and growth.last > growth.header:
        template = N_("the new rows of {sheet} lack the formulas of column {columns}: copy them down")
        space.note(template, sheet=plan.sheet, columns=", ".join(missing))


def _note_links(space: Workspace, text: SheetText, plan: Plan) -> None:
    linked = areas(each.get("ref") or "" for each in text.part.elements("hyperlink", text.body.end))
    kept = [each for each in linked if each.single and each.left in plan.cells.get(each.top, {})]
    if kept:
        template = N_("{count} edited cells of {sheet} keep their old link, such as {place}")
        space.note(template, count=len(kept), sheet=plan.sheet, place=str(kept[0]))
