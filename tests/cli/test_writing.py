"""What --write does to the disk, and nothing else; a second run changes nothing; undo gives every byte back."""

from __future__ import annotations

import datetime as dt
import re
import shutil
from pathlib import Path

import openpyxl
import pytest

from tests.cli.conftest import BOOKS, TODAY, Cli, crmsheet, members, tree

NIGHT = ("nightly", "--today", TODAY)
SURE = '[nightly]\nmerge = "sure"\n'
LATER = "2026-12-01"


def night(book: Path, *options: object):
    return crmsheet(NIGHT[0], book, *NIGHT[1:], *options)


@pytest.mark.parametrize(("name", "merge"), [*((name, "sure") for name in BOOKS), (BOOKS[3], "review")])
def test_a_night_changes_only_the_book_and_its_history_and_undo_gives_every_byte_back(copy, name, merge):
    book = copy(name)
    if merge == "sure":
        (book.parent / "crmsheet.toml").write_text(SURE, "utf-8")
    before, files = tree(book.parent), members(book)

    first = night(book, "--write", "-f", "json")
    assert first.code == 0, first.err
    assert first.document["changes"]
    merged = [each for each in first.document["changes"] if each["kind"] == "retire"]
    assert bool(merged) == (merge == "sure")
    after = tree(book.parent)
    touched = {path for path in after if after[path] != before.get(path)}
    lists = "今日跟进" if name != BOOKS[1] else "follow-ups"
    home = f"{name}/" if book.is_dir() else ""
    allowed = (
        rf"{re.escape(name)}(/.*\.csv)?",
        rf"({home})?\.crmsheet(/.*)?",
        rf"({home})?{lists}(/{TODAY}(/{lists}_.+\.xlsx)?)?",
    )
    assert not [path for path in touched if not any(re.fullmatch(each, path) for each in allowed)], touched
    assert not set(before) - set(after)
    assert not [path for path in after if path.endswith((".tmp", ".owner"))]

    second = night(book, "--write", "-f", "json")
    assert second.code == 0, second.err
    assert second.document["changes"] == []
    assert tree(book.parent) == after, "a second night left something"

    undone = crmsheet("undo", book, "--write")
    assert undone.code == 0, undone.err
    assert members(book) == files


@pytest.mark.parametrize("command", ["clean", "dedupe", "tier"])
def test_each_step_writes_what_it_proposed_and_then_proposes_nothing(copy, looked: Cli, command):
    book = copy(BOOKS[0])
    proposed = looked(command, BOOKS[0], "-f", "json", "--reveal").document["changes"]
    files = members(book)
    written = crmsheet(command, book, "--today", TODAY, "--write", "-f", "json", "--reveal")
    assert written.code == 0, written.err
    assert written.document["changes"] == proposed
    assert proposed
    again = crmsheet(command, book, "--today", TODAY, "-f", "json")
    assert again.document["changes"] == []
    assert crmsheet("undo", book, "--write").code == 0
    assert members(book) == files


def test_what_was_written_stands_in_the_cells(copy):
    book = copy(BOOKS[0])
    changes = night(book, "--write", "-f", "json", "--reveal").document["changes"]
    sheets = openpyxl.load_workbook(book)
    told = 0
    for each in changes:
        if each["kind"] != "set" or not each["cell"]:
            continue
        value = sheets[each["sheet"]][each["cell"]].value
        if isinstance(value, dt.datetime):
            value = value.date().isoformat() if value.time() == dt.time() else value.isoformat()
        assert value == each["after"] or float(value) == float(each["after"]), each
        told += 1
    assert told > 50


def test_undo_keeps_what_a_colleague_typed_since(copy):
    book = copy(BOOKS[3])
    night(book, "--write")
    sheets = openpyxl.load_workbook(book)
    sheet = sheets.worksheets[0]
    notes = next(cell for cell in sheet[1] if cell.value == "备注").column
    sheet.cell(5, notes).value = "同事写的"
    sheets.save(book)
    undone = crmsheet("undo", book, "--write", "--lang", "zh")
    assert undone.code in (0, 5), undone.err
    assert "那些修改会保留" in undone.out
    back = openpyxl.load_workbook(book).worksheets[0]
    assert back.cell(5, notes).value == "同事写的"


def test_history_tells_every_version(copy):
    book = copy(BOOKS[3])
    night(book, "--write")
    crmsheet("undo", book, "--write")
    document = crmsheet("history", book, "-f", "json").document
    (section,) = document["sections"]
    assert [row[3] for row in section["rows"]] == ["undo", "nightly", None]
    assert document["counts"]["versions"] == 3
    for lang, word in (("zh", "夜间处理|nightly"), ("en", "nightly")):
        assert re.search(word, crmsheet("history", book, "--lang", lang).out)
    nothing = crmsheet("undo", book)
    assert nothing.code == 5
    assert "Traceback" not in nothing.err


@pytest.fixture
def stopped(copy):
    """A book whose night was stopped by the budget: book, what was said, the proposal's path."""
    book = copy(BOOKS[0])
    settings = book.parent / "crmsheet.toml"
    settings.write_text(f"{SURE}budget_merges = 0\n", "utf-8")
    before = members(book)
    ran = night(book, "--write", "--lang", "en")
    assert members(book) == before
    return book, ran, Path(re.search(r"`crmsheet apply (.*?)`", ran.err)[1])


def test_the_budget_stops_a_write_and_the_proposal_can_be_applied(stopped):
    book, ran, proposal = stopped
    assert ran.code == 8, ran.err
    assert ran.out == ""
    assert "allowed are 0" in ran.err
    assert proposal.is_file()
    looked = crmsheet("apply", proposal, "-f", "json")
    assert (looked.code, len(looked.document["changes"]) > 50) == (0, True)
    before = members(book)
    assert "文件没有改动" in crmsheet("apply", proposal, book, "--lang", "zh").out
    assert members(book) == before
    written = crmsheet("apply", proposal, "--write", "-f", "json")
    assert written.code == 0, written.err
    assert written.document["changes"] == looked.document["changes"]
    assert night(book, "-f", "json").document["changes"] == []
    assert crmsheet("undo", book, "--write").code == 0
    assert members(book) == before


def test_a_proposal_is_applied_by_key_after_the_book_was_sorted(stopped):
    book, _, proposal = stopped
    sheets = openpyxl.load_workbook(book)
    sheet = sheets["联系人"]
    header = [cell.value for cell in sheet[1]]
    column = header.index("备注") + 1 if "备注" in header else len(header) + 1
    sheet.cell(1, column).value = "备注"
    sheet.cell(2, column).value = "刚写的"
    sheets.save(book)
    ran = crmsheet("apply", proposal, "--write", "--lang", "en")
    assert ran.code in (0, 5), ran.err
    assert openpyxl.load_workbook(book)["联系人"].cell(2, column).value == "刚写的"
    if ran.code == 0:
        assert "has changed since" in ran.out


@pytest.mark.parametrize(
    ("mark", "program", "content"),
    [
        ("~${}", "Excel", b"\x04Wang" + b" " * 50),
        (".~{}", "WPS", b"\x04Wang" + b" " * 50),
        (".~lock.{}#", "LibreOffice", b"Wang,pc,23.11.2026 09:00;"),
    ],
)
def test_an_open_book_is_read_but_not_written_and_the_proposal_is_kept(copy, mark, program, content):
    book = copy(BOOKS[3])
    (book.parent / mark.format(book.name)).write_bytes(content)
    assert crmsheet("check", book, "--today", TODAY).code == 1
    before = members(book)
    ran = night(book, "--write", "--lang", "en")
    assert ran.code == 6
    assert program in ran.err
    assert "Wang" in ran.err
    assert "Traceback" not in ran.err
    assert members(book) == before
    assert not (book.parent / "今日跟进").exists()
    proposal = Path(re.search(r"`crmsheet apply (.*?) --write`", ran.err)[1])
    (book.parent / mark.format(book.name)).unlink()
    assert crmsheet("apply", proposal, "--write").code == 0
    assert night(book, "-f", "json").document["changes"] == []


def test_lists_go_where_they_are_asked_for(copy, tmp_path):
    book = copy(BOOKS[0])
    before = tree(book.parent)
    ran = crmsheet("followup", book, "--today", TODAY, "--files", tmp_path / "lists", "--lang", "zh")
    assert ran.code == 0, ran.err
    assert tree(book.parent) == before
    files = sorted((tmp_path / "lists").iterdir())
    assert len(files) >= 2
    keys: list[str] = []
    mobiles: list[str] = []
    for file in files:
        owner = file.stem.partition("_")[2]
        sheet = openpyxl.load_workbook(file).worksheets[0]
        assert owner in sheet.title or owner.startswith("无")
        assert sheet.freeze_panes == "A2"
        keys += [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)]
        mobile = [cell.value for cell in sheet[1]].index("手机")
        mobiles += [row[mobile] for row in sheet.iter_rows(min_row=2, values_only=True) if row[mobile]]
    assert len(keys) == len(set(keys)), "a customer is on two lists"
    assert any(re.fullmatch(r"1\d{10}", each) for each in mobiles), "numbers stand there as people dial them"
    assert not any(each.startswith("+86") for each in mobiles)
    due = crmsheet("followup", book, "--today", TODAY, "-f", "json").document["counts"]["due"]
    assert len(keys) == due


def test_demo_makes_a_book_and_says_where(tmp_path, monkeypatch):
    monkeypatch.setattr("crmsheet.app.demo.CUSTOMERS", 12)
    for lang, name in (("zh", "客户关系管理书.xlsx"), ("en", "customer-book.xlsx")):
        ran = crmsheet("demo", tmp_path / lang, "--lang", lang, "--today", TODAY)
        assert ran.code == 0, ran.err
        assert (tmp_path / lang / name).is_file()
        assert name in ran.out.partition("\n\n")[0].replace("\n", "")
        assert "crmsheet undo" in ran.out
        again = crmsheet("demo", tmp_path / lang, "--lang", lang)
        assert again.code == 2
        assert "demo" in again.err


def test_a_moved_book_keeps_working(copy, tmp_path):
    book = copy(BOOKS[3])
    night(book, "--write")
    moved = tmp_path / "moved" / book.name
    moved.parent.mkdir()
    shutil.copyfile(book, moved)
    assert night(moved, "-f", "json").document["changes"] == []
    assert crmsheet("history", moved).code == 0
