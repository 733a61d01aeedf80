from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pandas as pd
import pytest

from crmsheet.agenda import plan_followups
from crmsheet.core.context import Context, Settings
from crmsheet.engine import LocalEngine, fields, relations
from tests.unit.engine.made import ENGLISH, table

TODAY = dt.date(2024, 6, 30)


@dataclass
class Graded:
    frame: pd.DataFrame


def day(ago: int) -> str:
    return (TODAY - dt.timedelta(days=ago)).isoformat()


def planned(people, contacts=(), *, tiers=None, **policy):
    book = {"customers": table("customers", [{"customer_id": f"C{at}", **each} for at, each in enumerate(people)])}
    if contacts:
        book["interactions"] = table("interactions", contacts)
    grades = None
    if tiers:
        rows = [(at + 2, tier, value) for at, (tier, value) in enumerate(tiers)]
        grades = Graded(pd.DataFrame(rows, columns=["row_", "tier", "revenue"]))
    with LocalEngine() as engine:
        relations(engine, book)
        return plan_followups(engine, fields(book), grades, Context(TODAY, settings=Settings(**policy)))


def due(agenda):
    return {
        key: (ground, late)
        for key, ground, late in agenda.frame[["key_", "ground", "overdue_days"]].itertuples(index=False)
    }


def said(agenda):
    return [ENGLISH.say(each) for each in agenda.reasons()]


@pytest.mark.parametrize(
    ("customer", "contacts", "expected"),
    [
        # by cadence: C is quarterly
        ({"last_contact_at": day(90)}, [], ("cadence", 0)),
        ({"last_contact_at": day(89)}, [], None),
        ({"last_contact_at": day(100)}, [], ("cadence", 10)),
        ({"last_contact_at": day(100)}, [{"at": day(50)}], None),
        ({"last_contact_at": day(50)}, [{"at": day(100)}], None),
        ({"last_contact_at": None}, [{"at": day(95)}, {"at": day(92)}], ("cadence", 2)),
        # the grade in the sheet counts where nothing was graded today
        ({"last_contact_at": day(8), "tier": "A"}, [], ("cadence", 1)),
        ({"last_contact_at": day(8), "tier": "B"}, [], None),
        ({"last_contact_at": day(8), "tier": "VIP"}, [], None),
        # a promise by hand goes before everything
        ({"last_contact_at": day(5), "next_contact_at": day(2)}, [], ("promise", 2)),
        ({"last_contact_at": day(400), "next_contact_at": day(-3)}, [], None),
        ({"next_contact_at": day(0)}, [], ("promise", 0)),
        ({"last_contact_at": day(9), "next_contact_at": day(-9)}, [{"at": day(8), "next_contact_at": day(1)}], None),
        # a promise that was kept is spent
        ({"last_contact_at": day(10), "next_contact_at": day(10)}, [], None),
        ({"last_contact_at": day(20), "next_contact_at": day(15)}, [{"at": day(12)}], None),
        ({"last_contact_at": day(95), "next_contact_at": day(99)}, [], ("cadence", 5)),
        # a promise made at the latest contact; an older one is history
        ({}, [{"at": day(20), "next_contact_at": day(4)}], ("said", 4)),
        ({}, [{"at": day(20), "next_contact_at": day(4)}, {"at": day(3)}], None),
        ({}, [{"at": day(30), "next_contact_at": day(9)}, {"at": day(20), "next_contact_at": day(-9)}], None),
        # future contacts are none
        ({"last_contact_at": day(-5)}, [], ("never", 0)),
        ({"last_contact_at": day(100)}, [{"at": day(-1)}], ("cadence", 10)),
        # nobody was ever in contact
        ({}, [], ("never", 0)),
        ({"created_at": day(91)}, [], ("created", 1)),
        ({"created_at": day(10)}, [], None),
        ({"created_at": day(-10)}, [], ("never", 0)),
    ],
)
def test_who_is_due_and_why(customer, contacts, expected):
    agenda = planned([customer], [{"customer_id": "C0", **each} for each in contacts])
    assert due(agenda).get("C0") == expected


@pytest.mark.parametrize(
    ("mark", "note"),
    [
        ({"do_not_contact": True}, "do not want to be contacted"),
        ({"processing_restricted": True}, "personal information is restricted"),
        ({"coop_status": "ended"}, "cooperation is ended"),
        ({"coop_status": "blacklisted"}, "blacklist"),
        ({"stage": "lost"}, "marked as lost"),
    ],
)
def test_who_must_not_be_contacted_is_left_out_and_counted(mark, note):
    late = {"last_contact_at": day(200)}
    fine = {"do_not_contact": False, "processing_restricted": None, "coop_status": "running", "stage": "won"}
    agenda = planned([late | mark, late | fine, {"last_contact_at": day(1)} | mark])
    assert list(due(agenda)) == ["C1"]
    assert note in ENGLISH.say(agenda.notes[0])
    assert ENGLISH.say(agenda.notes[0]).startswith("Due, but left out")
    assert ENGLISH.say(agenda.notes[0]).endswith(": 1")


def test_retired_customers_and_contacts_take_no_part():
    people = [{"record_status": "merged"}, {"record_status": None, "last_contact_at": day(100)}]
    contacts = [{"customer_id": "C1", "at": day(1), "record_status": "archived"}]
    assert due(planned(people, contacts)) == {"C1": ("cadence", 10)}


def test_future_dates_are_counted_in_a_note():
    agenda = planned([{"last_contact_at": day(-4)}], [{"customer_id": "C0", "at": day(-2)}])
    assert [ENGLISH.say(each) for each in agenda.notes] == [
        "Contacts dated in the future, not counted: 2. Check their dates"
    ]


def test_todays_grade_sets_the_cadence_and_the_order():
    people = [{"last_contact_at": day(31), "owner": "x", "tier": "A"} for _ in range(4)]
    agenda = planned(people, tiers=[("C", 1.0), ("B", 5.0), ("A", 2.0), ("A", 9.0)])
    assert agenda.frame[["key_", "tier", "overdue_days"]].values.tolist() == [
        ["C3", "A", 24],
        ["C2", "A", 24],
        ["C1", "B", 1],
    ]


def test_the_order_of_work():
    late = {"last_contact_at": day(100)}
    people = [
        {"owner": None, **late},
        {"owner": "b", "last_contact_at": day(120)},
        {"owner": "a", "tier": "C", "total_amount": 5.0, **late},
        {"owner": "a", "tier": "A"},
        {"owner": "a", "tier": "B", "total_amount": None, **late},
        {"owner": "a", "tier": "C", "total_amount": 50.0, **late},
        {"owner": "a", "tier": "C", "total_amount": 5.0, "last_contact_at": day(130)},
        {"owner": " ", "tier": "A", **late},
    ]
    assert planned(people).frame["key_"].tolist() == ["C4", "C5", "C6", "C2", "C3", "C1", "C7", "C0"]


def test_the_horizon_shows_what_comes_soon():
    people = [{"last_contact_at": day(88)}, {"last_contact_at": day(80)}, {"next_contact_at": day(-1)}]
    agenda = planned(people, horizon_days=3)
    assert due(agenda) == {"C0": ("cadence", -2), "C2": ("promise", -1)}
    assert said(agenda)[0] == "contact is promised for 2024-07-01"


def test_a_book_with_names_only_asks_for_everybody():
    agenda = planned([{"name": "x"}, {"name": "y"}])
    assert said(agenda) == ["no contact on record"] * 2
    assert agenda.contact == ()


def test_a_book_without_customers_plans_nothing_and_says_so():
    book = {"interactions": table("interactions", [{"customer_id": "C0", "at": day(3)}])}
    with LocalEngine() as engine:
        relations(engine, book)
        agenda = plan_followups(engine, fields(book), None, Context(TODAY))
    assert agenda.frame.empty
    assert "no customer sheet" in ENGLISH.say(agenda.notes[0])


def test_reasons_in_words():
    people = [
        {"tier": "A", "last_contact_at": day(9)},
        {"last_contact_at": day(90)},
        {"next_contact_at": day(3)},
        {"created_at": day(99)},
    ]
    contacts = [{"customer_id": "C4", "at": day(9), "next_contact_at": day(0), "channel": "phone"}]
    agenda = planned([*people, {"contact_name": "z", "mobile": "+8613800138000"}], contacts)
    assert dict(zip(agenda.frame["key_"], said(agenda), strict=True)) == {
        "C0": "last contact 2024-06-21; customers of grade A are due every 7 days, days late: 2",
        "C1": "last contact 2024-04-01; customers without a grade are due every 90 days: today",
        "C2": "contact was promised for 2024-06-27, days late: 3",
        "C3": "no contact since the record was made on 2024-03-23",
        "C4": "at the contact on 2024-06-21, today was agreed",
    }
    row = agenda.frame.set_index("key_").loc["C4"]
    assert (row["channel"], row["contact_name"], row["mobile"]) == ("phone", "z", "+8613800138000")
    assert agenda.contact == ("contact_name", "mobile")


def test_two_contacts_at_one_time_the_lower_in_the_sheet_counts():
    contacts = [
        {"customer_id": "C0", "at": day(9), "next_contact_at": day(-9)},
        {"customer_id": "C0", "at": day(9), "next_contact_at": day(1)},
    ]
    assert due(planned([{"name": "x"}], contacts)) == {"C0": ("said", 1)}
