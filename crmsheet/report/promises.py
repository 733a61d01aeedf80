"""What was promised to a customer, or by one, and is still open."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crmsheet.core.messages import N_, Message, Text
from crmsheet.core.outcome import Section
from crmsheet.report.record import Record

_TITLE = N_("Open promises")
_DUE = N_("Due on")
_WHAT = N_("What")
_STATE = N_("State")
_NONE = N_("Nothing is open.")
_LATE, _TODAY, _AHEAD = N_("{days:,} days late"), N_("today"), N_("in {days:,} days")

_CONTACT = N_("contact, as promised")
_AGREED = N_("contact, as agreed on {day}: {what}")
_AGREED_BARE = N_("contact, as agreed on {day}")
_RHYTHM = N_("contact, by the rhythm of the grade")
_OPPORTUNITY = N_("opportunity “{name}” to be closed")
_PAYMENT = N_("payment of {amount} to come in")
_PAYMENT_BARE = N_("payment to come in")
_TICKET = N_("service: {what}")
_CONTRACT = N_("contract “{name}” ends")
_NOTICE = N_("contract “{name}” ends on {end}: talk about its renewal")
_FEEDBACK = N_("feedback to be answered: {what}")
_ACTION = N_("measure: {what}")

_CLOSED = {"opportunities": ("won", "lost", "shelved"), "tickets": ("resolved", "closed")}
_SOON = 90
"""Days ahead in which the end of a contract is a promise; later ones are not yet anybody's work."""


@dataclass(frozen=True, slots=True)
class Promise:
    """Something open: `due` is None where no day was named."""

    due: dt.date | None
    what: Text


def section(found: Sequence[Promise], today: dt.date) -> Section:
    """Promises by day, those without a day last."""
    order = sorted(found, key=lambda each: (each.due is None, each.due or today))
    rows = tuple((each.due, each.what, _state(each.due, today)) for each in order)
    titles = tuple(map(Message, (_DUE, _WHAT, _STATE)))
    return Section(Message(_TITLE), titles, rows, None if rows else Message(_NONE), name="promises")


def _state(due: dt.date | None, today: dt.date) -> Message | None:
    if due is None:
        return None
    days = (today - due).days
    if days == 0:
        return Message(_TODAY)
    return Message(_LATE, {"days": days}) if days > 0 else Message(_AHEAD, {"days": -days})


def promises(
    customer: Record, children: Mapping[str, Sequence[Record]], today: dt.date, *, contactable: bool = True
) -> Iterator[Promise]:
    """Everything open; contacts are left out for a customer who is not to be contacted."""
    if contactable:
        yield from _contacts(customer, children.get("interactions", ()), today)
    for each in children.get("opportunities", ()):
        if each.values.get("stage") not in _CLOSED["opportunities"]:
            yield Promise(each.day("expected_close"), Message(_OPPORTUNITY, {"name": _said(each, "name")}))
    for each in children.get("payments", ()):
        yield from _payment(each)
    for each in children.get("tickets", ()):
        if "resolved_at" not in each.values and each.values.get("status") not in _CLOSED["tickets"]:
            yield Promise(None, Message(_TICKET, {"what": _said(each, "content", "kind")}))
    for each in children.get("contracts", ()):
        yield from _contract(each, today)
    for each in children.get("feedback", ()):
        if not {"reply", "handled_at"} & set(each.values):
            yield Promise(None, Message(_FEEDBACK, {"what": _said(each, "content", "about")}))
    for each in children.get("actions", ()):
        if "done_at" not in each.values:
            yield Promise(each.day("due"), Message(_ACTION, {"what": _said(each, "measure")}))


def last_contact(customer: Record, interactions: Sequence[Record], today: dt.date) -> dt.date | None:
    """The last contact on record, by the customer's row or by the follow-ups; days to come do not count."""
    days = [customer.day("last_contact_at"), *(each.day("at") for each in interactions)]
    return max((day for day in days if day is not None and day <= today), default=None)


def _contacts(customer: Record, interactions: Sequence[Record], today: dt.date) -> Iterator[Promise]:
    """A promise is open until a contact on its day or later; the rhythm counts where nothing is promised."""
    last = last_contact(customer, interactions, today)
    promised: dict[dt.date, Text] = {}
    by_hand = customer.day("next_contact_at")
    if by_hand and (last is None or by_hand > last):
        promised[by_hand] = Message(_CONTACT)
    for each in interactions:
        day, met = each.day("next_contact_at"), each.day("at")
        if day and (last is None or day > last):
            facts = {"day": met or "", "what": each.said.get("next_step", "")}
            promised.setdefault(day, Message(_AGREED if facts["what"] else _AGREED_BARE, facts))
    suggested = customer.day("suggested_next_at")
    if not promised and suggested and (last is None or suggested > last):
        promised[suggested] = Message(_RHYTHM)
    yield from (Promise(day, what) for day, what in promised.items())


def _payment(payment: Record) -> Iterator[Promise]:
    """An instalment that did not come in, or not in full."""
    due, owed, paid = payment.day("due_date"), payment.values.get("due_amount"), payment.values.get("paid_amount")
    if due is None:
        return
    if owed is not None:
        left = owed - (paid or 0)
        if owed > 0 and left > 0:
            yield Promise(due, Message(_PAYMENT, {"amount": f"{left:,.2f}"}))
    elif paid is None and "paid_at" not in payment.values:
        yield Promise(due, Message(_PAYMENT_BARE))


def _contract(contract: Record, today: dt.date) -> Iterator[Promise]:
    end, days = contract.day("end"), contract.values.get("renewal_notice_days")
    if end is None or end < today:
        return
    facts = {"name": _said(contract, "title", "contract_no", "kind"), "end": end}
    notice = end - dt.timedelta(days=int(days)) if days is not None and 0 <= days <= 3660 else end
    if (notice - today).days <= _SOON:
        yield Promise(notice, Message(_NOTICE if notice < end else _CONTRACT, facts))


def _said(record: Record, *fields: str) -> Any:
    """The first of some fields that says something, else the key."""
    return next((record.said[each] for each in fields if each in record.said), record.key)
