"""Whose customer it is, asked before it is entered: nobody's, yours, a colleague's, or in the pool."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crmsheet.app.actors import Person, actor_in
from crmsheet.app.belongings import owners_of
from crmsheet.app.customers import is_link, name_of
from crmsheet.app.opening import Loaded, load_book, read_rows
from crmsheet.app.request import Request
from crmsheet.app.show import hiding, person_of
from crmsheet.core.errors import NothingBound, TextTooShort
from crmsheet.core.folding import fold
from crmsheet.core.messages import N_, Message
from crmsheet.core.outcome import Outcome
from crmsheet.match.lookup import RETIRED, SAME, Hit, lookup
from crmsheet.match.wanted import wanted
from crmsheet.report import standing
from crmsheet.report.promises import last_contact
from crmsheet.report.record import Record, records
from crmsheet.report.standing import COLLEAGUE, CONVERTED, POOL, YOURS, Standing, partly
from crmsheet.report.words import label

ASKED = ("customers", "contacts", "leads")
MOST = 10
"""Records that are told of: who meets more has asked for too little."""
_LIKE = 0.6
"""The score from which a record is called similar; below it only some other column says something like it."""
_STRANGER = N_(
    "The book knows nobody called {actor}, so nothing counts as yours: set CRMSHEET_ACTOR, or `actor` in crmsheet.toml."
)
_NO_NUMBER = N_(
    "“{text}” is not a whole phone number and was compared digit by digit; check whether a digit is missing."
)


@dataclass(frozen=True, slots=True)
class _Fit:
    """A hit in a table, and the record that it is about: a contact is about its customer."""

    table: str
    hit: Hit
    about: str
    row: int


def who(request: Request, text: str) -> Outcome:
    """Whose customer a phone number, an e-mail, a company or a person is.

    Raises:
        NothingBound: the book has neither customers, contacts nor leads.
        TextTooShort: the text says too little, and is nobody's key or name either.
    """
    loaded = load_book(request, is_link)
    asked = wanted(text, loaded.context)
    if not set(ASKED) & set(loaded.book.tables):
        raise NothingBound(path=loaded.path, sheets="、".join(loaded.sheets.values()))
    fits = _fits(loaded, text)
    if not fits and not asked.nameable:
        raise TextTooShort(text=text)
    alike = [each for each in fits if each.hit.score >= SAME]
    alike = [each for each in alike if not each.hit.retired] or alike
    rest = [each for each in fits if _LIKE <= each.hit.score < SAME and not each.hit.retired]
    me = actor_in(loaded)
    met = _contacts(loaded) if alike or rest else {}
    exact = [_standing(loaded, each, me, met) for each in alike[:MOST]]
    similar = [_standing(loaded, each, me, met) for each in rest[: MOST - len(exact)]]
    notes = [standing.sentence(exact, similar, text, loaded.path.name)]
    if asked.digits and not any(each.startswith("+") for each in asked.phones):
        notes.append(Message(_NO_NUMBER, {"text": text}))
    if me is None and any(each.state == COLLEAGUE for each in (*exact, *similar)):
        notes.append(Message(_STRANGER, {"actor": loaded.context.actor}))
    return dataclasses.replace(
        loaded.outcome("who"),
        counts={"exact": len(exact), "similar": len(similar), "standing": exact[0].state if len(exact) == 1 else None},
        notes=(*notes, *loaded.about),
        sections=standing.sections(exact, similar),
    )


def _fits(loaded: Loaded, text: str) -> list[_Fit]:
    """What fits, the best first: a customer once, though its contacts or the lead it was made of fit as well."""
    tables = {name: loaded.book.tables[name] for name in ASKED if name in loaded.book.tables}
    customers = tables.get("customers")
    others = {name: table for name, table in tables.items() if name != "customers"}
    owners = owners_of(customers, others) if customers is not None else {}
    best: dict[tuple[str, int], _Fit] = {}
    for name, table in tables.items():
        for hit in lookup(table, loaded.schema.tables[name], text, loaded.context, everywhere=False):
            owner = owners.get(name, {}).get(hit.row)
            fit = _Fit(name, hit, *(("customers", owner) if owner else (name, hit.row)))
            known = best.get((fit.about, fit.row))
            if known is None or known.hit.score < hit.score:
                best[fit.about, fit.row] = fit
    return sorted(best.values(), key=lambda each: (-each.hit.score, each.hit.retired))


def _standing(loaded: Loaded, fit: _Fit, me: Person | None, met: Mapping[int, Sequence[int]]) -> Standing:
    """How the record stands to the asker, who sees the whole name of what is theirs or nobody's."""
    table = loaded.book.tables[fit.about]
    schema = loaded.schema.tables[fit.about]
    (record,) = records(read_rows(loaded, table, [fit.row]), schema, hiding(loaded))
    owner = person_of(loaded, str(record.said.get("owner", "")))
    state = _state(record, owner, me)
    name = name_of(table, fit.row) if fit.about == "customers" else str(record.said.get("name", ""))
    open_to_all = state != COLLEAGUE or loaded.request.reveal
    return Standing(
        fit.about,
        label(loaded.schema, fit.table),
        record.key,
        name if open_to_all else partly(name),
        state,
        owner.name if owner else "",
        record.day("claimed_at") or record.day("created_at"),
        _last(loaded, record, met.get(fit.row, ()) if fit.about == "customers" else ()),
        label(loaded.schema, fit.table, fit.hit.field),
        fit.hit.score,
        _into(record),
        str(record.said.get("pool", "")),
        table.headers[table.columns["owner"]] if "owner" in table.columns else schema["owner"].labels,
    )


def _state(record: Record, owner: Person | None, me: Person | None) -> str:
    if record.values.get("record_status") in RETIRED:
        return standing.RETIRED
    if record.values.get("status") == "converted" and "converted_customer_id" in record.values:
        return CONVERTED
    if owner is None or record.values.get("pool_status") in ("public", "unassigned"):
        return POOL
    if me is None:
        return COLLEAGUE
    mine, theirs = ({fold(each) for each in (person.name, person.number) if each} for person in (me, owner))
    return YOURS if mine & theirs else COLLEAGUE


def _contacts(loaded: Loaded) -> Mapping[int, Sequence[int]]:
    """Row of a customer -> rows of its follow-ups."""
    customers, table = (loaded.book.tables.get(name) for name in ("customers", "interactions"))
    found: dict[int, list[int]] = {}
    if customers is not None and table is not None:
        for row, owner in owners_of(customers, {"interactions": table})["interactions"].items():
            found.setdefault(owner, []).append(row)
    return found


def _last(loaded: Loaded, record: Record, rows: Sequence[int]) -> dt.date | None:
    """The last contact, also by the follow-ups in some rows."""
    if not rows:
        return last_contact(record, (), loaded.context.today)
    table = read_rows(loaded, loaded.book.tables["interactions"], rows)
    met = [*records(table, loaded.schema.tables["interactions"], hiding(loaded))]
    return last_contact(record, met, loaded.context.today)


def _into(record: Record) -> str:
    """Where a merged customer or a converted lead went on."""
    key = record.values.get("merged_into") or record.values.get("converted_customer_id")
    return str(key or "")
