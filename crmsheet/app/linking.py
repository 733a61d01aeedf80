"""How a new record is tied to the rest of the book: its key, its customer, its contact, as its sheet names them."""

from __future__ import annotations

from collections.abc import Mapping

from crmsheet.app.customers import customers_of, name_of
from crmsheet.app.opening import Loaded
from crmsheet.clean.keys import as_kept, key_prefix, next_keys
from crmsheet.core.book import Table
from crmsheet.core.cells import Cell
from crmsheet.core.changes import Changes
from crmsheet.core.folding import fold
from crmsheet.core.messages import N_, Message

_STRANGER = N_("{sheet} has no contact of this customer with that name; the name is kept in {label}.")


def next_key(table: Table, loaded: Loaded) -> Mapping[str, Cell]:
    """The key of a new record, continuing the sheet's own numbering; nothing where the sheet has no keys."""
    letters = table.columns.get(table.key)
    if letters is None:
        return {}
    prefix = key_prefix(table.name, loaded.context.settings)
    return {table.key: as_kept(next_keys(table.keys().tolist(), 1, prefix)[0], table.cells[letters].tolist())}


def link_cells(loaded: Loaded, table: Table, row: int) -> tuple[Mapping[str, Cell], Changes]:
    """What names the customer of a row in another sheet; and the change that gives that customer a key first.

    A sheet may hold names where the numbers belong: the cells that are there decide.
    """
    customers = customers_of(loaded)
    key, name = str(customers.keys().at[row]), name_of(customers, row)
    links: dict[str, Cell] = {}
    keys = Changes()
    if "customer_name" in table.columns:
        links["customer_name"] = name
    if "customer_id" in table.columns or not links:
        held = table.texts("customer_id")
        if _holds_names(held, customers):
            links["customer_id"] = name
        else:
            links["customer_id"] = as_kept(key, _cells(table, "customer_id") or _cells(customers, customers.key))
            keys = loaded.keys.where(lambda change: change.kind == "column" or change.row == row)
            keys = keys if any(kind == "set" for kind in keys.column("kind")) else Changes()
    return links, keys


def contact_cells(
    loaded: Loaded, table: Table, row: int, person: str
) -> tuple[Mapping[str, Cell], tuple[Message, ...]]:
    """What names a contact of a customer in another sheet: by number where the sheet has one, else by name."""
    if not person:
        return {}, ()
    key = str(customers_of(loaded).keys().at[row])
    number = _contact_number(loaded, key, person)
    cells: dict[str, Cell] = {}
    if number and "contact_id" in table.columns:
        cells["contact_id"] = as_kept(number, _cells(table, "contact_id"))
    if "contact_name" in table.columns or not cells:
        cells["contact_name"] = person
    contacts = loaded.book.tables.get("contacts")
    if contacts is None or number:
        return cells, ()
    label = table.headers.get(table.columns.get("contact_name", ""))
    facts = {"sheet": contacts.title, "label": label or loaded.schema.tables[table.name]["contact_name"].labels}
    return cells, (Message(_STRANGER, facts),)


def _contact_number(loaded: Loaded, customer: str, person: str) -> str:
    """The key of the one contact of a customer with a name; '' where there is none, or several."""
    contacts = loaded.book.tables.get("contacts")
    if contacts is None or "customer_id" not in contacts.values:
        return ""
    of = contacts.values["customer_id"].tolist()
    rows = zip(of, contacts.texts("name"), contacts.keys().tolist(), strict=True)
    found = [key for owner, name, key in rows if owner == customer and fold(name) == fold(person)]
    return found[0] if len(found) == 1 else ""


def _holds_names(held: list[str], customers: Table) -> bool:
    """Whether cells name customers by their names rather than by their keys."""
    keys, names = set(customers.keys().tolist()), set(customers.texts("name"))
    return sum(each in names for each in held) > sum(each in keys for each in held)


def _cells(table: Table, name: str) -> list[Cell]:
    letters = table.columns.get(name)
    return table.cells[letters].tolist() if letters else []
