"""Laws of the patcher: what was asked is read back by others, everything else stays what it was."""

import datetime as dt
import io
import re
import zipfile
from itertools import pairwise

import openpyxl
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import load_workbook

from crmsheet.book.cuts import LIMIT, cut_points
from crmsheet.book.ooxml import patch_workbook
from crmsheet.book.ooxml.values import xstring
from crmsheet.book.opened import SheetEdits
from crmsheet.core.cells import column_letters

COLUMNS = 5
TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n\t"), min_size=1, max_size=12)
VALUES = st.one_of(
    TEXT,
    st.sampled_from(["13800138000", "=1+1", "0086-10", "_x0041_", " a "]),
    st.booleans(),
    st.integers(-(10**12), 10**12),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.datetimes(dt.datetime(1900, 3, 1), dt.datetime(2200, 1, 1)).map(lambda moment: moment.replace(microsecond=0)),
)
GRIDS = st.lists(st.lists(st.one_of(st.none(), VALUES), min_size=COLUMNS, max_size=COLUMNS), min_size=1, max_size=6)
EDITS = st.dictionaries(
    st.tuples(st.integers(2, 9), st.integers(1, COLUMNS + 2)), st.one_of(st.none(), VALUES), max_size=6
)
APPENDED = st.lists(st.dictionaries(st.integers(1, COLUMNS), VALUES, min_size=1), max_size=3)


def book_of(grid):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "客户"
    sheet.append([f"列{n}" for n in range(1, COLUMNS + 1)])
    for at, row in enumerate(grid, 2):
        for column, value in enumerate(row, 1):
            cell = sheet.cell(at, column)
            if isinstance(value, str):
                cell.value, cell.data_type = value, "s"  # also what begins with an equals sign
            elif value is not None:
                cell.value = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def without_addresses(content):
    """The same workbook as lesser programs write it: no addresses where they can be counted, a prefix on every tag."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            raw = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                raw = re.sub(rb"<(/?)([A-Za-z])", rb"<\1x:\2", raw).replace(b"xmlns=", b"xmlns:x=")
                raw = re.sub(rb'<x:row r="1"', b"<x:row", raw)
                raw = re.sub(rb'<x:c r="A(\d+)"', b"<x:c", raw)
            target.writestr(name, raw)
    return out.getvalue()


def grid_of(content):
    """Values by place as openpyxl reads them."""
    sheet = openpyxl.load_workbook(io.BytesIO(content))["客户"]
    return {(c.row, c.column): c.value for row in sheet.iter_rows() for c in row if c.value is not None}


def texts_of(content):
    """Texts by place as calamine reads them."""
    rows = load_workbook(io.BytesIO(content)).get_sheet_by_name("客户").to_python(skip_empty_area=False)
    return {(r, c): v for r, row in enumerate(rows, 1) for c, v in enumerate(row, 1) if isinstance(v, str) and v}


@settings(max_examples=30, deadline=None)
@given(GRIDS, EDITS, APPENDED, st.booleans())
def test_patched_workbooks_read_back_as_asked(grid, cells, appended, bare):
    content = book_of(grid)
    if bare:
        content = without_addresses(content)
    last = max([1, *(at for at, row in enumerate(grid, 2) if any(value is not None for value in row))])
    last = max([last, *(row for (row, _), value in cells.items())])
    edits = SheetEdits(
        header_row=1,
        cells={(row, column_letters(column)): value for (row, column), value in cells.items()},
        appended=tuple({column_letters(column): value for column, value in row.items()} for row in appended),
        last_row=last,
    )
    new, receipt, _ = patch_workbook(content, {"客户": edits}, "book")
    expected = grid_of(content)
    for place, value in cells.items():
        expected.pop(place, None)
        if value is not None:
            expected[place] = value
    for row, values in zip(receipt.sheets["客户"].appended, appended, strict=True) if appended else ():
        expected |= {(row, column): value for column, value in values.items()}
    found = grid_of(new)
    assert found.keys() == expected.keys()
    for place, value in expected.items():
        ours = place in cells or place not in grid_of(content)
        written = xstring(value) if isinstance(value, str) and ours else value
        assert found[place] in (value, written), place
        assert type(found[place]) is type(value) or isinstance(value, int | float)


@settings(max_examples=20, deadline=None)
@given(EDITS.filter(bool))
def test_patching_in_steps_is_patching_at_once(cells):
    content = book_of([[1, "a", None, True, 2.5]])
    named = {(row, column_letters(column)): value for (row, column), value in cells.items()}
    at_once, _, _ = patch_workbook(content, {"客户": SheetEdits(1, named, last_row=9)}, "book")
    stepwise = content
    for place, value in named.items():
        stepwise, _, _ = patch_workbook(stepwise, {"客户": SheetEdits(1, {place: value}, last_row=9)}, "book")
    assert grid_of(at_once) == grid_of(stepwise)


@settings(max_examples=30, deadline=None)
@given(st.text(min_size=1, max_size=30).filter(lambda text: "\r" not in text))
def test_any_text_survives_in_calamine(text):
    new, _, _ = patch_workbook(book_of([[1]]), {"客户": SheetEdits(1, {(2, "A"): text})}, "book")
    assert texts_of(new)[2, 1] == text


ROWS = st.lists(st.binary(min_size=0, max_size=40).map(lambda raw: raw.hex().encode()), min_size=1, max_size=400)


@settings(max_examples=20, deadline=None)
@given(ROWS, st.integers(0, 400), st.binary(max_size=30))
def test_an_inserted_row_moves_few_cuts(rows, at, extra):
    body = b"".join(b"<row>%s</row>" % (row * 40) for row in rows)
    place = body.find(b"<row>", len(body) * at // 400)
    place = len(body) if place < 0 else place
    longer = body[:place] + b"<row>" + extra.hex().encode() + b"</row>" + body[place:]

    def pieces(content):
        cuts = [0, *cut_points("xl/worksheets/sheet1.xml", content), len(content)]
        assert cuts == sorted(set(cuts))
        assert all(end - start < LIMIT + 4000 for start, end in pairwise(cuts))
        return [content[start:end] for start, end in pairwise(cuts)]

    old, new = pieces(body), pieces(longer)
    assert b"".join(new) == longer
    assert len(set(new) - set(old)) <= 3
