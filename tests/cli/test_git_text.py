"""The text of a book for git, as a program reads it: bytes, whatever the machine speaks."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import BOOKS, crmsheet
from tests.conftest import ROOT


@pytest.mark.parametrize("name", BOOKS)
def test_every_kind_of_book_has_lines(shelf, name):
    ran = crmsheet("git", "textconv", shelf / name)
    assert ran.code == 0
    assert ran.out.count("\n") > 100
    assert ran.err == ""


def test_nothing_is_masked(shelf):
    file = shelf / "csv-book" / "客户.csv"
    head, *rows = csv.reader(io.StringIO(read_text(file)))
    told = set(crmsheet("git", "textconv", file).out.split("\n"))
    at = head.index("手机")
    assert {f"客户/{row[0]}/手机: {row[at]}" for row in rows if row[at] and row[0]} <= told


def read_text(file: Path) -> str:
    content = file.read_bytes()
    return content.decode("utf-8-sig" if content.startswith(b"\xef\xbb\xbf") else "gb18030")


def test_programs_get_utf8_and_plain_line_ends():
    done = subprocess.run(
        [sys.executable, "-P", "-m", "crmsheet", "git", "textconv", str(ROOT / "examples" / "one-sheet.xlsx")],
        env={**os.environ, "PYTHONIOENCODING": "gbk", "LC_ALL": "C", "CRMSHEET_LANG": "zh"},
        capture_output=True,
        check=True,
    )
    lines = done.stdout.decode("utf-8").split("\n")
    assert lines[0].startswith("客户/")
    assert lines[-1] == ""
    assert b"\r" not in done.stdout


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", ""),
        (b"PK\x03\x04 torn", "no text of it: book.xlsx cannot be read as a workbook"),
        (b"plain words", "no text of it: book.xlsx is not a workbook that crmsheet reads"),
    ],
)
def test_what_cannot_be_read_is_a_line(tmp_path, content, said):
    (tmp_path / "book.xlsx").write_bytes(content)
    ran = crmsheet("git", "textconv", tmp_path / "book.xlsx")
    assert ran.code == 0
    assert ran.out.startswith(said)
    assert ran.out.count("\n") == bool(content)


def test_wrong_settings_are_a_line_too(tmp_path, shelf):
    (tmp_path / "crmsheet.toml").write_text("nonsense = 1\n", "utf-8")
    ran = crmsheet("git", "textconv", shelf / BOOKS[0])
    assert ran.code == 0
    assert "there is no setting" in ran.out


def test_layouts_and_schema_are_those_of_the_folder_in_which_git_stands(tmp_path: Path):
    (tmp_path / "crmsheet.toml").write_text('[layout.book]\nheader = 2\ntable = "customers"\n', "utf-8")
    (tmp_path / "elsewhere").mkdir()
    book = tmp_path / "elsewhere" / "book.csv"
    book.write_text("x,y\n编码,叫法\nC1,上海华星\n", "utf-8")
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas" / "customers.yaml").write_text(
        "table: customers\nfields:\n  customer_id: {aliases: [编码]}\n  name: {aliases: [叫法]}\n",
        "utf-8",
    )
    assert "客户/C1/客户名称: 上海华星\n" in crmsheet("git", "textconv", book).out
