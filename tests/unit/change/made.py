"""Small books as frames, and a patcher of frames: what the book room does to a sheet, said slowly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from crmsheet.book.opened import SheetEdits
from crmsheet.core.book import Book, Source, Table
from crmsheet.core.cells import column_letters
from crmsheet.core.changes import Change, Changes, ChangeSet

KEY = "customer_id"
FIELDS = {KEY: "客户编号", "name": "客户名称", "mobile": "手机", "record_status": "记录状态", "merged_into": "合并至"}


def table(
    rows: Sequence[Mapping[str, Any]],
    fields: Sequence[str] = (KEY, "name", "mobile"),
    *,
    header_row: int = 3,
    hidden: frozenset[int] = frozenset(),
    numbers: Sequence[int] | None = None,
) -> Table:
    """A table of these rows; a field that the schema does not know is an unbound column with that header."""
    letters = {name: column_letters(number) for number, name in enumerate(fields, start=1)}
    index = list(numbers) if numbers is not None else list(range(header_row + 1, header_row + 1 + len(rows)))
    cells = pd.DataFrame(
        {
            letter: pd.Series([row.get(name) for row in rows], index=index, dtype=object)
            for name, letter in letters.items()
        },
        index=index,
    )
    return of_cells(
        cells,
        {name: letter for name, letter in letters.items() if name in FIELDS},
        {letter: FIELDS.get(name, name) for name, letter in letters.items()},
        header_row,
        hidden,
    )


def of_cells(cells: pd.DataFrame, columns: Any, headers: Any, header_row: int, hidden: frozenset[int]) -> Table:
    keys = [str(value) if value not in (None, "") else None for value in cells[columns[KEY]]] if KEY in columns else []
    values = pd.DataFrame(
        {KEY: pd.Series(keys, index=cells.index, dtype="str")} if KEY in columns else {}, index=cells.index
    )
    return Table("customers", "客户", header_row, cells, columns, headers, KEY, values, hidden=hidden)


def book(made: Table, sha256: str = "base") -> Book:
    return Book(Source(Path("b.xlsx"), "xlsx", sha256), {made.name: made})


def changeset(*changes: Change, base: str = "base") -> ChangeSet:
    return ChangeSet(base, "test", Changes.of(changes))


def patched(made: Table, edits: Mapping[str, SheetEdits]) -> Table:
    """The table after its edits, read again."""
    if made.sheet not in edits:
        return made
    edit = edits[made.sheet]
    rows = {int(row): dict(made.cells.loc[row]) for row in made.cells.index}
    headers = dict(made.headers)
    for (row, letters), value in edit.cells.items():
        if row == edit.header_row:
            headers[letters] = value
        else:
            rows[row][letters] = value
    for number, values in enumerate(edit.appended, start=edit.last_row + 1):
        rows[number] = dict(values)
    headers = {letters: text for letters, text in (headers | dict(edit.new_columns)).items() if text}
    letters = sorted({*map(str, made.cells.columns), *headers}, key=lambda each: (len(each), each))
    cells = pd.DataFrame(
        {each: pd.Series([rows[row].get(each) for row in rows], index=list(rows), dtype=object) for each in letters},
        index=list(rows),
    )
    labels = {label: name for name, label in FIELDS.items()}
    columns = {labels[text]: each for each, text in headers.items() if text in labels}
    hidden = (made.hidden | edit.hide) - edit.show
    return replace(of_cells(cells, columns, headers, made.header_row, hidden))


def records(made: Table) -> list[dict[str, Any]]:
    """The rows that hold anything, by header, in the order of the sheet."""
    found = []
    for row in sorted(made.cells.index):
        cells = made.cells.loc[row]
        held = {made.headers.get(str(each), str(each)): cells[each] for each in made.cells.columns}
        found.append({name: value for name, value in held.items() if value not in (None, "")})
    return [each for each in found if each]
