"""What pandera finds, told at the cell; the checks of the shipped schema one by one."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest
from pandera.errors import SchemaError

from crmsheet.check.values import check_values
from crmsheet.core.messages import Speech
from crmsheet.core.schema import Choice, Field, TableSchema
from tests.unit.check.made import SCHEMA, made

ENGLISH, CHINESE = Speech("en", str), Speech("zh", str)
LABELS = {"zh": "栏", "en": "Column"}


def found(name, rows, **more):
    findings = check_values(made(name, rows, **more), SCHEMA.tables[name])
    return [(each.rule, each.cell or each.row, each.field, each.value) for each in findings]


@pytest.mark.parametrize(
    ("table", "field", "good", "bad", "rule"),
    [
        ("customers", "age", 130, 131, "CRM291"),
        ("customers", "age", 0, -1, "CRM291"),
        ("customers", "card_last4", "0128", "128", "CRM292"),
        ("customers", "deal_count", 0, -1, "CRM291"),
        ("opportunities", "probability", "100%", "120%", "CRM291"),
        ("transactions", "fx_rate", 0.01, 0, "CRM291"),
        ("payments", "instalment", 1, 0, "CRM291"),
        ("surveys", "score", 100, 101, "CRM291"),
    ],
)
def test_the_bounds_of_a_check(table, field, good, bad, rule):
    rows = [["customer_id", field, "notes"], ["C1", good, "x"], ["C2", bad, "x"]]
    assert found(table, rows) == [(rule, "B3", field, bad)]


def test_a_missing_value_is_told_with_its_row():
    rows = [["customer_id", "name"], ["C1", "华星"], ["C2", None], ["C3", "  "], ["C4", "暂无"]]
    assert found("customers", rows) == [
        ("CRM290", "B3", "name", None),
        ("CRM290", "B4", "name", "  "),
        ("CRM290", "B5", "name", "暂无"),
    ]
    finding = next(iter(check_values(made("customers", rows), SCHEMA.tables["customers"])))
    assert finding.key == "C2"
    assert ENGLISH.say(finding.text) == "Customer name is missing in row 3; fill it in"
    assert CHINESE.say(finding.text).startswith("客户名称")


def test_an_empty_column_is_one_finding():
    rows = [["customer_id", "name"], ["C1", None], ["C2", None]]
    assert found("customers", rows) == [("CRM290", 0, "name", None)]


def test_what_cleaning_could_not_read_is_not_called_missing():
    rows = [["customer_id", "date", "amount"], ["C1", "2024-01-05", 5], ["C1", "上周三", 5], ["C1", None, 5]]
    assert found("transactions", rows) == [("CRM290", "B4", "date", None)]


def test_a_name_may_stand_for_the_number_of_a_customer():
    rows = [
        ["customer_id", "customer_name", "date", "amount"],
        ["C1", None, "2024-01-05", 1],
        [None, "华星", "2024-01-05", 1],
        [None, None, "2024-01-05", 1],
    ]
    assert found("transactions", rows) == [("CRM290", "A4", "customer_id", None)]


def test_choices_are_named_in_the_language_of_the_book():
    field = Field("stage", LABELS, kind="choice", choices=(Choice("a", {"zh": "甲", "en": "First"}),))
    schema = TableSchema("customers", LABELS, "customer_id", (field,))
    table = made("customers", [["stage"], ["潜在"]], lang="zh")
    finding = next(iter(check_values(table, schema)))
    assert (finding.rule, finding.value) == ("CRM294", "潜在")
    assert CHINESE.say(finding.text) == "潜在 is not allowed for 栏; write one of: 甲"


def test_a_cell_that_breaks_two_checks_is_told_once():
    field = Field("notes", LABELS, checks={"str_length": {"max_value": 3}, "str_matches": {"pattern": "^a"}})
    schema = TableSchema("customers", LABELS, "customer_id", (field,))
    table = made("customers", [["notes"], ["bbbb"], ["abcd"], ["b"]])
    told = [(each.rule, each.cell) for each in check_values(table, schema)]
    assert sorted(told, key=lambda each: each[1]) == [("CRM293", "A2"), ("CRM293", "A3"), ("CRM292", "A4")]


def test_a_column_of_the_wrong_dtype_is_a_bug():
    table = made("customers", [["name", "age"], ["a", 5]])
    wrong = dataclasses.replace(table, values=table.values.astype({"age": "float64"}))
    with pytest.raises(SchemaError, match="Int64"):
        check_values(wrong, SCHEMA.tables["customers"])


def test_a_check_that_raises_is_a_bug():
    field = Field("age", LABELS, kind="integer", checks={"in_range": {"min_value": 1, "max_value": 9}})
    schema = TableSchema("customers", LABELS, "customer_id", (field,))
    values = pd.DataFrame({"age": pd.Series(["x"], dtype="str", index=[2])})
    table = dataclasses.replace(made("customers", [["age"], [5]]), values=values)
    with pytest.raises(SchemaError):
        check_values(table, schema)


def test_a_table_without_rows_or_fields_is_fine():
    assert found("customers", [["customer_id", "name"]]) == []
    table = made("customers", [["没有的列"], ["x"]])
    assert len(check_values(table, SCHEMA.tables["customers"])) == 0
