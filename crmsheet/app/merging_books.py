"""Three states of a book as one: records by key and field, other sheets whole or by the addresses of their cells."""

from __future__ import annotations

import dataclasses
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from crmsheet.app.conflict_sheet import is_conflict_sheet, with_conflicts
from crmsheet.app.request import Request
from crmsheet.app.states import BookState
from crmsheet.book.foreign_sheets import changed_sheets
from crmsheet.book.members import member_of
from crmsheet.book.opened import Opened, SheetEdits
from crmsheet.book.patching import patch
from crmsheet.change.addresses import Outside, by_address, outside, unplaced
from crmsheet.change.collision import Collision
from crmsheet.change.columns import column_names
from crmsheet.change.comparing import TEXT_ONLY
from crmsheet.change.merging import NewKeys, Numbers, merge
from crmsheet.change.planning import Conflict, Plan, plan
from crmsheet.clean.keys import key_prefix, next_keys
from crmsheet.core.book import Book, Sheet, Table
from crmsheet.core.cells import Formula
from crmsheet.core.changes import Change, Changes, ChangeSet
from crmsheet.core.messages import N_, Message, Text
from crmsheet.schema.free_tables import is_free

COMMAND = "merge"
_TAKEN = N_("{sheet} was changed by theirs alone: it is taken whole.")
_ADDED = N_("{sheet} is new in theirs: it is added.")
_STAYS = N_("{sheet} is gone in theirs; it stays, since sheets are never deleted.")
_LOST = N_("{sheet} is gone in ours, and theirs changed it: add it again from theirs if it is wanted.")


@dataclass(frozen=True)
class MergedBook:
    """What ours becomes: a plan against it, and what somebody has to decide; no file is touched yet.

    `renumbered` is table -> old key -> new key of records of theirs; `notes` tell what became of whole sheets; `sheet`
    is where the collisions stand, '' for a CSV book, which has no sheet for them.
    """

    ours: BookState
    theirs: BookState
    made: Plan
    collisions: tuple[Collision, ...]
    renumbered: NewKeys
    notes: tuple[Text, ...]
    sheet: str = ""

    @property
    def edits(self) -> Mapping[str, SheetEdits]:
        """The edits of sheets, by name."""
        return self.made.edits

    @property
    def changes(self) -> Changes:
        """What is changed in ours."""
        return self.made.applied

    @cached_property
    def files(self) -> Mapping[str, bytes]:
        """The members of the book that change, as they are to be written.

        Raises:
            CellRefused, PatchRefused: ours cannot be edited so.
        """
        return patch(self.ours.opened, self.made.edits, self.made.book).files


def merged(base: BookState | None, ours: BookState, theirs: BookState, request: Request) -> MergedBook:
    """Ours with what theirs changed since the base; the states are those that `comparable` gives for the three.

    Without a base whatever differs has to be decided, but where one side has nothing.
    """
    request.tell(Message(N_("merging {theirs} into {ours}"), {"theirs": theirs.label, "ours": ours.label}))
    sheets = _sort_sheets(base, ours, theirs)
    books = [_without(each, sheets) for each in (base or _common(ours, theirs), ours, theirs)]
    found = merge(books[0], books[1], books[2], ours.loaded.schema, _numbering(ours))
    made = plan(books[1], ChangeSet(ours.book.source.sha256, COMMAND, found.changes))
    beside = [by_address(name, *_outside(name, base, ours, theirs, books)) for name in sheets.shared]
    collisions = (*found.collisions, *map(_collided, (*made.conflicts, *made.left_out)))
    collisions += tuple(each for one in beside for each in one.collisions)
    made = _with_cells(made, [each for one in beside for each in one.changes])
    collisions += tuple(_unplaced(sheets.shared, base, ours, theirs, [*_told(made, collisions), *found.settled]))
    made = _with_taken(made, theirs.opened, sheets.taken)
    made, sheet = with_conflicts(made, collisions, ours, theirs)
    return MergedBook(ours, theirs, made, collisions, found.renumbered, tuple(_notes(sheets, ours)), sheet)


def _numbering(ours: BookState) -> Numbers:
    """How new records of the book are numbered."""

    def numbers(table: str, keys: Sequence[str], count: int) -> Sequence[str]:
        return next_keys(keys, count, key_prefix(table, ours.loaded.context.settings))

    return numbers


def _common(ours: BookState, theirs: BookState) -> BookState:
    """A base where there is none: the tables that both have with the columns that both have, and not one record."""
    tables = {
        name: _emptied(table, ours.book.tables[name])
        for name, table in theirs.book.tables.items()
        if name in ours.book.tables
    }
    book = dataclasses.replace(ours.book, tables=tables)
    return dataclasses.replace(ours, loaded=dataclasses.replace(ours.loaded, book=book))


def _emptied(table: Table, other: Table) -> Table:
    known = column_names(other)
    shared = {letters for name, letters in column_names(table).items() if name in known}
    return dataclasses.replace(
        table,
        cells=table.cells.iloc[:0],
        values=table.values.iloc[:0],
        columns={name: letters for name, letters in table.columns.items() if letters in shared},
        headers={letters: text for letters, text in table.headers.items() if letters in shared},
        hidden=frozenset(),
    )


# Sheets -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Sheets:
    """What becomes of the sheets of theirs: `taken` whole, `shared` cell by cell, by table or by address.

    `plain` are free tables that are merged by address, and those of the sheets that are taken.
    """

    taken: tuple[str, ...]
    shared: tuple[str, ...]
    plain: frozenset[str]
    gone: tuple[str, ...]
    lost: tuple[str, ...]


def _sort_sheets(base: BookState | None, ours: BookState, theirs: BookState) -> _Sheets:
    names = [each.name for each in theirs.opened.sheets if not is_conflict_sheet(each)]
    mine = frozenset(_names(ours))
    owned = {part.sheet for state in (ours, theirs) for table in _owned(state) for part in table.parts}
    was = frozenset(_names(base) if base else ())
    by_theirs = _changed(base, theirs, owned) if base else frozenset(names)
    by_ours = _changed(base, ours, owned) if base else mine
    alone = [name for name in names if name not in owned and name in by_theirs and name not in by_ours]
    met = _sheets_of(theirs, ours)
    new = [name for name in names if name not in mine and name not in was and name not in met]
    taken = tuple(dict.fromkeys([*(name for name in alone if name in mine), *new]))
    shared = tuple(name for name in _names(ours) if name not in taken and _counterpart(ours, name, theirs) is not None)
    states = [each for each in (base, ours, theirs) if each is not None]
    plain = frozenset(
        name
        for state in (ours, theirs)
        for name, table in state.book.tables.items()
        if is_free(state.loaded.schema, name) and (not _is_list(name, states) or table.sheet in taken)
    )
    gone = tuple(sorted(was & mine - frozenset(_names(theirs)) - _sheets_of(ours, theirs)))
    lost = tuple(name for name in names if name in was and name not in mine and name in by_theirs)
    return _Sheets(taken, shared, plain, gone, lost)


def _changed(base: BookState, state: BookState, owned: Container[str]) -> frozenset[str]:
    """The sheets besides those of tables that are not as they were in the base."""
    free = {name for each in (base, state) for name in _names(each) if name not in owned}
    return changed_sheets(base.opened, state.opened, free).names if free else frozenset()


def _names(state: BookState) -> Iterable[str]:
    return (each.name for each in state.opened.sheets)


def _owned(state: BookState) -> Iterable[Table]:
    return (table for name, table in state.book.tables.items() if not is_free(state.loaded.schema, name))


def _is_list(name: str, states: Sequence[BookState]) -> bool:
    """Whether a sheet that no schema knows is a list of records: all states agree on its header, and it has a key."""
    tables = [state.book.tables[name] for state in states if name in state.book.tables]
    heads = {table.header_row for table in tables}
    return len(tables) == len(states) and len(heads) == 1 and 0 not in heads and all(map(_is_keyed, tables))


def _is_keyed(table: Table) -> bool:
    return bool(table.identity and table.identity.names)


def _without(state: BookState, sheets: _Sheets) -> Book:
    tables = {name: table for name, table in state.book.tables.items() if name not in sheets.plain}
    return dataclasses.replace(state.book, tables=tables)


def _outside(
    name: str, base: BookState | None, ours: BookState, theirs: BookState, books: Sequence[Book]
) -> tuple[Outside, Outside, Outside]:
    """What a sheet holds besides the tables that are merged, in the three states."""
    first = outside(_counterpart(ours, name, base), books[0]) if base else Outside({})
    mine, other = (outside(_counterpart(ours, name, each), books[at]) for at, each in ((1, ours), (2, theirs)))
    if base is None:  # what both have was there before
        same = {place: cell for place, cell in mine.cells.items() if other.cells.get(place) == cell}
        first = Outside(same, mine.rows, mine.first)
    return first, mine, other


def _sheets_of(state: BookState, other: BookState) -> frozenset[str]:
    """The sheets of the tables that another state has too, though its sheets may be called otherwise."""
    tables = (table for name, table in state.book.tables.items() if name in other.book.tables)
    return frozenset(part.sheet for table in tables for part in table.parts)


def _told(made: Plan, collisions: Sequence[Collision]) -> Iterator[Any]:
    """Every cell of theirs that a merge writes or tells."""
    for value in (*made.applied.column("after"), *(each.theirs for each in collisions)):
        yield from value.values() if isinstance(value, Mapping) else (value,)


def _unplaced(
    names: Iterable[str], base: BookState | None, ours: BookState, theirs: BookState, told: Sequence[Any]
) -> Iterator[Collision]:
    """What theirs wrote, and what would be lost without a word."""
    loose = len({each.book.source.format in TEXT_ONLY for each in (base, ours, theirs) if each is not None}) > 1
    for name in names:
        sides = (_counterpart(ours, name, each) if each else None for each in (base, ours, theirs))
        was, mine, other = sides
        if mine is not None and other is not None:
            yield from unplaced(was, mine, other, told, loose=loose)


def _counterpart(ours: BookState, name: str, state: BookState) -> Sheet | None:
    """The sheet of another state that is a sheet of ours: that of its name, else that of the same table."""
    sheets = {each.name: each for each in state.opened.sheets if not is_conflict_sheet(each)}
    if name in sheets:
        return sheets[name]
    found = (table.name for table in ours.book.tables.values() if table.sheet == name)
    return next((sheets.get(state.book.tables[each].sheet) for each in found if each in state.book.tables), None)


def _notes(sheets: _Sheets, ours: BookState) -> Iterable[Text]:
    mine = {each.name for each in ours.opened.sheets}
    for name in sheets.taken:
        yield Message(_TAKEN if name in mine else _ADDED, {"sheet": name})
    for name in sheets.gone:
        yield Message(_STAYS, {"sheet": name})
    for name in sheets.lost:
        yield Message(_LOST, {"sheet": name})


# What is done to ours -----------------------------------------------------------------------------------------------


def _collided(conflict: Conflict) -> Collision:
    """A change of the merge for which ours has no place."""
    change = conflict.change
    field = conflict.field or change.field
    return Collision(
        change.table, change.key, field, change.before, conflict.found, change.after, conflict.reason, conflict.place
    )


def _with_cells(made: Plan, changes: Sequence[Change]) -> Plan:
    """A plan with cells that belong to no table."""
    if not changes:
        return made
    edits = dict(made.edits)
    for sheet in dict.fromkeys(each.table for each in changes):
        mine = [each for each in changes if each.table == sheet]
        old = edits.get(sheet, SheetEdits(header_row=0))
        cells = {(each.row, each.column): each.after for each in mine}
        known = {(each.row, each.column) for each in mine if isinstance(each.before, Formula)}
        edits[sheet] = dataclasses.replace(old, cells={**old.cells, **cells}, formulas=old.formulas | known)
    return dataclasses.replace(made, edits=edits, applied=Changes.joined([made.applied, Changes.of(changes)]))


def _with_taken(made: Plan, theirs: Opened, names: Sequence[str]) -> Plan:
    """A plan with sheets that are taken whole."""
    if not names:
        return made
    taken = {name: theirs.files[member_of(theirs.files, name)] for name in names}
    told = Changes.of(Change("sheet", name, after=name) for name in names)
    book = dataclasses.replace(made.book, taken={**made.book.taken, **taken})
    return dataclasses.replace(made, book=book, applied=Changes.joined([made.applied, told]))
