"""The list of keys and names for completion: private, fresh, and never a trouble."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

import pytest

from crmsheet.app import complete
from crmsheet.app.complete import customers
from crmsheet.app.name_index import Named, index_of
from crmsheet.app.opening import load_book
from crmsheet.app.private_cache import cache_folder
from crmsheet.app.request import Request

NOW = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
HEADER = "客户编号,客户名称,手机,记录状态\n"
ROWS = "C002,远望贸易,13800138000,有效\nC001,华星科技,13800138001,\nC003,旧客户,13800138002,已合并\n"


@pytest.fixture
def desk(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("CRMSHEET_BOOK", raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "客户.csv").write_text(HEADER + ROWS, "utf-8")
    return Request(NOW, NOW.date(), tmp_path / "客户.csv")


def test_active_customers_by_key(desk):
    assert customers(desk) == (Named("C001", "华星科技"), Named("C002", "远望贸易"))


def test_the_list_holds_no_number_and_is_for_this_user_alone(desk, tmp_path):
    customers(desk)
    (kept,) = (tmp_path / "cache/crmsheet/names").iterdir()
    text = kept.read_text("utf-8")
    assert "13800138" not in text
    assert "客户" not in kept.name
    if sys.platform != "win32":
        assert kept.stat().st_mode & 0o777 == 0o600
        assert kept.parent.stat().st_mode & 0o777 == 0o700


def test_a_second_time_the_book_is_not_read(desk, monkeypatch):
    first = customers(desk)
    monkeypatch.setattr("crmsheet.app.opening.load_book", None)
    assert customers(desk) == first


def test_a_change_of_the_book_makes_it_anew(desk):
    customers(desk)
    desk.book.write_text(HEADER + "C009,新客户,,\n", "utf-8")
    assert customers(desk) == (Named("C009", "新客户"),)


def test_a_book_that_only_commands_read_leaves_no_list(desk, tmp_path):
    load_book(desk)
    assert not (tmp_path / "cache").exists()


def test_a_command_keeps_up_a_list_that_was_begun(desk):
    customers(desk)
    desk.book.write_text(HEADER + "C009,新客户,,\n", "utf-8")
    assert index_of(desk.book).read() is None
    load_book(desk)
    assert index_of(desk.book).read() == (Named("C009", "新客户"),)


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"stamp": 1}', '{"customers": [["a"]], "stamp": ""}', "\udcff"])
def test_a_damaged_list_is_made_anew(desk, damage):
    known = customers(desk)
    index_of(desk.book).file.write_text(damage, "utf-8", errors="surrogateescape")
    assert index_of(desk.book).read() is None
    assert customers(desk) == known
    assert index_of(desk.book).read() == known


def test_a_cache_that_cannot_be_written_is_done_without(desk, tmp_path):
    (tmp_path / "cache").write_text("a file in its place", "utf-8")
    assert [each.key for each in customers(desk)] == ["C001", "C002"]


def test_a_name_that_the_schema_calls_personal_is_left_out(desk, tmp_path):
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas/customers.yaml").write_text(
        "table: customers\nfields:\n  name: {sensitivity: personal}\n", "utf-8"
    )
    assert customers(desk) == (Named("C001", ""), Named("C002", ""))


def test_no_book_is_no_customer(desk, tmp_path):
    assert customers(Request(NOW, NOW.date(), tmp_path / "missing.xlsx")) == ()
    assert not (tmp_path / "cache").exists()


def test_where_caches_are_kept():
    assert cache_folder({"XDG_CACHE_HOME": "/x"}) == Path("/x/crmsheet/names")
    assert cache_folder({}).parts[-2:] == ("crmsheet", "names")


def test_tables_and_fields_as_the_user_writes_them(desk):
    assert ("customers", {"zh": "客户", "en": "Customers"}) in list(complete.tables(desk, "cu"))
    assert ("customers.mobile", {"zh": "手机", "en": "Mobile"}) in list(complete.tables(desk, "customers.m"))
