"""Writing a book: what stays true when a run is killed, the book is open elsewhere, or people edit in between."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import os
from pathlib import Path

import openpyxl
import pytest

from crmsheet.app import keeping
from crmsheet.app.apply import apply
from crmsheet.app.cell import append, set_cell
from crmsheet.app.clean import clean
from crmsheet.app.opening import load_book
from crmsheet.app.outcomes import proposed
from crmsheet.app.request import Request
from crmsheet.app.undo import taken_back, undo
from crmsheet.app.versions import history_of
from crmsheet.book import containers
from crmsheet.book.replacing import digest
from crmsheet.change.entering import appended
from crmsheet.clean.keys import next_keys
from crmsheet.core.changes import Change, Changes, ChangeSet
from crmsheet.core.errors import (
    BookChanged,
    BudgetExceeded,
    ConflictError,
    NothingToUndo,
    ProposalKept,
    ProposalOutdated,
    WriteFailed,
)
from crmsheet.core.messages import Message, Speech

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


def at_the_moment_of_writing(monkeypatch, deed, times=1):
    """Somebody does something between reading and exchanging, as often as given."""
    patch, left = keeping.patch, [times]

    def slow(*given):
        if left[0]:
            left[0] -= 1
            deed()
        return patch(*given)

    monkeypatch.setattr(keeping, "patch", slow)


def test_a_book_that_changed_in_another_cell_while_we_worked_gets_both(book, monkeypatch):
    at_the_moment_of_writing(monkeypatch, lambda: edit(book, D5="同事写的"))
    outcome = clean(request(book), write=True)
    assert (cell(book, "D5"), cell(book, "C5")) == ("同事写的", CLEAN.format(3))
    said = " ".join(Speech("en", str).say(each) for each in outcome.notes)
    assert "was changed meanwhile (in another program): 20 changes were planned anew" in said
    assert history_of(book).versions()[-1].sha256 == digest({"": content(book)})
    assert history_of(book).versions()[-2].origin == "found"


def test_a_cell_that_changed_while_we_worked_is_left_alone(book, monkeypatch):
    at_the_moment_of_writing(monkeypatch, lambda: edit(book, C5="13900139000"))
    with pytest.raises(ProposalOutdated, match=r"1 of the changes no longer fit; the first: 客户!C5") as caught:
        write(book)
    assert caught.value.exit_code == 6
    assert (cell(book, "C5"), cell(book, "C6")) == ("13900139000", SPELLED.format(4))
    assert history_of(book).pending() == ()
    assert Path(caught.value.facts["proposal"]).is_file()


def test_a_book_that_changes_whenever_it_is_read_is_left_alone(book, monkeypatch):
    numbers = iter(range(9))
    at_the_moment_of_writing(monkeypatch, lambda: edit(book, D5=f"同事写的 {next(numbers)}"), times=9)
    with pytest.raises(ProposalKept, match="was changed by somebody else"):
        write(book)
    assert next(numbers) == keeping.TIMES
    assert cell(book, "C5") == SPELLED.format(3)


def test_what_somebody_else_has_written_already_is_not_written_again(book):
    opened = load_book(request(book))
    note = Changes.of([Change("set", "customers", "K000001", 3, "D", "notes", "备注 1", "新的备注")])
    edit(book, D3="新的备注")
    after = content(book)
    _, done = proposed(opened, note, "note", write=True)
    assert content(book) == after
    assert (done.version, len(done.applied)) == ("", 0)


def test_the_budget_counts_again_what_is_planned_anew(book):
    opened = load_book(request(book))
    rows = range(2, 7)
    many = Changes.of(
        Change("set", "customers", f"K{row - 2:06}", row, "D", "notes", f"备注 {row - 2}", "换了") for row in rows
    )
    sheets = openpyxl.load_workbook(book)
    sheets["客户"].delete_rows(8, 14)  # a table so small that five rows are still within the smallest budget
    sheets.save(book)
    proposed(opened, many, "many", write=True)
    assert [cell(book, f"D{row}") for row in rows] == ["换了"] * 5


def test_new_records_of_two_writers_get_two_keys_and_two_rows(book):
    first, second = load_book(request(book)), load_book(request(book))
    for opened, name in ((first, "甲"), (second, "乙")):
        table = opened.book.tables["customers"]
        record = {"customer_id": "K000020", "name": f"{name}公司"}
        key = next_keys(table.keys().tolist(), 1, "K")
        assert key == ["K000020"]
        added = appended(table, opened.schema.tables["customers"], "K000020", record, Message("why"))
        _, done = proposed(opened, added, "add", write=True)
    assert [cell(book, f"A{row}") for row in (22, 23)] == ["K000020", "K000021"]
    assert [cell(book, f"B{row}") for row in (22, 23)] == ["甲公司", "乙公司"]
    assert [each.key for each in done.applied] == ["K000021"]
    said = " ".join(Speech("en", str).say(each) for each in done.notes)
    assert "K000020 was given to another record meanwhile; this one is K000021." in said
    undo(request(book), write=True)
    assert cell(book, "B23") is None


def test_rows_that_somebody_sorted_meanwhile_are_found_by_their_keys(book):
    opened = load_book(request(book))
    note = Changes.of([Change("set", "customers", "K000001", 3, "D", "notes", "备注 1", "新的备注")])
    sheets = openpyxl.load_workbook(book)
    sheet = sheets["客户"]
    rows = [[each.value for each in row] for row in sheet.iter_rows(min_row=2)]
    for number, row in enumerate(reversed(rows), start=2):
        for column, value in enumerate(row, start=1):
            sheet.cell(number, column).value = value
    sheets.save(book)
    proposed(opened, note, "note", write=True)
    assert (cell(book, "A20"), cell(book, "D20"), cell(book, "D3")) == ("K000001", "新的备注", "备注 18")


@pytest.mark.parametrize("moved", [False, True])
def test_a_row_without_a_key_is_told_by_its_place_while_it_is_the_same(book, moved):
    sheets = openpyxl.load_workbook(book)
    sheets["客户"].delete_cols(1)
    sheets.save(book)
    opened = load_book(request(book))
    note = Changes.of([Change("set", "customers", "", 3, "C", "notes", "备注 1", "新的备注")])
    if moved:
        sheets["客户"].insert_rows(3)
        sheets["客户"].cell(3, 1).value = "插入的公司"
    else:
        sheets["客户"].cell(9, 3).value = "同事写的"
    sheets.save(book)
    if moved:
        before = content(book)
        with pytest.raises(ProposalOutdated):
            proposed(opened, note, "note", write=True)
        assert content(book) == before
    else:
        proposed(opened, note, "note", write=True)
        assert (cell(book, "C3"), cell(book, "C9")) == ("新的备注", "同事写的")


def test_a_key_that_was_only_proposed_tells_no_row_of_another_book(book):
    """A proposal for a book without keys: after a sort, the keys that would be proposed are those of other rows."""
    sheets = openpyxl.load_workbook(book)
    sheets["客户"].delete_cols(1)
    sheets.save(book)
    opened = load_book(request(book))
    key = opened.book.tables["customers"].keys().at[3]
    tier = Changes.of([Change("set", "customers", key, 3, "", "potential", None, "高")])
    changeset = ChangeSet(opened.book.source.sha256, "tier", tier)
    proposal = keeping.keep_proposal(opened, changeset)
    sheets["客户"].insert_rows(2)
    sheets["客户"].cell(2, 1).value = "插入的公司"
    sheets["客户"].cell(1, 4).value = "潜力"
    sheets.save(book)
    with pytest.raises(ConflictError):
        apply(request(book), proposal, write=True)


def test_a_row_that_is_appended_goes_below_the_one_that_somebody_else_was_faster_with(book, monkeypatch):
    at_the_moment_of_writing(monkeypatch, lambda: edit(book, A22="K000020", B22="甲公司"))
    append(request(book), "客户", ("K000021", "乙公司"))
    assert [cell(book, place) for place in ("B22", "B23")] == ["甲公司", "乙公司"]


@pytest.mark.parametrize(("there", "stays"), [("同事写的", "同事写的"), ("新的", "新的"), (None, "新的")])
def test_a_cell_is_set_unless_somebody_else_has_set_it(book, monkeypatch, there, stays):
    at_the_moment_of_writing(monkeypatch, lambda: edit(book, **{"D3" if there else "D4": there or "同事写的"}))
    with pytest.raises(ProposalOutdated) if there == "同事写的" else contextlib.nullcontext():
        set_cell(request(book), "客户!D3", "新的")
    assert cell(book, "D3") == stays


def test_proposals_of_the_same_second_are_all_kept(book):
    opened = load_book(request(book))
    paths = {keeping.keep_proposal(opened, ChangeSet("", "set", Changes())) for _ in range(3)}
    assert sorted(each.name for each in paths) == [
        "20260105-093000-set-2.json",
        "20260105-093000-set-3.json",
        "20260105-093000-set.json",
    ]


def test_undo_does_not_take_back_what_it_has_not_seen(book):
    write(book)
    opened = load_book(request(book))
    edit(book, D5="同事写的")
    after = content(book)
    with pytest.raises(BookChanged):
        taken_back(opened, write=True)
    assert content(book) == after


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
