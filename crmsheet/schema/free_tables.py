"""Tables of sheets that no schema knows: named like the sheet, their columns by their headers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence

import numpy as np
import pandas as pd

from crmsheet.book.blocks import Pin
from crmsheet.book.layout.filled import shown
from crmsheet.book.layout.grid import Grid
from crmsheet.book.opened import Opened
from crmsheet.core.book import Sheet, Table
from crmsheet.core.schema import Field, Schema, TableSchema
from crmsheet.schema.headers import read_header
from crmsheet.schema.vocabulary import Vocabulary, base_name

_FIRST_ROWS = 30
"""Filled rows among which the header is."""
_FULL = 0.6
"""How full a header is, measured by the fullest of the first rows."""
_LONG = 60
_UNLIKE = 0.8
_YEARS = range(1900, 2100)
_VALUE = re.compile(r"@|\d{5,}|^[-+(]?[\d\s.,/:%-]+\)?$")
"""What a record has and a header has not: an address, a long number, nothing but digits."""


def free_tables(
    opened: Opened, sheets: Collection[str], taken: Collection[str], pins: Mapping[str, Pin]
) -> dict[str, Table]:
    """A table for each of these sheets that holds anything; `taken` are names that other tables have.

    Its header is the first row that looks like one, or the one that the user settled; where there is none, the columns
    are called by their letters, and `header_row` is 0.
    """
    found: dict[str, Table] = {}
    for sheet in opened.sheets:
        if sheet.name not in sheets:
            continue
        name = sheet.name
        while name in taken or name in found:
            name += "_"
        if (table := _table(name, sheet, pins.get(sheet.name, Pin()))) is not None:
            found[name] = table
    return found


def laid_like(table: Table, sheet: Sheet) -> Pin:
    """Where the header of another state of a table is: the row that says most of the same, else the same row.

    So an edit of one cell, also in the header, makes no other table of the sheet.
    """
    if not table.header_row:
        return Pin(header=(0,))
    words = set(table.headers.values())
    first = sheet.cells.head(_FIRST_ROWS + table.header_row)
    shared = [len(words & set(map(shown, row))) for row in first.to_numpy(dtype=object).tolist()]
    at = max(range(len(shared)), key=shared.__getitem__, default=0)
    number = int(first.index[at]) if shared and 2 * shared[at] >= len(words) else table.header_row
    return Pin(header=(number,))


def described(table: Table, vocabulary: Vocabulary) -> TableSchema:
    """What a free table is, for whom a schema tells labels and masks; its fields are those that somebody must mask."""
    labels = {"zh": table.title, "en": table.title}
    headers = {base_name(name): table.headers.get(letters, "") for name, letters in table.columns.items()}
    fields = (_private(name, header, vocabulary) for name, header in headers.items() if header)
    return TableSchema(table.name, labels, table.key, tuple(filter(None, fields)))


def is_free(schema: Schema, name: str) -> bool:
    """Whether no file defines a table of the schema."""
    return name not in schema.tables or not schema.tables[name].files


def _table(name: str, sheet: Sheet, pin: Pin) -> Table | None:
    grid = Grid(sheet)
    rows = np.flatnonzero(grid.filled.any(axis=1))
    if not len(rows):
        return None
    head = _head(grid, rows.tolist(), pin)
    held = grid.values != None  # noqa: E711  (element by element: a blank that somebody typed over is the same record)
    below = np.flatnonzero(held.any(axis=1))
    below = below[below > head]
    columns = [at for at in range(len(grid.letters)) if grid.filled[rows[rows >= head], at].any()]
    letters = [grid.letters[at] for at in columns]
    texts = {grid.letters[at]: text for at in columns if head >= 0 and (text := shown(grid.values[head, at]))}
    whole = len(below) == len(sheet.cells) - head - 1
    cells = sheet.cells.iloc[head + 1 :] if whole else sheet.cells.iloc[below]
    cells = cells if letters == grid.letters else cells[letters]
    return Table(
        name=name,
        sheet=sheet.name,
        header_row=grid.numbers[head] if head >= 0 else 0,
        cells=cells,
        columns=_names(letters, texts),
        headers=texts,
        key="",
        values=pd.DataFrame(index=cells.index),
        hidden=sheet.hidden & frozenset(cells.index.tolist()),
    )


def _names(letters: Sequence[str], texts: Mapping[str, str]) -> dict[str, str]:
    """Name -> letters: the header where it is the only one of its kind, else the letters."""
    counts = Counter(texts.values())
    named = {text: at for at, text in texts.items() if counts[text] == 1}
    taken = set(named.values())
    for at in letters:
        if at not in taken:
            name = at
            while name in named:
                name += "_"
            named[name] = at
    return dict(sorted(named.items(), key=lambda each: letters.index(each[1])))


def _head(grid: Grid, rows: Sequence[int], pin: Pin) -> int:
    """The position of the header, -1 for none."""
    if pin.header:
        number = max(pin.header)
        return grid.numbers.index(number) if number in grid.numbers else -1
    first = rows[:_FIRST_ROWS]
    counts = grid.counts(grid.area)
    widest = max(int(counts[row]) for row in first)
    return next((row for row in first if counts[row] >= _FULL * widest and _is_head(grid, row)), -1)


def _is_head(grid: Grid, row: int) -> bool:
    """Whether a row consists of short texts, most of them unlike, or of years among such."""
    values = grid.cells(row, grid.area)
    texts = [each.strip() for each in values if isinstance(each, str)]
    years = sum(isinstance(each, int | float) and each in _YEARS for each in values)
    fit = all(len(each) <= _LONG and not _VALUE.search(each) for each in texts)
    return fit and bool(texts) and len(texts) + years == len(values) and len(set(texts)) >= _UNLIKE * len(texts)


def _private(name: str, header: str, vocabulary: Vocabulary) -> Field | None:
    """The field that a column is, where all that its header may mean, in whatever table, is private; else None."""
    read = read_header(header)
    meant = [
        words.table[field] for words in vocabulary.tables.values() for _, field in words.look_up(read)[2][:1] if field
    ]
    if not meant or not all(each.sensitivity for each in meant):
        return None
    known = meant[0]
    return Field(name, {"zh": header, "en": header}, known.kind, sensitivity=known.sensitivity)
