"""Reading a CSV file: its dialect, and its cells as text."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from crmsheet.book import limits
from crmsheet.book.csv_records import Records, records
from crmsheet.book.csv_sniffing import sniff
from crmsheet.book.csv_strays import Unclosed
from crmsheet.book.dialect import CsvDialect
from crmsheet.book.encoding import Undecodable, decode
from crmsheet.core.cells import LAST_COLUMN, column_letters
from crmsheet.core.errors import BookCorrupt
from crmsheet.core.messages import N_, Message


def read_csv(path: Path, content: bytes) -> tuple[pd.DataFrame, CsvDialect]:
    """The cells of a CSV file, text or None, and how it is written; index = record number, columns = letters.

    A record with line ends inside of its quotes counts once, as a spreadsheet shows it.

    Raises:
        BookCorrupt: bytes that are no text, a quote that is never closed, more columns than a sheet has.
    """
    try:
        decoded = decode(content)
    except Undecodable as error:
        raise BookCorrupt(path=path, detail=_undecodable(error.line)) from error
    dialect = sniff(decoded, tabs=path.suffix.lower() in (".tsv", ".tab", ".txt"))
    text = decoded.text[len(dialect.preface) :]
    try:
        found = records(text, dialect)
    except Unclosed as error:
        if _has_quoted_fields(text, dialect):
            detail = Message(
                N_("a quotation mark opened in the record at line {line} is never closed"), {"line": error.line}
            )
            raise BookCorrupt(path=path, detail=detail) from error
        found = None
    if found is None or (found.strays and not _has_quoted_fields(text, dialect)):
        # Quotes are plain characters here, as in many exports with tabs.
        dialect = replace(dialect, quotechar="", escape="", quote_all=False)
        found = records(text, dialect)
    if "\0" in text:
        # Zero bytes that some databases leave behind are no part of a text.
        found = replace(found, fields=[each.replace("\0", "") for each in found.fields])
    return _frame(path, found), replace(dialect, stray=found.strays[0] if found.strays else 0)


def _has_quoted_fields(text: str, dialect: CsvDialect) -> bool:
    """Whether quotes are used as quotes somewhere: a field that opens and closes on one line."""
    edge, quote, lead = re.escape(dialect.delimiter), dialect.quotechar, " *" if dialect.spaced else ""
    whole = rf"(?:^|{edge}{lead}){quote}[^{quote}\r\n]*{quote}(?={edge}|\r|\n|\Z)"
    return re.search(whole, text, re.MULTILINE) is not None


def _frame(path: Path, found: Records) -> pd.DataFrame:
    height, width = len(found.widths), max(found.widths, default=0)
    if width > LAST_COLUMN or width * height > 4 * limits.MAX_GRID_CELLS:
        facts = {"row": 1 + found.widths.index(width), "count": width}
        raise BookCorrupt(path=path, detail=Message(N_("its record {row} has {count:,} fields"), facts))
    grid = np.full((height, width), "", dtype=object)
    if len(found.fields) == height * width:
        grid.ravel()[:] = found.fields
    else:
        # Rows of unequal length: the fields fill the places that their row has.
        grid[np.arange(width) < np.array(found.widths)[:, None]] = found.fields
    empty = grid == ""
    grid[empty] = None
    filled = ~empty
    height, width = _last(filled.any(axis=1)), _last(filled.any(axis=0))
    letters = pd.Index([column_letters(each) for each in range(1, width + 1)], dtype=object)
    return pd.DataFrame(grid[:height, :width], index=pd.RangeIndex(1, height + 1), columns=letters, dtype=object)


def _last(filled: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> int:
    """How many there are up to the last that is filled."""
    places = np.flatnonzero(filled)
    return int(places[-1]) + 1 if len(places) else 0


def _undecodable(line: int) -> Message:
    if line:
        template = N_(
            "line {line} holds bytes that are no text while the rest is; it was cut off or put together wrongly"
        )
        return Message(template, {"line": line})
    return Message(N_("its text is in no encoding that crmsheet knows; save it as CSV UTF-8"))
