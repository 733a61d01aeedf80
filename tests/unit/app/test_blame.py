"""Who set each field: by crmsheet, by people, before the history, under another key, in what is gone."""

from __future__ import annotations

import datetime as dt
import os
import stat
from pathlib import Path

import openpyxl
import pytest

from crmsheet.app import version_changes
from crmsheet.app.add import add
from crmsheet.app.blame import blame
from crmsheet.app.cell import append, set_cell
from crmsheet.app.clean import clean
from crmsheet.app.request import Request
from crmsheet.app.set_fields import set_fields
from crmsheet.app.states import current_state
from crmsheet.app.undo import undo
from crmsheet.app.version_changes import changes_of, compared, forget
from crmsheet.app.versions import history_of
from crmsheet.core.errors import FieldUnknown, HistoryDamaged, RecordUnknown
from crmsheet.core.messages import Speech
from tests.small_books import schema_read_once

NOW = dt.datetime(2026, 1, 5, 9, 30)
HEADERS = ("客户编号", "客户名称", "手机", "备注")
SAY = Speech("en", str).say


def request(book: Path, *, reveal: bool = True, hour: int = 9, actor: str = "li") -> Request:
    return Request(NOW.replace(hour=hour), NOW.date(), book, lang="en", actor=actor, reveal=reveal)


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture(scope="module", autouse=True)
def _schema_read_once():
    with schema_read_once():
        yield


@pytest.fixture
def book(tmp_path: Path) -> Path:
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.title = "客户"
    sheet.append(HEADERS)
    for at in range(12):
        sheet.append((f"K{at:06}", f"上海第{at}贸易有限公司", f"138 0013 80{at:02}", f"备注 {at}"))
    other = made.create_sheet("价目")
    for row in (("品名", "单价"), *((f"货{at}", at * 10) for at in range(1, 9))):
        other.append(row)
    made.properties.lastModifiedBy = "旧主人"
    path = tmp_path / "客户.xlsx"
    made.save(path)
    return path


def edit(book: Path, by: str = "王芳", sheet: str = "客户", **cells: object) -> None:
    opened = openpyxl.load_workbook(book)
    for place, value in cells.items():
        opened[sheet][place] = value
    opened.properties.lastModifiedBy = by
    opened.save(book)


def note(book: Path, key: str, text: str, **facts) -> None:
    set_fields(request(book, **facts), key, [("备注", text)])


def told(outcome, name: str = "fields") -> list[tuple]:
    (section,) = (each for each in outcome.sections if each.name == name)
    return [tuple(each if isinstance(each, int | str | None) else SAY(each) for each in row) for row in section.rows]


def said(outcome) -> str:
    return " ".join(map(SAY, outcome.notes))


def at(hour: int) -> str:
    return f"2026-01-05 {hour:02}:30:00"


def test_each_field_is_told_with_its_last_change(book):
    clean(request(book, hour=10, actor="night"), write=True)
    note(book, "K000003", "改过", hour=11, actor="li")
    edit(book, B5="改名有限公司")
    note(book, "K000001", "别的", hour=12)
    outcome = blame(request(book), "K000003")
    assert told(outcome) == [
        ("客户编号", "K000003", "saved by 旧主人", at(10), 1, "as found at first", None),
        ("客户名称", "改名有限公司", "saved by 王芳", at(12), 4, "edited by people", "上海第3贸易有限公司"),
        ("手机", "13800138003", "night", at(10), 2, "clean", "138 0013 8003"),
        ("备注", "改过", "li", at(11), 3, "set", "备注 3"),
    ]
    assert (
        said(outcome) == f"K000003 in 客户, row 5. It was there already when the history begins (version 1, {at(10)})."
    )


def test_a_single_field_is_told_with_every_change(book):
    note(book, "K000003", "一", hour=10)
    undo(request(book, hour=11), write=True)
    note(book, "K000003", "三", hour=12)
    edit(book, D5="四")
    outcome = blame(request(book), "K000003", ["备注"])
    assert told(outcome, "changes") == [
        (None, None, "saved by 王芳", "edited since, not recorded yet", "备注", "三", "四"),
        (4, at(12), "li", "set", "备注", "备注 3", "三"),
        (3, at(11), "li", "undo of version 2", "备注", "一", "备注 3"),
        (2, at(10), "li", "set", "备注", "备注 3", "一"),
        (1, at(10), "saved by 旧主人", "as found at first", "备注", None, "备注 3"),
    ]
    assert told(outcome)[0][1:] == ("四", "saved by 王芳", None, None, "edited since, not recorded yet", "三")
    every = blame(request(book), "K000003", ["备注", "手机"], every=True)
    assert [row[4] for row in told(every, "changes")] == ["备注"] * 4 + ["手机", "备注"] or len(
        told(every, "changes")
    ) == 6


def test_a_customer_is_found_by_name_and_values_are_masked(book):
    clean(request(book), write=True)
    outcome = blame(request(book, reveal=False), "第3贸易", ["手机"])
    assert told(outcome)[0][1] == "138****8003"
    assert told(outcome)[0][-1] == "138****8003"
    assert "13800138003" not in repr(outcome.sections)


def test_who_added_a_record(book):
    add(request(book, hour=10), "杭州蓝鹭烘焙有限公司", [])
    note(book, "K000001", "别的", hour=11)
    outcome = blame(request(book), "K000012")
    assert f"Added in version 2 (li, {at(10)})." in said(outcome)
    assert {row[5] for row in told(outcome)} == {"add"}


def test_who_removed_a_record(book):
    note(book, "K000001", "别的", hour=10)
    opened = openpyxl.load_workbook(book)
    opened["客户"].delete_rows(5)
    opened.properties.lastModifiedBy = "王芳"
    opened.save(book)
    note(book, "K000001", "再次", hour=11)
    outcome = blame(request(book), "k000003")
    assert said(outcome).startswith(
        f"K000003 is not in the book any more. Removed in version 3 (saved by 王芳, {at(11)})."
    )
    assert ("客户名称", None, "saved by 王芳", at(11), 3, "edited by people", "上海第3贸易有限公司") in told(outcome)


def test_a_record_is_followed_to_the_key_that_it_had_before(book):
    note(book, "K000003", "旧号时改的", hour=10)
    edit(book, A5="K000100")
    note(book, "K000001", "别的", hour=11)
    rows = told(blame(request(book), "K000100", ["备注"]), "changes")
    assert ("旧号时改的", 2) in [(row[6], row[0]) for row in rows]
    assert rows[-1][6] == "备注 3"


def test_sheets_that_no_schema_knows_are_told_too(book):
    set_cell(request(book, hour=10), "价目!B4", "35")
    append(request(book, hour=11), "价目", ("货99", "990"))
    edit(book, sheet="价目", B6="55")
    note(book, "K000001", "别的", hour=12)
    rows = told(blame(request(book), "货3", keys=["品名"]))
    assert rows[1] == ("单价", "35", "li", at(10), 2, "cell", "30")
    assert "Added in version 3" in said(blame(request(book), "货99", keys=["品名"]))
    assert told(blame(request(book), "货5", keys=["品名"]))[1][1:3] == ("55", "saved by 王芳")


def test_a_csv_file_of_anything(tmp_path):
    book = tmp_path / "库存.csv"
    book.write_text("货号,数量\nA-1,5\nA-2,6\nA-3,7\nA-4,9\n", "utf-8")
    set_cell(request(book, hour=10), "B3", "60")
    book.write_text(book.read_text("utf-8").replace("A-1,5", "A-1,50"), "utf-8")
    set_cell(request(book, hour=11), "B4", "70")
    assert told(blame(request(book), "A-2", keys=["货号"]))[1] == ("数量", "60", "li", at(10), 2, "cell", "6")
    assert told(blame(request(book), "A-1", keys=["货号"]))[1] == (
        "数量",
        "50",
        None,
        at(11),
        3,
        "edited by people",
        "5",
    )


def test_without_a_history_that_is_said(book):
    outcome = blame(request(book), "K000003")
    assert "has no history yet" in said(outcome)
    assert [row[1] for row in told(outcome)][:2] == ["K000003", "上海第3贸易有限公司"]


def test_what_is_not_there_is_refused(book):
    note(book, "K000001", "别的")
    with pytest.raises(RecordUnknown):
        blame(request(book), "K999999")
    with pytest.raises(FieldUnknown):
        blame(request(book), "K000001", ["没有的列"])


def test_a_version_that_cannot_be_read_hides_nothing(book):
    note(book, "K000003", "一", hour=10)
    note(book, "K000003", "二", hour=11)
    note(book, "K000004", "三", hour=12)
    (pack,) = history_of(book).folder.glob("v000003*")
    pack.write_bytes(b"damaged")
    outcome = blame(request(book), "K000003", ["备注"])
    rows = told(outcome, "changes")
    assert rows[0] == (None, None, None, "changed where the history cannot be read", "备注", "一", "二")
    assert rows[1][0] == 2
    assert "is damaged" in said(outcome)
    assert told(blame(request(book), "K000004", ["备注"]))[0][2:5] == ("li", at(12), 4)


def test_a_change_that_was_destroyed_is_told_as_unknown(book, monkeypatch):
    note(book, "K000003", "一", hour=10)
    note(book, "K000003", "二", hour=11)
    note(book, "K000004", "三", hour=12)
    third = history_of(book).versions()[2]
    monkeypatch.setattr("crmsheet.app.blame._is_told", lambda version, _: version != third)

    def refused(loaded, old, new, keys=()):
        raise HistoryDamaged(path="x", detail="a piece of it is missing")

    monkeypatch.setattr("crmsheet.app.blame.compared", refused)
    outcome = blame(request(book), "K000003", ["备注"])
    assert told(outcome, "changes")[0][:4] == (None, None, None, "changed where the history cannot be read")
    assert "What version 3 changed cannot be told: a piece of it is missing" in said(outcome)


def test_what_was_compared_is_kept_for_this_user_alone_and_can_be_forgotten(book, cache, monkeypatch):
    note(book, "K000001", "一")
    edit(book, B5="改名有限公司")
    note(book, "K000002", "二")
    blame(request(book), "K000003")
    files = [each for each in cache.rglob("*") if each.is_file()]
    assert files
    if os.name == "posix":
        assert {stat.S_IMODE(each.stat().st_mode) for each in files} == {0o600}
        assert stat.S_IMODE(files[0].parent.stat().st_mode) == 0o700
    assert not any(book.stem in str(each.relative_to(cache)) for each in files)
    with monkeypatch.context() as patched:
        patched.setattr(version_changes, "version_at", None)  # nothing is compared again
        assert told(blame(request(book), "K000003"))[1][4] == 3
    forget(book)
    assert not [each for each in cache.rglob("*") if each.is_file()]
    assert told(blame(request(book), "K000003"))[1][4] == 3


def test_what_was_compared_is_not_believed_after_an_older_pack_changed(book, cache):
    note(book, "K000001", "一")
    edit(book, B5="改名有限公司")
    note(book, "K000002", "二")
    blame(request(book), "K000003")
    old = {each.name for each in cache.rglob("*.json")}
    (pack,) = history_of(book).folder.glob("v000001*")
    os.utime(pack, ns=(1, 1))
    blame(request(book), "K000003")
    assert not old & {each.name for each in cache.rglob("*.json")}


def test_a_cache_that_cannot_be_written_is_done_without(book, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    note(book, "K000001", "一")
    edit(book, B5="改名有限公司")
    note(book, "K000002", "二")
    assert told(blame(request(book), "K000003"))[1][4] == 3


def test_changes_of_a_version_are_by_key_whoever_made_them(book):
    set_cell(request(book), "客户!D5", "直接写的")
    edit(book, B6="改名有限公司")
    note(book, "K000002", "二")
    loaded = current_state(request(book)).loaded
    versions = history_of(book).versions()
    found = [[(each.kind, each.key, each.field, each.after) for each in changes_of(loaded, one)] for one in versions]
    assert found == [
        [],
        [("set", "K000003", "notes", "直接写的")],
        [("set", "K000004", "name", "改名有限公司")],
        [("set", "K000002", "notes", "二")],
    ]
    assert compared(loaded, versions[0], versions[2]).saved_by == "王芳"
    assert len(compared(loaded, versions[0], versions[3]).changes) == 3
