"""The example books of the repository, and of the demo."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from crmsheet.sample.making import make_book
from crmsheet.sample.truth import Truth

EXAMPLE_DAY = dt.date(2026, 11, 23)
"""The day on which the books of `examples/` are "today"."""


ENGLISH_SETTINGS = 'region = "US"\ncurrency = "USD"\n'
"""What an English book needs beside it: the home region of its phones, and its money."""


def make_example(folder: Path, today: dt.date = EXAMPLE_DAY) -> Mapping[str, Truth]:
    """Writes the four example books into a folder; gives the truth about each by its name.

    A Chinese and an English workbook of 300 customers with all kinds of mess, a Chinese book as a folder of CSV files
    (the customers as Excel saves them in China, GB18030; the rest UTF-8 with BOM), and a book of one sheet.
    """
    (folder / "en").mkdir(parents=True, exist_ok=True)
    (folder / "en/crmsheet.toml").write_text(ENGLISH_SETTINGS, encoding="utf-8", newline="\n")
    return MappingProxyType(
        {
            "客户关系管理书.xlsx": make_book(
                folder / "客户关系管理书.xlsx", customers=300, seed=20, today=today, mess=1.5, transactions=500
            ),
            "en/customer-book.xlsx": make_book(
                folder / "en/customer-book.xlsx",
                customers=300,
                seed=21,
                lang="en",
                today=today,
                mess=1.5,
                transactions=500,
            ),
            "csv-book": make_book(
                folder / "csv-book",
                customers=120,
                seed=22,
                today=today,
                mess=1.5,
                encodings={"customers": "gb18030", "staff": "utf-8"},
            ),
            "one-sheet.xlsx": make_book(
                folder / "one-sheet.xlsx",
                customers=80,
                seed=23,
                today=today,
                mess=1.5,
                layout="one_sheet",
                transactions=240,
            ),
        }
    )
