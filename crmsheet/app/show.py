"""One customer: everything that the book knows of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from crmsheet.access import mask_cell
from crmsheet.app.actors import Person, staff
from crmsheet.app.belongings import rows_of
from crmsheet.app.customers import called, customers_of, is_link, pick
from crmsheet.app.opening import Loaded, load_book, read_rows
from crmsheet.app.request import Request
from crmsheet.core.book import Table
from crmsheet.core.folding import fold
from crmsheet.core.messages import N_, Message, Text
from crmsheet.core.outcome import Outcome
from crmsheet.core.schema import Field
from crmsheet.match.lookup import RETIRED
from crmsheet.report import customer
from crmsheet.report.customer import Page
from crmsheet.report.record import Hide, Record, records

_PARENT, _AGENT = N_("parent of this customer"), N_("agent of this customer")
_CHILD, _SERVED = N_("belongs to this customer"), N_("served by this customer as agent")
_MERGED = N_("merged into this customer")
_TO = {"parent_id": _PARENT, "agent_id": _AGENT}
_FROM = {"parent_id": _CHILD, "agent_id": _SERVED, "merged_into": _MERGED}


def show(request: Request, text: str) -> Outcome:
    """The page of the one customer that a text means; only its own rows are read in full."""
    loaded = load_book(request, is_link)
    table = customers_of(loaded)
    row = pick(loaded, text, least=0, retired=True)
    page = page_of(loaded, table, row)
    sections = customer.sections(page)
    opened = next(each for each in sections if each.name == "promises")
    return dataclasses.replace(
        loaded.outcome("show"),
        counts={
            "key": page.customer.key,
            "records": sum(map(len, page.children.values())),
            "promises": len(opened.rows),
        },
        notes=(*customer.notes(page), *loaded.about),
        sections=sections,
    )


def page_of(loaded: Loaded, table: Table, row: int) -> Page:
    """What is known of the customer in a row, as the asker may see it."""
    hide = hiding(loaded)
    found = {name: _read(loaded, name, rows, hide) for name, rows in rows_of(loaded, table, row).items()}
    found |= _measures(loaded, found, hide)
    (who,) = _read(loaded, "customers", [row], hide)
    into = _called(table, who.values.get("merged_into")) if "merged_into" in who.values else ""
    owner = person_of(loaded, str(who.said.get("owner", "")))
    return Page(
        loaded.path.name,
        who,
        owner.name if owner else "",
        found,
        tuple(_related(table, who)),
        into,
        loaded.context.today,
    )


def person_of(loaded: Loaded, owner: str) -> Person | None:
    """An owner as the staff sheet knows them, where it knows exactly one so; None for nobody."""
    if not owner.strip():
        return None
    known = [person for words, person in staff(loaded).items() if fold(owner) in words]
    return known[0] if len(known) == 1 else Person(owner.strip())


def hiding(loaded: Loaded) -> Hide:
    """What hides private values from the asker: nothing is hidden with `--reveal`."""
    return _seen if loaded.request.reveal else mask_cell


def _seen(value: Any, _field: Field) -> Any:
    return value


def _read(loaded: Loaded, name: str, rows: Sequence[int], hide: Hide) -> list[Record]:
    table = read_rows(loaded, loaded.book.tables[name], rows)
    return [
        each
        for each in records(table, loaded.schema.tables[name], hide)
        if name == "customers" or each.values.get("record_status") not in RETIRED
    ]


def _measures(loaded: Loaded, children: Mapping[str, Sequence[Record]], hide: Hide) -> dict[str, list[Record]]:
    """The measures that were taken after surveys of the customer."""
    table = loaded.book.tables.get("actions")
    wanted = {each.values.get("action_id") for each in children.get("surveys", ())} - {None}
    if table is None or not wanted:
        return {}
    rows = [row for row, key in zip(table.cells.index.tolist(), table.keys().tolist(), strict=True) if key in wanted]
    return {"actions": _read(loaded, "actions", rows, hide)} if rows else {}


def _related(table: Table, who: Record) -> Iterator[tuple[Text, str]]:
    """What other customers are to this one: its parent and agent, then those that name it so."""
    for field, how in _TO.items():
        if field in who.values:
            yield Message(how), _called(table, who.values[field])
    for field, how in _FROM.items():
        if field not in table.values or not who.key:
            continue
        named = table.values[field].astype("str").fillna("").tolist()
        for row, said in zip(table.cells.index.tolist(), named, strict=True):
            if said.strip() == who.key and row != who.row:
                yield Message(how), called(table, row)


def _called(table: Table, key: Any) -> str:
    """Key and name of a customer; the key alone where the book does not have it."""
    rows = [row for row, each in zip(table.cells.index.tolist(), table.keys().tolist(), strict=True) if each == key]
    return called(table, rows[0]) if rows else str(key)
