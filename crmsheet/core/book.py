"""A book as it was read: sheets as found, and the tables that were recognised in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from crmsheet.core.cells import LAST_COLUMN, CellRef, column_letters, column_number, visible
from crmsheet.core.messages import Message, cell_words

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
    `locked` tells a protected sheet; `hidden` holds the numbers of hidden rows; `merged` the ranges of merged cells
    (`A1:C1`), whose value is in their first cell.
    """

    name: str
    cells: pd.DataFrame
    locked: bool = False
    hidden: frozenset[int] = frozenset()
    merged: tuple[str, ...] = ()


PART_ROWS = 2**21
"""Row ids that each part of a table has: a sheet has half as many rows, so no place is in doubt."""

_NAMED = 3
"""Sheets that a sentence names."""

Place: TypeAlias = tuple[int, str]
"""A row and the letters of a column."""


@dataclass(frozen=True, slots=True)
class Part:
    """One block of a table: where its records stand, and what fits beside and below them. Places are the sheet's own.

    `letters`  table letters -> sheet letters of its columns; None: each stands for itself
    `last_row` the last row of its records; 0 where the table's rows tell it
    `room`     how many rows fit below, None for as many as are wanted
    `free`     letters of the first column that may be added ('' where there is no place for one), None: the one after
               the last
    `alone`    whether no other block shares its rows: only then is a row hidden
    `covered`  place inside merged cells -> place of the cell that holds their value, in the same column
    `owner`    whose records these are, '' where that is not certain
    """

    sheet: str
    header_row: int
    letters: Mapping[str, str] | None = None
    last_row: int = 0
    room: int | None = None
    free: str | None = None
    alone: bool = True
    covered: Mapping[Place, Place] = field(default_factory=dict)
    owner: str = ""

    def letters_of(self, letters: str) -> str:
        """The sheet's letters of a column of the table, '' where this part lacks it."""
        return letters if self.letters is None else self.letters.get(letters, "")

    def reaches(self, row: int) -> bool:
        """Whether a row of the sheet is its header or one of its records."""
        return self.header_row <= row <= max(self.last_row, self.header_row)

    def distance(self, letters: str) -> int:
        """How far right of its last column a column of the sheet is; 0 for its own, less for one at the left."""
        mine = [column_number(each) for each in (self.letters or {}).values()]
        at = column_number(letters)
        return 0 if at in mine else at - max(mine, default=0)


@dataclass(frozen=True, slots=True)
class Identity:
    """How the rows of a table are told apart where states of a book are compared.

    `names` are the columns that make up the key, none where rows are the same by what they hold; `guessed` tells that
    rows which the key leaves over may still be the same; `why` says it in a sentence.
    """

    names: tuple[str, ...]
    why: Message
    guessed: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the schema found in a sheet, or put together from several blocks of one or more sheets.

    `sheet` and `header_row` are those of its first part. Row ids are `part number * PART_ROWS + sheet row`: those of
    the first part, and so of an ordinary table, are its sheet rows. Letters are those of the first part; columns that
    only others have come after the last letters that a sheet can have (XFD).

    `cells`   rows below the header, as found (index = row id, columns = letters)
    `columns` field -> column letters; `headers` letters -> header text as found
    `values`  typed, one column per bound field, keys always text, NA where refused or empty
    `units`   field -> factor stated in its header (万元 is 10000)
    `lang`    the language of its headers
    `hidden`  ids of hidden rows
    `parts`   its blocks in the order of the book, at least one
    `told_by_sheet` the field whose value is the name of the sheet, '' for none
    `identity` how its rows are told apart, where states are compared (`values` hold that key); None: by its own key
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
    parts: tuple[Part, ...] = ()
    told_by_sheet: str = ""
    identity: Identity | None = None

    def __post_init__(self) -> None:
        """A table without parts is one block."""
        if not self.parts:
            object.__setattr__(self, "parts", (Part(self.sheet, self.header_row),))

    @property
    def joined(self) -> bool:
        """Whether it is put together from several blocks."""
        return len(self.parts) > 1

    @property
    def title(self) -> str:
        """The names of its sheets, as a sentence says them; of many the first."""
        names = list(dict.fromkeys(part.sheet for part in self.parts))
        return "、".join([*names[:_NAMED], "…"] if len(names) > _NAMED + 1 else names)

    def part_of(self, row: int) -> Part:
        """The part that a row id lies in."""
        number = row // PART_ROWS
        return self.parts[number] if number < len(self.parts) else self.parts[-1]

    def place(self, row: int, letters: str = "") -> tuple[str, int, str]:
        """Where a row id and letters of this table really are: sheet, row, letters ('' where there is no such cell).

        Row 0 stands for the whole column, where the first part has it that has one.
        """
        if row:
            part = self.part_of(row)
            return part.sheet, row % PART_ROWS, part.letters_of(letters)
        having = next((part for part in self.parts if part.letters_of(letters)), self.parts[0])
        return having.sheet, 0, having.letters_of(letters)

    def row_at(self, sheet: str, row: int, letters: str = "") -> int:
        """The row id of a place, 0 where that is not certain; a column that is new belongs to the part at its left."""
        found = [at for at, part in enumerate(self.parts) if part.sheet == sheet and part.reaches(row)]
        if len(found) > 1:
            near = {at: self.parts[at].distance(letters) for at in found} if letters else {}
            found = sorted((at for at, far in near.items() if far >= 0), key=lambda at: near[at])
        return found[0] * PART_ROWS + row if found else 0

    def row_name(self, row: int) -> int | str:
        """The number of a row as people see it; with its sheet (`张三!17`) where the table is on several."""
        return f"{self.part_of(row).sheet}!{row % PART_ROWS}" if self.joined else row

    def ref(self, row: int, name: str) -> CellRef:
        """The place of a field in a row."""
        return CellRef(*self.place(row, self.columns.get(name, "")), name)

    def next_column(self) -> str:
        """The letters of the first free column at the right of the sheet's used range."""
        if free := self.parts[0].free:
            return free
        used = [column_number(letters) for letters in self.cells.columns]
        return column_letters(max((each for each in used if each <= LAST_COLUMN), default=0) + 1)

    def texts(self, name: str) -> list[str]:
        """The cells of a field in words, trimmed, a formula by its result; '' for each row where there is no column."""
        letters = self.columns.get(name)
        if letters is None:
            return [""] * len(self.cells)
        return [cell_words(visible(each)).strip() for each in self.cells[letters].tolist()]

    def keys(self) -> pd.Series[str]:
        """The key of each row, '' where it has none; index = row id."""
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
