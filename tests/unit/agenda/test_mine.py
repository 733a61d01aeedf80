"""What one person needs beside the agenda."""

from __future__ import annotations

import datetime as dt

import pytest

from crmsheet.agenda import plan_followups
from crmsheet.agenda.mine import next_due, owners, said_last
from crmsheet.core.context import Context
from crmsheet.engine import LocalEngine, fields, relations
from tests.unit.engine.made import table

TODAY = dt.date(2024, 6, 30)
CONTEXT = Context(TODAY)
CUSTOMERS = [
    {"customer_id": "a", "name": "甲", "owner": "张三", "next_contact_at": "2024-07-05"},
    {"customer_id": "b", "name": "乙", "owner": "张三", "next_contact_at": "2024-07-03"},
    {"customer_id": "c", "name": "丙", "owner": "李四", "next_contact_at": "2024-06-30"},
    {"customer_id": "d", "name": "丁", "owner": "李四", "next_contact_at": "2024-07-01", "do_not_contact": True},
    {"customer_id": "e", "name": "戊", "owner": None, "next_contact_at": "2024-07-01"},
]
LOG = [
    {"customer_id": "a", "at": "2024-05-01 09:00", "summary": "first"},
    {"customer_id": "a", "at": "2024-05-02 09:00", "summary": "later"},
    {"customer_id": "a", "at": "2024-05-02 09:00", "summary": "typed last"},
    {"customer_id": "a", "at": "2024-08-01 09:00", "summary": "not yet"},
    {"customer_id": "b", "at": "2024-05-01 09:00", "summary": "words"},
    {"customer_id": "b", "at": "2024-05-03 09:00", "summary": None},
]


@pytest.fixture
def engine():
    book = {"customers": table("customers", CUSTOMERS), "interactions": table("interactions", LOG)}
    with LocalEngine() as made:
        relations(made, book)
        plan_followups(made, fields(book), None, CONTEXT)
        yield made, fields(book)


def test_what_was_said_last_has_words_and_lies_in_the_past(engine):
    made, known = engine
    assert said_last(made, known, CONTEXT) == {2: "typed last", 3: "words"}


def test_without_a_log_the_last_line_of_the_notes_is_what_was_said():
    rows = [{"customer_id": "a", "notes": "old\n2024-05-01: new \n"}, {"customer_id": "b", "notes": None}]
    book = {"customers": table("customers", rows)}
    with LocalEngine() as made:
        relations(made, book)
        plan_followups(made, fields(book), None, CONTEXT)
        assert said_last(made, fields(book), CONTEXT) == {2: "2024-05-01: new"}


def test_the_next_due_is_the_first_after_a_day_of_one_owner(engine):
    made, _ = engine
    assert next_due(made, "张三", TODAY) == (dt.date(2024, 7, 3), "b", "乙")
    assert next_due(made, "张三", dt.date(2024, 7, 3)) == (dt.date(2024, 7, 5), "a", "甲")
    assert next_due(made, "李四", TODAY) is None, "one is due today, and the other one does not want it"


def test_owners_are_those_with_customers(engine):
    assert owners(engine[0]) == ["张三", "李四"]
