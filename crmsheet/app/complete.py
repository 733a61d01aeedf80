"""What a half-typed word may become: customers, rules, tables and fields."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from crmsheet.app.name_index import Named, customers_in, index_of
from crmsheet.app.request import Request
from crmsheet.app.settings import book_path, resolve
from crmsheet.core.messages import Labels
from crmsheet.core.schema import Field
from crmsheet.resources import rule_cards


def customers(request: Request) -> tuple[Named, ...]:
    """The active customers of the book by key: from the list in the user's cache, made anew when the book changed.

    Raises:
        CrmsheetError: no book is named, or it cannot be read.
    """
    path, _ = book_path(request)
    index = index_of(path)
    known = index.read()
    if known is None and index.stamp:
        from crmsheet.app.opening import load_book  # a second of pandas, only for a book that changed

        loaded = load_book(request, _names_it)
        known = customers_in(loaded.book, loaded.schema)
        index.write(known)
    return known or ()


def _names_it(field: Field) -> bool:
    """The fields of the list."""
    return field.kind == "key" or field.name in {"name", "record_status"}


def rules() -> Iterator[tuple[str, str]]:
    """The codes of all rules with their titles."""
    yield from ((code, card.title) for code, card in rule_cards().items())


def tables(request: Request, begun: str) -> Iterator[tuple[str, Labels]]:
    """The tables, or after `table.` its fields, each as the user writes it: codes with their labels."""
    from crmsheet.app.schemas import load_schema

    schema = load_schema(Path(resolve(request.book).settings.book or Path.cwd()))
    table, dot, _ = begun.partition(".")
    if dot and table in schema.tables:
        yield from ((f"{table}.{each.name}", each.labels) for each in schema.tables[table].fields)
    else:
        yield from ((each.name, each.labels) for each in schema.tables.values())
