"""Laws of grading, whatever the revenues."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmsheet.core.context import Context
from crmsheet.engine import LocalEngine, fields, relations
from crmsheet.tier import SEGMENTS, grade
from tests.unit.engine.made import table

TODAY = dt.date(2024, 12, 31)
amounts = st.integers(-50_000, 1_000_000).map(lambda cents: float(Decimal(cents) / 100)) | st.sampled_from([0.0, 5.0])
customers = st.lists(
    st.tuples(amounts | st.none(), st.integers(0, 9) | st.none(), st.dates(dt.date(2023, 1, 1), TODAY) | st.none()),
    min_size=1,
    max_size=25,
)
laws = settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def engine():
    with LocalEngine() as made:
        yield made


def _grades(engine, rows):
    keyed = [
        {"customer_id": key, "total_amount": total, "deal_count": count, "last_deal_at": day}
        for key, (total, count, day) in rows
    ]
    book = {"customers": table("customers", keyed)}
    relations(engine, book)
    return grade(engine, fields(book), Context(TODAY)).frame


def _keyed(rows):
    return [(f"C{number:03d}", row) for number, row in enumerate(rows)]


@laws
@given(customers, st.randoms())
def test_the_order_of_the_rows_does_not_matter(engine, rows, dice):
    keyed = _keyed(rows)
    shuffled = list(keyed)
    dice.shuffle(shuffled)
    one, other = (_grades(engine, each).drop(columns="row_") for each in (keyed, shuffled))
    assert one.equals(other)


@laws
@given(customers)
def test_shares_rise_classes_fall_and_equal_revenue_is_equal_class(engine, rows):
    frame = _grades(engine, _keyed(rows))
    assert frame["share"].is_monotonic_increasing
    assert frame["tier"].is_monotonic_increasing
    assert frame["rank"].is_monotonic_increasing
    assert frame["revenue"].is_monotonic_decreasing
    if (frame["revenue"] > 0).any():
        assert frame["share"].iloc[-1] == pytest.approx(1.0)
        assert frame["part"].sum() == pytest.approx(1.0)
        assert frame["tier"].iloc[0] == "A"
    by_revenue = {}
    for revenue, tier, rank in frame[["revenue", "tier", "rank"]].itertuples(index=False):
        assert by_revenue.setdefault(revenue, (tier, rank)) == (tier, rank)
        assert tier == "C" or revenue > 0


@laws
@given(customers)
def test_equal_figures_have_equal_scores_and_better_ones_no_lower(engine, rows):
    frame = _grades(engine, _keyed(rows))
    for figure, score in (("last_deal", "r"), ("frequency", "f"), ("revenue", "m")):
        scored = frame[frame[score].notna()].sort_values([figure, score])
        assert scored[score].is_monotonic_increasing
        assert scored[score].isin([1, 2, 3, 4, 5]).all()
        by_figure = {}
        for value, given_score in zip(scored[figure], scored[score], strict=True):
            assert by_figure.setdefault(value, given_score) == given_score
    assert set(frame["segment"].dropna()) <= set(SEGMENTS)


@laws
@given(customers, st.sampled_from([2, 7, 100]))
def test_scaling_all_amounts_changes_no_class_and_no_score(engine, rows, factor):
    scaled = [(None if total is None else float(Decimal(str(total)) * factor), *rest) for total, *rest in rows]
    one, other = (_grades(engine, _keyed(each)) for each in (rows, scaled))
    same = ["key_", "tier", "rank", "r", "f", "m", "segment"]
    assert one[same].equals(other[same])
