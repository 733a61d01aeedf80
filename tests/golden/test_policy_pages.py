"""The docs on settings, schemas and rules say what the program goes by, and their examples run."""

from __future__ import annotations

import re

import pytest

from crmsheet.app.rules import cards
from crmsheet.app.settings import resolve
from crmsheet.core.context import Settings
from crmsheet.resources.rule_pages import PAGES, as_pages
from tests.conftest import ROOT
from tests.golden import policy_pages
from tests.golden.sessions import played

LANGUAGES = ("en", "zh")


def _held(path, text, update_golden):
    if update_golden:
        path.write_text(text, "utf-8")
    assert path.read_text("utf-8") == text, f"{path.name} is out of date: run `make golden`"


def test_the_pages_that_explain_shows_are_those_of_the_rules(update_golden):
    _held(PAGES, as_pages(cards().values()), update_golden)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_rules_in_the_docs(lang, update_golden):
    page = policy_pages.rules(lang)
    assert set(re.findall(r"^### (CRM\d+)", page, re.MULTILINE)) == set(cards()), "explain lists every rule"
    _held(ROOT / policy_pages.page("rules", lang), page, update_golden)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_settings_file_in_the_docs_says_what_the_defaults_say(lang, tmp_path, update_golden):
    path = ROOT / policy_pages.page("settings", lang)
    text = path.read_text("utf-8")
    said = policy_pages.settings_file(lang)
    _held(path, re.sub(r"```toml\n.*?```", lambda _: f"```toml\n{said}```", text, flags=re.DOTALL), update_golden)
    (tmp_path / "crmsheet.toml").write_text(said, "utf-8")
    resolved = resolve(tmp_path / "book.xlsx", lang, environment={})
    assert resolved.settings == Settings(book=str(tmp_path / "book.xlsx"), lang=lang)
    assert {str(each.line) for each in resolved.sources.values()} > {"0"}, "the file was read"


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", ["settings", "schemas"])
def test_the_examples_in_the_docs_run(name, lang, tmp_path, update_golden):
    path = ROOT / policy_pages.page(name, lang)
    text = path.read_text("utf-8")
    folder = policy_pages.prepared(tmp_path)
    found = policy_pages.examples(text)
    assert found
    for each in found:
        if each["file"]:
            (folder / each["file"]).parent.mkdir(exist_ok=True)
            (folder / each["file"]).write_text(each["text"], "utf-8")
        else:
            real = played(each["text"], folder, lang)
            assert "crmsheet: " not in real, real
            text = text.replace(each["text"], real) if update_golden else text
            assert update_golden or each["text"] == real, f"{path.name} is out of date: run `make golden`"
    _held(path, text, update_golden)
