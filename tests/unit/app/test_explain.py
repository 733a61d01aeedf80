"""Every rule has a page in both languages, and a slip in its code is answered with the nearest ones."""

from __future__ import annotations

import re

import pytest

from crmsheet.app.explain import explain
from crmsheet.app.rules import cards
from crmsheet.app.setting_keys import KEYS
from crmsheet.core.errors import RuleUnknown
from crmsheet.core.rules import ASPECTS, NEEDED
from crmsheet.resources import rule_cards, speech

ENGLISH, CHINESE = speech("en"), speech("zh")


@pytest.mark.parametrize("code", sorted(cards()))
def test_a_rule_has_a_whole_page(code):
    aspects = cards()[code].aspects
    assert tuple(each for each in aspects if each in NEEDED) == NEEDED, f"{code} lacks a part of its page"
    assert set(aspects) <= set(ASPECTS)
    for text in aspects.values():
        assert len(text) > 3
        assert not set("{}") & set(text), "the paragraphs are templates"
        assert text.endswith((".", "`")), text


@pytest.mark.parametrize("code", sorted(cards()))
def test_the_settings_that_a_page_names_are_there(code):
    for name in re.findall(r"`([a-z_]+(?:\.[a-z_]+)?)`", cards()[code].aspects.get("Setting", "")):
        assert name in KEYS or name in {"dmy", "mdy", "ymd"}, name


@pytest.mark.parametrize("text", ["CRM203", "crm203", "203", " CRM-203 ", "ＣＲＭ２０３", "crm 203"])
def test_a_rule_is_named_in_many_ways(text):
    outcome = explain(text)
    assert outcome.subject == "CRM203"
    assert [each.name for each in outcome.sections] == ["what", "why", "bad", "good", "crmsheet", "setting"]
    assert "邮编" in CHINESE.say(outcome.sections[0].note)


@pytest.mark.parametrize(
    ("text", "near"), [("CRM216", "CRM213, CRM214, CRM215"), ("999", "CRM602, CRM603, CRM604"), ("CMR203", "CRM203")]
)
def test_a_slip_is_answered_with_the_nearest(text, near):
    with pytest.raises(RuleUnknown) as caught:
        explain(text)
    assert near in ENGLISH.say(caught.value.next_step)


def test_a_word_that_is_like_no_rule_gets_no_guess():
    with pytest.raises(RuleUnknown) as caught:
        explain("phone")
    assert ENGLISH.say(caught.value.next_step) == "`crmsheet explain` lists all rules."


def test_without_a_code_all_rules_are_listed_once():
    listed = [row[0] for section in explain().sections for row in section.rows]
    assert listed == sorted(cards())


def test_what_explain_reads_is_what_the_rules_say():
    assert {code: (card.title, card.severity, card.aspects) for code, card in rule_cards().items()} == {
        code: (card.title, card.severity, card.aspects) for code, card in cards().items()
    }
