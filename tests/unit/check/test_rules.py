"""Runs the tables of cases in tests/cases/check_rules.yml, and what holds for all rules."""

from __future__ import annotations

import datetime as dt
import importlib
import pkgutil
import re
from pathlib import Path

import pytest
import yaml

from crmsheet.check import rules
from crmsheet.check.cards import CARDS
from crmsheet.check.checking import all_rules, check_rules
from crmsheet.check.rule import Query, Rule
from crmsheet.core.findings import Severity
from crmsheet.core.messages import Speech
from crmsheet.core.rules import RuleCard
from crmsheet.engine import LocalEngine, relations
from tests.unit.check.made import CONTEXT, SCHEMA, book, made

ENGLISH = Speech("en", str)
CASES = yaml.safe_load((Path(__file__).parents[2] / "cases" / "check_rules.yml").read_text("utf-8"))["cases"]


@pytest.fixture(scope="module")
def engine():
    with LocalEngine(threads=1) as local:
        yield local


def run(engine, tables, *codes, chosen=None):
    relations(engine, tables)
    return check_rules(engine, book(tables), SCHEMA, CONTEXT, chosen or {code: all_rules()[code] for code in codes})


def place(finding):
    return f"{finding.table}!{finding.cell or finding.row}"


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['rule']} {case['name']}")
def test_case(case, engine):
    hidden = case.get("hidden", {})
    tables = {name: made(name, rows, hidden=hidden.get(name, ())) for name, rows in case["tables"].items()}
    checked = run(engine, tables, case["rule"])
    assert checked.broken == ()
    assert [place(each) for each in checked.findings] == case["found"]
    assert {each.rule for each in checked.findings} <= {case["rule"]}
    assert {each.severity for each in checked.findings} <= {all_rules()[case["rule"]].card.severity}
    if "says" in case:
        assert ENGLISH.say(next(iter(checked.findings)).text) == case["says"]


def test_every_rule_has_a_case_that_finds_something():
    assert {case["rule"] for case in CASES if case["found"]} == set(all_rules())


@pytest.mark.parametrize("module", list(pkgutil.iter_modules(rules.__path__)), ids=lambda module: module.name)
def test_every_rule_is_a_page_of_the_manual(module):
    page = importlib.import_module(f"{rules.__name__}.{module.name}").__doc__
    assert page.splitlines()[0].endswith(".")
    assert re.findall(r"^\*\*(\w+)\*\*", page, re.MULTILINE)[:5] == ["What", "Why", "Bad", "Good", "crmsheet"]


def test_codes_are_unique_and_messages_can_be_said():
    codes = [card.code for card in CARDS]
    assert len(codes) == len(set(codes))
    assert all(re.fullmatch(r"CRM[1-6][0-9]{2}", code) for code in codes)


def test_a_rule_that_raises_is_named_and_the_others_run(engine):
    wrong = Rule(
        RuleCard("CRM399", Severity.error, "wrong", ""),
        (Query(table="customers", sql="SELECT nonsense FROM customers", message="never"),),
    )
    tables = {"customers": made("customers", [["customer_id", "name"], ["C1", "a"], ["C1", "b"]])}
    checked = run(engine, tables, chosen={"CRM399": wrong, "CRM301": all_rules()["CRM301"]})
    assert [each.code for each in checked.broken] == ["CRM399"]
    assert "nonsense" in str(checked.broken[0])
    assert [place(each) for each in checked.findings] == ["customers!A2", "customers!A3"]


def test_all_rules_run_on_a_book_with_every_table_and_field(engine):
    """No SQL text may name what the engine does not have, whatever the book has."""
    tables = {
        name: made(name, [[field.name for field in table.fields], [None] * len(table.fields)])
        for name, table in SCHEMA.tables.items()
    }
    checked = run(engine, tables, *all_rules())
    assert [str(each) for each in checked.broken] == []
    assert len(checked.findings) == 0


@pytest.mark.parametrize("name", list(SCHEMA.tables))
def test_all_rules_run_on_a_book_of_one_table_with_required_fields_only(engine, name):
    fields = [field.name for field in SCHEMA.tables[name].fields if field.required] or [SCHEMA.tables[name].key]
    checked = run(engine, {name: made(name, [fields, ["x"] * len(fields)])}, *all_rules())
    assert [str(each) for each in checked.broken] == []


def test_a_query_without_its_tables_does_not_run(engine):
    asked = Rule(
        RuleCard("CRM399", Severity.error, "asks", ""),
        (Query(table="customers", sql="SELECT nonsense", message="never", needs={"contracts": ("end",)}),),
    )
    tables = {"customers": made("customers", [["customer_id"], ["C1"]])}
    assert run(engine, tables, chosen={"CRM399": asked}).broken == ()


def test_findings_carry_keys_cells_as_found_and_plain_arguments(engine):
    rows = [["customer_id", "last_contact_at", "next_contact_at"], ["C1", "2025.2.10", "2025年2月3日"]]
    finding = next(iter(run(engine, {"customers": made("customers", rows)}, "CRM502").findings))
    assert (finding.key, finding.value, finding.field, finding.sheet) == (
        "C1",
        "2025年2月3日",
        "next_contact_at",
        "customers",
    )
    assert finding.arguments == {"last": dt.date(2025, 2, 10)}
