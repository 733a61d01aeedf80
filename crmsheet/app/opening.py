"""Opening a book for work: settings, schema, sheets, tables, typed values, keys, links between tables."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from crmsheet.app.request import Request
from crmsheet.app.settings import find_settings, load_settings
from crmsheet.book import Opened, open_book_file
from crmsheet.clean.columns import clean_table
from crmsheet.clean.keys import propose_keys
from crmsheet.core.book import Book, Table
from crmsheet.core.changes import Changes
from crmsheet.core.context import Context, Settings
from crmsheet.core.errors import NoBook
from crmsheet.core.findings import Findings
from crmsheet.core.messages import N_, Message
from crmsheet.core.outcome import Outcome
from crmsheet.core.schema import Field, Schema, TableSchema
from crmsheet.resources import shipped
from crmsheet.schema import bind, load


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
    def sheets(self) -> Mapping[str, str]:
        """Table name -> sheet name."""
        return {name: table.sheet for name, table in self.book.tables.items()}

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
            version=version or self.book.source.sha256[:12],
        )


def book_path(request: Request) -> tuple[Path, Settings]:
    """The book that a request is about, and the settings that hold for it.

    Raises:
        NoBook: none was named anywhere.
        SettingsError: the settings file is wrong.
    """
    named = request.book or (Path(os.environ["CRMSHEET_BOOK"]) if os.environ.get("CRMSHEET_BOOK") else None)
    start = named.absolute().parent if named else Path.cwd()
    settings = load_settings(find_settings(start))
    path = named or (Path(settings.book) if settings.book else None)
    if path is None:
        raise NoBook
    return path, settings


def load_book(request: Request, wanted: Callable[[Field], bool] | None = None) -> Loaded:
    """The book of a request: opened, bound to the schema, cleaned, every customer keyed.

    With `wanted` only those fields are read into `values` (and the customers' keys, which are always there): a command
    on one record looks through few columns, and reads that record's row with `read_rows`.
    """
    path, settings = book_path(request)
    request.tell(Message(N_("reading {book}"), {"book": path.name}))
    opened = open_book_file(path)
    schema = load_schema(path)
    bound = bind(opened, schema)
    context = Context(request.today, actor_of(request, settings), settings.region, bound.book.lang, settings)
    request.tell(
        Message(N_("cleaning {rows:,} rows"), {"rows": sum(len(each.cells) for each in bound.book.tables.values())})
    )
    tables: dict[str, Table] = {}
    findings = [bound.findings]
    for name, table in bound.book.tables.items():
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


def actor_of(request: Request, settings: Settings) -> str:
    """Who asks: CRMSHEET_ACTOR, the settings, then the name of the login."""
    return os.environ.get("CRMSHEET_ACTOR") or settings.actor or request.actor


def load_schema(path: Path) -> Schema:
    """The shipped schema, with the `schemas` folder beside the book over it, if there is one."""
    own = (path if path.is_dir() else path.absolute().parent) / "schemas"
    return load(shipped("schemas"), *([own] if own.is_dir() else []))
