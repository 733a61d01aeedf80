"""The commands on a history, on each kind of book, as people type them."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
import zlib
from pathlib import Path

import openpyxl
import pytest

from crmsheet.app.versions import history_of
from crmsheet.history.draft import Deed, State
from crmsheet.history.shelf import read_shelf
from crmsheet.history.stock import Stock, entries_of
from tests.cli.conftest import BOOKS, Ran, crmsheet, members, tree
from tests.unit.history.made import sha256

NAME = "欧阳查无此人"
PHONE = "13987654321"


@pytest.fixture(params=[BOOKS[0], BOOKS[2]])
def written(copy, request) -> Path:
    """A book with two versions."""
    book = copy(request.param)
    assert crmsheet("clean", book, "--write").code == 0
    return book


def history(*words: object):
    return crmsheet("history", *words, "--lang", "en")


def spoken(ran: Ran) -> str:
    """What was said, in one line."""
    return " ".join(ran.out.split())


def listed(book: Path):
    return history(book, "-f", "json").document["sections"][0]["rows"]


def test_the_list_needs_no_name_and_shows_marks(written):
    assert history("tag", "季末", "1", written).code == 0
    assert crmsheet("--lang", "en", "history", written).out == history("list", written).out
    newest, first = listed(written)
    assert (newest[0], newest[5], first[0], first[5]) == (2, "the book", 1, "季末")
    assert crmsheet("history", "--lang", "zh", written).out.startswith(f"{written.name} 的版本")
    assert crmsheet("history", "--lang", "zh", "verify", written).out.startswith(f"验证 {written.name} 的历史")


def test_a_tag_stands_for_its_version_everywhere(written, tmp_path):
    history("tag", "季末", "1", written)
    first = history_of(written).restore(history_of(written).versions()[0].id).files
    target = tmp_path / f"copy{written.suffix}"
    assert history("export", "季末", written, "-o", target).code == 0
    assert members(target) == first if target.is_dir() else target.read_bytes() == first[""]
    assert history("tag", "季末", written).out.splitlines()[-1] == "Version 2 is called 季末 now."
    assert history("tag", "季末", written, "--delete").code == 0
    unknown = history("export", "季末", written, "-o", tmp_path / "x")
    assert (unknown.code, "季末" in unknown.err) == (2, True)


@pytest.mark.parametrize("name", ["", " ", "12", "v3", "abcdef12", "now", "当前", "x" * 81, "a\tb"])
def test_what_can_be_no_name(copy, name):
    book = copy(BOOKS[0])
    history("record", book)
    refused = history("tag", name, book)
    assert (refused.code, history_of(book).tags()) == (2, {})


def test_nothing_is_overwritten_by_an_export(written, tmp_path):
    there = tmp_path / "there.xlsx"
    there.mkdir() if written.is_dir() else there.write_bytes(b"mine")
    if written.is_dir():
        (there / "mine.txt").write_bytes(b"mine")
    before = tree(tmp_path)
    assert history("export", "1", written, "-o", there).code == 2
    assert history("export", "1", written).code == 2
    assert tree(tmp_path) == before


def test_record_keeps_what_people_edited_while_a_program_has_it_open(copy):
    book = copy(BOOKS[0])
    crmsheet("clean", book, "--write")
    workbook = openpyxl.load_workbook(book)
    workbook["客户"]["B3"] = "改名"
    workbook.save(book)
    (book.parent / f"~${book.name}").write_bytes(b"\x04test")
    said = history("record", book, "-m", "before the import")
    assert said.out.splitlines()[-1] == "The book as it is now is version 3."
    assert "is version 3 already" in history("record", book).out
    newest = listed(book)[0]
    assert (newest[4], newest[5]) == ("found as it is (edited by people); before the import", "the book")
    assert history_of(book).restore(history_of(book).versions()[-1].id).files == members(book)


def test_verify_says_what_is_damaged_and_exits_with_1(written):
    assert history("verify", written, "--whole").code == 0
    whole = history("verify", written, "-f", "json").document
    assert (whole["counts"]["damage"], whole["counts"]["versions"]) == (0, 2)
    path = min(history_of(written).folder.glob("*.pack"))
    content = bytearray(path.read_bytes())
    content[-100] ^= 1
    path.write_bytes(content)
    damaged = history("verify", written)
    assert damaged.code == 1
    assert path.name in damaged.out
    assert crmsheet("clean", written).code == 0  # work goes on


def test_reading_commands_leave_a_folder_that_cannot_be_written(written):
    before = tree(written.parent)
    for words in ((), ("verify",), ("prune",), ("redact", "--value", PHONE)):
        assert history(*words, written).code == 0
    assert tree(written.parent) == before


def test_a_book_without_history(copy):
    book = copy(BOOKS[1])
    for words in ((), ("verify",), ("prune",), ("redact", "--value", PHONE)):
        said = history(*words, book)
        assert said.code == 0, said.err
    assert not (book.parent / ".crmsheet").exists()
    assert history("export", "1", book, "-o", "x.xlsx").code == 2


def test_the_list_stands_where_the_book_is_gone(copy):
    book = copy(BOOKS[0])
    crmsheet("clean", book, "--write")
    book.unlink()
    said = history(book)
    assert (said.code, "The book itself is not there." in said.out) == (0, True)
    assert history("verify", book).code == 0


# Backup.


def test_a_backup_is_a_book_with_its_history_and_brings_back_what_was_lost(written, tmp_path):
    there = tmp_path / "backup"
    first = history("backup", there, written)
    assert first.code == 0, first.err
    copy = there / written.name
    assert members(copy) == members(written)
    assert history("verify", copy).code == 0
    assert "up to date" in spoken(history("backup", there, written))
    # The history is lost, and then the book too.
    shutil.rmtree(history_of(written).folder.parent)
    assert "brings them back" in spoken(history("backup", there, written))
    assert len(history_of(copy).versions()) == 2
    kept = members(written)
    shutil.rmtree(written) if written.is_dir() else written.unlink()
    back = history("backup", there, written, "--restore")
    assert back.code == 0, back.err
    assert members(written) == kept
    assert len(history_of(written).versions()) == 2
    assert history("verify", written).code == 0
    assert "Nothing is missing" in spoken(history("backup", there, written, "--restore"))


def test_a_damaged_history_does_no_harm_to_a_backup_and_is_mended_from_it(written, tmp_path):
    there = tmp_path / "backup"
    history("backup", there, written)
    before = tree(there)
    path = min(history_of(written).folder.glob("*.pack"))
    path.write_bytes(path.read_bytes()[:-7])
    history("backup", there, written)
    assert {name: tree(there)[name] for name in before} == before
    assert history("verify", written).code == 1
    assert history("backup", there, written, "--restore").code == 0
    assert history("verify", written, "--whole").code == 0


def test_a_backup_of_another_book_or_in_its_own_folder_is_refused(copy, tmp_path):
    book, there = copy(BOOKS[0]), tmp_path / "backup"
    crmsheet("clean", book, "--write")
    (there / ".crmsheet").mkdir(parents=True)
    other = copy(BOOKS[1])
    crmsheet("clean", other, "--write")
    shutil.copytree(history_of(other).folder, there / ".crmsheet" / book.name)
    assert history("backup", there, book).code == 5
    assert history("backup", book.parent, book).code == 2
    assert history("backup", tmp_path / "nothing", book, "--restore").code == 2


# Redaction.


def with_person(book: Path) -> None:
    """Puts a person into the book by hand, as people do."""
    if book.is_dir():
        path = next(each for each in sorted(book.glob("*.csv")) if "手机" in each.read_bytes().decode("utf-8-sig"))
        path.write_bytes(path.read_bytes() + f"K9001,{NAME},{PHONE}\r\n".encode())
        return
    workbook = openpyxl.load_workbook(book)
    sheet = workbook.worksheets[0] if len(workbook.worksheets) == 1 else workbook.worksheets[1]
    sheet["B5"], sheet["C5"] = NAME, f"{PHONE[:3]} {PHONE[3:7]} {PHONE[7:]}"
    workbook.save(book)


def every_byte(folder: Path):
    """All that lies below a folder, as it is and unpacked."""
    for path in (each for each in folder.rglob("*") if each.is_file()):
        content = path.read_bytes()
        yield content
        if zipfile.is_zipfile(io.BytesIO(content)):
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                yield from map(archive.read, archive.namelist())
    for place in [each.parent for each in folder.rglob("key-*")]:
        shelf = read_shelf(place)
        stock = Stock(shelf.holders)
        for entry in (entry for holder in shelf.holders for entry in entries_of(holder)):
            content = stock.content(entry.id, place)
            yield content
            try:
                yield zlib.decompressobj(-15).decompress(content)
            except zlib.error:
                continue


def stands(folder: Path) -> bool:
    wanted = [NAME.encode(), NAME.encode("gb18030"), json.dumps(NAME)[1:-1].encode(), PHONE.encode()]
    return any(
        value in content or PHONE.encode() in content.replace(b" ", b"")
        for content in every_byte(folder)
        for value in wanted
    )


def test_no_byte_of_a_person_is_left_beside_the_book(written):
    clean = members(written)
    with_person(written)
    history("record", written)
    proposals = history_of(written).folder / "proposals"
    proposals.mkdir()
    (proposals / "20261128-090000-clean.json").write_text(json.dumps({"after": NAME, "also": PHONE}))
    folder = written / ".crmsheet" if written.is_dir() else written.parent / ".crmsheet"
    original = folder / ("original" if written.is_dir() else f"{written.stem}.original{written.suffix}")
    shutil.copytree(written, original, ignore=lambda *_: [".crmsheet"]) if written.is_dir() else shutil.copy(
        written, original
    )
    history("tag", f"{NAME}离职", written)
    values = ("--value", NAME, "--value", PHONE, "--reason", "PIPL 47")

    stopped = history("redact", written, *values, "--write")
    assert (stopped.code, "still stands in the book" in stopped.err) == (5, True)
    for name, content in clean.items():
        ((written / name) if name else written).write_bytes(content)
    assert stands(folder)
    before = tree(folder)
    preview = history("redact", written, *values)
    assert (preview.code, tree(folder)) == (0, before)
    done = history("redact", written, *values, "--write")
    assert done.code == 0, done.err

    assert not stands(folder)
    assert members(written) == clean
    assert history("verify", written, "--whole").code == 0
    assert "PIPL 47" in history("verify", written).out.replace("\n", " ")
    assert [row[5] for row in listed(written)] == ["redacted", "the book", None]
    for version in history_of(written).versions()[:2]:
        assert history_of(written).restore(version.id).exact
    assert NAME not in (history("redact", written, *values).out)
    assert crmsheet("clean", written).code == 0


def test_the_values_of_a_customer_in_all_versions(copy):
    book = copy(BOOKS[0])
    crmsheet("clean", book, "--write")
    rows = list(openpyxl.load_workbook(book)["客户"].iter_rows(values_only=True))
    header = next(row for row in rows if "手机" in row)
    at = header.index("手机")
    key, mobile = next((row[0], str(row[at])) for row in rows if str(row[at]).isdigit() and len(str(row[at])) == 11)
    assert crmsheet("set", key, "手机=", book).code == 0, crmsheet("set", key, "手机=", book).err
    preview = history("redact", book, "--customer", key)
    assert preview.code == 0, preview.err
    assert mobile not in preview.out
    done = history("redact", book, "--value", mobile, "--write")
    assert done.code == 0, done.err
    assert not any(mobile.encode() in content for content in every_byte(book.parent / ".crmsheet"))
    assert history("redact", book, "--customer", "C999999").code == 2


@pytest.mark.parametrize("value", ["1", "12345", "李", " ", "12-34"])
def test_what_would_hit_everything_is_refused(copy, value):
    book = copy(BOOKS[0])
    history("record", book)
    assert history("redact", book, "--value", value, "--write").code == 2
    assert history("redact", book, "--write").code == 2


def test_prune_shows_what_would_go(copy):
    book = copy(BOOKS[0])
    store = history_of(book)
    for day in range(1, 29):
        content = b"not the book %d\n" % day
        store.record(
            State({"": content}, sha256(content)), Deed("", f"2025-01-{day:02}T09:00:00+08:00", "", origin="found")
        )
    (book.parent / "crmsheet.toml").write_text("[history]\ndaily = 2\nweekly = 2\nmonthly = 1\n", "utf-8")
    before = tree(book.parent)
    preview = history("prune", book, "-f", "json").document
    assert (preview["counts"]["count"], preview["counts"]["versions"]) == (25, 28)
    assert tree(book.parent) == before
    assert history("prune", book, "--write").code == 0
    assert sum(row[5] == "pruned" for row in listed(book)) == 25
    assert history("verify", book, "--whole").code == 0
    assert "No version can be given up" in history("prune", book).out
