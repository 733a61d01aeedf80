"""What a value is, what a number format shows, and how ranges grow."""

import datetime as dt
from itertools import pairwise

import pytest

from crmsheet.book.cuts import cut_points
from crmsheet.book.ooxml.areas import Area, Growth, area
from crmsheet.book.ooxml.styles import Shows, shown_by
from crmsheet.book.ooxml.values import Kind, kind_of, serial, xstring


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("13800138000", Kind.NUMBERLIKE),
        ("010-62345678", Kind.NUMBERLIKE),
        ("+86 138 0013 8000", Kind.NUMBERLIKE),
        ("１３８００", Kind.NUMBERLIKE),
        ("1E5", Kind.NUMBERLIKE),
        ("2024年1月5日", Kind.NUMBERLIKE),
        ("5-Jan", Kind.NUMBERLIKE),
        ("85%", Kind.NUMBERLIKE),
        ("TRUE", Kind.NUMBERLIKE),
        ("=A1", Kind.NUMBERLIKE),
        ("@sum", Kind.NUMBERLIKE),
        ("C0001", Kind.TEXT),
        ("A类", Kind.TEXT),
        ("张三", Kind.TEXT),
        ("a@b.cn", Kind.TEXT),
        ("万科 3 期", Kind.TEXT),
        ("", Kind.EMPTY),
        (None, Kind.EMPTY),
        (float("nan"), Kind.EMPTY),
        (True, Kind.BOOL),
        (dt.datetime(2024, 1, 5), Kind.DATE),
        (dt.datetime(2024, 1, 5, 1), Kind.DATETIME),
    ],
)
def test_kinds(text, kind):
    assert kind_of(text) is kind


def test_what_no_cell_can_hold_is_a_bug():
    with pytest.raises(TypeError):
        kind_of(object())


@pytest.mark.parametrize(
    ("code", "shows"),
    [
        ("General", Shows.NUMBER),
        ("0.00", Shows.NUMBER),
        ("0.00E+00", Shows.NUMBER),
        ('#,##0"元";[Red]-#,##0', Shows.NUMBER),
        ("[$-804]yyyy\\-mm\\-dd;@", Shows.DATE),
        ('yyyy"年"m"月"d"日"', Shows.DATE),
        ("mmm-yy", Shows.DATE),
        ("m/d/yy h:mm AM/PM", Shows.DATE),
        ("[h]:mm:ss", Shows.TIME),
        ("h:mm", Shows.TIME),
        ("[mm]:ss", Shows.TIME),
        ("@", Shows.TEXT),
        ('"day "0', Shows.NUMBER),
    ],
)
def test_what_a_number_format_shows(code, shows):
    assert shown_by(code) is shows


@pytest.mark.parametrize(
    ("value", "date1904", "expected"),
    [
        (dt.date(1900, 1, 1), False, 1),
        (dt.date(1900, 2, 28), False, 59),
        (dt.date(1900, 3, 1), False, 61),
        (dt.date(2024, 1, 5), False, 45296),
        (dt.date(1904, 1, 1), True, 0),
        (dt.date(2024, 1, 5), True, 43834),
        (dt.datetime(2024, 1, 5, 12), False, 45296.5),
        (dt.time(6), False, 0.25),
        (dt.timedelta(hours=36), False, 1.5),
    ],
)
def test_serial_numbers(value, date1904, expected):
    assert serial("客户!A1", kind_of(value), value, date1904) == expected


def test_xstring_escapes_what_xml_cannot_carry():
    assert xstring("a\x00b\r\n\ud800\uffff_x000D_ _x00") == "a_x0000_b_x000D_\n_xD800__xFFFF__x005F_x000D_ _x00"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("B2:B10", "B2:B12"),
        ("B2:B9", "B2:B9"),
        ("B10", "B10"),
        ("B2:B10 D2:D10 H2:H10", "B2:B12 D2:D12 H2:H10"),
        ("B:B", "B:B"),
        ("A1:F10", "A1:F12"),
    ],
)
def test_ranges_grow_only_with_the_data(text, expected):
    assert Growth(header=1, last=10, bottom=12, left=1, right=4).sqref(text) == expected


def test_ranges_do_not_grow_into_others():
    growth = Growth(1, 10, 12, 1, 4)
    assert growth.sqref("B2:B10 C2:C10", [Area(11, 2, 11, 2)]) == "B2:B10 C2:C12"


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("客户!$A$2:$A$10", "客户!$A$2:$A$12"),
        ("'客户'!A2:B10*2", "'客户'!A2:B12*2"),
        ("OFFSET(客户!$A$2:$A$10,0,0)", "OFFSET(客户!$A$2:$A$12,0,0)"),
        ("A2:A10", "A2:A10"),
        ("别的!A2:A10", "别的!A2:A10"),
        ("客户!A2:A100", "客户!A2:A100"),
        ('IF(1,"客户!A2:A10",1)', 'IF(1,"客户!A2:A10",1)'),
    ],
)
def test_references_grow_only_on_the_sheet(formula, expected):
    assert Growth(1, 10, 12, 1, 4).formula(formula, "客户") == expected


def test_areas():
    assert area("$B$3:A1") == Area(1, 1, 3, 2)
    assert str(area("A1:A1")) == "A1"
    assert area("A:B") is None


def test_cuts_follow_rows_and_lines():
    lines = b"".join(b"%d,%s\n" % (n, b"x" * (n % 700)) for n in range(2000))
    cuts = cut_points("customers.csv", lines)
    assert cuts
    assert all(lines[at - 1 : at] == b"\n" for at in cuts)
    assert cut_points("customers.csv", lines.replace(b"\n", b"\r"))
    assert cut_points("xl/media/image1.png", lines) == []
    assert cut_points("xl/workbook.xml", b"<workbook/>") == []
    entries = b"".join(b"<si><t>%d</t></si>" % n for n in range(9000))
    assert all(entries[:at].endswith(b"</si>") for at in cut_points("xl/sharedStrings.xml", entries))
    same = b"<x:row/>" + b"<x:row r='1'></x:row>" * 40_000
    places = [0, *cut_points("s.xml", same), len(same)]
    assert max(end - start for start, end in pairwise(places)) < 300_000
