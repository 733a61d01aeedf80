"""Runs the tables of cases in tests/cases/clean_*.yml."""

import datetime as dt
from pathlib import Path

import pytest
import yaml

from crmsheet.clean.amount import UNIT
from crmsheet.clean.columns import cards, normalisers
from crmsheet.clean.normaliser import KEEP
from crmsheet.core.cells import same_cell
from crmsheet.core.context import Context, Settings
from crmsheet.core.findings import Severity
from crmsheet.core.schema import KINDS, Choice, Field

FOLDER = Path(__file__).parents[2] / "cases"
KNOWN = set(str.split("kind label free found book settings unit value written rule severity arguments"))


def load():
    for path in sorted(FOLDER.glob("clean_*.yml")):
        table = yaml.safe_load(path.read_text("utf-8"))
        choices = tuple(
            Choice(each["code"], {"zh": each["zh"], "en": each["en"]}, tuple(each.get("aliases", ())))
            for each in table.get("choices", ())
        )
        for case in table["cases"]:
            yield {"kind": table["kind"], **case}, choices, path.stem


CASES = list(load())


def context_of(case):
    book = case.get("book", "zh")
    region, lang = ("CN", book) if book in ("zh", "en") else (book, "zh" if book == "HK" else "en")
    extra = {UNIT: case["unit"]} if "unit" in case else {}
    settings = Settings(**case.get("settings", {}))
    return Context(today=dt.date(2026, 1, 5), region=region, lang=lang, settings=settings, extra=extra)


IDS = [f"{stem}-{case['kind']}-{case['found']!r}" for case, _, stem in CASES]


@pytest.mark.parametrize(("case", "choices", "stem"), CASES, ids=IDS)
def test_case(case, choices, stem):
    assert set(case) <= KNOWN
    label = case.get("label", "字段")
    field = Field("f", {"zh": label, "en": label}, kind=case["kind"], choices=() if case.get("free") else choices)
    reading = normalisers()[case["kind"]].read(case["found"], field, context_of(case))
    assert (reading.value, type(reading.value)) == (case.get("value"), type(case.get("value")))
    if "written" in case:
        assert reading.written is not KEEP
        assert same_cell(reading.written, case["written"]), reading.written
    else:
        assert reading.written is KEEP
    assert reading.rule == case.get("rule", "")
    if "severity" in case:
        assert reading.severity is Severity[case["severity"]]
    if "arguments" in case:
        assert dict(reading.arguments or {}) == case["arguments"]


def test_every_kind_and_every_rule_has_cases():
    assert {case["kind"] for case, _, _ in CASES} == set(KINDS) == set(normalisers())
    by_column = {"CRM207", "CRM208", "CRM214"}
    assert {case["rule"] for case, _, _ in CASES if "rule" in case} == {card.code for card in cards()} - by_column
