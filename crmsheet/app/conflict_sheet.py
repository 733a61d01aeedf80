"""The sheet for what has to be decided after a merge: one row per collision, with its values and a drop-down."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crmsheet.app.states import BookState
from crmsheet.book.opened import Choices, Look, SheetEdits
from crmsheet.change.collision import Collision
from crmsheet.change.columns import column_names
from crmsheet.change.planning import Plan
from crmsheet.core.book import Sheet, Table
from crmsheet.core.cells import Cell, Formula, column_letters, same_cell
from crmsheet.core.changes import Change, Changes
from crmsheet.core.messages import N_, Message, Speech, cell_words
from crmsheet.resources import speech

NAME = N_("Conflicts")
OURS, THEIRS, BASE = N_("ours"), N_("theirs"), N_("base")
_HEADS = (
    N_("Table"),
    N_("Key"),
    N_("Customer"),
    N_("Field"),
    N_("Base"),
    N_("Ours"),
    N_("Theirs"),
    N_("Take"),
    N_("Place"),
    N_("Reason"),
)
_WIDTHS = (12, 12, 24, 16, 30, 30, 30, 10, 22, 40)
_TODO = N_(
    "Both sides changed these. Choose ours, theirs or base in the column Take, save the file, then run: crmsheet "
    "reconcile {book} --write. Until then ours stands."
)
_WHOLE = N_("(whole record)")
_GONE = N_("(removed)")
_LANGUAGES = ("zh", "en")
HEADER_ROW = 2
TAKE, PLACE = 7, 8
"""The columns of the decision and of the place, counted from 0."""


@dataclass(frozen=True, slots=True)
class Words:
    """What stands in the sheet, in one language."""

    speech: Speech

    @property
    def name(self) -> str:
        """The name of the sheet."""
        return self.speech.say(Message(NAME))

    @property
    def heads(self) -> tuple[str, ...]:
        """Its headers."""
        return tuple(self.speech.say(Message(each)) for each in _HEADS)

    @property
    def sides(self) -> tuple[str, str, str]:
        """What may be chosen: ours, theirs, base."""
        ours, theirs, base = (self.speech.say(Message(each)) for each in (OURS, THEIRS, BASE))
        return ours, theirs, base

    @property
    def whole(self) -> str:
        """What stands for a column where a whole record is meant."""
        return self.speech.say(Message(_WHOLE))

    @property
    def gone(self) -> str:
        """What stands for a record that one side removed."""
        return self.speech.say(Message(_GONE))


def words_of(sheet: Sheet) -> Words | None:
    """The words of a sheet that a merge has made, None for any other sheet."""
    if HEADER_ROW not in sheet.cells.index:
        return None
    heads = tuple(cell_words(each) for each in sheet.cells.loc[[HEADER_ROW]].to_numpy()[0].tolist()[: len(_HEADS)])
    return next((words for each in _LANGUAGES if (words := Words(speech(each))).heads == heads), None)


def is_conflict_sheet(sheet: Sheet) -> bool:
    """Whether a sheet is one that a merge has made."""
    return words_of(sheet) is not None


def with_conflicts(made: Plan, collisions: Sequence[Collision], ours: BookState, theirs: BookState) -> tuple[Plan, str]:
    """A plan with the rows of the collisions, in the sheet of an earlier merge or in a new one, and that sheet's name.

    What stands there already is not told again. A CSV book has no place for a sheet; see `conflict_file`.
    """
    if not collisions or ours.opened.dialects:
        return made, ""
    old = next((each for each in ours.opened.sheets if is_conflict_sheet(each)), None)
    words = (old and words_of(old)) or Words(speech(ours.book.lang))
    name = old.name if old else _free_name(words.name, ours)
    known = known_rows(old) if old else frozenset()
    names = _Names(ours, theirs)
    told = [(each, row) for each in collisions if told_by(row := _row(each, words, names)) not in known]
    if not told:
        return made, name
    first = max(old.cells.index.tolist()) + 1 if old else HEADER_ROW + 1
    edits = _rows(told, first, words)
    edits = edits if old else _dressed(edits, first + len(told) - 1, words, ours)
    rows_told = (Change("add", name, row=row, after={}) for row in range(first, first + len(told)))
    changes = Changes.of(rows_told if old else [Change("sheet", name, after=name)])
    book = made.book if old else dataclasses.replace(made.book, sheets=(*made.book.sheets, name))
    applied = Changes.joined([made.applied, changes])
    return dataclasses.replace(made, edits={**made.edits, name: edits}, applied=applied, book=book), name


def known_rows(sheet: Sheet) -> frozenset[tuple[str, ...]]:
    """What the rows of a sheet of conflicts tell."""
    return frozenset(told_by(line) for line in sheet.cells.to_numpy().tolist())


def told_by(row: Sequence[Any]) -> tuple[str, ...]:
    """What a row is about: its record, its column and the three values."""
    return tuple(cell_words(each) for each in row[:TAKE])


def conflict_rows(
    collisions: Sequence[Collision], ours: BookState, theirs: BookState, words: Words
) -> list[tuple[Cell, ...]]:
    """The same as lines of a file: what has to be done, the headers, the rows."""
    names = _Names(ours, theirs)
    return [(_todo(words, ours),), words.heads, *(_row(each, words, names) for each in collisions)]


def _todo(words: Words, ours: BookState) -> str:
    return words.speech.say(Message(_TODO, {"book": ours.loaded.path.name}))


def _free_name(name: str, ours: BookState) -> str:
    taken = {each.name.casefold() for each in ours.opened.sheets}
    numbered = (f"{name} {number}" if number > 1 else name for number in range(1, len(taken) + 3))
    return next(each for each in numbered if each.casefold() not in taken)


def _letters(at: int) -> str:
    return column_letters(at + 1)


def _dressed(rows: SheetEdits, last: int, words: Words, ours: BookState) -> SheetEdits:
    """The edits of a new sheet: what to do, headers, and the rows."""
    lines = {1: (_todo(words, ours),), HEADER_ROW: words.heads}
    head = {(row, _letters(at)): cell for row, cells in lines.items() for at, cell in enumerate(cells)}
    right, take = _letters(len(_HEADS) - 1), _letters(TAKE)
    return dataclasses.replace(
        rows,
        cells={**head, **rows.cells},
        looks={
            **rows.looks,
            "A1": Look(bold=True, colour="9C5700"),
            f"A{HEADER_ROW}:{right}{HEADER_ROW}": Look(fill="305496", colour="FFFFFF", bold=True),
            f"{take}{HEADER_ROW + 1}:{take}{last}": Look(fill="FFF2CC"),
        },
        widths={_letters(at): float(width) for at, width in enumerate(_WIDTHS)},
    )


def _rows(told: Sequence[tuple[Collision, tuple[Cell, ...]]], first: int, words: Words) -> SheetEdits:
    """The edits that write rows, with their drop-downs and links."""
    take, last = _letters(TAKE), first + len(told) - 1
    cells = {
        (row, _letters(at)): cell
        for row, (_, line) in enumerate(told, first)
        for at, cell in enumerate(line)
        if not same_cell(cell, None)
    }
    links = {
        (row, _letters(PLACE)): f"#{_quoted(each.place)}"
        for row, (each, _) in enumerate(told, first)
        if "!" in each.place
    }
    choices = (Choices(f"{take}{first}:{take}{last}", words.sides),)
    looks = {f"{_letters(PLACE)}{first}:{_letters(PLACE)}{last}": Look(colour="0563C1")}
    return SheetEdits(0, cells, choices=choices, links=links, looks=looks)


def _quoted(place: str) -> str:
    """A place as a link names it: `'客户'!D17`."""
    sheet, _, cell = place.rpartition("!")
    cell = cell.partition(" ")[0]
    target = cell if not cell.isdecimal() else f"A{cell}"
    return "'" + sheet.replace("'", "''") + f"'!{target}"


def _row(each: Collision, words: Words, names: _Names) -> tuple[Cell, ...]:
    """One collision as the cells of its row."""
    table = names.ours.book.tables.get(each.table)
    title = table.title if table is not None else each.table
    column = _column(each.field, table) if each.field else words.whole
    sides = (each.base, each.ours, each.theirs)
    values = tuple(map(plain_cell, sides)) if each.field else tuple(_record(one, table, words) for one in sides)
    place = each.place.partition(" (")[0]
    return (title, each.key, names.of(each), column, *values, None, place, words.speech.say(each.why))


def _column(name: str, table: Table | None) -> str:
    """A column as its sheet calls it."""
    if table is None:
        return name
    return str(table.headers.get(column_names(table).get(name, ""), "") or name)


class _Names:
    """What records are called, by their keys; each column is read once."""

    def __init__(self, ours: BookState, theirs: BookState) -> None:
        self.ours = ours
        self._states = (ours, theirs)
        self._known: dict[tuple[int, str, str], Mapping[str, str]] = {}

    def of(self, each: Collision) -> str:
        """The name of a record, or of the customer whom it names."""
        for at in range(len(self._states)):
            customer = self._texts(at, each.table, "customer_id").get(each.key, "")
            name = self._texts(at, each.table, "name").get(each.key, "")
            if each.key and (found := name or self._texts(at, "customers", "name").get(customer, "")):
                return found
        return ""

    def _texts(self, at: int, name: str, field: str) -> Mapping[str, str]:
        """Key -> what stands in a field."""
        place = at, name, field
        if place not in self._known:
            table = self._states[at].book.tables.get(name)
            pairs = zip(table.keys().tolist(), table.texts(field), strict=True) if table is not None else ()
            self._known[place] = dict(pairs)
        return self._known[place]


def plain_cell(cell: Any) -> Cell:
    """A cell as it is shown: a formula in words, since it is not to compute here."""
    return f"={cell.text}" if isinstance(cell, Formula) else cell


def _record(cells: Mapping[str, Any] | None, table: Table | None, words: Words) -> str:
    """A record as lines of a header and its value; text with breaks or quotes stands as JSON has it."""
    if cells is None:
        return words.gone
    return "\n".join(f"{_column(name, table)}: {said(cell)}" for name, cell in cells.items())


def said(cell: Any) -> str:
    """The words of a cell, on one line."""
    text = cell_words(plain_cell(cell))
    return json.dumps(text, ensure_ascii=False) if "\n" in text or text[:1] == '"' else text
