"""Records by any of their columns."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence

from crmsheet.access import mask_cell
from crmsheet.app.belongings import owners_of
from crmsheet.app.customers import called, is_link, name_of
from crmsheet.app.opening import Loaded, load_book
from crmsheet.app.request import Request
from crmsheet.core.book import Table
from crmsheet.core.errors import TextTooShort
from crmsheet.core.messages import N_, Message, Text
from crmsheet.core.outcome import Outcome
from crmsheet.core.schema import Field
from crmsheet.match.lookup import Hit, lookup
from crmsheet.match.wanted import wanted
from crmsheet.report import found
from crmsheet.report.found import Found
from crmsheet.report.words import label, plain

FIRST = ("customers", "contacts", "leads")
"""The tables that come first among records that fit as well."""
_COUNTED = N_("Records that fit “{text}”: {count:,}.")
_NOTHING = N_(
    "Nothing in {book} fits “{text}”. Try fewer characters, or the initials of the name in pinyin; "
    "`crmsheet add` enters a new customer."
)


def find(request: Request, text: str, *, top: int) -> Outcome:
    """The records of all tables that fit a text, the best first; the `top` first are listed.

    Raises:
        TextTooShort: the text says too little, and is nobody's key or name either.
    """
    loaded = load_book(request, is_link)
    order = {name: at for at, name in enumerate((*FIRST, *loaded.book.tables))}
    hits = [
        (name, hit)
        for name, table in loaded.book.tables.items()
        for hit in lookup(table, loaded.schema.tables[name], text, loaded.context, most=None)
    ]
    hits.sort(key=lambda each: (-each[1].score, each[1].retired, order[each[0]]))
    outcome = dataclasses.replace(loaded.outcome("find"), counts={"found": len(hits)})
    if not hits and not wanted(text, loaded.context).nameable:
        raise TextTooShort(text=text)
    if not hits:
        nothing = Message(_NOTHING, {"text": text, "book": loaded.path.name})
        return dataclasses.replace(outcome, notes=(nothing, *loaded.about))
    listed = [*_told(loaded, hits[:top])]
    section = found.section(listed, text, len(hits))
    return dataclasses.replace(
        outcome,
        notes=(Message(_COUNTED, {"text": text, "count": len(hits)}), *loaded.about),
        sections=(section,),
    )


def _told(loaded: Loaded, hits: Sequence[tuple[str, Hit]]) -> Iterator[Found]:
    """The hits as the asker may see them."""
    tables = {name: loaded.book.tables[name] for name in dict.fromkeys(name for name, _ in hits)}
    customers = loaded.book.tables.get("customers")
    owners: Mapping[str, Mapping[int, int]] = {}
    if customers is not None:
        owners = owners_of(customers, {name: each for name, each in tables.items() if name != "customers"})
    for name, hit in hits:
        table = tables[name]
        owner = owners.get(name, {}).get(hit.row)
        yield Found(
            label(loaded.schema, name),
            hit.key,
            _name(loaded, table, hit),
            called(customers, owner) if customers and owner else "",
            _column(loaded, table, hit),
            _seen(loaded, name, hit.field, hit.value),
            hit.score,
        )


def _name(loaded: Loaded, table: Table, hit: Hit) -> Text:
    name = str(_seen(loaded, table.name, "name", name_of(table, hit.row)) or "")
    if not hit.retired:
        return name
    into = table.values.get("merged_into")
    survivor = plain(into.at[hit.row]) if into is not None else None
    return found.retired_name(name, str(table.values["record_status"].at[hit.row]), survivor or "")


def _column(loaded: Loaded, table: Table, hit: Hit) -> Text:
    """The label of a field; the header of a column that repeats one, or that no field claims."""
    if hit.field and "#" not in hit.field:
        return label(loaded.schema, table.name, hit.field)
    return table.headers[hit.column] or hit.column


def _seen(loaded: Loaded, table: str, field: str, value: str) -> object:
    """A value as the asker may see it; what no field claims may hold anything."""
    if loaded.request.reveal:
        return value
    return mask_cell(value, loaded.schema.tables[table].by_name.get(field.partition("#")[0], Field("", {})))
