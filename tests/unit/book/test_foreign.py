"""Books of other formats are read as they are: by files of LibreOffice and Excel, and by records made by hand."""

from __future__ import annotations

import datetime as dt
import struct
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from crmsheet.book.foreign.number_formats import DAY, ELAPSED, NOT_A_DAY, dated, meaning
from crmsheet.book.opened import Opened
from crmsheet.book.opening import open_book_file
from crmsheet.core.cells import CellError, column_letters
from crmsheet.core.errors import BookCorrupt, BookEncrypted, BookFormat
from tests.unit.book.hostile import binary, ods, record, xls_stream, xlsb, zipped
from tests.unit.book.made import put

FILES = Path(__file__).with_name("foreign_files")
VALUES = {
    "文字": "客户 & <名称>",
    "数字": 13800138000.5,
    "整数": 42.0,
    "百分比": 0.125,
    "日期": dt.date(2024, 2, 29),
    "日期时间": dt.datetime(2024, 2, 29, 13, 30, 5),
    "时间": dt.time(13, 30),
    "时长": dt.timedelta(hours=30),
    "错误": CellError("#DIV/0!"),
    "公式": 84.0,
    "两行": "第一行\n第二行",
    "空格": "  两边  ",
    "零开头": "0571-88886666",
}


def found(opened: Opened) -> dict[str, object]:
    cells = opened.sheets[0].cells
    return dict(zip(cells["A"].tolist(), cells["B"].tolist(), strict=True))


@pytest.mark.parametrize("suffix", ["xls", "ods", "fods"])
def test_what_libreoffice_wrote(suffix):
    opened = open_book_file(FILES / f"made.{suffix}")
    read = found(opened)
    assert {name: read[name] for name in VALUES} == VALUES
    assert all(type(read[name]) is type(value) for name, value in VALUES.items())
    first, secret, empty = opened.sheets
    assert [first.name, secret.name, empty.name] == ["客户", "隐藏", "空的"]
    assert (first.hidden, first.merged, first.locked) == ({12}, ("D1:E2",), False)
    assert first.cells.shape == (20, 4)
    assert first.cells.at[20, "D"] == "远处"
    assert secret.locked
    assert secret.cells.at[1, "A"] == "看不见"
    assert empty.cells.shape == (0, 0)
    assert opened.source.format == suffix
    assert opened.foreign
    assert opened.files == {"": (FILES / f"made.{suffix}").read_bytes()}


def test_truth_values_and_days_before_march_1900():
    read = found(open_book_file(FILES / "made.xls"))
    assert read["真假"] is True
    # Excel has a 29th of February 1900; LibreOffice has not, and wrote the day before into its own format.
    assert read["很早"] == dt.date(1900, 1, 5)
    assert found(open_book_file(FILES / "made.ods"))["很早"] == dt.date(1900, 1, 4)


def test_a_workbook_of_excel_95():
    cells = open_book_file(FILES / "biff5_write.xls").sheets[0].cells
    assert cells.loc[1].tolist() == [1.0, 2.0, 3.0, None]
    assert cells.loc[2].tolist() == [True, False, None, "sheetjs"]
    assert cells.at[3, "C"] == dt.datetime(2014, 2, 19, 14, 30)


def test_days_from_1904_in_xlsb():
    cells = open_book_file(FILES / "date_1904.xlsb").sheets[0].cells
    assert cells["A"].tolist() == [
        dt.date(2021, 1, 1),
        dt.date(2021, 1, 2),
        dt.timedelta(days=10, hours=15, minutes=10, seconds=10),
    ]


@pytest.mark.parametrize("name", ["made.xls", "biff5_write.xls", "date_1904.xlsb"])
def test_another_reader_finds_the_same_cells(name):
    other = CalamineWorkbook.from_path(str(FILES / name))
    for sheet in open_book_file(FILES / name).sheets:
        rows = other.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False)
        theirs = {
            (row, column_letters(column)): value
            for row, values in enumerate(rows, 1)
            for column, value in enumerate(values, 1)
            if value != ""
        }
        ours = {
            (row, letters): value
            for letters in sheet.cells
            for row, value in sheet.cells[letters].items()
            if value is not None and not isinstance(value, CellError)
        }
        assert ours.keys() == theirs.keys()
        assert all(ours[place] == theirs[place] for place in ours), sheet.name


def text8(text: str, size: str = "H") -> bytes:
    """A string of BIFF8, wide where it must be."""
    narrow = all(ord(each) < 256 for each in text)
    return struct.pack(f"<{size}B", len(text), not narrow) + text.encode("latin-1" if narrow else "utf-16-le")


def test_every_record_of_a_cell(tmp_path):
    def head(column: int) -> bytes:
        return struct.pack("<HHH", 0, column, 0)

    def formula(column: int, result: bytes) -> bytes:
        return record(0x06, head(column) + result + bytes(8))

    strings = record(0xFC, struct.pack("<II", 1, 1) + text8("共享"))
    stream = xls_stream(
        record(0xFD, head(0) + struct.pack("<I", 0)),
        record(0x204, head(1) + text8("文字")),
        record(0x203, head(2) + struct.pack("<d", 1.5)),
        record(0x27E, head(3) + struct.pack("<I", 300 << 2 | 2)),
        record(0x27E, head(4) + struct.pack("<i", -300 * 4 | 3)),
        record(0xBD, struct.pack("<HHHIHIH", 0, 5, 0, 7 << 2 | 2, 0, 0x3FF00000, 6)),
        record(0x205, head(7) + b"\1\0"),
        record(0x205, head(8) + b"\x2a\1"),
        formula(9, struct.pack("<d", 2.25)),
        formula(10, b"\0\0\0\0\0\0\xff\xff") + record(0x207, text8("结果")),
        formula(11, b"\2\0\x07\0\0\0\xff\xff"),
        formula(12, b"\3\0\0\0\0\0\xff\xff"),
        formula(13, b"\1\0\1\0\0\0\xff\xff"),
        around=strings,
    )
    cells = open_book_file(put(tmp_path, "a.xls", stream)).sheets[0].cells
    assert cells.loc[1].tolist() == [
        *("共享", "文字", 1.5, 300.0, -3.0, 7.0, 1.0, True, CellError("#N/A"), 2.25, "结果"),
        *(CellError("#DIV/0!"), None, True),
    ]  # fmt: skip


@pytest.mark.parametrize("cut", [1, 2, 3, 5, 7, 9, 11, 13, 15, 16, 17, 18, 19, 20, 21, 22])
def test_shared_strings_go_on_in_the_next_record(tmp_path, cut):
    """Wherever the record is cut, the text is the same; behind a cut within a text its width is said anew."""
    head = struct.pack("<II", 2, 2)
    first, second = text8("AB客户名称"), text8("plain")
    whole = first + second
    begin = head + whole[:cut]
    in_first, in_second = 3 <= cut < len(first), cut >= len(first) + 3
    again = b"\1" * in_first + b"\0" * in_second
    strings = record(0xFC, begin) + record(0x3C, again + whole[cut:])
    cells = [record(0xFD, struct.pack("<HHHI", 0, column, 0, column)) for column in (0, 1)]
    found = open_book_file(put(tmp_path, "a.xls", xls_stream(*cells, around=strings))).sheets[0].cells
    assert found.loc[1].tolist() == ["AB客户名称", "plain"]


def test_every_record_of_a_binary_cell(tmp_path):
    def cell(code: int, column: int, body: bytes) -> bytes:
        return binary(code, struct.pack("<II", column, 0) + body)

    def text(said: str) -> bytes:
        return struct.pack("<I", len(said)) + said.encode("utf-16-le")

    hidden = struct.pack("<IIHBBB", 4, 0, 0, 0, 0x10, 0)
    content = xlsb(
        binary(0, hidden),
        cell(7, 0, struct.pack("<I", 0)),
        cell(2, 1, struct.pack("<I", 5 << 2 | 2)),
        cell(3, 2, b"\x17"),
        cell(4, 3, b"\1"),
        cell(5, 4, struct.pack("<d", 2.5)),
        cell(6, 5, text("文字")),
        cell(8, 6, text("结果")),
        cell(11, 7, b"\x2a"),
        cell(62, 8, b"\0" + text("富文本")),
        binary(176, struct.pack("<4I", 0, 1, 0, 2)),
        strings=binary(19, b"\0" + text("共享")),
    )
    sheet = open_book_file(put(tmp_path, "a.xlsb", content)).sheets[0]
    assert sheet.cells.loc[5].tolist() == [
        "共享", 5.0, CellError("#REF!"), True, 2.5, "文字", "结果", CellError("#N/A"), "富文本"
    ]  # fmt: skip
    assert (sheet.hidden, sheet.merged) == ({5}, ("A1:C2",))


def test_what_an_opendocument_cell_can_say(tmp_path):
    cells = """<table:table-row table:number-rows-repeated='2'>
    <table:table-cell office:value-type='boolean' office:boolean-value='true'/>
    <table:table-cell table:number-columns-repeated='2' office:value-type='string'><text:p>a<text:s
    text:c='2'/>b</text:p> <office:annotation><text:p>a remark</text:p></office:annotation></table:table-cell>
    <table:table-cell office:value-type='date' office:date-value='2024-02-29T00:00:00'/>
    <table:table-cell office:value-type='date' office:date-value='-0044-03-15'><text:p>15.03.44 BC</text:p
    ></table:table-cell>
    <table:table-cell office:value-type='time' office:time-value='-PT1H'/>
    <table:table-cell office:value-type='string' office:string-value='said'><text:p>shown</text:p></table:table-cell>
    <table:covered-table-cell office:value-type='float' office:value='7'/></table:table-row>"""
    found = open_book_file(put(tmp_path, "a.ods", ods(cells))).sheets[0].cells
    row = [True, "a  b", "a  b", dt.date(2024, 2, 29), "15.03.44 BC", dt.timedelta(hours=-1), "said", 7.0]
    assert [found.loc[each].tolist() for each in (1, 2)] == [row, row]


def test_passwords(tmp_path):
    manifest = b"<m xmlns:manifest='m'><manifest:encryption-data/></m>"
    parts = {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "META-INF/manifest.xml": manifest}
    for name, content in (
        ("a.ods", zipped(parts)),
        ("a.xls", xls_stream(around=record(0x2F, bytes(6)))),
    ):
        with pytest.raises(BookEncrypted):
            open_book_file(put(tmp_path, name, content))


@pytest.mark.parametrize(
    ("code", "means"),
    [
        ("General", NOT_A_DAY),
        ("0.00%", NOT_A_DAY),
        ('0.00"days"', NOT_A_DAY),
        ("yyyy-mm-dd", DAY),
        ('yyyy"年"m"月"', DAY),
        ("h:mm AM/PM", DAY),
        ("[$-804]yyyy/m/d;@", DAY),
        ("[h]:mm:ss", ELAPSED),
        ("[Red]0.00", NOT_A_DAY),
        ("@", NOT_A_DAY),
        ("#,##0;yyyy", NOT_A_DAY),
    ],
)
def test_which_formats_show_days(code, means):
    assert meaning(code) == means


@pytest.mark.parametrize(
    ("serial", "date1904", "value"),
    [
        (1.0, False, dt.date(1900, 1, 1)),
        (59.0, False, dt.date(1900, 2, 28)),
        (61.0, False, dt.date(1900, 3, 1)),
        (45351.5625, False, dt.datetime(2024, 2, 29, 13, 30)),
        (0.5, False, dt.time(12, 0)),
        (0.9999999999, False, 0.9999999999),
        (0.0, True, dt.time(0, 0)),
        (43889.0, True, dt.date(2024, 2, 29)),
        (-3.0, False, -3.0),
        (2_958_465.0, False, dt.date(9999, 12, 31)),
        (2_958_466.0, False, 2_958_466.0),
        (1e300, False, 1e300),
    ],
)
def test_what_a_serial_number_means(serial, date1904, value):
    assert dated(serial, DAY, date1904=date1904) == value


def test_xml_of_excel_2003(tmp_path):
    xml = """<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"
    xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="客户"><Table><Column ss:Width="110"/>
    <Row ss:Index="2"><Cell ss:MergeAcross="1"><Data ss:Type="String">名称<B>粗</B></Data></Cell>
    <Cell><Data ss:Type="Number">1.5</Data></Cell><Cell ss:Index="6"><Data ss:Type="Boolean">1</Data></Cell></Row>
    <Row ss:Hidden="1"><Cell><Data ss:Type="DateTime">2024-02-29T00:00:00.000</Data></Cell>
    <Cell ss:Formula="=1/0"><Data ss:Type="Error">#DIV/0!</Data></Cell></Row></Table></Worksheet></Workbook>"""
    opened = open_book_file(put(tmp_path, "a.xls", xml.encode()))
    sheet = opened.sheets[0]
    assert opened.source.format == "xml2003"
    assert (sheet.name, sheet.hidden, sheet.merged) == ("客户", {3}, ("A2:B2",))
    assert sheet.cells.loc[2].tolist() == ["名称粗", None, 1.5, None, None, True]
    assert sheet.cells.loc[3].tolist()[:2] == [dt.date(2024, 2, 29), CellError("#DIV/0!")]


def page(body: str, head: str = "") -> str:
    return f"<html><head>{head}<style>td {{ color: red }}</style></head><body>{body}</body></html>"


@pytest.mark.parametrize(
    ("encoding", "head"),
    [
        ("gb18030", "<meta http-equiv=Content-Type content='text/html; charset=gb2312'>"),
        ("utf-8", "<meta charset='utf-8'>"),
        ("utf-8-sig", ""),
        ("utf-8", "<meta charset='iso-8859-77'>"),
        ("gb18030", ""),
    ],
)
def test_a_web_page_in_its_encoding(tmp_path, encoding, head):
    body = "<p>导出</p><table><tr><th>客户名称<th>电话<tr><td>杭州曜&amp;筠&nbsp;有限公司<td>0571-8888</table>"
    opened = open_book_file(put(tmp_path, "a.xls", page(body, head).encode(encoding)))
    assert opened.sheets[0].cells.loc[1].tolist() == ["客户名称", "电话"]
    assert opened.sheets[0].cells.loc[2].tolist() == ["杭州曜&筠 有限公司", "0571-8888"]
    assert opened.source.format == "html"
    assert "web page" in opened.notes[0].template


def test_spans_breaks_and_several_tables(tmp_path):
    body = """<table><tr><td colspan=2 rowspan=2>A</td><td>B<br>C</td></tr><tr><td>D</td></tr>
    <tr><td x:num='1234.5'>1,234.50</td><td x:num>7</td><td x:num>1e999999999</td></tr></table>
    <table><tr><td><table><tr><td>inner</td></tr></table></td></tr></table><table><tr><td>last</table>"""
    sheet = open_book_file(put(tmp_path, "a.xls", page(body).encode())).sheets[0]
    rows = [[cell for cell in row if cell is not None] for row in sheet.cells.to_numpy().tolist()]
    assert rows[:3] == [["A", "B\nC"], ["D"], [1234.5, 7.0, "1e999999999"]]
    assert sheet.cells.at[2, "C"] == "D"
    assert sheet.merged == ("A1:B2",)
    assert [row for row in rows[3:] if row] == [["inner"], ["last"]]


def test_a_page_without_a_table(tmp_path):
    with pytest.raises(BookCorrupt) as error:
        open_book_file(put(tmp_path, "a.xls", page("<p>Please log in</p>").encode()))
    assert "no table" in str(error.value)


@pytest.mark.parametrize("name", ["a.xls", "a.et", "A.XLS"])
def test_text_under_the_name_of_a_workbook(tmp_path, name):
    opened = open_book_file(put(tmp_path, name, "客户名称\t电话\r\n杭州曜筠\t0571-8888\r\n".encode("gb18030")))
    assert opened.sheets[0].cells.loc[2].tolist() == ["杭州曜筠", "0571-8888"]
    assert (opened.source.format, opened.foreign, opened.dialects) == ("text", True, {})
    assert "CSV" in opened.notes[0].template
    with pytest.raises(BookFormat):
        open_book_file(put(tmp_path, "a.xlsx", "客户名称\t电话\r\n".encode()))


def test_names_that_no_workbook_may_give(tmp_path):
    tables = "".join(
        f"</table:table><table:table table:name='{name}'>" for name in ("a/b:c", "A b c", "很" * 40, "&apos;")
    )
    names = [sheet.name for sheet in open_book_file(put(tmp_path, "a.ods", ods(tables))).sheets]
    assert names == ["A", "a b c", "A b c 2", "很" * 31, "Sheet"]


@pytest.mark.parametrize("name", ["made.xls", "made.fods"])
def test_in_a_folder_of_csv_files_it_is_named(tmp_path, name):
    put(tmp_path, "customers.csv", "客户名称,电话\r\n".encode())
    put(tmp_path, "other.csv", (FILES / name).read_bytes())
    with pytest.raises(BookFormat) as error:
        open_book_file(tmp_path)
    assert "other.csv" in str(error.value)
    assert "named as CSV" in str(error.value)
