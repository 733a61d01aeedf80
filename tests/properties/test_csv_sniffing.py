"""Laws of files that nobody describes: the cells that were written come out, and edits give just what was asked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from crmsheet.book.csv_patching import patch_csv
from crmsheet.book.csv_reading import read_csv
from crmsheet.book.dialect import CsvDialect
from crmsheet.book.opened import SheetEdits
from crmsheet.core.cells import column_letters
from crmsheet.core.errors import BookCorrupt

WORDS = st.sampled_from(
    ["张伟", "北京华夏科技有限公司", "13800138000", "a@example.com", "2024-01-05", "12.5", "", "O'Neill", "C:\\数据"]
)
PROSE = st.sampled_from(
    ["来过, 看过; 没买", "第一行\n第二行", 'says "yes", then no', "a|b", "tab\there", '24" 显示器', "1^2~3"]
)
CELL = st.one_of(WORDS, WORDS, PROSE)
HEADER = ["客户名称", "联系人", "电话", "备注", "地址", "负责人"]
ENCODINGS = st.sampled_from(
    [
        ("utf-8", False),
        ("utf-8", True),
        ("utf-16-le", True),
        ("utf-16-be", True),
        ("utf-16-le", False),
        ("gb18030", False),
    ]
)


@st.composite
def written(draw: st.DrawFn) -> tuple[CsvDialect, list[list[str]]]:
    """How a file is written, and its cells; only what a reader can know is left open."""
    encoding, bom = draw(ENCODINGS)
    quotechar = draw(st.sampled_from('""\''))
    dialect = CsvDialect(
        encoding=encoding,
        bom=bom,
        delimiter=draw(st.sampled_from([",", ",", ";", "\t", "|", "^", "~"])),
        quotechar=quotechar,
        quote_all=quotechar == "'" or draw(st.booleans()),
        escape=draw(st.sampled_from(["", "\\"])) if quotechar == '"' else "",
        lineterminator=draw(st.sampled_from(["\n", "\r\n", "\r"])),
    )
    width = draw(st.integers(2, 6))
    rows = draw(st.lists(st.lists(CELL, min_size=width, max_size=width), min_size=2, max_size=12))
    if dialect.lineterminator == "\r":
        rows = [[cell.replace("\n", "\r") for cell in row] for row in rows]
    if dialect.escape:
        # Without an escaped quote nobody can tell that backslashes are more than characters.
        rows[0][1] = 'says "yes", then no'
    return dialect, [HEADER[:width], *rows]


def content_of(dialect: CsvDialect, rows: list[list[str]]) -> bytes:
    quote, escape = dialect.quotechar, dialect.escape

    def field(text: str) -> str:
        special = (dialect.delimiter, quote, "\n", "\r")
        if not (dialect.quote_all and text) and not any(each in text for each in special):
            return text
        inner = (
            text.replace(escape, escape * 2).replace(quote, escape + quote)
            if escape
            else text.replace(quote, quote * 2)
        )
        return quote + inner + quote

    text = "".join(dialect.delimiter.join(map(field, row)) + dialect.lineterminator for row in rows)
    return (("\ufeff" if dialect.bom else "") + text).encode(dialect.encoding)


def read(content: bytes) -> tuple[list[list[str]], CsvDialect]:
    frame, dialect = read_csv(Path("客户.csv"), content)
    return [[cell or "" for cell in row] for row in frame.to_numpy().tolist()], dialect


def _as_shown(rows: list[list[str]]) -> list[list[str]]:
    """The records up to the last that holds anything, as a spreadsheet ends there."""
    while not any(rows[-1]):
        rows = rows[:-1]
    return rows


@given(written())
@example((CsvDialect(), [HEADER[:2], ["张伟", "张伟"], ["", ""]]))
@example(
    (
        CsvDialect(quotechar="'", quote_all=True, lineterminator="\r\n"),
        [HEADER[:3], ["张伟", "", "一\n二"], ["一\n二"] * 3],
    )
)
@settings(max_examples=150)
def test_what_is_written_is_found_out(case):
    dialect, rows = case
    found, sniffed = read(content_of(dialect, rows))
    assert found == _as_shown(rows)
    names = ("encoding", "bom", "delimiter", "lineterminator", "final_newline")
    assert [getattr(sniffed, name) for name in names] == [getattr(dialect, name) for name in names]
    assert (sniffed.rival, sniffed.stray) == ("", 0)


@given(written(), st.data())
@settings(max_examples=150)
def test_edits_of_a_file_that_nobody_described(case, data):
    dialect, rows = case
    content = content_of(dialect, rows)
    before, sniffed = read(content)
    assert patch_csv(content, sniffed, SheetEdits(1)) == content
    cells = st.one_of(CELL.filter(bool), st.text("x甲\"',;|\\^~ \n", min_size=1, max_size=6))
    row, column = data.draw(st.integers(2, len(rows))), data.draw(st.integers(1, len(rows[0])))
    # The one quote that shows the escape stays: without it nobody could read the file as it was written.
    assume(not dialect.escape or (row, column) != (2, 2))
    text, new = data.draw(cells), data.draw(cells)
    letters = column_letters(len(rows[0]) + 1)
    edits = SheetEdits(
        1, {(row, column_letters(column)): text}, ({"A": new},), {letters: "新列"}, last_row=len(rows)
    )  # fmt: skip
    after = patch_csv(content, sniffed, edits)
    wanted = [[*each, ""] for each in [*before, *rows[len(before) :]]]
    wanted[0][-1], wanted[row - 1][column - 1] = "新列", text
    wanted.append([new, *[""] * len(rows[0])])
    assume(sniffed.escape == dialect.escape)
    assert read(after)[0] == wanted


@given(written(), st.integers(1, 30))
@settings(max_examples=150)
def test_no_place_for_a_stray_quote_loses_a_record(case, place):
    """A quote too many anywhere: the file is read with all its cells, or it is refused; it is never read as fewer."""
    dialect, rows = case
    plain = replace(dialect, encoding="utf-8", bom=False, quotechar='"', escape="")
    rows = [[cell.replace("\n", " ").replace("\r", " ") for cell in row] for row in rows]
    text = content_of(plain, rows).decode()
    place = 1 + place % text.count(plain.delimiter)
    at = -1
    for _ in range(place):
        at = text.index(plain.delimiter, at + 1)
    spoiled = text[: at + 1] + '"' + text[at + 1 :]
    try:
        found, _ = read(spoiled.encode())
    except BookCorrupt:
        return
    assert len(found) >= len(_as_shown(rows))
