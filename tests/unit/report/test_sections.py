from __future__ import annotations

import dataclasses
import datetime as dt
from random import Random

import pandas as pd
import pytest

from crmsheet.agenda import plan_followups
from crmsheet.core.book import Book, Source
from crmsheet.core.cells import Formula
from crmsheet.core.changes import Change, Changes
from crmsheet.core.context import Context
from crmsheet.core.findings import Finding, Findings, Fix, Severity
from crmsheet.core.messages import Message, Speech
from crmsheet.core.outcome import Section
from crmsheet.core.rules import RuleCard
from crmsheet.engine import LocalEngine, fields, relations
from crmsheet.report import duplicates, edits, followups, problems, tiers, understood, words
from crmsheet.report.words import plain
from crmsheet.tier import grade
from tests.unit.engine.made import ENGLISH, SCHEMA, table

TODAY = dt.date(2024, 6, 30)
CONTEXT = Context(TODAY)
CHINESE = Speech("zh", str)


def said(section: Section, speech: Speech = ENGLISH):
    """A section as a reader sees it, checked for the shape that every renderer relies on."""
    assert section.name
    assert all(len(row) == len(section.columns) for row in section.rows)
    assert not section.fields or len(section.fields) == len(section.columns)
    cells = [
        tuple(speech.say(cell) if isinstance(cell, Message | dict) else cell for cell in row) for row in section.rows
    ]
    assert all(
        cell is None or (isinstance(cell, str | int | float | dt.date) and cell == cell)
        for row in cells
        for cell in row
    )
    return speech.say(section.title), [speech.say(each) for each in section.columns], cells


@pytest.fixture(scope="module")
def graded():
    names = [f"c{at}" for at in range(10)]
    book = {
        "customers": table("customers", [{"customer_id": name, "name": name.upper()} for name in [*names, "c0"]]),
        "transactions": table(
            "transactions",
            [
                {"customer_id": name, "date": "2024-05-01", "amount": 100.0 * 2**at}
                for at, name in enumerate(reversed(names))
            ],
        ),
    }
    with LocalEngine() as engine:
        relations(engine, book)
        return grade(engine, fields(book), CONTEXT)


def test_grades_counts_and_revenue_add_up(graded):
    parts = {each.name: each for each in tiers.sections(graded, SCHEMA, top=3)}
    title, columns, rows = said(parts["tiers"])
    assert (title, columns) == ("Grades", ["Tier", "Customers", "Customers (%)", "Revenue (CNY)", "Revenue (%)"])
    assert [row[0] for row in rows] == ["A", "B", "C"]
    assert sum(row[1] for row in rows) == 11
    assert sum(row[3] for row in rows) == 100 * (2**10 - 1)  # c0 is typed twice and counted once
    assert sum(row[4] for row in rows) == pytest.approx(100, abs=0.2)
    assert ENGLISH.say(parts["tiers"].note).startswith("Revenue in CNY from transactions")
    assert sum(row[1] for row in said(parts["segments"])[2]) == 11


def test_the_largest_customers(graded):
    section = tiers.sections(graded, SCHEMA, top=3)[-1]
    title, columns, rows = said(section)
    assert title == "Largest customers"
    assert [row[:4] for row in rows] == [
        ("c0", "C0", "A", 51200.0),
        ("c0", "C0", "A", 51200.0),
        ("c1", "C1", "A", 25600.0),
    ]
    assert rows[2][5] == "115"
    assert rows[2][6].startswith("25,600 CNY in 12 months, deals: 1")
    assert dict(zip(columns, section.fields, strict=True))["Name"] == "customers.name"


def test_no_grades_no_sections():
    with LocalEngine() as engine:
        assert tiers.sections(grade(engine, {}, CONTEXT), SCHEMA) == ()


@pytest.fixture(scope="module")
def agenda():
    people = [
        {"name": "a", "owner": "张三", "tier": "B", "last_contact_at": "2024-01-01", "mobile": "+8613800138000"},
        {"name": "b", "owner": "张三", "tier": "A", "next_contact_at": "2024-06-30", "mobile": None},
        {"name": "c", "owner": None, "tier": "C", "next_contact_at": "2024-07-02", "mobile": None},
        {"name": "d", "owner": "李四", "tier": None, "mobile": None},
    ]
    book = {
        "customers": table("customers", [{"customer_id": f"C{at}", **each} for at, each in enumerate(people)]),
        "interactions": table("interactions", [{"customer_id": "C0", "at": "2023-12-01", "channel": "phone"}]),
    }
    with LocalEngine() as engine:
        relations(engine, book)
        context = Context(TODAY, settings=type(CONTEXT.settings)(horizon_days=5))
        return plan_followups(engine, fields(book), None, context)


def test_follow_ups_by_owner(agenda):
    _, columns, rows = said(followups.sections(agenda, SCHEMA)[0])
    assert columns == ["Owner", "Due today", "Overdue", "Due soon", "Longest overdue (days)"]
    assert rows == [("张三", 1, 1, 0, 151), ("李四", 1, 0, 0, 0), ("no owner", 0, 0, 1, 0)]


def test_the_first_follow_ups_of_everybody(agenda):
    section = followups.sections(agenda, SCHEMA, top=2)[1]
    _, columns, rows = said(section)
    assert [(row[0], row[2], row[4]) for row in rows] == [("张三", "b", TODAY), ("张三", "a", dt.date(2024, 1, 31))]
    assert columns == ["Owner", "Customer id", "Name", "Tier", "Due on", "Reason"]
    assert len(section.fields) == len(columns)
    assert ENGLISH.say(section.note).startswith("Further customers due: 2")


def test_each_owner_has_a_list_of_own_customers_only(agenda):
    lists = followups.owner_sections(agenda, SCHEMA)
    names = {owner: [row[1] for row in said(section)[2]] for owner, section in lists.items()}
    assert names == {"张三": ["b", "a"], "李四": ["d"], "": ["c"]}
    assert said(lists[""], CHINESE)[0] == "Follow-ups of no owner"
    assert said(lists["张三"], CHINESE)[1][:3] == ["客户编号", "客户名称", "ABC分级"]
    _, columns, rows = said(lists["张三"])
    assert rows[1][columns.index("Preferred channel")] == "Phone"
    assert dict(zip(columns, lists["张三"].fields, strict=True))["Mobile"] == "customers.mobile"


def test_a_list_holds_the_work_of_a_day_and_says_how_much_more_is_due(agenda, monkeypatch):
    monkeypatch.setattr(followups, "LISTED", 1)
    lists = followups.owner_sections(agenda, SCHEMA)
    assert [row[1] for row in said(lists["张三"])[2]] == ["b"]
    assert ENGLISH.say(lists["张三"].note).startswith("The first 1 in the order of work; 1 more are due")
    assert lists["李四"].note is None


@pytest.mark.parametrize("top", [1, 2, 3, 7, 40, 60])
def test_the_first_of_everybody_are_those_that_sorting_all_would_give(agenda, top):
    rng = Random(top)
    many = 40
    frame = agenda.frame.iloc[[rng.randrange(len(agenda.frame)) for _ in range(many)]].assign(
        row_=range(2, 2 + many),
        ground=[rng.choice(["never", "cadence"]) for _ in range(many)],
        tier=pd.array([rng.choice(["A", "B", None]) for _ in range(many)], dtype="str"),
        value=[rng.choice([None, 0.0, 5.0]) for _ in range(many)],
        overdue_days=[rng.choice([0, 3]) for _ in range(many)],
        key_=pd.array([rng.choice(["C1", "C2", None]) for _ in range(many)], dtype="str"),
    )
    ranks = [
        (ground == "never", plain(tier) or "C", -(plain(value) or 0), -overdue, plain(key) or "", row)
        for ground, tier, value, overdue, key, row in frame[
            ["ground", "tier", "value", "overdue_days", "key_", "row_"]
        ].itertuples(index=False, name=None)
    ]
    best = followups._best(dataclasses.replace(agenda, frame=frame), top)
    assert best == sorted(range(many), key=ranks.__getitem__)[:top]


def test_nobody_due_no_sections():
    with LocalEngine() as engine:
        empty = plan_followups(engine, {}, None, CONTEXT)
    assert followups.sections(empty, SCHEMA) == ()
    assert followups.owner_sections(empty, SCHEMA) == {}


def test_findings_the_worst_rule_first_then_the_most_frequent():
    def found(rule, severity, count, **more):
        return [
            Finding(
                rule, severity, "customers", "客户", row=2 + at, column="D", value="x", message="{value} is odd", **more
            )
            for at in range(count)
        ]

    many = [each for number in range(12) for each in found(f"CRM3{number:02d}", Severity.info, 1)]
    findings = Findings.of(
        [
            *found("CRM201", Severity.warning, 5),
            *found("CRM202", Severity.error, 1, fix=Fix("y")),
            *found("CRM203", Severity.warning, 9),
            *many,
        ]
    )
    cards = {"CRM202": RuleCard("CRM202", Severity.error, "Odd values", "")}
    (section,) = problems.sections(findings, cards)
    _, _, rows = said(section)
    assert [row[0] for row in rows[:4]] == ["CRM202", "CRM203", "CRM201", "CRM300"]
    assert rows[0] == ("CRM202", "error", "Odd values", 1, 1)
    assert len(rows) == 10
    assert ENGLISH.say(section.note) == "Further rules: 5, with findings: 5"
    assert problems.sections(Findings(), cards) == ()


def test_changes_by_field_and_effect():
    changes = Changes.of(
        [
            Change("set", "customers", "a", 2, "B", "mobile", "１３８", "138", effect="spelling"),
            Change("set", "customers", "b", 3, "B", "mobile", Formula("1+1"), "139", effect="spelling"),
            Change("set", "customers", "a", 2, "C", "tier", None, "A", effect="derived"),
            Change("retire", "customers", "c", 4, after={"record_status": "merged"}),
            Change("column", "customers", row=1, column="C", field="tier", after="ABC分级", effect="derived"),
            Change("set", "nowhere", "z", 9, "A", "what", dt.datetime(2024, 1, 2), float("nan")),
        ]
    )
    (section,) = edits.sections(changes, SCHEMA)
    assert said(section)[2] == [
        ("Customers", "Tier", "column added", 1, "row 1: ABC分级"),
        ("Customers", None, "rows retired", 1, None),
        ("Customers", "Mobile", "spelling", 2, "row 2: １３８ → 138"),
        ("Customers", "Tier", "computed value", 1, "row 2: A"),
        ("nowhere", "what", "changed value", 1, "row 9: 2024-01-02 → "),
    ]
    assert edits.sections(Changes(), SCHEMA) == ()


def test_every_kind_and_effect_of_change_has_words():
    from crmsheet.core.changes import EFFECTS, KINDS

    every = Changes.of([Change(kind, "customers", effect=effect) for kind in KINDS for effect in EFFECTS])
    (section,) = edits.sections(every, SCHEMA)
    assert sum(row[3] for row in section.rows) == len(KINDS) * len(EFFECTS)


def test_how_the_book_was_understood(tmp_path):
    known = table("customers", [{"customer_id": "a", **{f"x{at}": 1 for at in range(7)}}], header_row=3)
    bound = {"customer_id": "A"}
    partly = type(known)(
        "customers", "客户", 3, known.cells, bound, known.headers, "customer_id", known.values[["customer_id"]]
    )
    book = Book(Source(tmp_path, "xlsx", ""), {"customers": partly}, ("说明", "Sheet2"))
    (section,) = understood.sections(book, SCHEMA)
    assert said(section)[2] == [("Customers", "客户", 3, 1, 1, "x0, x1, x2, x3, x4 ... (7)")]
    assert ENGLISH.say(section.note) == "Sheets carried untouched: 说明, Sheet2"


def test_duplicates_a_line_for_each_record_sure_ones_first():
    line = duplicates.Line
    first = (line(2, "K2", "丙"), line(3, "K3", "丙", Message("same e-mail")))
    second = (line(5, "K5", "甲"), line(6, "K6", "甲公司", Message("same tax number"), Message("different city")))
    review = (line("张三!9", "", "乙"), line("李四!12", "", "乙", "same phone"))
    told = [duplicates.Told("sure", 3, (first, second)), duplicates.Told("review", 1, (review,))]
    sure, asked = duplicates.sections(told, SCHEMA)
    title, titles, rows = said(sure)
    assert title == "Surely the same customer (groups: 3)"
    assert titles == ["Group", "Customer id", "Name", "Row", "For it", "Against it"]
    assert rows == [
        (1, "K2", "丙", "2", None, None),
        (1, "K3", "丙", "3", "same e-mail", None),
        (2, "K5", "甲", "5", None, None),
        (2, "K6", "甲公司", "6", "same tax number", "different city"),
    ]
    assert ENGLISH.say(sure.note).startswith("Further groups: 1")
    # Without keys and doubts their columns say nothing.
    assert said(asked)[1:] == (
        ["Group", "Name", "Row", "For it"],
        [(1, "乙", "张三!9", None), (1, "乙", "李四!12", "same phone")],
    )
    assert duplicates.sections([duplicates.Told("sure", 0, ())], SCHEMA) == ()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (float("nan"), None),
        (pd.NaT, None),
        (pd.NA, None),
        (pd.Timestamp("2024-01-02"), dt.date(2024, 1, 2)),
        (pd.Timestamp("2024-01-02 10:00"), dt.datetime(2024, 1, 2, 10)),
        ("x", "x"),
        (0, 0),
    ],
)
def test_plain_values(value, expected):
    assert words.plain(value) == expected
    assert type(words.plain(value)) in (type(expected), pd.Timestamp)
