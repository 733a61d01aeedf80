"""A program that uses the public API; mypy reads it (test_typed_api.py), nobody runs it.

Each line with an ignore is wrong: mypy --strict tells where one of those is right after all.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import assert_type

import pandas as pd

import crmsheet
from crmsheet import ChangeSet, CustomerBook, Result, errors

book = crmsheet.open("customers.xlsx", today=dt.date(2026, 11, 23), lang="zh", actor="li")
assert_type(book, CustomerBook)
assert_type(crmsheet.open(Path("customers.xlsx")), CustomerBook)
assert_type(book.tables, pd.DataFrame)
assert_type(book.frame("customers", labels="zh"), pd.DataFrame)
assert_type(book.changes_from(book.frame(raw=True), raw=True), Result)

result = book.check()
assert_type(result, Result)
assert_type(result.findings, pd.DataFrame)
assert_type(result.sections, Mapping[str, pd.DataFrame])
assert_type(result.proposal, ChangeSet)
assert_type(result.version, str)
assert_type(book.apply(result.only(result.changes["field"] == "mobile")), Result)
assert_type(book.apply(result.proposal, budget=False).notes, tuple[str, ...])
assert_type(book.reopen().undo(), Result)
try:
    book.apply(result)
except errors.BookChanged as error:
    assert_type(error.exit_code, int)

crmsheet.opne("customers.xlsx")  # type: ignore[attr-defined]
crmsheet.open("customers.xlsx", lang="fr")  # type: ignore[arg-type]
crmsheet.open("customers.xlsx", today="2026-11-23")  # type: ignore[arg-type]
book.frame(labels=True)  # type: ignore[arg-type]
book.apply("everything")  # type: ignore[arg-type]
book.path = Path("other.xlsx")  # type: ignore[misc]
errors.BookVanished()  # type: ignore[attr-defined]
