"""Workbooks as found: every kind of cell, where it is, and what the fast reader leaves out."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.chart import BarChart
from openpyxl.styles import PatternFill

from crmsheet.book.opening import open_book_file
from crmsheet.book.shared_formulas import SharedFormula
from crmsheet.book.sheet_probe import _by_bytes, _by_events
from crmsheet.core.book import Sheet
from crmsheet.core.cells import CellError, Formula
from tests.unit.book.made import changed, put, saved, with_sheet_data


def opened_sheet(folder: Path, content: bytes) -> Sheet:
    return open_book_file(put(folder, "book.xlsx", content)).sheets[0]


def test_every_kind_of_cell(tmp_path):
    workbook = Workbook()
    sheet = workbook.active
    cells = {
        "A1": "客户",
        "A2": 1.5,
        "A3": 13800138000,
        "A4": True,
        "A5": dt.date(2024, 1, 5),
        "A6": dt.datetime(2024, 1, 5, 13, 30),
        "A7": dt.time(13, 30),
        "A8": dt.timedelta(hours=30),
        "A9": "#N/A",
        "A10": "=A2*2",
        "C12": " 空 格 ",
    }
    for place, value in cells.items():
        sheet[place] = value
    found = opened_sheet(tmp_path, saved(workbook)).cells
    assert list(found.columns) == ["A", "B", "C"]
    assert list(found.index) == list(range(1, 13))
    assert found["A"].tolist() == [
        "客户",
        1.5,
        13800138000.0,
        True,
        dt.date(2024, 1, 5),
        dt.datetime(2024, 1, 5, 13, 30),
        dt.time(13, 30),
        dt.timedelta(hours=30),
        CellError("#N/A"),
        Formula("A2*2"),
        None,
        None,
    ]
    assert found["A"][4] is True
    assert type(found["A"][5]) is dt.date
    assert found["B"].tolist() == [None] * 12
    assert found.at[12, "C"] == " 空 格 "
    assert all(dtype.kind == "O" for dtype in found.dtypes)


def test_what_a_formula_shows_last(tmp_path):
    data = """<sheetData><row r='1'><c r='A1'><f>1+1</f><v>2</v></c>
    <c r='B1' t='str'><f>"a"&amp;"&lt;b"</f><v>a&lt;b</v></c>
    <c r='C1' t='str'><f>IF(A1&gt;1,"","x")</f><v></v></c>
    <c r='D1' t='e'><f>1/0</f><v>#DIV/0!</v></c><c r='E1'><f>A1</f></c>
    <c r='F1' t='b'><f>A1=2</f><v>1</v></c><c r='G1' t='e'><v>#REF!</v></c>
    <c r='H1' t='str'><v>#REF!</v></c></row></sheetData>"""
    found = opened_sheet(tmp_path, with_sheet_data(data.replace("'", '"'))).cells
    assert found.loc[1].tolist() == [
        Formula("1+1", 2.0),
        Formula('"a"&"<b"', "a<b"),
        Formula('IF(A1>1,"","x")', ""),
        Formula("1/0", CellError("#DIV/0!")),
        Formula("A1", None),
        Formula("A1=2", True),
        CellError("#REF!"),
        "#REF!",
    ]


def test_shared_formulas_read_as_in_their_own_cell(tmp_path):
    data = """<sheetData><row r='2'><c r='B2'><f t='shared' ref='B2:B4' si='0'>A2*$C$1</f><v>1</v></c></row>
    <row r='3'><c r='B3'><f t='shared' si='0'/><v>2</v></c></row>
    <row r='4'><c r='B4'><f t='shared' si='0'></f></c></row></sheetData>"""
    found = opened_sheet(tmp_path, with_sheet_data(data)).cells
    assert found["B"].tolist() == [None, Formula("A2*$C$1", 1.0), Formula("A3*$C$1", 2.0), Formula("A4*$C$1", None)]


@pytest.mark.parametrize(
    ("text", "row", "column", "moved"),
    [
        ("A1+B$2*$C3", 3, 2, "B3+C$2*$C5"),
        ('IF(A1="A1",A1,"x""A1")', 2, 1, 'IF(A2="A1",A2,"x""A1")'),
        ("'A1 sheet'!A1+Sheet1!B2", 2, 2, "'A1 sheet'!B2+Sheet1!C3"),
        ("SUM(A:A)+SUM(1:2)+SUM($B:C)", 2, 2, "SUM(B:B)+SUM(2:3)+SUM($B:D)"),
        ("LOG10(A1)+Table1[[#This Row],[A1]]", 2, 1, "LOG10(A2)+Table1[[#This Row],[A1]]"),
        ("A1_total+x.A1+A1x", 5, 5, "A1_total+x.A1+A1x"),
        ("XFD1", 1, 2, "#REF!"),
        ("[1]Sheet1!A1", 2, 1, "[1]Sheet1!A2"),
    ],
)
def test_moving_a_formula(text, row, column, moved):
    assert SharedFormula(text, 1, 1).at(row, column) == moved


def test_the_same_bytes_are_hashed_and_kept(tmp_path):
    content = saved(Workbook())
    opened = open_book_file(put(tmp_path, "客户.xlsx", content))
    assert opened.source.sha256 == hashlib.sha256(content).hexdigest()
    assert opened.source.format == "xlsx"
    assert opened.files == {"": content}
    assert opened.dialects == {}
    assert opened.sheets[0].cells.shape == (0, 0)


def test_hidden_protected_and_chart_sheets(tmp_path):
    workbook = Workbook()
    first = workbook.active
    first.title = "客户&联系人"
    first.append(["a"])
    first.append(["b"])
    first.row_dimensions[2].hidden = True
    first.protection.sheet = True
    secret = workbook.create_sheet("很隐蔽")
    secret.append(["c"])
    secret.sheet_state = "veryHidden"
    workbook.create_chartsheet("图").add_chart(BarChart())
    opened = open_book_file(put(tmp_path, "book.xlsx", saved(workbook)))
    assert [sheet.name for sheet in opened.sheets] == ["客户&联系人", "很隐蔽"]
    assert opened.sheets[0].locked
    assert opened.sheets[0].hidden == {2}
    assert not opened.sheets[1].locked
    assert opened.sheets[1].cells.at[1, "A"] == "c"


def test_dates_from_1904(tmp_path):
    workbook = Workbook()
    workbook.epoch = dt.datetime(1904, 1, 1)
    workbook.active["A1"] = dt.date(2024, 1, 5)
    opened = open_book_file(put(tmp_path, "book.xlsx", saved(workbook)))
    assert opened.date1904
    assert opened.sheets[0].cells.at[1, "A"] == dt.date(2024, 1, 5)
    assert not open_book_file(put(tmp_path, "other.xlsx", saved(Workbook()))).date1904


def test_formats_far_away_are_no_rows(tmp_path):
    workbook = Workbook()
    sheet = workbook.active
    sheet.append(["客户名称", "电话"])
    sheet["T1048576"].fill = PatternFill("solid", fgColor="FF0000")
    assert opened_sheet(tmp_path, saved(workbook)).cells.shape == (1, 2)


def test_cells_at_the_ends_of_the_sheet_keep_their_places(tmp_path):
    workbook = Workbook()
    sheet = workbook.active
    for place, value in {"B2": "x", "XFD1048576": "y", "C2": "=1+1", "XFC9": "#N/A"}.items():
        sheet[place] = value
    found = opened_sheet(tmp_path, saved(workbook)).cells
    assert found.size < 100
    assert found.at[2, "B"] == "x"
    assert found.at[2, "C"] == Formula("1+1")
    assert found.at[9, "XFC"] == CellError("#N/A")
    assert found.at[1048576, "XFD"] == "y"


def test_macro_sheets_do_not_hide_the_others(tmp_path):
    workbook = Workbook()
    workbook.active.append(["客户"])
    workbook.create_sheet("宏")
    content = saved(workbook)
    relations = zipfile.ZipFile(io.BytesIO(content)).read("xl/_rels/workbook.xml.rels")
    macro = relations.replace(
        b'relationships/worksheet" Target="/xl/worksheets/sheet2.xml"',
        b'relationships/xlMacrosheet" Target="/xl/worksheets/sheet2.xml"',
    )
    assert macro != relations
    opened = open_book_file(put(tmp_path, "book.xlsm", changed(content, {"xl/_rels/workbook.xml.rels": macro})))
    assert [sheet.name for sheet in opened.sheets] == ["Sheet"]
    assert opened.sheets[0].cells.at[1, "A"] == "客户"


ODD = {
    "ordinary": "<worksheet xmlns='{main}'>{data}</worksheet>",
    "comment": "<worksheet xmlns='{main}'><!-- <f>no</f> -->{data}</worksheet>",
    "protected": "<worksheet xmlns='{main}'>{data}<sheetProtection sheet='1'/></worksheet>",
}
CELLS = """<sheetData><row r='1'><c r='A1' t='inlineStr'><is><t>x</t></is></c>
<c r='B1'><f>A1&amp;"&#20013;"</f></c></row>
<row r='3' hidden='1' ht='5'><c r='A3' t='e'><v>#N/A</v></c><c r='AB3' s='0'><f>B1</f><v>7</v></c></row></sheetData>"""


@pytest.mark.parametrize("around", ODD.values(), ids=ODD)
def test_search_and_parser_tell_the_same(tmp_path, around):
    xml = around.format(main="m", data=CELLS).replace("'", '"').encode()
    quick, slow = _by_bytes(xml), _by_events(xml)
    if "<!--" in around:
        assert quick is None
    else:
        assert quick is not None
        assert (quick.cells, quick.hidden, quick.locked) == (slow.cells, slow.hidden, slow.locked)
        assert quick.rows >= slow.rows
        assert quick.columns >= slow.columns
    assert slow.hidden == {3}
    assert slow.cells[1, 2].formula == 'A1&"中"'
    assert slow.cells[3, 1].error == "#N/A"
    assert (slow.rows, slow.columns, slow.count) == (3, 28, 4)


@pytest.mark.parametrize(
    "data",
    [
        "<row><c><v>1</v></c><c><f>A1</f><v>1</v></c></row><row>{error}</row>",
        "<row r='1'><c r='A1'><v>1</v></c><c s='0' r='B1'><f>A1</f><v>1</v></c></row><row r='2'>{error}</row>",
        "<row r='1'><c r='A1'><v>1</v></c><c r='B1'><f><![CDATA[A1]]></f><v>1</v></c></row><row r='2'>{error}</row>",
    ],
    ids=["no places", "place second", "cdata"],
)
def test_unusual_ways_of_writing_cells(tmp_path, data):
    rows = data.format(error="<c t='e'><v>#N/A</v></c>")
    found = opened_sheet(tmp_path, with_sheet_data(f"<sheetData>{rows}</sheetData>")).cells
    assert found.loc[1].tolist() == [1.0, Formula("A1", 1.0)]
    assert found.at[2, "A"] == CellError("#N/A")


def test_prefixed_namespace(tmp_path):
    data = "<x:sheetData><x:row r='1'><x:c r='A1'><x:f>1+1</x:f><x:v>2</x:v></x:c></x:row></x:sheetData>"
    around = "<x:worksheet xmlns:x='{main}'>{data}</x:worksheet>"
    found = opened_sheet(tmp_path, with_sheet_data(data, around)).cells
    assert found.at[1, "A"] == Formula("1+1", 2.0)


def test_opening_changes_nothing(tmp_path):
    path = put(tmp_path, "book.xlsx", saved(Workbook()))
    path.chmod(0o444)
    before = path.stat().st_mtime_ns
    open_book_file(path)
    assert path.stat().st_mtime_ns == before
    assert [each.name for each in tmp_path.iterdir()] == ["book.xlsx"]


def test_a_real_customer_sheet_reads_as_openpyxl_reads_it(real_data):
    path = real_data / "sheets" / "misc" / "客户信息表.xlsx"
    sheet = open_book_file(path).sheets[0]
    other = load_workbook(path, data_only=True).worksheets[0]
    assert sheet.name == other.title
    for row in other.iter_rows():
        for cell in row:
            ours = sheet.cells[cell.column_letter].get(cell.row) if cell.column_letter in sheet.cells else None
            ours = ours.cached if isinstance(ours, Formula) else ours
            theirs = cell.value.date() if isinstance(cell.value, dt.datetime) else cell.value
            assert ours == theirs, cell.coordinate
