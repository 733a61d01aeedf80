"""Tables made of rows as a sheet has them, cleaned as the program does."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd

from crmsheet.clean.columns import clean_table
from crmsheet.core.book import Book, Source, Table
from crmsheet.core.cells import column_letters
from crmsheet.core.context import Context
from crmsheet.schema import load

SCHEMA = load(Path(__file__).parents[3] / "schemas")
CONTEXT = Context(dt.date(2025, 3, 1))


def made(name, rows, *, hidden=(), lang="en"):
    """A table of the standard book; the first row holds field names, and stands in row 1."""
    header, *below = rows
    letters = [column_letters(at) for at in range(1, len(header) + 1)]
    cells = pd.DataFrame(below, index=range(2, len(below) + 2), columns=letters, dtype=object)
    cells = cells.where(cells.notna(), None)
    table = Table(
        name=name,
        sheet=name,
        header_row=1,
        cells=cells,
        columns={field: at for field, at in zip(header, letters, strict=True) if field in SCHEMA.tables[name]},
        headers=dict(zip(letters, header, strict=True)),
        key=SCHEMA.tables[name].key,
        values=pd.DataFrame(index=cells.index),
        lang=lang,
        hidden=frozenset(hidden),
    )
    return clean_table(table, SCHEMA.tables[name], CONTEXT, retype_dates=False).table


def book(tables):
    return Book(Source(Path("book.xlsx"), "xlsx", ""), tables)
