"""Fields and tables as a person names them: by the sheet's own header, a label, an alias in either language, a code."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from crmsheet.core.book import Table
from crmsheet.core.errors import FieldUnknown, TableUnknown
from crmsheet.core.folding import fold
from crmsheet.core.messages import N_, Message, chained
from crmsheet.core.schema import Schema, TableSchema
from crmsheet.schema.headers import read_header
from crmsheet.schema.vocabulary import Words

_NEAR = N_("Did you mean {near}? Columns of the sheet: {known}.")
_KNOWN = N_("Columns of the sheet: {known}.")
_SECOND = 2
"""From this number on a header such as 电话2 is a column of its own."""


def named_field(table: Table, schema: TableSchema, text: str) -> str:
    """The field that a text names, or the header of a column that is no field.

    The sheet's own headers come first; of several fields that a word may mean, one that the sheet has.

    Raises:
        FieldUnknown: it names none.
    """
    wanted = fold(text)
    fields = {letters: name for name, letters in table.columns.items()}
    for letters, header in table.headers.items():
        if fold(header) == wanted:
            return fields.get(letters, header)
    if text in table.columns or text in schema:
        return text
    _, number, meanings = Words(schema).look_up(read_header(text))
    repeats = [f"{name}#{number}" for _, name in meanings] if number else []
    bases = [name for _, name in meanings] if number < _SECOND else []
    for name in (*repeats, *bases):
        if name in table.columns:
            return name
    if bases:
        return bases[0]
    raise _unknown_field(table, schema, text)


def _unknown_field(table: Table, schema: TableSchema, text: str) -> FieldUnknown:
    headers = list(table.headers.values())
    labels = [each.labels.get(table.lang, each.name) for each in schema.fields]
    near = _near(text, [*headers, *labels, *(each.name for each in schema.fields)])
    advice = Message(_NEAR if near else _KNOWN, {"near": near, "known": ", ".join(headers)})
    return FieldUnknown(table=table.title, field=text, advice=advice)


def named_table(schema: Schema, text: str) -> str:
    """The table that a text names.

    Raises:
        TableUnknown: it names none.
    """
    wanted = fold(text)
    found = next((name for name, table in schema.tables.items() if wanted in Words(table).names), None)
    if found is None:
        names = [*schema.tables, *(each for table in schema.tables.values() for each in table.labels.values())]
        known = chained([each.labels for each in schema.tables.values()], N_(", "))
        raise TableUnknown(table=text, near=_near(text, names) or schema.tables["customers"].labels, known=known)
    return found


def _near(text: str, names: Iterable[str]) -> str:
    return next(iter(difflib.get_close_matches(text, list(dict.fromkeys(names)), 1, cutoff=0.6)), "")
