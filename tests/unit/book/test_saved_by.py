"""Who saved a file last, as it says itself; what says nothing, or is broken, says nobody."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pytest

from crmsheet.book.saved_by import saved_by


def workbook(name: str | None) -> bytes:
    made, content = openpyxl.Workbook(), io.BytesIO()
    made.properties.lastModifiedBy = name
    made.save(content)
    return content.getvalue()


def with_core(xml: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook("王芳"))) as old, zipfile.ZipFile(content, "w") as new:
        for each in old.namelist():
            new.writestr(each, xml if each == "docProps/core.xml" else old.read(each))
    return content.getvalue()


@pytest.mark.parametrize(
    ("name", "said"), [("王芳", "王芳"), (" Ann\n Lee & Co ", "Ann Lee & Co"), (None, ""), ("", "")]
)
def test_a_workbook_says_who_saved_it(name, said):
    assert saved_by({"": workbook(name)}) == said


@pytest.mark.parametrize(
    "xml",
    [
        b"<broken",
        b'<!DOCTYPE x [<!ENTITY a "b">]><x><lastModifiedBy>&a;</lastModifiedBy></x>',
        b"<x><creator>Ann</creator></x>",
        b"",
    ],
)
def test_what_is_broken_or_hostile_says_nobody(xml):
    assert saved_by({"": with_core(xml)}) == ""


def test_a_long_name_is_cut():
    assert len(saved_by({"": workbook("a" * 5000)})) == 80


@pytest.mark.parametrize("files", [{"": b"a,b\n1,2\n"}, {"customers.csv": b"a,b\n"}, {"": b""}, {"": b"PK\x03\x04cut"}])
def test_other_files_say_nobody(files):
    assert saved_by(files) == ""
