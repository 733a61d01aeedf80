"""The text of a formula that a cell shares with the one it was filled from."""

from __future__ import annotations

import re
from dataclasses import dataclass

from crmsheet.core.cells import LAST_COLUMN, LAST_ROW, column_letters, column_number

_TOKEN = re.compile(
    r'"(?:[^"]|"")*"'  # text
    r"|'(?:[^']|'')*'"  # a quoted sheet name
    r"|\[[^\[\]]*(?:\[[^\[\]]*\][^\[\]]*)*\]"  # a book's number or a table's columns
    r"|(?<![A-Za-z0-9_.$\\?])(?:"
    r"(?P<ca>\$?)(?P<c>[A-Za-z]{1,3})(?P<ra>\$?)(?P<r>[1-9][0-9]{0,6})(?![A-Za-z0-9_.(!])"  # D17
    r"|(?P<c1a>\$?)(?P<c1>[A-Za-z]{1,3}):(?P<c2a>\$?)(?P<c2>[A-Za-z]{1,3})(?![A-Za-z0-9_.(!$])"  # D:F
    r"|(?P<r1a>\$?)(?P<r1>[1-9][0-9]{0,6}):(?P<r2a>\$?)(?P<r2>[1-9][0-9]{0,6})(?![A-Za-z0-9_.(!])"  # 3:5
    r")"
)


@dataclass(frozen=True, slots=True)
class SharedFormula:
    """The formula of the first cell of a group; the others refer to their neighbours as it does."""

    text: str
    row: int
    column: int

    def at(self, row: int, column: int) -> str:
        """The formula as it reads in another cell of the group; what leaves the sheet becomes `#REF!`."""
        down, right = row - self.row, column - self.column
        if not down and not right:
            return self.text
        return _TOKEN.sub(lambda match: _moved(match, down, right), self.text)


def _moved(match: re.Match[str], down: int, right: int) -> str:
    if match["c"]:
        place = _column(match["ca"], match["c"], right), _row(match["ra"], match["r"], down)
        return "#REF!" if None in place else f"{place[0]}{place[1]}"
    if match["c1"]:
        ends = _column(match["c1a"], match["c1"], right), _column(match["c2a"], match["c2"], right)
    elif match["r1"]:
        ends = _row(match["r1a"], match["r1"], down), _row(match["r2a"], match["r2"], down)
    else:
        return match[0]
    return "#REF!" if None in ends else f"{ends[0]}:{ends[1]}"


def _column(fixed: str, letters: str, right: int) -> str | None:
    if fixed:
        return f"${letters}"
    number = column_number(letters.upper()) + right
    return column_letters(number) if 1 <= number <= LAST_COLUMN else None


def _row(fixed: str, digits: str, down: int) -> str | None:
    if fixed:
        return f"${digits}"
    number = int(digits) + down
    return str(number) if 1 <= number <= LAST_ROW else None
