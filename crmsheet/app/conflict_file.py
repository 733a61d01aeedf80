"""Beside a CSV book, which has no sheet for it, the conflicts of a merge stand in a CSV file of their own."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from crmsheet.app.conflict_sheet import HEADER_ROW, Words, conflict_rows, is_conflict_sheet, known_rows, told_by
from crmsheet.app.states import BookState
from crmsheet.change.collision import Collision
from crmsheet.core.book import Sheet
from crmsheet.core.cells import Cell, column_letters
from crmsheet.core.messages import cell_words
from crmsheet.disk.durable import create, remove, write_failed, write_new
from crmsheet.resources import speech

_MARK = "'"
_HARMFUL = ("=", "+", "-", "@", "\t", "\r", _MARK)
"""How a cell begins that a spreadsheet program would compute: it gets a mark, which is taken off when it is read."""


def conflict_path(book: Path) -> Path:
    """Where the conflicts of a CSV book stand: beside it, so that no folder of tables gets another one."""
    return book.with_name(f"{book.stem if book.suffix else book.name}.{Words(speech('zh')).name}.csv")


def read_conflicts(book: Path) -> tuple[Sheet, ...]:
    """The file of conflicts of a CSV book as a sheet; none where there is none, or another file has its name."""
    path = conflict_path(book)
    try:
        text = path.read_text(encoding="utf-8-sig", errors="replace")
    except OSError:
        return ()
    lines = [[_read(each) for each in line] for line in csv.reader(io.StringIO(text, newline=""))]
    width = max(map(len, lines), default=0)
    cells = pd.DataFrame(
        [[*line, *[None] * (width - len(line))] for line in lines],
        index=range(1, len(lines) + 1),
        columns=[column_letters(at + 1) for at in range(width)],
        dtype=object,
    )
    found = Sheet(path.name, cells)
    return (found,) if is_conflict_sheet(found) else ()


def write_conflicts(collisions: Sequence[Collision], ours: BookState, theirs: BookState) -> Path:
    """Writes the collisions of a merge of CSV books beside ours, below those of an earlier merge.

    Raises:
        WriteFailed: the folder does not take it, or another file has that name.
    """
    path = conflict_path(ours.loaded.path)
    old = read_conflicts(ours.loaded.path)
    rows = conflict_rows(collisions, ours, theirs, Words(speech(ours.book.lang)))
    if not old:
        try:
            create(path, _csv(rows))
        except FileExistsError as error:
            raise write_failed(path, error) from error
        return path
    known = known_rows(old[0])
    new = [row for row in rows[HEADER_ROW:] if told_by(row) not in known]
    write_new(path, _csv([*old[0].cells.to_numpy().tolist(), *new]))
    return path


def rewrite(book: Path, sheet: Sheet, done: Sequence[int]) -> None:
    """Takes the decided rows out of the file of conflicts; without any other row the file goes.

    Raises:
        WriteFailed: the folder does not take it.
    """
    left = sheet.cells.drop(index=list(done))
    if len(left) > HEADER_ROW:
        write_new(conflict_path(book), _csv(left.to_numpy().tolist()))
    else:
        remove(conflict_path(book))


def _csv(rows: Sequence[Sequence[Cell]]) -> bytes:
    page = io.StringIO(newline="")
    csv.writer(page, lineterminator="\r\n").writerows([[_said(each) for each in row] for row in rows])
    return page.getvalue().encode("utf-8-sig")


def _said(cell: Cell) -> str:
    words = cell_words(cell)
    return f"{_MARK}{words}" if words.startswith(_HARMFUL) else words


def _read(words: str) -> str | None:
    return (words[1:] if words.startswith(_MARK) else words) or None
