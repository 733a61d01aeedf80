"""What people type who have not read the manual, and what they are told."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from crmsheet.app import outcomes
from tests.cli.conftest import crmsheet
from tests.cli.desk_book import TODAY, make

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    return make(tmp_path / "客户.xlsx")


def run(*words: object, lang: str = "en"):
    return crmsheet(*words, "--today", TODAY, "--lang", lang)


@pytest.mark.parametrize(
    ("lang", "added", "noted"),
    [
        (
            "en",
            "Written as version 2: 客户: 1 row added; the other ",
            "客户: 1 cell set; 跟进记录: 1 row added; the other ",
        ),
        ("zh", "已写入，版本 2：“客户”新增 1 行；其他 ", "“客户”1 个单元格已改；“跟进记录”新增 1 行；其他 "),
    ],
)
def test_a_receipt_leaves_out_what_was_not_done(desk, lang, added, noted):
    said = run("add", "青岛远洋测试公司", "手机=13566667777", desk, lang=lang).out.replace("\n", " " * (lang == "en"))
    assert added in said
    said = run("note", "C0002", "报价", desk, lang=lang).out.replace("\n", " " * (lang == "en"))
    assert noted in said


def test_a_key_is_found_with_fewer_zeros_unless_two_have_its_number(desk):
    assert "C0002 上海华信科技有限公司" in run("note", "c2", "报价", desk).out
    book = openpyxl.load_workbook(desk)
    book["客户"]["A2"] = "C02"
    book.save(desk)
    unclear = run("note", "c2", "报价", desk)
    assert (unclear.code, "No customer fits c2." in unclear.err) == (2, True)
    assert "C02 北京华信科技有限公司" in run("show", "C02", desk).out


@pytest.mark.parametrize("name", ["old.xls", "old.XLS", "old.et"])
@pytest.mark.parametrize(
    "words", [("show", "C0001"), ("find", "a"), ("note", "C0001", "hi"), ("set", "C0001", "a=b"), ("add", "a")]
)
def test_another_format_among_the_words_is_called_one(tmp_path, name, words):
    (tmp_path / name).write_bytes(OLE)
    ran = run(*words, name)
    assert (ran.code, "too much" in ran.err, name in ran.err) == (3, False, True)


def test_a_text_may_end_like_another_format(desk):
    assert run("note", "C0002", "see quote.xls", desk).code == 0


def test_a_failure_after_the_write_says_that_the_book_is_written(desk, monkeypatch):
    def broken(*_: object, **__: object) -> None:
        raise ValueError("no page")

    monkeypatch.setattr(outcomes, "mask", broken)
    before = desk.read_bytes()
    ran = run("note", "C0002", "报价", desk)
    assert ran.code == 70
    assert "The book was written as version 2" in ran.err
    assert "`crmsheet undo` takes it back" in ran.err
    assert desk.read_bytes() != before
    looked = run("check", desk)
    assert (looked.code, "was written" in looked.err) == (70, False)


def test_nothing_is_no_customer(desk):
    assert "太短" in run("show", "", desk, lang="zh").err


def test_what_is_missing_is_named_in_the_language_of_the_book(desk):
    assert "例如 客户名称=..." in run("add", desk, lang="zh").err
    unknown = run("add", "x", desk, "--table", "联系任", lang="zh").err
    assert "可用的表：" in unknown
    assert "customers" not in unknown


def test_a_number_that_is_none_is_told_without_words_of_the_parser(tmp_path):
    assert "--rows 的值必须是整数" in run("new", tmp_path / "a.xlsx", "--rows", "abc", lang="zh").err
