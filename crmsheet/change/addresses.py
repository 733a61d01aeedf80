"""Cells that belong to no table: titles above it, sheets that are no lists. They are merged by their addresses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from crmsheet.change.collision import Collision
from crmsheet.core.book import PART_ROWS, Book, Place, Sheet
from crmsheet.core.cells import LAST_ROW, CellRef, Formula, column_number, same_cell
from crmsheet.core.changes import Change
from crmsheet.core.messages import N_, Message, cell_words

_BOTH = N_("both sides changed this cell")
_FORMULA = N_("ours holds a formula here, theirs a value")
_UNPLACED = N_("theirs wrote this, and it could not be told where it belongs in ours")
_MOVED = N_("theirs changed this cell outside of the tables, and rows were moved: its place in ours is not certain")


@dataclass
class Addressed:
    """What theirs changed in one sheet outside of its tables: changes against ours, and collisions."""

    changes: list[Change] = field(default_factory=list)
    collisions: list[Collision] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Outside:
    """The cells of a sheet that are in no table, by place; the rows of its tables and the first header among them."""

    cells: Mapping[Place, Any]
    rows: frozenset[int] = frozenset()
    first: int = 0


def outside(sheet: Sheet | None, book: Book) -> Outside:
    """What a sheet holds besides the tables of a book."""
    if sheet is None:
        return Outside({})
    inside, heads = set[int](), set[int]()
    for table in book.tables.values():
        for number, part in enumerate(table.parts):
            if part.sheet == sheet.name:
                inside |= {row % PART_ROWS for row in table.cells.index.tolist() if row // PART_ROWS == number}
                heads.add(part.header_row)
    rows = [row for row in sheet.cells.index.tolist() if row not in inside and row not in heads]
    part_ = sheet.cells.loc[rows] if rows else sheet.cells.iloc[:0]
    found = {
        (int(row), str(letters)): cell
        for letters in part_.columns
        for row, cell in zip(rows, part_[letters].tolist(), strict=True)
        if not same_cell(cell, None)
    }
    return Outside(found, frozenset(inside | heads), min(heads, default=0))


def _same(left: Any, right: Any) -> bool:
    if isinstance(left, Formula) and isinstance(right, Formula):
        return left.text == right.text
    return same_cell(left, right)


def by_address(sheet: str, base: Outside, ours: Outside, theirs: Outside) -> Addressed:
    """What theirs has otherwise than the base outside of the tables, done again in ours.

    Where rows of the tables were moved, an address behind their header means another cell on each side: there only
    what theirs wrote anew is told.
    """
    sure = LAST_ROW + 1
    if not base.rows == ours.rows == theirs.rows:
        sure = base.first if base.first == ours.first == theirs.first else 1
    found = Addressed()
    for row, letters in sorted({*base.cells, *theirs.cells}, key=lambda each: (each[0], column_number(each[1]))):
        place = row, letters
        was, mine, other = (each.cells.get(place) for each in (base, ours, theirs))
        if _same(was, other) or _same(mine, other):
            continue
        why = "" if _same(was, mine) else _BOTH
        if row >= sure:
            known = same_cell(other, None) or _holds(base, other) or _holds(ours, other)
            why = "" if known else _MOVED
        elif isinstance(mine, Formula) and not isinstance(other, Formula) and not same_cell(other, None):
            why = why or _FORMULA
        if why:
            told = Collision(sheet, "", f"{letters}{row}", was, mine, other, Message(why), str(CellRef(sheet, *place)))
            found.collisions.append(told)
        elif row < sure:
            found.changes.append(Change("set", sheet, "", row, letters, "", mine, other, sheet=sheet))
    return found


def _holds(side: Outside, cell: Any) -> bool:
    return any(_same(each, cell) for each in side.cells.values())


def unplaced(base: Sheet | None, ours: Sheet, theirs: Sheet, told: Iterable[Any], *, loose: bool) -> list[Collision]:
    """What theirs wrote anew into a sheet, and what is neither in ours nor among what the merge writes and tells.

    The proof that a merge loses nothing, whatever the sheet was taken for: whole values are looked at, not places.
    """
    here = _values(ours, loose=loose) | {_value(each, loose=loose) for each in told}
    new = _values(theirs, loose=loose) - here - (_values(base, loose=loose) if base is not None else set())
    if not new:
        return []
    found = []
    for letters in theirs.cells.columns:
        for row, cell in zip(theirs.cells.index.tolist(), theirs.cells[letters].tolist(), strict=True):
            if _value(cell, loose=loose) in new:
                sides = (_at(base, row, letters), _at(ours, row, letters), cell)
                place = str(CellRef(ours.name, row, str(letters)))
                found.append(Collision(ours.name, "", f"{letters}{row}", *sides, Message(_UNPLACED), place))
    return found


def _values(sheet: Sheet, *, loose: bool) -> set[Hashable]:
    cells: set[Hashable] = set().union(*(sheet.cells[each].tolist() for each in sheet.cells.columns))
    if loose or not {Formula, dt.datetime}.isdisjoint(map(type, cells)):
        return {_value(each, loose=loose) for each in cells} | {None}
    return (cells - {""}) | {None}


def _value(cell: Any, *, loose: bool) -> Hashable:
    """A cell for a set; of a formula without its digits, for they change with its row."""
    if isinstance(cell, Formula):
        return "".join(each for each in f"={cell.text}" if not each.isdigit())
    if isinstance(cell, dt.datetime) and cell.time() == dt.time():
        cell = cell.date()
    if loose or cell == "":
        return cell_words(cell) or None
    return cast("Hashable", cell)


def _at(sheet: Sheet | None, row: int, letters: str) -> Any:
    there = sheet is not None and letters in sheet.cells.columns and row in sheet.cells.index
    return sheet.cells.at[row, letters] if sheet is not None and there else None
