"""How the book was understood: which sheet is which table, and which columns were recognised."""

from __future__ import annotations

from collections.abc import Iterator

from crmsheet.core.book import PART_ROWS, Book, Part, Table
from crmsheet.core.messages import N_, Message
from crmsheet.core.outcome import Section
from crmsheet.core.schema import Schema
from crmsheet.report.words import label

_TITLE = N_("How the book was understood")
_TABLE = N_("Table")
_SHEET = N_("Sheet")
_HEADER = N_("Header row")
_ROWS = N_("Rows")
_BOUND = N_("Columns recognised")
_CARRIED = N_("Columns carried untouched")
_UNTOUCHED = N_("Sheets carried untouched: {sheets}")

MOST_NAMED = 5
"""Unknown columns named in a row; a sheet may have a hundred."""


def sections(book: Book, schema: Schema) -> tuple[Section, ...]:
    """One row per block of a table: sheet, header row, rows, how many columns were recognised, and which were not."""
    rows = tuple(row for table in book.tables.values() for row in _blocks(table, schema))
    titles = tuple(map(Message, (_TABLE, _SHEET, _HEADER, _ROWS, _BOUND, _CARRIED)))
    note = Message(_UNTOUCHED, {"sheets": ", ".join(book.untouched)}) if book.untouched else None
    return (Section(Message(_TITLE), titles, rows, note, name="tables"),) if rows or note else ()


def _blocks(table: Table, schema: Schema) -> Iterator[tuple[object, ...]]:
    ids = table.cells.index
    for number, part in enumerate(table.parts):
        rows = ids.searchsorted((number + 1) * PART_ROWS) - ids.searchsorted(number * PART_ROWS)
        columns = sum(bool(part.letters_of(letters)) for letters in table.columns.values())
        yield label(schema, table.name), part.sheet, part.header_row, int(rows), columns, _unbound(table, part)


def _unbound(table: Table, part: Part) -> str | None:
    """The first few headers of a block that no field took."""
    bound = set(table.columns.values())
    mine = ((letters, header) for letters, header in table.headers.items() if part.letters_of(letters))
    names = [header for letters, header in mine if letters not in bound and header.strip()]
    shown = ", ".join(names[:MOST_NAMED])
    return (f"{shown} ... ({len(names)})" if len(names) > MOST_NAMED else shown) or None
