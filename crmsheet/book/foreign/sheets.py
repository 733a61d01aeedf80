"""What a file of a foreign format holds: its sheets, cell by cell, with what of their looks can be carried."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from crmsheet.book import limits
from crmsheet.core.book import Sheet
from crmsheet.core.cells import LAST_COLUMN, LAST_ROW, Scalar, column_letters
from crmsheet.core.messages import N_, Message

VISIBLE = "visible"
GENERAL = "General"

_SMALL_GRID = 5_000_000
"""Places that any machine can hold: below it no row and no column is left out."""


class Damaged(Exception):
    """The file cannot be read; the argument says why, as a Message. Turned into `BookCorrupt` by `read_foreign`."""

    def __init__(self, detail: Message) -> None:
        super().__init__(detail)
        self.detail = detail


class Locked(Exception):
    """The file needs a password. Turned into `BookEncrypted` by `read_foreign`."""


@dataclass(frozen=True, slots=True)
class ForeignSheet:
    """A sheet as parallel lists, one entry per filled cell, in the order of the file: rows and columns from 1 on.

    `formats` number format codes, `widths` column number -> characters, `state` as a workbook writes it; `formulas`
    counts the cells that stand here with their last result.
    """

    name: str
    rows: Sequence[int]
    columns: Sequence[int]
    values: Sequence[Scalar]
    formats: Sequence[str]
    widths: Mapping[int, float] = field(default_factory=dict)
    hidden: frozenset[int] = frozenset()
    merged: tuple[str, ...] = ()
    state: str = VISIBLE
    locked: bool = False
    formulas: int = 0

    def as_found(self) -> Sheet:
        """The sheet as every command reads it; in one whose cells lie far apart, empty rows and columns are left out.

        Raises:
            Damaged: it is larger than any table.
        """
        return Sheet(self.name, self._frame(), locked=self.locked, hidden=self.hidden, merged=self.merged)

    def _frame(self) -> pd.DataFrame:
        rows, columns = np.asarray(self.rows, dtype=np.int64), np.asarray(self.columns, dtype=np.int64)
        height, width = int(rows.max(initial=0)), int(columns.max(initial=0))
        index: pd.Index = pd.RangeIndex(1, height + 1)
        letters = [column_letters(each) for each in range(1, width + 1)]
        if height * width > _SMALL_GRID:
            kept_rows, rows = np.unique(rows, return_inverse=True)
            kept_columns, columns = np.unique(columns, return_inverse=True)
            height, width = len(kept_rows), len(kept_columns)
            index = pd.Index(kept_rows, dtype="int64")
            letters = [column_letters(int(each)) for each in kept_columns]
        else:
            rows, columns = rows - 1, columns - 1
        if height * width > limits.MAX_GRID_CELLS:
            facts = {"sheet": self.name, "count": height * width}
            raise Damaged(Message(N_("the sheet {sheet} spans {count:,} cells"), facts))
        grid = np.full((height, width), None, dtype=object)
        values = np.empty(len(self.values), dtype=object)
        values[:] = self.values
        grid[rows, columns] = values
        return pd.DataFrame(grid, index=index, columns=pd.Index(letters, dtype=object), dtype=object)


@dataclass(frozen=True, slots=True)
class ForeignBook:
    """The sheets of a file that crmsheet reads and does not write; `notes` say how it was taken."""

    sheets: tuple[ForeignSheet, ...]
    notes: tuple[Message, ...] = ()


class Cells:
    """Collects the cells of a sheet while its file is read."""

    def __init__(self) -> None:
        self.rows: list[int] = []
        self.columns: list[int] = []
        self.values: list[Scalar] = []
        self.formats: list[str] = []
        self.formulas = 0

    def add(self, row: int, column: int, value: Scalar, form: str = GENERAL) -> None:
        """One cell; empty ones are passed over, and so is a number that is none."""
        if value is None or value == "" or value != value:
            return
        if not (0 < row <= LAST_ROW and 0 < column <= LAST_COLUMN):
            facts = {"row": row, "column": column}
            raise Damaged(Message(N_("it has a cell in row {row:,}, column {column:,}, outside of any sheet"), facts))
        self.rows.append(row)
        self.columns.append(column)
        self.values.append(value)
        self.formats.append(form)

    def sheet(self, name: str, **around: Any) -> ForeignSheet:
        """The sheet that they are, with what stands around them: `widths`, `hidden`, `merged`, `state`, `locked`."""
        return ForeignSheet(name, self.rows, self.columns, self.values, self.formats, formulas=self.formulas, **around)


def area(top: int, left: int, bottom: int, right: int) -> str:
    """A range in A1 notation, from numbers that begin with 1; it ends where the sheet ends."""
    right, bottom = min(right, LAST_COLUMN), min(bottom, LAST_ROW)
    return f"{column_letters(left)}{top}:{column_letters(right)}{bottom}"
