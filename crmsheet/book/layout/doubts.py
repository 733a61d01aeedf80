"""What the cells of a sheet leave open: the question, what was assumed, and the line that settles it."""

from __future__ import annotations

from crmsheet.book.blocks import Doubt
from crmsheet.core.messages import N_, Message


def no_header(sheet: str, row: int) -> Doubt:
    """Nothing in the sheet is known, and its first row looks like a record."""
    question = N_(
        "no header was found: row {row} looks like a record already, so nothing is read; write a header above it, or "
        'name its row: `header = {row}` under `[layout."{sheet}"]` in crmsheet.toml (0: the sheet is no table)'
    )
    return Doubt("header", Message(question, {"sheet": sheet, "row": row}), row, {"header": row})


def transposed(sheet: str, column: str) -> Doubt:
    """Labels below each other."""
    question = N_(
        "the labels stand below each other in column {column}, so nothing is read; turn the table round (copy, paste "
        'special, transpose), or say that it is none: `header = 0` under `[layout."{sheet}"]` in crmsheet.toml'
    )
    return Doubt("transposed", Message(question, {"sheet": sheet, "column": column}), 0, {"header": 0})


def two_headers(sheet: str, row: int, other: int) -> Doubt:
    """Two rows of known labels above each other."""
    question = N_(
        "rows {row} and {other} both look like the header: row {row} is taken, row {other} is left out; the other way "
        'round: `header = {other}` under `[layout."{sheet}"]` in crmsheet.toml'
    )
    return Doubt("header", Message(question, {"sheet": sheet, "row": row, "other": other}), row, {"header": other})


def few_labels(sheet: str, row: int, count: int, columns: int) -> Doubt:
    """A header that names few of the columns that are filled below it."""
    question = N_(
        "row {row} is taken as the header, though it names only {count} of the {columns} columns; if another row is: "
        '`header = ROW` under `[layout."{sheet}"]` in crmsheet.toml (0: the sheet is no table)'
    )
    return Doubt("header", Message(question, {"sheet": sheet, "row": row, "count": count, "columns": columns}), row)


def guessed_groups(sheet: str, row: int, below: int) -> Doubt:
    """A row above the header was taken for its groups."""
    question = N_(
        "row {row} is read as the upper part of the header in row {below}; if it is not: `header = {below}` under "
        '`[layout."{sheet}"]` in crmsheet.toml'
    )
    return Doubt("header", Message(question, {"sheet": sheet, "row": row, "below": below}), row, {"header": below})


def below_the_total(sheet: str, total: int, first: int) -> Doubt:
    """Records below the sum of everything."""
    question = N_(
        "rows from {first} on stand below the total in row {total} and are read as records all the same; if they are "
        'none: `last = {total}` under `[layout."{sheet}"]` in crmsheet.toml'
    )
    return Doubt("rows", Message(question, {"sheet": sheet, "total": total, "first": first}), first, {"last": total})


def lone_text(sheet: str, row: int, value: str, last: int) -> Doubt:
    """A row with one text, which may be a heading, a remark, or a record."""
    question = N_(
        "row {row} holds nothing but {value} and is left out as a heading or a remark; if it is a record, and every "
        'such row is: `last = {last}` under `[layout."{sheet}"]` in crmsheet.toml'
    )
    facts = {"sheet": sheet, "row": row, "value": value, "last": last}
    return Doubt("rows", Message(question, facts), row, {"last": last})


def total_or_firm(sheet: str, row: int, value: str) -> Doubt:
    """A row that may be a total or a firm of that name."""
    question = N_(
        "row {row} says {value} and is left out as a total; if it is a customer, give it a phone number or an address, "
        "or write its name in full"
    )
    return Doubt("rows", Message(question, {"sheet": sheet, "row": row, "value": value}), row)


def gaps_to_fill(sheet: str, column: str, count: int, row: int) -> Doubt:
    """Empty cells below a name, as merged cells leave them when they are lost."""
    question = N_(
        "column {column} is empty in {count} rows, the first is row {row}; they are read as they are. If each belongs "
        'to the row above: `fill = ["{column}"]` under `[layout."{sheet}"]` in crmsheet.toml'
    )
    facts = {"sheet": sheet, "column": column, "count": count, "row": row}
    return Doubt("fill", Message(question, facts), row, {"fill": [column]})


def beside_each_other(sheet: str, column: str, row: int) -> Doubt:
    """Columns behind an empty one that may be another table."""
    question = N_(
        "the columns from {column} on stand behind an empty one; they are read as part of the same table. If they are "
        "another one, move them to a sheet of their own"
    )
    return Doubt("columns", Message(question, {"sheet": sheet, "column": column}), row)
