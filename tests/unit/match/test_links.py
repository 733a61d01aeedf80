"""Children that name their customer are linked where exactly one has the name."""

from __future__ import annotations

import pandas as pd

from crmsheet.core.book import Table
from crmsheet.engine import LocalEngine, relations
from crmsheet.match.links import link_by_name


def table(name, /, **columns):
    rows = range(2, 2 + len(next(iter(columns.values()))))
    values = pd.DataFrame({each: pd.Series(column, index=rows, dtype="str") for each, column in columns.items()})
    key = {"customers": "customer_id"}.get(name, "transaction_id")
    letters = {each: chr(65 + at) for at, each in enumerate(columns)}
    return Table(name, name, 1, values.astype("object"), letters, {}, key, values)


CUSTOMERS = table("customers", customer_id=["C1", "C2", "C3", "C4"], name=["华信 科技", "东方", "东方", None])


def linked(child, customers=CUSTOMERS):
    tables = {child.name: child, **({"customers": customers} if customers else {})}
    with LocalEngine() as engine:
        relations(engine, tables)
        return link_by_name(engine, tables)


def test_one_customer_of_the_name_is_the_customer():
    child = table("transactions", customer_name=["华信科技", "东方", "没有", None])
    values = linked(child)["transactions"].values["customer_id"]
    assert values.tolist()[0] == "C1"
    assert values.isna().tolist() == [False, True, True, True]


def test_a_key_that_is_there_stays():
    child = table("transactions", customer_id=["C9", None], customer_name=["华信科技", "华信科技"])
    assert linked(child)["transactions"].values["customer_id"].tolist() == ["C9", "C1"]


def test_without_customers_the_name_is_the_identity():
    child = table("transactions", customer_name=["华信科技", "东方"])
    assert linked(child, None)["transactions"].values["customer_id"].tolist() == ["华信科技", "东方"]


def test_a_table_without_names_is_left_alone():
    assert linked(table("transactions", customer_id=["C1"])) == {}


def test_a_name_or_a_key_in_other_letters_where_the_key_belongs():
    child = table("transactions", customer_id=["c1", "华信科技", "东方", "C2", "C9"])
    assert linked(child)["transactions"].values["customer_id"].tolist() == ["C1", "C1", "东方", "C2", "C9"]


def test_keys_that_differ_by_their_letters_only_are_two():
    customers = table("customers", customer_id=["a1", "A1"], name=["one", "other"])
    child = table("transactions", customer_id=["a1", "A1", "a1 "])
    assert linked(child, customers) == {}


def test_a_name_that_is_the_key_of_another_is_nobody():
    customers = table("customers", customer_id=["C1", "C2"], name=["C2", "华星"])
    child = table("transactions", customer_id=["c2", "C2"])
    assert linked(child, customers) == {}
