"""The day of whoever asks: whom to call, why, at which number, and what was said last."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence

from crmsheet.agenda import ASKED, Agenda
from crmsheet.agenda.mine import next_due, owners, said_last
from crmsheet.app.actors import actor_in
from crmsheet.app.bench import asked, bench
from crmsheet.app.customers import customers_of
from crmsheet.app.followup import PLANNED, dial_form
from crmsheet.app.opening import Loaded, load_book
from crmsheet.app.request import Request
from crmsheet.core.errors import ActorUnknown
from crmsheet.core.folding import fold
from crmsheet.core.messages import N_, Message, Text, chained
from crmsheet.core.outcome import Outcome
from crmsheet.engine import fields
from crmsheet.report import followups
from crmsheet.tier import ASKED as GRADED

_CALLS = N_("{owner}: {due:,} to contact today, {promised:,} of them promised, {overdue:,} overdue.")
_FREE = N_("{owner}: nobody is due today. The next is {customer} on {day}.")
_NOBODY = N_("{owner}: nobody is due, today or later.")
_IN_FULL = N_("Numbers are shown in full: these are your own customers. The file was not changed.")
_DUE = N_("Due today are customers of: {owners}.")
_NONE_DUE = N_("Nobody is due today.")
_SAID = ("summary", "notes")
_UNREAD = ("mobile", "phone", "email")
"""What is only shown, and takes long to read: the few numbers are read one by one."""
_COUNT = N_("{owner} ({count:,})")


def me(request: Request) -> Outcome:
    """The customers of whoever asks that are due today or overdue, promises first; nothing is masked or changed.

    Raises:
        ActorUnknown: the book knows nobody of that name.
    """
    loaded = load_book(request, asked({*ASKED, *GRADED, *_SAID} - {*_UNREAD}))
    customers_of(loaded)
    with bench(loaded, PLANNED) as table:
        agenda = table.agenda(table.grades())
        owner = _owner(loaded, agenda, owners(table.engine))
        mine = agenda.of(owner)
        said = said_last(table.engine, fields(table.tables), loaded.context)
        until = loaded.context.today + dt.timedelta(days=loaded.context.settings.horizon_days)
        following = next_due(table.engine, owner, until)
    sections = followups.personal_sections(mine, loaded.schema, said, _numbers(loaded, mine))
    overdue = mine.frame["overdue_days"] > 0
    promised = mine.frame["ground"].isin(followups.PROMISED)
    figures = {"due": len(mine.frame), "promised": int(promised.sum()), "overdue": int(overdue.sum())}
    first = Message(_CALLS, {"owner": owner, **figures}) if len(mine.frame) else _free(owner, following)
    notes: tuple[Text, ...] = (first, Message(_IN_FULL)) if len(mine.frame) else (first,)
    return dataclasses.replace(loaded.outcome("me"), counts=figures, sections=sections, notes=(*notes, *loaded.about))


def _owner(loaded: Loaded, agenda: Agenda, known: Sequence[str]) -> str:
    """Whoever asks, as the agenda names owners."""
    person = actor_in(loaded)
    if person is None:
        counts = agenda.frame["owner"].value_counts(sort=False)
        due = [Message(_COUNT, {"owner": str(owner), "count": int(count)}) for owner, count in counts.items()]
        advice = Message(_DUE, {"owners": chained(due, N_(", "))}) if due else Message(_NONE_DUE)
        raise ActorUnknown(path=loaded.path.name, actor=loaded.context.actor or '""', advice=advice)
    return next((each for each in known if fold(each) == fold(person.name)), person.name)


def _numbers(loaded: Loaded, mine: Agenda) -> Mapping[int, str]:
    """Row of a customer -> the number to dial: the mobile, else the phone; one that cannot be read as it stands."""
    table, schema = customers_of(loaded), loaded.schema.tables["customers"]
    rows = table.cells.index.tolist()
    found: dict[int, str] = {}
    for name in ("phone", "mobile"):
        found |= {row: text for row, text in zip(rows, table.texts(name), strict=True) if text}
    wanted = mine.frame["row_"].tolist()
    return {row: str(dial_form(found[row], schema["mobile"], loaded.context)) for row in wanted if row in found}


def _free(owner: str, following: tuple[dt.date, str, str] | None) -> Message:
    if following is None:
        return Message(_NOBODY, {"owner": owner})
    day, key, name = following
    return Message(_FREE, {"owner": owner, "customer": f"{key} {name}".strip(), "day": day.isoformat()})
