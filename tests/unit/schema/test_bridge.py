"""The pandera schema of a table, and the dtypes that it asks for."""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa
import pytest
from pandera.errors import SchemaErrors

from crmsheet.schema import dataframe_schema, dtype_of
from tests.unit.schema.made import SCHEMA

CUSTOMERS = SCHEMA.tables["customers"]


def frame(**columns):
    dtypes = {name: dtype_of(CUSTOMERS[name.partition("#")[0]]) for name in columns}
    return pd.DataFrame({name: pd.Series(values, dtype=dtypes[name]) for name, values in columns.items()})


def failures(values):
    with pytest.raises(SchemaErrors) as caught:
        dataframe_schema(CUSTOMERS, values.columns).validate(values, lazy=True)
    return {
        (error.schema.name, getattr(error.check, "name", error.check), tuple(error.failure_cases["index"]))
        for error in caught.value.schema_errors
    }


@pytest.mark.parametrize(
    ("field", "dtype"),
    [
        ("name", "str"),
        ("mobile", "str"),
        ("stage", "str"),
        ("birthday", "datetime64[us]"),
        ("last_contact_at", "datetime64[us]"),
        ("total_amount", "float64"),
        ("age", "Int64"),
        ("do_not_contact", "boolean"),
    ],
)
def test_dtypes_are_those_of_the_contract(field, dtype):
    assert dtype_of(CUSTOMERS[field]) == dtype


def test_all_failures_come_at_once_with_the_codes_of_their_rules():
    values = frame(
        name=["a", None, "c"],
        age=[5, 131, None],
        stage=["won", "nonsense", None],
        preferred_channel=["phone|email", "phone|pigeon", None],
        card_last4=["1234", "12345", None],
    )
    assert failures(values) == {
        ("name", "not_nullable", (1,)),
        ("age", "CRM291", (1,)),
        ("stage", "CRM294", (1,)),
        ("preferred_channel", "CRM294", (1,)),
        ("card_last4", "CRM292", (1,)),
    }


def test_good_values_pass_and_so_do_fields_that_are_not_bound():
    values = frame(name=["a"], age=[5])
    dataframe_schema(CUSTOMERS, values.columns).validate(values, lazy=True)


def test_repeats_are_checked_like_the_first_but_not_required():
    fields = {"name": ["a"], "name#2": [None], "age": [1], "age#2": [131]}
    assert failures(frame(**fields)) == {("age#2", "CRM291", (0,))}


def test_a_required_field_with_a_stand_in_is_nullable():
    both = dataframe_schema(SCHEMA.tables["transactions"], ["customer_id", "customer_name", "date"])
    assert both.columns["customer_id"].nullable
    assert not both.columns["date"].nullable
    assert not dataframe_schema(SCHEMA.tables["transactions"], ["customer_id"]).columns["customer_id"].nullable


@pytest.mark.parametrize("name", list(SCHEMA.tables))
def test_every_check_of_the_shipped_schema_is_vectorised_and_coded(name):
    table = SCHEMA.tables[name]
    schema = dataframe_schema(table, [field.name for field in table.fields])
    for column in schema.columns.values():
        for check in column.checks:
            assert isinstance(check, pa.Check)
            assert not check.element_wise
            assert check.name.startswith("CRM29")
