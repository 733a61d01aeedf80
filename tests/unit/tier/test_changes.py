from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pandas as pd
import pytest

from crmsheet.core.cells import Formula
from crmsheet.core.context import Context
from crmsheet.core.messages import Speech
from crmsheet.core.schema import TableSchema
from crmsheet.engine import LocalEngine, fields, relations
from crmsheet.tier import changes, grade
from tests.unit.engine.made import CUSTOMERS, ENGLISH, table

CONTEXT = Context(dt.date(2024, 12, 31))
CHINESE = Speech("zh", str)
DEALS = [
    {"customer_id": "a", "date": "2024-06-01", "amount": 90.0},
    {"customer_id": "b", "date": "2024-06-01", "amount": 10.0},
]


def proposed(people, *, cells=None, schema=CUSTOMERS, speech=ENGLISH, context=CONTEXT):
    customers = table("customers", people, header_row=3)
    if cells:
        shown = customers.cells.copy()
        for (row, name), cell in cells.items():
            shown.at[row, customers.columns[name]] = cell
        customers = replace(customers, cells=shown)
    book = {"customers": customers, "transactions": table("transactions", DEALS)}
    with LocalEngine() as engine:
        relations(engine, book)
        grades = grade(engine, fields(book), context)
    return changes(grades, customers, schema, speech)


def test_missing_columns_come_first_with_labels_in_the_language_of_the_book():
    found = list(proposed([{"customer_id": "a"}, {"customer_id": "b"}], speech=CHINESE))
    assert [(each.kind, each.column, each.row, each.field, each.after) for each in found if each.kind == "column"] == [
        ("column", "", 3, "tier", "ABC分级"),
        ("column", "", 3, "tier_reason", "分级理由"),
    ]
    cells = {
        (each.field, each.key): (each.row, each.column, each.before, each.after) for each in found if each.kind == "set"
    }
    assert cells["tier", "a"] == (4, "", None, "A")
    assert cells["tier", "b"] == (5, "", None, "B")
    assert cells["tier_reason", "a"][3].startswith("90 CNY in 12 months, deals: 1")
    assert {each.effect for each in found} == {"derived"}


def test_a_second_night_proposes_nothing_even_the_next_day():
    first = proposed([{"customer_id": "a"}, {"customer_id": "b"}])
    written = {(each.field, each.key): each.after for each in first if each.kind == "set"}
    people = [
        {"customer_id": key, "tier": written["tier", key], "tier_reason": written["tier_reason", key]} for key in "ab"
    ]
    assert len(proposed(people)) == 0
    assert len(proposed(people, context=Context(dt.date(2025, 1, 1)))) == 0


def test_only_what_differs_is_set_and_level_never():
    people = [
        {"customer_id": "a", "tier": "A", "level": "VIP", "tier_reason": "old words"},
        {"customer_id": "b", "tier": "C", "level": "", "tier_reason": None},
    ]
    found = proposed(people)
    assert sorted((each.field, each.key, each.before) for each in found) == [
        ("tier", "b", "C"),
        ("tier_reason", "a", "old words"),
        ("tier_reason", "b", None),
    ]


@pytest.mark.parametrize("cell", [Formula("VLOOKUP(A4,X:Y,2)", "B"), "special", 3.0])
def test_a_formula_and_somebodys_own_mark_are_left_alone(cell):
    people = [{"customer_id": "a", "tier": None}]
    found = proposed(people, cells={(4, "tier"): cell})
    assert [each.field for each in found if each.kind == "set"] == ["tier_reason"]


def test_another_spelling_of_the_same_grade_is_not_our_change():
    found = proposed([{"customer_id": "a", "tier": "A"}], cells={(4, "tier"): "Ａ类"})
    assert "tier" not in found.column("field")


def test_a_field_that_the_schema_lacks_is_not_written():
    bare = TableSchema("customers", CUSTOMERS.labels, "customer_id", CUSTOMERS.fields[:1])
    assert len(proposed([{"customer_id": "a"}], schema=bare)) == 0


def test_without_grades_nothing_is_written():
    customers = table("customers", [{"customer_id": "a"}])
    with LocalEngine() as engine:
        relations(engine, {"customers": customers})
        grades = grade(engine, fields({"customers": customers}), CONTEXT)
    assert len(changes(grades, customers, CUSTOMERS, ENGLISH)) == 0


def test_retired_rows_are_not_written():
    people = [{"customer_id": "a", "record_status": "merged"}, {"customer_id": "b", "record_status": None}]
    assert set(proposed(people).where(lambda each: each.kind == "set").column("key")) == {"b"}
    assert pd.Series(proposed(people).column("row")).max() == 5
