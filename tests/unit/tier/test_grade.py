from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from crmsheet.core.context import Context, Settings
from crmsheet.engine import LocalEngine, fields, relations
from crmsheet.tier import grade
from tests.unit.engine.made import ENGLISH, table

TODAY = dt.date(2024, 12, 31)


def graded(today=TODAY, *, policy=None, **rows):
    book = {name: each if not isinstance(each, list) else table(name, each) for name, each in rows.items()}
    with LocalEngine() as engine:
        relations(engine, book)
        return grade(engine, fields(book), Context(today, settings=Settings(**(policy or {}))))


def customers(*keys, **more):
    return [{"customer_id": key, "name": f"Firm {key}", **more} for key in keys]


def deal(who, amount, day="2024-06-01", **more):
    return {"customer_id": who, "date": day, "amount": amount, **more}


def said(grades):
    return " | ".join(ENGLISH.say(note) for note in grades.notes)


def column(grades, name):
    return dict(zip(grades.frame["key_"], grades.frame[name], strict=True))


def test_a_worked_example_the_row_that_crosses_a_line_belongs_above_it():
    # 70 %, 15 %, 10 %, 4 %, 1 %: before them 0, 70, 85, 95, 99 %.
    amounts = {"a": 7000.0, "b": 1500.0, "c": 1000.0, "d": 400.0, "e": 100.0}
    grades = graded(customers=customers(*amounts), transactions=[deal(who, amount) for who, amount in amounts.items()])
    assert column(grades, "tier") == {"a": "A", "b": "A", "c": "B", "d": "C", "e": "C"}
    assert column(grades, "share") == pytest.approx({"a": 0.7, "b": 0.85, "c": 0.95, "d": 0.99, "e": 1.0})
    assert column(grades, "part")["b"] == pytest.approx(0.15)
    assert ENGLISH.say(grades.basis) == "Revenue in CNY from transactions in the 12 months up to 2024-12-31"


def test_equal_revenue_gets_the_class_of_the_first_of_them():
    grades = graded(customers=customers("a", "b", "c", "d", "e"), transactions=[deal(who, 20.0) for who in "abcde"])
    assert set(column(grades, "tier").values()) == {"A"}
    assert set(column(grades, "rank").values()) == {1}


def test_zero_negative_and_absent_are_c():
    grades = graded(
        customers=customers("a", "b", "c"),
        transactions=[deal("a", 10.0), deal("b", -5.0), deal("b", 5.0)],
    )
    assert column(grades, "tier") == {"a": "A", "b": "C", "c": "C"}
    assert column(grades, "revenue") == {"a": 10, "b": 0, "c": 0}


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"kind": "return"}, -30),
        ({"kind": "service"}, 30),
        ({"kind": "purchase"}, 30),
        ({"base_amount": 99.0}, 99),
        ({"base_amount": 99.0, "kind": "return"}, -99),
        ({"fx_rate": 7.0, "currency": "USD"}, 210),
        ({"fx_rate": 7.0, "currency": "CNY"}, 30),  # an amount in the book's currency needs no rate
        ({"currency": "cny"}, 30),
        ({"amount": None, "quantity": 3.0, "unit_price": 2.5}, 7.5),
        ({"amount": None, "quantity": -3.0, "unit_price": 2.5}, -7.5),
    ],
)
def test_what_a_transaction_adds(more, expected):
    grades = graded(customers=customers("a", "z"), transactions=[deal("z", 1000.0), deal("a", 30.0) | more])
    assert column(grades, "revenue")["a"] == expected


def test_a_return_typed_with_a_minus_is_not_turned_round():
    grades = graded(customers=customers("a"), transactions=[deal("a", 100.0), deal("a", -30.0, kind="return")])
    assert column(grades, "revenue") == {"a": 70}
    assert column(grades, "frequency") == {"a": 1}


def test_currencies_are_never_summed_and_the_note_counts_what_was_left_out():
    grades = graded(
        customers=customers("a", "b"),
        transactions=[
            deal("a", 10.0, currency="CNY"),
            deal("b", 900.0, currency="USD"),
            deal("b", 9.0, currency="EUR"),
        ],
    )
    assert column(grades, "revenue") == {"a": 10, "b": 0}
    assert "Amounts in EUR, USD without an exchange rate, not counted: 2." in said(grades)


def test_a_book_wholly_in_another_currency_is_graded_in_it_and_says_so():
    grades = graded(
        customers=customers("a", "b"),
        transactions=[deal("a", 10.0, currency="GBP"), deal("b", 1.0, currency="GBP"), deal("b", 5.0, currency="EUR")],
    )
    assert grades.currency == "GBP"
    assert column(grades, "revenue") == {"a": 10, "b": 1}
    assert "No amount is in CNY; revenue is counted in GBP" in said(grades)


def test_the_window_is_the_months_before_today():
    days = {"a": "2024-12-31", "b": "2024-01-01", "c": "2023-12-31", "d": "2025-01-01"}
    grades = graded(customers=customers(*days), transactions=[deal(who, 8.0, day) for who, day in days.items()])
    assert column(grades, "revenue") == {"a": 8, "b": 8, "c": 0, "d": 0}
    assert column(grades, "recency_days")["b"] == 365
    assert "Transactions dated in the future, not counted: 1" in said(grades)


def test_an_old_book_is_graded_by_its_own_last_months_and_says_so():
    days = {"a": "2011-12-09", "b": "2011-01-02", "c": "2010-12-01"}
    grades = graded(customers=customers(*days), transactions=[deal(who, 8.0, day) for who, day in days.items()])
    assert column(grades, "revenue") == {"a": 8, "b": 8, "c": 0}
    assert column(grades, "recency_days")["a"] == 0
    assert "the window ends at the latest one, 2011-12-09, instead" in said(grades)


def test_without_a_date_column_all_is_counted():
    rows = [{"customer_id": "a", "amount": 5.0}, {"customer_id": "a", "amount": 6.0}]
    grades = graded(customers=customers("a"), transactions=rows)
    assert column(grades, "revenue") == {"a": 11}
    assert grades.frame["recency_days"].isna().all()
    assert "no date column" in said(grades)
    assert "months" not in ENGLISH.say(next(grades.reasons()))


def test_unreadable_amounts_and_dates_and_strangers_are_counted_in_notes():
    grades = graded(
        customers=customers("a"),
        transactions=[deal("a", 5.0), deal("a", None), deal("a", 3.0, None), deal("x", 2.0), deal(None, 2.0)],
    )
    assert column(grades, "revenue") == {"a": 5}
    assert "Transactions without a readable amount, not counted: 1" in said(grades)
    assert "Transactions without a readable date, not counted: 1" in said(grades)
    assert "Transactions in the window without an active customer, not counted: 2" in said(grades)


def test_lines_of_one_order_are_one_deal():
    grades = graded(
        customers=customers("a"),
        transactions=[deal("a", 5.0, order_no="1"), deal("a", 5.0, order_no="1"), deal("a", 5.0, order_no="2")],
    )
    assert column(grades, "frequency") == {"a": 2}


def test_retired_customers_and_transactions_take_no_part():
    people = customers("a", "b")
    people[1]["record_status"] = "merged"
    deals = [deal("a", 5.0, record_status=None), deal("b", 50.0), deal("a", 7.0, record_status="archived")]
    grades = graded(customers=people, transactions=deals)
    assert column(grades, "revenue") == {"a": 5}


def test_a_key_typed_twice_counts_once_and_both_rows_get_the_class():
    grades = graded(customers=customers("a", "a", "b"), transactions=[deal("a", 60.0), deal("b", 40.0)])
    assert grades.frame["tier"].tolist() == ["A", "A", "A"]
    assert grades.frame["part"].tolist() == pytest.approx([0.6, 0.6, 0.4])


def test_a_locked_grade_stays():
    people = [
        {"customer_id": "a", "tier": "C", "tier_locked": True},
        {"customer_id": "b", "tier": "A", "tier_locked": False},
        {"customer_id": "c", "tier": None, "tier_locked": True},
    ]
    grades = graded(customers=people, transactions=[deal("a", 90.0), deal("b", 10.0)])
    assert column(grades, "tier") == {"a": "C", "b": "B", "c": "C"}
    assert column(grades, "computed")["a"] == "A"
    assert column(grades, "locked") == {"a": True, "b": False, "c": False}
    assert ENGLISH.say(next(grades.reasons())) == "kept at C because the grade is locked"


def test_a_sheet_of_customers_alone_is_graded_by_its_totals():
    people = [
        {"customer_id": "a", "total_amount": 900.0, "deal_count": 3, "last_deal_at": "2024-12-01"},
        {"customer_id": None, "total_amount": 90.0, "deal_count": 1, "last_deal_at": "2026-01-01"},
        {"customer_id": None, "total_amount": None, "deal_count": None, "last_deal_at": None},
    ]
    grades = graded(customers=people)
    assert grades.source == "totals"
    assert grades.frame["row_"].tolist() == [2, 3, 4]
    assert grades.frame["tier"].tolist() == ["A", "B", "C"]
    assert grades.frame["recency_days"].tolist()[0] == 30
    assert grades.frame["recency_days"].isna().tolist() == [False, True, True]  # a deal in the future is none
    assert [ENGLISH.say(each) for each in grades.reasons()][2] == "no revenue on record"


def test_transactions_of_strangers_only_fall_back_to_the_totals():
    people = [{"customer_id": "a", "total_amount": 9.0}]
    assert graded(customers=people, transactions=[deal("x", 5.0)]).source == "totals"


def test_customers_are_derived_where_the_book_has_none():
    grades = graded(transactions=[deal("x", 5.0), deal("y", 95.0), deal(None, 3.0)])
    assert grades.frame[["row_", "key_", "tier"]].values.tolist() == [[0, "y", "A"], [0, "x", "C"]]


@pytest.mark.parametrize(
    "rows",
    [
        {},
        {"customers": customers("a")},
        {"customers": customers("a"), "transactions": [{"customer_id": "a", "date": "2024-01-01"}]},
        {"customers": customers("a"), "transactions": [deal("a", None)]},
        {"customers": [{"customer_id": "a", "total_amount": None}]},
        {"transactions": [{"amount": 5.0}]},
    ],
)
def test_nothing_to_grade_by_is_an_empty_frame_and_a_note(rows):
    grades = graded(**rows)
    full = graded(customers=customers("a"), transactions=[deal("a", 1.0)])
    assert grades.frame.empty
    assert grades.frame.columns.tolist() == full.frame.columns.tolist()
    assert "Nothing to grade by" in said(grades)


def test_amounts_beyond_reason_are_left_out_not_a_crash():
    grades = graded(customers=customers("a", "b"), transactions=[deal("a", 1e300), deal("b", 2.0)])
    assert column(grades, "revenue") == {"a": 0, "b": 2}


def test_fewer_than_five_buyers_have_no_scores_and_few_have_a_warning():
    few = graded(customers=customers("a"), transactions=[deal("a", 5.0)])
    assert few.frame[["r", "f", "m", "segment"]].isna().all().all()
    assert "RFM needs at least 5" in said(few)
    names = [f"c{number}" for number in range(10)]
    ten = graded(
        customers=customers(*names),
        transactions=[deal(who, 10.0 + at, f"2024-06-{at + 1:02d}") for at, who in enumerate(names)],
    )
    assert column(ten, "m") == {f"c{at}": at // 2 + 1 for at in range(10)}
    assert column(ten, "r") == column(ten, "m")
    assert set(column(ten, "f").values()) == {1}
    assert column(ten, "segment")["c9"] == "important_develop"  # recent and large; all are equally frequent
    assert column(ten, "segment")["c0"] == "general_retain"
    assert "RFM scores of 10 customers say little" in said(ten)


def test_one_huge_account_is_named_as_a_limit():
    names = [f"c{number}" for number in range(60)]
    deals = [deal(who, 1.0) for who in names] + [deal("c0", 500.0)]
    assert "One customer brings 89% of the revenue" in said(graded(customers=customers(*names), transactions=deals))


def test_the_reason_does_not_change_with_the_day_or_with_others():
    people, deals = customers("a", "b", "c"), [deal("a", 800.0), deal("b", 90.0), deal("c", 10.0)]
    today = graded(customers=people, transactions=deals)
    later = graded(TODAY + dt.timedelta(days=1), customers=people, transactions=[*deals, deal("b", 1.0, "2024-12-31")])
    reasons = [dict(zip(each.frame["key_"], map(ENGLISH.say, each.reasons()), strict=True)) for each in (today, later)]
    assert reasons[0]["a"] == reasons[1]["a"]
    assert reasons[0]["a"] == ("800 CNY in 12 months, deals: 1; among the customers who bring the first 80% of revenue")
    assert reasons[0]["b"] != reasons[1]["b"]


def test_the_lines_are_a_setting():
    deals = [deal("a", 60.0), deal("b", 30.0), deal("c", 10.0)]
    grades = graded(policy={"tier_a": 0.5, "tier_b": 0.9}, customers=customers("a", "b", "c"), transactions=deals)
    assert column(grades, "tier") == {"a": "A", "b": "B", "c": "C"}
    assert "50% to 90%" in [ENGLISH.say(each) for each in grades.reasons()][1]


def test_cdnow_is_graded_as_its_known_totals_say(real_data):
    """2,357 customers, 6,919 purchases; total of the published sample and its first 80 % are facts of the file."""
    log = pd.read_csv(real_data / "transactions" / "cdnow_elog_sample_6919.csv", dtype={"sampleid": str})
    deals = [
        deal(row.sampleid, row.sales, f"{str(row.date)[:4]}-{str(row.date)[4:6]}-{str(row.date)[6:]}")
        for row in log.itertuples()
    ]
    grades = graded(dt.date(1998, 6, 30), policy={"tier_months": 24}, transactions=deals)
    assert len(grades.frame) == 2357
    assert grades.frame["revenue"].sum() == pytest.approx(log["sales"].sum())
    ordered = log.groupby("sampleid")["sales"].sum().round(4).sort_values(ascending=False)
    before = ordered.cumsum().shift(fill_value=0) / ordered.sum()
    assert (grades.frame["tier"] == "A").sum() == (before < 0.8).sum()
    assert grades.frame["frequency"].sum() <= len(log)


def test_online_retail_returns_take_away_and_the_old_window_is_used(real_data):
    sales = pd.read_csv(
        real_data / "transactions" / "online_retail_541909.csv.gz", dtype={"CustomerID": "str", "InvoiceNo": "str"}
    )
    values = pd.DataFrame(
        {
            "customer_id": sales["CustomerID"],
            "date": pd.to_datetime(sales["InvoiceDate"]).astype("datetime64[us]"),
            "quantity": sales["Quantity"].astype(float),
            "unit_price": sales["UnitPrice"],
            "order_no": sales["InvoiceNo"],
        }
    )
    with LocalEngine() as engine:
        engine.read("transactions", values.assign(key_=pd.Series(pd.NA, values.index, dtype="str"), active_=True))
        bound = {"transactions": frozenset(values.columns)}
        grades = grade(engine, bound, Context(dt.date(2024, 12, 31), settings=Settings(tier_months=13)))
    assert len(grades.frame) == 4372
    known = sales[sales["CustomerID"].notna()]
    total = (known["Quantity"] * known["UnitPrice"]).sum()
    assert grades.frame["revenue"].sum() == pytest.approx(total)
    assert grades.frame["key_"].iloc[0].startswith("14646")  # the largest, a Dutch wholesaler
    assert "ends at the latest one, 2011-12-09" in said(grades)
