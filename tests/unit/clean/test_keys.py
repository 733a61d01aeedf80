"""Keys for records that have none, continuing the book's own numbering."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from crmsheet.clean.keys import as_kept, next_keys, propose_keys
from crmsheet.core.book import Table
from crmsheet.core.context import Context
from crmsheet.core.schema import Field, TableSchema

CONTEXT = Context(dt.date(2026, 11, 23))
SCHEMA = TableSchema(
    "customers",
    {"zh": "客户", "en": "Customers"},
    "customer_id",
    (
        Field("customer_id", {"zh": "客户编号", "en": "Customer ID"}, "key"),
        Field("name", {"zh": "客户名称", "en": "Name"}),
    ),
)


def table(keys, *, bound=True, cells=None):
    rows = range(3, 3 + len(keys))
    names = {"name": "B", **({"customer_id": "A"} if bound else {})}
    frame = pd.DataFrame({"A": cells or keys, "B": [f"n{row}" for row in rows]}, index=rows, dtype="object")
    values = pd.DataFrame({"name": frame["B"].astype("str")}, index=rows)
    if bound:
        values["customer_id"] = pd.Series(keys, index=rows, dtype="str")
    return Table("customers", "客户", 2, frame, names, {}, "customer_id", values)


@pytest.mark.parametrize(
    ("keys", "proposed"),
    [
        (["C0001", None, "C0007", None], ["C0001", "C0008", "C0007", "C0009"]),
        ([None, None], ["K000001", "K000002"]),
        (["7", "9", None], ["7", "9", "10"]),
        (["abc", None], ["abc", "K000001"]),
        (["C0001", "X-99", "C0002", None], ["C0001", "X-99", "C0002", "C0003"]),
        (["K000001", "C1", "C2", None], ["K000001", "C1", "C2", "C3"]),
    ],
)
def test_the_books_own_numbering_goes_on(keys, proposed):
    keyed = propose_keys(table(keys), SCHEMA, CONTEXT)
    assert keyed.table.values["customer_id"].tolist() == proposed
    assert [each.after for each in keyed.changes] == [
        new for old, new in zip(keys, proposed, strict=True) if old is None
    ]
    assert {each.effect for each in keyed.changes} == {"derived"}


def test_a_book_without_a_key_column_gets_one_in_its_language():
    keyed = propose_keys(table([None, None], bound=False), SCHEMA, CONTEXT)
    first, *rest = keyed.changes
    assert (first.kind, first.row, first.after) == ("column", 2, "客户编号")
    assert [(each.kind, each.row, each.after) for each in rest] == [("set", 3, "K000001"), ("set", 4, "K000002")]


def test_keys_that_are_there_are_never_touched():
    assert len(propose_keys(table(["C1", "C1"]), SCHEMA, CONTEXT).changes) == 0


def test_an_unreadable_key_cell_is_not_overwritten():
    keyed = propose_keys(table([None, None], cells=["#@!", None]), SCHEMA, CONTEXT)
    assert [each.row for each in keyed.changes if each.kind == "set"] == [4]


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (["C0001", "C0007"], "C0008"),
        (["1", "2", "30"], "31"),
        (["9", "10", "11", "98", "99"], "100"),
        (["F000009", ""], "F000010"),
        (["A-1", "frei", "x"], "A-2"),
        (["frei"], "T000001"),
        ([], "T000001"),
        (["C9999", "C9998", "C10000"], "C10001"),
    ],
)
def test_the_next_key_continues_the_commonest_form(keys, expected):
    assert next_keys(keys, 1, "T") == [expected]


@pytest.mark.parametrize(
    ("text", "cells", "expected"),
    [
        ("12", [1.0, 2.0, None, ""], 12.0),
        ("12", ["1", "2"], "12"),
        ("12", [1.0, "2"], "12"),
        ("012", [1.0], "012"),
        ("C12", [1.0], "C12"),
        ("12", [True], "12"),
        ("12", [], "12"),
    ],
)
def test_a_key_is_a_number_where_all_of_the_column_are(text, cells, expected):
    kept = as_kept(text, cells)
    assert (kept, type(kept)) == (expected, type(expected))
