"""Laws of CSV files: what is written is read again, edits touch only their records, and both scanners agree."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crmsheet.book.csv_patching import patch_csv
from crmsheet.book.csv_reading import read_csv
from crmsheet.book.csv_records import raw_fields, records, spans
from crmsheet.book.csv_strays import Unclosed, forms, unquoted
from crmsheet.book.dialect import CsvDialect
from crmsheet.book.encoding import decode
from crmsheet.book.opened import SheetEdits
from crmsheet.core.cells import column_letters
from crmsheet.core.errors import BookCorrupt, PatchRefused

FIELD = st.text(alphabet='ab1 ,;"\t\n\r甲é\x0b\u2028', max_size=6)
ROWS = st.lists(st.lists(FIELD, min_size=2, max_size=4), min_size=1, max_size=6)
DIALECT = st.builds(
    CsvDialect,
    encoding=st.sampled_from(["utf-8", "utf-16-le", "gb18030"]),
    delimiter=st.sampled_from(",;\t|"),
    lineterminator=st.sampled_from(["\n", "\r\n", "\r"]),
    quote_all=st.booleans(),
)


def text_of(rows: list[list[str]], dialect: CsvDialect) -> str:
    """The plain way to write CSV; the standard library's writer (3.11) leaves a lone CR or LF without quotes."""

    def field(text: str) -> str:
        special = any(each in text for each in (dialect.delimiter, '"', "\n", "\r"))
        return '"' + text.replace('"', '""') + '"' if special or dialect.quote_all else text

    return "".join(dialect.delimiter.join(map(field, row)) + dialect.lineterminator for row in rows)


def cells(text: str, dialect: CsvDialect) -> list[list[str]]:
    found = records(text, dialect)
    fields = iter(found.fields)
    return [[next(fields) for _ in range(width)] for width in found.widths]


@given(ROWS, DIALECT)
def test_what_is_written_is_read(rows, dialect):
    assert cells(text_of(rows, dialect), dialect) == rows


ODD_TEXT = st.text(alphabet="a, ;\"'\\\n\r", max_size=24)
ODD_DIALECT = st.builds(
    CsvDialect,
    delimiter=st.sampled_from(", ;"),
    quotechar=st.sampled_from("\"'"),
    escape=st.sampled_from(["", "\\"]),
    spaced=st.booleans(),
    width=st.integers(0, 3),
).filter(lambda dialect: not (dialect.spaced and dialect.delimiter == " "))


@given(ODD_TEXT, ODD_DIALECT)
@example(',;"\n "aa', CsvDialect(delimiter=";", escape="\\", width=1))  # endless with the re module of Python 3.11.2
@settings(max_examples=500)
def test_what_is_read_is_what_stands_in_the_spans(text, dialect):
    """Reading and patching see one and the same file, however odd its quotes are."""
    try:
        found = spans(text, dialect)
    except Unclosed:
        with pytest.raises(Unclosed):
            records(text, dialect)
        return
    assert "".join(text[begin:after] for begin, _, after, _ in found) == text
    raw = [raw_fields(text[begin:end], dialect) for begin, end, *_ in found]
    how = forms(dialect)
    assert cells(text, dialect) == [[unquoted(each, how) for each in fields] for fields in raw]
    assert records(text, dialect).strays == [row for row, span in enumerate(found, 1) if not span.fits]


@given(st.text(alphabet='a,"\n\r;', max_size=24))
def test_what_the_csv_module_takes_is_read_as_it_reads(text):
    dialect = CsvDialect()
    try:
        wanted = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error:
        return
    assert cells(text, dialect) == wanted
    assert records(text, dialect).strays == []


@st.composite
def edited(draw: st.DrawFn) -> tuple[list[list[str]], CsvDialect, SheetEdits]:
    dialect, rows = draw(DIALECT), draw(ROWS)
    width = max(map(len, rows))
    rows = [row + [""] * (width - len(row)) for row in rows]
    value = st.text(alphabet='xy ,;|"\t\n\r甲', min_size=1, max_size=5)
    letters = st.sampled_from([column_letters(each) for each in range(1, width + 1)])
    changed = draw(st.dictionaries(st.tuples(st.integers(1, len(rows)), letters), value, max_size=4))
    appended = tuple(draw(st.lists(st.dictionaries(letters, value, min_size=1), max_size=2)))
    added = draw(st.booleans())
    header = 0 if not added else 1
    columns = {column_letters(width + 1): "新列"} if added else {}
    return rows, dialect, SheetEdits(header, changed, appended, columns, last_row=draw(st.integers(header, len(rows))))


@given(edited())
@settings(max_examples=200)
def test_an_edit_is_what_a_rewrite_would_be(case):
    rows, dialect, edits = case
    text = text_of(rows, dialect)
    after = patch_csv(text.encode(dialect.encoding), dialect, edits).decode(dialect.encoding)
    width = len(rows[0]) + len(edits.new_columns)
    wanted = [[*row, *[""] * (width - len(row))] for row in rows]
    for (row, letters), value in edits.cells.items():
        wanted[row - 1][ord(letters) - 65] = value
    for letters, label in edits.new_columns.items():
        wanted[edits.header_row - 1][ord(letters) - 65] = label
    new = [[row.get(column_letters(each), "") for each in range(1, width + 1)] for row in edits.appended]
    wanted[edits.last_row : edits.last_row] = new
    assert cells(after, dialect) == wanted


@given(edited())
def test_untouched_records_stay_byte_for_byte(case):
    rows, dialect, edits = case
    edits = replace(edits, new_columns={})
    text = text_of(rows, dialect)
    after = patch_csv(text.encode(dialect.encoding), dialect, edits).decode(dialect.encoding)
    before = [text[begin:following] for begin, _, following, _ in spans(text, dialect)]
    found = [after[begin:following] for begin, _, following, _ in spans(after, dialect)]
    del found[edits.last_row : edits.last_row + len(edits.appended)]
    touched = {row for row, _ in edits.cells}
    assert len(found) == len(before)
    assert [each for row, each in enumerate(found, 1) if row not in touched] == [
        each for row, each in enumerate(before, 1) if row not in touched
    ]
    if not edits.cells and not edits.appended:
        assert after == text


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16", "utf-8-sig", "utf-8"])
@given(name=st.text(alphabet="北京上海科技有限公司大中小王李林文明天地人", min_size=4, max_size=30))
@settings(max_examples=25)
def test_chinese_text_is_decoded(encoding, name):
    text = f"客户,{name}\r\n{name},1\r\n"
    assert decode(text.encode(encoding)).text == text


@given(st.binary(max_size=200))
@settings(max_examples=300)
def test_any_bytes_are_sheets_or_refused(content):
    try:
        cells, dialect = read_csv(Path("a.csv"), content)
    except BookCorrupt:
        return
    assert all(cell is None or isinstance(cell, str) for cell in cells.to_numpy().ravel())
    try:
        assert patch_csv(content, dialect, SheetEdits(0, appended=({"A": "x"},), last_row=0)) != content
    except PatchRefused:
        assert dialect.encoding not in ("utf-8", "utf-16-le")
