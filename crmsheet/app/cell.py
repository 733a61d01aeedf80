"""One cell of any workbook or CSV file, read or patched, and rows put below: for scripts, without tables."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from crmsheet.app.opening import Loaded, open_sheets
from crmsheet.app.outcomes import NOTHING, Judgement, Written, told, written
from crmsheet.app.request import Request
from crmsheet.app.typed import Typed, cell_of
from crmsheet.book.layout.reading import read_layout
from crmsheet.book.opened import SheetEdits
from crmsheet.change.planning import Plan
from crmsheet.core.book import Sheet
from crmsheet.core.cells import (
    Cell,
    CellError,
    CellRef,
    Formula,
    column_letters,
    column_number,
    same_cell,
    split_a1,
    visible,
)
from crmsheet.core.changes import Change, Changes, ChangeSet
from crmsheet.core.errors import CellRefused, SheetUnknown, UsageError
from crmsheet.core.messages import N_, Message, cell_words
from crmsheet.core.outcome import Outcome, Section
from crmsheet.schema.vocabulary import Vocabulary

_PLACE = re.compile(r"(?:(?P<sheet>.+)[!！])?(?P<cell>[^!！]+)")
_NO_PLACE = N_("{place} is no place of a cell; write it like {example}")
_WHICH = N_("the book has several sheets ({sheets}); write the place like {example}")
_TOO_MANY = N_("{count:,} values are more than the {width:,} columns of {sheet}")
_NO_VALUES = N_("there is no value to append")
_FORMULA = Message(N_("the cell holds a formula; --force overwrites it"))
_NO_FORMULAS = N_("a CSV file holds no formulas")
_WRITTEN = N_("{place}: {before} became {after}.")
_EMPTY = Message(N_("empty"))
_COLUMNS = tuple(map(Message, (N_("Cell"), N_("Kind"), N_("Value"), N_("Formula"))))


def cell(request: Request, place: str) -> Outcome:
    """What a cell holds: as text its value alone, of a formula the last result.

    Raises:
        UsageError: the place cannot be read, or does not say which sheet.
        SheetUnknown: the book has no such sheet.
    """
    held = open_sheets(request)
    sheet, row, letters = _placed(held, place)
    found = _cell(sheet, row, letters)
    value = visible(found)
    formula = f"={found.text}" if isinstance(found, Formula) else ""
    row_of = (str(CellRef(sheet.name, row, letters)), kind_of(found), value, formula)
    section = Section(Message(N_("Cell")), _COLUMNS, (row_of,), name="cell")
    return dataclasses.replace(held.outcome("cell"), sections=(section,), bare=cell_words(value))


def set_cell(request: Request, place: str, value: Typed | Cell, *, force: bool = False) -> Outcome:
    """Patches one cell and nothing else, as one version; an empty text or None empties it.

    Raises:
        UsageError: the place or the value cannot be read.
        CellRefused: it holds a formula or is protected (`force` writes it all the same), or lies in merged cells.
    """
    held = open_sheets(request)
    made = _setting(held, place, value, force=force)
    return _put(held, made, "cell", lambda now: _setting(now, place, value, force=force))


def _setting(held: Loaded, place: str, value: Typed | Cell, *, force: bool) -> Plan:
    """The plan of `set_cell`."""
    sheet, row, letters = _placed(held, place)
    before = _cell(sheet, row, letters)
    after = cell_of(value, before)
    if isinstance(after, Formula) and held.opened.dialects:
        raise UsageError(problem=Message(_NO_FORMULAS))
    if isinstance(before, Formula) and not force and not same_cell(before, after):
        raise CellRefused(place=CellRef(sheet.name, row, letters), reason=_FORMULA)
    change = Change("set", sheet.name, row=row, column=letters, before=before, after=after)
    changes = Changes.of([] if same_cell(before, after) else [change])
    edits = SheetEdits(header_row=0, cells={(row, letters): after}, force=force)
    return Plan({sheet.name: edits}, changes, ())


def append(request: Request, name: str, row: Sequence[Typed | Cell]) -> Outcome:
    """Puts one row below the records of a sheet, from its first column on; each value like the one above it.

    Raises:
        UsageError: there is no value, or more than columns.
        SheetUnknown: the book has no such sheet.
        RowRefused: something stands where the row would go.
    """
    held = open_sheets(request)
    return _put(held, _appending(held, name, row), "append", lambda now: _appending(now, name, row))


def _appending(held: Loaded, name: str, row: Sequence[Typed | Cell]) -> Plan:
    """The plan of `append`."""
    sheet = _sheet(held, name)
    header, last, columns = _stretch(held, sheet, len(row))
    if len(row) > len(columns):
        facts = {"count": len(row), "width": len(columns), "sheet": sheet.name}
        raise UsageError(problem=Message(_TOO_MANY, facts))
    given = {
        letters: cell_of(value, _cell(sheet, last, letters) if last > header else None)
        for letters, value in zip(columns, row, strict=False)
    }
    values: Mapping[str, Cell] = {letters: value for letters, value in given.items() if value is not None}
    if not values:
        raise UsageError(problem=Message(_NO_VALUES))
    change = Change("add", sheet.name, row=last + 1, after=dict(values))
    edits = SheetEdits(header_row=header, appended=(values,), last_row=last)
    return Plan({sheet.name: edits}, Changes.of([change]), ())


def kind_of(cell: Cell) -> str:
    """What a cell holds, in a word for programs: empty, text, number, bool, date, error or formula."""
    if cell is None:
        return "empty"
    if isinstance(cell, bool):
        return "bool"
    if isinstance(cell, int | float):
        return "number"
    if isinstance(cell, str):
        return "text"
    return "formula" if isinstance(cell, Formula) else "error" if isinstance(cell, CellError) else "date"


def _placed(held: Loaded, place: str) -> tuple[Sheet, int, str]:
    """The sheet, row and column letters of a place such as 客户!B2, 'My sheet'!B2, or B2 where there is one sheet."""
    names = [sheet.name for sheet in held.opened.sheets]
    example = f"{names[0] if names else 'Sheet1'}!B2"
    parts = _PLACE.fullmatch(place.strip())
    try:
        letters, row = split_a1(parts["cell"].strip() if parts else "")
    except ValueError as error:
        raise UsageError(problem=Message(_NO_PLACE, {"place": place, "example": example})) from error
    said = (parts["sheet"] or "") if parts else ""
    if not said and len(names) != 1:
        raise UsageError(problem=Message(_WHICH, {"sheets": ", ".join(names), "example": example}))
    return _sheet(held, said or names[0]), row, letters


def _sheet(held: Loaded, name: str) -> Sheet:
    """The sheet of a name, quoted as in a formula or not; a file's own name is that of its only sheet."""
    bare = name[1:-1].replace("''", "'") if len(name) > 1 and name[0] == name[-1] == "'" else name
    for sheet in held.opened.sheets:
        if bare.casefold() in (sheet.name.casefold(), Path(sheet.name).stem.casefold()):
            return sheet
    names = ", ".join(sheet.name for sheet in held.opened.sheets)
    raise SheetUnknown(path=held.path.name, sheet=bare, sheets=names)


def _cell(sheet: Sheet, row: int, letters: str) -> Cell:
    if letters not in sheet.cells.columns or row not in sheet.cells.index:
        return None
    found: Any = sheet.cells.at[row, letters]
    return found  # type: ignore[no-any-return]  # a frame of cells holds nothing else


def _stretch(held: Loaded, sheet: Sheet, width: int) -> tuple[int, int, Sequence[str]]:
    """Header row and last record of the table in a sheet, and its columns; of no table, the sheet's filled stretch."""
    blocks = read_layout(sheet, Vocabulary(held.schema).knows).blocks
    if blocks:
        block = blocks[0]
        return block.header_row, block.rows[-1] if block.rows else block.header_row, block.columns
    filled = sheet.cells.notna()
    columns = [str(letters) for letters in sheet.cells.columns[filled.any()]]
    first = min(map(column_number, columns), default=1)
    last_column = max([*map(column_number, columns), *([width] if not columns else [])])
    last = max(sheet.cells.index[filled.any(axis=1)], default=0)
    return 0, int(last), [column_letters(each) for each in range(first, last_column + 1)]


def _put(held: Loaded, made: Plan, command: str, anew: Callable[[Loaded], Plan]) -> Outcome:
    """Writes a plan; the outcome tells it unmasked: whoever names a cell knows what is in it."""
    if not len(made.applied):
        return told(held, Judgement(command), made.applied, Written((Message(NOTHING),)))
    changeset = ChangeSet(held.book.source.sha256, command, made.applied)
    judged = Judgement(command, first=tuple(_said(made)))
    outcome = told(held, judged, made.applied, written(held, changeset, made, budget=False, anew=anew))
    return dataclasses.replace(outcome, sheets={name: name for name in made.edits})


def _said(made: Plan) -> Iterator[Message]:
    """What became of a cell."""
    for each in made.applied:
        if each.kind == "set":
            words = {"before": cell_words(each.before) or _EMPTY, "after": cell_words(each.after) or _EMPTY}
            yield Message(_WRITTEN, {"place": str(CellRef(each.table, each.row, each.column)), **words})
