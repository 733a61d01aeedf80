"""A book that is open elsewhere: who has it, since when, and a night that waits for it."""

from __future__ import annotations

import os
import re
import threading
import time
from pathlib import Path

import openpyxl
import pytest

from tests.cli.conftest import BOOKS, TODAY, crmsheet, members

OWNER = b"\x04Wang" + b" " * 50


def opened(book: Path, hours: float = 0.0) -> Path:
    """Excel has the book open, since as many hours."""
    mark = book.parent / f"~${book.name}"
    mark.write_bytes(OWNER)
    then = time.time() - hours * 3600
    os.utime(mark, (then, then))
    return mark


def test_who_has_it_open_is_said_with_the_time_and_how_to_go_on(copy):
    book = copy(BOOKS[3])
    opened(book, 2 + 5 / 60)
    zh = crmsheet("nightly", book, "--today", TODAY, "--write", "--lang", "zh")
    assert zh.code == 6
    assert re.search(r"Wang、?.*Excel.*自 \d{4}-\d\d-\d\d \d\d:\d\d 起，已占用 2 小时 5 分钟", zh.err), zh.err
    assert "crmsheet apply" in zh.err
    en = crmsheet("nightly", book, "--today", TODAY, "--write", "--lang", "en")
    assert "for 2 h 5 min" in en.err
    opened(book, 30)
    old = crmsheet("nightly", book, "--today", TODAY, "--write", "--lang", "en")
    assert f"If nobody has it open any more, that is a leftover: delete {book.parent / f'~${book.name}'}" in old.err


def test_the_night_waits_until_the_book_is_closed_and_reads_what_was_saved(copy):
    book = copy(BOOKS[3])
    mark = opened(book)
    marked = threading.Event()

    def save_and_close() -> None:
        sheets = openpyxl.load_workbook(book)
        sheet = sheets.worksheets[0]
        sheet.cell(3, [cell.value for cell in sheet[1]].index("备注") + 1).value = "关闭前写的"
        sheets.save(book)
        marked.set()
        mark.unlink()

    closing = threading.Timer(0.5, save_and_close)
    closing.start()
    ran = crmsheet("nightly", book, "--today", TODAY, "--write", "--wait", "2m", "--lang", "en")
    closing.join()
    assert marked.is_set()
    assert ran.code == 0, ran.err
    assert "waiting: Wang, Excel" in ran.err
    assert "changed meanwhile" not in ran.out, "it was read after it was saved"
    sheet = openpyxl.load_workbook(book).worksheets[0]
    assert "关闭前写的" in [cell.value for cell in sheet[3]]
    assert crmsheet("nightly", book, "--today", TODAY, "-f", "json").document["changes"] == []


def test_when_the_time_is_over_the_proposal_is_kept(copy):
    book = copy(BOOKS[3])
    mark, before = opened(book), members(book)
    ran = crmsheet("nightly", book, "--today", TODAY, "--write", "--wait", "1s", "--lang", "en")
    assert ran.code == 6
    assert members(book) == before
    assert "open elsewhere (Wang, Excel" in ran.err
    proposal = re.search(r"`crmsheet apply (.*?) --write`", ran.err)[1]
    mark.unlink()
    assert crmsheet("apply", proposal, "--write").code == 0
    assert crmsheet("nightly", book, "--today", TODAY, "-f", "json").document["changes"] == []


@pytest.mark.parametrize("text", ["2", "h", "2x", "-1h", "1.5h", "2h 3", "", "soon", "两小时"])
def test_what_is_no_length_of_time(copy, text):
    ran = crmsheet("nightly", copy(BOOKS[3]), "--write", "--wait", text, "--lang", "en")
    assert ran.code == 2
    assert f"{text} is no length of time; write it like 90s, 15m or 2h" in ran.err


@pytest.mark.parametrize(("text", "seconds"), [("90s", 90), ("15m", 900), ("2h", 7200), ("1h30m", 5400), ("2H", 7200)])
def test_lengths_of_time(text, seconds):
    from crmsheet.cli.options import duration

    assert duration(text) == seconds


def test_there_is_nothing_to_wait_for_without_write(copy):
    ran = crmsheet("nightly", copy(BOOKS[3]), "--wait", "2h", "--lang", "zh")
    assert ran.code == 2
    assert "--write" in ran.err
