"""The tutorial is typed, line by line, into a real terminal; the screens in its pages are what stood there.

`make golden` writes the screens anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import ROOT
from tests.e2e.tutorial.terminal import PROMPT, Terminal
from tests.golden.sessions import settled
from tests.morning import workplace

pytestmark = pytest.mark.e2e("tmux", "bash")

PAGES = {"en": ROOT / "docs/tutorial.md", "zh": ROOT / "docs/zh/tutorial.md"}
SCREEN = re.compile(
    r"(?<=<!-- screen: )(?P<name>[\w-]+)(?P<open> -->\n+```console\n)(?P<shown>.*?)(?=```\n)", re.DOTALL
)


def script(lang: str) -> list[Mapping[str, Any]]:
    """The lines to type, in order. `see` is what must come; `answers` what is said to each question before it comes."""
    return yaml.safe_load((Path(__file__).parent / f"{lang}.yml").read_text("utf-8"))


def walked(terminal: Terminal, lang: str) -> Iterator[tuple[str, str]]:
    """The name of each screen, and the screen."""
    for step in script(lang):
        terminal.type(step["type"])
        for times, said in enumerate(step.get("answers", ()), 1):
            terminal.wait_to_be_asked(step["asked"], times)
            terminal.answer(str(said))
        shown = terminal.wait(step.get("see", step["type"]))
        if "screen" in step:
            shown = shown.removesuffix(PROMPT.strip()).rstrip()
            yield step["screen"], f"{shown}\n"


@pytest.mark.parametrize("lang", PAGES)
def test_the_tutorial_can_be_walked(lang, tmp_path, update_golden):
    text = PAGES[lang].read_text("utf-8")
    with workplace() as folder, Terminal(folder, tmp_path, lang) as terminal:
        screens = {name: settled(shown, folder) for name, shown in walked(terminal, lang)}
    assert [found["name"] for found in SCREEN.finditer(text)] == list(screens), "the page shows other screens"
    if update_golden:
        text = SCREEN.sub(lambda found: found["name"] + found["open"] + screens[found["name"]], text)
        PAGES[lang].write_text(text, "utf-8")
    for found in SCREEN.finditer(text):
        assert found["shown"] == screens[found["name"]], f"{found['name']} is out of date: run `make golden`"


def test_both_languages_take_the_same_steps():
    english, chinese = script("en"), script("zh")
    assert [each.get("screen") for each in english] == [each.get("screen") for each in chinese]
    assert [len(each.get("answers", ())) for each in english] == [len(each.get("answers", ())) for each in chinese]
