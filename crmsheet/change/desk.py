"""One table being edited: what its cells hold by now, and where each change goes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from crmsheet.book.opened import SheetEdits
from crmsheet.change.columns import DOUBLED, column_names, rows_by_key
from crmsheet.change.placing import Deeds, Spread, check_room, edits_of, in_merged, is_owner, part_for
from crmsheet.core.book import PART_ROWS, Place, Table
from crmsheet.core.cells import LAST_COLUMN, Formula, column_letters, column_number, same_cell
from crmsheet.core.messages import N_

_NO_ROW = N_("no row has the key {key}")
_TWO_ROWS = N_("several rows have the key {key}")
_NO_KEY = N_("the row has no key, and the book has changed since")
_NO_PLACE = N_("row {row} is not in the table any more")
_NO_COLUMN = N_("the table has no column {field}")
_FORMULA = N_("the cell holds a formula")
_OTHER = N_("the cell holds another value than expected")
_EXISTS = N_("a row with the key {key} is already there")
_IN_USE = N_("somebody has written into the column {field}")
MERGED = N_("merged cells hold one value for several rows; unmerge them in the spreadsheet program")
NO_ROOM = N_("there is no room for a new column, since another table stands to the right; move one of the two")
_NOT_HERE = N_("a change of the kind {kind} cannot be written into a sheet")


class Unfit(Exception):
    """A change does not fit: the reason, and what was found."""

    def __init__(self, reason: str, found: Any = None, row: int = 0, letters: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.found = found
        self.row = row
        self.letters = letters


@dataclass
class Desk:
    """One table being edited: what its cells hold now, and what was done so far."""

    table: Table
    at_base: bool
    steady: frozenset[int] = frozenset()
    deeds: Deeds = field(default_factory=Deeds)
    spread: Spread | None = None

    def __post_init__(self) -> None:
        self.names = column_names(self.table)
        self.rows = {int(row): number for number, row in enumerate(self.table.cells.index.tolist())}
        self.cells = self.deeds.cells
        self.homeless: dict[str, int] = {}
        self._last = max(self.rows, default=self.table.header_row)
        self._keys: Mapping[str, int] | None = None
        self._found: dict[str, list[Any]] = {}
        self._steps = {
            "set": self._set,
            "add": self._add,
            "remove": self._remove,
            "retire": self._retire,
            "revive": self._revive,
            "column": self._column,
        }

    def edits(self) -> Iterable[tuple[str, SheetEdits]]:
        """What was done, by sheet, for the patcher."""
        if not self.table.joined:
            (part,) = self.table.parts
            return [(part.sheet, edits_of(part, self.deeds, self.last_row(0)))]
        self.spread = Spread(self.table, self.deeds, self.names)
        return self.spread.edits()

    def last_row(self, number: int) -> int:
        """The last row of a part, as the sheet counts it."""
        part = self.table.parts[number]
        if self.table.joined:
            return max(part.last_row, part.header_row)
        return self._last

    def quick(self, row: int, column: str, name: str, before: Any, after: Any) -> Place | None:
        """Sets a cell in its place at its base, where nothing about it is unusual; None leaves it to `take`.

        Nearly all changes of a night are of this kind: an empty cell is filled, or one text takes the place of another.
        """
        letters = column or self.names.get(name)
        at = self.rows.get(row)
        if at is None or letters is None or (place := (row, letters)) in self.cells:
            return None
        values = self._column_of(letters)
        if not values and self.names.get(name, letters) != letters:
            return None  # a column that was taken away comes back in another place
        found = values[at] if values else None
        if found is None:
            usual = before is None and after is not None and after == after and after != ""
        else:
            usual = type(found) is str and found == before and type(after) is str and found != after
        if not usual:
            return None
        self.cells[place] = after
        return place

    def _column_of(self, letters: str) -> list[Any]:
        """The cells of a column as they were found."""
        if letters not in self._found:
            frame = self.table.cells
            self._found[letters] = frame[letters].tolist() if letters in frame else []
        return self._found[letters]

    def take(
        self, kind: str, _table: str, key: str, row: int, column: str, name: str, before: Any, after: Any
    ) -> Place | None:
        """Takes one change in: its row and letters, or None where there is nothing to do.

        Raises:
            Unfit: it is a conflict.
        """
        step = self._steps.get(kind)
        if step is None:
            raise Unfit(_NOT_HERE)
        return step(key, row, column, name, before, after)

    def keys(self) -> Mapping[str, int]:
        """Key -> row, read when first needed; away from its base a key that is only proposed tells no row."""
        if self._keys is None:
            known = rows_by_key(self.table)
            held = self._column_of(self.table.columns.get(self.table.key, ""))
            if not self.at_base and self.table.identity is None:
                known = {key: row for key, row in known.items() if row == DOUBLED or (held and held[self.rows[row]])}
            self._keys = known
        return self._keys

    def current(self, row: int, letters: str) -> Any:
        """What a cell holds now."""
        if (row, letters) in self.cells:
            return self.cells[row, letters]
        values = self._column_of(letters)
        return values[self.rows[row]] if values else None

    def _row(self, key: str, row: int) -> int:
        """The row of a change: its place at its base or where the row is steady, else the row with its key."""
        if row and (self.at_base or row in self.steady):
            if row not in self.rows:
                raise Unfit(_NO_PLACE)
            return row
        if not key:
            raise Unfit(_NO_KEY)
        found = self.keys().get(key)
        if found is None:
            raise Unfit(_NO_ROW)
        if found == DOUBLED:
            raise Unfit(_TWO_ROWS)
        return found

    def _letters(self, column: str, name: str) -> str:
        """The column of a change: its place at its base, else the column of its field."""
        if self.at_base and column and (column in self.table.cells or name not in self.names):
            return column
        found = self.names.get(name) if name else None
        if found is None:
            raise Unfit(NO_ROOM if name in self.homeless else _NO_COLUMN, None, self.homeless.get(name, 0))
        return found

    def _checked(self, row: int, letters: str, before: Any, after: Any) -> bool:
        """Whether a cell is to be written; False where it holds the new value already."""
        found = self.current(row, letters)
        if type(found) is str and found == before and type(after) is str:  # nearly all, and three times as fast
            return found != after
        if type(found) is Formula:
            return self._checked_formula(found, row, letters, before, after)
        if same_cell(found, before):
            return not same_cell(before, after)
        if same_cell(found, after):
            return False
        raise Unfit(_OTHER, found, row, letters)

    def _checked_formula(self, found: Formula, row: int, letters: str, before: Any, after: Any) -> bool:
        """Whether a formula is to be overwritten: only by a change that knows this very formula."""
        if isinstance(after, Formula) and after.text == found.text:
            return False
        if not isinstance(before, Formula) or before.text != found.text:
            raise Unfit(_FORMULA, found, row, letters)
        self.deeds.formulas.add((row, letters))
        return True

    def _write_all(self, row: int, before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
        """Writes several cells of a row, or none of them where one does not fit."""
        names = (name for name in dict.fromkeys([*before, *after]) if name != self.table.told_by_sheet)
        places = {name: self._letters("", name) for name in names}
        if any(in_merged(self.table, row, letters) for letters in places.values()):
            raise Unfit(MERGED, None, row, next(iter(places.values())))
        fresh = {
            letters: after.get(name)
            for name, letters in places.items()
            if self._checked(row, letters, before.get(name), after.get(name))
        }
        self.cells.update({(row, letters): value for letters, value in fresh.items()})
        return bool(fresh)

    def _set(self, key: str, row: int, column: str, name: str, before: Any, after: Any) -> Place | None:
        row, letters = self._row(key, row), self._letters(column, name)
        if not self._checked(row, letters, before, after):
            return None
        self.cells[row, letters] = after
        return row, letters

    def _add(self, key: str, row: int, _column: str, _name: str, _before: Any, after: Any) -> Place:
        """Appends a row; one that was removed goes back into its place while that is still empty."""
        if key and key in self.keys() and not (self.at_base and row in self.rows):
            raise Unfit(_EXISTS)
        if self.at_base and row in self.rows:
            self._write_all(row, {}, after)
            return row, ""
        number = part_for(self.table, after)
        part = self.table.parts[number]
        told = {self.table.told_by_sheet} if is_owner(part, after) else set()
        values = {self._letters("", name): value for name, value in after.items() if name not in told}
        keys = self.names.get(self.table.key, "")
        if key and any(same_cell(each.get(keys), key) for held in self.deeds.appended.values() for each in held):
            raise Unfit(_EXISTS)
        last = self.last_row(number) + len(self.deeds.appended.get(number, ())) + 1
        check_room(part, last)
        self.deeds.appended.setdefault(number, []).append(values)
        return number * PART_ROWS + last, ""

    def _remove(self, key: str, row: int, _column: str, _name: str, before: Any, _after: Any) -> Place | None:
        row = self._row(key, row)
        return (row, "") if self._write_all(row, before, {}) else None

    def _retire(self, key: str, row: int, _column: str, _name: str, before: Any, after: Any) -> Place | None:
        row = self._row(key, row)
        written = self._write_all(row, before or {}, after)
        alone = self.table.part_of(row).alone
        if not written and (row in self.table.hidden or not alone):
            return None
        if alone:
            self.deeds.hide.add(row)
            self.deeds.show.discard(row)
        return row, ""

    def _revive(self, key: str, row: int, _column: str, _name: str, before: Any, after: Any) -> Place | None:
        row = self._row(key, row)
        written = self._write_all(row, before, after or {})
        if not written and row not in self.table.hidden:
            return None
        self.deeds.show.add(row)
        self.deeds.hide.discard(row)
        return row, ""

    def _column(self, _key: str, row: int, column: str, name: str, before: Any, after: Any) -> Place | None:
        """Adds a column at the right end, or (without `after`) empties the header of one that is empty.

        With `before` and `after` the header of a column is exchanged.

        A column that was taken away comes back into its place while that is still empty.
        """
        if after is None:
            return self._drop_column(row, column, name, before)
        if name in self.names:
            return self._rename_column(row, column, name, before, after) if before is not None else None
        if self.at_base and not self.table.joined and column in self.table.cells and self._is_free(column):
            letters = column
            self.cells[self.table.header_row, letters] = after
        else:
            self._check_beside(name)
            letters = self._next_column()
            self.deeds.new_columns[letters] = str(after)
        self.names[name] = letters
        return self.table.header_row, letters

    def _check_beside(self, name: str) -> None:
        """Raises Unfit where a new column has no room beside a block that needs it."""
        for number, part in enumerate(self.table.parts):
            if part.free == "" and (number == 0 or part.last_row > part.header_row):
                self.homeless[name] = number * PART_ROWS + part.header_row
                raise Unfit(NO_ROOM, None, self.homeless[name])

    def _rename_column(self, row: int, column: str, name: str, before: Any, after: Any) -> Place | None:
        part = self.table.part_of(row)
        header_row = row // PART_ROWS * PART_ROWS + part.header_row
        letters = self._letters(column, name)
        header = self.table.headers.get(letters)
        if same_cell(header, after):
            return None
        if not same_cell(header, before):
            raise Unfit(_OTHER, header, header_row, letters)
        self.cells[header_row, letters] = after
        return header_row, letters

    def _drop_column(self, row: int, column: str, name: str, before: Any) -> Place:
        number = row // PART_ROWS
        header_row = number * PART_ROWS + self.table.part_of(row).header_row
        letters = self._letters(column, name)
        header = self.table.headers.get(letters)
        if not same_cell(header, before):
            raise Unfit(_OTHER, header, header_row, letters)
        mine = (each for each in self.rows if each // PART_ROWS == number)
        left = next((each for each in mine if not same_cell(self.current(each, letters), None)), None)
        if left is not None:
            raise Unfit(_IN_USE, self.current(left, letters), left, letters)
        self.cells[header_row, letters] = None
        return header_row, letters

    def _is_free(self, letters: str) -> bool:
        """Whether a column has neither a header nor a cell."""
        header = self.cells.get((self.table.header_row, letters), self.table.headers.get(letters))
        return not header and all(same_cell(self.current(row, letters), None) for row in self.rows)

    def _next_column(self) -> str:
        """The letters after the sheet's last column and the new ones before."""
        used = map(column_number, (*self.table.headers, *self.deeds.new_columns))
        last = max((each for each in used if each <= LAST_COLUMN), default=0)
        return column_letters(max(last + 1, column_number(self.table.next_column())))
