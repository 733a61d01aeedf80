"""The file of decisions beside a book: whoever writes it, nothing is lost, and what counts for nothing is told."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

from crmsheet.app.opening import load_book
from crmsheet.app.pair_decisions import decide, decisions_of, decisions_path, held, known_to, notes, take_back
from crmsheet.book.lock import locked_to_crmsheet
from crmsheet.core.errors import BookLocked, BookUnreadable, WriteFailed
from crmsheet.core.messages import Speech
from crmsheet.disk import steps
from crmsheet.match.decisions import DIFFERENT, LATER, SAME, Decision
from tests.small_books import request_of
from tests.twin_book import twins

FIRST = Decision("C001", "C002", SAME, "王芳", "2026-01-05T09:30:00", {"owner": "C002"})
SECOND = Decision("C003", "C004", DIFFERENT, "li", "2026-01-05T09:31:00")


@pytest.fixture
def book(tmp_path):
    return twins(tmp_path / "客户.xlsx")


def said(book: Path) -> str:
    english = Speech("en", str)
    return "\n".join(english.say(each) for each in notes(load_book(request_of(book))))


def test_a_new_file_explains_itself_in_the_language_of_the_book(book):
    for lang, word in (("zh", "每行一个决定"), ("en", "One decision a line")):
        decide(book, [FIRST], lang)
        text = decisions_path(book).read_text("utf-8")
        assert word in text.partition("\n\n")[0]
        assert all(line.startswith("# ") for line in text.partition("\n\n")[0].splitlines())
        assert decisions_of(book) == (FIRST,)
        decisions_path(book).unlink()


def test_where_the_file_stands(tmp_path, book, monkeypatch):
    assert decisions_path(book) == tmp_path / "客户.xlsx.decisions.txt"
    folder = tmp_path / "book"
    folder.mkdir()
    twins(folder / "客户.csv")
    decide(folder, [FIRST])
    assert decisions_path(folder) == tmp_path / "book.decisions.txt"
    assert [each.name for each in folder.glob("*.txt")] == []
    monkeypatch.chdir(folder)
    assert decisions_path(Path()) == tmp_path / "book.decisions.txt"


def test_lines_are_added_and_taken_back_one_by_one(book):
    decide(book, [FIRST, SECOND])
    before = decisions_path(book).read_bytes()
    third = Decision("C005", "C006", LATER)
    decide(book, [third])
    assert decisions_of(book) == (FIRST, SECOND, third)
    take_back(book, third)
    assert decisions_path(book).read_bytes() == before
    take_back(book, FIRST)
    assert decisions_of(book) == (SECOND,)
    take_back(book, FIRST)  # somebody deleted it by hand before
    assert decisions_of(book) == (SECOND,)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_an_editor_made_of_it_is_read_and_goes_on(book, encoding, end):
    text = f"# 查重决定{end}同一\tC001\tC002\t王芳\t\t{end}perhaps\t一行笔记{end}{end}不同 C003 C004"
    decisions_path(book).write_bytes(text.encode(encoding))
    assert [each.verdict for each in decisions_of(book)] == [SAME, DIFFERENT]
    decide(book, [Decision("C005", "C006", LATER)])
    assert [each.verdict for each in decisions_of(book)] == [SAME, DIFFERENT, LATER]
    content = decisions_path(book).read_bytes()
    read = "utf-8" if encoding == "utf-16" else encoding
    assert content.decode(read) == f"{text}{end}later\tC005\tC006{end}"
    take_back(book, Decision("C005", "C006", LATER))
    assert [each.verdict for each in decisions_of(book)] == [SAME, DIFFERENT]


def test_damaged_bytes_stay_and_harm_no_other_line(book):
    damaged = "same\tC001\tC002\t王芳王芳王芳王芳\n".encode() + b"# \xe7\x8e\xff\xff\n"
    decisions_path(book).write_bytes(damaged)
    decide(book, [SECOND])
    assert decisions_path(book).read_bytes().startswith(damaged)
    assert [each.verdict for each in decisions_of(book)] == [SAME, DIFFERENT]


def test_what_counts_for_nothing_is_told(book):
    decisions_path(book).write_text(
        "perhaps\tC001\tC002\nsame\tC001\tC999\n"
        "same\tC001\tC002\nsame\tC002\tC003\ndifferent\tC003\tC001\n" + "bad\n" * 9,
        "utf-8",
    )
    told = said(book)
    assert "客户.xlsx.decisions.txt, line 1, counts for nothing" in told
    assert "no customer has the key C999" in told
    assert "C001 and C003 are decided to be different" in told
    assert "5 more lines" in told
    assert len(told.splitlines()) == 8


def test_a_proposed_key_decides_nothing(tmp_path):
    """It may be another customer's as soon as somebody sorts the sheet."""
    book = twins(tmp_path / "客户.xlsx", keyed=False)
    decide(book, [Decision("K000001", "K000002", SAME)])
    loaded = load_book(request_of(book))
    assert known_to(loaded) == ()
    assert "only a proposal" in said(book)


def test_nothing_is_written_by_reading(book, tmp_path):
    load = load_book(request_of(book))
    assert (notes(load), known_to(load), held(book).decisions) == ((), (), ())
    assert [each.name for each in tmp_path.iterdir()] == ["客户.xlsx"]


def test_excel_may_have_the_book_open_but_no_other_crmsheet(book, monkeypatch):
    (book.parent / f"~${book.name}").write_bytes(b"\x02li")
    decide(book, [FIRST])
    assert decisions_of(book) == (FIRST,)
    monkeypatch.setattr("crmsheet.app.pair_decisions.SHORTLY", 0.0)
    with locked_to_crmsheet(book), pytest.raises(BookLocked):
        decide(book, [SECOND])
    assert decisions_of(book) == (FIRST,)


def test_two_at_once_lose_nothing(book):
    """Two processes append at the same time."""
    code = (
        "import sys; from pathlib import Path; from crmsheet.app.pair_decisions import decide;"
        "from crmsheet.match.decisions import Decision;"
        "[decide(Path(sys.argv[1]), [Decision(f'{sys.argv[2]}-{at}', 'X', 'same')]) for at in range(5)]"
    )
    running = [subprocess.Popen([sys.executable, "-c", code, str(book), str(number)]) for number in range(2)]
    assert [each.wait(120) for each in running] == [0, 0]
    wanted = sorted(f"{number}-{at}" for number in range(2) for at in range(5))
    assert sorted(each.left for each in decisions_of(book)) == wanted
    assert not held(book).unread


@pytest.mark.parametrize("step", ["create", "write", "sync", "give_rights", "replace"])
def test_a_write_that_fails_leaves_the_old_file(book, step, monkeypatch):
    decide(book, [FIRST])
    before = decisions_path(book).read_bytes()

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    real = getattr(steps, step)
    monkeypatch.setattr(
        steps, step, lambda *given: full() if ".decisions" in str(given) or step in ("write", "sync") else real(*given)
    )
    with pytest.raises(WriteFailed):
        decide(book, [SECOND])
    monkeypatch.undo()
    assert decisions_path(book).read_bytes() == before
    assert not list(book.parent.glob(".*.tmp"))


def test_a_file_that_may_not_be_read_is_told(book):
    decisions_path(book).mkdir()
    with pytest.raises(BookUnreadable):
        decisions_of(book)


def test_the_marks_of_a_merge_in_git_are_told_and_both_sides_hold(book):
    decide(book, [FIRST])
    path = decisions_path(book)
    path.write_text(
        path.read_text("utf-8") + "<<<<<<< HEAD\ndifferent\tC003\tC004\n=======\nsame\tC005\tC006\n>>>>>>> b\n", "utf-8"
    )
    assert [each.verdict for each in decisions_of(book)] == [SAME, DIFFERENT, SAME]
    assert len(held(book).unread) == 3


def test_the_sheet_of_the_book_is_untouched(book):
    before = book.read_bytes()
    decide(book, [FIRST])
    assert book.read_bytes() == before
    assert openpyxl.load_workbook(book).sheetnames == ["客户"]
