"""CSV files as found: how they are written, and their cells."""

from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path

import pytest
import yaml

from crmsheet.book.csv_reading import read_csv
from crmsheet.book.encoding import Undecodable, decode
from crmsheet.book.members import member_of
from crmsheet.book.opening import open_book_file
from crmsheet.core.errors import BookCorrupt, BookEmpty, BookFormat
from tests.unit.book.made import put

DATA = Path(__file__).parents[2] / "data" / "csv"
SPECTRUM = DATA / "csv-spectrum"
CASES = yaml.safe_load((Path(__file__).parents[2] / "cases" / "csv_dialects.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_dialects(tmp_path, case):
    content = case["text"].encode(case.get("encoding", "utf-8"))
    opened = open_book_file(put(tmp_path, "客户.csv", content))
    dialect = opened.dialects["客户"]
    assert {name: getattr(dialect, name) for name in case["dialect"]} == case["dialect"]
    assert opened.sheets[0].cells.to_numpy().tolist() == case["cells"]
    assert list(opened.sheets[0].cells.index) == list(range(1, len(case["cells"]) + 1))
    assert opened.source.sha256 == hashlib.sha256(content).hexdigest()
    assert opened.files == {"": content}


def test_a_folder_is_a_book(tmp_path):
    put(tmp_path, "客户.csv", "编号,名称\n1,甲\n".encode("gbk"))
    put(tmp_path, "交易.TSV", "编号\t金额\n1\t5\n".encode())
    put(tmp_path, "空.csv", b"")
    for aside in (
        ".~lock.客户.csv#",
        ".客户.csv",
        "~$客户.csv",
        "客户 (张三's conflicted copy 2024-01-05).csv",
        "客户.sync-conflict-20240105-101010.csv",
        "客户(冲突副本).csv",
        "客户 - 副本.csv",
        "客户 - Copy (2).csv",
        "说明.txt",
    ):
        put(tmp_path, aside, b"a,b\n")
    (tmp_path / "旧.csv").mkdir()
    opened = open_book_file(tmp_path)
    assert [sheet.name for sheet in opened.sheets] == ["交易", "客户", "空"]
    assert set(opened.files) == {"客户.csv", "交易.TSV", "空.csv"}
    assert opened.dialects["客户"].encoding == "gb18030"
    assert opened.dialects["交易"].delimiter == "\t"
    assert opened.sheets[1].cells.at[2, "B"] == "甲"
    assert opened.source.format == "csv"
    assert [note.arguments["file"] for note in opened.notes] == [
        "客户 (张三's conflicted copy 2024-01-05).csv",
        "客户 - Copy (2).csv",
        "客户 - 副本.csv",
        "客户(冲突副本).csv",
        "客户.sync-conflict-20240105-101010.csv",
    ]


def test_the_digest_of_a_folder_covers_names_and_contents(tmp_path):
    put(tmp_path, "a.csv", b"1\n")
    digests = {open_book_file(tmp_path).source.sha256}
    (tmp_path / "a.csv").rename(tmp_path / "b.csv")
    digests.add(open_book_file(tmp_path).source.sha256)
    put(tmp_path, "b.csv", b"2\n")
    digests.add(open_book_file(tmp_path).source.sha256)
    put(tmp_path, "c.csv", b"2\n")
    digests.add(open_book_file(tmp_path).source.sha256)
    assert len(digests) == 4


def test_files_of_one_stem(tmp_path):
    put(tmp_path, "a.csv", b"x\n")
    put(tmp_path, "a.tsv", b"y\n")
    put(tmp_path, "a.tsv.csv", b"z\n")
    opened = open_book_file(tmp_path)
    assert [sheet.name for sheet in opened.sheets] == ["a", "a.tsv", "a.tsv.csv"]
    assert [member_of(opened.files, sheet.name) for sheet in opened.sheets] == ["a.csv", "a.tsv", "a.tsv.csv"]


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b'a,b\n"x",1\n"y 2\n3,4\n', BookCorrupt),
        ("客户名称,电话\n".encode() * 5 + b"\xff\xfe\n", BookCorrupt),
        ("客户名称,电话\n甲甲甲甲甲甲".encode()[:-1], BookCorrupt),
        (b"\xff\xfea\x00,\x00\xd8", BookCorrupt),
        (b"\x89PNG\r\n\x1a\n", BookFormat),
        (b"<html><table></table></html>", BookCorrupt),
        (b"", BookEmpty),
        ((b"," * 20_000) + b"\n", BookCorrupt),
    ],
    ids=["open quote", "mixed", "cut", "cut in UTF-16", "picture", "web page", "empty", "too wide"],
)
def test_refusals(tmp_path, content, error):
    with pytest.raises(error):
        open_book_file(put(tmp_path, "a.csv", content))


def test_the_open_quote_is_named_by_its_line(tmp_path):
    with pytest.raises(BookCorrupt) as error:
        open_book_file(put(tmp_path, "a.csv", b'a,b\n"x",1\n"y 2\n3,4\n'))
    assert error.value.facts["detail"].arguments == {"line": 3}


def test_a_very_long_field(tmp_path):
    before = csv.field_size_limit()
    text = "x" * 200_000
    opened = open_book_file(put(tmp_path, "a.csv", f'a,b\n"{text}",1\n'.encode()))
    assert opened.sheets[0].cells.at[2, "A"] == text
    assert csv.field_size_limit() == before


@pytest.mark.parametrize(
    ("text", "written", "taken", "rival"),
    [("氏名\n佐藤\n", "euc_jp", "gb18030", "euc_jp"), ("Name\nMüller\n", "mac_roman", "cp1252", "mac_roman")],
)
def test_an_encoding_that_is_not_certain_is_said(tmp_path, text, written, taken, rival):
    opened = open_book_file(put(tmp_path, "a.csv", text.encode(written)))
    assert opened.dialects["a"].encoding == taken
    assert [note.arguments for note in opened.notes] == [{"encoding": taken.upper(), "rival": rival.upper()}]


def test_stray_quotes_are_said_with_their_file(tmp_path):
    put(tmp_path, "甲.csv", b'a,b\n1,"x\n"2",3\n')
    put(tmp_path, "乙.csv", b'a,b\n1,"x"\n')
    notes = open_book_file(tmp_path).notes
    assert [note.arguments["file"] for note in notes] == ["甲.csv"]
    assert notes[0].arguments["how"].arguments == {"row": 2}


def test_no_chinese_list_is_doubtful():
    for name in ("张伟", "李明", "王芳", "陈静", "刘洋", "欧阳娜娜", "婷婷"):
        assert decode(f"客户名称,联系人,电话\r\n北京{name}商贸有限公司,{name},138\r\n".encode("gbk")).rival == ""


@pytest.mark.parametrize("content", [b"a,b\n\xc4\xa1\x8e\xa2\xa1\xa1\xfd\xcb\n", b"a\x00\xff\xfe,b\n\x81\n"])
def test_text_of_no_known_encoding_is_refused(tmp_path, content):
    with pytest.raises(BookCorrupt) as error:
        read_csv(tmp_path / "a.csv", content)
    assert "UTF-8" in str(error.value.facts["detail"].template)


def test_known_encodings(real_data):
    with (real_data / "encodings" / "encodings_truth.csv").open(encoding="utf-8") as file:
        truth = {row["file"]: row["expected_encoding"] for row in csv.DictReader(file)}
    assert len(truth) > 50
    for name, encoding in truth.items():
        content = (real_data / "encodings" / name).read_bytes()
        if encoding == "euc-tw":
            with pytest.raises(Undecodable):
                decode(content)
        else:
            assert decode(content).text == content.decode(encoding).removeprefix("\ufeff"), name


@pytest.mark.parametrize("path", sorted(SPECTRUM.glob("*.csv")), ids=lambda path: path.stem)
def test_csv_spectrum(path):
    rows = open_book_file(path).sheets[0].cells.to_numpy().tolist()
    wanted = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    if path.stem == "location_coordinates":
        wanted = [wanted | {"Contact Phone Number": "2095257564"}]  # its JSON is one object, with another number
    assert [{k: v or "" for k, v in zip(rows[0], row, strict=True)} for row in rows[1:]] == wanted
