from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from crmsheet.agenda import changes, plan_followups
from crmsheet.core.cells import Formula
from crmsheet.core.context import Context
from crmsheet.engine import LocalEngine, fields, relations
from tests.unit.engine.made import CUSTOMERS, table

CONTEXT = Context(dt.date(2024, 6, 30))
D = dt.date


def proposed(people, contacts=(), *, cells=None, context=CONTEXT):
    customers = table("customers", people)
    if cells:
        shown = customers.cells.copy()
        for (row, name), cell in cells.items():
            shown.at[row, customers.columns[name]] = cell
        customers = replace(customers, cells=shown)
    book = {"customers": customers, "interactions": table("interactions", contacts, ["customer_id", "at"])}
    with LocalEngine() as engine:
        relations(engine, book)
        agenda = plan_followups(engine, fields(book), None, context)
    return changes(agenda, customers, CUSTOMERS)


def sets(found):
    return {(each.field, each.key): each.after for each in found if each.kind == "set"}


def met(key, day):
    return {"customer_id": key, "at": day}


def test_the_last_contact_is_the_later_of_sheet_and_follow_ups():
    people = [
        {"customer_id": "a", "last_contact_at": "2024-05-01"},
        {"customer_id": "b", "last_contact_at": "2024-05-20"},
        {"customer_id": "c", "last_contact_at": None},
        {"customer_id": "d", "last_contact_at": "2024-05-09"},
    ]
    contacts = [
        met("a", "2024-05-09"),
        met("b", "2024-05-09"),
        met("c", "2024-05-09 14:30"),
        met("d", "2024-05-09 09:00"),
    ]
    found = proposed(people, [*contacts, met("d", "2024-12-01")])
    assert {key: day for key, day in sets(found).items() if key[0] == "last_contact_at"} == {
        ("last_contact_at", "a"): D(2024, 5, 9),
        ("last_contact_at", "c"): D(2024, 5, 9),
    }


def test_the_next_contact_is_suggested_by_cadence_and_a_promise_never_touched():
    people = [
        {"customer_id": "a", "last_contact_at": "2024-05-01", "next_contact_at": None, "tier": "A"},
        {"customer_id": "b", "last_contact_at": "2024-05-01", "next_contact_at": "2024-07-09", "tier": "A"},
        {"customer_id": "c", "last_contact_at": None, "next_contact_at": None, "tier": None},
    ]
    found = proposed(people)
    assert sets(found) == {("suggested_next_at", "a"): D(2024, 5, 8)}
    assert next((each.kind, each.after, each.column) for each in found) == ("column", "建议跟进日期", "")


def test_no_column_is_added_before_a_value_is_needed():
    assert len(proposed([{"customer_id": "a"}])) == 0


def test_a_second_night_proposes_nothing_even_the_next_day():
    written = sets(proposed([{"customer_id": "a"}], [met("a", "2024-05-01")]))
    people = [{"customer_id": "a", **{field: day.isoformat() for (field, _), day in written.items()}}]
    cells = {(2, field): day for (field, _), day in written.items()}
    assert set(cells) == {(2, "last_contact_at"), (2, "suggested_next_at")}
    for today in (30, 29):
        again = proposed(people, [met("a", "2024-05-01")], cells=cells, context=Context(D(2024, 6, today)))
        assert len(again) == 0


@pytest.mark.parametrize("cell", ["last Tuesday", Formula("TODAY()", 45000.0)])
def test_what_cannot_be_read_and_formulas_are_left_alone(cell):
    found = proposed(
        [{"customer_id": "a", "last_contact_at": None}], [met("a", "2024-05-01")], cells={(2, "last_contact_at"): cell}
    )
    assert "last_contact_at" not in {field for field, _ in sets(found)}


def test_whoever_must_not_be_contacted_gets_no_suggestion_but_keeps_the_facts():
    found = proposed([{"customer_id": "a", "do_not_contact": True}], [met("a", "2024-05-01")])
    assert sets(found) == {("last_contact_at", "a"): D(2024, 5, 1)}
