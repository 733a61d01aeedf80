"""Setting fields of one customer: what is typed is read and spelt as `clean` would; what cannot be read is refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from crmsheet.app.actors import owner_notes
from crmsheet.app.customers import customers_of, is_link, name_of, pick
from crmsheet.app.entering import read_words, refused
from crmsheet.app.opening import Loaded, load_book
from crmsheet.app.outcomes import entered as written
from crmsheet.app.request import Request
from crmsheet.change.entering import entered, key_in_sheet
from crmsheet.core.book import Table
from crmsheet.core.errors import FieldComputed, UsageError
from crmsheet.core.messages import N_, Message, Text
from crmsheet.core.outcome import Outcome
from crmsheet.core.schema import Schema
from crmsheet.report.words import label
from crmsheet.schema.naming import named_field

COMMAND = "set"

_WHY = N_("entered with `crmsheet set`")
_SET = N_("Set for {customer}.")
_NOTHING = N_("FIELD=VALUE is missing, such as mobile=13800138000")
_TWICE = N_("{label} is named twice")
_KEY = N_("It is the key that other sheets name the record by, and stays.")
_GRADE = N_("It follows from the figures. Your own judgement goes into {level}; {locked}=yes keeps the grade as it is.")
_CONTACTED = N_("`crmsheet note` records a contact and moves the date.")
_OWN = N_("crmsheet writes it itself.")
_REQUIRED = N_("every record needs it")


def set_fields(request: Request, customer: str, pairs: Sequence[tuple[str, str]]) -> Outcome:
    """Sets fields of a customer, named by label, alias, header or code; an empty text empties a field.

    Raises:
        CustomerUnknown, CustomerAmbiguous, CustomerUnsure: the words do not name one customer.
        FieldUnknown, FieldComputed: there is no such field, or it is not set by hand.
        ValueRefused: a text cannot be read as what the field holds.
        CellRefused: the cell holds a formula, or is protected.
    """
    if not pairs:
        raise UsageError(problem=Message(_NOTHING))
    loaded = load_book(request, is_link)
    table = customers_of(loaded)
    row = pick(loaded, customer)
    schema = loaded.schema.tables[table.name]
    typed = typed_fields(loaded, table, pairs)
    for name, text in typed.items():
        if name in schema and schema[name].required and not text.strip():
            raise refused(loaded.schema, table, name, Message(_REQUIRED))
    cells = read_words(loaded, table, row, typed)
    named = f"{key_in_sheet(table, row)} {name_of(table, row)}".strip()
    notes: tuple[Text, ...] = (Message(_SET, {"customer": named}), *owner_notes(loaded, str(cells.get("owner") or "")))
    return written(loaded, entered(table, schema, row, cells, Message(_WHY)), COMMAND, lambda _: notes)


def typed_fields(loaded: Loaded, table: Table, pairs: Sequence[tuple[str, str]]) -> Mapping[str, str]:
    """The texts by field, or by header for a column that is no field.

    Raises:
        FieldUnknown, FieldComputed: see `set_fields`.
        UsageError: a field is named twice, or by nothing.
    """
    typed: dict[str, str] = {}
    for word, text in pairs:
        name = named_field(table, loaded.schema.tables[table.name], word)
        if name in typed:
            raise UsageError(problem=Message(_TWICE, {"label": word}))
        _check_by_hand(loaded.schema, table, name)
        typed[name] = text
    return typed


def _check_by_hand(schema: Schema, table: Table, name: str) -> None:
    """Raises FieldComputed for a key, and for what crmsheet writes."""
    known = schema.tables[table.name]
    if name != table.key and not (name in known and known[name].derived):
        return
    advice = Message(_OWN)
    if name == table.key:
        advice = Message(_KEY)
    elif name in ("tier", "tier_reason"):
        words = {"level": label(schema, table.name, "level"), "locked": label(schema, table.name, "tier_locked")}
        advice = Message(_GRADE, words)
    elif name == "last_contact_at":
        advice = Message(_CONTACTED)
    raise FieldComputed(label=table.headers.get(table.columns.get(name, "")) or known[name].labels, advice=advice)
