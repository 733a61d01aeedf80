"""What passes through this room: a book as opened, the edits of its sheets, and what writing them did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from crmsheet.book.dialect import CsvDialect
from crmsheet.core.book import Sheet, Source
from crmsheet.core.cells import Cell
from crmsheet.core.messages import Message


@dataclass(frozen=True, slots=True)
class Opened:
    """A book as found.

    `files`    member name -> the bytes that were read; '' names a workbook, a file name names a CSV
    `dialects` sheet name -> how its CSV file is written; empty for a workbook
    `date1904` whether the workbook counts its days from 1904
    """

    source: Source
    sheets: tuple[Sheet, ...]
    files: Mapping[str, bytes]
    dialects: Mapping[str, CsvDialect] = field(default_factory=dict)
    date1904: bool = False


@dataclass(frozen=True, slots=True)
class SheetEdits:
    """What shall become of one sheet; rows are numbered as the sheet shows them, columns are letters.

    `header_row`  the row of the table's header, 0 for none
    `cells`       (row, letters) -> new value; None clears the cell
    `appended`    letters -> value, one mapping per new row, below `last_row`
    `new_columns` letters -> header text, written into `header_row`
    `hide`/`show` rows to hide and to show
    `last_row`    the last row of the table's data
    """

    header_row: int
    cells: Mapping[tuple[int, str], Cell] = field(default_factory=dict)
    appended: tuple[Mapping[str, Cell], ...] = ()
    new_columns: Mapping[str, str] = field(default_factory=dict)
    hide: frozenset[int] = frozenset()
    show: frozenset[int] = frozenset()
    last_row: int = 0


@dataclass(frozen=True, slots=True)
class SheetReceipt:
    """What was done to one sheet: counts, and the row numbers that the new rows got."""

    cells: int = 0
    appended: tuple[int, ...] = ()
    columns: int = 0
    hidden: int = 0
    shown: int = 0


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was done to a book; `notes` say what could not be carried along, such as a chart's range."""

    sheets: Mapping[str, SheetReceipt] = field(default_factory=dict)
    notes: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class Patched:
    """The members that changed, as they are to be written, and what was done to them.

    `known` spares the history some work: the SHA-256 of a zip member's compressed bytes -> its content, and the recipe
    that made those bytes (None where nobody has looked for it), of members that were unpacked or packed.
    """

    files: Mapping[str, bytes]
    receipt: Receipt
    known: Mapping[bytes, tuple[bytes, str | None]] = field(default_factory=dict)
