"""The zip container: odd archives are read, and what is not changed is copied as it was."""

import io
import struct
import zipfile

import pytest

from crmsheet.book.ooxml.lint import PatchBroken, check
from crmsheet.book.ooxml.markup import part
from crmsheet.book.ooxml.package import open_package
from crmsheet.book.ooxml.sheet import open_sheet
from crmsheet.core.errors import BookCorrupt, PatchRefused

SHEET = b"<worksheet><sheetData><row r='1'><c r='A1'><v>1</v></c></row><row r='2'/></sheetData></worksheet>"


class Unseekable(io.BytesIO):
    """Makes `zipfile` write data descriptors, as programs do that stream their output."""

    def seekable(self):
        return False

    def tell(self):
        raise OSError

    def seek(self, *_):
        raise OSError


def archive(members, *, stream=False, comment=b"", stored=False, zip64=False):
    out = Unseekable() if stream else io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED) as target:
        for name, content in members.items():
            with target.open(zipfile.ZipInfo(name), "w", force_zip64=zip64) as member:
                member.write(content)
        target.comment = comment
    return out.getvalue()


MEMBERS = {"a.xml": b"<a/>" * 50, "客户.bin": bytes(range(256)), "c.xml": b"<c/>"}
KINDS = {
    "plain": {},
    "streamed": {"stream": True},
    "commented": {"comment": b"PK\x01 a comment"},
    "stored": {"stored": True},
    "wide": {"zip64": True},
}


@pytest.mark.parametrize("name", KINDS)
def test_members_are_exchanged_and_the_rest_is_copied(name):
    content = archive(MEMBERS, **KINDS[name])
    package = open_package(content, "b")
    new = package.rewritten({"A.xml".lower(): b"<new/>" * 9, "z.xml": b"<z/>"})
    with zipfile.ZipFile(io.BytesIO(new)) as read:
        assert read.testzip() is None
        assert read.namelist() == [*MEMBERS, "z.xml"]
        assert read.read("a.xml") == b"<new/>" * 9
        assert read.read("客户.bin") == MEMBERS["客户.bin"]
        assert read.comment == KINDS[name].get("comment", b"")
    again = open_package(new, "b")
    assert bytes(again.packed(again.members[1])) == bytes(package.packed(package.members[1]))
    assert open_package(again.rewritten({}), "b").read("z.xml") == b"<z/>"


def test_rewriting_nothing_gives_the_same_bytes():
    for kind in KINDS.values():
        content = archive(MEMBERS, **kind)
        assert open_package(content, "b").rewritten({}) == content


def test_bytes_before_the_archive_are_kept():
    content = b"#!/bin/sh\n" + archive(MEMBERS)
    new = open_package(content, "b").rewritten({"c.xml": b"<d/>"})
    assert new.startswith(b"#!/bin/sh\nPK")
    assert zipfile.ZipFile(io.BytesIO(new)).read("c.xml") == b"<d/>"


def test_offsets_kept_in_zip64_fields_are_moved():
    content = archive({"a.xml": b"<a/>", "b.xml": b"<b/>"})
    directory = content.rfind(b"PK\x01\x02")
    record = bytearray(content[directory : content.rfind(b"PK\x05\x06")])
    offset = struct.unpack_from("<L", record, 42)[0]
    struct.pack_into("<L", record, 42, 0xFFFFFFFF)
    struct.pack_into("<H", record, 30, 12)
    wide = bytes(record) + struct.pack("<2HQ", 1, 8, offset)
    end = bytearray(content[content.rfind(b"PK\x05\x06") :])
    struct.pack_into("<L", end, 12, struct.unpack_from("<L", end, 12)[0] + 12)
    new = open_package(content[:directory] + wide + bytes(end), "b").rewritten({"a.xml": b"<a/>" * 100})
    assert zipfile.ZipFile(io.BytesIO(new)).read("b.xml") == b"<b/>"
    assert open_package(new, "b").read("b.xml") == b"<b/>"


def test_damage_is_told_and_nothing_is_guessed():
    content = archive({"a.xml": b"<a/>" * 99})
    for broken in (b"", content[:40], content[:-5], content.replace(b"PK\x03\x04", b"PK\x03\x05")):
        with pytest.raises(BookCorrupt):
            open_package(broken, "b").read("a.xml")
    damaged = bytearray(archive({"a.xml": b"<a/>" * 99}, stored=True))
    damaged[60] ^= 1
    with pytest.raises(BookCorrupt):
        open_package(bytes(damaged), "b").read("a.xml")
    doubled = archive({"a.xml": b"<a/>", "A.xml": b"<b/>"})
    with pytest.raises(PatchRefused):
        open_package(doubled, "b").rewritten({"a.xml": b"<c/>"})


@pytest.mark.parametrize(
    ("content", "touched"),
    [
        (SHEET.replace(b"</v>", b""), {1: [1]}),  # not well-formed
        (SHEET.replace(b"<v>1", b"<v>2"), {2: []}),  # a row that nobody touched
        (SHEET.replace(b"<row r='2'/>", b""), {1: [1]}),  # a row is gone
        (SHEET.replace(b"<row r='2'/>", b"<row r='2'/><row r='3'/>"), {1: [1]}),  # a row too many
        (SHEET.replace(b"<v>1", b"<v>2"), {1: [2]}),  # a touched row, the wrong cell
    ],
)
def test_the_gate_stops_what_was_not_asked(content, touched):
    package = open_package(archive({"s.xml": SHEET, "t.xml": b"<t/>"}), "b")
    before = open_sheet(part(SHEET, "b", "s.xml"), "b", "s")
    good = SHEET.replace(b"<v>1", b"<v>2")
    check(package, package.rewritten({"s.xml": good}), {"s.xml": good}, {"s.xml": (before, {1: [1]})})
    new = package.rewritten({"s.xml": content})
    with pytest.raises(PatchBroken):
        check(package, new, {"s.xml": content}, {"s.xml": (before, touched)})


def test_the_gate_stops_a_changed_neighbour_and_wrong_counts():
    package = open_package(archive({"s.xml": SHEET, "t.xml": b"<t/>"}), "b")
    both = package.rewritten({"s.xml": SHEET, "t.xml": b"<u/>"})
    with pytest.raises(PatchBroken):
        check(package, both, {}, {})
    styles = b"<styleSheet><cellXfs count='2'><xf/></cellXfs></styleSheet>"
    with pytest.raises(PatchBroken):
        check(package, package.rewritten({"t.xml": styles}), {"t.xml": styles}, {})
    assert PatchBroken.exit_code == 70


ROWS = (
    b"<sheetData>"
    b'<row r="1" spans="1:2"><c r="A1"><v>1</v></c><c r="B1" t="s"><v>0</v></c></row>'
    b'<row r="2"><c r="A2"><v>2</v></c></row>'
    b'<row r="3"><c r="A3"><v>3</v></c></row>'
    b"</sheetData>"
)


def gate(new: bytes, touched) -> None:
    """The gate over a sheet of three rows written as every program writes them."""
    sheet = b"<worksheet>" + ROWS + b"</worksheet>"
    package = open_package(archive({"s.xml": sheet}), "b")
    before = open_sheet(part(sheet, "b", "s.xml"), "b", "s")
    content = b"<worksheet>" + new + b"</worksheet>"
    check(package, package.rewritten({"s.xml": content}), {"s.xml": content}, {"s.xml": (before, touched)})


@pytest.mark.parametrize(
    ("old", "new", "touched"),
    [
        (b"<v>2</v></c>", b'<v>2</v></c><c r="B2"/>', {2: [2]}),  # a cell behind the last one
        (b"<v>2</v></c>", b'<v>2</v></c><c r="B2"><v>5</v></c><c r="D2"/>', {2: [2, 4]}),
        (b"<v>2</v>", b"<v>7</v>", {2: [1]}),  # a cell written again
        (b"<v>2</v></c>", b'<v>7</v></c><c r="C2"/>', {2: [1, 3]}),  # both
        (b' spans="1:2"><c r="A1"><v>1', b'><c r="A1"><v>4', {1: [1]}),  # a hint that goes
        (b'<row r="2">', b'<row r="2" hidden="1">', {2: []}),
        (b"</sheetData>", b'<row r="4"><c r="A4"/></row></sheetData>', {4: [1]}),  # a new row
    ],
)
def test_the_gate_lets_through_what_was_asked(old, new, touched):
    assert ROWS.count(old) == 1
    gate(ROWS.replace(old, new), touched)


@pytest.mark.parametrize(
    ("old", "new", "touched"),
    [
        (b"<v>3", b"<v>4", {2: [1]}),  # a row that nobody touched
        (b"<v>2</v></c>", b'<v>2</v></c><c r="C2"/>', {2: [2]}),  # the wrong column
        (b"<v>2</v></c>", b'<v>2</v></c><c r="B3"/>', {2: [2]}),  # the wrong row
        (b"<v>2</v></c>", b'<v>2</v></c><c r="B2"/><c r="C2"/>', {2: [2]}),  # a cell too many
        (b"<v>2</v></c>", b'<v>2</v></c><c r="B2"/><c t="s"><v>0</v></c>', {2: [2]}),  # one without an address
        (b"<v>2</v></c>", b'<v>2</v></c><c r="B2"></c><x/>', {2: [2]}),  # something that is no cell
        (b"<v>2</v></c>", b'<v>2</v></c><c r="A2"/>', {2: [1]}),  # a second cell of the same address
        (b"<v>2</v></c>", b'<v>2</v></c><c r="B2"><v></c>', {2: [2]}),  # not well-formed
        (b"<v>2</v></c>", b"<v>2</v></c>x", {2: [2]}),
        (b"<v>1</v>", b"<v>9</v>", {1: [2]}),  # a touched row, the wrong cell
        (b'<row r="2">', b'<row r="2" s="1">', {2: [1]}),  # its tag
        (b'<row r="3"><c r="A3"><v>3</v></c></row>', b"", {2: [1]}),  # a row is gone
        (b"</sheetData>", b'<row r="4"/></sheetData>', {2: [1]}),  # a row too many
        (b"</row></sheetData>", b"</row>x</sheetData>", {3: [1]}),  # bytes behind the rows
    ],
)
def test_the_gate_stops_what_was_not_asked_in_usual_rows(old, new, touched):
    assert ROWS.count(old) == 1
    with pytest.raises(PatchBroken):
        gate(ROWS.replace(old, new), touched)
