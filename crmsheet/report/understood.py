"""How the book was understood: which sheet is which table, and which columns were recognised."""

from __future__ import annotations

from crmsheet.core.book import Book, Table
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
    """One row per table: its sheet, header row, rows, how many columns were recognised, and which were not."""
    rows = tuple(
        (
            label(schema, table.name),
            table.sheet,
            table.header_row,
            len(table.cells),
            len(table.columns),
            _unbound(table),
        )
        for table in book.tables.values()
    )
    titles = tuple(map(Message, (_TABLE, _SHEET, _HEADER, _ROWS, _BOUND, _CARRIED)))
    note = Message(_UNTOUCHED, {"sheets": ", ".join(book.untouched)}) if book.untouched else None
    return (Section(Message(_TITLE), titles, rows, note, name="tables"),) if rows or note else ()


def _unbound(table: Table) -> str | None:
    """The first few headers that no field took."""
    bound = set(table.columns.values())
    names = [header for letters, header in table.headers.items() if letters not in bound and header.strip()]
    shown = ", ".join(names[:MOST_NAMED])
    return (f"{shown} ... ({len(names)})" if len(names) > MOST_NAMED else shown) or None
