"""Undo, redo and restore on real books: what comes back, byte for byte or cell by cell, and what is a conflict."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from crmsheet.app import keeping, reversing
from crmsheet.app.cell import append, set_cell
from crmsheet.app.clean import clean
from crmsheet.app.redo import redo
from crmsheet.app.request import Request
from crmsheet.app.restore import Chosen, restore
from crmsheet.app.set_fields import set_fields
from crmsheet.app.undo import undo
from crmsheet.app.versions import history_of
from crmsheet.core.errors import (
    BookChanged,
    BookEmpty,
    BookLocked,
    BookMissing,
    FieldUnknown,
    HistoryDamaged,
    NothingBefore,
    NothingToRedo,
    NothingToUndo,
    RecordUnknown,
    TableUnknown,
    TakenBack,
    VersionUnknown,
)
from tests.small_books import schema_read_once

NOW = dt.datetime(2026, 1, 5, 9, 30)
HEADERS = ("客户编号", "客户名称", "手机", "备注")
WHOLE = Chosen()


def request(book: Path, *, reveal: bool = True) -> Request:
    return Request(NOW, NOW.date(), book, lang="en", actor="li", reveal=reveal)


@pytest.fixture(autouse=True)
def _cache_of_nobody(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture(scope="module", autouse=True)
def _schema_read_once():
    with schema_read_once():
        yield


@pytest.fixture(params=["xlsx", "csv", "folder"])
def book(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A book of twenty customers whose numbers are spelled with blanks; as a workbook with a sheet beside it."""
    rows = [
        HEADERS,
        *((f"K{at:06}", f"上海第{at}贸易有限公司", f"138 0013 80{at:02}", f"备注 {at}") for at in range(20)),
    ]
    if request.param == "xlsx":
        made = openpyxl.Workbook()
        sheet = made.active
        sheet.title = "客户"
        for row in rows:
            sheet.append(row)
        other = made.create_sheet("价目")
        for row in (("品名", "单价"), *((f"货{at}", at * 10) for at in range(1, 9))):
            other.append(row)
        made.save(tmp_path / "客户.xlsx")
        return tmp_path / "客户.xlsx"
    text = "".join(",".join(row) + "\r\n" for row in rows)
    path = tmp_path / "客户.csv"
    if request.param == "folder":
        (tmp_path / "book").mkdir()
        path = tmp_path / "book" / "客户.csv"
    path.write_text(text, "utf-8-sig", newline="")
    return path.parent if request.param == "folder" else path


def content(book: Path) -> dict[str, bytes]:
    if book.is_dir():
        return {each.name: each.read_bytes() for each in book.glob("*.csv")}
    return {"": book.read_bytes()}


def edit(book: Path, change: Callable[[list[list[str]]], object]) -> None:
    """Somebody edits the rows of the customers in another program."""
    if book.suffix == ".xlsx":
        opened = openpyxl.load_workbook(book)
        sheet = opened["客户"]
        rows = [[each.value for each in row] for row in sheet.iter_rows()]
        change(rows)
        sheet.delete_rows(1, sheet.max_row)
        for row in rows:
            sheet.append(row)
        opened.save(book)
        return
    path = book / "客户.csv" if book.is_dir() else book
    rows = [line.split(",") for line in path.read_text("utf-8-sig").splitlines()]
    change(rows)
    path.write_text("".join(",".join(each or "" for each in row) + "\r\n" for row in rows), "utf-8-sig", newline="")


def put(row: int, column: int, value: str) -> Callable[[list[list[str]]], None]:
    def change(rows: list[list[str]]) -> None:
        rows[row - 1][column - 1] = value

    return change


def rows_of(book: Path) -> list[list[str]]:
    if book.suffix == ".xlsx":
        return [[each.value or "" for each in row] for row in openpyxl.load_workbook(book)["客户"].iter_rows()]
    path = book / "客户.csv" if book.is_dir() else book
    return [line.split(",") for line in path.read_text("utf-8-sig").splitlines()]


def cells(book: Path, row: int) -> list[str]:
    return rows_of(book)[row - 1]


def note(book: Path, key: str, text: str) -> None:
    set_fields(request(book), key, [("备注", text)])


def conflicts(outcome) -> list[tuple]:
    return [row for each in outcome.sections if each.name == "conflicts" for row in each.rows]


def commands(book: Path) -> list[str]:
    return [each.command or "found" for each in history_of(book).versions()]


def test_each_undo_and_each_redo_walks_one_write_and_gives_its_bytes(book):
    states = [content(book)]
    clean(request(book), write=True)
    states.append(content(book))
    for at in range(3):
        note(book, f"K{at:06}", f"第{at}次")
        states.append(content(book))
    set_cell(request(book), "客户!D9", "直接写的")
    states.append(content(book))
    append(request(book), "客户", ("K000099", "新公司", "13900139000", "新"))
    states.append(content(book))
    for before in reversed(states[:-1]):
        assert undo(request(book), write=True).counts["conflicts"] == 0
        assert content(book) == before
    with pytest.raises(NothingToUndo):
        undo(request(book), write=True)
    for after in states[1:]:
        redo(request(book), write=True)
        assert content(book) == after
    with pytest.raises(NothingToRedo):
        redo(request(book), write=True)
    undo(request(book), write=True)
    assert content(book) == states[-2]


def test_without_write_nothing_is_written(book):
    clean(request(book), write=True)
    before, versions = content(book), history_of(book).versions()
    for outcome in (undo(request(book), write=False), undo(request(book), "2", write=False)):
        assert len(outcome.changes) == 20
    restore(request(book), "1", WHOLE, write=False)
    undo(request(book), write=True)
    redo(request(book), write=False)
    assert len(history_of(book).versions()) == len(versions) + 1
    undo(request(book), "3", write=False)
    redo(request(book), write=True)
    assert content(book) == before


def test_an_older_write_is_taken_out_and_the_later_ones_stay(book):
    first = content(book)
    note(book, "K000001", "一")
    note(book, "K000002", "二")
    both = content(book)
    outcome = undo(request(book), "2", write=True)
    assert outcome.counts["conflicts"] == 0
    assert (cells(book, 3)[3], cells(book, 4)[3]) == ("备注 1", "二")
    # Now the other one too: nothing is left of both, so it is the first version again, byte for byte.
    undo(request(book), "3", write=True)
    assert content(book) == first
    redo(request(book), write=True)
    redo(request(book), write=True)
    assert content(book) == both
    assert commands(book) == ["found", "set", "set", "undo", "undo", "redo", "redo"]


def test_undos_in_any_order_come_to_the_same_bytes(book):
    note(book, "K000001", "一")
    only_first = content(book)
    note(book, "K000002", "二")
    note(book, "K000003", "三")
    undo(request(book), "3", write=True)
    undo(request(book), "4", write=True)
    assert content(book) == only_first


def test_a_cell_that_was_written_again_is_a_conflict_with_all_three_values(book):
    note(book, "K000001", "一")
    note(book, "K000001", "二")
    before = content(book)
    outcome = undo(request(book), "2", write=True)
    assert outcome.counts["conflicts"] == 1
    ((place, _, _, expected, there, would),) = conflicts(outcome)
    assert "3" in place
    assert (expected, there, would) == ("一", "二", "备注 1")
    assert content(book) == before
    assert commands(book) == ["found", "set", "set"], "nothing was done, so nothing says that it was"


def test_the_rest_is_done_where_something_conflicts(book):
    clean(request(book), write=True)
    edit(book, put(5, 3, "13900139000"))
    outcome = undo(request(book), write=True)
    assert outcome.counts["conflicts"] == 1
    assert len(outcome.changes) == 19
    assert [cells(book, row)[2] for row in (4, 5, 6)] == ["138 0013 8002", "13900139000", "138 0013 8004"]
    with pytest.raises(NothingToUndo):
        undo(request(book), write=True)
    redo(request(book), write=True)
    assert [cells(book, row)[2] for row in (4, 5, 6)] == ["13800138002", "13900139000", "13800138004"]


def test_conflicts_are_masked(book):
    clean(request(book), write=True)
    edit(book, put(5, 3, "13900139000"))
    (row,) = conflicts(undo(request(book, reveal=False), write=False))
    assert row[3:] == ("138****8003", "139****9000", "138****8003")


def test_edits_by_people_are_no_step_of_undo_and_clear_no_redo(book):
    clean(request(book), write=True)
    undo(request(book), write=True)
    edit(book, put(5, 4, "同事写的"))
    redo(request(book), write=True)
    assert (cells(book, 5)[3], cells(book, 5)[2]) == ("同事写的", "13800138003")
    undo(request(book), write=True)
    assert (cells(book, 5)[3], cells(book, 5)[2]) == ("同事写的", "138 0013 8003")


def test_a_new_write_leaves_nothing_to_redo_but_an_undo_can_still_be_taken_back_by_name(book):
    note(book, "K000001", "一")
    undo(request(book), write=True)
    note(book, "K000002", "二")
    with pytest.raises(NothingToRedo):
        redo(request(book), write=True)
    undo(request(book), "3", write=True)
    assert (cells(book, 3)[3], cells(book, 4)[3]) == ("一", "二")
    with pytest.raises(TakenBack):
        undo(request(book), "3", write=True)
    undo(request(book), "5", write=True)  # the redo
    assert (cells(book, 3)[3], cells(book, 4)[3]) == ("备注 1", "二")
    for number in ("2", "5"):
        with pytest.raises(TakenBack):
            undo(request(book), number, write=True)


def test_what_people_did_is_taken_back_by_its_version(book):
    note(book, "K000001", "一")
    ours = content(book)

    def changes(rows):
        rows[5][1] = "改名有限公司"
        del rows[8]
        rows.append(["K000077", "人加的公司", "", ""])

    edit(book, changes)
    note(book, "K000002", "二")
    outcome = undo(request(book), "3", write=True)
    assert outcome.counts["conflicts"] == 0
    assert cells(book, 6)[1] == "上海第4贸易有限公司"
    assert cells(book, 4)[3] == "二"
    names = {row[0]: row[1] for row in rows_of(book) if row[0]}
    assert names["K000007"] == "上海第7贸易有限公司"
    assert "K000077" not in names
    redo(request(book), write=True)
    assert cells(book, 6)[1] == "改名有限公司"
    undo(request(book), "4", write=True)
    undo(request(book), "3", write=True)
    assert content(book) == ours


def test_edits_by_people_that_are_the_newest_version_go_byte_for_byte(book):
    note(book, "K000001", "一")
    ours = content(book)
    edit(book, put(5, 4, "同事写的"))
    note(book, "K000002", "二")
    undo(request(book), write=True)
    undo(request(book), "3", write=True)
    assert content(book) == ours


def test_a_bare_cell_is_found_again_by_the_key_of_its_row(book):
    set_cell(request(book), "客户!D5", "直接写的")
    edit(book, lambda rows: rows.insert(2, ["K000088", "插入的公司", "", ""]))
    outcome = undo(request(book), "2", write=True)
    assert outcome.counts["conflicts"] == 0
    assert cells(book, 6) == ["K000003", "上海第3贸易有限公司", "138 0013 8003", "备注 3"]


def test_an_appended_row_is_found_again_by_its_key(book):
    append(request(book), "客户", ("K000099", "新公司", "13900139000", "新"))
    edit(book, lambda rows: rows.insert(2, ["K000088", "插入的公司", "", ""]))
    undo(request(book), "2", write=True)
    assert not any(cells(book, 23))
    assert cells(book, 3)[0] == "K000088"


@pytest.mark.parametrize("book", ["xlsx"], indirect=True)
def test_a_bare_cell_outside_of_tables_goes_back_in_its_place(book):
    set_cell(request(book), "价目!F20", "草稿")
    set_cell(request(book), "价目!B3", "25")
    edit(book, put(5, 4, "同事写的"))
    note(book, "K000002", "二")
    assert undo(request(book), "2", write=True).counts["conflicts"] == 0
    assert undo(request(book), "3", write=True).counts["conflicts"] == 0
    prices = openpyxl.load_workbook(book)["价目"]
    assert (prices["F20"].value, prices["B3"].value, prices["B4"].value) == (None, 20, 30)
    assert cells(book, 5)[3] == "同事写的"


@pytest.mark.parametrize("book", ["xlsx"], indirect=True)
def test_a_bare_cell_that_holds_something_else_by_now_is_a_conflict(book):
    set_cell(request(book), "价目!F20", "草稿")
    sheets = openpyxl.load_workbook(book)
    sheets["价目"]["F20"] = "别人的"
    sheets.save(book)
    outcome = undo(request(book), "2", write=True)
    assert conflicts(outcome)[0][3:] == ("草稿", "别人的", None)
    assert openpyxl.load_workbook(book)["价目"]["F20"].value == "别人的"


def test_a_book_that_changes_between_reading_and_writing_is_read_again(book, monkeypatch):
    clean(request(book), write=True)
    real, left = reversing.put, [1]

    def slow(*args):
        if left[0]:
            left[0] = 0
            edit(book, put(5, 4, "同事写的"))
        return real(*args)

    monkeypatch.setattr(reversing, "put", slow)
    undo(request(book), write=True)
    assert (cells(book, 5)[3], cells(book, 5)[2]) == ("同事写的", "138 0013 8003")
    assert commands(book) == ["found", "clean", "found", "undo"]


def test_a_book_that_always_changes_is_left_alone(book, monkeypatch):
    clean(request(book), write=True)
    real, count = reversing.put, [0]

    def slow(*args):
        count[0] += 1
        edit(book, put(5, 4, f"{count[0]}"))
        return real(*args)

    monkeypatch.setattr(reversing, "put", slow)
    with pytest.raises(BookChanged):
        undo(request(book), write=True)
    assert count == [keeping.TIMES]
    assert commands(book) == ["found", "clean"]


def test_an_undo_whose_changes_are_gone_already_is_noted_and_the_walk_goes_on(book):
    note(book, "K000001", "一")
    note(book, "K000002", "二")
    edit(book, put(4, 4, "备注 2"))
    outcome = undo(request(book), write=True)
    assert len(outcome.changes) == 0
    undo(request(book), write=True)
    assert (cells(book, 3)[3], cells(book, 4)[3]) == ("备注 1", "备注 2")


def test_the_first_version_has_nothing_before_it(book):
    note(book, "K000001", "一")
    with pytest.raises(NothingBefore):
        undo(request(book), "1", write=True)
    with pytest.raises(VersionUnknown):
        undo(request(book), "77", write=True)


def test_a_damaged_history_gives_the_cells_back_where_it_cannot_give_the_bytes(book):
    note(book, "K000001", "一")
    for pack in history_of(book).folder.glob("v000001*"):
        pack.unlink()
    undo(request(book), write=True)
    assert cells(book, 3)[3] == "备注 1"


# --- restore


def test_restore_brings_the_whole_book_back_as_a_new_version_that_can_be_undone(book):
    first = content(book)
    clean(request(book), write=True)
    note(book, "K000001", "一")
    last = content(book)
    outcome = restore(request(book), "1", WHOLE, write=True)
    assert content(book) == first
    assert len(outcome.changes) == 21
    undo(request(book), write=True)
    assert content(book) == last
    assert commands(book) == ["found", "clean", "set", "restore", "undo"]
    again = restore(request(book), "3", WHOLE, write=True)
    assert (again.receipt, content(book)) == ({}, last)


def test_restore_keeps_edits_by_people_in_the_history(book):
    note(book, "K000001", "一")
    edit(book, put(5, 4, "同事写的"))
    theirs = content(book)
    restore(request(book), "1", WHOLE, write=True)
    assert commands(book) == ["found", "set", "found", "restore"]
    undo(request(book), write=True)
    assert content(book) == theirs


@pytest.mark.parametrize(
    ("chosen", "restored"),
    [
        (Chosen(key="K000003", field="手机"), {5: (2, "138 0013 8003")}),
        (Chosen(key="k000003"), {5: (3, "备注 3")}),
        (Chosen(table="客户", key="K000004"), {6: (2, "138 0013 8004")}),
        (Chosen(field="mobile"), {5: (2, "138 0013 8003"), 21: (2, "138 0013 8019")}),
    ],
)
def test_restore_of_a_part_leaves_the_rest(book, chosen, restored):
    clean(request(book), write=True)
    note(book, "K000003", "新")
    note(book, "K000010", "新")
    edit(book, put(8, 4, "同事写的"))
    restore(request(book), "1", chosen, write=True)
    for row, (column, value) in restored.items():
        assert cells(book, row)[column] == value
    assert cells(book, 8)[3] == "同事写的"
    assert cells(book, 12)[3] == "新"
    assert (cells(book, 3)[2] == "13800138001") == (chosen.field != "mobile")


def test_a_record_that_is_gone_comes_back(book):
    note(book, "K000001", "一")
    edit(book, lambda rows: rows.pop(7))
    restore(request(book), "1", Chosen(key="K000006"), write=True)
    assert ["K000006", "上海第6贸易有限公司", "138 0013 8006", "备注 6"] in rows_of(book)


@pytest.mark.parametrize("book", ["xlsx"], indirect=True)
def test_a_retired_record_is_revived_and_its_row_shown(book):
    clean(request(book), write=True)
    edit(book, lambda rows: rows[0].append("记录状态") or [row.append("有效") for row in rows[1:]])
    note(book, "K000001", "一")
    sheets = openpyxl.load_workbook(book)
    sheets["客户"]["E6"] = "已归档"
    sheets["客户"].row_dimensions[6].hidden = True
    sheets.save(book)
    outcome = restore(request(book), "4", Chosen(key="K000004"), write=True)
    assert [each.kind for each in outcome.changes] == ["revive"]
    sheet = openpyxl.load_workbook(book)["客户"]
    assert (sheet["E6"].value, sheet.row_dimensions[6].hidden) == ("有效", False)


@pytest.mark.parametrize(
    ("chosen", "error"),
    [
        (Chosen(table="没有的表"), TableUnknown),
        (Chosen(key="K777777"), RecordUnknown),
        (Chosen(field="没有的列"), FieldUnknown),
    ],
)
def test_what_is_chosen_must_be_somewhere(book, chosen, error):
    note(book, "K000001", "一")
    before = content(book)
    with pytest.raises(error):
        restore(request(book), "1", chosen, write=True)
    assert content(book) == before


@pytest.mark.parametrize("book", ["xlsx", "csv"], indirect=True)
def test_a_book_that_was_deleted_comes_back(book):
    note(book, "K000001", "一")
    last = content(book)
    book.unlink()
    with pytest.raises(BookMissing):
        restore(request(book), "1", Chosen(key="K000001"), write=True)
    assert "20" in str(restore(request(book), "2", WHOLE, write=False).notes[1].arguments["rows"])
    assert not book.exists()
    restore(request(book), "2", WHOLE, write=True)
    assert content(book) == last
    assert commands(book) == ["found", "set"]
    undo(request(book), write=True)
    assert cells(book, 3)[3] == "备注 1"


@pytest.mark.parametrize("book", ["folder"], indirect=True)
def test_the_files_of_a_folder_come_back(book):
    note(book, "K000001", "一")
    last = content(book)
    (book / "客户.csv").unlink()
    restore(request(book), "2", WHOLE, write=True)
    assert content(book) == last


@pytest.mark.parametrize("damage", [lambda old: old[: len(old) // 2], lambda _: b"", lambda old: bytes(len(old))])
@pytest.mark.parametrize("book", ["xlsx"], indirect=True)
def test_a_damaged_book_comes_back_and_the_damaged_file_is_kept(book, damage):
    first = content(book)
    note(book, "K000001", "一")
    broken = damage(book.read_bytes())
    book.write_bytes(broken)
    restore(request(book), "1", WHOLE, write=False)
    assert book.read_bytes() == broken
    restore(request(book), "1", WHOLE, write=True)
    assert content(book) == first
    (aside,) = book.parent.glob(f"{book.name}.damaged-*")
    assert aside.read_bytes() == broken
    assert commands(book) == ["found", "set", "restore"]


@pytest.mark.parametrize("book", ["xlsx"], indirect=True)
def test_a_damaged_book_that_is_open_elsewhere_is_left_alone(book):
    note(book, "K000001", "一")
    book.write_bytes(b"")
    (book.parent / f"~${book.name}").write_bytes(b"\x04Wang" + b" " * 50)
    with pytest.raises(BookLocked):
        restore(request(book), "1", WHOLE, write=True)
    assert sorted(each.name for each in book.parent.iterdir() if "damaged" in each.name) == []
    with pytest.raises(BookEmpty):
        undo(request(book), write=False)


def test_a_version_that_cannot_be_read_changes_nothing(book):
    note(book, "K000001", "一")
    before = content(book)
    shutil.copytree(history_of(book).folder, book.parent / "kept")
    for pack in history_of(book).folder.glob("v000001*"):
        pack.write_bytes(pack.read_bytes()[:-200])
    with pytest.raises((HistoryDamaged, VersionUnknown)):
        restore(request(book), "1", WHOLE, write=True)
    assert content(book) == before
