"""Noting a contact: a row in the follow-up sheet where the book has one, else the customer's own cells."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from crmsheet.app.actors import actor_for
from crmsheet.app.customers import customers_of, is_link, name_of, pick
from crmsheet.app.entering import read_typed, refused
from crmsheet.app.linking import contact_cells, link_cells, next_key
from crmsheet.app.opening import Loaded, load_book, read_rows
from crmsheet.app.outcomes import entered as written
from crmsheet.app.request import Request
from crmsheet.change.entering import appended, entered, key_in_sheet
from crmsheet.clean.spoken_date import read_moment
from crmsheet.core.book import Table
from crmsheet.core.cells import Cell, Formula
from crmsheet.core.changes import Changes
from crmsheet.core.messages import N_, Message, Text, cell_words, chained
from crmsheet.core.outcome import Outcome
from crmsheet.resources import speech

COMMAND = "note"
LOG, LAST, NEXT, NOTES, PERSON = "interactions", "last_contact_at", "next_contact_at", "notes", "contact_name"

_WHY = N_("a contact noted with `crmsheet note`")
_NOTED = N_("Noted for {customer}: contact at {at}.")
_NOTED_NEXT = N_("Noted for {customer}: contact at {at}, the next one on {day}.")
_ON_CUSTOMER = N_("The book has no sheet of follow-ups: the note stands in {label} of the customer.")
_UNWANTED = N_("{customer} does not want to be contacted ({label}); the contact is recorded all the same.")
_MET = N_("The contact promised for {day} is met; --next names the next one.")
_EMPTY = N_("it says nothing")
_FORMULA = N_("{place} holds a formula and was left alone.")
_DATED, _DATED_BY, _MORE = N_("{day}: {text}"), N_("{day} {channel}: {text}"), N_("{label}: {text}")
_WEEKDAYS = (
    N_("{day} (Monday)"), N_("{day} (Tuesday)"), N_("{day} (Wednesday)"), N_("{day} (Thursday)"), N_("{day} (Friday)"),
    N_("{day} (Saturday)"), N_("{day} (Sunday)"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Contact:
    """What somebody tells of a contact, as typed; '' for what was not told. `at` and `next` are days in words."""

    text: str
    via: str = ""
    at: str = ""
    next: str = ""
    outcome: str = ""
    next_step: str = ""
    person: str = ""


@dataclass(frozen=True, slots=True)
class _Noted:
    """A contact with a customer, read: the customer's typed values, the contact's cells by field of that table."""

    loaded: Loaded
    customers: Table
    row: int
    values: Mapping[str, Any]
    at: dt.date
    next: dt.date | None
    cells: Mapping[str, Cell]

    @property
    def named(self) -> str:
        """Key and name of the customer."""
        return f"{key_in_sheet(self.customers, self.row)} {name_of(self.customers, self.row)}".strip()


def note(request: Request, customer: str, contact: Contact) -> Outcome:
    """Records a contact with a customer, and the next one that was promised; written at once.

    Raises:
        CustomerUnknown, CustomerAmbiguous, CustomerUnsure: the words do not name one customer.
        ValueRefused: the channel is not in the list, or a text may run as a formula.
        DayUnreadable, DayAmbiguous, DayPast, DayAhead: a day cannot be taken as it was said.
    """
    loaded = load_book(request, is_link)
    customers = customers_of(loaded)
    row = pick(loaded, customer)
    now = dt.datetime.combine(request.today, request.now.time().replace(second=0, microsecond=0))
    order = loaded.context.settings.date_order
    at = read_moment(contact.at, now, order=order, ahead=False) if contact.at else now
    day = dt.datetime.combine(request.today, dt.time())
    following = read_moment(contact.next, day, order=order) if contact.next else None
    read = read_rows(loaded, customers, [row]).values
    values: Mapping[str, Any] = {str(name): read[name].iloc[0] for name in read}
    noted = _Noted(loaded, customers, row, values, at, following, _cells(loaded, contact, at, following))
    changes, notes = _in_log(noted) if LOG in loaded.book.tables else _on_customer(noted)
    return written(loaded, changes, COMMAND, lambda _: (_sentence(noted), *notes, *_warnings(noted)))


def _cells(loaded: Loaded, contact: Contact, at: dt.date, following: dt.date | None) -> Mapping[str, Cell]:
    """What was told as cells of the follow-up table, which need not be in the book."""
    typed = {
        "at": cell_words(at), "channel": contact.via, "summary": contact.text, "outcome": contact.outcome,
        "next_step": contact.next_step, NEXT: cell_words(following), PERSON: contact.person,
    }  # fmt: skip
    log = loaded.book.tables.get(LOG) or _nowhere(loaded)
    cells = read_typed(loaded, log, -1, {name: text for name, text in typed.items() if text}).cells
    if not cells.get("summary"):
        raise refused(loaded.schema, log, "summary", Message(_EMPTY))
    return {name: cell for name, cell in cells.items() if cell is not None}


def _nowhere(loaded: Loaded) -> Table:
    """A follow-up table for a book that has none, so that the same words are understood."""
    key, nothing = loaded.schema.tables[LOG].key, pd.DataFrame()
    return Table(LOG, "", 0, nothing, {}, {}, key, nothing, loaded.book.lang)


def _in_log(noted: _Noted) -> tuple[Changes, tuple[Text, ...]]:
    """A new row in the follow-up sheet, and the dates of the customer where the customer sheet keeps them."""
    loaded, log = noted.loaded, noted.loaded.book.tables[LOG]
    links, keys = link_cells(loaded, log, noted.row)
    owner, stranger = actor_for(loaded, log)
    person, unknown = contact_cells(loaded, log, noted.row, str(noted.cells.get(PERSON, "")))
    told = {name: cell for name, cell in noted.cells.items() if name != PERSON}
    cells: dict[str, Cell] = {**next_key(log, loaded), **links, **told, **person, "owner": owner or None}
    if "created_at" in log.columns:
        cells["created_at"] = loaded.context.today
    if NEXT not in log.columns and NEXT in noted.customers.columns:
        cells.pop(NEXT, None)
    why = Message(_WHY)
    key = cell_words(cells.get(log.key))
    row = appended(log, loaded.schema.tables[LOG], key, cells, why)
    kept = [name for name in (LAST, NEXT) if name in noted.customers.columns]
    dates, left = _dates(noted, kept)
    mine = entered(noted.customers, loaded.schema.tables["customers"], noted.row, dates, why)
    return Changes.joined([keys, row, mine]), (*stranger, *unknown, *left)


def _on_customer(noted: _Noted) -> tuple[Changes, tuple[Text, ...]]:
    """The dates of the customer, and the words below its notes; columns that are lacking are added."""
    loaded, table = noted.loaded, noted.customers
    letters = table.columns.get(NOTES)
    before = cell_words(table.cells.at[noted.row, letters]) if letters else ""
    dates, left = _dates(noted, (LAST, NEXT))
    cells = {**dates, NOTES: f"{before.rstrip()}\n{_line(noted)}" if before.strip() else _line(noted)}
    changes = entered(table, loaded.schema.tables["customers"], noted.row, cells, Message(_WHY))
    label = table.headers.get(letters or "") or loaded.schema.tables["customers"][NOTES].labels
    return changes, (Message(_ON_CUSTOMER, {"label": label}), *left)


def _dates(noted: _Noted, names: Iterable[str]) -> tuple[dict[str, Cell], tuple[Text, ...]]:
    """The dates that the customer's row gets: the last contact only forward, and a promise.

    A formula knows its date by itself, and a text that is no date is somebody's business.
    """
    wanted = {LAST: _day(noted.at), NEXT: noted.next}
    dates: dict[str, Cell] = {}
    notes: list[Text] = []
    for name in names:
        day, letters = wanted[name], noted.customers.columns.get(name)
        found: Any = noted.customers.cells.at[noted.row, letters] if letters else None
        known = noted.values.get(name, pd.NaT)
        if day is None:
            continue
        if isinstance(found, Formula):
            notes.append(Message(_FORMULA, {"place": noted.customers.ref(noted.row, name)}))
        elif name == NEXT or (found in (None, "") if pd.isna(known) else known.date() < day):
            dates[name] = day
    return dates, tuple(notes)


def _line(noted: _Noted) -> str:
    """The contact in one line of text, in the language of the book."""
    words, labels = speech(noted.loaded.book.lang), noted.loaded.schema.tables[LOG]
    cells = {name: cell_words(value) for name, value in noted.cells.items()}
    facts = {"day": _day(noted.at).isoformat(), "channel": cells.get("channel", ""), "text": cells["summary"]}
    parts: list[Text] = [Message(_DATED_BY if facts["channel"] else _DATED, facts)]
    told = (name for name in (PERSON, "outcome", "next_step") if name in cells)
    parts += [Message(_MORE, {"label": labels[name].labels, "text": cells[name]}) for name in told]
    return words.say(chained(parts, N_("; ")))


def _sentence(noted: _Noted) -> Message:
    facts = {"customer": noted.named, "at": cell_words(noted.at)}
    if noted.next is None:
        return Message(_NOTED, facts)
    day = Message(_WEEKDAYS[noted.next.weekday()], {"day": cell_words(noted.next)})
    return Message(_NOTED_NEXT, {**facts, "day": day})


def _warnings(noted: _Noted) -> Iterable[Text]:
    """That the customer refuses contacts; that a promise is met and no new one was made."""
    table = noted.customers
    for name in ("do_not_contact", "processing_restricted"):
        refuses = noted.values.get(name, pd.NA)
        if not pd.isna(refuses) and refuses:
            label = table.headers[table.columns[name]]
            yield Message(_UNWANTED, {"customer": noted.named, "label": label})
    promise = noted.values.get(NEXT, pd.NaT)
    if noted.next is None and not pd.isna(promise) and promise.date() <= _day(noted.at):
        yield Message(_MET, {"day": promise.date().isoformat()})


def _day(moment: dt.date) -> dt.date:
    return moment.date() if isinstance(moment, dt.datetime) else moment
