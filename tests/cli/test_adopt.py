"""adopt: a user's own file becomes a book, once, in one version that can be undone; what is open is asked."""

from __future__ import annotations

import tomllib

import openpyxl
import pytest

from crmsheet.cli import desk as desk_module
from crmsheet.core.errors import WriteFailed
from tests.cli.conftest import TODAY, crmsheet, tree
from tests.cli.ugly_book import ROWS, make_gaps, make_ugly

SENTENCE = "将新增 1 列（客户编号），规范 2 个单元格，不删除任何内容，原文件另存于"


@pytest.fixture
def book(tmp_path):
    return make_ugly(tmp_path / "客户表.xlsx")


def adopt(book, *options):
    return crmsheet("adopt", book, "--today", TODAY, *options)


def test_the_proposal_says_it_in_one_sentence_and_writes_nothing(book, tmp_path):
    before = tree(tmp_path)
    ran = adopt(book, "--lang", "zh")
    assert ran.code == 0
    assert SENTENCE in "".join(ran.out.split("\n")).replace("原文件另存于 ", "原文件另存于")
    assert '[layout."客户"]' in ran.out
    assert "header = [2, 3]" in ran.out
    assert tree(tmp_path) == before


def test_the_file_becomes_a_book_once(book, tmp_path):
    found = book.read_bytes()
    assert adopt(book, "--write").code == 0
    sheet = openpyxl.load_workbook(book)["客户"]
    assert [sheet.cell(row, 8).value for row in range(3, 10)] == [
        "客户编号", *(f"K00000{number}" for number in range(1, 6)), None,
    ]  # fmt: skip
    assert (sheet["C4"].value, sheet["E5"].value) == ("13800138000", "li@qq.com")
    kept = [[sheet.cell(row, column).value for column in (1, 4, 7)] for row in range(4, 9)]
    assert kept == [[row[0], row[3] or None, row[6] or None] for row in ROWS], "what is lost is never made up"
    assert (tmp_path / "crmsheet.toml").read_text("utf-8") == '[layout."客户"]\nheader = [2, 3]\n'
    assert (tmp_path / ".crmsheet/客户表.original.xlsx").read_bytes() == found

    written = tree(tmp_path)
    again = adopt(book, "--write", "--lang", "en")
    assert again.code == 0
    assert "It is a book already" in again.out
    assert tree(tmp_path) == written


def test_undo_gives_the_very_file_back_and_leaves_the_settings(book, tmp_path):
    found = book.read_bytes()
    adopt(book, "--write")
    ran = crmsheet("undo", book, "--write", "--lang", "en")
    assert ran.code == 0
    assert book.read_bytes() == found
    assert "What adopt wrote into crmsheet.toml stays" in " ".join(ran.out.split())
    assert (tmp_path / "crmsheet.toml").exists()
    assert crmsheet("check", book).code in (0, 1)


def test_the_settings_that_are_there_stay_byte_for_byte(book, tmp_path):
    given = '# 我们的设置\r\nregion = "CN"   # 国内\r\n\r\n[nightly]\r\nmerge = "sure"\r\n'
    (tmp_path / "crmsheet.toml").write_bytes(given.encode())
    assert adopt(book, "--write").code == 0
    written = (tmp_path / "crmsheet.toml").read_bytes().decode()
    assert written == given + '\r\n[layout."客户"]\r\nheader = [2, 3]\r\n'


def test_an_older_original_is_never_overwritten(book, tmp_path):
    adopt(book, "--write")
    first = (tmp_path / ".crmsheet/客户表.original.xlsx").read_bytes()
    make_ugly(book)
    changed = openpyxl.load_workbook(book)
    changed["客户"]["G4"] = "新"
    changed.save(book)
    found = book.read_bytes()
    ran = adopt(book, "--write", "--lang", "en")
    assert "客户表.original-2.xlsx" in "".join(ran.out.split())
    assert (tmp_path / ".crmsheet/客户表.original.xlsx").read_bytes() == first
    assert (tmp_path / ".crmsheet/客户表.original-2.xlsx").read_bytes() == found


def test_a_book_that_is_open_elsewhere_is_left_with_nothing_beside_it(book, tmp_path):
    (tmp_path / "~$客户表.xlsx").write_bytes(b"\x04Wang" + bytes(160))
    ran = adopt(book, "--write", "--lang", "en")
    assert ran.code == 6
    assert not (tmp_path / "crmsheet.toml").exists()
    assert not list(tmp_path.glob(".crmsheet.toml*"))
    assert not list((tmp_path / ".crmsheet").glob("*original*"))


def test_a_write_that_fails_leaves_neither_settings_nor_copy(book, tmp_path, monkeypatch):
    from crmsheet.app import keeping

    def full(*_args, **_facts):
        raise WriteFailed(path="客户表.xlsx", detail="no space left")

    monkeypatch.setattr(keeping, "replace", full)
    found = book.read_bytes()
    assert adopt(book, "--write").code == 9
    assert book.read_bytes() == found
    assert not (tmp_path / "crmsheet.toml").exists()
    assert not list(tmp_path.glob(".crmsheet.toml*"))
    assert not list((tmp_path / ".crmsheet").glob("*original*"))


def test_a_settings_file_to_which_nothing_can_be_added_stops_it_before_anything_is_written(book, tmp_path):
    (tmp_path / "crmsheet.toml").write_text('layout = { "客户" = { last = 8 } }\n', "utf-8")
    before = tree(tmp_path)
    ran = adopt(book, "--write", "--lang", "en")
    assert ran.code == 4
    assert "header = [2, 3]" in ran.err
    assert tree(tmp_path) == before


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_without_anybody_to_ask_it_stops_and_names_the_line(tmp_path, lang):
    book = make_gaps(tmp_path / "客户.xlsx")
    before = tree(tmp_path)
    ran = adopt(book, "--write", "--lang", lang)
    assert (ran.code, ran.out) == (2, "")
    assert 'fill = ["A"]' in ran.err
    assert "sure = true" in ran.err
    assert tree(tmp_path) == before


@pytest.mark.parametrize(
    ("answer", "settled"), [(0, {"sure": True}), (1, {"fill": ["A"]})], ids=["as it is read", "the other way"]
)
def test_who_sits_at_the_terminal_is_asked(tmp_path, monkeypatch, answer, settled):
    book = make_gaps(tmp_path / "客户.xlsx")
    asked = []

    def choose(question, choices):
        asked.append((question, choices))
        return answer

    monkeypatch.setattr(desk_module, "asker", lambda *_: choose)
    ran = adopt(book, "--write", "--lang", "en")
    assert ran.code == 0
    assert [len(choices) for _, choices in asked] == [3]
    layout = tomllib.loads((tmp_path / "crmsheet.toml").read_text("utf-8"))["layout"]
    assert layout == {"客户": settled}
    asked.clear()
    assert "It is a book already" in adopt(book, "--write", "--lang", "en").out
    assert not asked, "what was settled is not asked again"


def test_neither_of_the_two_stops_it(tmp_path, monkeypatch):
    book = make_gaps(tmp_path / "客户.xlsx")
    before = tree(tmp_path)
    monkeypatch.setattr(desk_module, "asker", lambda *_: lambda _question, choices: len(choices) - 1)
    assert adopt(book, "--write").code == 2
    assert tree(tmp_path) == before


def test_a_folder_of_csv_files(tmp_path):
    folder = tmp_path / "book"
    folder.mkdir()
    (folder / "客户.csv").write_text("客户名称,手机\n武汉华星科技有限公司,１３８００１３８０００\n", "utf-8")
    found = (folder / "客户.csv").read_bytes()
    ran = adopt(folder, "--write", "--lang", "zh")
    assert ran.code == 0
    assert (folder / ".crmsheet/original/客户.csv").read_bytes() == found
    assert "K000001" in (folder / "客户.csv").read_text("utf-8")


@pytest.mark.parametrize(("words", "code"), [(("nowhere.xlsx",), 3), (("--wrong",), 2), ((), 2)])
def test_wrong_words(words, code):
    ran = crmsheet("adopt", *words, "--lang", "en")
    assert ran.code == code
    assert ran.err.startswith("crmsheet: ")
