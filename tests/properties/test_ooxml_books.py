"""The patcher on random workbooks, written here as raw XML in all the ways that programs have."""

import datetime as dt
import io
import warnings
import zipfile
from dataclasses import dataclass

import openpyxl
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.formula import ArrayFormula
from python_calamine import CalamineWorkbook

from crmsheet.book.ooxml import patch_workbook
from crmsheet.book.opened import SheetEdits
from crmsheet.core.cells import Formula, column_letters
from crmsheet.core.errors import CellRefused
from tests.unit.book.ooxml_made import APP, DOC, MAIN, PACKAGE, XF, relationships

WIDTH = 4
TEXT = st.text("甲乙ab <&>\"'\n1", min_size=1, max_size=8).filter(lambda text: text.strip())
NUMBER = st.integers(-(10**6), 10**6) | st.floats(-1e6, 1e6, width=32)
CELL = st.one_of(
    st.none(),
    st.tuples(st.just("text"), TEXT),
    st.tuples(st.just("number"), NUMBER),
    st.tuples(st.just("bool"), st.booleans()),
    st.tuples(st.just("formula"), st.sampled_from(["A1&B1", "SUM(B2:B3)", '"<"&A2'])),
)
VALUE = st.one_of(TEXT, NUMBER, st.booleans(), st.dates(dt.date(1905, 1, 1), dt.date(2100, 1, 1)), st.none())
PLACE = st.tuples(st.integers(2, 8), st.integers(1, WIDTH))


@dataclass(frozen=True)
class Spec:
    """A workbook: its cells by row, and the ways in which it is written."""

    rows: list
    styles: list
    prefix: str
    addressed: bool
    shared: bool
    date1904: bool
    table: bool
    merged: bool
    stored: bool
    comment: bool

    @property
    def last(self):
        return len(self.rows) + 1


SPECS = st.builds(
    Spec,
    rows=st.lists(st.lists(CELL, min_size=WIDTH, max_size=WIDTH), min_size=2, max_size=5),
    styles=st.lists(st.integers(0, 3), min_size=WIDTH, max_size=WIDTH),
    prefix=st.sampled_from(["", "x:"]),
    addressed=st.booleans(),
    shared=st.booleans(),
    date1904=st.booleans(),
    table=st.booleans(),
    merged=st.booleans(),
    stored=st.booleans(),
    comment=st.booleans(),
)


def escape(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def cell_of(spec, row, column, value, strings):
    p, kind, held = spec.prefix, *(value or ("none", None))
    place = f' r="{column_letters(column)}{row}"' if spec.addressed else ""
    style = f' s="{spec.styles[column - 1]}"'
    if kind == "none":
        return f"<{p}c{place}{style}/>"
    if kind == "formula":
        return f"<{p}c{place}{style}><{p}f>{escape(held)}</{p}f><{p}v>0</{p}v></{p}c>"
    if kind == "text" and spec.shared:
        strings.append(held)
        return f'<{p}c{place}{style} t="s"><{p}v>{len(strings) - 1}</{p}v></{p}c>'
    if kind == "text":
        text = f'<{p}is><{p}t xml:space="preserve">{escape(held)}</{p}t></{p}is>'
        return f'<{p}c{place}{style} t="inlineStr">{text}</{p}c>'
    mark = ' t="b"' if kind == "bool" else ""
    return f"<{p}c{place}{style}{mark}><{p}v>{int(held) if kind == 'bool' else repr(held)}</{p}v></{p}c>"


def sheet_of(spec, strings):
    p = spec.prefix
    headers = [("text", f"列{n}") for n in range(1, WIDTH + 1)]
    written = []
    for number, row in enumerate([headers, *spec.rows], 1):
        at = f' r="{number}"' if spec.addressed else ""
        cells = "".join(cell_of(spec, number, column, value, strings) for column, value in enumerate(row, 1))
        written.append(f"<{p}row{at}>{cells}</{p}row>" + ("<!-- <row r='1'/> -->" if spec.comment else ""))
    tail = f'<{p}mergeCells count="1"><{p}mergeCell ref="B2:C2"/></{p}mergeCells>' if spec.merged else ""
    tail += (
        f'<{p}conditionalFormatting sqref="B2:B{spec.last}"><{p}cfRule type="duplicateValues" priority="1"/>'
        f"</{p}conditionalFormatting>"
    )
    tail += f'<{p}tableParts count="1"><{p}tablePart r:id="rId1"/></{p}tableParts>' if spec.table else ""
    name = f"xmlns:{p[:-1]}" if p else "xmlns"
    return (
        f'<?xml version="1.0"?><{p}worksheet {name}="{MAIN}" xmlns:r="{DOC}"><{p}sheetData>{"".join(written)}'
        f"</{p}sheetData>{tail}</{p}worksheet>"
    )


def book_of(spec):
    strings = []
    overrides = {
        "workbook.xml": "sheet.main", "worksheets/sheet1.xml": "worksheet", "styles.xml": "styles",
        "sharedStrings.xml": "sharedStrings", "tables/table1.xml": "table",
    }  # fmt: skip
    kinds = [("worksheet", "worksheets/sheet1.xml"), ("styles", "styles.xml"), ("sharedStrings", "sharedStrings.xml")]
    xfs = XF.format(0, "") + XF.format(14, "") + XF.format(49, "") + XF.format(2, "")
    columns = "".join(f'<tableColumn id="{n}" name="列{n}"/>' for n in range(1, WIDTH + 1))
    reach = f"A1:{column_letters(WIDTH)}{spec.last}"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="bin" ContentType="x/y"/>'
        + "".join(
            f'<Override PartName="/xl/{name}" ContentType="{APP}{kind}+xml"/>'
            for name, kind in overrides.items()
            if spec.table or kind != "table"
        )
        + "</Types>",
        "_rels/.rels": relationships([("officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{DOC}"><workbookPr date1904="{int(spec.date1904)}"/>'
        '<sheets><sheet name="客户" sheetId="1" r:id="rId1"/></sheets><definedNames><definedName name="列">'
        f"客户!$B$2:$B${spec.last}</definedName></definedNames></workbook>",
        "xl/_rels/workbook.xml.rels": relationships(kinds),
        "xl/worksheets/sheet1.xml": sheet_of(spec, strings),
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><fonts count="1"><font><sz val="11"/></font></fonts>'
        '<fills count="1"><fill><patternFill patternType="none"/></fill></fills><borders count="1"><border/></borders>'
        f'<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="4">{xfs}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">'
        + "".join(f'<si><t xml:space="preserve">{escape(text)}</t></si>' for text in strings)
        + "</sst>",
        "xl/media/any.bin": "\x00\x01",
    }
    if spec.table:
        parts["xl/worksheets/_rels/sheet1.xml.rels"] = relationships([("table", "../tables/table1.xml")])
        parts["xl/tables/table1.xml"] = (
            f'<table xmlns="{MAIN}" id="1" name="T" displayName="T" ref="{reach}"><autoFilter ref="{reach}"/>'
            f'<tableColumns count="{WIDTH}">{columns}</tableColumns></table>'
        )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED if spec.stored else zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return out.getvalue()


def cells_of(content):
    """Value, number format and style of each cell that is written, by openpyxl."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a random number in a cell for dates may be no day
        sheet = openpyxl.load_workbook(io.BytesIO(content))["客户"]
    found = {}
    for row in sheet.iter_rows():
        for cell in row:
            if cell.value is not None:
                value = cell.value.text if isinstance(cell.value, ArrayFormula) else cell.value
                found[cell.row, cell.column] = value, cell.number_format
    return found


def as_read(value):
    """A value as openpyxl gives it back."""
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return dt.datetime.combine(value, dt.time())
    return f"={value.text}" if isinstance(value, Formula) else value


def refused(spec, place):
    """Whether a cell may not be written: a formula, or inside merged cells."""
    row, column = place
    inside = spec.merged and place == (2, 3)
    held = spec.rows[row - 2][column - 1] if row <= spec.last else None
    return inside or (held is not None and held[0] == "formula")


@settings(max_examples=60)
@given(
    SPECS,
    st.dictionaries(PLACE, VALUE, max_size=4),
    st.lists(st.dictionaries(st.integers(1, WIDTH), VALUE.filter(lambda v: v is not None), min_size=1), max_size=2),
    st.booleans(),
    st.booleans(),
)
def test_random_workbooks_hold_what_was_asked_and_nothing_else_changes(spec, cells, appended, widened, force):
    content = book_of(spec)
    before = cells_of(content)
    cells = {place: value for place, value in cells.items() if place[0] <= spec.last}
    formulas = {place for place in cells if refused(spec, place)}
    merged = {place for place in formulas if spec.merged and place == (2, 3)}
    edits = SheetEdits(
        header_row=1,
        cells={(row, column_letters(column)): value for (row, column), value in cells.items()},
        appended=tuple({column_letters(column): value for column, value in row.items()} for row in appended),
        new_columns={column_letters(WIDTH + 1): "新列"} if widened else {},
        last_row=spec.last,
        force=force,
    )
    if merged or (formulas and not force):
        try:
            patch_workbook(content, {"客户": edits}, "b")
        except CellRefused:
            return
        assert all(cells[place] is None for place in formulas), "only a blank cell may be cleared without a word"
        return
    new, receipt, _ = patch_workbook(content, {"客户": edits}, "b")
    asked = dict(cells)
    for row, values in zip(receipt.sheets["客户"].appended if appended else (), appended, strict=True):
        asked |= {(row, column): value for column, value in values.items()}
    if widened:
        asked[1, WIDTH + 1] = "新列"
    after = cells_of(new)
    for place, value in asked.items():
        found = after.get(place, (None, ""))[0]
        assert found == as_read(value), place
        assert isinstance(found, bool) == isinstance(value, bool)
    assert {place: after.get(place) for place in before if place not in asked} == {
        place: each for place, each in before.items() if place not in asked
    }
    assert after.keys() <= before.keys() | asked.keys()
    _check_the_rest(spec, content, new, len(appended), widened)


def _check_the_rest(spec, content, new, rows, widened):
    """Members that need not change are the same; what covers the data covers the new rows and columns too."""
    old_zip, new_zip = zipfile.ZipFile(io.BytesIO(content)), zipfile.ZipFile(io.BytesIO(new))
    assert old_zip.namelist() == new_zip.namelist()
    for name in ("xl/media/any.bin", "xl/sharedStrings.xml", "[Content_Types].xml", "xl/_rels/workbook.xml.rels"):
        assert old_zip.read(name) == new_zip.read(name)
    bottom = spec.last + rows
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(io.BytesIO(new))
    assert book.defined_names["列"].value == f"客户!$B$2:$B${bottom}"
    assert [str(each.sqref) for each in book["客户"].conditional_formatting] == [f"B2:B{bottom}"]
    if spec.table:
        table = book["客户"].tables["T"]
        assert table.ref == f"A1:{column_letters(WIDTH + widened)}{bottom}"
        assert table.autoFilter.ref == table.ref
        assert [column.name for column in table.tableColumns][WIDTH:] == ["新列"] * widened
    read = CalamineWorkbook.from_filelike(io.BytesIO(new)).get_sheet_by_name("客户")
    assert read.height >= 1
    texts = [value for row in read.to_python() for value in row if isinstance(value, str) and value]
    assert "列1" in texts


@settings(max_examples=25)
@given(SPECS, st.sampled_from(["A1*2", "SUM(B2:B9)", 'IF(A2<1,"a&b","")']), PLACE)
def test_a_formula_is_written_where_the_edit_says_so(spec, text, place):
    assume(place[0] <= spec.last and not (spec.merged and place == (2, 3)))
    content = book_of(spec)
    edits = SheetEdits(1, {(place[0], column_letters(place[1])): Formula(text)}, last_row=spec.last, force=True)
    after = cells_of(patch_workbook(content, {"客户": edits}, "b").content)
    assert after[place][0] == f"={text}"
    assert after[place][1] != "@"
    before = cells_of(content)
    assert {key: each for key, each in after.items() if key != place} == {
        key: each for key, each in before.items() if key != place
    }


@settings(max_examples=25)
@given(SPECS)
def test_no_change_gives_back_the_same_bytes(spec):
    content = book_of(spec)
    edits = SheetEdits(1, {(spec.last + 3, "C"): None}, show=frozenset({2, 9}), last_row=spec.last)
    assert patch_workbook(content, {"客户": edits}, "b").content is content
