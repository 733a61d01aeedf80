"""What cannot be used is refused with what it is, and nothing worse happens."""

from __future__ import annotations

import io
import os
import random
import struct
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from crmsheet.book import limits
from crmsheet.book.opening import open_book_file
from crmsheet.core.errors import (
    BookCorrupt,
    BookEmpty,
    BookEncrypted,
    BookError,
    BookFormat,
    BookMissing,
    BookUnreadable,
    FolderWithoutTables,
)
from crmsheet.core.messages import Message
from tests.unit.book.made import changed, put, saved, with_sheet_data

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def compound(stream_name: str, stream: bytes) -> bytes:
    """A compound file with one stream, laid out as MS-CFB has it: header, stream, directory."""
    header = bytearray(512)
    header[:8] = OLE
    header[30] = 9
    entry = bytearray(128)
    label = stream_name.encode("utf-16-le") + b"\0\0"
    entry[: len(label)] = label
    struct.pack_into("<H", entry, 64, len(label))
    struct.pack_into("<I", entry, 116, 0)
    return bytes(header) + stream.ljust(512, b"\0") + bytes(128) + bytes(entry) + bytes(256)


def zipped(**parts: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


BOF = struct.pack("<HH16x", 0x0809, 16)
FILEPASS = struct.pack("<HH6x", 0x002F, 6)


def said(error: BookError) -> str:
    detail = error.facts["detail"]
    assert isinstance(detail, Message)
    return detail.template.format_map(detail.arguments)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (compound("WordDocument", b""), "Word document"),
        (compound("Something", b""), "old Office format"),
        (b"\x09\x04\x06\x00\x00\x00\x10\x00", "before 97"),
        (b"%PDF-1.7\n", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
        (b"\xff\xd8\xff\xe0", "picture"),
        (b"\x1f\x8b\x08", "archive"),
        (b"MIME-Version: 1.0\r\n", "web archive"),
        (b'<?xml version="1.0"?><a/>', "an XML file"),
        (bytes(range(256)) * 4, "binary content"),
    ],
)
@pytest.mark.parametrize("name", ["book.xlsx", "book.xls"])
def test_other_kinds_are_told_by_content(tmp_path, content, words, name):
    with pytest.raises(BookFormat) as error:
        open_book_file(put(tmp_path, name, content))
    assert words in said(error.value)


def test_text_under_the_name_of_an_xlsx(tmp_path):
    with pytest.raises(BookFormat) as error:
        open_book_file(put(tmp_path, "book.xlsx", "客户名称,电话\r\n".encode("gbk")))
    assert "plain text" in said(error.value)


@pytest.mark.parametrize(
    "content",
    [
        compound("Workbook", BOF),
        b"\xef\xbb\xbf<!DOCTYPE html><html></html>",
        b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
        zipped(**{"xl/workbook.bin": b""}),
        zipped(mimetype=b"application/vnd.oasis.opendocument.spreadsheet"),
    ],
)
@pytest.mark.parametrize("name", ["book.xlsx", "book.xls"])
def test_known_kinds_with_nothing_in_them(tmp_path, content, name):
    with pytest.raises(BookCorrupt):
        open_book_file(put(tmp_path, name, content))


def test_random_bytes_are_refused(tmp_path):
    for seed in range(30):
        content = random.Random(seed).randbytes(3000)
        with pytest.raises(BookError):
            open_book_file(put(tmp_path, "book.xlsx", content))


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b""}, "without a workbook"),
        ({"word/document.xml": b""}, "Word document"),
        ({"ppt/presentation.xml": b""}, "PowerPoint"),
        ({"Index/Document.iwa": b""}, "Numbers"),
        ({"readme.txt": b""}, "without a workbook"),
    ],
)
def test_other_packages(tmp_path, parts, words):
    with pytest.raises(BookFormat) as error:
        open_book_file(put(tmp_path, "book.xlsx", zipped(**parts)))
    assert words in said(error.value)


@pytest.mark.parametrize("content", [compound("EncryptedPackage", b"x"), compound("Workbook", BOF + FILEPASS)])
def test_passwords(tmp_path, content):
    with pytest.raises(BookEncrypted):
        open_book_file(put(tmp_path, "book.xlsx", content))


def test_missing_empty_and_hollow(tmp_path):
    with pytest.raises(BookMissing):
        open_book_file(tmp_path / "no.xlsx")
    with pytest.raises(BookMissing):
        open_book_file(put(tmp_path, "file.txt", b"x") / "below.xlsx")
    with pytest.raises(BookEmpty):
        open_book_file(put(tmp_path, "empty.xlsx", b""))
    with pytest.raises(BookCorrupt) as error:
        open_book_file(put(tmp_path, "hollow.xlsx", bytes(5000)))
    assert "zero bytes" in said(error.value)
    (tmp_path / "folder").mkdir()
    with pytest.raises(FolderWithoutTables):
        open_book_file(tmp_path / "folder")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in folders here")
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.xlsx")
    with pytest.raises(BookFormat):
        open_book_file(tmp_path / "pipe.xlsx")


def test_a_half_copied_workbook(tmp_path):
    content = saved(Workbook())
    with pytest.raises(BookCorrupt) as error:
        open_book_file(put(tmp_path, "book.xlsx", content[: len(content) // 2]))
    assert "incomplete" in said(error.value)


def test_a_damaged_part(tmp_path):
    content = bytearray(saved(Workbook()))
    entry = zipfile.ZipFile(io.BytesIO(content)).getinfo("xl/worksheets/sheet1.xml")
    at = entry.header_offset + 30 + len(entry.filename) + entry.compress_size // 2
    content[at] ^= 0xFF
    with pytest.raises(BookCorrupt) as error:
        open_book_file(put(tmp_path, "book.xlsx", bytes(content)))
    assert "sheet1.xml" in said(error.value)


@pytest.mark.parametrize("name", ["../evil.xml", "/etc/evil.xml", "C:\\evil.xml", "xl/../../evil.xml"])
def test_names_that_point_outside(tmp_path, name):
    with pytest.raises(BookCorrupt) as error:
        open_book_file(put(tmp_path, "book.xlsx", changed(saved(Workbook()), {name: b"x"})))
    assert "outside" in said(error.value)


def test_two_members_of_one_name(tmp_path):
    with pytest.raises(BookCorrupt):
        open_book_file(put(tmp_path, "book.xlsx", changed(saved(Workbook()), {"XL/workbook.xml": b"x"})))


def test_a_bomb_is_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "SAFE_UNPACKED_BYTES", 100_000)
    content = changed(saved(Workbook()), {"xl/media/bomb.xml": bytes(30_000_000)})
    monkeypatch.setattr(zipfile.ZipFile, "read", lambda *_: pytest.fail("it was unpacked"))
    with pytest.raises(BookCorrupt) as error:
        open_book_file(put(tmp_path, "book.xlsx", content))
    assert "unpack" in said(error.value)


def test_a_declared_entity_is_refused(tmp_path):
    content = changed(
        saved(Workbook()),
        {"xl/workbook.xml": b'<!DOCTYPE w [<!ENTITY a "aaaa">]><workbook><sheets>&a;</sheets></workbook>'},
    )
    with pytest.raises(BookCorrupt):
        open_book_file(put(tmp_path, "book.xlsx", content))


def test_a_grid_beyond_the_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "MAX_GRID_CELLS", 1000)
    rows = "".join(f"<row r='{row}'><c r='Z{row}'><v>1</v></c></row>" for row in range(1, 100))
    with pytest.raises(BookCorrupt) as error:
        open_book_file(put(tmp_path, "book.xlsx", with_sheet_data(f"<sheetData>{rows}</sheetData>")))
    assert "2,574 cells" in said(error.value)


@pytest.mark.parametrize("place", ["A0", "XFD99999999999", "ZZZZ1", "A-1", "1A", ""])
def test_places_that_do_not_exist(tmp_path, place):
    data = f"<sheetData><row r='1'><c r='A1'><v>1</v></c><c r='{place}'><f>1</f><v>1</v></c></row></sheetData>"
    with pytest.raises(BookCorrupt):
        open_book_file(put(tmp_path, "book.xlsx", with_sheet_data(data)))


def test_a_workbook_under_a_wrong_name_is_opened(tmp_path):
    workbook = Workbook()
    workbook.active.append(["客户"])
    for name in ("book.xls", "book.csv", "book"):
        assert open_book_file(put(tmp_path, name, saved(workbook))).sheets[0].cells.at[1, "A"] == "客户"


def test_no_permission_to_read(tmp_path, monkeypatch):
    path = put(tmp_path, "book.xlsx", saved(Workbook()))

    def refuse(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(BookUnreadable) as error:
        open_book_file(path)
    assert "Permission denied" in str(error.value)


def test_a_sheet_that_is_listed_and_not_there_is_damage(tmp_path):
    import io
    import zipfile

    from openpyxl import Workbook

    whole, broken = io.BytesIO(), io.BytesIO()
    book = Workbook()
    book.create_sheet("客户")
    book.save(whole)
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(broken, "w") as new:
        for name in old.namelist():
            if not name.endswith("sheet2.xml"):
                new.writestr(name, old.read(name))
    with pytest.raises(BookCorrupt) as error:
        open_book_file(put(tmp_path, "book.xlsx", broken.getvalue()))
    assert "its sheet 客户 is missing" in said(error.value)
