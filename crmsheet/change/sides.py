"""A table as one side of a merge: its cells by column and row, its rows by key."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from crmsheet.book.shared_formulas import SharedFormula
from crmsheet.change.columns import DOUBLED, column_names, rows_by_key
from crmsheet.change.likeness import looks_alike, same_formula
from crmsheet.core.book import PART_ROWS, Table
from crmsheet.core.cells import CellRef, Formula, same_cell


class Side:
    """One table, looked at by column name and row id."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.names = column_names(table)
        self.places = {int(row): at for at, row in enumerate(table.cells.index.tolist())}
        self._columns: dict[str, list[Any]] = {}

    @cached_property
    def keys(self) -> dict[int, str]:
        """Row -> key, '' where it has none."""
        return dict(zip(self.places, self.table.keys().tolist(), strict=True))

    @cached_property
    def rows(self) -> dict[str, int]:
        """Key -> row; DOUBLED for a key that several rows have."""
        return dict(rows_by_key(self.table))

    def tells(self, row: int) -> bool:
        """Whether the key of a row is its own."""
        return self.rows.get(self.keys[row], DOUBLED) != DOUBLED

    def header(self, name: str) -> str:
        """The header of a column, '' where it has none."""
        return str(self.table.headers.get(self.names[name]) or "")

    def column(self, name: str) -> list[Any]:
        """The cells of a column in the order of the rows; none where there is no such column."""
        if name not in self._columns:
            letters = self.names.get(name, "")
            self._columns[name] = self.table.cells[letters].tolist() if letters in self.table.cells else []
        return self._columns[name]

    def cell(self, row: int, name: str) -> Any:
        """What a cell holds, None where there is no such column."""
        cells = self.column(name)
        return cells[self.places[row]] if cells else None

    def held(self, row: int) -> dict[str, Any]:
        """The cells of a row that are not empty, by name."""
        found = ((name, self.cell(row, name)) for name in self.names)
        return {name: value for name, value in found if not same_cell(value, None)}

    def place(self, row: int, name: str = "") -> str:
        """A cell or a row as a sentence names it."""
        sheet, real, letters = self.table.place(row, self.names.get(name, ""))
        return str(CellRef(sheet, real, letters, name)) if letters else f"{sheet}!{real}"

    def letters(self, row: int) -> dict[str, str]:
        """The names of the columns by the letters that they have where a row stands."""
        part = self.table.part_of(row)
        return {part.letters_of(letters): name for name, letters in self.names.items()}


def moved(value: Any, row: int, to: int) -> Any:
    """A cell as it reads in another row: a formula refers to its neighbours as it did."""
    if not isinstance(value, Formula) or row == to:
        return value
    return Formula(SharedFormula(value.text, row % PART_ROWS, 1).at(to % PART_ROWS, 1), value.cached)


def same(one: Side, row: int, left: Any, other: Side, there: int, right: Any, *, loose: bool = False) -> bool:
    """Whether two cells hold the same; formulas where they say the same of their own rows.

    With `loose` a cell of a workbook is the same as its words.
    """
    if isinstance(left, Formula) and isinstance(right, Formula):
        places = ((row % PART_ROWS, one.letters(row)), (there % PART_ROWS, other.letters(there)))
        return same_formula(left.text, right.text, *places)
    return same_cell(left, right) or (loose and looks_alike(left, right))
