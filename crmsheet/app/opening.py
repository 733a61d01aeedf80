"""Opening a book for work: settings, schema, sheets, tables, typed values, keys, links between tables."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from crmsheet.app.layouts import pins
from crmsheet.app.name_index import customers_in, index_of
from crmsheet.app.request import Request
from crmsheet.app.schemas import load_schema
from crmsheet.app.settings import book_path
from crmsheet.book.opened import Opened
from crmsheet.book.opening import open_book_file
from crmsheet.clean.columns import clean_table
from crmsheet.clean.keys import propose_keys
from crmsheet.core.book import Book, Table
from crmsheet.core.changes import Changes
from crmsheet.core.context import Context, Settings
from crmsheet.core.findings import Findings
from crmsheet.core.messages import N_, Message
from crmsheet.core.outcome import Outcome
from crmsheet.core.schema import Field, Schema, TableSchema
from crmsheet.schema.binding import bind

_TAKEN = N_("{name}: {how}.")
_READ_ONLY = N_(
    "{name} is only read: what is written goes into a new file {into} beside it; {name} stays byte for byte as it is."
)
_GOES_ON = N_(
    "The book goes on in {into}, which stands beside {name}: from now on give that file (also as `book` in "
    "crmsheet.toml); {name} is only read."
)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A book with typed values, ready for the trade.

    `findings` are those of structure and of single values, with their fixes; `keys` the changes that give a key to
    every customer.
    """

    opened: Opened
    schema: Schema
    book: Book
    findings: Findings
    keys: Changes
    context: Context
    request: Request

    @property
    def path(self) -> Path:
        """The file or folder of the book."""
        return self.book.source.path

    @property
    def newest(self) -> Path:
        """Where the book is now: its file, or the workbook in which one that is only read goes on."""
        into = successor(self.path)
        return into if self.opened.foreign and into.exists() else self.path

    @property
    def about(self) -> tuple[Message, ...]:
        """What there is to say of the file itself: how it was taken, and where the book goes on if it is only read."""
        notes = tuple(Message(_TAKEN, {"name": self.path.name, "how": each}) for each in self.opened.notes)
        if not self.opened.foreign:
            return notes
        facts = {"name": self.path.name, "into": successor(self.path).name}
        return (*notes, Message(_READ_ONLY if self.newest == self.path else _GOES_ON, facts))

    @property
    def sheets(self) -> Mapping[str, str]:
        """Table name -> the names of its sheets."""
        return {name: table.title for name, table in self.book.tables.items()}

    def with_keys(self, changes: Changes) -> Changes:
        """The changes, with the keys of customers that had none first: whatever is written, keys come with it."""
        return Changes.joined([self.keys, changes]) if len(changes) else changes

    def outcome(self, command: str, version: str = "") -> Outcome:
        """The empty outcome of a command on this book; `version` is that of a write, else the book tells its own."""
        return Outcome(
            command,
            self.path.name,
            today=self.context.today.isoformat(),
            sheets=self.sheets,
            notes=self.about,
            version=version or self.book.source.sha256[:12],
        )


def successor(path: Path) -> Path:
    """The workbook in which a book of a format that is only read goes on."""
    beside = path.with_suffix(".xlsx")
    return beside if beside != path else path.with_name(f"{path.stem}-new.xlsx")


def load_book(request: Request, wanted: Callable[[Field], bool] | None = None) -> Loaded:
    """The book of a request: opened, bound to the schema, cleaned, every customer keyed.

    With `wanted` only those fields are read into `values` (and the customers' keys, which are always there): a command
    on one record looks through few columns, and reads that record's row with `read_rows`.
    """
    path, settings = book_path(request)
    names = index_of(path)
    request.tell(Message(N_("reading {book}"), {"book": path.name}))
    loaded = load_opened(request, open_book_file(path), settings, wanted)
    if names.begun and wanted is None and names.read() is None:
        names.write(customers_in(loaded.book, loaded.schema))
    return loaded


def load_opened(
    request: Request, opened: Opened, settings: Settings, wanted: Callable[[Field], bool] | None = None
) -> Loaded:
    """The same of a book that is open already, by settings that are given."""
    path = opened.source.path
    schema = load_schema(path)
    bound = bind(opened, schema, pins(path, settings, schema))
    context = Context(request.today, settings.actor, settings.region, bound.book.lang, settings)
    request.tell(
        Message(N_("cleaning {rows:,} rows"), {"rows": sum(len(each.cells) for each in bound.book.tables.values())})
    )
    tables: dict[str, Table] = {}
    findings = [bound.findings]
    for name, found in bound.book.tables.items():
        table, said = _owned(found, bound.book, schema)
        findings.append(said)
        part = _part(table, schema.tables[name], wanted) if wanted else table
        cleaned = clean_table(part, schema.tables[name], context, retype_dates=not opened.dialects)
        tables[name] = dataclasses.replace(cleaned.table, columns=table.columns)
        findings.append(cleaned.findings)
    keys = Changes()
    if "customers" in tables:
        keyed = propose_keys(tables["customers"], schema.tables["customers"], context)
        tables["customers"], keys = keyed.table, keyed.changes
    book = dataclasses.replace(bound.book, tables=tables)
    return Loaded(opened, schema, book, Findings.joined(findings), keys, context, request)


def _owned(table: Table, book: Book, schema: Schema) -> tuple[Table, Findings]:
    """A table of several sheets with their owners, where those are certain."""
    if not table.joined:
        return table, Findings()
    from crmsheet.match.sheet_owners import with_owners  # most books have no such table

    staff = book.tables.get("staff")
    owned = with_owners(table, schema, frozenset(staff.texts("name")) if staff is not None else frozenset())
    return owned.table, owned.findings


def open_sheets(request: Request) -> Loaded:
    """The book of a request as found: its sheets, without tables; for what asks no schema."""
    path, settings = book_path(request)
    return sheets_of(request, open_book_file(path), settings)


def sheets_of(request: Request, opened: Opened, settings: Settings) -> Loaded:
    """The same of a book that is open already, by settings that are given."""
    context = Context(request.today, settings.actor, settings.region, request.lang or "zh", settings)
    book = Book(opened.source, {}, tuple(sheet.name for sheet in opened.sheets))
    return Loaded(opened, load_schema(opened.source.path), book, Findings(), Changes(), context, request)


def _part(table: Table, schema: TableSchema, wanted: Callable[[Field], bool]) -> Table:
    """The table with the wanted columns and its key."""
    columns = {
        name: letters
        for name, letters in table.columns.items()
        if name == table.key or wanted(schema[name.partition("#")[0]])
    }
    return dataclasses.replace(table, columns=columns)


def read_rows(loaded: Loaded, table: Table, rows: Sequence[int]) -> Table:
    """Some rows of a table with all their fields read; keys that are only proposed stay with their rows."""
    part = dataclasses.replace(table, cells=table.cells.loc[list(rows)])
    schema = loaded.schema.tables[table.name]
    read = clean_table(part, schema, loaded.context, retype_dates=not loaded.opened.dialects).table
    if table.key not in table.values:
        return read
    return dataclasses.replace(read, values=read.values.assign(**{table.key: table.values.loc[list(rows), table.key]}))
