"""From what is done to a table to the edits of sheets: every row and column in its real place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from crmsheet.book.opened import SheetEdits
from crmsheet.core.book import PART_ROWS, Part, Place, Table
from crmsheet.core.cells import column_letters, column_number, same_cell
from crmsheet.core.changes import Change
from crmsheet.core.errors import ColumnRefused, RowRefused
from crmsheet.core.folding import fold
from crmsheet.core.messages import N_, Message

_BELOW = Message(N_("another table stands below it"))
_ALSO = N_("the table has a column {label} on another sheet")


@dataclass
class Deeds:
    """What is done to a table so far, in its own row ids and letters; `appended` by the number of the part.

    `formulas` are the places of known formulas that are overwritten.
    """

    cells: dict[Place, Any] = field(default_factory=dict)
    appended: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    new_columns: dict[str, str] = field(default_factory=dict)
    hide: set[int] = field(default_factory=set)
    show: set[int] = field(default_factory=set)
    formulas: set[Place] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.cells or self.appended or self.new_columns or self.hide or self.show)


def part_for(table: Table, record: Mapping[str, Any]) -> int:
    """The number of the part that a new record goes to: that of its owner, else the last one."""
    fits = (number for number, part in enumerate(table.parts) if is_owner(part, record))
    return next(fits, len(table.parts) - 1)


def is_owner(part: Part, record: Mapping[str, Any]) -> bool:
    """Whether a record belongs to whom the records of a part belong to."""
    owner = fold(str(record.get("owner") or ""))
    return bool(owner) and fold(part.owner) == owner


def check_room(part: Part, row: int) -> None:
    """Lets a new row pass that has room below a part.

    Raises:
        RowRefused: another table stands there.
    """
    if part.room is not None and row > max(part.last_row, part.header_row) + part.room:
        raise RowRefused(place=f"{part.sheet}!{row}", reason=_BELOW)


def check_column(part: Part, label: str) -> None:
    """Lets a new column pass that has room beside a part.

    Raises:
        ColumnRefused: another table stands there.
    """
    if part.free == "":
        raise ColumnRefused(place=f"{part.sheet}!{part.header_row}", label=label)


def folded(table: Table, cells: dict[Place, Any]) -> set[Place]:
    """Moves what is written into merged cells to the one that holds their value; gives back what does not fit there.

    Merged cells hold one value: it is written where all of their rows get the same one, and else none is.
    """
    refused: set[Place] = set()
    for number, part in enumerate(table.parts):
        areas = _areas(table, number) if part.covered else {}
        for anchor, members in areas.items():
            touched = [place for place in members if place in cells]
            if not touched:
                continue
            value = cells[touched[0]]
            same = len(touched) == len(members) and all(same_cell(cells[place], value) for place in touched)
            for place in touched:
                del cells[place]
            if same:
                cells[anchor] = value
            else:
                refused.update(touched)
    return refused


def in_merged(table: Table, row: int, letters: str) -> bool:
    """Whether a place lies in merged cells."""
    part = table.part_of(row)
    real = (row % PART_ROWS, part.letters_of(letters))
    return bool(part.covered) and (real in part.covered or real in part.covered.values())


def _areas(table: Table, number: int) -> dict[Place, list[Place]]:
    """The merged cells of a part, in the table's places: the one that holds the value -> those that are records."""
    part, rows = table.parts[number], frozenset(table.cells.index.tolist())
    letters = {part.letters_of(str(each)): str(each) for each in table.cells.columns}
    found: dict[Place, list[Place]] = {}
    for (row, column), (top, _) in part.covered.items():
        name, base = letters.get(column, ""), number * PART_ROWS
        members = found.setdefault((base + top, name), [(base + top, name)] if base + top in rows else [])
        if base + row in rows:
            members.append((base + row, name))
    return found


class Spread:
    """The deeds of a table that is put together from several blocks, by block.

    `columns` are the changes that give a block a column which only others had.
    """

    def __init__(self, table: Table, deeds: Deeds, names: Mapping[str, str]) -> None:
        self.table = table
        self.columns: list[Change] = []
        self._names = {letters: name for name, letters in names.items()}
        self._headers = {**table.headers, **deeds.new_columns}
        self._letters = [dict(part.letters or {}) for part in table.parts]
        self._deeds = [Deeds() for _ in table.parts]
        self._known = deeds.formulas
        for letters in deeds.new_columns:
            for number, part in enumerate(table.parts):
                if number == 0 or part.last_row > part.header_row:
                    self._give(number, letters, told=number == 0)
        for (row, letters), value in deeds.cells.items():
            self._set(row, letters, value)
        for number, rows in deeds.appended.items():
            self._deeds[number].appended[0] = [self._row(number, values) for values in rows]
        for row in deeds.hide:
            self._deeds[row // PART_ROWS].hide.add(row % PART_ROWS)
        for row in deeds.show:
            self._deeds[row // PART_ROWS].show.add(row % PART_ROWS)

    def place(self, row: int, letters: str) -> tuple[str, int, str]:
        """Sheet, row and letters of a place of the table, new columns included."""
        number = row // PART_ROWS
        return self.table.parts[number].sheet, row % PART_ROWS, self._letters[number].get(letters, "")

    def edits(self) -> Iterator[tuple[str, SheetEdits]]:
        """The edits of each block that has any, with its sheet."""
        for part, deeds in zip(self.table.parts, self._deeds, strict=True):
            if deeds:
                yield part.sheet, edits_of(part, deeds, part.last_row)

    def _set(self, row: int, letters: str, value: Any) -> None:
        number = row // PART_ROWS
        if letters not in self._letters[number]:
            if same_cell(value, None):
                return
            self._give(number, letters)
        place = row % PART_ROWS, self._letters[number][letters]
        self._deeds[number].cells[place] = value
        if (row, letters) in self._known:
            self._deeds[number].formulas.add(place)

    def _row(self, number: int, values: Mapping[str, Any]) -> dict[str, Any]:
        for letters in values:
            if letters not in self._letters[number]:
                self._give(number, letters)
        return {self._letters[number][letters]: value for letters, value in values.items()}

    def _give(self, number: int, letters: str, *, told: bool = False) -> None:
        """Gives a part a column; one that no change has `told` becomes a change of its own."""
        part, header = self.table.parts[number], self._headers.get(letters) or ""
        check_column(part, header)
        fresh = self._deeds[number].new_columns
        real = column_letters(column_number(part.free or self.table.next_column()) + len(fresh))
        self._letters[number][letters] = real
        fresh[real] = header
        if not told:
            self.columns.append(
                Change(
                    "column", self.table.name, row=part.header_row, column=real, field=self._names.get(letters, ""),
                    after=header, reason=_ALSO, arguments={"label": header}, effect="derived", sheet=part.sheet,
                )
            )  # fmt: skip


def edits_of(part: Part, deeds: Deeds, last_row: int) -> SheetEdits:
    """The deeds of one block, for the patcher."""
    return SheetEdits(
        header_row=part.header_row,
        cells=deeds.cells,
        appended=tuple(values for rows in deeds.appended.values() for values in rows),
        new_columns=deeds.new_columns,
        hide=frozenset(deeds.hide),
        show=frozenset(deeds.show),
        last_row=last_row,
        formulas=frozenset(deeds.formulas),
    )
