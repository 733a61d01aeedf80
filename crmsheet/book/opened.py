"""What passes through this room: a book as opened, the edits of its sheets, and what writing them did."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from crmsheet.book.dialect import CsvDialect
from crmsheet.core.book import Sheet, Source
from crmsheet.core.cells import Cell
from crmsheet.core.messages import Message

_WRITTEN = ("xlsx", "csv")
_COLOUR = re.compile(r"(?:[0-9A-Fa-f]{6})?")


@dataclass(frozen=True, slots=True)
class Opened:
    """A book as found.

    `files`    member name -> the bytes that were read; '' names a workbook, a file name names a CSV
    `dialects` sheet name -> how its CSV file is written; empty for a workbook
    `date1904` whether the workbook counts its days from 1904
    `notes`    how the file was taken, where that is not plain from its name
    """

    source: Source
    sheets: tuple[Sheet, ...]
    files: Mapping[str, bytes]
    dialects: Mapping[str, CsvDialect] = field(default_factory=dict)
    date1904: bool = False
    notes: tuple[Message, ...] = ()

    @property
    def foreign(self) -> bool:
        """Whether its format is only read: what is written goes into a new .xlsx beside it."""
        return self.source.format not in _WRITTEN


@dataclass(frozen=True, slots=True)
class Look:
    """How cells shall look; what is not said stays as it is. Colours are written RRGGBB.

    `locked` tells whether the cells are out of bounds once their sheet is protected.
    """

    fill: str = ""
    colour: str = ""
    bold: bool = False
    number_format: str = ""
    locked: bool | None = None

    def __post_init__(self) -> None:
        """A colour that is none would make a file that Excel calls damaged."""
        if not all(_COLOUR.fullmatch(each) for each in (self.fill, self.colour)):
            raise ValueError("colours are written RRGGBB")


@dataclass(frozen=True, slots=True)
class Highlight:
    """Cells of an `area` (`A2:F90`) that take a look while a formula, written for its first cell, is true."""

    area: str
    formula: str
    look: Look


@dataclass(frozen=True, slots=True)
class Choices:
    """A drop-down list over an `area`: of `words` as they are, or of what a `source` holds (a range, or a name).

    `strict` refuses everything else, else the spreadsheet program only warns; `title` and `prompt` are shown beside
    the chosen cell.
    """

    area: str
    words: tuple[str, ...] = ()
    source: str = ""
    strict: bool = True
    title: str = ""
    prompt: str = ""


@dataclass(frozen=True, slots=True)
class SheetEdits:
    """What shall become of one sheet; rows are numbered as the sheet shows them, columns are letters.

    `header_row`  the row of the table's header, 0 for none
    `cells`       (row, letters) -> new value; None clears the cell
    `appended`    letters -> value, one mapping per new row, below `last_row`
    `new_columns` letters -> header text, written into `header_row`
    `hide`/`show` rows to hide and to show
    `last_row`    the last row of the table's data
    `force`       whether formulas and locked cells of a protected sheet may be overwritten
    `formulas`    (row, letters) of the formulas that may be overwritten, because who asks knows them
    `looks`       area -> how its cells shall look; `highlights` and `choices` are added to those that are there
    `links`       (row, letters) -> address, or `#` and a place of this book (`#客户!A1`)
    `widths`      letters -> how many characters wide a column shall be, in a sheet that states no widths
    `protect`     whether the sheet shall be protected, without a password
    `more`        the edits of further tables of this sheet, made after these; in a CSV file they lie above them,
                  since new rows move what is below
    """

    header_row: int
    cells: Mapping[tuple[int, str], Cell] = field(default_factory=dict)
    appended: tuple[Mapping[str, Cell], ...] = ()
    new_columns: Mapping[str, str] = field(default_factory=dict)
    hide: frozenset[int] = frozenset()
    show: frozenset[int] = frozenset()
    last_row: int = 0
    force: bool = False
    formulas: frozenset[tuple[int, str]] = frozenset()
    looks: Mapping[str, Look] = field(default_factory=dict)
    highlights: tuple[Highlight, ...] = ()
    choices: tuple[Choices, ...] = ()
    links: Mapping[tuple[int, str], str] = field(default_factory=dict)
    widths: Mapping[str, float] = field(default_factory=dict)
    protect: bool = False
    more: tuple[SheetEdits, ...] = ()


@dataclass(frozen=True, slots=True)
class WorkbookEdits:
    """What a workbook shall have besides: empty `sheets` behind the others, and `names` -> range or formula.

    What goes into a new sheet is in the edits of that name. `taken` holds sheets that are taken whole from another
    workbook or CSV file, by name -> the bytes of that file: each takes the place of the sheet of that name, or is
    added behind the others. `gone` names sheets that are taken out, where nothing else reads them.
    """

    sheets: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    taken: Mapping[str, bytes] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class SheetReceipt:
    """What was done to one sheet: counts, and the row numbers that the new rows got."""

    cells: int = 0
    appended: tuple[int, ...] = ()
    columns: int = 0
    hidden: int = 0
    shown: int = 0


@dataclass(frozen=True, slots=True)
class PartChange:
    """A part that was written: its digest before ('' for a new one) and after ('' for one that is gone)."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class PartsReceipt:
    """What became of the parts of a book: those that were written, and how many stand byte for byte as they were."""

    changed: tuple[PartChange, ...] = ()
    untouched: int = 0


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was done to a book: sheet by sheet, and part by part of the file.

    `notes` say what could not be carried along, such as a chart's range.
    """

    sheets: Mapping[str, SheetReceipt] = field(default_factory=dict)
    notes: tuple[Message, ...] = ()
    parts: PartsReceipt = PartsReceipt()


@dataclass(frozen=True, slots=True)
class Patched:
    """The members that changed, as they are to be written, and what was done to them.

    `known` spares the history some work: the SHA-256 of a zip member's compressed bytes -> its content, and the recipe
    that made those bytes (None where nobody has looked for it), of members that were unpacked or packed.
    """

    files: Mapping[str, bytes]
    receipt: Receipt
    known: Mapping[bytes, tuple[bytes, str | None]] = field(default_factory=dict)
