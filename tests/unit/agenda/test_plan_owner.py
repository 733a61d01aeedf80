"""Owners typed as staff numbers are said by name."""

from __future__ import annotations

import datetime as dt

from crmsheet.agenda import plan_followups
from crmsheet.core.context import Context
from crmsheet.engine import LocalEngine, fields, relations
from tests.unit.engine.made import table


def test_a_staff_number_is_the_person_it_belongs_to():
    people = [
        {"customer_id": "a", "owner": "S01"},
        {"customer_id": "b", "owner": "张三"},
        {"customer_id": "c", "owner": "S09"},
    ]
    book = {"customers": table("customers", people), "staff": table("staff", [{"id": "S01", "name": "张三"}])}
    with LocalEngine() as engine:
        relations(engine, book)
        agenda = plan_followups(engine, fields(book), None, Context(dt.date(2024, 6, 30)))
    assert dict(zip(agenda.frame["key_"], agenda.frame["owner"], strict=True)) == {"a": "张三", "b": "张三", "c": "S09"}
