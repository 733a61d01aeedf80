"""undo, redo, restore and blame on the command line, in both languages, on every kind of book."""

from __future__ import annotations

import json
import re

import openpyxl
import pytest

from tests.cli.conftest import BOOKS, TODAY, crmsheet, members, tree

BOOK = BOOKS[0]


@pytest.fixture(autouse=True)
def _cache_of_nobody(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def ran(*arguments, code: int = 0):
    found = crmsheet(*arguments)
    assert found.code == code, found.said
    assert "Traceback" not in found.said
    return found


def first_key(book) -> str:
    document = ran("find", "公司" if book.name != BOOKS[1] else "Inc", book, "-f", "json").document
    return document["sections"][0]["rows"][0][1]


@pytest.fixture
def walked(copy):
    """A book that went through commands of every kind: the book, and its bytes after each of them."""

    def walk(name):
        book = copy(name)
        key, label = first_key(book), "city" if name == BOOKS[1] else "城市"
        states = [members(book)]
        for command in (
            ("clean", book, "--today", TODAY, "--write"),
            ("set", key, f"{label}=Houston", book),
            ("dedupe", book, "--today", TODAY, "--write"),
            ("note", key, "已报价", book, "--today", TODAY),
            ("tier", book, "--today", TODAY, "--write"),
            ("add", "Blue Heron Bakery", book, "--anyway"),
            ("nightly", book, "--today", TODAY, "--write"),
        ):
            before = members(book)
            crmsheet(*command)
            if members(book) != before:
                states.append(members(book))
        return book, states

    return walk


@pytest.mark.parametrize("name", BOOKS)
def test_any_sequence_of_commands_is_walked_back_and_forth_byte_for_byte(walked, name):
    book, states = walked(name)
    assert len(states) > 4
    for before in reversed(states[:-1]):
        ran("undo", book, "--write")
        assert members(book) == before
    ran("undo", book, "--write", code=5)
    for after in states[1:]:
        ran("redo", book, "--write")
        assert members(book) == after
    ran("redo", book, "--write", code=5)
    for number in ("1", "3"):
        ran("restore", number, book, "--write")
        assert members(book) == states[int(number) - 1]
    ran("undo", book, "--write")
    ran("undo", book, "--write")
    assert members(book) == states[-1]


@pytest.mark.parametrize("name", BOOKS)
def test_the_second_write_is_taken_out_and_put_back_in(walked, name):
    book, states = walked(name)
    taken = crmsheet("undo", "3", book, "--write", "-f", "json")
    assert taken.code in (0, 5), taken.err
    document = taken.document
    if document["counts"]["changes"]:
        assert members(book) != states[-1]
        assert ran("redo", book, "--write")
    assert members(book) == states[-1]


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        (
            "zh",
            (
                "文件没有改动",
                "逐字节",
                "冲突",
                "应为",
                "现为",
                "要改成",
                "谁改的",
                "最初就有",
                "已恢复",
                "没有可以重做",
            ),
        ),
        (
            "en",
            ("was not changed", "byte for byte", "Conflicts", "Expected", "Stands there", "Would become", "Who set it"),
        ),
    ],
)
def test_both_languages_say_all_of_it(copy, lang, words):
    book = copy(BOOK)
    key = first_key(book)
    said = [crmsheet("redo", book, "--lang", lang).said]
    for text in ("第一次", "第二次"):
        ran("set", key, f"备注={text}", book)
    said += [crmsheet(*each, book, "--lang", lang).said for each in (("undo", "2"), ("undo",), ("undo", "--write"))]
    said += [
        crmsheet(*each, book, "--lang", lang).said
        for each in (("redo", "--write"), ("blame", key, "备注"), ("blame", key))
    ]
    said += [ran("restore", "2", book, "--key", key, "--write", "--lang", lang).said]
    whole = "".join(said)
    assert not [each for each in words if each not in whole.replace("\n", "")]


def test_nothing_is_shown_that_a_mask_hides(copy):
    book = copy(BOOK)
    key = first_key(book)
    for number in ("13700137001", "13700137002", "13700137003"):
        ran("set", key, f"手机={number}", book)
    sheets = openpyxl.load_workbook(book)
    sheet = sheets["客户"]
    column = next(cell.column for row in sheet.iter_rows() for cell in row if cell.value == "手机")
    row = next(row[0].row for row in sheet.iter_rows() if row[0].value == key)
    sheet.cell(row, column).value = "13700137004"
    sheets.save(book)
    for output in ("text", "json", "md", "html"):
        for command in (
            ("undo", "2", book),
            ("undo", book),
            ("restore", "2", book, "--key", key),
            ("blame", key, "手机", book),
            ("blame", key, book),
        ):
            found = crmsheet(*command, "-f", output)
            assert found.code in (0, 5), found.err
            assert not re.search("1370013700[1-4]", found.said), command
            assert re.search("1370013700[1-4]", crmsheet(*command, "-f", output, "--reveal").said), command


def test_json_tells_conflicts_with_all_three_values(copy):
    book = copy(BOOK)
    key = first_key(book)
    for text in ("第一次", "第二次"):
        ran("set", key, f"备注={text}", book)
    document = json.loads(ran("undo", "2", book, "-f", "json", code=5).out)
    (section,) = [each for each in document["sections"] if each["name"] == "conflicts"]
    assert section["columns"] == ["Place", "Column", "Reason", "Expected", "Stands there", "Would become"]
    ((place, _, reason, expected, there, _),) = section["rows"]
    assert re.fullmatch(r"客户!\w+\d+ \(notes\)", place)
    assert reason == "the cell holds another value than expected"
    assert (expected, there) == ("第一次", "第二次")
    assert document["counts"]["conflicts"] == 1


def test_a_lost_book_is_named_and_comes_back(copy):
    book = copy(BOOK)
    ran("clean", book, "--today", TODAY, "--write")
    last = members(book)
    book.unlink()
    lost = ran("check", book, "--lang", "en", code=3)
    assert "its history is" in lost.err
    assert "crmsheet restore VERSION" in lost.err
    assert "版本" in ran("check", book, "--lang", "zh", code=3).err
    ran("restore", "2", book)
    assert not book.exists()
    ran("restore", "2", book, "--write")
    assert members(book) == last
    ran("undo", book, "--write")
    ran("check", book, "--fail-on", "never")


def test_mistakes_are_told_and_change_nothing(copy):
    book = copy(BOOK)
    ran("clean", book, "--today", TODAY, "--write")
    before = tree(book.parent)
    for arguments, word in (
        (("undo", "77", book), "77"),
        (("undo", "zzzz", book), "zzzz"),
        (("undo", "2", "3", book), "3"),
        (("restore", book), "VERSION"),
        (("restore", "1", book, "--key", "没有的"), "没有的"),
        (("restore", "1", book, "--table", "没有的"), "没有的"),
        (("restore", "1", book, "--field", "没有的"), "没有的"),
        (("blame", book), "RECORD"),
        (("blame", "没有的", book), "没有的"),
        (("blame", first_key(book), "没有的", book), "没有的"),
        (("blame", first_key(book), book, "--key", "没有的"), "没有的"),
    ):
        assert word in ran(*arguments, code=2).err, arguments
    assert tree(book.parent) == before


@pytest.mark.parametrize("width", ["40", "200"])
def test_every_width_shows_who_and_when(copy, monkeypatch, width):
    book = copy(BOOK)
    key = first_key(book)
    ran("set", key, "备注=第一次", book)
    monkeypatch.setenv("COLUMNS", width)
    out = ran("blame", key, "备注", book, "--lang", "en").out
    assert "第一次" in out
    assert "set" in out
    assert max(map(len, out.splitlines())) <= int(width)


def test_the_book_may_stand_anywhere_or_be_named_by_the_settings(copy, monkeypatch):
    book = copy(BOOK)
    key = first_key(book)
    ran("set", key, "备注=第一次", book)
    assert ran("undo", book, "2").out == ran("undo", "2", book).out
    assert ran("blame", book, key, "备注").out == ran("blame", key, "备注", book).out
    monkeypatch.setenv("CRMSHEET_BOOK", str(book))
    assert "2" in ran("undo", "2").out
    assert "第一次" in ran("blame", key).out
    assert "备注" in ran("restore", "1", "--key", key, "--lang", "zh").out
