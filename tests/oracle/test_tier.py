"""Grades against a slow, obvious twin, on made-up books full of ties, returns, gaps and strangers."""

from __future__ import annotations

import datetime as dt
import random
from collections import defaultdict
from fractions import Fraction

import pandas as pd
import pytest

from crmsheet.core.context import Context, Settings
from crmsheet.engine import LocalEngine, fields, relations
from crmsheet.tier import grade
from tests.oracle.twin_tier import pareto, scores
from tests.unit.engine.made import table

TODAY = dt.date(2024, 12, 31)


def _book(seed: int):
    dice = random.Random(seed)
    names = [f"C{number:03d}" for number in range(dice.choice([3, 7, 40, 120]))]
    customers = [{"customer_id": each, "name": each} for each in names]
    deals = [_deal(dice, number, names) for number in range(dice.choice([5, 60, 400]))]
    dice.shuffle(customers)
    return (
        {
            "customers": table("customers", customers),
            "transactions": table("transactions", deals, ["date", "amount", "customer_id"]),
        },
        names,
        deals,
    )


def _deal(dice: random.Random, number: int, names: list[str]):
    days = [TODAY - dt.timedelta(days=dice.randrange(-20, 500)) for _ in range(9)]
    return {
        "transaction_id": f"T{number}",
        "customer_id": dice.choice([*names, "stranger"]),
        "date": dice.choice([None, *days]),
        "kind": dice.choice(["purchase", "purchase", "service", "return", None]),
        "amount": dice.choice([None, 100.0, 100.0, 250.5, -80.0, 0.0, dice.randrange(1, 10**7) / 100]),
        "currency": dice.choice([None, "CNY", "CNY", "usd"]),
        "fx_rate": dice.choice([None, 7.25]),
        "order_no": dice.choice([None, f"O{dice.randrange(30)}"]),
    }


def _worth(deal) -> Fraction | None:
    """What a deal adds, to the ten-thousandth."""
    if deal["amount"] is None:
        return None
    amount, currency = Fraction(str(deal["amount"])), (deal["currency"] or "").upper()
    if currency != "CNY" and deal["fx_rate"] is not None:
        amount = amount * Fraction(str(deal["fx_rate"]))
    elif currency not in ("", "CNY"):
        return None
    return -abs(amount) if deal["kind"] == "return" else amount


@pytest.mark.parametrize("seed", range(10))
def test_grades_equal_the_twin(seed):
    book, names, deals = _book(seed)
    start = dt.date(2023, 12, 31)
    revenue = {each: Fraction(0) for each in names}
    orders: dict[str, set[str]] = defaultdict(set)
    latest: dict[str, dt.date] = {}
    for deal in deals:
        worth, who, day = _worth(deal), deal["customer_id"], deal["date"]
        if worth is None or who not in revenue or day is None or not start < day <= TODAY:
            continue
        revenue[who] += worth
        if worth > 0:
            orders[who].add(f"order {deal['order_no']}" if deal["order_no"] else deal["transaction_id"])
            latest[who] = max(latest.get(who, day), day)
    with LocalEngine() as engine:
        relations(engine, book)
        grades = grade(engine, fields(book), Context(TODAY, settings=Settings()))
    found = grades.frame.set_index("key_")
    if not any(_counts(deal, revenue, start) for deal in deals):
        assert found.empty or grades.notes
        return
    assert found["tier"].to_dict() == pareto(revenue, Fraction("0.8"), Fraction("0.95"))
    assert {key: Fraction(str(value)) for key, value in found["revenue"].items()} == revenue
    buyers = [each for each in names if orders[each]]
    expected = {
        "r": scores({each: latest[each] for each in buyers}),
        "f": scores({each: len(orders[each]) for each in buyers}),
        "m": scores({each: revenue[each] for each in buyers}),
    }
    for letter, given in expected.items():
        assert {each: None if pd.isna(found.at[each, letter]) else found.at[each, letter] for each in buyers} == given
        assert found.drop(buyers)[letter].isna().all()


def _counts(deal, revenue, start) -> bool:
    """Whether a deal alone makes the window a usable one."""
    day = deal["date"]
    return _worth(deal) is not None and deal["customer_id"] in revenue and day is not None and start < day <= TODAY
