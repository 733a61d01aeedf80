"""Finding the header of a table below titles, instructions and blank rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from crmsheet.core.cells import Formula

if TYPE_CHECKING:
    import pandas as pd

DEPTH = 30
"""Rows with anything in them that are looked at."""

_LONG = 40


def find_header(cells: pd.DataFrame, known: Callable[[str], bool]) -> int | None:
    """The sheet row of the header, or None where no row looks like one.

    It is the row with the most known labels, by count times share of its filled cells; the upper one of equals. Two
    known labels are needed; one is enough in a sheet of at most two columns. A header is text, mostly unlike from
    cell to cell.
    """
    best, best_score = None, 0.0
    for row, values in _first_rows(cells):
        score = _score(values, known, best_score, narrow=cells.shape[1] <= 2)
        if score > best_score:
            best, best_score = row, score
    return best


def _first_rows(cells: pd.DataFrame) -> list[tuple[int, list[object]]]:
    """Row number and filled cells of the first rows that have any."""
    found: list[tuple[int, list[object]]] = []
    for at, row in enumerate(cells.index):
        values = [value for value in cells.iloc[at].tolist() if _filled(value)]
        if values:
            found.append((int(row), values))
        if len(found) == DEPTH or at >= 10 * DEPTH:
            break
    return found


def _filled(value: object) -> bool:
    return value is not None and not (isinstance(value, str) and not value.strip())


def _score(values: list[object], known: Callable[[str], bool], best: float, *, narrow: bool) -> float:
    """How much a row is a header: 0 for no; known labels count by their share of the row.

    A row that cannot be better than `best`, even were all its texts known, is not looked up.
    """
    texts = [text for text in map(_text, values) if text]
    short = {text for text in texts if len(text) <= _LONG}
    # 姓名, 电话, 姓名, 电话: two contacts beside each other repeat their labels.
    if len(short) <= best or len(set(texts)) < 0.5 * len(texts) or len(texts) < 0.5 * len(values):
        return 0.0
    labels = set(filter(known, short))
    if len(labels) < (1 if narrow else 2):
        return 0.0
    share = sum(text in labels for text in texts) / len(values)
    return len(labels) * (0.5 + 0.5 * share)


def _text(value: object) -> str:
    """A label in a cell: text, or the text that a formula shows."""
    if isinstance(value, Formula):
        value = value.cached
    return value.strip() if isinstance(value, str) else ""
