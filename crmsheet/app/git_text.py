"""The text of a workbook or CSV file that git compares and shows instead of its bytes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from crmsheet.app.layouts import pins
from crmsheet.app.schemas import load_schema
from crmsheet.app.settings import resolve
from crmsheet.book.members import read_members
from crmsheet.book.opening import open_files
from crmsheet.core.book import Book
from crmsheet.core.errors import BookEmpty, CrmsheetError, NothingBound
from crmsheet.core.messages import N_, Message, Text
from crmsheet.report.book_lines import book_lines
from crmsheet.schema.binding import bind

_UNREAD = N_("no text of it: {problem}")


def lines(file: Path) -> Iterator[Text]:
    """The lines of a file, wherever it lies: git hands over a temporary one, and stands at the top of the repository.

    Settings, layouts and schema files are those of that folder. A file that cannot be read is a line that says so:
    a failure would keep git from showing everything else.
    """
    named = Path(file.name)
    try:
        opened = open_files(named, read_members(file))
        schema = load_schema(named)
        try:
            book = bind(opened, schema, pins(named, resolve(named).settings, schema)).book
        except NothingBound:
            book = Book(opened.source, {})
        yield from book_lines(opened.sheets, book, schema)
    except BookEmpty:
        return  # a file without content has no lines
    except CrmsheetError as error:
        yield Message(_UNREAD, {"problem": error.message})
