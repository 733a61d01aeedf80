"""States of a book made comparable: the same tables in all of them, with the same columns and the same keys."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from crmsheet.app.layouts import pins
from crmsheet.app.opening import Loaded
from crmsheet.book.blocks import Pin
from crmsheet.change.columns import column_names
from crmsheet.change.keying import identity, keyed
from crmsheet.change.same_columns import same_columns
from crmsheet.core.book import Table
from crmsheet.core.errors import FieldUnknown, UsageError
from crmsheet.core.folding import fold
from crmsheet.core.messages import N_, Message, chained
from crmsheet.core.schema import Schema, TableSchema
from crmsheet.schema.free_tables import described, free_tables, is_free, laid_like
from crmsheet.schema.naming import named_field
from crmsheet.schema.vocabulary import Vocabulary

_UNMET = N_("no table has the key {key}; {known}")
_TABLE = N_("columns of {table}: {columns}")
_ALIKE, _ALONE = 0.6, 0.3
"""The share of columns that two sheets of different names must share to be one; less where no other is left."""


def same_tables(states: Sequence[Loaded], keys: Sequence[str]) -> tuple[Loaded, ...]:
    """The books with a table for each sheet; tables, columns and keys are called the same in all of them.

    A sheet that the schema knows in one state only is compared as it stands in all. The newest state, the last one,
    gives the names.

    Raises:
        UsageError: no table has the columns of a key.
    """
    books = _named_alike(_laid_alike(states))
    schema = _schema(states[-1].schema, books)
    wanted = [tuple(filter(None, map(str.strip, key.replace("，", ",").split(",")))) for key in keys]
    met: set[tuple[str, ...]] = set()
    for name, described_as in schema.tables.items():
        having = [tables for tables in books if name in tables]
        if not having:
            continue
        fields = frozenset() if is_free(schema, name) else frozenset(described_as.by_name)
        alike = same_columns([tables[name] for tables in having], fields.__contains__)
        asked = {key: columns for key in wanted if (columns := _columns(alike, described_as, key))}
        met.update(asked)
        found = identity(alike, next(iter(asked.values()), ()))
        for tables, table in zip(having, alike, strict=True):
            tables[name] = keyed(table, found)
    _refuse(next((key for key in wanted if key not in met), ()), books[-1])
    return tuple(
        dataclasses.replace(
            state, schema=schema, book=dataclasses.replace(state.book, tables=tables, untouched=_empty(state, tables))
        )
        for state, tables in zip(states, books, strict=True)
    )


def _unshared(loaded: Loaded, states: Sequence[Loaded]) -> frozenset[str]:
    """The tables of the schema that another state has not, though it has sheets that may be the same."""
    return frozenset(
        name
        for name in loaded.book.tables
        if not is_free(loaded.schema, name)
        and any(name not in other.book.tables and _open(other, states) for other in states)
    )


def _open(loaded: Loaded, states: Sequence[Loaded]) -> bool:
    """Whether a state has sheets that are no table of the schema, or tables that another state has not."""
    return bool(loaded.book.untouched) or any(
        name not in other.book.tables for name in loaded.book.tables for other in states
    )


def _laid_alike(states: Sequence[Loaded]) -> list[dict[str, Table]]:
    """The tables of each book, free ones too; the first state that has a sheet tells where its header is."""
    books: list[dict[str, Table]] = []
    known: dict[str, Table] = {}
    for each in states:
        sheets = [sheet for sheet in each.opened.sheets if sheet.name in known]
        settled = {sheet.name: laid_like(known[sheet.name], sheet) for sheet in sheets}
        tables, free = _with_free(each, _unshared(each, states), settled)
        known = {table.sheet: table for table in free.values()} | known
        books.append(tables | free)
    return books


def _with_free(
    loaded: Loaded, without: frozenset[str], settled: Mapping[str, Pin]
) -> tuple[dict[str, Table], dict[str, Table]]:
    """The tables of the schema in a book but for some, and a free table for each sheet that is none of them."""
    tables = {
        name: table
        for name, table in loaded.book.tables.items()
        if name not in without and not is_free(loaded.schema, name)
    }
    used = {part.sheet for table in tables.values() for part in table.parts}
    sheets = [each.name for each in loaded.opened.sheets if each.name not in used]
    asked = {**pins(loaded.path, loaded.context.settings, loaded.schema), **settled} if sheets else {}
    return tables, free_tables(loaded.opened, sheets, tables, asked)


def _empty(loaded: Loaded, tables: Mapping[str, Table]) -> tuple[str, ...]:
    """The sheets that are no table, because nothing stands in them."""
    used = {part.sheet for table in tables.values() for part in table.parts}
    return tuple(sheet.name for sheet in loaded.opened.sheets if sheet.name not in used)


def _schema(schema: Schema, books: Sequence[Mapping[str, Table]]) -> Schema:
    """The schema with what is known of the free tables, as the newest state has them."""
    schema = dataclasses.replace(
        schema, tables={name: table for name, table in schema.tables.items() if not is_free(schema, name)}
    )
    known = {name: table for tables in books for name, table in tables.items() if is_free(schema, name)}
    if not known:
        return schema
    vocabulary = Vocabulary(schema)
    return dataclasses.replace(
        schema, tables={**schema.tables, **{name: described(table, vocabulary) for name, table in known.items()}}
    )


def _columns(states: Sequence[Table], schema: TableSchema, key: tuple[str, ...]) -> tuple[str, ...]:
    """The columns that a key names, () where not all states of a table have them."""
    try:
        names = tuple(named_field(states[-1], schema, each) for each in key)
    except FieldUnknown:
        return ()
    return names if all(name in column_names(each) for name in names for each in states) else ()


def _refuse(key: tuple[str, ...], tables: Mapping[str, Table]) -> None:
    """Lets no key pass that no table has.

    Raises:
        UsageError: it is one.
    """
    if key:
        known = [
            Message(_TABLE, {"table": table.title, "columns": ", ".join(table.headers.values())})
            for table in tables.values()
        ]
        raise UsageError(problem=Message(_UNMET, {"key": ",".join(key), "known": chained(known, N_("; "))}))


def _named_alike(books: list[dict[str, Table]]) -> list[dict[str, Table]]:
    """The tables of each book by the names of the newest one: a renamed sheet is the same by its columns.

    So is the only sheet of one book and that of another, such as a CSV file and a workbook.
    """
    *older, newest = books
    return [*(_renamed(tables, newest) for tables in older), newest]


def _renamed(tables: dict[str, Table], newest: Mapping[str, Table]) -> dict[str, Table]:
    mine = [name for name in tables if name not in newest]
    theirs = [name for name in newest if name not in tables]
    least = _ALONE if len(mine) == len(theirs) == 1 else _ALIKE
    scored = sorted(
        (-_shared(tables[here], newest[there]), mine.index(here), there) for here in mine for there in theirs
    )
    names: dict[str, str] = {}
    for share, at, there in scored:
        if -share >= least and mine[at] not in names and there not in names.values():
            names[mine[at]] = there
    return {
        names.get(name, name): dataclasses.replace(table, name=names.get(name, name)) for name, table in tables.items()
    }


def _shared(one: Table, other: Table) -> float:
    """The share of headers that two tables have in common."""
    ours, theirs = ({fold(text) for text in each.headers.values()} for each in (one, other))
    return len(ours & theirs) / max(len(ours | theirs), 1)
