"""Verdicts on damaged values: by the fix and by the rule; and the call list, by owner."""

from __future__ import annotations

from crmsheet.app.rules import cards
from crmsheet.core.book import Book, Source
from crmsheet.core.findings import Finding, Findings, Fix, Severity
from crmsheet.core.rules import LOST, RECOVERABLE, VERIFY
from crmsheet.report import recovery
from crmsheet.resources import rule_cards, speech
from tests.unit.check.made import SCHEMA, made


def found(rule, fix=None, **places):
    return Finding(rule, Severity.warning, places.pop("table", "customers"), message="m", fix=fix, **places)


def test_a_fix_of_the_spelling_brings_a_value_back_and_the_rule_decides_the_rest():
    findings = Findings.of(
        [
            found("CRM210", Fix("13800138000")),
            found("CRM212"),
            found("CRM262"),
            found("CRM250", Fix("x", "meaning")),
            found("CRM301"),
        ]
    )
    judged = recovery.with_verdicts(findings, rule_cards())
    assert list(judged.column("recovery")) == [RECOVERABLE, VERIFY, LOST, "", ""]
    assert recovery.counts(judged) == {RECOVERABLE: 1, VERIFY: 1, LOST: 1}
    (said,) = recovery.sentence(judged)
    assert speech("zh").say(said) == "受损的值：可恢复 1 个；需核实 1 个；不可恢复 1 个。"


def test_no_rule_both_proposes_a_fix_and_calls_the_value_lost():
    lost = {code for code, card in cards().items() if card.recovery == LOST}
    assert lost == {"CRM206", "CRM209", "CRM215", "CRM222", "CRM262", "CRM263"}
    assert {card.recovery for card in cards().values()} == {"", VERIFY, LOST}


def test_nothing_damaged_is_no_sentence_and_no_list():
    judged = recovery.with_verdicts(Findings.of([found("CRM301")]), rule_cards())
    assert recovery.sentence(judged) == ()
    assert recovery.sections(judged, Book(Source(None, "xlsx", ""), {}), SCHEMA) == ()


def test_the_call_list_goes_by_owner_and_finds_the_customer_of_a_contact():
    customers = made(
        "customers",
        [("customer_id", "name", "owner"), ("C1", "华星", "张三"), ("C2", "天马", "李四"), ("C3", "东方", None)],
    )
    contacts = made("contacts", [("contact_id", "customer_id", "name", "mobile"), ("P1", "C2", "李娜", "138****8000")])
    book = Book(Source(None, "xlsx", ""), {"customers": customers, "contacts": contacts})
    lost = [
        found("CRM262", row=2, column="D", field="id_number", key="C1", value=110105194912310000.0),
        found("CRM215", row=2, column="D", field="mobile", key="P1", value="138****8000", table="contacts"),
        found("CRM209", row=4, column="B", field="name", key="C3", value="锟斤拷"),
        found("CRM211", row=3, column="D", field="mobile", key="C2", value="1380013800"),
    ]
    judged = recovery.with_verdicts(Findings.of(lost), rule_cards())
    (section,) = recovery.sections(judged, book, SCHEMA)
    said = [tuple(speech("zh").say(cell) for cell in row) for row in section.rows]
    assert said == [
        ("（无负责人）", "C3 东方", "客户名称", "锟斤拷", "customers!B4"),
        ("张三", "C1 华星", "身份证号", "1.1010519491231e+17", "customers!D2"),
        ("李四", "C2 天马", "手机", "138****8000", "contacts!D2"),
    ]
    assert len(recovery.sections(judged, book, SCHEMA, top=1)[0].rows) == 1
