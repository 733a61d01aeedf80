"""Conflicted copies come back into the book: previewed, written as one version, and nothing is deleted."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from crmsheet.app.git_text import lines
from crmsheet.app.versions import history_of
from tests.cli.conftest import crmsheet, members, tree

BOOK, COPY = "客户.xlsx", "客户 (Alice's conflicted copy 2026-11-20).xlsx"
OURS, THEIRS = ("C00006", "城市=杭州"), ("C00007", "城市=宁波")


def value(book: Path, key: str) -> str:
    """The city of a customer, as it stands in the book."""
    told = dict(str(each).split(": ", 1) for each in lines(book) if ": " in str(each))
    return told[f"客户/{key}/城市"]


def parted(book: Path, copied: Path, *, by_people: bool) -> None:
    """Two versions of a book, a copy of the first that was edited, and the book edited too.

    What people edit leaves no history of the copy.
    """
    ran = crmsheet("set", "C00008", "城市=温州", book)
    assert ran.code == 0, ran.said
    (shutil.copytree if book.is_dir() else shutil.copyfile)(book, copied)
    assert crmsheet("set", THEIRS[0], THEIRS[1], copied).code == 0
    if by_people:
        shutil.rmtree(history_of(copied).folder)
    assert crmsheet("set", OURS[0], OURS[1], book).code == 0


@pytest.mark.parametrize("by_people", [False, True])
@pytest.mark.parametrize(("name", "copied"), [(BOOK, COPY), ("csv-book", "csv-book (1)")])
def test_a_copy_comes_back_into_the_book(copy, name, copied, by_people):
    book = copy(name)
    other = book.with_name(copied)
    parted(book, other, by_people=by_people)
    before, theirs = tree(book.parent), members(other)
    seen = crmsheet("reconcile", book, other)
    assert seen.code == 0, seen.said
    assert "Base: version 2" in seen.out
    assert tree(book.parent) == before, "a preview writes nothing"
    ran = crmsheet("reconcile", book, other, "--write")
    assert ran.code == 0, ran.said
    assert [value(book, key) for key in ("C00006", "C00007", "C00008")] == ["杭州", "宁波", "温州"]
    assert members(other) == theirs, "the copy is not touched"
    assert f"{copied} is not needed any more" in ran.out
    again = crmsheet("reconcile", book, other)
    assert again.code == 0
    assert "--write writes" not in again.out
    crmsheet("undo", book, "--write")
    assert value(book, "C00007") != "宁波"


def test_a_base_can_be_named(copy, tmp_path):
    book = copy(BOOK)
    old, other = tmp_path / "old.xlsx", tmp_path / "colleague.xlsx"
    shutil.copyfile(book, old)
    shutil.copyfile(book, other)
    crmsheet("set", *THEIRS, other)
    crmsheet("set", *OURS, book)
    ran = crmsheet("reconcile", book, other, "--base", old, "--write")
    assert ran.code == 0, ran.said
    assert [value(book, key) for key in ("C00006", "C00007")] == ["杭州", "宁波"]


def test_the_same_field_on_both_sides_is_a_conflict(copy):
    book = copy(BOOK)
    other = book.with_name(COPY)
    parted(book, other, by_people=False)
    crmsheet("set", OURS[0], "城市=舟山", other)
    ran = crmsheet("reconcile", book, other, "--write")
    assert ran.code == 5, ran.said
    assert value(book, "C00006") == "杭州"
    assert value(book, "C00007") == "宁波"


def test_alone_it_names_what_lies_beside(copy):
    book = copy(BOOK)
    assert "No copy lies beside" in crmsheet("reconcile", book).out
    shutil.copyfile(book, book.with_name(COPY))
    shutil.copyfile(book, book.with_name("供应商 (1).xlsx"))
    ran = crmsheet("reconcile", book)
    assert COPY in ran.out
    assert "供应商" not in ran.out


def test_one_csv_file_of_a_folder(copy):
    book = copy("csv-book")
    crmsheet("set", "C00008", "城市=温州", book)
    other = book / "客户 (李明的冲突副本 2026-11-20).csv"
    shutil.copyfile(book / "客户.csv", other)
    text = other.read_bytes()
    crmsheet("set", *THEIRS, book)
    edited = (book / "客户.csv").read_bytes()
    (book / "客户.csv").write_bytes(text)
    other.write_bytes(edited)
    shutil.rmtree(history_of(book).folder)
    crmsheet("set", *OURS, book)
    assert other.name in crmsheet("reconcile", book).out
    ran = crmsheet("reconcile", book, other, "--write")
    assert ran.code == 0, ran.said
    assert [value(book, key) for key in ("C00006", "C00007")] == ["杭州", "宁波"]


def test_two_computers_that_wrote_at_once(copy, tmp_path):
    book = copy(BOOK)
    crmsheet("set", "C00008", "城市=温州", book)
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(book.parent, elsewhere)
    crmsheet("set", *THEIRS, elsewhere / BOOK)
    crmsheet("set", *OURS, book)
    for pack in (elsewhere / ".crmsheet" / BOOK).iterdir():  # the folder was synchronised, the book was not
        if pack.is_file() and not (book.parent / ".crmsheet" / BOOK / pack.name).exists():
            shutil.copyfile(pack, book.parent / ".crmsheet" / BOOK / pack.name)
    assert len(history_of(book).heads()) == 2
    said = crmsheet("reconcile", book).out
    assert "Another computer wrote version 3" in said
    theirs = next(each.id for each in history_of(book).heads() if each.id[:8] in said)
    ran = crmsheet("reconcile", book, theirs[:8], "--write")
    assert ran.code == 0, ran.said
    assert [value(book, key) for key in ("C00006", "C00007")] == ["杭州", "宁波"]
    (head,) = history_of(book).heads()
    assert theirs in head.parents
    assert len(head.parents) == 2


def test_what_is_no_copy(copy):
    book = copy("csv-book")
    (book.parent / "prices.csv").write_text("a,b\n1,2\n", "utf-8")
    ran = crmsheet("reconcile", book, book.parent / "prices.csv")
    assert ran.code == 2
    assert "no copy of a CSV file of csv-book" in ran.err
    assert crmsheet("reconcile", book, "99").code == 2
    assert crmsheet("reconcile", book, "none.xlsx").code == 3


def test_in_chinese(copy, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CRMSHEET_LANG", "zh")
    book = copy(BOOK)
    shutil.copyfile(book, book.with_name(COPY))
    assert "旁边有一个副本" in crmsheet("reconcile", book).out
