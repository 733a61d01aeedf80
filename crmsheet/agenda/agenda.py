"""The follow-ups that are due: one row per customer, with the reason in words."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from crmsheet.agenda.plan import (
    BLOCKED,
    CONTACT,
    DERIVED,
    DUE,
    Fields,
    future_contacts,
    save_no_grades,
    save_plan,
)
from crmsheet.core.context import Context
from crmsheet.core.messages import N_, Message
from crmsheet.engine import Engine

if TYPE_CHECKING:
    import pandas as pd

NO_OWNER = N_("no owner")

_PROMISE_TODAY = N_("contact is promised for today")
_PROMISE_LATE = N_("contact was promised for {due}, days late: {overdue:,}")
_PROMISE_AHEAD = N_("contact is promised for {due}")
_SAID_TODAY = N_("at the contact on {last}, today was agreed")
_SAID_LATE = N_("at the contact on {last}, {due} was agreed, days late: {overdue:,}")
_SAID_AHEAD = N_("at the contact on {last}, {due} was agreed")
_CADENCE_TODAY = N_("last contact {last}; customers of grade {tier} are due every {cadence} days: today")
_CADENCE_LATE = N_(
    "last contact {last}; customers of grade {tier} are due every {cadence} days, days late: {overdue:,}"
)
_CADENCE_AHEAD = N_("last contact {last}; customers of grade {tier} are due every {cadence} days: on {due}")
_UNGRADED_TODAY = N_("last contact {last}; customers without a grade are due every {cadence} days: today")
_UNGRADED_LATE = N_(
    "last contact {last}; customers without a grade are due every {cadence} days, days late: {overdue:,}"
)
_UNGRADED_AHEAD = N_("last contact {last}; customers without a grade are due every {cadence} days: on {due}")
_CREATED = N_("no contact since the record was made on {created}")
_NEVER = N_("no contact on record")

_BY_GROUND = {
    "promise": (_PROMISE_AHEAD, _PROMISE_TODAY, _PROMISE_LATE),
    "said": (_SAID_AHEAD, _SAID_TODAY, _SAID_LATE),
    "cadence": (_CADENCE_AHEAD, _CADENCE_TODAY, _CADENCE_LATE),
    "ungraded": (_UNGRADED_AHEAD, _UNGRADED_TODAY, _UNGRADED_LATE),
    "created": (_CREATED,) * 3,
    "never": (_NEVER,) * 3,
}

_BLOCKED = {
    "refused": N_("Due, but left out because they do not want to be contacted: {count:,}"),
    "restricted": N_("Due, but left out because the use of their personal information is restricted: {count:,}"),
    "ended": N_("Due, but left out because cooperation is ended or they are on the blacklist: {count:,}"),
    "lost": N_("Due, but left out because they are marked as lost: {count:,}"),
}
_FUTURE = N_("Contacts dated in the future, not counted: {count:,}. Check their dates")
_NO_CUSTOMERS = N_("The book has no customer sheet: no follow-ups were planned")


class Graded(Protocol):
    """What the agenda asks of today's grades (see `crmsheet.tier.Grades`)."""

    @property
    def frame(self) -> pd.DataFrame:
        """One row per customer: row_, tier, revenue."""


_DAYS = ("due", "last_contact", "created")


@dataclass(frozen=True, slots=True)
class Agenda:
    """Who is due.

    `frame`   one row per active customer due by `today` + `horizon_days`, in the order of work: row_, key_, name,
              owner (NA: nobody), tier, value (revenue), due, overdue_days (negative: ahead), ground ("promise", "said",
              "cadence", "created", "never"), last_contact, created, cadence (days), channel, and contact fields (NA
              where the book has none)
    `derived` one row per customer with something for the sheet: row_, contacted (the last contact, where the follow-ups
              know a later one than the sheet), suggested (the next contact by cadence, where nothing is promised)
    `notes`   who was left out and why
    `contact` the contact fields that the book has
    """

    frame: pd.DataFrame
    derived: pd.DataFrame
    notes: tuple[Message, ...] = ()
    contact: tuple[str, ...] = ()

    def of(self, owner: str) -> Agenda:
        """What is due of one owner's customers."""
        return dataclasses.replace(self, frame=self.frame.loc[(self.frame["owner"] == owner).fillna(False)])

    def reasons(self) -> Iterator[Message]:
        """Why each row of the frame is due, in order."""
        names = ("ground", "tier", "due", "overdue_days", "last_contact", "created", "cadence")
        columns = ((self.frame[name].dt.date if name in _DAYS else self.frame[name]).tolist() for name in names)
        for row in zip(*columns, strict=True):
            yield reason(*row)


def reason(
    ground: str,
    tier: object,
    due: dt.date,
    overdue: int,
    last: dt.date,
    created: dt.date,
    cadence: int,
) -> Message:
    """Why a customer is due, in a sentence."""
    graded = isinstance(tier, str)
    choice = _BY_GROUND["ungraded" if ground == "cadence" and not graded else ground]
    template = choice[0 if overdue < 0 else 1 if overdue == 0 else 2]
    facts = {"tier": tier, "due": _day(due), "overdue": overdue, "cadence": cadence}
    return Message(template, {**facts, "last": _day(last), "created": _day(created)})


def plan_followups(engine: Engine, fields: Fields, grades: Graded | None, context: Context) -> Agenda:
    """The follow-ups due today, overdue, or within `horizon_days`, and what the sheet should know about contacts.

    Args:
        engine: holds the relations `customers` and `interactions` (see `crmsheet.engine.relations`).
        fields: the bound fields of each table.
        grades: today's grades; without them the grades typed in the sheet count, else everybody is a C.
        context: today, and the policy: `cadence`, `horizon_days`.
    """
    if grades is None or grades.frame.empty:
        save_no_grades(engine)
    else:
        engine.read("agenda_grades_", grades.frame[["row_", "tier", "revenue"]])
    save_plan(engine, fields, context)
    until = context.today + dt.timedelta(days=context.settings.horizon_days)
    frame = engine.sql(DUE.format(names=", ".join(CONTACT)), today=context.today, until=until)
    bound = fields.get("customers")
    notes = (Message(_NO_CUSTOMERS),) if bound is None else _notes(engine, fields, context, until)
    contact = tuple(name for name in CONTACT if name in (bound or ()))
    return Agenda(frame, engine.sql(DERIVED), notes, contact)


def _notes(engine: Engine, fields: Fields, context: Context, until: dt.date) -> tuple[Message, ...]:
    """Who was left out, and dates that cannot be."""
    blocked = engine.sql(BLOCKED, until=until)
    counts = zip(blocked["blocked"].tolist(), blocked["customers"].tolist(), strict=True)
    notes = [Message(_BLOCKED[why], {"count": count}) for why, count in counts]
    future = future_contacts(engine, fields, context)
    if future:
        notes.append(Message(_FUTURE, {"count": future}))
    return tuple(notes)


def _day(day: dt.date) -> str:
    """ISO text of a day; '' where there is none (NaT is unequal to itself)."""
    return day.isoformat() if day == day else ""
