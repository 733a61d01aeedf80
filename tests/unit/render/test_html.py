"""The page stands alone, speaks its language, and no cell becomes markup."""

from __future__ import annotations

import datetime as dt
import re
from html.parser import HTMLParser

import pytest

from crmsheet.core.messages import Message
from crmsheet.core.outcome import Outcome, Section
from crmsheet.render import Terminal, renderers
from crmsheet.resources import speech

HOSTILE = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>\u202e\u200b\x1b[31m&amp;`<b>`"
VOID = {"meta"}


class Page(HTMLParser):
    """The elements of a page and the text in them; an element that is not closed in order is an error."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[tuple[str, str]] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.seen.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and data.strip():
            self.text.append((self.open[-1], data))

    def within(self, tag: str) -> list[str]:
        return [text for each, text in self.text if each == tag]


def page(*sections: Section, notes: tuple[object, ...] = (), lang: str = "en", subject: str = "客户.xlsx") -> Page:
    outcome = Outcome("show", subject, sections=sections, notes=notes, today="2026-11-23")  # type: ignore[arg-type]  # texts
    return Page(renderers["html"].render(outcome, speech(lang), Terminal()))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_language_and_title(lang):
    found = page(lang=lang, notes=(Message("{days:,} days late", {"days": 3}),))
    attributes = dict(found.seen)
    assert attributes["html"]["lang"] == {"zh": "zh-CN", "en": "en"}[lang]
    (title,) = found.within("title")
    assert title == found.within("h1")[0]
    assert "客户.xlsx" in title
    assert found.within("p") == [{"zh": "已逾期 3 天", "en": "3 days late"}[lang]]


def test_hostile_cells_stay_text_wherever_they_stand():
    table = Section(HOSTILE, (HOSTILE, "n"), ((HOSTILE, 1.0),), HOSTILE)
    pairs = Section("p", ("", ""), ((HOSTILE, HOSTILE),))
    found = page(table, pairs, notes=(HOSTILE, HOSTILE), subject=HOSTILE)
    assert {tag for tag, _ in found.seen} <= {
        "html", "head", "meta", "title", "style", "body", "main", "header", "h1", "p", "div", "section", "h2", "table",
        "thead", "tbody", "tr", "th", "td", "dl", "dt", "dd", "code",
    }  # fmt: skip
    assert {name for _, attributes in found.seen for name in attributes} <= {
        "lang", "charset", "name", "content", "http-equiv", "class", "scope", "data-title",
    }  # fmt: skip
    said = "".join(text for _, text in found.text)
    assert not re.search("[\u202e\u200b\x1b]", said)
    assert "<script>alert(1)</script>" in said
    assert found.within("td")[0].startswith("\"'><script>")


def test_nothing_is_fetched_and_no_script_may_run():
    text = renderers["html"].render(Outcome("show", "b", today="2026-11-23"), speech("en"), Terminal())
    assert "default-src 'none'" in text
    assert not re.search(r"https?:|url\(|@import|<script|<link|<img|<iframe", text)


def test_sections_in_order_pairs_beside_each_other_and_empty_ones_left_out():
    pairs = [Section(name, ("", ""), (("a", 1),)) for name in ("one", "two")]
    table = Section("three", ("a", "b"), ((1, dt.date(2026, 1, 2)),), "a note with `crmsheet tier`")
    found = page(*pairs, Section("empty", ("a",), ()), table, Section("only a note", ("a",), (), "nothing"))
    assert found.within("h2") == ["one", "two", "three", "only a note"]
    assert [attributes.get("class") for tag, attributes in found.seen if tag == "div"] == ["pairs"]
    assert found.within("dt") == ["a", "a"]
    assert found.within("code") == ["crmsheet tier"]


def test_numbers_stand_to_the_right_and_each_cell_knows_its_title():
    rows = ((1234.5, dt.date(2026, 1, 2), "x"), (None, None, None))
    found = page(Section("t", ("Amount", "Day", "Text"), rows))
    cells = [attributes for tag, attributes in found.seen if tag == "td"]
    assert [each.get("class") for each in cells[:3]] == ["number", "day", None]
    assert [each["data-title"] for each in cells[:3]] == ["Amount", "Day", "Text"]
    assert found.within("td") == ["1,234.50", "2026-01-02", "x"]
