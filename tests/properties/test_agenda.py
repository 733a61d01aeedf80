"""Laws of the agenda, whatever the dates."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmsheet.agenda import plan_followups
from crmsheet.core.context import Context
from crmsheet.engine import LocalEngine, fields, relations
from tests.unit.engine.made import table

TODAY = dt.date(2024, 6, 30)
CADENCE = {"A": 7, "B": 30, "C": 90, None: 90}
days = st.dates(TODAY - dt.timedelta(days=120), TODAY + dt.timedelta(days=15)) | st.none()
people = st.lists(
    st.fixed_dictionaries(
        {
            "owner": st.sampled_from(["x", "y", None]),
            "tier": st.sampled_from(["A", "B", "C", None]),
            "total_amount": st.sampled_from([None, 0.0, 5.0, 70.0]),
            "last_contact_at": days,
            "next_contact_at": days,
            "created_at": days,
            "do_not_contact": st.sampled_from([None, False, True]),
        }
    ),
    min_size=1,
    max_size=12,
)
meetings = st.lists(st.tuples(st.integers(0, 11), days, days), max_size=12)
laws = settings(max_examples=12, deadline=None)


@pytest.fixture(scope="module")
def engine():
    with LocalEngine() as made:
        yield made


def _planned(engine, rows, contacts):
    book = {
        "customers": table("customers", rows),
        "interactions": table("interactions", contacts, ["customer_id", "at", "next_contact_at"]),
    }
    relations(engine, book)
    return plan_followups(engine, fields(book), None, Context(TODAY))


def _book(rows, met):
    keyed = [{"customer_id": f"C{at:02d}", **row} for at, row in enumerate(rows)]
    contacts = [
        {"interaction_id": f"I{at}", "customer_id": f"C{who:02d}", "at": when, "next_contact_at": then}
        for at, (who, when, then) in enumerate(met)
    ]
    return keyed, contacts


def _due(row, contacts):
    """When a customer is due, by the rule as people would say it; None for one who must not be contacted."""
    if row["do_not_contact"]:
        return None
    mine = [
        each for each in contacts if each["customer_id"] == row["customer_id"] and each["at"] and each["at"] <= TODAY
    ]
    last = max([each["at"] for each in mine], default=None)
    said = [each["next_contact_at"] for each in mine if each["at"] == last][-1:]
    kept = row["last_contact_at"]
    if kept and kept <= TODAY:
        last = max(last or kept, kept)
    promise = row["next_contact_at"]
    if promise and (last is None or promise > last):
        return promise
    if said and said[0] and said[0] > last:
        return said[0]
    created = row["created_at"] if row["created_at"] and row["created_at"] <= TODAY else None
    start = last or created
    return start + dt.timedelta(days=CADENCE[row["tier"]]) if start else TODAY


@laws
@given(people, meetings)
def test_due_is_what_the_rule_says_for_everybody(engine, rows, met):
    keyed, contacts = _book(rows, met)
    expected = {row["customer_id"]: _due(row, contacts) for row in keyed}
    frame = _planned(engine, keyed, contacts).frame
    found = dict(zip(frame["key_"], frame["due"].dt.date, strict=True))
    assert found == {key: due for key, due in expected.items() if due is not None and due <= TODAY}
    assert (frame["overdue_days"] >= 0).all()
    assert frame["overdue_days"].tolist() == [(TODAY - due).days for due in found.values()]


@laws
@given(people, meetings, st.randoms())
def test_the_order_of_the_customers_does_not_matter(engine, rows, met, dice):
    keyed, contacts = _book(rows, met)
    shuffled = list(keyed)
    dice.shuffle(shuffled)
    one, other = (_planned(engine, each, contacts).frame.drop(columns="row_") for each in (keyed, shuffled))
    assert one.equals(other)


@laws
@given(people, meetings)
def test_what_is_written_never_goes_back_in_time(engine, rows, met):
    keyed, contacts = _book(rows, met)
    derived = _planned(engine, keyed, contacts).derived.set_index("row_")
    for at, row in enumerate(keyed):
        contacted = derived["contacted"].get(at + 2)
        if contacted is not None and contacted == contacted:
            assert contacted.date() <= TODAY
            assert row["last_contact_at"] is None or contacted.date() > row["last_contact_at"]
