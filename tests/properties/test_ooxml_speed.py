"""The quick ways of reading and patching sheets give what their slow and obvious twins give."""

import dataclasses
import io
import zipfile
from functools import cache
from unittest.mock import patch
from xml.parsers import expat

import numpy as np
import openpyxl
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from python_calamine import load_workbook

from crmsheet.book.ooxml import patch_workbook, row_check
from crmsheet.book.ooxml.markup import part
from crmsheet.book.ooxml.row_check import _compare_usual, _complaint
from crmsheet.book.ooxml.rows import RowWriter
from crmsheet.book.ooxml.sheet import _quick_rows, _rows, cells_area, grammar, open_sheet
from crmsheet.book.opened import SheetEdits
from crmsheet.book.sheet_probe import _by_bytes, _by_events
from crmsheet.book.xlsx_reading import _grid
from crmsheet.core.cells import column_letters

SHEET = "xl/worksheets/sheet1.xml"
CELLS = (
    '<c r="{at}"><v>1</v></c>',
    '<c r="{at}" s="1"/>',
    '<c r="{at}" t="b"><v>0</v></c>',
    '<c r="{at}" t="e"><v>#N/A</v></c>',
    '<c r="{at}" t="inlineStr"><is><t>a!</t></is></c>',
    '<c r="{at}" t="inlineStr"><is><r><rPr><color rgb="FF"/></rPr><t>x</t></r></is></c>',
    '<c r="{at}"><f>A1+1</f><v>2</v></c>',
    '<c r="{at}" t="str"><f>""</f><v></v></c>',
)
TAGS = ("", ' spans="1:5"', ' hidden="1"', ' hidden="0"', ' ht="20" customHeight="1"', ' s="1" customFormat="1"')
ROWS = st.dictionaries(
    st.integers(1, 12),
    st.tuples(st.sampled_from(TAGS), st.dictionaries(st.integers(1, 30), st.sampled_from(CELLS), max_size=4)),
    min_size=1,
    max_size=6,
)
VALUES = st.one_of(
    st.none(), st.sampled_from(["", "中文", "a&b", "13800138000", "=1"]), st.integers(-9, 9), st.booleans()
)
EDITS = st.dictionaries(st.tuples(st.integers(1, 12), st.integers(1, 32)), VALUES, min_size=1, max_size=12)


def sheet_of(rows, between=""):
    """A worksheet written as every program writes it; `between` two rows as few do."""
    lines = []
    for number, (tag, cells) in sorted(rows.items()):
        inner = "".join(xml.format(at=f"{column_letters(at)}{number}") for at, xml in sorted(cells.items()))
        lines.append(f'<row r="{number}"{tag}>{inner}</row>')
    tail = '<sheetProtection sheet="1"/><mergeCells count="1"><mergeCell ref="AH1:AI1"/></mergeCells>'
    return f"<worksheet><sheetData>{between.join(lines)}</sheetData>{tail}</worksheet>".encode()


@cache
def plain_book():
    """A workbook with one empty sheet."""
    made, out = openpyxl.Workbook(), io.BytesIO()
    made.active.title = "客户"
    made.save(out)
    return out.getvalue()


def book_of(sheet):
    """A workbook whose one sheet is this XML."""
    whole = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(plain_book())) as source, zipfile.ZipFile(whole, "w") as target:
        for name in source.namelist():
            target.writestr(name, sheet if name == SHEET else source.read(name))
    return whole.getvalue()


def named(cells):
    return {(row, column_letters(column)): value for (row, column), value in cells.items()}


def well_formed(stretches):
    parser = expat.ParserCreate()
    try:
        parser.Parse(b"".join(stretches), True)
    except expat.ExpatError:
        return False
    return True


@settings(max_examples=60, deadline=None)
@given(ROWS, EDITS, st.lists(st.dictionaries(st.integers(1, 9), st.just("x"), min_size=1), max_size=3))
def test_cells_are_written_the_same_quickly_and_slowly(rows, cells, appended):
    rows = {
        number: (tag, {at: xml for at, xml in found.items() if "<f>" not in xml})
        for number, (tag, found) in rows.items()
    }
    content = book_of(sheet_of(rows).replace(b'<sheetProtection sheet="1"/>', b""))
    new = tuple({column_letters(at): value for at, value in row.items()} for row in appended)
    edits = {"客户": SheetEdits(0, named(cells), new, last_row=12)}
    quickly = patch_workbook(content, edits, "book").content
    with patch.object(RowWriter, "_quick", lambda *_: False):
        assert patch_workbook(content, edits, "book").content == quickly


@settings(max_examples=200, deadline=None)
@given(
    ROWS,
    st.dictionaries(st.integers(1, 15), st.lists(st.integers(1, 32), unique=True, max_size=3).map(sorted), max_size=6),
    st.booleans(),
    st.integers(1, 3),
    st.data(),
)
def test_the_quick_gate_lets_nothing_through_that_the_slow_one_stops(rows, touched, obedient, block, data):
    raw = sheet_of(rows)
    new = dict(rows)
    for number, columns in touched.items():
        tag, cells = new.get(number, ("", {}))
        new[number] = tag, cells | dict.fromkeys(columns, '<c r="{at}"><v>7</v></c>')
    content = sheet_of(new)
    if not obedient:  # bytes moved, dropped or doubled somewhere: what a patcher with a bug might write
        start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(content))] * 2)))
        put = data.draw(
            st.sampled_from([b"", content[start:end] * 2, b'<c r="B2"/>', b"<v>", b"x", b'</row><row r="3">'])
        )
        content = content[:start] + put + content[end:]
        assume(content.startswith(b"<worksheet>") and cells_area(part(content, "b", "s")) is not None)
    before, after = open_sheet(part(raw, "b", "s"), "b", "s"), part(content, "b", "s")
    with patch.object(row_check, "_BLOCK", block):
        stretches = _compare_usual(before, after, touched)
    if stretches is not None:
        assert _complaint(before, open_sheet(after, "b", "s"), touched) == ""
        assert well_formed(stretches) == well_formed([content])
    elif obedient:  # only what it does not know is left to the slow gate: rows put between others
        added = set(new) - set(rows)
        assert added
        assert min(added) < max(rows)


@settings(max_examples=100, deadline=None)
@given(ROWS, st.sampled_from(["", "\n", " "]))
def test_rows_are_found_the_same_quickly_and_slowly(rows, between):
    sheet = part(sheet_of(rows, between), "b", "s")
    body = cells_area(sheet)
    assert _quick_rows(sheet, body) == _rows(sheet, body, grammar(b""), "b", "s")


@settings(max_examples=100, deadline=None)
@given(ROWS)
@example({7: ("", {27: CELLS[0]})})  # columns of two letters
def test_the_probe_by_bytes_finds_what_the_parser_finds(rows):
    quick, slow = _by_bytes(sheet_of(rows)), _by_events(sheet_of(rows))
    assert quick is not None
    rough = {"rows": 0, "columns": 0, "count": 0, "ordinary": True}
    assert dataclasses.replace(quick, **rough) == dataclasses.replace(slow, **rough)
    filled = [number for number, (_, cells) in rows.items() if cells]
    assert quick.rows >= max(filled, default=0)
    assert quick.columns >= slow.columns
    assert quick.count >= slow.count


@settings(max_examples=60, deadline=None)
@given(ROWS)
def test_values_taken_row_by_row_are_those_of_the_whole_sheet(rows):
    sheet = load_workbook(io.BytesIO(book_of(sheet_of(rows)))).get_sheet_by_name("客户")
    whole = [[None if cell == "" else cell for cell in line] for line in sheet.to_python(skip_empty_area=False)]
    grid = _grid(sheet)
    grid[grid == ""] = None
    assert grid.tolist() == whole
    assert grid.dtype == np.object_
