"""The edits of one sheet: planned, checked for room, written, followed by what hangs on them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping

from crmsheet.book.ooxml.areas import Area, Growth, letters, number
from crmsheet.book.ooxml.dressing import asks_for_dress, dress
from crmsheet.book.ooxml.followers import Plan, follow
from crmsheet.book.ooxml.guards import Guards, guards_of
from crmsheet.book.ooxml.markup import attributes, quoted
from crmsheet.book.ooxml.ranges import column_splices, column_styles, dimension_splice
from crmsheet.book.ooxml.rows import Looks, RowWriter
from crmsheet.book.ooxml.sheet import SheetText, open_sheet
from crmsheet.book.ooxml.tables import ExcelTable, table_guards, tables_of
from crmsheet.book.ooxml.workbook import relations_of
from crmsheet.book.ooxml.workspace import Workspace
from crmsheet.book.opened import SheetEdits, SheetReceipt
from crmsheet.core.cells import LAST_COLUMN, LAST_ROW, Cell
from crmsheet.core.errors import CellRefused, RowRefused
from crmsheet.core.messages import N_, Message

_NOT_COPIED = ("r", "spans", "hidden", "collapsed", "outlineLevel")


def patch_sheet(space: Workspace, name: str, edits: SheetEdits) -> SheetReceipt:
    """Makes the edits of one sheet.

    Raises:
        CellRefused: a cell may not be written (RowRefused: the place for new rows is taken).
        PatchRefused: the sheet cannot be edited without risk.
    """
    spelled, place = space.book.sheet(name)
    text = open_sheet(space.part(place.member), space.path, spelled)
    relations = relations_of(space.package, place.member)
    tables = tables_of(space.package, relations)
    plan = _plan(text, spelled, place.position, edits)
    rows = sorted(plan.cells.keys() | edits.hide | edits.show)
    known = frozenset((row, number(column)) for row, column in edits.formulas)
    guards = guards_of(text, space.package, relations, rows, table_guards(tables), edits.force, known)
    _check_room(space, text, plan, guards, tables)
    writer = RowWriter(spelled, text, space.styles, guards, space.book.date1904, _looks(text, plan))
    for row in rows:
        hidden = True if row in edits.hide else (False if row in edits.show else None)
        writer.write(row, plan.cells.get(row, {}), hidden)
    if writer.splices:
        around = [*dimension_splice(text, writer.extent), *column_splices(text, plan.fresh)]
        around += follow(space, text, plan, tables)
        space.splice(place.member, text.part.raw, text.into_body(writer.splices) + around)
        space.sheets[place.member] = text, writer.touched
        space.computed |= writer.computed
    if asks_for_dress(edits):
        dress(space, place.member, spelled, edits)
    return SheetReceipt(len(edits.cells), tuple(plan.appended), len(plan.new_columns), writer.hidden, writer.shown)


def _plan(text: SheetText, name: str, position: int, edits: SheetEdits) -> Plan:
    cells: dict[int, dict[int, Cell]] = {}
    new_columns = {number(column): header for column, header in edits.new_columns.items()}
    if new_columns and edits.header_row < 1:
        raise ValueError("a new column needs a header row")
    for column, header in new_columns.items():
        cells.setdefault(edits.header_row, {})[column] = header
    numbers = {each: number(each) for each in {letters_ for _, letters_ in edits.cells}}
    for (row, letters_), value in edits.cells.items():
        cells.setdefault(row, {})[numbers[letters_]] = value
    last = max(edits.last_row, edits.header_row)
    appended = range(last + 1, last + 1 + len(edits.appended))
    for row, values in zip(appended, edits.appended, strict=True):
        cells.setdefault(row, {}).update({number(column): value for column, value in values.items()})
    _check_limits(name, cells)
    growth = _growth(text, edits.header_row, cells, appended) if appended else None
    return Plan(name, position, edits.header_row, cells, new_columns, _neighbours(new_columns), appended, growth)


def _check_limits(name: str, cells: Mapping[int, Mapping[int, Cell]]) -> None:
    columns = set[int]().union(*cells.values()) or {1}
    if cells and min(cells) > 0 and max(cells) <= LAST_ROW and min(columns) > 0 and max(columns) <= LAST_COLUMN:
        return
    for row, values in cells.items():
        for column in (min(values, default=1), max(values, default=1)):
            if not (1 <= row <= LAST_ROW and 1 <= column <= LAST_COLUMN):
                reason = Message(N_("a sheet ends at row {row:,} and column XFD"), {"row": LAST_ROW})
                raise CellRefused(place=f"{name}!{letters(column)}{row}", reason=reason)


def _neighbours(new_columns: Iterable[int]) -> dict[int, int]:
    """For each new column the nearest old one to its left, whose looks it borrows."""
    found: dict[int, int] = {}
    for column in sorted(new_columns):
        found[column] = found.get(column - 1, column - 1)
    return found


def _growth(text: SheetText, header: int, cells: Mapping[int, Mapping[int, Cell]], appended: range) -> Growth:
    """How the table grows: it spans the headers that stand side by side around the appended cells."""
    wanted = {column for row in appended for column in cells.get(row, ())}
    row = text.row(header)
    runs: list[list[int]] = []
    for each in text.cells(row) if row else ():
        if not text.is_filled(each):
            continue
        if runs and each.column == runs[-1][-1] + 1:
            runs[-1].append(each.column)
        else:
            runs.append([each.column])
    span = wanted.union(*(run for run in runs if wanted.intersection(run))) or {1}
    return Growth(header, appended[0] - 1, appended[-1], min(span), max(span))


def _check_room(space: Workspace, text: SheetText, plan: Plan, guards: Guards, tables: Iterable[ExcelTable]) -> None:
    """Nothing may stand where the new rows go: totals and notes below a table are not overwritten, nor moved.

    Raises:
        RowRefused: something does.
    """
    growth = plan.growth
    if growth is None:
        return
    below = Area(growth.last + 1, growth.left, growth.bottom, growth.right)
    taken = [each.area for each in tables if each.area.top > growth.last or each.totals]
    for each in (*guards.merges, *taken):
        if each.meets(below):
            raise _no_room(plan.sheet, max(each.top, below.top), max(each.left, below.left))
    for at in range(bisect_left(text.numbers, below.top), bisect_right(text.numbers, below.bottom)):
        for cell in text.cells(text.row_at(at)):
            within = below.left <= cell.column <= below.right
            if within and text.is_filled(cell) and not space.shows_nothing(text, cell):
                raise _no_room(plan.sheet, text.numbers[at], cell.column)


def _no_room(sheet: str, row: int, column: int) -> RowRefused:
    reason = Message(N_("the place below the table is taken"))
    return RowRefused(place=f"{sheet}!{letters(column)}{row}", reason=reason)


def _looks(text: SheetText, plan: Plan) -> Looks:
    """Where new cells take their formats from; the blank cells of new rows look like those of the row above."""
    columns = column_styles(text, {column for cells in plan.cells.values() for column in cells})
    growth = plan.growth
    above = text.row(growth.last) if growth and growth.last > growth.header else None
    if growth is None or above is None:
        return Looks(columns, plan.fresh, plan.header, plan.appended, {}, b"")
    last = {each.column: each.style for each in text.cells(above) if growth.left <= each.column <= growth.right}
    said = {name: value for name, value in attributes(above.tag).items() if name not in _NOT_COPIED}
    copied = b"".join(b' %s="%s"' % (name.encode(), quoted(value)) for name, value in said.items())
    for row in plan.appended:
        written = text.row(row)
        kept = {*plan.cells.get(row, {}), *(each.column for each in (text.cells(written) if written else ()))}
        blanks = [column for column, style in last.items() if style and column not in kept]
        plan.cells.setdefault(row, {}).update(dict.fromkeys(blanks))
    return Looks(columns, plan.fresh, plan.header, plan.appended, last, copied)
