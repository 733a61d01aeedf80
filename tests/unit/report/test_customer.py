"""The page of one customer: what is open, what happened, and what is left out."""

from __future__ import annotations

import datetime as dt
import functools
from typing import Any

import pandas as pd
import pytest

from crmsheet.access import mask_cell
from crmsheet.core.book import Table
from crmsheet.core.cells import Formula, column_letters
from crmsheet.core.messages import Message, Speech
from crmsheet.core.schema import Schema
from crmsheet.report import customer, timeline
from crmsheet.report.customer import Page
from crmsheet.report.found import around, retired_name
from crmsheet.report.promises import last_contact, promises, section
from crmsheet.report.record import Record, records
from crmsheet.report.standing import partly
from crmsheet.resources import shipped
from crmsheet.schema import load

TODAY = dt.date(2026, 11, 23)
ENGLISH = Speech("en", str)


@functools.cache
def schema() -> Schema:
    return load(shipped("schemas"))


def record(table: str, cells: dict[str, Any] | None = None, **values: Any) -> Record:
    """A record with these values; its cells say the same unless `cells` says more."""
    known = schema().tables[table]
    shown = {**values, **(cells or {})}
    names = [known.key, *(each for each in shown if each != known.key)]
    letters = {name: column_letters(at) for at, name in enumerate(names, 1)}
    row = {known.key: values.get(known.key, "X1"), **shown}
    frame = pd.DataFrame([[row[name] for name in names]], index=[7], columns=list(letters.values()), dtype="object")
    typed = pd.DataFrame({name: pd.Series([row[name]], index=[7], dtype="object") for name in (known.key, *values)})
    headers = {letter: name for name, letter in letters.items()}
    found = Table(table, table, 1, frame, letters, headers, known.key, typed)
    return next(records(found, known, mask_cell))


def opened(who: Record, **children: list[Record]) -> list[tuple[Any, str]]:
    """(day, words) of the open promises, in the order of the page."""
    found = section([*promises(who, children, TODAY)], TODAY)
    return [(day, ENGLISH.say(what)) for day, what, _ in found.rows]


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def test_a_promise_is_open_until_a_contact_on_its_day_or_later():
    who = record("customers", next_contact_at=day("2026-11-20"))
    met = record("interactions", at=day("2026-11-20"))
    before = record("interactions", at=day("2026-11-19"))
    to_come = record("interactions", at=day("2026-12-24"))
    assert opened(who, interactions=[before]) == [(day("2026-11-20"), "contact, as promised")]
    assert opened(who, interactions=[before, met]) == []
    assert opened(who, interactions=[to_come]) == [(day("2026-11-20"), "contact, as promised")]


def test_the_rhythm_counts_where_nothing_is_promised():
    rhythm = {"suggested_next_at": day("2026-11-30")}
    assert opened(record("customers", **rhythm)) == [(day("2026-11-30"), "contact, by the rhythm of the grade")]
    who = record("customers", next_contact_at=day("2026-12-24"), **rhythm)
    assert opened(who) == [(day("2026-12-24"), "contact, as promised")]


def test_what_was_agreed_at_a_contact_is_a_promise_once_a_day():
    said = record(
        "interactions", at=day("2026-11-01"), next_contact_at=day("2026-12-01"), next_step="send the contract"
    )
    again = record("interactions", at=day("2026-10-01"), next_contact_at=day("2026-12-01"))
    old = record("interactions", at=day("2026-09-01"), next_contact_at=day("2026-09-10"))
    assert opened(record("customers"), interactions=[said, again, old]) == [
        (day("2026-12-01"), "contact, as agreed on 2026-11-01: send the contract")
    ]


@pytest.mark.parametrize(
    ("payment", "left"),
    [
        ({"due_amount": 100.0}, "payment of 100.00 to come in"),
        ({"due_amount": 100.0, "paid_amount": 40.0}, "payment of 60.00 to come in"),
        ({"due_amount": 100.0, "paid_amount": 100.0}, None),
        ({"due_amount": -100.0}, None),
        ({}, "payment to come in"),
        ({"paid_at": day("2026-11-02")}, None),
        ({"paid_amount": 10.0}, None),
    ],
)
def test_payments(payment, left):
    found = opened(record("customers"), payments=[record("payments", due_date=day("2026-10-31"), **payment)])
    assert found == ([(day("2026-10-31"), left)] if left else [])
    assert opened(record("customers"), payments=[record("payments", due_amount=5.0)]) == []


@pytest.mark.parametrize(
    ("table", "values", "found"),
    [
        ("opportunities", {"name": "line 2", "expected_close": day("2026-12-15"), "stage": "proposal"},
         (day("2026-12-15"), "opportunity “line 2” to be closed")),
        ("opportunities", {"name": "line 2", "stage": "won"}, None),
        ("opportunities", {"name": "line 2"}, (None, "opportunity “line 2” to be closed")),
        ("tickets", {"content": "late", "status": "working"}, (None, "service: late")),
        ("tickets", {"content": "late", "status": "closed"}, None),
        ("tickets", {"content": "late", "resolved_at": day("2026-11-02")}, None),
        ("feedback", {"content": "dented"}, (None, "feedback to be answered: dented")),
        ("feedback", {"content": "dented", "reply": "sorry"}, None),
        ("contracts", {"title": "frame", "end": day("2026-12-31")}, (day("2026-12-31"), "contract “frame” ends")),
        ("contracts", {"title": "frame", "end": day("2026-12-31"), "renewal_notice_days": 30},
         (day("2026-12-01"), "contract “frame” ends on 2026-12-31: talk about its renewal")),
        ("contracts", {"title": "frame", "end": day("2027-12-31")}, None),
        ("contracts", {"title": "frame", "end": day("2026-11-22")}, None),
        ("actions", {"measure": "new box", "due": day("2026-12-02")}, (day("2026-12-02"), "measure: new box")),
        ("actions", {"measure": "new box", "done_at": day("2026-11-02")}, None),
    ],
)  # fmt: skip
def test_what_else_is_open(table, values, found):
    assert opened(record("customers"), **{table: [record(table, **values)]}) == ([found] if found else [])


def test_a_customer_who_is_not_to_be_contacted_has_no_contact_to_come():
    who = record("customers", next_contact_at=day("2026-11-20"), do_not_contact=True)
    page = Page("book.xlsx", who, "", {}, (), "", TODAY)
    assert not page.contactable
    assert [row for each in customer.sections(page) if each.name == "promises" for row in each.rows] == []
    assert ENGLISH.say(next(customer.notes(page))) == "Do not contact: the customer refused it."


def test_days_to_come_are_no_last_contact():
    who = record("customers", last_contact_at=day("2027-01-01"))
    assert last_contact(who, [], TODAY) is None
    assert last_contact(who, [record("interactions", at=day("2026-11-01"))], TODAY) == day("2026-11-01")


def test_the_timeline_takes_what_happened_not_what_is_planned():
    who = record("customers", created_at=dt.datetime(2024, 1, 5, 9, 30))
    deal = record("opportunities", name="line 2", amount=867530.9, expected_close=day("2026-12-15"))
    paid = record("payments", due_date=day("2026-12-31"), paid_at=day("2026-11-02"), paid_amount=2000.0)
    call = record("interactions", at=dt.datetime(2026, 11, 2, 10), summary="price", channel="phone", owner="李雷")
    found = timeline.section(who, {"opportunities": [deal], "payments": [paid], "interactions": [call]}, top=2)
    assert found is not None
    said = [(row[0], *map(ENGLISH.say, row[1:])) for row in found.rows]
    assert said == [
        (dt.datetime(2026, 11, 2, 10), "Interactions", "price", "Phone", "李雷"),
        (day("2026-11-02"), "Payments", "2,000", "", ""),
    ]
    assert ENGLISH.say(found.note) == "1 older entries are not shown"
    assert timeline.section(record("customers"), {"opportunities": [deal]}, top=2) is None


def test_a_value_that_could_not_be_read_is_shown_as_it_stands():
    who = record("customers", cells={"mobile": "1380013800O", "birthday": "不详", "level": Formula("A1", "VIP")})
    assert who.said == {"customer_id": "X1", "level": "VIP", "mobile": "138****3800", "birthday": "不**"}
    assert set(who.values) == {"customer_id"}


def test_values_are_told_in_words():
    who = record("customers", tags="重点|老客户", kind="company", tier_locked=True, age=47)
    told = {name: ENGLISH.say(value) for name, value in who.said.items()}
    assert told == {"customer_id": "X1", "kind": "Company", "tier_locked": "yes", "tags": "重点, 老客户", "age": "4**"}
    deal = record("opportunities", probability=0.25)
    assert deal.said["probability"] == "25%"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("北京华信科技有限公司", "北京****公司"),
        ("王小明", "王****"),
        ("欧阳静怡", "欧****怡"),
        ("王", "王**"),
        ("", ""),
        ("Acme", "A****e"),
    ],
)
def test_a_name_in_part(name, shown):
    assert partly(name) == shown


def test_long_texts_are_cut_around_what_fits():
    text = "前" * 100 + "华信" + "后" * 100
    cut = around(text, "华信")
    assert "华信" in cut
    assert cut.startswith("…")
    assert cut.endswith("…")
    assert len(cut) == 62
    assert around("short", "x") == "short"
    assert around(None, "x") is None


def test_retired_names_say_where_they_went():
    said = [ENGLISH.say(retired_name("华信", *each)) for each in (("merged", "C1"), ("merged", ""), ("archived", ""))]
    assert said == ["华信 (merged into C1)", "华信 (merged)", "华信 (archived)"]
    assert isinstance(retired_name("华信", "merged", "C1"), Message)
