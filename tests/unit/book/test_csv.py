"""CSV files as found: how they are written, and their cells."""

from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path

import pytest
import yaml

from crmsheet.book.encoding import decode
from crmsheet.book.opening import open_book_file
from crmsheet.core.errors import BookCorrupt, BookEmpty, BookFormat
from tests.unit.book.made import put

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


def test_two_files_of_one_stem(tmp_path):
    put(tmp_path, "a.csv", b"x\n")
    put(tmp_path, "a.tsv", b"y\n")
    assert [sheet.name for sheet in open_book_file(tmp_path).sheets] == ["a", "a.tsv"]


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b'a,b\n"x",1\n"y,2\n3,4\n', BookCorrupt),
        ("客户名称,电话\n".encode() * 5 + b"\xff\xfe\n", BookCorrupt),
        ("客户名称,电话\n甲甲甲甲甲甲".encode()[:-1], BookCorrupt),
        (b"\xff\xfea\x00,\x00\xd8", BookCorrupt),
        (b"\x89PNG\r\n\x1a\n", BookFormat),
        (b"<html><table></table></html>", BookFormat),
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
        open_book_file(put(tmp_path, "a.csv", b'a,b\n"x",1\n"y,2\n3,4\n'))
    assert error.value.facts["detail"].arguments == {"line": 3}


def test_a_very_long_field(tmp_path):
    before = csv.field_size_limit()
    text = "x" * 200_000
    opened = open_book_file(put(tmp_path, "a.csv", f'a,b\n"{text}",1\n'.encode()))
    assert opened.sheets[0].cells.at[2, "A"] == text
    assert csv.field_size_limit() == before


def test_known_encodings(real_data):
    with (real_data / "encodings" / "encodings_truth.csv").open(encoding="utf-8") as file:
        truth = [row for row in csv.DictReader(file) if "/zh/" in row["file"] or "chinese" in row["file"]]
    wrong = []
    for row in truth:
        content = (real_data / "encodings" / row["file"]).read_bytes()
        if row["expected_encoding"] != "euc-tw" and decode(content).text != content.decode(row["expected_encoding"]):
            wrong.append(row["file"])
    assert len(truth) >= 5
    assert wrong == []


def test_a_table_of_known_readings(real_data):
    for path in sorted((real_data / "csv" / "csv-spectrum").glob("*.csv")):
        if path.name == "location_coordinates.csv":
            continue  # its JSON holds another telephone number
        rows = open_book_file(path).sheets[0].cells.to_numpy().tolist()
        wanted = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        assert [{k: v or "" for k, v in zip(rows[0], row, strict=True)} for row in rows[1:]] == wanted, path.name
