"""A value is found however a file spells it, and what is masked is as long as before and sound as before."""

import json
import zipfile
from html import escape
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmsheet.book.spellings import Spellings, is_telling

RUN = '</t></r><r><rPr><b/><sz val="11"/></rPr><t xml:space="preserve">'
PHONE = "13800138000"
FOUND = [
    ("张三丰", "<t>张三丰</t>", "<t>*********</t>"),
    ("张三丰", "<t>&#24352;&#x4E09;丰</t>", "<t>&#00042;&#00042;***</t>"),
    ("张三丰", f"<t>张{RUN}三丰</t>", f"<t>***{RUN}******</t>"),
    ("张三丰", r'{"a":"\u5f20\u4E09\u4e30"}', r'{"a":"\u002a\u002a\u002a"}'),
    (PHONE, "<v>13800138000</v>", "<v>00000000000</v>"),
    (PHONE, "<v>1.3800138E10</v>", "<v>0.0000000E10</v>"),
    (PHONE, "<v>1.3800138e+10</v>", "<v>0.0000000e+10</v>"),
    (PHONE, "+86 138-0013-8000;", "+86 000-0000-0000;"),
    ("138-0013-8000", "tel:13800138000", "tel:00000000000"),
    ("+86 13800138000", "138 0013 8000", "000 0000 0000"),
    (PHONE, "１３８００１３８０００", "*" * 33),
    (PHONE, f"138{RUN}00138000", f"000{RUN}00000000"),
    ("O'Neil & Co", "O&apos;Neil &amp; Co", "x&#042;xxxx &#42; xx"),
    ("a.b@c.com", "A.B@C.COM,", "x.x@x.xxx,"),
    ("Li Wei", "<t>LI WEI</t>", "<t>xx xxx</t>"),
    ('say "hi"', '"say ""hi"""', '"xxx ""xx"""'),
    ("1990-05-01", '<c r="B2" s="3"><v>32994</v></c>', '<c r="B2" s="3"><v>00000</v></c>'),
    ("1990-05-01", "1990/5/1", "0000/0/0"),
    ("1990-05-01", "1990年5月1日", "0000***0***0日"),
    ("1990-05-01", "19900501,", "00000000,"),
    ("Smith", '<s v="Smith"/></x>', '<s v="xxxxx"/></x>'),
]
LEFT = [
    ("Li", "<Light>Lists</Light>"),
    ("Color", '<Color rgb="Color1"/></Color>'),
    ("Table", '<x Table="1"><Table/></x>'),
    ("1990-05-01", '<c r="B2" t="s"><v>32994</v></c>'),
    ("1990-05-01", '<row r="32994"></row>'),
    (PHONE, "<v>1.38001381E10</v>"),
    ("张三丰", "<t>张三</t><t>丰</t>"),
]


@pytest.mark.parametrize(("value", "text", "masked"), FOUND)
def test_it_is_found_and_masked(value, text, masked):
    assert Spellings([value]).masked(text.encode()) == masked.encode()


@pytest.mark.parametrize(("value", "text"), LEFT)
def test_what_only_looks_like_it_stays(value, text):
    assert Spellings([value]).masked(text.encode()) is None


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "big5", "utf-16-le", "utf-16-be", "utf-16"])
def test_in_other_encodings_the_rest_can_be_read(encoding):
    content = f"台北,張三,{PHONE},備註\n".encode(encoding)
    masked = Spellings(["張三", PHONE]).masked(content)
    said = masked.decode(encoding)
    assert "張三" not in said
    assert PHONE not in said
    assert said.startswith("台北,*")
    assert said.endswith("**,00000000000,備註\n")
    assert len(masked) == len(content)


def test_it_finds_nothing_in_what_it_masked():
    spellings = Spellings(["张三丰", PHONE, "a.b@c.com"])
    masked = spellings.masked(f"张三丰 {PHONE} a.b@c.com".encode())
    assert spellings.masked(masked) is None


@pytest.mark.parametrize("value", ["", "1", "李", "123456", "12-34", "2.5", "x"])
def test_what_means_nobody(value):
    assert not is_telling(value)


@pytest.mark.parametrize("value", ["李雷", "1234567", "1990-5-1", "Li", "a@b"])
def test_what_means_somebody(value):
    assert is_telling(value)


names = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"]), min_size=2, max_size=8)


@given(
    names.map(str.strip).filter(is_telling), st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=9)
)
def test_whatever_a_value_is_it_is_gone_from_xml_json_and_csv_and_they_stay_sound(value, beside):
    spellings = Spellings([value])
    for content, read in (
        (f"<a><b>{escape(value)}</b><c>{escape(beside)}</c></a>".encode(), ET.fromstring),
        (json.dumps({"v": value, "w": beside}).encode(), json.loads),
        (json.dumps({"v": value, "w": beside}, ensure_ascii=False).encode(), json.loads),
    ):
        masked = spellings.masked(content)
        if masked is None:
            assert not any(map(str.isalnum, value))
            continue
        assert len(masked) == len(content)
        read(masked)
        assert value.encode() not in masked or not any(each.isalpha() or each in "123456789" for each in value)


def test_a_workbook_stays_a_workbook(tmp_path):
    import openpyxl

    path = tmp_path / "b.xlsx"
    workbook = openpyxl.Workbook()
    workbook.active.append(["张三丰", int(PHONE), "地址"])
    workbook.save(path)
    spellings = Spellings(["张三丰", PHONE])
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(tmp_path / "c.xlsx", "w") as new:
        for name in old.namelist():
            new.writestr(name, spellings.masked(old.read(name)) or old.read(name))
    row = [cell.value for cell in openpyxl.load_workbook(tmp_path / "c.xlsx").active[1]]
    assert row == ["*********", 0, "地址"]
