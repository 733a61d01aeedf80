"""What a cell can hold, where it is, and when two cells are the same."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any, TypeAlias

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
"""The last row and the last column, XFD, that a sheet can have in any program."""

_A1 = re.compile(r"\$?([A-Z]{1,3})\$?([1-9][0-9]*)")


@dataclass(frozen=True, slots=True)
class Formula:
    """A cell that computes its value: `text` without the equals sign, `cached` the last result, if any."""

    text: str
    cached: Scalar = None


@dataclass(frozen=True, slots=True)
class CellError:
    """An error value such as `#N/A`, kept apart from text of the same spelling."""

    code: str


Scalar: TypeAlias = str | int | float | bool | dt.date | dt.datetime | dt.time | dt.timedelta | CellError | None
Cell: TypeAlias = Scalar | Formula


@dataclass(frozen=True, slots=True)
class CellRef:
    """The place of a cell as a spreadsheet shows it; prints as `客户!D17 (mobile)`."""

    sheet: str
    row: int
    column: str
    field: str = ""

    def __str__(self) -> str:
        place = f"{self.sheet}!{self.column}{self.row}"
        return f"{place} ({self.field})" if self.field else place


def visible(cell: Any) -> Scalar:
    """What a cell, as it comes out of a frame, shows: of a formula the stored result."""
    shown: Scalar = cell.cached if isinstance(cell, Formula) else cell
    return shown


def same_cell(left: object, right: object) -> bool:
    """Whether two cells hold the same thing: by type and value, so `True` is not `1` and `1` is `1.0`.

    A workbook knows one kind of number, so int and float compare by value; empty text is empty.
    """
    left, right = _plain(left), _plain(right)
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, int | float) and isinstance(right, int | float):
        return left == right
    return type(left) is type(right) and left == right


def _plain(value: object) -> object:
    """One form for values that a workbook cannot tell apart: midnight is its date, NaN and '' are empty."""
    if isinstance(value, dt.datetime):
        return value.date() if value.time() == dt.time() else value.replace(tzinfo=None)
    if value == "" or value != value:
        return None
    return value


def column_number(letters: str) -> int:
    """The one-based number of a column: A is 1, AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(number: int) -> str:
    """The letters of a one-based column number: 1 is A, 27 is AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def split_a1(place: str) -> tuple[str, int]:
    """Column letters and row of an A1 place, `$` allowed.

    Raises:
        ValueError: the text is no place.
    """
    match = _A1.fullmatch(place.upper())
    if not match:
        raise ValueError(place)
    return match[1], int(match[2])
