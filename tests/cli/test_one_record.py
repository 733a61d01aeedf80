"""Commands that write one record: what they write where, what they refuse, and that undo gives every byte back."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from crmsheet.app.opening import Loaded, load_book
from crmsheet.app.request import Request
from crmsheet.cli import desk
from crmsheet.sample import EXAMPLE_DAY
from tests.cli.conftest import BOOKS, TODAY, crmsheet, members, tree

NEXT = EXAMPLE_DAY + dt.timedelta(days=9)
LOGGED = BOOKS[:3]
"""The books with a sheet of follow-ups; the last one is a single sheet of customers."""
TELL = ("--today", TODAY)


def read(book: Path) -> Loaded:
    now = dt.datetime.combine(EXAMPLE_DAY, dt.time(12)).astimezone()
    return load_book(Request(now, EXAMPLE_DAY, book))


@dataclass(frozen=True, slots=True)
class Facts:
    """Of a book: an owner by name, with the staff number; a customer: key in the sheet, name that is its own, row."""

    owner: str
    number: str
    key: str
    name: str
    row: int


def facts_of(book: Path) -> Facts:
    tables = read(book).book.tables
    table = tables["customers"]
    keys, names = table.texts(table.key), table.texts("name")
    at = next(at for at, name in enumerate(names) if name and names.count(name) == 1)
    owner, number = next(filter(None, table.texts("owner"))), ""
    if "staff" in tables:
        owner, number = tables["staff"].texts("name")[0], tables["staff"].texts("staff_id")[0]
    return Facts(owner, number, keys[at], names[at], int(table.cells.index[at]))


@pytest.fixture(scope="session")
def facts(shelf: Path) -> Mapping[str, Facts]:
    return {name: facts_of(shelf / name) for name in BOOKS}


def cell(book: Path, table: str, field: str, row: int) -> Any:
    """A cell of a field as found now."""
    found = read(book).book.tables[table]
    return found.cells.at[row, found.columns[field]]


def last(book: Path, table: str) -> dict[str, Any]:
    """The last row of a table by field."""
    found = read(book).book.tables[table]
    return {name: found.values[name].iloc[-1] for name in found.values}


@pytest.fixture
def at_desk(copy, facts, monkeypatch: pytest.MonkeyPatch):
    """A copy of a book, with somebody of its staff at the desk."""

    def sat(name: str) -> Path:
        monkeypatch.setenv("CRMSHEET_ACTOR", facts[name].owner)
        return copy(name)

    return sat


@pytest.mark.parametrize("name", LOGGED)
def test_a_note_is_a_row_of_the_log_and_moves_the_dates_of_the_customer(at_desk, facts, name):
    book = at_desk(name)
    key, called, row = facts[name].key, facts[name].name, facts[name].row
    before, rows = members(book), len(read(book).book.tables["interactions"].cells)
    known = read(book).book.tables["customers"].values.at[row, "last_contact_at"]
    told = ("--via", "WeChat", "--next", NEXT.isoformat(), "--outcome", "ok", "--at", "昨天 09:30")
    ran = crmsheet("note", key, "quote sent", book, *told, *TELL)
    assert ran.code == 0, ran.err
    assert called in ran.out
    line = last(book, "interactions")
    assert len(read(book).book.tables["interactions"].cells) == rows + 1
    assert line["customer_id"] == key
    assert line["channel"] == "wechat"
    assert line["summary"] == "quote sent"
    assert line["outcome"] == "ok"
    assert line["owner"] == facts[name].owner
    yesterday = EXAMPLE_DAY - dt.timedelta(days=1)
    assert line["at"] == dt.datetime.combine(yesterday, dt.time(9, 30))
    assert line["next_contact_at"] == dt.datetime.combine(NEXT, dt.time())
    keys = read(book).book.tables["interactions"].keys().tolist()
    assert len(set(keys)) == len(keys)
    assert keys[-1][0] == keys[0][0]
    customers = read(book).book.tables["customers"].values.loc[row]
    assert customers["last_contact_at"].date() == (max(known.date(), yesterday) if known == known else yesterday)
    assert customers["next_contact_at"].date() == NEXT
    assert crmsheet("note", key, "second", book, *TELL).code == 0
    assert last(book, "interactions")["summary"] == "second"
    for _ in range(2):
        assert crmsheet("undo", book, "--write").code == 0
    assert members(book) == before


def test_a_note_in_a_book_of_one_sheet_is_added_to_the_notes(at_desk, facts):
    book = at_desk(BOOKS[3])
    called = facts[BOOKS[3]].name
    row = facts[BOOKS[3]].row
    before, columns = members(book), len(read(book).book.tables["customers"].headers)
    ran = crmsheet("note", called, "已报价", book, "--via", "微信", "--next", "月底", "--next-step", "寄样", *TELL)
    assert ran.code == 0, ran.err
    assert crmsheet("note", called, "回访", book, "--at", TODAY, *TELL).code == 0
    lines = cell(book, "customers", "notes", row).split("\n")
    assert lines[-2] == f"{TODAY} 微信: 已报价；下一步计划: 寄样"
    assert lines[-1] == f"{TODAY}: 回访"
    customers = read(book).book.tables["customers"]
    assert customers.values.at[row, "last_contact_at"].date() == EXAMPLE_DAY
    assert customers.values.at[row, "next_contact_at"].day == 30
    assert len(customers.headers) <= columns + 2
    for _ in range(2):
        assert crmsheet("undo", book, "--write").code == 0
    assert members(book) == before


def test_an_older_note_does_not_move_the_last_contact_back(at_desk, facts):
    book = at_desk(BOOKS[0])
    key = facts[BOOKS[0]].key
    row = facts[BOOKS[0]].row
    assert crmsheet("note", key, "today", book, *TELL).code == 0
    assert crmsheet("note", key, "long ago", book, "--at", "2020-01-05", *TELL).code == 0
    assert cell(book, "customers", "last_contact_at", row).isoformat()[:10] == TODAY
    assert last(book, "interactions")["at"].year == 2020


def test_a_promise_that_was_met_is_said(at_desk, facts):
    book = at_desk(BOOKS[0])
    key = facts[BOOKS[0]].key
    row = facts[BOOKS[0]].row
    assert crmsheet("set", key, f"next_contact_at={TODAY}", book, *TELL).code == 0
    ran = crmsheet("note", key, "called", book, *TELL, "--lang", "en")
    assert f"promised for {TODAY} is met" in ran.out
    assert cell(book, "customers", "next_contact_at", row).isoformat()[:10] == TODAY


def test_whoever_refuses_contact_is_warned_of(at_desk, facts):
    book = at_desk(BOOKS[0])
    key = facts[BOOKS[0]].key
    assert crmsheet("set", key, "do_not_contact=是", book, *TELL).code == 0
    ran = crmsheet("note", key, "called", book, *TELL, "--lang", "en")
    assert ran.code == 0
    assert "does not want to be contacted" in ran.out


@pytest.mark.parametrize("name", BOOKS)
def test_set_writes_canonical_spelling_shows_it_masked_and_is_undone(at_desk, facts, name):
    book = at_desk(name)
    called = facts[name].name
    row = facts[name].row
    before = members(book)
    ran = crmsheet("set", called, "mobile= +86 138-0013-8000", "email=Foo@Example.COM", "city=", book, *TELL)
    assert ran.code == 0, ran.err
    values = read(book).book.tables["customers"].values.loc[row]
    assert values["mobile"] == "+8613800138000"
    assert cell(book, "customers", "email", row) == "Foo@example.com"
    assert values.isna()["city"]
    assert "138****8000" in ran.out
    assert "13800138000" not in ran.said
    again = crmsheet("set", called, "mobile=13800138000", book, *TELL, "-f", "json", "--reveal")
    assert again.code == 0
    assert again.document["changes"] == []
    assert crmsheet("undo", book, "--write").code == 0
    assert members(book) == before


@pytest.mark.parametrize(
    ("pair", "said"),
    [
        ("mobile=1380013800", "1380013800"),
        ("stage=whatever", "whatever"),
        ("relation=代理伤", "did you mean 代理商"),
        ("created_at=2026-02-30", "2026-02-30"),
        ("name=", "every record needs it"),
        ('name==HYPERLINK("x")', "formula"),
        ("parent_id=C9999", "C9999"),
        ("tier=A", "not set by hand"),
        ("customer_id=C9", "not set by hand"),
        ("last_contact_at=2026-01-01", "crmsheet note"),
        ("手基=1", "手机"),
        ("=1", "no field called"),
        ("next_contact_at=2020-01-05", "past"),
        ("age=300", "300"),
    ],
)
def test_what_set_refuses_is_said_and_nothing_is_written(at_desk, facts, pair, said):
    book = at_desk(BOOKS[0])
    key = facts[BOOKS[0]].key
    before = tree(book.parent)
    ran = crmsheet("set", key, "city=长沙", pair, book, *TELL, "--lang", "en")
    assert ran.code == 2, ran.out
    assert said in ran.err
    assert ran.out == ""
    assert tree(book.parent) == before


@pytest.mark.parametrize(
    "arguments",
    [
        ("note", "C0001"),
        ("note", "nobody at all", "text"),
        ("note", "有限公司", "text"),
        ("note", "FIRST", " "),
        ("note", "FIRST", "text", "--via", "烟火"),
        ("note", "FIRST", "text", "--next", "soon"),
        ("note", "FIRST", "text", "--next", "2020-01-01"),
        ("note", "FIRST", "text", "--next", "5/12"),
        ("note", "FIRST", "text", "--at", "明天"),
        ("note", "FIRST", "=cmd()"),
        ("note", "FIRST", "text", "too", "much"),
        ("set", "FIRST"),
        ("set", "city=长沙"),
        ("set", "FIRST", "city=a", "城市=b"),
        ("add",),
        ("add", "mobile=13800138000"),
        ("add", "新客户", "mobile=1380013800"),
        ("add", "新客户", "--table", "nothing"),
        ("add", "新客户", "--table", "contracts"),
        ("add", "新联系人", "--table", "contacts"),
        ("add", "新客户", "--customer", "FIRST"),
        ("add", "--table", "transactions", "--customer", "FIRST"),
    ],
)
def test_wrong_input_is_one_sentence_exit_2_and_no_write(at_desk, facts, arguments):
    book = at_desk(BOOKS[0])
    key = facts[BOOKS[0]].key
    before = tree(book.parent)
    for lang in ("zh", "en"):
        ran = crmsheet(*(key if each == "FIRST" else each for each in arguments), book, "--lang", lang)
        assert ran.code == 2, ran.said
        assert ran.out == ""
        assert ran.err.startswith("crmsheet: ")
        assert ran.err.count("\n") == 1
    assert tree(book.parent) == before


@pytest.mark.parametrize("name", BOOKS[:3])
def test_a_customer_is_added_with_key_owner_and_day(at_desk, facts, name):
    book = at_desk(name)
    before, count = members(book), len(read(book).book.tables["customers"].cells)
    ran = crmsheet("add", "北京测试科技有限公司", "mobile=13912345678", book, *TELL)
    assert ran.code == 0, ran.err
    line = last(book, "customers")
    assert line["name"] == "北京测试科技有限公司"
    assert line["mobile"] == "+8613912345678"
    assert line["owner"] == facts[name].owner
    assert line["created_at"].date() == EXAMPLE_DAY
    keys = read(book).book.tables["customers"].keys().tolist()
    assert len(keys) == count + 1
    assert keys[-1] not in keys[:-1]
    assert keys[-1][0] == keys[0][0]
    assert crmsheet("undo", book, "--write").code == 0
    assert members(book) == before


@pytest.mark.parametrize("field", ["name", "mobile"])
def test_whoever_is_there_is_not_added_twice(at_desk, field):
    book = at_desk(BOOKS[0])
    table = read(book).book.tables["customers"]
    phones = table.values["mobile"]
    at = next(at for at, each in enumerate(phones) if isinstance(each, str) and "|" not in each and len(each) == 14)
    name, mobile = table.texts("name")[at], phones.iloc[at].removeprefix("+86")
    told = (name,) if field == "name" else ("全新客户", f"手机={mobile}")
    before = tree(book.parent)
    ran = crmsheet("add", *told, book, *TELL, "--lang", "en")
    assert ran.code == 5
    assert table.keys().iloc[at] in ran.err
    assert "--anyway" in ran.err
    assert mobile not in ran.err or field == "name"
    assert tree(book.parent) == before
    assert crmsheet("add", *told, book, *TELL, "--anyway").code == 0


def test_a_terminal_is_asked_before_a_double(at_desk, facts, monkeypatch: pytest.MonkeyPatch):
    book = at_desk(BOOKS[0])
    called = facts[BOOKS[0]].name
    before = members(book)
    answers = iter([0, 1])
    asked: list[int] = []

    def choose(_question: object, choices: Any) -> int:
        asked.append(len(choices))
        return next(answers)

    monkeypatch.setattr(desk, "asker", lambda *_: choose)
    assert crmsheet("add", called, book, *TELL).code == 5
    assert members(book) == before
    assert crmsheet("add", called, book, *TELL).code == 0
    assert asked == [2, 2]
    assert last(book, "customers")["name"] == called


@pytest.mark.parametrize("name", LOGGED)
def test_records_of_other_sheets_are_tied_to_their_customer(at_desk, facts, name):
    book = at_desk(name)
    key = facts[name].key
    before = members(book)
    ran = crmsheet("add", "李测试", "--table", "联系人", "--customer", key, "mobile=13612345678", book, *TELL)
    assert ran.code == 0, ran.err
    contact = last(book, "contacts")
    assert (contact["customer_id"], contact["name"]) == (key, "李测试")
    assert "李测试" not in ran.out
    assert "李**" in ran.out
    sold = ("--table", "transactions", "--customer", key, "date=今天", "amount=1,200.50")
    assert crmsheet("add", *sold, book, *TELL).code == 0
    sale = last(book, "transactions")
    assert (sale["customer_id"], sale["amount"], sale["date"].date()) == (key, 1200.5, EXAMPLE_DAY)
    assert crmsheet("note", key, "met", "--contact", "李测试", book, *TELL).code == 0
    line = last(book, "interactions")
    assert line.get("contact_id") == contact["contact_id"] or line["contact_name"] == "李测试"
    for _ in range(3):
        assert crmsheet("undo", book, "--write").code == 0
    assert members(book) == before


def test_a_book_that_is_open_elsewhere_is_left_alone(at_desk, facts):
    book = at_desk(BOOKS[0])
    key = facts[BOOKS[0]].key
    (book.parent / f"~${book.name}").write_bytes(b"\x05Wang" + bytes(160))
    before = members(book)
    for arguments in (("note", key, "text"), ("set", key, "city=长沙"), ("add", "全新客户")):
        ran = crmsheet(*arguments, book, *TELL)
        assert ran.code == 6, ran.said
    assert members(book) == before


def test_a_cell_with_a_formula_is_refused(at_desk, facts):
    book = at_desk(BOOKS[0])
    key = facts[BOOKS[0]].key
    row = facts[BOOKS[0]].row
    table = read(book).book.tables["customers"]
    sheet = openpyxl.load_workbook(book)
    sheet[table.sheet][f"{table.columns['city']}{row}"] = '="长"&"沙"'
    sheet[table.sheet][f"{table.columns['last_contact_at']}{row}"] = "=TODAY()"
    sheet.save(book)
    before = members(book)
    ran = crmsheet("set", key, "city=北京", book, *TELL, "--lang", "en")
    assert ran.code == 5
    assert f"{table.columns['city']}{row}" in ran.err
    assert members(book) == before
    noted = crmsheet("note", key, "text", book, *TELL, "--lang", "en")
    assert noted.code == 0
    assert "formula" in noted.out


def test_the_log_of_a_file_in_gb18030_takes_chinese_and_keeps_its_encoding(at_desk, facts):
    book = at_desk(BOOKS[2])
    path = next(book.glob("客户.csv"))
    text = path.read_bytes().decode("utf-8-sig" if path.read_bytes()[:3] == b"\xef\xbb\xbf" else "gb18030")
    path.write_bytes(text.encode("gb18030"))
    assert crmsheet("add", "深圳测试科技有限公司", book, *TELL).code == 0
    lines = list(csv.reader(path.read_bytes().decode("gb18030").splitlines()))
    assert "深圳测试科技有限公司" in lines[-1]


@pytest.mark.parametrize("name", BOOKS)
def test_me_lists_my_customers_with_numbers_to_dial(at_desk, facts, name):
    book = at_desk(name)
    who = facts[name].owner
    ran = crmsheet("me", book, *TELL, "-f", "json")
    assert ran.code == 0, ran.err
    document = ran.document
    table = read(book).book.tables["customers"]
    owners = dict(zip(table.keys().tolist(), table.values["owner"].tolist(), strict=True))
    rows = [row for section in document["sections"] for row in section["rows"]]
    assert document["counts"]["due"] >= len(rows) > 0
    assert {owners[row[0]] for row in rows} <= {who, facts[name].number}
    whole = [row[4] for row in rows if row[4] and sum(map(str.isdecimal, row[4])) >= 10]
    assert whole, "no number to dial"


def test_a_stranger_is_told_who_has_calls(at_desk, facts, monkeypatch: pytest.MonkeyPatch):
    book = at_desk(BOOKS[0])
    monkeypatch.setenv("CRMSHEET_ACTOR", "nobody-here")
    ran = crmsheet("me", book, *TELL, "--lang", "en")
    assert ran.code == 2
    assert "CRMSHEET_ACTOR" in ran.err
    assert facts[BOOKS[0]].owner in ran.err
    key = facts[BOOKS[0]].key
    noted = crmsheet("note", key, "text", book, *TELL, "--lang", "en")
    assert "knows nobody called nobody-here" in noted.out


def test_a_free_day_names_the_next_one_and_a_busy_one_what_was_said(tmp_path, monkeypatch):
    monkeypatch.setenv("CRMSHEET_ACTOR", "周敏")
    book = tmp_path / "book"
    book.mkdir()
    head = "客户编号,客户名称,负责人,手机,最后跟进时间,备注\n"
    lines = "C001,北京华信科技有限公司,周敏,13800138000,2026-11-20,\nC002,上海远景贸易有限公司,李雷,,,\n"
    (book / "客户.csv").write_text(head + lines, "utf-8")
    free = crmsheet("me", book, *TELL, "--lang", "en")
    assert free.code == 0
    assert "周敏: nobody is due today. The next is C001 北京华信科技有限公司 on 2027-02-18." in free.out
    assert crmsheet("note", "C001", "报价 50 万", book, "--next", "明天", *TELL).code == 0
    busy = crmsheet("me", book, "--today", "2026-11-24", "-f", "json")
    (row,) = (row for section in busy.document["sections"] for row in section["rows"])
    assert row[0] == "C001"
    assert row[4] == "13800138000"
    assert row[5] == f"{TODAY}: 报价 50 万"
    assert busy.document["counts"] == {"due": 1, "promised": 1, "overdue": 0}
