"""What people decided in the sheet of conflicts, done in the book; a sheet in which all is decided goes."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import ascii_uppercase
from typing import Any

from crmsheet.app.conflict_file import read_conflicts, rewrite
from crmsheet.app.conflict_sheet import HEADER_ROW, PLACE, TAKE, Words, plain_cell, words_of
from crmsheet.app.keeping import put
from crmsheet.app.opening import Loaded
from crmsheet.app.outcomes import NOTHING, OFFER, Judgement, Written, as_written, shown, told
from crmsheet.app.request import Request
from crmsheet.app.states import BookState, comparable, current_state
from crmsheet.app.typed import Typed, cell_of
from crmsheet.book.opened import SheetEdits
from crmsheet.change.columns import DOUBLED
from crmsheet.change.planning import Plan, plan
from crmsheet.change.sides import Side
from crmsheet.core.book import Sheet
from crmsheet.core.cells import Cell, Formula, same_cell, split_a1
from crmsheet.core.changes import Change, Changes, ChangeSet
from crmsheet.core.errors import NothingToSettle, PatchRefused
from crmsheet.core.messages import N_, Message, Text, cell_words
from crmsheet.core.outcome import Outcome

COMMAND = "reconcile"
_STILL = N_("{count:,} rows of {sheet} are not decided yet: choose in the column {column}.")
_UNKNOWN = N_("{place} holds “{value}”; choose {ours}, {theirs} or {base}.")
_CHANGED = N_("{place} was changed since the merge; its row in {sheet} stays: look at it again.")
_LOST = N_("{place} is not found any more; its row in {sheet} stays: look at it again.")
_ALL = N_("All conflicts are decided. This sheet may be deleted.")
"""What is left in a sheet that cannot be taken away when everything is decided."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What a book's conflicts come to: changes for the rows that are decided, and what there is to say of the others.

    `rows` are the decided rows of the sheet, `open_rows` the others.
    """

    changes: Changes
    rows: tuple[int, ...]
    open_rows: tuple[int, ...]
    notes: tuple[Text, ...]


def settle(request: Request, *, write: bool) -> Outcome:
    """Does what was decided in the sheet of conflicts of a book (of a CSV book: in the file beside it).

    Raises:
        NothingToSettle: the book has no conflicts.
    """
    state = comparable([current_state(request)])[0]
    found = _conflicts_of(state)
    if found is None:
        raise NothingToSettle(path=state.loaded.path.name)
    sheet, words = found
    done = decided(state)
    loaded = state.loaded
    changeset = ChangeSet(loaded.book.source.sha256, COMMAND, done.changes)
    made = plan(loaded.book, changeset)
    made = made if loaded.opened.dialects else _cleared(made, sheet, words, done)
    counts = {"conflicts": len(done.open_rows) + len(made.conflicts)}
    if not done.rows:
        outcome = Written((Message(NOTHING),))
    elif not write:
        outcome = Written((Message(OFFER, {"count": len(made.applied)}),))
    else:
        try:
            outcome = _written(loaded, made)
        except PatchRefused:  # somebody's formulas or links read the sheet: it stays, and says that it is done with
            outcome = _written(loaded, _emptied(made, sheet, words, done))
        if loaded.opened.dialects:
            rewrite(loaded.path, sheet, done.rows)
    judged = Judgement(COMMAND, counts=counts, notes=done.notes)
    return shown(loaded, told(loaded, judged, made.applied, outcome))


def _written(loaded: Loaded, made: Plan) -> Written:
    if not len(made.applied):
        return Written((Message(NOTHING),))
    return as_written(put(loaded, COMMAND, "", made))


def decided(state: BookState) -> Decided:
    """What was decided in the conflicts of a book; nothing where it has none.

    A decision counts while the book still holds what the sheet says of ours.
    """
    found = _conflicts_of(state)
    if found is None:
        return Decided(Changes(), (), (), ())
    sheet, words = found
    reader = _Reader(state, sheet, words)
    for row in sheet.cells.index.tolist():
        if row > HEADER_ROW:
            reader.read(int(row))
    return reader.result()


def _conflicts_of(state: BookState) -> tuple[Sheet, Words] | None:
    """The sheet of conflicts, or what the file beside a CSV book holds as such a sheet."""
    sheets = state.opened.sheets if not state.opened.dialects else read_conflicts(state.loaded.path)
    return next(((each, words) for each in sheets if (words := words_of(each))), None)


def _cleared(made: Plan, sheet: Sheet, words: Words, done: Decided) -> Plan:
    """A plan that takes the sheet away where everything in it is decided and nobody wrote beside it; else see below."""
    rows = sheet.cells.drop(index=[*done.rows, *(row for row in sheet.cells.index if row <= HEADER_ROW)])
    beside = sheet.cells.iloc[:, len(words.heads) :]
    if done.open_rows or rows.notna().any(axis=None) or beside.notna().any(axis=None):
        return _emptied(made, sheet, words, done)
    told = Changes.of([Change("sheet", sheet.name, before=sheet.name)])
    book = dataclasses.replace(made.book, gone=made.book.gone | {sheet.name})
    return dataclasses.replace(made, book=book, applied=Changes.joined([made.applied, told]))


def _emptied(made: Plan, sheet: Sheet, words: Words, done: Decided) -> Plan:
    """A plan that empties the decided rows and hides them; when all are decided the first line says so."""
    letters = [str(each) for at, each in enumerate(sheet.cells.columns) if at != PLACE]  # links are never taken out
    cells: dict[tuple[int, str], Cell] = {(row, each): None for row in done.rows for each in letters}
    if not done.open_rows:
        cells[1, "A"] = words.speech.say(Message(_ALL))
    told = Changes.of(Change("remove", sheet.name, row=row, before={}) for row in done.rows)
    edits = {**made.edits, sheet.name: SheetEdits(0, cells, hide=frozenset(done.rows))} if done.rows else made.edits
    return dataclasses.replace(made, edits=edits, applied=Changes.joined([made.applied, told]))


def _row_of(cell: str) -> int:
    """The row of a place such as `D17`, or of a bare `17`; 0 where it names none."""
    number = cell.lstrip(ascii_uppercase)
    return int(number) if number.isdecimal() else 0


class _Reader:
    """Reads the rows of a sheet of conflicts, one after the other."""

    def __init__(self, state: BookState, sheet: Sheet, words: Words) -> None:
        self._state, self._sheet, self._words = state, sheet, words
        self._sides: dict[str, Side] = {}
        self._tables = {table.title: table for table in state.book.tables.values()}
        self._lines = dict(zip(sheet.cells.index.tolist(), sheet.cells.to_numpy().tolist(), strict=True))
        self._changes: list[Change] = []
        self._rows: list[int] = []
        self._open: list[int] = []
        self._notes: list[Text] = []
        self._waiting = 0

    def result(self) -> Decided:
        """What was read."""
        notes = list(self._notes)
        if self._waiting:
            facts = {"count": self._waiting, "sheet": self._sheet.name, "column": self._words.heads[TAKE]}
            notes.append(Message(_STILL, facts))
        return Decided(Changes.of(self._changes), tuple(self._rows), tuple(self._open), tuple(notes))

    def read(self, row: int) -> None:
        """One row: a decision, or one that is open."""
        line = [*self._lines[row], *[None] * len(self._words.heads)]
        if same_cell(line[0], None):  # decided before, or nothing of ours
            return
        choice = cell_words(line[TAKE]).strip().casefold()
        ours, theirs, base = self._words.sides
        sides = {ours.casefold(): line[5], theirs.casefold(): line[6], base.casefold(): line[4]}
        if choice not in sides:
            self._leave(row)
            if choice:
                place = f"{self._sheet.name}!H{row}"
                facts = {"place": place, "value": cell_words(line[TAKE]), "ours": ours, "theirs": theirs, "base": base}
                self._notes.append(Message(_UNKNOWN, facts))
            else:
                self._waiting += 1
            return
        why = "" if choice == ours.casefold() else self._take(line, sides[choice])
        if why:
            self._leave(row)
            self._notes.append(Message(why, {"place": cell_words(line[PLACE]), "sheet": self._sheet.name}))
        else:
            self._rows.append(row)

    def _leave(self, row: int) -> None:
        self._open.append(row)

    def _take(self, line: Sequence[Any], value: Any) -> str:
        """Adds the changes that take a side; what is in the way, '' for nothing."""
        title, key, column = (cell_words(each) for each in (line[0], line[1], line[3]))
        table = self._tables.get(title)
        sheet, _, cell = cell_words(line[PLACE]).rpartition("!")
        if table is None or (not key and column == cell):
            return self._take_address(sheet, cell, line[5], value)
        side = self._sides.setdefault(title, Side(table))
        if column == self._words.whole:
            return self._take_record(side, key, cell, line, value)
        name = next((each for each in side.names if side.header(each) == column), column)
        if name not in side.names:
            return _LOST
        row = self._row(side, key, cell)
        if not key and row is None and _row_of(cell) == table.header_row:
            return self._take_header(side, name, line[5], value)
        if row is None:
            return _LOST
        held = side.cell(row, name)
        if same_cell(plain_cell(held), value):
            return ""
        if not same_cell(plain_cell(held), line[5]):
            return _CHANGED
        self._changes.append(Change("set", table.name, key, row, side.names[name], name, held, self._cell(value)))
        return ""

    def _row(self, side: Side, key: str, cell: str) -> int | None:
        """The row of a record, by its key, else by its place."""
        if key:
            row = side.rows.get(key, DOUBLED)
            if row != DOUBLED:
                return row
            if key not in side.rows:
                return None
        return at if (at := _row_of(cell)) in side.places else None

    def _take_header(self, side: Side, name: str, ours: Any, value: Any) -> str:
        if side.header(name) != cell_words(ours):
            return _CHANGED
        at, letters = side.table.header_row, side.names[name]
        self._changes.append(Change("column", side.table.name, "", at, letters, name, side.header(name), value))
        return ""

    def _take_address(self, name: str, place: str, ours: Any, value: Any) -> str:
        """A cell that belongs to no table."""
        sheet = next((each for each in self._state.opened.sheets if each.name == name), None)
        try:
            letters, row = split_a1(place)
        except ValueError:
            return _LOST
        if sheet is None:
            return _LOST
        there = letters in sheet.cells and row in sheet.cells.index
        held: Any = sheet.cells.at[row, letters] if there else None
        if not same_cell(plain_cell(held), ours):
            return _CHANGED
        table = next((each for each in self._state.book.tables.values() if each.sheet == name), None)
        title = table.name if table else name
        self._changes.append(Change("set", title, "", row, letters, "", held, self._cell(value)))
        return ""

    def _cell(self, value: Any) -> Cell:
        """A value of the sheet as a cell; what reads as a formula was one."""
        formula = isinstance(value, str) and value.startswith("=") and len(value) > 1
        cell: Cell = Formula(value[1:]) if formula and not self._state.opened.dialects else value
        return cell

    def _take_record(self, side: Side, key: str, cell: str, line: Sequence[Any], value: Any) -> str:
        """A whole record: removed, brought back, or set as it was."""
        table, row = side.table, self._row(side, key, cell)
        wanted = None if cell_words(value) == self._words.gone else self._record(side, cell_words(value))
        if row is None:
            if wanted:
                self._changes.append(Change("add", table.name, key, after=wanted))
            return ""
        held = side.held(row)
        known = self._record(side, cell_words(line[5]))
        if any(not same_cell(plain_cell(cell), plain_cell(known.get(name))) for name, cell in held.items()):
            return _CHANGED
        if wanted is None:
            self._changes.append(Change("remove", table.name, key, row, before=held))
            return ""
        for name in dict.fromkeys([*held, *wanted]):
            if name in side.names and not same_cell(held.get(name), wanted.get(name)):
                letters = side.names[name]
                change = Change("set", table.name, key, row, letters, name, held.get(name), wanted.get(name))
                self._changes.append(change)
        return ""

    def _record(self, side: Side, text: str) -> Mapping[str, Cell]:
        """A record from its lines of header and value; each value is of the kind that its column holds."""
        names = {side.header(name) or name: name for name in side.names}
        found: dict[str, Cell] = {}
        for each in text.split("\n"):
            header = max((head for head in names if each.startswith(f"{head}: ")), key=len, default="")
            if header:
                said = each[len(header) + 2 :]
                said = json.loads(said) if said[:1] == '"' else said
                like = next((cell for cell in side.column(names[header]) if not same_cell(cell, None)), None)
                found[names[header]] = cell_of(Typed(said), like)
        return found
