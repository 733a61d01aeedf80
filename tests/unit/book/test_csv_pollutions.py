"""A table spoiled in the ways of the Pollock benchmark: what can be read is read, and what is written is just that."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from crmsheet.book.csv_reading import read_csv
from crmsheet.book.csv_records import spans
from crmsheet.book.dialect import CsvDialect
from crmsheet.book.members import CSV_SUFFIXES
from crmsheet.book.opened import Opened, SheetEdits
from crmsheet.book.opening import open_book_file
from crmsheet.book.patching import patch
from crmsheet.core.cells import column_letters
from tests.unit.book.made import put

DATA = Path(__file__).parents[2] / "data" / "csv"
PLAIN = [
    ["编号", "公司", "规格", "备注", "网址"],
    ["K001", "北京华夏,科技有限公司", '24" 显示器', "来过, 看过", "https://example.com/1"],
    ["K002", "Men's Shop", "8'9\" 钓竿", "", "https://example.com/2"],
    ["K003", "上海云图", "普通", 'says "yes"', ""],
    ["K004", "广州贸易", "Round 48\"", "电话, 微信, 都行", "https://example.com/4"],
    ["K005", "成都食品", "5\" 宽", "好", "https://example.com/5"],
    *([f"K1{each:02}", f"公司{each}", "普通", "先电话, 后上门" if each % 2 else "好", ""] for each in range(20)),
]  # fmt: skip


def line(row: Sequence[str], delimiter: str = ",", quote: str = '"', escape: str = '"', lead: str = "") -> str:
    def field(text: str) -> str:
        if not any(each in text for each in (delimiter, quote, "\n")):
            return text
        return quote + text.replace(quote, escape + quote) + quote

    return (delimiter + lead).join(map(field, row))


def table(**how: str) -> str:
    return "".join(line(row, **how) + "\r\n" for row in PLAIN)


def cells(text: str) -> list[list[str]]:
    frame, _ = read_csv(Path("a.csv"), text.encode())
    return [[cell or "" for cell in row] for row in frame.to_numpy().tolist()]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "^", "~", ":", " "])
def test_delimiters(delimiter):
    assert cells(table(delimiter=delimiter)) == PLAIN


@pytest.mark.parametrize(
    "how",
    [{"quote": "'", "escape": "'"}, {"escape": "\\"}, {"escape": ""}, {"lead": " "}, {"lead": " ", "escape": "\\"}],
    ids=["apostrophes", "backslashes", "nothing before quotes", "spaces", "spaces and backslashes"],
)
def test_quotes(how):
    assert cells(table(**how)) == PLAIN


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
@pytest.mark.parametrize("last", ["", "1", "2"], ids=["none", "one", "two"])
def test_line_ends(end, last):
    assert cells(table().removesuffix("\r\n").replace("\r\n", end) + end * int(last or 0)) == PLAIN


@pytest.mark.parametrize("column", range(5))
@pytest.mark.parametrize("row", [0, 1, 3, 5, 24])
def test_one_quote_too_many(row, column):
    """A quote is left alone at the beginning of a field, whether or not that has quotes."""
    lines = [line(each) for each in PLAIN]
    fields = re.findall(r'(?:^|,)("(?:[^"]|"")*"|[^,]*)', lines[row])
    fields[column] = '"' + fields[column]
    lines[row] = ",".join(fields)
    wanted = [list(each) for each in PLAIN]
    wanted[row][column] = '"' + wanted[row][column]
    assert cells("\r\n".join(lines)) == wanted


@pytest.mark.parametrize("column", range(1, 5))
@pytest.mark.parametrize("row", [0, 2, 24])
def test_one_delimiter_more_or_less_moves_only_its_row(row, column):
    more = [list(each) for each in PLAIN]
    more[row].insert(column, "")
    less = [list(each) for each in PLAIN]
    less[row][column - 1 : column + 1] = ["".join(less[row][column - 1 : column + 1])]
    for changed in (more, less):
        found = cells("\r\n".join(map(line, changed)))
        assert [each[:5] for at, each in enumerate(found) if at != row] == [
            each for at, each in enumerate(PLAIN) if at != row
        ]
        padded = [*found[row], *[""] * 6]
        assert padded[:6] == [*changed[row], *[""] * 6][:6]


def test_preamble_and_second_table():
    above = "客户表, 2024 年\r\n\r\n"
    below = "\r\n月份,金额\r\n1,100\r\n2,200\r\n"
    found = cells(above + table() + below)
    assert [each[:5] for each in found[2 : 2 + len(PLAIN)]] == PLAIN
    assert found[-2][:2] == ["1", "100"]


@pytest.mark.parametrize("path", sorted((DATA / "frictionless").glob("*.csv")), ids=lambda path: path.stem)
def test_files_of_frictionless(path):
    frame, _ = read_csv(path, path.read_bytes())
    found = [[cell or "" for cell in row] for row in frame.to_numpy().tolist()]
    wanted = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    assert len(found) == len(wanted)
    for got, row in zip(found, wanted, strict=True):
        assert got == row + [""] * (len(got) - len(row))


MADE = {
    "carets": table(delimiter="^"), "spaces": table(lead=" "), "apostrophes": table(quote="'", escape="'"),
    "backslashes": table(escape="\\"), "stray": table(escape=""), "sep": "sep=;\r\n" + table(delimiter=";"),
}  # fmt: skip
FILES = sorted(each for each in DATA.rglob("*") if each.suffix in CSV_SUFFIXES)


@pytest.mark.parametrize(
    "content",
    [*map(Path.read_bytes, FILES), *map(str.encode, MADE.values())],
    ids=[*(each.stem for each in FILES), *MADE],
)
def test_each_edit_is_all_that_changes(tmp_path, content):
    """Nothing, one cell, one row, one column: read again, it is what was asked, and other lines are as they were."""
    path = put(tmp_path, "a.csv", content)
    before = open_book_file(path)
    grid = before.sheets[0].cells.to_numpy().tolist()
    height, width = len(grid), len(grid[0])
    word = "new" if before.dialects["a"].encoding.startswith(("cp", "iso")) else "新"
    assert patch(before, {"a": SheetEdits(1)}).files == {}

    text = f"{word}, 'x' \"y\""
    assert again(path, before, SheetEdits(1, {(2, "A"): text})) == [grid[0], [text, *grid[1][1:]], *grid[2:]]
    row = SheetEdits(1, appended=({"A": text},), last_row=height)
    assert again(path, before, row) == [*grid, [text, *[None] * (width - 1)]]

    letters = column_letters(width + 1)
    found = again(path, before, SheetEdits(1, {(2, letters): text}, new_columns={letters: word}))
    assert [each[:width] for each in found] == grid
    assert [each[width] for each in found] == [word, text, *[None] * (height - 2)]


def again(path: Path, before: Opened, edits: SheetEdits) -> list[list[str | None]]:
    """The cells of the file after an edit; records that it does not touch are found byte for byte."""
    dialect = before.dialects["a"]
    after = patch(before, {"a": edits}).files[""]
    if not edits.new_columns:
        old, new = (lines(content, dialect) for content in (before.files[""], after))
        touched = {row for row, _ in edits.cells}
        kept = len(old) - 1 if edits.appended else len(old)
        assert [each for row, each in enumerate(new[:kept], 1) if row not in touched] == [
            each for row, each in enumerate(old[:kept], 1) if row not in touched
        ]
    path.write_bytes(after)
    return open_book_file(path).sheets[0].cells.to_numpy().tolist()


def lines(content: bytes, dialect: CsvDialect) -> list[str]:
    text = content.decode(dialect.encoding)[dialect.bom + len(dialect.preface) :]
    return [text[span.begin : span.following] for span in spans(text, dialect)]
