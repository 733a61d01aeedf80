"""Who asks, as the book knows them: a member of the staff, or an owner of customers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from crmsheet.app.opening import Loaded
from crmsheet.core.book import Table
from crmsheet.core.folding import fold
from crmsheet.core.messages import N_, Message

_NOT_STAFF = N_("{owner} is nobody in {sheet}; correct the name, or add them there.")
_STRANGER = N_(
    "The book knows nobody called {actor}, so the record has no {label}: set CRMSHEET_ACTOR, "
    "or `actor` in crmsheet.toml."
)


@dataclass(frozen=True, slots=True)
class Person:
    """A person in the staff sheet, or one who owns customers (then without number)."""

    name: str
    number: str = ""


def actor_in(loaded: Loaded) -> Person | None:
    """Whoever asks, by name, staff number, or e-mail (or the part before its @); None if the book knows nobody so."""
    wanted = fold(loaded.context.actor)
    if not wanted:
        return None
    people = staff(loaded)
    found = [person for words, person in people.items() if wanted in words]
    if len(found) == 1:
        return found[0]
    owners = (each for table in loaded.book.tables.values() for each in _owners(table))
    return next((Person(owner) for owner in owners if fold(owner) == wanted), None)


def owner_as_kept(loaded: Loaded, table: Table, person: Person) -> str:
    """A person as the owner column of a table names people: by number where most of its cells do."""
    held = [fold(each) for each in (_owners(table) or _owners(loaded.book.tables.get("customers", table)))]
    people = staff(loaded).values()
    numbers, names = {fold(each.number) for each in people}, {fold(each.name) for each in people}
    by_number = sum(each in numbers for each in held) > sum(each in names for each in held)
    return person.number if by_number and person.number else person.name


def actor_for(loaded: Loaded, table: Table, field: str = "owner") -> tuple[str, tuple[Message, ...]]:
    """What to write as the owner of a new record, '' for nothing, and what there is to say about it.

    In a book without a list of staff a name that was set on purpose is taken as it is given: a new colleague has no
    customers yet. The name of a login says nothing.
    """
    if field == table.told_by_sheet:
        return _with_a_sheet(loaded, table), ()
    if field not in table.columns:
        return "", ()
    person = actor_in(loaded)
    if person is not None:
        return owner_as_kept(loaded, table, person), ()
    actor = loaded.context.actor
    if actor != loaded.request.actor and not staff(loaded):
        return actor, ()
    label = table.headers[table.columns[field]]
    return "", (Message(_STRANGER, {"actor": actor, "label": label}),)


def _with_a_sheet(loaded: Loaded, table: Table) -> str:
    """Whoever asks, as the sheet of their own is named; '' where they have none."""
    person = actor_in(loaded) or Person(loaded.context.actor)
    return next((part.owner for part in table.parts if fold(part.owner) == fold(person.name)), "")


def owner_notes(loaded: Loaded, owner: str) -> tuple[Message, ...]:
    """A sentence for an owner who is not in the staff sheet."""
    people = staff(loaded)
    if not people or not owner or any(fold(owner) in words for words in people):
        return ()
    return (Message(_NOT_STAFF, {"owner": owner, "sheet": loaded.sheets["staff"]}),)


def staff(loaded: Loaded) -> Mapping[frozenset[str], Person]:
    """The people of the staff sheet, by the folded words that name each of them."""
    table = loaded.book.tables.get("staff")
    if table is None:
        return {}
    numbers, names, mails = (table.texts(name) for name in (table.key, "name", "email"))
    return {
        frozenset(filter(None, map(fold, (number, name, mail, mail.partition("@")[0])))): Person(name or number, number)
        for number, name, mail in zip(numbers, names, mails, strict=True)
    }


def _owners(table: Table) -> list[str]:
    return [each for each in table.texts("owner") if each]
