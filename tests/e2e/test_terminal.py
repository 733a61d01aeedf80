"""crmsheet in a real terminal: narrow ones, pipes into other programs, colours."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from rich.cells import cell_len

from tests.conftest import ROOT
from tests.e2e.tutorial.terminal import Terminal
from tests.morning import workplace

pytestmark = pytest.mark.e2e("tmux", "bash")

COLOUR = re.compile(r"\x1b\[[\d;]*m")
BOOKS = {"en": "en/customer-book.xlsx", "zh": "客户关系管理书.xlsx"}


def on_the_desk(folder: Path, lang: str) -> str:
    shutil.copyfile(ROOT / "examples" / BOOKS[lang], folder / "book.xlsx")
    return "book.xlsx"


@pytest.mark.parametrize("lang", BOOKS)
def test_a_narrow_terminal_holds_every_line(lang, tmp_path):
    with workplace() as folder, Terminal(folder, tmp_path, lang, columns=60, lines=60) as terminal:
        book = on_the_desk(folder, lang)
        for line, there in (
            (f"crmsheet check {book} | head -n 50", "CRM212"),
            (f"crmsheet show C09999 {book}", "C09999"),
            (f"crmsheet clean {book} --write", "undo"),
        ):
            terminal.type(line)
            terminal.wait(there)
            told = COLOUR.sub("", terminal.unfolded())
            assert "�" not in told
            if "head" not in line:  # a pipe is no terminal, and has 100 columns
                wide = [each for each in told.split("\n") if cell_len(each) > 60]
                assert not wide, wide


def test_pipes_get_what_programs_read(tmp_path):
    with workplace() as folder, Terminal(folder, tmp_path, "zh") as terminal:
        book = on_the_desk(folder, "zh")
        terminal.type(f"crmsheet check {book} | head -n 2; echo status ${{PIPESTATUS[0]}}")
        shown = terminal.wait("status 1")  # it found errors; that head has gone changes nothing
        assert "Traceback" not in shown
        assert "Broken pipe" not in shown
        terminal.type(f"crmsheet check {book} -f json | python -m json.tool | head -n 3")
        assert '"format": "crmsheet/1"' in terminal.wait("crmsheet/1")
        terminal.type(f"crmsheet history {book} > out.txt; wc -l < out.txt")
        terminal.wait("wc -l")
        assert not COLOUR.search((folder / "out.txt").read_text("utf-8"))


def test_colours_are_for_terminals_that_want_them(tmp_path):
    with workplace() as folder, Terminal(folder, tmp_path, "en") as terminal:
        book = on_the_desk(folder, "en")
        terminal.type(f"crmsheet tier {book} --write > /dev/null")
        terminal.wait("/dev/null")
        for setting, coloured in (("", True), ("NO_COLOR=1 ", False)):
            terminal.type(f"{setting}crmsheet history {book}")
            terminal.wait("tier")
            assert bool(COLOUR.search(terminal.screen(colours=True))) == coloured
