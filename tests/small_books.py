"""Small books as real bytes and as states, and what they hold, said slowly: for the laws of diff, merge and history."""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from unittest.mock import patch as stand_in

from openpyxl import Workbook

from crmsheet.app import schemas
from crmsheet.app.request import Request
from crmsheet.app.states import BookState, state_of
from crmsheet.book.patching import patch
from crmsheet.change.columns import column_names
from crmsheet.change.planning import Plan, plan
from crmsheet.core.book import Table
from crmsheet.core.cells import CellError, Formula
from crmsheet.core.changes import Changes, ChangeSet
from crmsheet.core.schema import Schema
from crmsheet.schema import binding

NOW = dt.datetime(2026, 1, 5, 9, 30)
XLSX, CSV, FOLDER = "xlsx", "csv", "folder"
Sheets = Mapping[str, Sequence[Sequence[Any]]]
"""Sheet name -> its rows, the header first."""


@contextlib.contextmanager
def schema_read_once() -> Iterator[None]:
    """The shipped schema and its words are the same for every small book: they are read once, not a thousand times."""
    real, known = binding.Vocabulary, {}

    def words(schema: Schema) -> binding.Vocabulary:
        return known.setdefault(id(schema), (schema, real(schema)))[1]

    with (
        stand_in.object(schemas, "load", functools.cache(schemas.load)),
        stand_in.object(binding, "Vocabulary", words),
    ):
        yield


def request_of(book: Path, actor: str = "test") -> Request:
    return Request(NOW, NOW.date(), book, lang="en", actor=actor)


def path_of(kind: str, folder: Path = Path("/nowhere")) -> Path:
    return {XLSX: folder / "客户.xlsx", CSV: folder / "客户.csv", FOLDER: folder / "book"}[kind]


def files_of(kind: str, sheets: Sheets) -> dict[str, bytes]:
    """The bytes of a book: one workbook, one CSV file of the first sheet, or a CSV file for each."""
    if kind == XLSX:
        return {"": workbook(sheets)}
    texts = {name: csv_text(rows) for name, rows in sheets.items()}
    return {"": next(iter(texts.values()))} if kind == CSV else {f"{name}.csv": text for name, text in texts.items()}


def workbook(sheets: Sheets) -> bytes:
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for number, row in enumerate(rows, 1):
            for column, value in enumerate(row, 1):
                if value is not None:
                    sheet.cell(number, column, f"={value.text}" if isinstance(value, Formula) else value)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def csv_text(rows: Sequence[Sequence[Any]]) -> bytes:
    lines = (",".join(f'"{each}"' if set(str(each)) & set('",\n') else _said(each) for each in row) for row in rows)
    return "".join(f"{line}\r\n" for line in lines).encode("utf-8-sig")


def _said(value: Any) -> str:
    return "" if value is None else str(value)


def state(kind: str, sheets: Sheets, label: str = "book") -> BookState:
    return state_at(path_of(kind), files_of(kind, sheets), label)


def state_at(path: Path, files: Mapping[str, bytes], label: str = "book") -> BookState:
    return state_of(request_of(path), path, files, label)


def planned(old: BookState, changes: Changes) -> Plan:
    return plan(old.book, ChangeSet(old.book.source.sha256, "test", changes))


def applied(old: BookState, changes: Changes) -> tuple[BookState, Plan]:
    """The state after changes that were made for it, through real bytes: planned, patched, read again."""
    made = planned(old, changes)
    done = patch(old.opened, made.edits)
    return state_at(old.opened.source.path, {**old.opened.files, **done.files}, "changed"), made


# What a book holds ------------------------------------------------------------------------------------------------


def plain(cell: Any) -> tuple[str, Any]:
    """A cell by type and value, as `same_cell` compares: something that can be counted and sorted."""
    if cell is None or cell == "" or cell != cell:
        return ("empty", "")
    if isinstance(cell, Formula):
        return ("formula", cell.text)
    if isinstance(cell, CellError):
        return ("error", cell.code)
    if isinstance(cell, bool):
        return ("bool", cell)
    if isinstance(cell, int | float):
        return ("number", float(cell))
    if isinstance(cell, dt.datetime) and cell.time() == dt.time():
        cell = cell.date()
    return (type(cell).__name__, cell.isoformat() if isinstance(cell, dt.date | dt.time) else str(cell))


EMPTY = plain(None)


def rows_of(table: Table) -> list[dict[str, tuple[str, Any]]]:
    """The records of a table that hold anything: column name -> its cell, the empty ones left out."""
    found = []
    for row in table.cells.index:
        named = (
            (name, plain(table.cells.at[row, at])) for name, at in column_names(table).items() if at in table.cells
        )
        if held := {name: cell for name, cell in named if cell != EMPTY}:
            found.append(held)
    return found


def content(held: BookState) -> dict[str, Counter[tuple[Any, ...]]]:
    """What the tables of a book hold, in whatever order of rows and columns."""
    return {
        name: Counter(tuple(sorted(row.items())) for row in rows_of(table)) for name, table in held.book.tables.items()
    }


def headers_of(held: BookState) -> dict[str, set[str]]:
    """The headers of each table, in whatever order."""
    return {name: {text for text in table.headers.values() if text} for name, table in held.book.tables.items()}


def said(made: Changes) -> list[tuple[Any, ...]]:
    """Changes without their places and their order: what they say."""
    return sorted(
        (each.kind, each.table, each.key, each.field, _sortable(each.before), _sortable(each.after)) for each in made
    )


def _sortable(value: Any) -> Any:
    if isinstance(value, Mapping):
        return str(sorted((name, plain(cell)) for name, cell in value.items()))
    return str(plain(value))
