"""Sheets and opened books made of rows."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from crmsheet.book.opened import Opened
from crmsheet.core.book import Sheet, Source
from crmsheet.core.cells import column_letters
from crmsheet.schema import load

SHIPPED = Path(__file__).parents[3] / "schemas"
SCHEMA = load(SHIPPED)


def sheet(name, rows, **more):
    width = max(map(len, rows), default=0)
    letters = [column_letters(at) for at in range(1, width + 1)]
    filled = [[*row, *[None] * (width - len(row))] for row in rows]
    cells = pd.DataFrame(filled, index=range(1, len(rows) + 1), columns=letters, dtype=object)
    return Sheet(name, cells.where(cells.notna(), None), **more)


def opened(*sheets):
    return Opened(Source(Path("book.xlsx"), "xlsx", "0"), sheets, {})
