"""What real workbooks hold that trips a patcher, each as small as it can be."""

import datetime as dt
import io
import struct
import zipfile

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from crmsheet.book.ooxml import patch_workbook
from crmsheet.book.ooxml.package import open_package
from crmsheet.book.opened import Look, SheetEdits
from crmsheet.core.errors import RowRefused
from tests.unit.book.ooxml_made import MAIN, ROWS, relationships, workbook

SHEET = "xl/worksheets/sheet1.xml"
STRINGS = [("worksheet", "worksheets/sheet1.xml"), ("styles", "styles.xml"), ("sharedStrings", "sharedStrings.xml")]


def patched(content, **edits):
    edits.setdefault("header_row", 1)
    edits.setdefault("last_row", 3)
    return patch_workbook(content, {"客户": SheetEdits(**edits)}, "b").content


def member(content, name=SHEET):
    return zipfile.ZipFile(io.BytesIO(content)).read(name).decode()


def opened(content):
    return openpyxl.load_workbook(io.BytesIO(content))["客户"]


def with_strings(rows, strings, **more):
    extra = {"xl/sharedStrings.xml": f'<sst xmlns="{MAIN}" uniqueCount="99">{strings}</sst>' if strings else
             f'<sst xmlns="{MAIN}"/>', "xl/_rels/workbook.xml.rels": relationships(STRINGS)}  # fmt: skip
    return workbook(rows, extra=extra, **more)


@pytest.mark.parametrize("strings", ["", "<si><t>甲</t></si><si/>"])
def test_shared_strings_stay_as_they_are_whatever_they_count(strings):
    content = with_strings('<row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2"><v>1</v></c></row>', strings)
    new = patched(content, cells={(2, "A"): "新", (2, "B"): "张"})
    assert member(new, "xl/sharedStrings.xml") == member(content, "xl/sharedStrings.xml")
    assert [cell.value for cell in opened(new)[2]] == ["新", "张"]


def test_a_rich_text_cell_that_is_overwritten_is_plain_and_others_keep_their_runs():
    run = "<is><r><rPr><b/></rPr><t>粗</t></r><r><t>细</t></r></is>"
    rows = f'<row r="2"><c r="A2" t="inlineStr">{run}</c><c r="B2" t="inlineStr">{run}</c></row>'
    new = patched(workbook(rows), cells={(2, "A"): "平"})
    assert member(new).count("<rPr>") == 1
    assert run in member(new)


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="A4" t="s"><v>1</v></c>',
        '<c r="A4" t="s"><v>2</v></c>',
        '<c r="A4" t="inlineStr"><is><t/></is></c>',
        '<c r="A4" t="inlineStr"><is><t xml:space="preserve"> &#10; </t></is></c>',
        '<c r="A4" t="str"><v></v></c>',
    ],
)
def test_blank_texts_below_the_data_leave_room(cell):
    strings = "<si><t>甲</t></si><si/><si><t>&#xA;</t></si>"
    content = with_strings(ROWS + f'<row r="4">{cell}<c r="B4" t="s"><v>1</v></c></row>', strings)
    new = patched(content, appended=({"A": "丙"},))
    assert '<c r="A4" t="inlineStr"><is><t>丙</t></is></c>' in member(new)
    assert '<c r="B4" t="s"><v>1</v></c>' in member(new)  # what was not asked for stays


@pytest.mark.parametrize(
    "cell",
    ['<c r="A4" t="s"><v>0</v></c>', '<c r="A4"><v>0</v></c>', '<c r="A4" t="s"><v>9</v></c>',
     '<c r="A4" t="str"><f>""</f><v></v></c>', '<c r="A4" t="inlineStr"><is><t><![CDATA[ ]]></t></is></c>'],
)  # fmt: skip
def test_anything_else_below_the_data_does_not(cell):
    with pytest.raises(RowRefused):
        patched(with_strings(ROWS + f'<row r="4">{cell}</row>', "<si><t>甲</t></si>"), appended=({"A": "丙"},))


def test_dates_written_as_iso_text_are_read_past_and_overwritten_as_numbers():
    rows = '<row r="2"><c r="A2" t="d" s="1"><v>2024-01-05</v></c><c r="B2" t="d" s="1"><v>2024-01-06</v></c></row>'
    new = patched(workbook(rows), cells={(2, "A"): dt.date(2024, 2, 1)})
    assert '<c r="A2" s="1"><v>45323</v></c><c r="B2" t="d" s="1"><v>2024-01-06</v></c>' in member(new)


def test_rows_of_a_drawing_are_no_rows_of_the_sheet():
    anchor = '<from><xdr:row xmlns:xdr="urn:d">7</xdr:row><row>8</row></from>'
    content = workbook(ROWS, tail=f"<controls><control><controlPr>{anchor}</controlPr></control></controls>")
    new = patched(content, cells={(9, "A"): "x"}, appended=({"A": "丙"},))
    assert anchor in member(new)
    assert [opened(new)[place].value for place in ("A4", "A9")] == ["丙", "x"]


def test_the_root_keeps_its_namespaces_and_what_may_be_ignored():
    root = (
        f'<worksheet xmlns="{MAIN}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
        'mc:Ignorable="x14ac xr" xmlns:x14ac="urn:x14ac" xmlns:xr="urn:xr" xr:uid="{1}">'
    )
    rows = '<row r="2" x14ac:dyDescent="0.3"><c r="A2" xr:z="1"><v>1</v></c><c r="B2"><v>2</v></c></row>'
    new = patched(workbook(sheet=f"{root}<sheetData>{rows}</sheetData></worksheet>"), cells={(2, "B"): 3})
    assert member(new).startswith(root)
    assert '<row r="2" x14ac:dyDescent="0.3"><c r="A2" xr:z="1"><v>1</v></c>' in member(new)


def test_a_styles_part_without_anything_gets_what_a_look_needs():
    empty = {"xl/styles.xml": f'<styleSheet xmlns="{MAIN}"/>'}
    content = workbook('<row r="2"><c r="A2"><v>1</v></c></row>', extra=empty, styles=False)
    with zipfile.ZipFile(io.BytesIO(content)) as source:
        parts = {name: source.read(name).decode() for name in source.namelist()}
    parts["xl/_rels/workbook.xml.rels"] = relationships(STRINGS[:2])
    again = io.BytesIO()
    with zipfile.ZipFile(again, "w") as target:
        for name, text in parts.items():
            target.writestr(name, text)
    new = patched(again.getvalue(), looks={"A2": Look(bold=True)}, cells={(2, "B"): dt.date(2024, 1, 5)})
    read = opened(new)
    assert read["A2"].font.b
    assert read["B2"].value == dt.datetime(2024, 1, 5)


def test_extra_fields_of_untouched_members_stay():
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook())) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            entry.extra = struct.pack("<2HL", 0x9999, 4, 7)
            target.writestr(entry, source.read(entry))
    content = out.getvalue()
    new = patched(content, cells={(2, "B"): 2})
    old_zip, new_zip = open_package(content, "b"), open_package(new, "b")
    for before, after in zip(old_zip.members, new_zip.members, strict=True):
        if before.name != SHEET:
            size = 30 + len(before.name.encode()) + 8 + before.packed
            assert content[before.start :][:size] == new[after.start :][:size]
    assert zipfile.ZipFile(io.BytesIO(new)).testzip() is None


def test_a_new_row_of_a_table_with_a_computed_column_says_what_it_lacks():
    rows = ROWS.replace('<c r="C3" s="1"><v>45001</v></c>', '<c r="C3" s="1"><f>A3</f><v>45001</v></c>')
    _, receipt, _ = patch_workbook(workbook(rows), {"客户": SheetEdits(1, appended=({"A": "丙"},), last_row=3)}, "b")
    assert [note.arguments for note in receipt.notes] == [{"sheet": "客户", "columns": "C"}]


def test_all_of_it_is_read_by_calamine_too():
    content = with_strings('<row r="2"><c r="A2" t="s"><v>0</v></c></row>', "<si><t>甲</t></si>")
    new = patched(content, cells={(2, "B"): "乙"})
    assert CalamineWorkbook.from_filelike(io.BytesIO(new)).get_sheet_by_name("客户").to_python() == [["甲", "乙"]]
