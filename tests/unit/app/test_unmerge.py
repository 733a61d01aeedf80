"""Unmerge on real books: at once and long after, with edits, sorting, chains and groups, and without a history."""

from __future__ import annotations

import dataclasses
import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from crmsheet.app import unmerge as module
from crmsheet.app.clean import clean
from crmsheet.app.history_upkeep import prune, tag
from crmsheet.app.merge_history import Merges
from crmsheet.app.pair_decisions import decisions_of
from crmsheet.app.redo import redo
from crmsheet.app.set_fields import set_fields
from crmsheet.app.undo import undo
from crmsheet.app.versions import history_of
from crmsheet.core.errors import CustomerUnknown, CustomerUnmerged, WriteFailed
from crmsheet.core.messages import Message
from crmsheet.core.outcome import Outcome
from tests.merged_books import NOW, apart, cell, conflicts, difference, files, held, merge, request, rows_of, write
from tests.small_books import schema_read_once

SHEETS = {
    "客户": [
        ["客户编号", "客户名称", "手机", "地址", "累计成交金额", "客户级别", "备注", "更新时间"],
        ["K1", "北京华信科技有限公司", "13911112222", None, 5000, "普通", "爱喝茶", dt.date(2024, 1, 1)],
        ["K2", "华信科技", "13822223333", "中山路1号", 300, "重要", "周五送货", dt.date(2024, 5, 1)],
        ["K3", "天津远大食品有限公司", "13733334444", "解放路2号", 70, "普通", "月结", dt.date(2024, 3, 1)],
        ["K4", "上海同屿贸易有限公司", None, None, None, None, None, None],
    ],
    "联系人": [["联系人编号", "客户编号", "姓名"], ["P1", "K1", "王芳"], ["P2", "K2", "李雷"], ["P3", "K2", "韩梅"]],
    "交易记录": [["客户编号", "日期", "金额"], ["K1", dt.date(2025, 1, 1), 5], ["K2", dt.date(2025, 1, 2), 7]],
}
PEOPLE, SALES = "contacts", "transactions"


@pytest.fixture(autouse=True)
def _cache_of_nobody(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture(scope="module", autouse=True)
def _read_once():
    with schema_read_once():
        yield


@pytest.fixture(params=["xlsx", "folder"])
def book(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / ("客户.xlsx" if request.param == "xlsx" else "book")
    write(path, request.param, SHEETS)
    return path


@pytest.fixture
def untouched(tmp_path: Path) -> Path:
    (tmp_path / "untouched").mkdir()
    path = tmp_path / "untouched" / "客户.xlsx"
    write(path, "xlsx", SHEETS)
    return path


def edit(book: Path, change: Callable[[list[list[Any]]], object], sheet: str = "客户") -> None:
    """Somebody edits the rows of a sheet in another program; a row that was hidden stays so where it is."""
    if book.suffix == ".xlsx":
        opened = openpyxl.load_workbook(book)
        rows = [[each.value for each in row] for row in opened[sheet].iter_rows()]
        change(rows)
        opened[sheet].delete_rows(1, opened[sheet].max_row)
        for row in rows:
            opened[sheet].append(row)
        opened.save(book)
        return
    path = book / f"{sheet}.csv"
    found = [line.split(",") for line in path.read_text("utf-8-sig").splitlines()]
    change(found)
    text = "".join(",".join(str(each or "") for each in row) + "\r\n" for row in found)
    path.write_text(text, "utf-8-sig", newline="")


def said(outcome: Outcome) -> list[str]:
    return [each.template for each in outcome.notes if isinstance(each, Message)]


def later(outcome: Outcome) -> list[tuple[Any, ...]]:
    return [row for each in outcome.sections if each.name == "later" for row in each.rows]


def test_at_once_the_bytes_come_back_and_the_two_are_known_to_differ(book):
    before = files(book)
    merge(book, ("K1", "K2"))
    proposal = apart(book, "K2", write=False)
    assert files(book) != before
    assert not decisions_of(book)
    assert len(proposal.changes) > 5
    done = apart(book, "K2")
    assert files(book) == before
    assert not conflicts(done)
    (decision,) = decisions_of(book)
    assert (decision.left, decision.right, decision.verdict, decision.who) == ("K2", "K1", "different", "li")
    assert [each.command for each in history_of(book).versions()][-2:] == ["dedupe", "unmerge"]
    undo(request(book), write=True)
    assert cell(book, "K2", "合并至") == "K1"


def test_long_after_what_was_edited_since_stays_and_the_rest_goes_back(book):
    merge(book, ("K1", "K2"))
    set_fields(request(book), "K1", [("备注", "爱喝茶；周五送货；要发票"), ("地址", "长安街7号")])
    edit(book, lambda rows: rows.append([*rows.pop(1)]))
    clean(request(book), write=True)
    done = apart(book, "K2")
    assert [(row[0], row[3], row[4], row[5]) for row in conflicts(done)] == [
        (conflicts(done)[0][0], "中山路1号", "长安街7号", None)
    ]
    assert done.counts["conflicts"] == 1
    assert [cell(book, "K1", each) for each in ("备注", "手机", "累计成交金额", "客户级别", "地址")] == [
        "爱喝茶；要发票", "13911112222", *(("5000",) if book.is_dir() else (5000,)), "普通", "长安街7号",
    ]  # fmt: skip
    assert rows_of(book, "K2") == {PEOPLE: 2, SALES: 1}
    assert cell(book, "K2", "合并至") is None
    assert "K2" not in held(book)[1]


def test_a_sum_that_was_changed_since_is_left_to_people(book):
    merge(book, ("K1", "K2"))
    set_fields(request(book), "K1", [("累计成交金额", "6000")])
    (conflict,) = conflicts(apart(book, "K2"))
    assert [str(each) for each in conflict[3:]] == ["5300", "6000", "5000"]


def test_edits_of_the_retired_row_stay(book):
    merge(book, ("K1", "K2"))
    edit(book, lambda rows: rows[2].__setitem__(1, "华信科技（新）"))
    assert not conflicts(apart(book, "K2"))
    assert cell(book, "K2", "客户名称") == "华信科技（新）"


def test_records_that_are_gone_or_went_elsewhere_are_told_and_new_ones_stay(book):
    merge(book, ("K1", "K2"))

    def change(rows: list[list[Any]]) -> None:
        rows[2][1] = "K3"
        del rows[3]
        rows.append(["P9", "K1", "新来的"])

    edit(book, change, "联系人")
    done = apart(book, "K2")
    assert sorted(str(row[2].template) for row in conflicts(done)) == [
        "no row has the key {key}",
        "the cell holds another value than expected",
    ]
    assert [row[1] for row in later(done)] == ["P9"]
    assert rows_of(book, "K1")[PEOPLE] == 2


def test_a_record_that_was_put_back_by_hand_is_no_conflict(book):
    merge(book, ("K1", "K2"))
    edit(book, lambda rows: rows[2].__setitem__(1, "K2"), "联系人")
    assert not conflicts(apart(book, "K2"))
    assert rows_of(book, "K2")[PEOPLE] == 2


def test_of_a_group_one_comes_back_and_the_others_stay(book, untouched):
    merge(book, ("K1", "K2", "K3"))
    assert [cell(book, "K1", each) for each in ("客户级别", "地址")] == ["重要", "中山路1号"]
    assert not conflicts(apart(book, "K2"))
    assert [cell(book, "K1", each) for each in ("客户级别", "地址", "备注")] == ["普通", "解放路2号", "爱喝茶；月结"]
    assert not conflicts(apart(book, "K3"))
    if book.suffix == ".xlsx":
        assert difference(book, untouched) == []


def test_out_of_a_chain_the_first_comes_back_from_the_last(book):
    merge(book, ("K1", "K2"))
    merge(book, ("K3", "K1"))
    assert cell(book, "K2", "合并至") == "K3"
    assert "13822223333" in str(cell(book, "K3", "手机"))
    assert not conflicts(apart(book, "K2"))
    assert cell(book, "K3", "手机") == "13733334444/13911112222"
    assert cell(book, "K1", "手机") == "13911112222"
    assert rows_of(book, "K2") == {PEOPLE: 2, SALES: 1}
    assert rows_of(book, "K3") == {PEOPLE: 1, SALES: 1}
    assert {(each.left, each.right) for each in decisions_of(book)} == {("K2", "K1"), ("K2", "K3")}


def test_after_undo_and_redo_the_merge_is_found_again(book):
    before = files(book)
    merge(book, ("K1", "K2"))
    undo(request(book), write=True)
    with pytest.raises(CustomerUnmerged):
        apart(book, "K2")
    redo(request(book), write=True)
    assert not conflicts(apart(book, "K2"))
    assert files(book) == before


def test_without_a_history_the_row_comes_back_and_that_is_said(book):
    merge(book, ("K1", "K2"))
    for folder in (book.parent / ".crmsheet", book / ".crmsheet"):
        shutil.rmtree(folder, ignore_errors=True)
    done = apart(book, "K2")
    assert cell(book, "K2", "合并至") is None
    assert rows_of(book, "K2")[PEOPLE] == 0
    assert held(book)[1] == []
    assert module._UNTOLD in said(done)
    assert decisions_of(book)[-1].verdict == "different"


def test_a_record_without_a_key_that_moved_between_two_merges_is_left_to_people(book):
    merge(book, ("K1", "K2"))
    edit(book, lambda rows: rows.insert(1, rows.pop(2)), "交易记录")
    merge(book, ("K3", "K1"))
    done = apart(book, "K2")
    assert [row[3:] for row in conflicts(done)] == [("K1", "K3", "K2")]
    assert rows_of(book, "K3")[SALES] == 2


def pruned(book: Path, *kept: str) -> None:
    """Gives up the bytes of every version but the newest and those that are named."""
    book.parent.joinpath("crmsheet.toml").write_text("[history]\ndaily = 0\nweekly = 0\nmonthly = 0\n")
    set_fields(request(book), "K4", [("备注", "新")])
    for word in kept:
        tag(request(book), f"kept-{word}", word, delete=False)
    prune(dataclasses.replace(request(book), now=NOW + dt.timedelta(500)), write=True)


def test_the_state_before_the_merge_is_not_needed(book):
    merge(book, ("K1", "K2", "K3"))
    pruned(book, "v2")
    assert not conflicts(apart(book, "K2"))
    assert [cell(book, "K1", each) for each in ("客户级别", "地址", "备注")] == ["普通", "解放路2号", "爱喝茶；月结"]


def test_of_a_merge_whose_version_was_given_up_only_the_row_comes_back(book):
    merge(book, ("K1", "K2"))
    pruned(book)
    assert module._UNTOLD in said(apart(book, "K2"))
    assert cell(book, "K1", "备注") == "爱喝茶；周五送货"
    assert rows_of(book, "K2")[PEOPLE] == 0


def test_a_cell_of_several_is_left_to_people_where_the_merged_rows_cannot_be_read(book, monkeypatch):
    monkeypatch.setattr(Merges, "state", lambda *_: None)
    merge(book, ("K1", "K2", "K3"))
    done = apart(book, "K2")
    assert {(row[0].partition(" ")[2], row[2].template) for row in conflicts(done)} == {
        (f"({name})", module._SEVERAL) for name in ("mobile", "total_amount", "notes")
    }
    assert cell(book, "K1", "手机") == "13911112222/13822223333/13733334444"
    assert rows_of(book, "K2")[PEOPLE] == 2


def test_who_was_not_merged_is_told_what_was(book):
    with pytest.raises(CustomerUnmerged):
        apart(book, "K4")
    merge(book, ("K1", "K2"))
    with pytest.raises(CustomerUnmerged) as refused:
        apart(book, "K1")
    assert "K2" in str(refused.value.facts["advice"].arguments)
    with pytest.raises(CustomerUnknown):
        apart(book, "没有这个客户")
    assert apart(book, "华信科技", write=False).changes.column("key")[-1] == "K2"
    apart(book, "K2")
    with pytest.raises(CustomerUnmerged):
        apart(book, "K2")


def test_a_decision_that_cannot_be_written_is_told(book, monkeypatch):
    def refuse(*_: object) -> None:
        raise WriteFailed(path="客户.xlsx.decisions.txt", detail="read-only")

    monkeypatch.setattr(module, "decide", refuse)
    merge(book, ("K1", "K2"))
    assert module._UNDECIDED in said(apart(book, "K2"))
    assert cell(book, "K2", "客户编号") == "K2"
    assert rows_of(book, "K2")[PEOPLE] == 2


def test_conflicts_are_masked(book):
    merge(book, ("K1", "K2"))
    set_fields(request(book), "K1", [("手机", "13511119999")])
    done = module.unmerge(request(book, reveal=False), "K2", write=False)
    told = str(conflicts(done)) + str(list(done.changes))
    assert "13511119999" not in told
    assert "13822223333" not in told
    assert "9999" in told
