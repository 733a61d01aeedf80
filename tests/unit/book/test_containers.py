"""A zip file comes apart and together without loss, whoever compressed it."""

import hashlib
import io
import zipfile
import zlib

import pytest

from crmsheet.book import containers
from crmsheet.book.containers import expand, rebuild, shrink, split


def workbook(level=6, method=zipfile.ZIP_DEFLATED, descriptor=False):
    made = io.BytesIO()
    target = Unseekable(made) if descriptor else made
    with zipfile.ZipFile(target, "w", method, compresslevel=level) as archive:
        for name, content in MEMBERS.items():
            archive.writestr(zipfile.ZipInfo(name), content, method, level)
    return made.getvalue()


class Unseekable(io.RawIOBase):
    """A pipe: zipfile then writes data descriptors behind the members."""

    def __init__(self, into):
        self.into = into

    def writable(self):
        return True

    def write(self, content):
        return self.into.write(content)


ROWS = b"".join(b'<row r="%d"><c><v>%d</v></c></row>' % (n, n * 7919 % 1000) for n in range(9000))
MEMBERS = {"[Content_Types].xml": b"<Types/>", "xl/worksheets/sheet1.xml": ROWS, "xl/media/": b"", "empty": b""}


def joined(parts):
    return b"".join(part.stored for part in parts)


@pytest.mark.parametrize("level", [1, 6, 9])
@pytest.mark.parametrize("descriptor", [False, True])
def test_members_of_zlib_are_made_again_from_a_recipe(level, descriptor):
    content = workbook(level, descriptor=descriptor)
    parts = split("", content)
    assert joined(parts) == content
    found = {part.name: expand(part.stored) for part in parts if part.kind == "deflated"}
    assert {name: held for name, (held, _) in found.items()} == MEMBERS
    for part in parts:
        if part.kind == "deflated":
            held, recipe = found[part.name]
            assert recipe
            assert shrink(held, recipe) == part.stored


def test_a_foreign_compressor_has_no_recipe():
    engine = zlib.compressobj(6, zlib.DEFLATED, -15)
    stream = (
        engine.compress(ROWS[:5000]) + engine.flush(zlib.Z_FULL_FLUSH) + engine.compress(ROWS[5000:]) + engine.flush()
    )
    assert expand(stream) == (ROWS, "")


def test_stored_members_are_stored_parts():
    content = workbook(method=zipfile.ZIP_STORED)
    parts = split("", content)
    assert {part.name: bytes(part.stored) for part in parts if part.kind == "stored"} == MEMBERS
    assert joined(parts) == content


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"id,name\n1,A\n",
        b"PK\x03\x04 no zip",
        workbook()[:-30],
        workbook()[:200],
        b"\xd0\xcf\x11\xe0" + bytes(600),
    ],
)
def test_what_is_no_sound_zip_is_one_part(content):
    (part,) = split("", content)
    assert (part.kind, part.name, part.stored) == ("stored", "", content)


def test_bytes_before_and_behind_the_archive_are_kept():
    content = b"#!before\n" + workbook() + b""
    assert joined(split("", content)) == content


def test_a_member_that_lies_outside_the_file_is_not_trusted():
    content = bytearray(workbook())
    at = content.rindex(b"PK\x01\x02")
    content[at + 20 : at + 24] = (1 << 30).to_bytes(4, "little")
    parts = split("", bytes(content))
    assert [part.kind for part in parts] == ["stored"]


@pytest.mark.parametrize("stream", [b"", b"\xff\xff", zlib.compress(b"x"), zlib.compress(ROWS, wbits=-15) + b"more"])
def test_what_is_not_deflated_is_told(stream):
    assert expand(stream) is None


def test_a_rebuilt_file_has_the_same_members():
    with zipfile.ZipFile(io.BytesIO(rebuild(list(MEMBERS.items())))) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == MEMBERS
    assert rebuild([("", b"id,name\n")]) == b"id,name\n"


def test_a_large_member_is_kept_without_looking_for_its_recipe(monkeypatch):
    content = b"<row/>" * 1000
    stored = containers.shrink(content, "zlib 6 8")
    assert containers.expand(stored) == (content, "zlib 6 8")
    monkeypatch.setattr(containers, "SEARCHED", len(content) - 1)
    assert containers.expand(stored) == (content, "")


def test_what_is_known_of_a_member_is_not_found_out_again(monkeypatch):
    content = b"<row/>" * 1000
    stored = containers.shrink(content, "zlib 6 8")
    digest = hashlib.sha256(stored).digest()
    assert containers.expander({digest: (content, None)})(stored) == (content, "zlib 6 8")
    monkeypatch.setattr(containers, "SEARCHED", 0)
    assert containers.expander({digest: (content, "zlib 6 8")})(memoryview(stored)) == (content, "zlib 6 8")
    assert containers.expander({})(stored) == (content, "")
