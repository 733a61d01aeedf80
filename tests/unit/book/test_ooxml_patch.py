"""The patcher on hand-written workbooks: what is asked happens, what hangs on it follows, the rest stays."""

import datetime as dt
import io
import zipfile

import openpyxl
import pytest
from python_calamine import load_workbook

from crmsheet.book.ooxml import patch_workbook
from crmsheet.book.opened import SheetEdits
from crmsheet.core.cells import CellError, Formula
from crmsheet.core.errors import BookCorrupt, CellRefused, PatchRefused, SheetUnknown
from tests.unit.book.ooxml_made import MAIN, ROWS, STRICT, workbook


def patched(content, **edits):
    edits.setdefault("header_row", 1)
    edits.setdefault("last_row", 3)
    return patch_workbook(content, {"客户": SheetEdits(**edits)}, "book.xlsx")[:2]


def member(content, name="xl/worksheets/sheet1.xml"):
    return zipfile.ZipFile(io.BytesIO(content)).read(name).decode()


def values(content):
    return load_workbook(io.BytesIO(content)).get_sheet_by_name("客户").to_python(skip_empty_area=False)


def opened(content):
    return openpyxl.load_workbook(io.BytesIO(content))["客户"]


def untouched(old, new):
    """The names of members whose bytes differ."""
    before, after = zipfile.ZipFile(io.BytesIO(old)), zipfile.ZipFile(io.BytesIO(new))
    return {name for name in after.namelist() if name not in before.namelist() or before.read(name) != after.read(name)}


def refusal(content, **edits):
    with pytest.raises((CellRefused, PatchRefused)) as caught:
        patched(content, **edits)
    return caught.value.facts.get("place"), caught.value.facts["reason"].template


def test_no_edits_give_back_the_same_bytes():
    content = workbook()
    assert patch_workbook(content, {}, "b")[0] is content
    assert patch_workbook(content, {"客户": SheetEdits(1)}, "b")[0] is content
    assert patched(content, show=frozenset({2}), cells={(9, "A"): None})[0] is content


@pytest.mark.parametrize("deflate", [True, False])
def test_only_the_named_cell_changes(deflate):
    content = workbook(deflate=deflate)
    new, receipt = patched(content, cells={(2, "B"): 2.5})
    assert untouched(content, new) == {"xl/worksheets/sheet1.xml"}
    assert member(new) == member(content).replace('<row r="2" spans="1:3"', '<row r="2"').replace(
        "<v>1</v>", "<v>2.5</v>"
    )
    assert receipt.sheets["客户"].cells == 1


def test_untouched_members_keep_their_raw_bytes_headers_and_order():
    content = workbook()
    new, _ = patched(content, cells={(2, "B"): 2})
    old_zip, new_zip = zipfile.ZipFile(io.BytesIO(content)), zipfile.ZipFile(io.BytesIO(new))
    assert [i.filename for i in old_zip.infolist()] == [i.filename for i in new_zip.infolist()]
    assert new_zip.testzip() is None
    for before, after in zip(old_zip.infolist(), new_zip.infolist(), strict=True):
        if before.filename != "xl/worksheets/sheet1.xml":
            size = 30 + len(before.filename.encode()) + before.compress_size
            assert content[before.header_offset :][:size] == new[after.header_offset :][:size]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ('张三 & <x> "q"', None),
        (" edge\nline ", None),
        ("13800138000", None),
        ("=1+1", None),
        (True, None),
        (-12.5, None),
        (10**12, None),
        (dt.date(2024, 2, 29), dt.datetime(2024, 2, 29)),
        (dt.datetime(2024, 2, 29, 13, 30), None),
        (dt.date(1900, 1, 1), dt.datetime(1900, 1, 1)),
        (dt.time(6, 30), None),
        (CellError("#N/A"), "#N/A"),
    ],
)
def test_values_are_read_back_as_written(value, shown):
    new, _ = patched(workbook(), cells={(2, "B"): value, (9, "E"): value})
    for place in ("B2", "E9"):
        assert opened(new)[place].value == (value if shown is None else shown)


def test_control_characters_and_look_alikes_are_escaped():
    new, _ = patched(workbook(), cells={(2, "A"): "a\x01\r_x0041_"})
    assert "a_x0001__x000D__x005F_x0041_" in member(new)


def test_dates_follow_the_date_system_of_the_book():
    new, _ = patched(workbook(), cells={(2, "C"): dt.date(2024, 1, 5)})
    assert '<c r="C2" s="1"><v>45296</v></c>' in member(new)
    later = workbook(properties='<workbookPr date1904="true"/>')
    new, _ = patched(later, cells={(2, "C"): dt.date(2024, 1, 5)})
    assert "<v>43834</v>" in member(new)
    assert opened(new)["C2"].value == dt.datetime(2024, 1, 5)


def test_formats_are_kept_where_they_fit_and_copied_where_they_do_not():
    new, _ = patched(
        workbook(), cells={(2, "C"): 7, (2, "B"): "13800138000", (3, "B"): "张三", (3, "A"): "13800138000"}
    )
    sheet = opened(new)
    assert sheet["C2"].value == 7
    assert [sheet[place].number_format for place in ("C2", "B2", "B3", "A3", "C3")] == [
        "General",
        "@",
        "General",
        "@",
        "mm-dd-yy",
    ]
    styles = member(new, "xl/styles.xml")
    assert styles.startswith(member(workbook(), "xl/styles.xml").split("<cellXfs")[0])
    assert 'cellXfs count="6"' in styles  # General for the date's format, text for the plain one
    assert styles.count("<xf ") == 6


def test_a_book_without_styles_gets_them_when_a_date_needs_one():
    content = workbook(ROWS.replace(' s="1"', "").replace(' s="2"', "").replace(' s="3"', ""), styles=False)
    plain, _ = patched(content, cells={(2, "A"): "张三"})
    assert untouched(content, plain) == {"xl/worksheets/sheet1.xml"}
    new, _ = patched(content, cells={(2, "C"): dt.date(2024, 1, 5)})
    assert opened(new)["C2"].value == dt.datetime(2024, 1, 5)
    assert '/xl/styles.xml"' in member(new, "[Content_Types].xml")


def test_clearing_keeps_the_format_and_creates_nothing():
    new, _ = patched(workbook(), cells={(2, "C"): None, (3, "B"): None, (8, "A"): None})
    assert '<c r="C2" s="1"/>' in member(new)
    assert 'r="B3"' not in member(new)
    assert 'r="8"' not in member(new)


REFUSED = [
    ('<row r="2"><c r="B2"><f>A1</f><v>1</v></c></row>', "", "it holds a formula"),
    ('<row r="2"><c r="B2"><f t="shared" si="0"/><v>1</v></c></row>', "", "it holds a formula"),
    ('<row r="2"><c r="B2" cm="1"><v>1</v></c></row>', "", "it holds a spilled formula, a picture or a linked record"),
    (
        (
            '<row r="1"><c r="B1"><f t="array" ref="B1:B3">A1:A3</f><v>1</v></c></row><row r="2"><c r="B2"><v>1'
            "</v></c></row>"
        ),
        "",
        "an array formula fills it",
    ),
    (
        '<row r="2"><c r="B2"><v>1</v></c></row>',
        '<mergeCells count="1"><mergeCell ref="A2:B3"/></mergeCells>',
        "it lies inside merged cells",
    ),
    (
        '<row r="2"><c r="B2"><v>1</v></c></row>',
        '<sheetProtection sheet="1"/>',
        "the sheet is protected and the cell is locked",
    ),
]


@pytest.mark.parametrize(("rows", "tail", "reason"), REFUSED)
def test_cells_that_may_not_be_overwritten_are_refused(rows, tail, reason):
    assert refusal(workbook(rows, tail=tail), cells={(2, "B"): "x"}) == ("客户!B2", reason)


def test_the_anchor_of_merged_cells_and_unlocked_cells_can_be_written():
    merged = workbook(tail='<mergeCells count="1"><mergeCell ref="A2:B3"/></mergeCells>')
    assert opened(patched(merged, cells={(2, "A"): "新"})[0])["A2"].value == "新"
    rows = '<row r="2"><c r="B2" s="2"><v>1</v></c></row>'
    protected = workbook(rows, tail='<sheetProtection sheet="1" formatRows="0"/>')
    assert opened(patched(protected, cells={(2, "B"): 5})[0])["B2"].value == 5


@pytest.mark.parametrize(
    "value",
    ["x" * 32_768, "😀" * 16_384, 2**60 + 1, float("inf"), dt.date(1899, 1, 1), Formula(""), CellError("#NO")],
)
def test_values_that_a_cell_cannot_keep_are_refused(value):
    assert refusal(workbook(), cells={(2, "B"): value})[0] == "客户!B2"


def test_appended_rows_look_like_the_row_above():
    content = workbook(head='<dimension ref="A1:C3"/>')
    new, receipt = patched(content, appended=({"A": "丙", "C": dt.date(2024, 1, 5)}, {"A": "13800138000"}))
    assert receipt.sheets["客户"].appended == (4, 5)
    assert '<row r="4" ht="22" customHeight="1"><c r="A4" t="inlineStr">' in member(new)
    assert '<c r="C4" s="1"><v>45296</v></c>' in member(new)
    assert '<c r="C5" s="1"/>' in member(new)
    assert '<dimension ref="A1:C5"/>' in member(new)
    assert opened(new)["A5"].number_format == "@"


def test_what_stands_below_the_table_is_not_overwritten():
    total = workbook(ROWS + '<row r="5"><c r="A5" t="inlineStr"><is><t>合计</t></is></c></row>')
    reason = "the place below the table is taken"
    assert refusal(total, appended=({"A": "x"}, {"A": "y"})) == ("客户!A5", reason)
    assert opened(patched(total, appended=({"A": "x"},))[0])["A5"].value == "合计"
    beside = workbook(ROWS + '<row r="4"><c r="H4"><v>9</v></c></row>')
    new = opened(patched(beside, appended=({"A": "x"},))[0])
    assert (new["A4"].value, new["H4"].value) == ("x", 9)


def test_ranges_that_end_with_the_data_grow():
    tail = (
        '<autoFilter ref="A1:C3"/>'
        '<conditionalFormatting sqref="B2:B3 C3 H2:H3"><cfRule type="duplicateValues" priority="1"/>'
        "</conditionalFormatting>"
        '<dataValidations count="2"><dataValidation type="list" sqref="A2:A3"><formula1>"a"</formula1>'
        "</dataValidation>"
        '<dataValidation type="list" sqref="C2:C9"><formula1>"a"</formula1></dataValidation></dataValidations>'
        '<extLst><ext xmlns:x14="urn:x"><x14:dataValidations xmlns:xm="urn:m"><x14:dataValidation>'
        "<xm:sqref>B2:B3</xm:sqref>"
        "</x14:dataValidation></x14:dataValidations></ext></extLst>"
    )
    names = (
        '<definedNames><definedName name="_xlnm._FilterDatabase" localSheetId="0" hidden="1">客户!$A$1:$C$3'
        "</definedName>"
        "<definedName name=\"n\">'客户'!$A$2:$A$3,客户!$A$2:$A$2,Other!$A$2:$A$3</definedName></definedNames>"
    )
    new, _ = patched(workbook(tail=tail, book=names), appended=({"A": "x"},))
    sheet = member(new)
    for expected in (
        'autoFilter ref="A1:C4"',
        'sqref="B2:B4 C3 H2:H3"',
        'sqref="A2:A4"',
        'sqref="C2:C9"',
        "<xm:sqref>B2:B4<",
    ):
        assert expected in sheet
    book = member(new, "xl/workbook.xml")
    assert ">客户!$A$1:$C$4<" in book
    assert ">'客户'!$A$2:$A$4,客户!$A$2:$A$2,Other!$A$2:$A$3<" in book


TABLE = (
    '<table xmlns="{}" id="1" name="T" displayName="T" ref="A1:C3" {}><autoFilter ref="A1:C3"/>'
    '<tableColumns count="3">'
    '<tableColumn id="1" name="名称"/><tableColumn id="9" name="手机"/><tableColumn id="3" name="日期"/>'
    "</tableColumns></table>"
)


def with_table(attributes="", rows=ROWS, **more):
    links = [("table", "../tables/table1.xml")]
    table = {"xl/tables/table1.xml": TABLE.format(MAIN, attributes)}
    tail = '<tableParts count="1"><tablePart r:id="rId1"/></tableParts>'
    return workbook(rows, extra=table, links=links, tail=tail, **more)


def test_an_excel_table_grows_in_both_directions():
    new, receipt = patched(
        with_table(head='<cols><col min="1" max="3" width="9"/></cols>'),
        appended=({"A": "x", "D": "A"},),
        new_columns={"D": "分级\n<1>", "E": "备注"},
        cells={(2, "D"): "B", (3, "D"): 5.0},
    )
    table = member(new, "xl/tables/table1.xml")
    assert 'ref="A1:E4"' in table
    assert '<autoFilter ref="A1:E4"/>' in table
    assert '<tableColumns count="5">' in table
    assert (
        '<tableColumn id="10" name="分级_x000a_&lt;1&gt;"/><tableColumn id="11" name="备注"/></tableColumns>' in table
    )
    assert '<col min="4" max="4" width="9" customWidth="1"/>' in member(new)
    assert [row[3] for row in values(new)] == ["分级\n<1>", "B", 5.0, "A"]
    assert receipt.notes == ()
    assert opened(new).tables["T"].ref == "A1:E4"


def test_tables_refuse_what_would_break_them():
    assert refusal(with_table(), new_columns={"D": "手机"})[0] == "客户!D1"
    assert refusal(with_table(), cells={(1, "B"): "电话"})[1] == "it is a header of the Excel table {table}"
    totals = ROWS.replace("乙", "合计")
    assert refusal(with_table('totalsRowCount="1"', totals), appended=({"A": "x"},), last_row=2)[0] == "客户!A3"


def test_a_column_apart_from_the_table_is_noted():
    new, receipt = patched(with_table(), new_columns={"F": "分级"})
    assert [note.arguments["place"] for note in receipt.notes] == ["客户!F1"]
    assert 'ref="A1:C3"' in member(new, "xl/tables/table1.xml")


def test_a_new_column_borrows_looks_but_not_the_number_format():
    new, _ = patched(workbook(), new_columns={"D": "分级"}, cells={(2, "D"): 4.0, (3, "D"): "A"})
    sheet = opened(new)
    assert [sheet[f"D{row}"].number_format for row in (1, 2, 3)] == ["@", "General", "General"]


def test_charts_and_pivot_sources_follow_and_stale_formulas_are_told():
    chart = '<c:chart xmlns:c="urn:c"><c:f>客户!$B$2:$B$3</c:f><c:f>客户!$B$1</c:f></c:chart>'
    rows = ROWS + '<row r="9"><c r="H9"><f>SUM(B2:B3)+SUM(客户!B2:B3)</f><v>1</v></c></row>'
    content = workbook(rows, extra={"xl/charts/chart1.xml": chart})
    new, receipt = patched(content, appended=({"A": "x"},))
    assert "<c:f>客户!$B$2:$B$4</c:f><c:f>客户!$B$1</c:f>" in member(new, "xl/charts/chart1.xml")
    assert receipt.notes[0].arguments == {"count": 1, "sheet": "客户", "row": 3}


def test_formulas_are_computed_anew_when_the_book_is_opened():
    with_formula = workbook(
        ROWS + '<row r="9"><c r="H9"><f>B2</f><v>1</v></c></row>',
        book='<calcPr calcId="1" calcMode="manual"/><pivotCaches/>',
    )
    new, _ = patched(with_formula, cells={(2, "B"): 5})
    assert '<calcPr calcId="1" calcMode="manual" fullCalcOnLoad="1"/><pivotCaches/>' in member(new, "xl/workbook.xml")
    assert "calcPr" not in member(patched(workbook(), cells={(2, "B"): 5})[0], "xl/workbook.xml")


def test_a_protected_sheet_keeps_its_rows_as_they_are():
    protected = workbook(tail='<sheetProtection sheet="1"/>')
    assert refusal(protected, hide=frozenset({2}))[0] == "客户!2"
    assert patched(protected, show=frozenset({2}))[0] is protected
    free = workbook(tail='<sheetProtection sheet="1" formatRows="0"/>')
    assert 'hidden="1"' in member(patched(free, hide=frozenset({2}))[0])


def test_cells_out_of_order_are_refused():
    rows = '<row r="2"><c r="B2"><v>1</v></c><c r="A2"><v>1</v></c></row>'
    assert refusal(workbook(rows), cells={(2, "A"): 5})[1] == "the cells of its row are out of order"


def test_rows_are_hidden_and_shown():
    rows = ROWS.replace('<row r="3"', '<row r="3" hidden="true"')
    new, receipt = patched(workbook(rows), hide=frozenset({2, 7}), show=frozenset({3, 1}))
    sheet = member(new)
    assert '<row r="2" spans="1:3" ht="20" customHeight="1" hidden="1">' in sheet
    assert '<row r="7" hidden="1"></row>' in sheet
    assert '<row r="3" spans="1:3" ht="22" customHeight="1">' in sheet
    assert (receipt.sheets["客户"].hidden, receipt.sheets["客户"].shown) == (2, 1)


ODD = {
    "prefixed": f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row r="2"><x:c r="A2"><x:v>1</x:v></x:c>'
    f"</x:row></x:sheetData></x:worksheet>",
    "self-closing": f'<worksheet xmlns="{MAIN}"><sheetData/></worksheet>',
    "self-closing row": f'<worksheet xmlns="{MAIN}"><sheetData><row r="2"/><row r="3" /></sheetData></worksheet>',
    "no numbers": f'<worksheet xmlns="{MAIN}"><sheetData><row/><row><c><v>1</v></c><c><v>3</v></c></row>'
    f"</sheetData></worksheet>",
    "byte order mark": f'\ufeff<?xml version="1.0"?><worksheet xmlns="{MAIN}"><sheetData></sheetData></worksheet>',
    "comments and CDATA": f'<worksheet xmlns="{MAIN}"><!-- <sheetData><row r="1"> --><sheetData><!-- '
    f'<row r="5"/> --><row r="2">'
    '<c r="A2" t="str"><v><![CDATA[</row><row r="9">]]></v></c><!-- </row> --></row></sheetData></worksheet>',
    "spaces": f"<worksheet xmlns='{MAIN}'>\n<sheetData >\n <row\n r='2' >\n <c\tr='A2' ><v>1</v></c >\n "
    f"</row >\n</sheetData >\n</worksheet>",
}


@pytest.mark.parametrize("name", ODD)
def test_unusual_spellings_of_a_sheet_are_patched(name):
    new, _ = patched(workbook(sheet=ODD[name]), cells={(2, "D"): "x", (2, "B"): 2, (3, "A"): "y", (1, "A"): 0.5})
    sheet = opened(new)
    assert [sheet[place].value for place in ("A1", "B2", "D2", "A3")] == [0.5, 2, "x", "y"]
    if name in {"prefixed", "no numbers", "spaces"}:
        assert sheet["A2"].value == 1


def test_strict_workbooks_and_case_are_understood():
    content = workbook(base=STRICT)
    new, _, _ = patch_workbook(content, {"客户": SheetEdits(1, {(2, "B"): 4})}, "b")
    assert values(new)[1][1] == 4


def test_files_that_cannot_be_edited_are_refused():
    with pytest.raises(PatchRefused):
        patched(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), cells={(2, "B"): 1})
    with pytest.raises(PatchRefused):
        patched(workbook(extra={"_xmlsignatures/sig1.xml": "<x/>"}), cells={(2, "B"): 1})
    with pytest.raises(PatchRefused):
        patched(workbook('<row r="3"/><row r="2"/>'), cells={(2, "B"): 1})
    with pytest.raises(BookCorrupt):
        patched(workbook()[:-30], cells={(2, "B"): 1})
    with pytest.raises(SheetUnknown):
        patch_workbook(workbook(), {"无": SheetEdits(1, {(2, "B"): 1})}, "b")


def test_a_new_header_needs_an_empty_cell():
    assert refusal(workbook(), new_columns={"C": "分级"})[0] == "客户!C1"
