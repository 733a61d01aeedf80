"""`cell`, `append` and `parts`: for scripts, on any workbook or CSV file, with or without a table of customers."""

from __future__ import annotations

import datetime as dt
import hashlib
import zipfile
from pathlib import Path

import openpyxl
import pytest
from openpyxl.styles import Protection

import crmsheet as api
from crmsheet.core import errors
from tests.cli.conftest import crmsheet

DAY = dt.date(2026, 11, 23)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A workbook that is no customer book: numbers, a date, a formula, a protected sheet, a name with a blank."""
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.title = "Orders"
    for row in (["Item", "Count", "Day", "Twice"], ["bolt", 3, DAY, "=B2*2"], ["nut", 4, DAY, "=B3*2"]):
        sheet.append(row)
    locked = made.create_sheet("Locked up")
    locked["A1"], locked["B1"] = "stays", "may change"
    locked["B1"].protection = Protection(locked=False)
    locked.protection.sheet = True
    path = tmp_path / "orders.xlsx"
    made.save(path)
    return path


def digests(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as archive:
        return {name: hashlib.sha256(archive.read(name)).hexdigest() for name in archive.namelist()}


@pytest.mark.parametrize(
    ("place", "shown", "kind"),
    [
        ("Orders!A2", "bolt", "text"),
        ("Orders!$B$2", "3", "number"),
        ("orders!c2", "2026-11-23", "date"),
        ("Orders!D2", "", "formula"),
        ("'Locked up'!A1", "stays", "text"),
        ("Orders！A2", "bolt", "text"),
        ("Orders!ZZ900", "", "empty"),
    ],
)
def test_a_cell_is_read(book: Path, place: str, shown: str, kind: str):
    ran = crmsheet("cell", book, place)
    assert (ran.code, ran.out) == (0, f"{shown}\n")
    assert crmsheet("cell", book, place, "-f", "json").document["sections"][0]["rows"][0][1] == kind


@pytest.mark.parametrize(
    ("value", "options", "read"),
    [
        ("7", (), 7.0),
        ("seven", (), "seven"),
        ("7", ("--as", "text"), "7"),
        ("2026-12-01", ("--as", "date"), dt.date(2026, 12, 1)),
        ("true", ("--as", "bool"), True),
        ("", (), None),
    ],
)
def test_one_cell_is_patched_and_nothing_else(book: Path, value: str, options: tuple[str, ...], read: object):
    before, old = book.read_bytes(), digests(book)
    ran = crmsheet("cell", book, "Orders!B2", value, *options, "-f", "json")
    assert ran.code == 0, ran.err
    assert api.read_cell(book, "Orders!B2") == read
    assert api.read_cell(book, "Orders!B3") == 4
    receipt = ran.document["receipt"]
    new = digests(book)
    assert receipt["before"] == hashlib.sha256(before).hexdigest()
    assert receipt["after"] == hashlib.sha256(book.read_bytes()).hexdigest()
    assert {each["name"]: (each["before"], each["after"]) for each in receipt["parts"]} == {
        name: (old[name], new[name]) for name in old if old[name] != new[name]
    }
    assert receipt["untouched"] == sum(old[name] == new[name] for name in old) > 0
    assert crmsheet("undo", book, "--write").code == 0
    assert book.read_bytes() == before


def test_a_formula_is_written_only_when_asked(book: Path):
    assert crmsheet("cell", book, "Orders!B2", "=1+1").code == 0
    assert openpyxl.load_workbook(book)["Orders"]["B2"].data_type == "s"
    assert crmsheet("cell", book, "Orders!B2", "=1+1", "--as", "formula").code == 0
    assert openpyxl.load_workbook(book)["Orders"]["B2"].value == "=1+1"


def test_formulas_and_locked_cells_are_refused(book: Path):
    before = book.read_bytes()
    for place in ("Orders!D2", "Locked up!A1"):
        ran = crmsheet("cell", book, place, "x")
        assert ran.code == 5, ran.said
        assert place.split("!")[1] in ran.err
        assert book.read_bytes() == before
    assert crmsheet("cell", book, "Locked up!B1", "x").code == 0
    for place in ("Orders!D2", "Locked up!A1"):
        assert crmsheet("cell", book, place, "x", "--force").code == 0
        assert api.read_cell(book, place) == "x"


def test_a_row_goes_below_the_records(book: Path):
    ran = crmsheet("append", book, "Orders", "gear", "5", "2026-12-01")
    assert ran.code == 0, ran.err
    assert [api.read_cell(book, f"Orders!{letters}4") for letters in "ABC"] == ["gear", 5, dt.date(2026, 12, 1)]
    assert crmsheet("append", book, "Orders", "a", "b", "c", "d", "e").code == 2
    assert crmsheet("append", book, "Orders", "", "").code == 2
    assert crmsheet("append", book, "Nowhere", "a").code == 3


def test_a_csv_file_keeps_its_other_lines(tmp_path: Path):
    path = tmp_path / "客户.csv"
    path.write_bytes("名称;电话\r\n甲;1\r\n乙;2\r\n".encode("gb18030"))
    assert crmsheet("cell", path, "B3").out == "2\n"
    assert crmsheet("cell", path, "B3", "3").code == 0
    assert crmsheet("append", path, "客户", "丙", "010").code == 0
    assert path.read_bytes() == "名称;电话\r\n甲;1\r\n乙;3\r\n丙;010\r\n".encode("gb18030")
    assert crmsheet("cell", path, "B3", "=1", "--as", "formula").code == 2


@pytest.mark.parametrize("place", ["", "2B", "B", "Orders!", "!B2", "B2", "Orders!B2:B3", "A1048577!!"])
def test_a_place_that_is_none_is_a_usage_error(book: Path, place: str):
    before = book.read_bytes()
    assert crmsheet("cell", book, place, "x").code == 2
    assert book.read_bytes() == before


def test_parts_are_told_as_sha256sum_does(book: Path):
    listed = dict(reversed(line.split("  ", 1)) for line in crmsheet("parts", book).out.splitlines())
    assert listed == digests(book) == api.parts(book)


def test_the_api_does_the_same(book: Path):
    before = book.read_bytes()
    assert api.write_cell(book, "Orders!B2", 3) == ""
    assert book.read_bytes() == before
    assert api.write_cell(book, "Orders!B2", 9)
    assert api.write_cell(book, "Orders!C3", api.Formula("C2+1"))
    assert api.append_row(book, "Orders", ["gear", None, DAY])
    assert [api.read_cell(book, place) for place in ("Orders!B2", "Orders!A4", "Orders!B4")] == [9, "gear", None]
    assert openpyxl.load_workbook(book)["Orders"]["C3"].value == "=C2+1"
    with pytest.raises(errors.CellRefused):
        api.write_cell(book, "Orders!D2", 1)
