"""One customer, named by a key, a name, a number: looked up, and asked about where several fit."""

from __future__ import annotations

from crmsheet.app.opening import Loaded
from crmsheet.core.book import Table
from crmsheet.core.errors import CustomerAmbiguous, CustomerUnknown, NothingBound
from crmsheet.core.messages import N_, Message, Text, cell_words
from crmsheet.core.schema import Field
from crmsheet.match.lookup import SURE, Hit, lookup

_WHICH = N_("Several customers fit {text}:")
_NAMED = 5
"""Customers that a sentence names."""


def is_link(field: Field) -> bool:
    """The fields that a command on one record reads in every row: keys and references."""
    return field.kind in ("key", "reference")


def customers_of(loaded: Loaded) -> Table:
    """The customer table.

    Raises:
        NothingBound: the book has none.
    """
    table = loaded.book.tables.get("customers")
    if table is None:
        raise NothingBound(path=loaded.path, sheets="、".join(each.sheet for each in loaded.book.tables.values()))
    return table


def pick(loaded: Loaded, text: str) -> int:
    """The row of the one customer that a text means; where several fit, whoever sits at the terminal is asked.

    Raises:
        CustomerUnknown: nobody fits.
        CustomerAmbiguous: several fit and nobody can be asked.
    """
    table = customers_of(loaded)
    hits = lookup(table, loaded.schema.tables["customers"], text, loaded.context)
    if not hits:
        raise CustomerUnknown(text=text)
    best = [each for each in hits if each.score >= SURE] or list(hits)
    if len(best) == 1:
        return best[0].row
    if loaded.request.choose:
        names = [named(table, each) for each in best]
        return best[loaded.request.choose(Message(_WHICH, {"text": text}), names)].row
    shown = ", ".join(named(table, each) for each in best[:_NAMED]) + (" …" if len(best) > _NAMED else "")
    raise CustomerAmbiguous(count=len(best), text=text, names=shown, example=best[0].key)


def named(table: Table, hit: Hit) -> str:
    """Key and name of a customer that was found."""
    letters = table.columns.get("name", "")
    name: Text = cell_words(table.cells.at[hit.row, letters]) if letters else hit.value
    return f"{hit.key} {name}".strip()
