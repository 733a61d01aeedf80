"""Every command has a page in both languages that says what its help says, and no other page is there."""

from __future__ import annotations

import re

import pytest

from crmsheet.cli.main import COMMANDS
from tests.cli.conftest import crmsheet
from tests.golden import command_pages
from tests.morning import workplace

LANGUAGES = ("en", "zh")
PAGES = (command_pages.INDEX, *COMMANDS)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_what_the_command_says(name, lang, update_golden):
    path = command_pages.folder(lang) / f"{name}.md"
    with workplace() as desk:
        real = command_pages.page(name, lang, desk)
    if update_golden:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(real, "utf-8")
    assert path.exists(), f"{name} has no page: run `make golden`"
    assert path.read_text("utf-8") == real, f"{path.name} is out of date: run `make golden`"


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", COMMANDS)
def test_the_page_names_every_option_of_the_help(name, lang, monkeypatch):
    """The generator and `--help` read the parser differently; here the printed help is what counts."""
    monkeypatch.setenv("CRMSHEET_LANG", lang)
    described = command_pages.described(name, lang)
    children = getattr(command_pages.commands(lang)[name], "commands", ())
    for words in ([name], *([name, each] for each in children)):
        said = crmsheet(*words, "--help").out
        options = re.findall(r"^  (?:-\w, )?(--[a-z-]+)", said, re.MULTILINE)
        assert options
        for option in options:
            assert option in described, f"{name}: {option} is not on its page"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_page_without_a_command(lang, update_golden):
    for each in command_pages.folder(lang).iterdir():
        if each.stem not in PAGES and update_golden:
            each.unlink()
            continue
        assert each.stem in PAGES, f"{each.name} tells of a command that is gone: run `make golden`"


def test_every_session_belongs_to_a_command():
    assert set(command_pages.SESSIONS) == set(COMMANDS), "write a session into tests/golden/command_sessions.yml"
