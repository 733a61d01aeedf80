"""Reading a CSV file: its dialect, and its cells as text."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from crmsheet.book import limits
from crmsheet.book.csv_records import Records, records, unclosed
from crmsheet.book.dialect import CsvDialect
from crmsheet.book.encoding import Decoded, Undecodable, decode
from crmsheet.core.cells import column_letters
from crmsheet.core.errors import BookCorrupt
from crmsheet.core.messages import N_, Message

DELIMITERS = (",", "\t", ";", "|")
_SEP = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)
_SAMPLE = 65_536
_SAMPLE_RECORDS = 300


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
    found = records(decoded.text, dialect)
    line = unclosed(decoded.text, dialect, found)
    if line and not _has_quoted_fields(decoded.text, dialect):
        # Quotes are plain characters here, as in many exports with tabs.
        dialect = replace(dialect, quotechar="", quote_all=False)
        found = records(decoded.text, dialect)
    elif line:
        detail = Message(N_("a quotation mark opened in the record at line {line} is never closed"), {"line": line})
        raise BookCorrupt(path=path, detail=detail)
    return _frame(path, found), dialect


def sniff(decoded: Decoded, *, tabs: bool = False) -> CsvDialect:
    """How a text is written, judged from its beginning; `tabs` prefers the tab where nothing else speaks."""
    text = decoded.text
    sample = text[:_SAMPLE]
    if len(text) > _SAMPLE:
        sample = sample[: sample.rfind("\n") + 1] or sample
    delimiter = _delimiter(sample, tabs=tabs)
    ends = Counter(re.findall(r"\r\n|\n|\r", sample))
    dialect = CsvDialect(
        encoding=decoded.encoding,
        bom=decoded.bom,
        delimiter=delimiter,
        lineterminator=ends.most_common(1)[0][0] if ends else "\n",
        final_newline=text.endswith(("\n", "\r")),
    )
    return replace(dialect, quote_all=_all_quoted(sample, delimiter))


def _delimiter(sample: str, *, tabs: bool) -> str:
    """The character that cuts the most records into the same number of fields."""
    said = _SEP.match(sample)
    if said:
        return said[1]
    best, best_score = "\t" if tabs else ",", (0.0, 0)
    for each in sorted(DELIMITERS, key=lambda each: each != best):
        cut = records(sample, CsvDialect(delimiter=each)).widths[:_SAMPLE_RECORDS]
        widths = Counter(width for width in cut if width)
        if not widths:
            continue
        width, count = max(((w, n) for w, n in widths.items() if w > 1), key=lambda pair: pair[1], default=(1, 0))
        score = round(count / widths.total(), 3), width
        if score > best_score:
            best, best_score = each, score
    return best


def _all_quoted(sample: str, delimiter: str) -> bool:
    """Whether the fields of the sample are quoted, the empty ones aside."""
    plain = re.escape(delimiter)
    begun = re.findall(rf"(?:^|{plain})(\"?)[^{plain}\r\n]", sample.replace('""', ""), re.MULTILINE)
    return bool(begun) and sum(map(bool, begun)) >= 0.9 * len(begun)


def _has_quoted_fields(text: str, dialect: CsvDialect) -> bool:
    """Whether quotes are used as quotes somewhere: a field that opens and closes on one line."""
    edge = re.escape(dialect.delimiter)
    return re.search(rf'(?:^|{edge})"[^"\r\n]*"(?={edge}|\r|\n|\Z)', text, re.MULTILINE) is not None


def _frame(path: Path, found: Records) -> pd.DataFrame:
    height, width = len(found.widths), max(found.widths, default=0)
    if width > limits.MAX_CSV_COLUMNS or width * height > 4 * limits.MAX_GRID_CELLS:
        facts = {"row": 1 + found.widths.index(width), "count": width}
        raise BookCorrupt(path=path, detail=Message(N_("its record {row} has {count:,} fields"), facts))
    grid = np.empty((height, width), dtype=object)
    if len(found.fields) == height * width:
        grid.ravel()[:] = found.fields
    else:
        # Rows of unequal length: the fields fill the places that their row has.
        grid[np.arange(width) < np.array(found.widths)[:, None]] = found.fields
    grid[grid == ""] = None
    filled = grid != None  # noqa: E711  (element by element, by identity)
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
