"""From a change set to the edits of sheets: every change finds its place and is checked, or is a conflict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from crmsheet.book.opened import SheetEdits, WorkbookEdits
from crmsheet.change.columns import column_names
from crmsheet.change.desk import MERGED, NO_ROOM, Desk, Unfit
from crmsheet.change.placing import folded
from crmsheet.core.book import Book, Place, Table
from crmsheet.core.cells import CellRef
from crmsheet.core.changes import Change, Changes, ChangeSet
from crmsheet.core.errors import ColumnRefused
from crmsheet.core.messages import N_, Message

_NO_TABLE = N_("the book has no table {table}")


@dataclass(frozen=True, slots=True)
class Conflict:
    """A change that no longer fits: why, what was found there, and where (`客户!D17 (mobile)`, or the key).

    `field` is the column that it is about: of a change of a whole row, the one that does not fit.
    """

    change: Change
    reason: Message
    found: Any = None
    place: str = ""
    field: str = ""


_NO_SHEETS = WorkbookEdits()


@dataclass(frozen=True, slots=True)
class Plan:
    """What a change set does to a book: the edits by sheet name, the changes in their places, and the conflicts.

    `applied` leaves out what the book holds already. `left_out` are changes that the sheet has no place for: merged
    cells hold one value for several rows; a column that crmsheet computes does not fit beside another table. `book` is
    what a workbook gets besides, such as new sheets.
    """

    edits: Mapping[str, SheetEdits]
    applied: Changes
    conflicts: tuple[Conflict, ...]
    left_out: tuple[Conflict, ...] = ()
    book: WorkbookEdits = _NO_SHEETS


def plan(book: Book, changes: ChangeSet, steady: Mapping[str, frozenset[int]] = MappingProxyType({})) -> Plan:
    """Where every change goes in this book, checked against what stands there.

    While the book is the one that the changes were made for, their places hold. Else a change is found by its key and
    field; a missing or doubled key is a conflict, never a guess. Rows that are known to be `steady`, by table, keep
    their places. Changes take effect one after the other.

    Raises:
        RowRefused, ColumnRefused: a new row or column has no room, because another table stands there.
    """
    at_base = changes.base == book.source.sha256
    desks = {name: Desk(table, at_base, steady.get(name, frozenset())) for name, table in book.tables.items()}
    kept: list[int] = []
    places: list[Place] = []
    conflicts: list[Conflict] = []
    homeless: list[Conflict] = []
    placed = inside(book, changes.changes)
    columns = [placed.column(name) for name in _ORDER]
    for number, values in enumerate(zip(*columns, strict=True)):
        desk = desks.get(values[1])
        try:
            if desk is None:
                raise Unfit(_NO_TABLE)
            place = desk.quick(*values[3:]) if at_base and values[0] == "set" else None
            if place is None:
                place = desk.take(*values)
        except Unfit as unfit:
            found = _conflict(_change(changes.changes, number), unfit, book.tables.get(values[1]))
            (homeless if desk is not None and _is_homeless(found, unfit, desk.table) else conflicts).append(found)
        else:
            if place is not None:
                kept.append(number)
                places.append(place)
    merged = _unmerged(changes.changes, desks, kept, places)
    edits = _edits(desk for desk in desks.values() if desk.deeds)
    left_out = (*(each for each in homeless if each.change.kind == "set"), *merged)
    return Plan(edits, _applied(changes.changes, kept, places, desks), tuple(conflicts), left_out)


def _is_homeless(found: Conflict, unfit: Unfit, table: Table) -> bool:
    """Whether a change is one to a column that is only computed, and that has no room.

    Raises:
        ColumnRefused: the column has no room, and it is a key or is wanted by somebody.
    """
    if unfit.reason is not NO_ROOM:
        return False
    change = found.change
    if change.kind in ("set", "column") and change.effect == "derived" and change.field != table.key:
        return True
    label = change.after if change.kind == "column" else change.field or ", ".join(change.after or ())
    sheet, row, _ = table.place(unfit.row)
    raise ColumnRefused(place=f"{sheet}!{row}", label=label)


_ORDER = ("kind", "table", "key", "row", "column", "field", "before", "after")
_FIELDS = (*_ORDER, "rule", "reason", "arguments", "effect", "sheet")


def inside(book: Book, changes: Changes) -> Changes:
    """The changes with all places as the tables count them."""
    if not any(changes.column("sheet")):
        return changes
    rows, letters = list(changes.column("row")), list(changes.column("column"))
    for at, (name, sheet) in enumerate(zip(changes.column("table"), changes.column("sheet"), strict=True)):
        table = book.tables.get(name)
        if sheet and table is not None:
            real = letters[at]
            rows[at] = table.row_at(sheet, rows[at], real)
            mine = table.part_of(rows[at]).letters or {}
            letters[at] = next((each for each, there in mine.items() if there == real), "")
    return changes.replaced(row=rows, column=letters)


def _change(changes: Changes, number: int) -> Change:
    return Change(**{name: changes.column(name)[number] for name in _FIELDS})


def _conflict(change: Change, unfit: Unfit, table: Table | None) -> Conflict:
    facts = {name: getattr(change, name) for name in ("table", "key", "row", "field", "kind")}
    place = change.key or change.field or change.table
    field = change.field
    if table is not None and unfit.row and unfit.letters:
        field = field or next((name for name, at in column_names(table).items() if at == unfit.letters), "")
        place = str(CellRef(*table.place(unfit.row, unfit.letters), field))
    return Conflict(change, Message(unfit.reason, facts), unfit.found, place, field)


def _unmerged(
    changes: Changes, desks: Mapping[str, Desk], kept: list[int], places: list[Place]
) -> tuple[Conflict, ...]:
    """Takes out what merged cells cannot hold; what they can goes to the cell that has their value."""
    refused = {(name, *place) for name, desk in desks.items() for place in folded(desk.table, desk.deeds.cells)}
    if not refused:
        return ()
    tables = changes.column("table")
    out = [at for at, number in enumerate(kept) if (tables[number], *places[at]) in refused]
    found = [
        _conflict(_change(changes, kept[at]), Unfit(MERGED, None, *places[at]), desks[tables[kept[at]]].table)
        for at in out
    ]
    for at in reversed(out):
        del kept[at], places[at]
    return tuple(found)


def _edits(desks: Iterable[Desk]) -> dict[str, SheetEdits]:
    """The edits by sheet; those of further blocks of a sheet hang on the lowest."""
    found: dict[str, list[SheetEdits]] = {}
    for desk in desks:
        for sheet, edits in desk.edits():
            found.setdefault(sheet, []).append(edits)
    for each in found.values():
        each.sort(key=lambda edits: edits.header_row, reverse=True)
    return {sheet: replace(first, more=tuple(rest)) for sheet, (first, *rest) in found.items()}


def _applied(changes: Changes, kept: list[int], places: list[Place], desks: Mapping[str, Desk]) -> Changes:
    """The changes that were planned, in their actual places; columns that a block needs as well come first."""
    columns = {name: changes.column(name) for name in _FIELDS}
    chosen = {name: [values[number] for number in kept] for name, values in columns.items()}
    chosen |= {"row": [row for row, _ in places], "column": [letters for _, letters in places]}
    spread = {name: desk.spread for name, desk in desks.items() if desk.spread is not None}
    if not spread:
        return Changes(chosen)
    for at, (name, row, letters) in enumerate(zip(chosen["table"], chosen["row"], chosen["column"], strict=True)):
        if name in spread:
            chosen["sheet"][at], chosen["row"][at], chosen["column"][at] = spread[name].place(row, letters)
    more = Changes.of(change for each in spread.values() for change in each.columns)
    return Changes.joined([more, Changes(chosen)]) if len(more) else Changes(chosen)
