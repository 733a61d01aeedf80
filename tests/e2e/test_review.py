"""The review of duplicates by a person: in a narrow terminal that is killed, and in a form that LibreOffice saves."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import openpyxl
import pytest
from rich.cells import cell_len

from crmsheet.app.pair_decisions import decisions_of
from crmsheet.cli.main import run
from crmsheet.match.decisions import DIFFERENT, SAME
from tests.e2e.test_libreoffice_merge import saved_by_libreoffice
from tests.e2e.tutorial.terminal import Terminal
from tests.morning import workplace
from tests.twin_book import TWINS, twins

COLUMNS = 60
QUESTION = "? 帮助 >"


def child_of(process: int) -> int:
    """The process that a shell waits for."""
    [child] = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return int(child)


@pytest.mark.e2e("tmux", "bash")
@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="the process to kill is found in /proc")
def test_a_review_goes_on_where_it_was_killed(tmp_path):
    with workplace() as folder, Terminal(folder, tmp_path, "zh", columns=COLUMNS, lines=150) as terminal:
        book = twins(folder / "客户.xlsx")
        before = book.read_bytes()
        review = "crmsheet dedupe 客户.xlsx --review"
        terminal.type(review)
        terminal.wait_to_be_asked(QUESTION, 1)
        terminal.answer("y")
        shown = terminal.wait_to_be_asked(QUESTION, 2)
        assert "1 / 3" in shown
        assert "2 / 3" in shown
        assert max(map(cell_len, terminal.unfolded().split("\n"))) <= COLUMNS
        os.kill(child_of(terminal.shell), signal.SIGKILL)
        terminal.wait("Killed")
        assert [each.verdict for each in decisions_of(book)] == [SAME]

        terminal.type(review)
        assert "1 / 2" in terminal.wait_to_be_asked(QUESTION, 1)
        terminal.answer("不同")
        terminal.wait_to_be_asked(QUESTION, 2)
        terminal.press("C-c")
        terminal.wait("已回答的都已保存")
        terminal.type("echo status $?")
        terminal.wait("status 130")
        assert [each.verdict for each in decisions_of(book)] == [SAME, DIFFERENT]

        terminal.type(review)
        assert "1 / 1" in terminal.wait_to_be_asked(QUESTION, 1)
        terminal.answer("y")
        terminal.wait("全部决定完毕")
        assert [each.verdict for each in decisions_of(book)] == [SAME, DIFFERENT, SAME]
        assert book.read_bytes() == before


@pytest.mark.e2e("soffice")
def test_a_form_that_libreoffice_saved_is_read_back(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    book = twins(tmp_path / "客户.xlsx")
    assert run(["dedupe", "客户.xlsx", "-f", "xlsx", "-o", "form.xlsx", "--lang", "zh"]) == 0
    (tmp_path / "lo").mkdir()
    saved = saved_by_libreoffice(tmp_path / "form.xlsx", tmp_path / "lo")
    form = openpyxl.load_workbook(saved)
    sheet = form.worksheets[0]
    offered = {each.formula1 for each in sheet.data_validations.dataValidation}
    assert '"同一客户,不同客户,稍后"' in offered
    heads = {cell.value: cell.column for cell in sheet[1]}
    keys = {sheet.cell(row, heads["客户编号"]).value: row for row in range(2, sheet.max_row + 1)}
    sheet.cell(keys["C001"] + 2, heads["决定"]).value = "同一客户"
    sheet.cell(keys["C003"] + 2, heads["决定"]).value = "不同客户"
    form.save(tmp_path / "form.xlsx")
    again = saved_by_libreoffice(tmp_path / "form.xlsx", tmp_path / "lo")
    assert run(["dedupe", "客户.xlsx", "--answers", str(again)]) == 0
    assert {each.pair: each.verdict for each in decisions_of(book)} == {TWINS[0]: SAME, TWINS[1]: DIFFERENT}
