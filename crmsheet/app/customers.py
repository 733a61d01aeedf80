"""One customer, named by a key, a name, a number: looked up, and asked about where several fit."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Sequence

from crmsheet.app.opening import Loaded
from crmsheet.clean.full_name import full_name
from crmsheet.core.book import Table
from crmsheet.core.errors import (
    CustomerAmbiguous,
    CustomerRetired,
    CustomerUnknown,
    CustomerUnsure,
    NothingBound,
    TextTooShort,
)
from crmsheet.core.messages import N_, Message, Text, chained
from crmsheet.core.schema import Field
from crmsheet.match.lookup import CONFIDENT, SAME, SQUEEZED, Hit, lookup
from crmsheet.report.words import plain

_WHICH = N_("Several customers fit {text}:")
_MEANT = N_("No customer is called {text}; did you mean:")
_SURVIVOR = N_("The customer goes on as {into}: name that one.")
_ARCHIVED = N_("`crmsheet show` tells what is known of it.")
_ON_ROW = N_("{customer}, row {row}")
_NAMED = 5
"""Customers that a sentence names."""
_ASKED = 20
"""Customers that a person is asked about: more than a screen holds are no question."""
_BANDS = (SQUEEZED, SAME, CONFIDENT, 0.0)
"""Scores that are as good as each other: whole keys and names, names but for the legal form, parts, all others."""


def is_link(field: Field) -> bool:
    """The fields that a command on one record reads in every row: keys, references, and what is retired."""
    return field.kind in ("key", "reference") or field.name == "record_status"


def customers_of(loaded: Loaded) -> Table:
    """The customer table.

    Raises:
        NothingBound: the book has none.
    """
    table = loaded.book.tables.get("customers")
    if table is None:
        raise NothingBound(path=loaded.path, sheets="、".join(loaded.sheets.values()))
    return table


def pick(loaded: Loaded, text: str, *, least: float = CONFIDENT, retired: bool = False) -> int:
    """The row of the one customer that a text means; where several fit, whoever sits at the terminal is asked.

    What fits better leaves the others out, and a customer of today those that were retired. A single customer is taken
    without asking if its score is at least `least`. Commands that write keep to the defaults: they want to be sure,
    and none that was retired.

    Raises:
        TextTooShort: the text is empty.
        CustomerUnknown: nobody fits.
        CustomerAmbiguous: several fit and nobody can be asked.
        CustomerUnsure: those that fit do not fit well enough, and nobody can be asked.
        CustomerRetired: the one that is meant was merged or archived.
    """
    table = customers_of(loaded)
    hits = lookup(table, loaded.schema.tables["customers"], text, loaded.context, most=None, everywhere=False)
    if not hits:
        raise CustomerUnknown(text=text) if text.strip() else TextTooShort(text=text)
    band = next(each for each in _BANDS if hits[0].score >= each)
    best = [each for each in hits if each.score >= band]
    best = [each for each in best if not each.retired] or best
    unsure = best[0].score < least
    one = best[0] if len(best) == 1 and not unsure else _asked(loaded, table, text, best, unsure=unsure)
    if one.retired and not retired:
        raise CustomerRetired(customer=named(table, one), advice=_instead(table, one))
    return one.row


def _asked(loaded: Loaded, table: Table, text: str, hits: Sequence[Hit], *, unsure: bool) -> Hit:
    """The one that a person chooses."""
    choices = _choices(table, hits)
    if loaded.request.choose:
        question = Message(_MEANT if unsure else _WHICH, {"text": text})
        return hits[loaded.request.choose(question, choices[:_ASKED])]
    names = chained([*choices[:_NAMED], *(["…"] if len(hits) > _NAMED else [])], N_("; "))
    kind = CustomerUnsure if unsure else CustomerAmbiguous
    raise kind(count=len(hits), text=text, names=names, example=hits[0].key)


def _instead(table: Table, hit: Hit) -> Message:
    into = plain(table.values["merged_into"].at[hit.row]) if "merged_into" in table.values else None
    return Message(_SURVIVOR, {"into": into}) if into else Message(_ARCHIVED)


def named(table: Table, hit: Hit) -> str:
    """Key and name of a customer that was found."""
    return called(table, hit.row)


def called(table: Table, row: int) -> str:
    """Key and name of the customer of a row."""
    return f"{table.keys().at[row]} {name_of(table, row)}".strip()


def name_of(table: Table, row: int) -> str:
    """What the record of a row is called, as it stands in the sheet; '' where it has no name."""
    return names_of(dataclasses.replace(table, cells=table.cells.loc[[row]]))[0]


def names_of(table: Table) -> list[str]:
    """What each record of a table is called; of its first and last name where it has no whole one."""
    if "name" in table.columns or not {"first_name", "last_name"} & set(table.columns):
        return table.texts("name")
    pairs = zip(table.texts("first_name"), table.texts("last_name"), strict=True)
    return [full_name(given, family) or "" for given, family in pairs]


def _choices(table: Table, hits: Sequence[Hit]) -> list[Text]:
    """What several customers are called; by their rows too, where a key is not theirs alone."""
    keys = Counter(each.key for each in hits)
    return [
        named(table, each)
        if keys[each.key] == 1
        else Message(_ON_ROW, {"customer": named(table, each), "row": table.row_name(each.row)})
        for each in hits
    ]
