"""Books that are only read: every command reads them; what is written goes into a new .xlsx, the old file untouched."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from openpyxl import load_workbook

from crmsheet.sample import EXAMPLE_DAY
from tests.cli.conftest import TODAY, crmsheet, tree
from tests.unit.book.hostile import ods, record, xls_stream

ROWS = [
    ("客户名称", "手机", "客户级别", "负责人"),
    ("杭州曜筠信息技术有限公司", "138 0013 8000", "A", "周敏"),
    ("北京联朔农业发展有限公司", "13900139000", "B", "周敏"),
    ("上海弘谷文化传媒有限公司", "１３７００１３７０００", "C", "李强"),
]


def as_xls() -> bytes:
    def label(row: int, column: int, text: str) -> bytes:
        head = struct.pack("<HHHHB", row, column, 0, len(text), 1)
        return record(0x204, head + text.encode("utf-16-le"))

    return xls_stream(
        *(label(row, column, text) for row, cells in enumerate(ROWS) for column, text in enumerate(cells))
    )


def as_ods() -> bytes:
    cell = "<table:table-cell office:value-type='string'><text:p>{}</text:p></table:table-cell>"
    return ods("".join(f"<table:table-row>{''.join(map(cell.format, cells))}</table:table-row>" for cells in ROWS))


def as_page() -> bytes:
    rows = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>" for cells in ROWS)
    return f"<html><meta charset=gb2312><table>{rows}</table></html>".encode("gb18030")


def as_text() -> bytes:
    return "\r\n".join("\t".join(cells) for cells in ROWS).encode("gb18030")


BOOKS = {"客户.xls": as_xls(), "客户.et": as_xls(), "客户.ods": as_ods(), "网页.xls": as_page(), "文本.xls": as_text()}


@pytest.fixture(params=BOOKS)
def book(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / request.param
    path.write_bytes(BOOKS[request.param])
    return path


def told(text: str) -> str:
    """What is said, without the line ends of the terminal."""
    return " ".join(text.split())


def test_reading_says_that_it_is_only_read(book):
    before = tree(book.parent)
    ran = crmsheet("check", book, "--today", TODAY, "--lang", "en")
    assert ran.code in (0, 1), ran
    assert f"{book.name} is only read: what is written goes into a new file {book.stem}.xlsx" in told(ran.out)
    assert ("web page" in ran.out) == (book.name == "网页.xls")
    assert ("as CSV" in told(ran.out)) == (book.name == "文本.xls")
    assert tree(book.parent) == before


@pytest.mark.parametrize("command", ["find", "show", "who", "dedupe", "doctor"])
def test_every_command_that_reads_says_so(tmp_path, command):
    book = tmp_path / "客户.xls"
    book.write_bytes(as_xls())
    words = {"find": ("杭州",), "show": ("杭州曜筠",), "who": ("13900139000",)}.get(command, ())
    before = tree(tmp_path)
    ran = crmsheet(command, *words, book, "--lang", "zh")
    assert ran.code == 0, ran
    assert "只读取、不改写" in ran.out
    assert tree(tmp_path) == before


def test_writing_makes_a_new_workbook_beside(book):
    before = book.read_bytes()
    ran = crmsheet("clean", book, "--write", "--today", TODAY, "--lang", "zh")
    assert ran.code == 0, ran
    new = book.with_suffix(".xlsx")
    assert f"客户簿今后在 {new.name} 中继续" in ran.out.replace("\n", "")
    assert "没有带过来的" in ran.out
    assert book.read_bytes() == before
    cells = [cell.value for cell in load_workbook(new).worksheets[0]["B"]]
    assert cells[:1] + cells[2:3] == ["手机", "13900139000"]
    assert cells[1] == cells[1].replace(" ", "") == "13800138000"
    assert cells[3] == "13700137000"
    versions = crmsheet("history", new, "-f", "json").document["sections"][0]["rows"]
    assert len(versions) == 2
    ran = crmsheet("undo", new, "--write")
    assert ran.code == 0, ran
    assert [cell.value for cell in load_workbook(new).worksheets[0]["B"]] == [row[1] for row in ROWS]
    assert book.read_bytes() == before


def test_it_goes_on_in_the_workbook_that_stands_beside(book):
    new = book.with_suffix(".xlsx")
    new.write_bytes(b"another file")
    before = tree(book.parent)
    ran = crmsheet("check", book, "--today", TODAY, "--lang", "en")
    assert f"The book goes on in {new.name}" in told(ran.out)
    for command in (
        ("clean", book, "--write"),
        ("undo", book, "--write"),
        ("set", "杭州曜筠", "手机=13800138001", book),
    ):
        for lang, words in (("en", "is only read"), ("zh", "只能读取")):
            ran = crmsheet(*command, "--lang", lang)
            assert ran.code == 5, ran
            assert words in ran.err
            assert new.name in ran.err
            assert ran.err.count("\n") == 1
    assert tree(book.parent) == before


def test_settings_may_name_it(book, monkeypatch):
    (book.parent / "crmsheet.toml").write_text(f'book = "{book.name}"\n', encoding="utf-8")
    monkeypatch.chdir(book.parent)
    ran = crmsheet("set", "杭州曜筠", "手机=13800138001", "--today", TODAY, "--lang", "en")
    assert ran.code == 0, ran
    assert "also as `book` in crmsheet.toml" in told(ran.out)
    assert load_workbook(book.with_suffix(".xlsx")).worksheets[0]["B2"].value == "13800138001"
    assert crmsheet("set", "杭州曜筠", "手机=13800138002").code == 5


def test_a_write_that_fails_leaves_nothing(tmp_path, monkeypatch):
    from crmsheet.app import keeping
    from crmsheet.core.errors import PatchRefused

    book = tmp_path / "客户.xls"
    book.write_bytes(BOOKS["客户.xls"])

    def refuse(*_: object) -> None:
        raise PatchRefused(path="客户.xlsx", reason="so")

    monkeypatch.setattr(keeping, "patch", refuse)
    assert crmsheet("clean", book, "--write", "--today", TODAY).code == 5
    assert [each.name for each in tmp_path.iterdir() if each.is_file()] == ["客户.xls"]
    monkeypatch.undo()
    assert crmsheet("clean", book, "--write", "--today", TODAY).code == 0


def test_the_workbook_that_was_made_is_not_taken_back_once_somebody_has_changed_it(tmp_path, monkeypatch):
    from crmsheet.app import keeping

    book, new = tmp_path / "客户.xls", tmp_path / "客户.xlsx"
    book.write_bytes(BOOKS["客户.xls"])
    patch = keeping.patch

    def slow(*arguments: object) -> object:
        new.write_bytes(new.read_bytes() + b"\0")
        return patch(*arguments)  # type: ignore[arg-type]  (it passes on what it gets)

    monkeypatch.setattr(keeping, "patch", slow)
    ran = crmsheet("clean", book, "--write", "--today", TODAY, "--lang", "en")
    assert ran.code == 6, ran
    assert new.read_bytes().endswith(b"\0")


def test_a_workbook_under_a_name_that_is_taken_by_itself(tmp_path):
    book = tmp_path / "客户.xlsx"
    content = as_ods()
    book.write_bytes(content)
    ran = crmsheet("clean", book, "--write", "--today", TODAY)
    assert ran.code == 0, ran
    assert book.read_bytes() == content
    assert (tmp_path / "客户-new.xlsx").is_file()


def test_in_python(tmp_path):
    import crmsheet as package
    from crmsheet.core.errors import BookContinued

    path = tmp_path / "客户.xls"
    path.write_bytes(as_xls())
    book = package.open(path, today=EXAMPLE_DAY)
    book.apply(book.clean())
    again = book.reopen()
    assert again.path == tmp_path / "客户.xlsx"
    assert load_workbook(again.path).worksheets[0]["B2"].value == "13800138000"
    with pytest.raises(BookContinued):
        book.apply(book.clean())
    again.undo()
    assert load_workbook(again.path).worksheets[0]["B2"].value == "138 0013 8000"
