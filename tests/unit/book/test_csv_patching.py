"""An edit of a CSV file rewrites the records that it touches, in the file's own way, and not a byte more."""

from __future__ import annotations

import codecs
import datetime as dt
from pathlib import Path

import pytest

from crmsheet.book.csv_patching import patch_csv
from crmsheet.book.dialect import CsvDialect
from crmsheet.book.opened import SheetEdits
from crmsheet.book.opening import open_book_file
from crmsheet.book.patching import patch
from crmsheet.core.cells import Cell, CellError, Formula
from crmsheet.core.errors import CellRefused, PatchRefused, SheetUnknown
from tests.unit.book.made import put


def patched(folder: Path, content: bytes, edits: SheetEdits) -> bytes:
    opened = open_book_file(put(folder, "客户.csv", content))
    return patch(opened, {"客户": edits}).files.get("", content)


CASES: list[tuple[str, bytes, SheetEdits, bytes]] = [
    ("nothing", b"a,b\r\n1,2", SheetEdits(1), b"a,b\r\n1,2"),
    ("one cell", b"a,b\n1,2\n3,4\n", SheetEdits(1, {(2, "B"): "x"}), b"a,b\n1,x\n3,4\n"),
    ("clearing", b'a,b\n"1",2\n', SheetEdits(1, {(2, "A"): None}), b"a,b\n,2\n"),
    (
        "neighbours keep their spelling",
        b'a,b,c\n"1", 2 ,"say ""x"""\n"u","v","w"\n',
        SheetEdits(1, {(2, "B"): "y"}),
        b'a,b,c\n"1",y,"say ""x"""\n"u","v","w"\n',
    ),
    ("quotes where needed", b"a,b\n1,2\n", SheetEdits(1, {(2, "A"): 'x,"y"\nz'}), b'a,b\n"x,""y""\nz",2\n'),
    ("quotes as found", b'a,b\n"1",2\n', SheetEdits(1, {(2, "A"): "x"}), b'a,b\n"x",2\n'),
    ("quotes everywhere", b'"a","b"\n"1","2"\n', SheetEdits(1, appended=({"A": "x"},), last_row=2),
     b'"a","b"\n"1","2"\n"x",\n'),
    ("other line ends", b"a;b\r\n1;2\r\n", SheetEdits(1, appended=({"B": "x;"},), last_row=2),
     b'a;b\r\n1;2\r\n;"x;"\r\n'),
    ("no final line end", b"a,b\n1,2", SheetEdits(1, appended=({"A": "x"},), last_row=2), b"a,b\n1,2\nx,"),
    ("below the table", b"a,b\n1,2\n\nsum,2\n", SheetEdits(1, appended=({"A": "x"}, {"B": "y"}), last_row=2),
     b"a,b\n1,2\nx,\n,y\n\nsum,2\n"),
    ("only a header", b"a,b\n", SheetEdits(1, appended=({"A": "x"},), last_row=1), b"a,b\nx,\n"),
    ("a new column", b"t\na,b\n1,2\n\n3\n4,5\n", SheetEdits(2, {(3, "C"): "x", (5, "C"): "y"}, new_columns={"C": "c"}),
     b"t\na,b,c\n1,2,x\n\n3,,y\n4,5,\n"),
    ("two new columns", b'a\r\n"1"\r\n2', SheetEdits(1, {(3, "C"): "x"}, new_columns={"B": "b", "C": "c"}),
     b'a,b,c\r\n"1",,\r\n2,,x'),
    ("a column that was there without a name", b"a,b,\n1,2,\n", SheetEdits(1, {(2, "C"): "x"}, new_columns={"C": "c"}),
     b"a,b,c\n1,2,x\n"),
    ("all at once", b"a,b\n1,2\n3,4\nend,\n",
     SheetEdits(1, {(2, "A"): "x", (4, "A"): "END"}, ({"A": "n", "C": "m"},), {"C": "c"}, last_row=3),
     b"a,b,c\nx,2,\n3,4,\nn,,m\nEND,,\n"),
    ("a field with line ends", b'a,b\n"x\ny",2\n3,4\n', SheetEdits(1, {(3, "B"): "z"}), b'a,b\n"x\ny",2\n3,z\n'),
    ("the sep line stays", b"sep=;\na;b\n1;2\n", SheetEdits(1, {(2, "B"): "x;"}, appended=({"A": "y"},), last_row=2),
     b'sep=;\na;b\n1;"x;"\ny;\n'),
    ("spaces after delimiters", b"a, b, c\n1, 2, 3\n4, 5, 6\n",
     SheetEdits(1, {(2, "B"): "x, y", (3, "A"): "z"}, appended=({"A": "n"},), new_columns={"D": "d"}, last_row=3),
     b'a, b, c, d\n1, "x, y", 3, \nz, 5, 6, \nn, , , \n'),
    ("apostrophes", b"'a','b'\n'1, 2','x'\n", SheetEdits(1, {(2, "B"): "O'N"}), b"'a','b'\n'1, 2','O''N'\n"),
    ("backslashes", b'a,b\n"x \\"y\\", z",2\n"v, w",3\n', SheetEdits(1, {(2, "B"): 'C:\\ "q"'}),
     b'a,b\n"x \\"y\\", z","C:\\\\ \\"q\\""\n"v, w",3\n'),
    ("stray quotes in the record that is touched are mended", b'a,b,c\n1,"x,3\n4,"5",6\n7,"8,9\n',
     SheetEdits(1, {(2, "C"): "z"}), b'a,b,c\n1,"""x",z\n4,"5",6\n7,"8,9\n'),
    ("hiding means nothing", b"a\n1\n", SheetEdits(1, hide=frozenset({2})), b"a\n1\n"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "edits", "wanted"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_edits(tmp_path, content, edits, wanted, encoding):
    def written(each: bytes) -> bytes:
        return each.decode().encode(encoding)

    assert patched(tmp_path, written(content), edits) == written(wanted)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (13800138000.0, "13800138000"),
        (5, "5"),
        (1234.5, "1234.5"),
        (0.1 + 0.2, "0.30000000000000004"),
        (1e-7, "0.0000001"),
        (1e22, "10000000000000000000000"),
        (float("nan"), ""),
        (-0.0, "0"),
        (dt.date(2024, 1, 5), "2024-01-05"),
        (dt.datetime(2024, 1, 5), "2024-01-05"),
        (dt.datetime(2024, 1, 5, 13, 30), "2024-01-05 13:30:00"),
        (dt.time(9, 5), "09:05:00"),
        (dt.timedelta(hours=30, seconds=5), "30:00:05"),
        (CellError("#N/A"), "#N/A"),
        ("00123", "00123"),
        ("", ""),
        (True, "TRUE"),
    ],
)
def test_values(value: Cell, written: str):
    content = patch_csv(b"a,b\nx,2\n", CsvDialect(), SheetEdits(1, {(2, "A"): value}))
    assert content == f"a,b\n{written},2\n".encode()


@pytest.mark.parametrize(
    ("words", "yes", "no"), [("是,否", "是", "否"), ("true,x", "true", "false"), ("1,0", "1", "0")]
)
def test_yes_and_no_as_the_column_says(words, yes, no):
    content = ("a,b\n" + "".join(f"{word},TRUE\n" for word in words.split(","))).encode()
    dialect = CsvDialect()
    after = patch_csv(content, dialect, SheetEdits(1, appended=({"A": True}, {"A": False}), last_row=3)).decode()
    assert after.split("\n")[3:5] == [f"{yes},", f"{no},"]


@pytest.mark.parametrize(
    ("value", "dialect"),
    [
        ("ő", CsvDialect(encoding="cp1252")),
        (Formula("A1"), CsvDialect()),
        (float("inf"), CsvDialect()),
        ("a\tb", CsvDialect(delimiter="\t", quotechar="")),
    ],
    ids=["character", "formula", "infinite", "no quotes"],
)
def test_values_that_a_file_cannot_hold(value, dialect):
    content = "x\t,é\n1,2\n".encode(dialect.encoding)
    with pytest.raises(CellRefused) as error:
        patch_csv(content, dialect, SheetEdits(1, {(2, "A"): value}), "客户")
    assert str(error.value.facts["place"]) == "客户!A2"


def test_a_new_file_of_chinese_gets_a_mark():
    edits = SheetEdits(0, appended=({"A": "客户"},), last_row=0)
    assert patch_csv(b"", CsvDialect(), edits).startswith(codecs.BOM_UTF8 + "客户".encode())
    assert patch_csv(b"", CsvDialect(), SheetEdits(0, appended=({"A": "x"},), last_row=0)) == b"x\n"


def test_nothing_is_written_that_an_open_quote_would_swallow():
    dialect = CsvDialect(width=2)
    with pytest.raises(PatchRefused):
        patch_csv(b'a,b\n1,"x\n2,y\n', dialect, SheetEdits(1, {(3, "B"): ",z"}), "客户")
    assert patch_csv(b'a,b\n1,"x\n2,y\n', dialect, SheetEdits(1, {(3, "B"): "z"})) == b'a,b\n1,"x\n2,z\n'


def test_the_character_is_named():
    with pytest.raises(CellRefused) as error:
        patch_csv("名稱\n甲\n".encode("big5"), CsvDialect(encoding="cp950"), SheetEdits(1, {(2, "A"): "客户乐"}))
    assert error.value.facts["reason"].arguments["character"] == "户"


def test_a_record_that_is_not_there():
    with pytest.raises(CellRefused):
        patch_csv(b"a\n1\n", CsvDialect(), SheetEdits(1, {(3, "A"): "x"}))


def test_a_folder_gives_only_the_files_that_changed(tmp_path):
    put(tmp_path, "客户.csv", b"a\n1\n")
    put(tmp_path, "交易.csv", b"a\n1\n")
    opened = open_book_file(tmp_path)
    edits = {
        "客户": SheetEdits(1, {(2, "A"): "x"}, appended=({"A": "y"},), new_columns={"B": "b"}, last_row=2),
        "交易": SheetEdits(1, {(2, "A"): "1"}),
    }
    after = patch(opened, edits)
    assert after.files == {"客户.csv": b"a,b\nx,\ny,\n"}
    receipt = after.receipt.sheets["客户"]
    assert (receipt.cells, receipt.appended, receipt.columns, receipt.hidden) == (1, (3,), 1, 0)
    with pytest.raises(SheetUnknown):
        patch(opened, {"合同": SheetEdits(1)})


def test_files_of_one_stem_are_told_apart(tmp_path):
    put(tmp_path, "a.csv", b"x\n1\n")
    put(tmp_path, "a.tsv", b"y\n1\n")
    opened = open_book_file(tmp_path)
    assert patch(opened, {"a.tsv": SheetEdits(1, {(2, "A"): "2"})}).files == {"a.tsv": b"y\n2\n"}
    assert patch(opened, {"a": SheetEdits(1, {(2, "A"): "2"})}).files == {"a.csv": b"x\n2\n"}
