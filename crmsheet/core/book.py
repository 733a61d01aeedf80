"""A book as it was read: sheets as found, and the tables that were recognised in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from crmsheet.core.cells import CellRef, Formula, column_letters, column_number
from crmsheet.core.messages import cell_words

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Source:
    """Where a book came from: `sha256` is of the file, or of names and contents for a folder of CSV files."""

    path: Path
    format: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet as found: `cells` has the sheet's row numbers as index and column letters as columns.

    Its cells are objects: None, str, float, bool, date, datetime, CellError, Formula.
    `locked` tells a protected sheet; `hidden` holds the numbers of hidden rows.
    """

    name: str
    cells: pd.DataFrame
    locked: bool = False
    hidden: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the schema found in a sheet.

    `cells`   rows below the header, as found (index = sheet row number, columns = letters)
    `columns` field -> column letters; `headers` letters -> header text as found
    `values`  typed, one column per bound field, keys always text, NA where refused or empty
    `units`   field -> factor stated in its header (万元 is 10000)
    `lang`    the language of its headers
    """

    name: str
    sheet: str
    header_row: int
    cells: pd.DataFrame
    columns: Mapping[str, str]
    headers: Mapping[str, str]
    key: str
    values: pd.DataFrame
    lang: str = "zh"
    units: Mapping[str, float] = field(default_factory=dict)
    hidden: frozenset[int] = frozenset()

    def ref(self, row: int, name: str) -> CellRef:
        """The place of a field in a row."""
        return CellRef(self.sheet, row, self.columns.get(name, ""), name)

    def next_column(self) -> str:
        """The letters of the first free column at the right of the sheet's used range."""
        used = [column_number(letters) for letters in self.cells.columns]
        return column_letters(max(used, default=0) + 1)

    def texts(self, name: str) -> list[str]:
        """The cells of a field in words, trimmed, a formula by its result; '' for each row where there is no column."""
        letters = self.columns.get(name)
        if letters is None:
            return [""] * len(self.cells)
        shown = (each.cached if isinstance(each, Formula) else each for each in self.cells[letters].tolist())
        return [cell_words(each).strip() for each in shown]

    def keys(self) -> pd.Series[str]:
        """The key of each row, '' where it has none; index = sheet row number."""
        if self.key in self.values:
            # Objects: walking over an Arrow column makes each text anew, ten times as slowly.
            return self.values[self.key].astype("str").fillna("").astype("object")
        return self.cells.index.to_series().map(lambda _: "")


@dataclass(frozen=True, slots=True)
class Book:
    """Tables by schema name; `untouched` names the sheets that are carried and not owned."""

    source: Source
    tables: Mapping[str, Table]
    untouched: tuple[str, ...] = ()
    lang: str = "zh"
