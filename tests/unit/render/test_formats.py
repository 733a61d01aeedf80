"""Every format shows the same outcome; hostile cell text stays text."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import re

import pytest

from crmsheet.core.cells import CellError, Formula
from crmsheet.core.changes import Change, Changes
from crmsheet.core.findings import Finding, Findings, Fix, Severity
from crmsheet.core.messages import Message
from crmsheet.core.outcome import Outcome, Section
from crmsheet.render import Terminal, renderers
from crmsheet.resources import speech

HOSTILE = "\x1b[31mred[/bold]|<script>\u202e`*_"
OUTCOME = Outcome(
    "check",
    "客户.xlsx",
    Findings.of(
        [
            Finding(
                "CRM211",
                Severity.error,
                "customers",
                "客户",
                "C1",
                17,
                "D",
                "mobile",
                1380013800.0,
                "{value} of {key}: see {other}",
                {"other": HOSTILE},
            ),
            Finding(
                "CRM230",
                Severity.info,
                "customers",
                "客户",
                "C2",
                18,
                "E",
                "birthday",
                "2024.1.5",
                "{value} {after}",
                None,
                Fix(dt.date(2024, 1, 5)),
            ),
        ]
    ),
    Changes.of(
        [
            Change(
                "set",
                "customers",
                "C2",
                18,
                "E",
                "birthday",
                "2024.1.5",
                dt.date(2024, 1, 5),
                "CRM230",
                "{before} {after}",
            ),
            Change("set", "customers", "C3", 19, "F", "age", CellError("#N/A"), Formula("A1")),
        ]
    ),
    (
        Section(
            "Title",
            ("name", "sum"),
            (("华信科技有限公司", 1234567.5), (HOSTILE, None)),
            Message("{n} rows", {"n": 1234}),
        ),
    ),
    {"rows": 2, "share": 0.5},
    (Message("Nothing was written to {book}.", {"book": "客户.xlsx"}),),
    today="2026-11-23",
    sheets={"customers": "客户"},
)


@pytest.mark.parametrize("name", list(renderers))
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("width", [40, 200])
def test_every_format_in_both_languages(name, lang, width):
    page = renderers[name].render(OUTCOME, speech(lang), Terminal(width))
    assert "客户.xlsx" in page
    assert "\x1b" not in page
    assert "\u202e" not in page or name == "json"


def test_json_is_the_documented_document():
    document = json.loads(renderers["json"].render(OUTCOME, speech("en"), Terminal()))
    assert document["format"] == "crmsheet/1"
    assert list(document["findings"][0]) == [
        "rule",
        "severity",
        "table",
        "sheet",
        "cell",
        "row",
        "field",
        "key",
        "value",
        "message",
        "fix",
        "recovery",
        "fingerprint",
    ]
    first, second = document["findings"]
    assert (first["cell"], first["value"], first["severity"]) == ("D17", 1380013800, "error")
    assert first["message"].startswith("1380013800 of C1: see [31mred")
    assert second["fix"] == "2024-01-05"
    assert document["changes"][0]["sheet"] == "客户"
    assert document["changes"][0]["reason"] == "2024.1.5 2024-01-05"
    assert (document["changes"][1]["before"], document["changes"][1]["after"]) == ("#N/A", "=A1")
    assert document["sections"][0]["rows"][0] == ["华信科技有限公司", 1234567.5]


def test_markdown_escapes_cells():
    page = renderers["md"].render(OUTCOME, speech("en"), Terminal())
    assert "<script>" not in page
    row = next(line for line in page.splitlines() if "script" in line)
    assert len(re.findall(r"(?<!\\)\|", row)) == 3


def test_text_fits_its_width_counting_chinese_double():
    from rich.cells import cell_len

    page = renderers["text"].render(OUTCOME, speech("zh"), Terminal(40))
    assert max(cell_len(line) for line in page.splitlines()) <= 40
    assert "[/bold]" in page.replace("\n", "")


def test_csv_is_the_first_table_for_programs_and_no_formula():
    rows = (("=cmd!2", 1, 0.5), ("a,\nb\u202e", None, -3.0), ("张三!4", 1425, 12.0))
    outcome = dataclasses.replace(
        OUTCOME, tables=(Section("rows", ("row", "cluster", "weight"), rows), Section("x", ("x",), (), name="x"))
    )
    for lang in ("zh", "en"):
        page = renderers["csv"].render(outcome, speech(lang), Terminal())
        assert page.splitlines() == ["row,cluster,weight", "'=cmd!2,1,0.5", '"a, ⏎ b",,-3.0', "张三!4,1425,12.0"]
    assert renderers["csv"].render(OUTCOME, speech("en"), Terminal()) == ""
    document = json.loads(renderers["json"].render(outcome, speech("zh"), Terminal()))
    assert document["tables"]["x"] == []
