"""Writing a book: what stays true when a run is killed, the book is open elsewhere, or people edit in between."""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
from pathlib import Path

import openpyxl
import pytest

from crmsheet.app import keeping
from crmsheet.app.apply import apply
from crmsheet.app.clean import clean
from crmsheet.app.opening import load_book
from crmsheet.app.outcomes import proposed
from crmsheet.app.request import Request
from crmsheet.app.undo import undo
from crmsheet.app.versions import history_of
from crmsheet.book import containers
from crmsheet.book.replacing import digest
from crmsheet.core.changes import Change, Changes
from crmsheet.core.errors import BudgetExceeded, NothingToUndo, ProposalKept, WriteFailed

NOW = dt.datetime(2026, 1, 5, 9, 30)
HEADERS = ("客户编号", "客户名称", "手机", "备注")
SPELLED = "138 0013 80{:02}"
CLEAN = "138001380{:02}"


class Killed(BaseException):
    """The process ended here; no code of ours catches it."""


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A book of twenty customers whose numbers are spelled with blanks."""
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.title = "客户"
    sheet.append(HEADERS)
    for at in range(20):
        sheet.append((f"K{at:06}", f"上海第{at}贸易有限公司", SPELLED.format(at), f"备注 {at}"))
    path = tmp_path / "客户.xlsx"
    made.save(path)
    return path


def request(book: Path) -> Request:
    return Request(NOW, NOW.date(), book, lang="en", actor="test")


def write(book: Path) -> str:
    return clean(request(book), write=True).version


def content(book: Path) -> bytes:
    return book.read_bytes()


def cell(book: Path, place: str) -> object:
    return openpyxl.load_workbook(book)["客户"][place].value


def edit(book: Path, **cells: object) -> None:
    """Somebody edits cells in another program, which writes the whole file anew."""
    opened = openpyxl.load_workbook(book)
    for place, value in cells.items():
        opened["客户"][place] = value
    opened.save(book)


def origins(book: Path) -> list[tuple[str, str]]:
    return [(each.origin, each.command) for each in history_of(book).versions()]


def test_a_write_is_a_version_after_the_one_that_was_found(book):
    before = content(book)
    write(book)
    assert cell(book, "C2") == CLEAN.format(0)
    assert origins(book) == [("found", ""), ("crmsheet", "clean")]
    found, ours = history_of(book).versions()
    assert history_of(book).restore(found.id).files == {"": before}
    assert history_of(book).restore(ours.id).files == {"": content(book)}
    assert ours.sha256 == digest({"": content(book)})


def test_what_the_patcher_knows_makes_the_same_history(book, monkeypatch):
    monkeypatch.setattr(containers, "SEARCHED", 0)
    write(book)
    ours = history_of(book).versions()[-1]
    restored = history_of(book).restore(ours.id)
    assert restored.exact
    assert restored.files == {"": content(book)}


@pytest.mark.parametrize("stage", ["replace", "seal"])
def test_a_crash_leaves_a_book_that_the_next_write_understands(book, monkeypatch, stage):
    before = content(book)

    def killed(*_args, **_named):
        raise Killed

    with monkeypatch.context() as patched:
        if stage == "replace":
            patched.setattr(keeping, "replace", killed)
        else:
            patched.setattr("crmsheet.history.store.History.seal", killed)
        with pytest.raises(Killed):
            write(book)
    assert [each.command for each in history_of(book).pending()] == ["clean"]
    replaced = stage == "seal"
    assert (content(book) != before) == replaced
    edit_after = content(book)
    opened = load_book(request(book))
    note = Changes.of([Change("set", "customers", "K000001", 3, "D", "notes", "备注 1", "新的备注")])
    proposed(opened, note, "note", write=True)
    assert history_of(book).pending() == ()
    commands = [command for _, command in origins(book)]
    assert commands == (["", "clean", "note"] if replaced else ["", "note"])
    assert history_of(book).restore(history_of(book).versions()[-2].id).files == {"": edit_after}


def test_undo_gives_back_the_very_bytes(book):
    before = content(book)
    write(book)
    undo(request(book), write=True)
    assert content(book) == before


def test_undo_keeps_what_somebody_else_wrote_since(book):
    write(book)
    edit(book, D5="同事写的", B6="改名有限公司")
    undo(request(book), write=True)
    assert cell(book, "D5") == "同事写的"
    assert cell(book, "B6") == "改名有限公司"
    assert cell(book, "C5") == SPELLED.format(3)
    assert origins(book) == [("found", ""), ("crmsheet", "clean"), ("found", ""), ("crmsheet", "undo")]


def test_undo_finds_its_rows_by_key_after_they_were_sorted(book):
    write(book)
    opened = openpyxl.load_workbook(book)
    sheet = opened["客户"]
    rows = [[each.value for each in row] for row in sheet.iter_rows(min_row=2)]
    for number, row in enumerate(reversed(rows), start=2):
        for column, value in enumerate(row, start=1):
            sheet.cell(number, column, value)
    opened.save(book)
    undo(request(book), write=True)
    assert [cell(book, "A2"), cell(book, "C2")] == ["K000019", SPELLED.format(19)]


def test_undo_leaves_a_cell_that_somebody_has_changed_since(book):
    write(book)
    edit(book, C5="13900139000")
    assert undo(request(book), write=True).counts["conflicts"] == 1
    assert [cell(book, f"C{row}") for row in (4, 5, 6)] == [SPELLED.format(2), "13900139000", SPELLED.format(4)]


def test_undo_twice_steps_back_two_versions(book):
    states = [content(book)]
    write(book)
    states.append(content(book))
    opened = load_book(request(book))
    note = Changes.of([Change("set", "customers", "K000001", 3, "D", "notes", "备注 1", "新的备注")])
    proposed(opened, note, "note", write=True)
    undo(request(book), write=True)
    assert content(book) == states[1]
    undo(request(book), write=True)
    assert content(book) == states[0]
    with pytest.raises(NothingToUndo):
        undo(request(book), write=True)


@pytest.mark.parametrize("mark", ["~${}", ".~{}", ".~lock.{}#"])
def test_a_book_open_elsewhere_is_left_alone_and_the_proposal_kept(book, mark):
    before = content(book)
    beside = book.parent / mark.format(book.name)
    beside.write_bytes(b"\x05Marie" + bytes(200))
    with pytest.raises(ProposalKept) as caught:
        write(book)
    assert caught.value.exit_code == 6
    assert content(book) == before
    beside.unlink()
    proposal = Path(caught.value.facts["proposal"])
    assert apply(dataclasses.replace(request(book), book=None), proposal, write=True).version
    assert cell(book, "C2") == CLEAN.format(0)


def test_a_run_over_its_budget_writes_nothing_and_keeps_the_proposal(book):
    before = content(book)
    rows = range(2, 12)
    many = Changes.of(
        Change("set", "customers", f"K{row - 2:06}", row, "D", "notes", f"备注 {row - 2}", "换了") for row in rows
    )
    with pytest.raises(BudgetExceeded) as caught:
        proposed(load_book(request(book)), many, "many", write=True)
    assert caught.value.exit_code == 8
    assert content(book) == before
    apply(request(book), Path(caught.value.facts["proposal"]), write=True)
    assert [cell(book, f"D{row}") for row in (2, 11, 12)] == ["换了", "换了", "备注 10"]


def test_a_book_that_changed_while_we_worked_is_left_alone(book, monkeypatch):
    patch = keeping.patch

    def slow(opened, edits):
        edit(book, D5="同事写的")
        return patch(opened, edits)

    monkeypatch.setattr(keeping, "patch", slow)
    with pytest.raises(ProposalKept) as caught:
        write(book)
    assert caught.value.exit_code == 6
    assert (cell(book, "D5"), cell(book, "C5")) == ("同事写的", SPELLED.format(3))
    assert history_of(book).pending() == ()


def test_a_folder_that_takes_no_files_leaves_the_book_as_it_was(book, monkeypatch):
    """Root may write anywhere, so a run as root has the refusal made for it."""
    before = content(book)
    if os.geteuid() == 0:

        def refused(path, *_args, **_named):
            raise PermissionError(13, "Permission denied", str(path))

        monkeypatch.setattr("pathlib.Path.mkdir", refused)
    else:
        book.parent.chmod(0o500)
    try:
        with pytest.raises(WriteFailed) as caught:
            write(book)
    finally:
        monkeypatch.undo()
        book.parent.chmod(0o700)
    assert caught.value.exit_code == 9
    assert content(book) == before
    assert [each.name for each in book.parent.iterdir()] == [book.name]
