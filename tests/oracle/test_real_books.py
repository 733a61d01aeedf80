"""Real sales against pandas: who has bought how much, and what grade that gives, worked out a second time."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest

from crmsheet.app.bench import bench
from crmsheet.app.opening import load_book
from crmsheet.app.request import Request
from crmsheet.core.findings import Severity
from tests.oracle.twin_tier import pareto

LINES = 60_000
"""The last lines of Online Retail: enough for returns and lines without a customer, and quick."""


def graded(path: Path, today: dt.date):
    """Revenue and grade by customer key, the notes on them, and the findings of opening the book."""
    loaded = load_book(Request(dt.datetime.combine(today, dt.time()), today, path))
    with bench(loaded) as table:
        grades = table.grades()
    frame = grades.frame.set_index("key_")
    return frame, {note.template for note in grades.notes}, loaded.findings


def expected(customers: pd.Series, amounts: pd.Series) -> tuple[dict[str, Fraction], dict[str, str]]:
    """Revenue to the ten-thousandth, and the grades of it."""
    exact = amounts.map(lambda each: Fraction(round(each * 10_000), 10_000))
    revenue = {str(key): sum(group, Fraction(0)) for key, group in exact.groupby(customers)}
    return revenue, pareto(revenue, Fraction("0.8"), Fraction("0.95"))


def test_lines_of_a_web_shop_without_an_amount_column(real_data, tmp_path):
    lines = pd.read_csv(real_data / "transactions/online_retail_541909.csv.gz", dtype={"CustomerID": "str"})
    lines = lines.tail(LINES)
    book = tmp_path / "book"
    book.mkdir()
    lines.to_csv(book / "transactions.csv", index=False)
    today = dt.date(2012, 6, 1)
    found, notes, findings = graded(book, today)

    lines = lines[lines["CustomerID"].notna()]
    days = pd.to_datetime(lines["InvoiceDate"]).dt.date
    assert days.max() < today  # all lies inside the year before today
    assert (lines["Quantity"] < 0).any()
    revenue, tiers = expected(lines["CustomerID"], lines["Quantity"] * lines["UnitPrice"])
    assert found["tier"].to_dict() == tiers
    given = {key: float(each) for key, each in found["revenue"].items()}
    assert given == pytest.approx({key: float(each) for key, each in revenue.items()}, abs=0.01)
    assert not any(each.rule in {"CRM104", "CRM230"} for each in findings)
    assert not any("window ends" in note for note in notes)


def test_a_workbook_of_sales_with_returns_and_an_old_window(real_data, tmp_path):
    source = real_data / "sheets/pbpython/2018_Sales_Total.xlsx"
    book = tmp_path / source.name
    book.write_bytes(source.read_bytes())
    found, notes, findings = graded(book, dt.date(2026, 11, 23))

    sales = pd.read_excel(source, engine="calamine")
    assert (sales["ext price"] < 0).any()
    latest = pd.to_datetime(sales["date"]).max().normalize()
    inside = pd.to_datetime(sales["date"]).dt.normalize() > latest - pd.DateOffset(months=12)
    revenue, tiers = expected(sales[inside]["account number"], sales[inside]["ext price"])
    assert found["tier"].to_dict() == tiers
    assert {key: float(each) for key, each in found["revenue"].items()} == pytest.approx(
        {key: float(each) for key, each in revenue.items()}, abs=0.01
    )
    names = sales.astype({"account number": "str"}).groupby("account number")["name"].last()
    assert found["name"].to_dict() == names.to_dict()
    assert any("the window ends at the latest one" in note for note in notes)
    assert not [each for each in findings if each.severity >= Severity.warning]


def test_people_with_their_name_in_two_columns_are_customers_with_a_name(real_data, tmp_path):
    book = tmp_path / "book"
    book.mkdir()
    source = real_data / "crm_imports/hubspot_contacts.csv"
    (book / source.name).write_bytes(source.read_bytes())
    loaded = load_book(Request(dt.datetime(2026, 11, 23), dt.date(2026, 11, 23), book))
    people = pd.read_csv(source)
    customers = loaded.book.tables["customers"]
    assert customers.values["name"].tolist() == (people["First Name"] + " " + people["Last Name"]).tolist()
    assert "name" not in customers.columns
    assert not {"CRM104", "CRM290"} & set(loaded.findings.column("rule"))
