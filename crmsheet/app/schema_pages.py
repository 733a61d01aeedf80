"""The tables and fields that crmsheet knows, and which files say so."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from crmsheet.app.request import Request
from crmsheet.app.schemas import FOLDER, folders, load_schema, own_folder
from crmsheet.app.settings import resolve, seen
from crmsheet.core.errors import FieldUnknown
from crmsheet.core.messages import N_, Chain, Message, Text, cell_words, chained
from crmsheet.core.outcome import Outcome, Section
from crmsheet.core.schema import Field, Schema, TableSchema
from crmsheet.resources import shipped
from crmsheet.schema.headers import read_header
from crmsheet.schema.naming import named_table
from crmsheet.schema.vocabulary import Words

_CODE, _CHINESE, _ENGLISH, _FROM = N_("Code"), N_("In Chinese"), N_("In English"), N_("From")
_KIND, _CHOICES, _CHECKS, _MARKS, _ALIASES = N_("Kind"), N_("Choices"), N_("Checks"), N_("Marks"), N_("Aliases")
_NAMES = tuple(map(Message, (_CODE, _CHINESE, _ENGLISH)))
_OF_TABLE = (*_NAMES, Message(N_("Number of fields")), Message(_FROM))
_OF_FIELD = (*_NAMES, *map(Message, (_KIND, _MARKS, _CHOICES, _CHECKS, _ALIASES, _FROM)))
_OF_CHOICE = (*_NAMES, Message(_ALIASES))
_FACTS = tuple(map(Message, (N_("About"), N_("Says"))))
_SHIPPED, _BOTH = N_("shipped"), N_("shipped, then {files}")
_KEY, _REQUIRED, _UNIQUE, _DERIVED = N_("key"), N_("required"), N_("unique"), N_("written by crmsheet")
_SENSITIVE = {"personal": N_("personal"), "sensitive": N_("sensitive"), "confidential": N_("confidential")}
_OWN = N_("The schema files in {folder} are laid over the shipped ones.")
_NO_OWN = N_("Schema files of your own would be read from {folder}; there are none.")
_MORE = N_("`crmsheet schema show {table}` shows a table, `crmsheet schema show {field}` a field.")
_READ_AS = N_("Headers that are read as this field, the surest first")
_REFERENCE = N_("reference to {table}")
_NEAR, _KNOWN = N_("Did you mean {near}? Known: {known}."), N_("Known: {known}.")
_COMMA = N_(", ")
_ALIKE = 0.5


def tables(request: Request) -> Outcome:
    """Every table with its names, how many fields it has, and where it comes from."""
    path = _place(request)
    rows = tuple(
        (*_names(table.name, table.labels), len(table.fields), _from(_files(table)))
        for table in load_schema(path).tables.values()
    )
    more = Message(_MORE, {"table": "customers", "field": "customers.mobile"})
    section = Section(Message(N_("Tables")), _OF_TABLE, rows, name="tables")
    return Outcome("schema list", path.name, sections=(section,), notes=(_own(path), more))


def show(request: Request, name: str) -> Outcome:
    """One table with its fields, or with `table.field` one field; codes, labels and aliases name them.

    Raises:
        TableUnknown: there is no such table.
        FieldUnknown: it has no such field.
    """
    path = _place(request)
    schema = load_schema(path)
    of_table, _, of_field = name.partition(".")
    table = schema.tables[named_table(schema, of_table)]
    sections = tuple(_field(schema, table, _named_field(table, of_field)) if of_field else _table(schema, table))
    return Outcome("schema show", path.name, sections=sections, notes=(_own(path),))


def _place(request: Request) -> Path:
    """The book, or this folder where there is none: beside both there may be schema files."""
    return Path(resolve(request.book, request.lang, request.actor).settings.book or Path.cwd())


def _own(path: Path) -> Message:
    return Message(_OWN if len(folders(path)) > 1 else _NO_OWN, {"folder": seen(own_folder(path))})


def _files(table: TableSchema) -> Iterator[str]:
    yield from table.files
    for field in table.fields:
        yield from field.files


def _from(files: Iterable[str]) -> Text:
    """Where definitions come from: shipped, files beside the book, or both."""
    given = dict.fromkeys(files)
    own = [each for each in given if Path(each).parent != shipped(FOLDER)]
    named = ", ".join(f"{FOLDER}/{Path(each).name}" for each in own)
    if not own:
        return Message(_SHIPPED)
    return Message(_BOTH, {"files": named}) if len(own) < len(given) else named


def _named_field(table: TableSchema, text: str) -> Field:
    """The field that a text names.

    Raises:
        FieldUnknown: it names none.
    """
    if text in table:
        return table[text]
    _, _, meanings = Words(table).look_up(read_header(text))
    if meanings:
        return table[meanings[0][1]]
    names = [name for each in table.fields for name in (each.name, *each.labels.values())]
    near = ", ".join(difflib.get_close_matches(text, names, 1, _ALIKE))
    facts = {"near": near, "known": ", ".join(each.name for each in table.fields)}
    raise FieldUnknown(table=table.name, field=text, advice=Message(_NEAR if near else _KNOWN, facts))


def _table(schema: Schema, table: TableSchema) -> Iterator[Section]:
    rows = tuple(
        (
            *_names(each.name, each.labels),
            _kind(schema, each),
            _marks(table, each),
            ", ".join(choice.code for choice in each.choices),
            _checks(each),
            len(each.aliases),
            _from(each.files),
        )
        for each in table.fields
    )
    yield Section(table.labels, _OF_FIELD, rows, name=table.name)


def _field(schema: Schema, table: TableSchema, field: Field) -> Iterator[Section]:
    facts: Sequence[tuple[str, Text]] = (
        (_CODE, f"{table.name}.{field.name}"),
        (_CHINESE, field.labels["zh"]),
        (_ENGLISH, field.labels["en"]),
        (_KIND, _kind(schema, field)),
        (_MARKS, _marks(table, field)),
        (_CHECKS, _checks(field)),
        (_FROM, _from(field.files)),
    )
    rows = tuple((Message(name), said) for name, said in facts if said not in ("", Chain((), _COMMA)))
    yield Section(field.labels, _FACTS, rows, name=f"{table.name}.{field.name}")
    if field.choices:
        choices = tuple((*_names(each.code, each.labels), ", ".join(each.aliases)) for each in field.choices)
        yield Section(Message(_CHOICES), _OF_CHOICE, choices, name="choices")
    if field.aliases:
        yield Section(Message(_READ_AS), (), (), chained(field.aliases, _COMMA), name="aliases")


def _names(code: str, labels: Any) -> tuple[str, str, str]:
    return code, labels["zh"], labels["en"]


def _kind(schema: Schema, field: Field) -> Text:
    if field.references:
        return Message(_REFERENCE, {"table": schema.tables[field.references].name})
    return field.kind


def _marks(table: TableSchema, field: Field) -> Text:
    """What is special about a field."""
    marks = (
        (field.name == table.key, _KEY),
        (field.required, _REQUIRED),
        (field.unique and field.name != table.key, _UNIQUE),
        (field.derived, _DERIVED),
    )
    said = [Message(mark) for holds, mark in marks if holds]
    said += [Message(_SENSITIVE[field.sensitivity])] if field.sensitivity else []
    return chained(said, _COMMA)


def _checks(field: Field) -> str:
    """The checks as the schema file gives them."""
    return ", ".join(
        f"{name}({', '.join(f'{argument}={_plain(value)}' for argument, value in arguments.items())})"
        for name, arguments in field.checks.items()
    )


def _plain(value: object) -> str:
    return " ".join(map(cell_words, value)) if isinstance(value, list) else cell_words(value)
