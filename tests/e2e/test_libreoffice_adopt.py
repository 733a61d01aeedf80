"""A user's ugly file is made a book: LibreOffice opens it with everything that was in it, and undo gives it back."""

from __future__ import annotations

import shutil
import subprocess

import openpyxl
import pytest

from crmsheet.sample.messy import write_messy
from crmsheet.sample.messy_layouts import LAYOUTS, messy_sheets
from tests.cli.conftest import crmsheet
from tests.cli.ugly_book import make_ugly

pytestmark = [
    pytest.mark.e2e("soffice"),
    pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed"),
]
MESSY = ("everything at once", "company merged down", "two row header")


def opened(path, folder):
    """The workbook as LibreOffice reads and saves it."""
    profile = f"-env:UserInstallation=file://{folder / 'profile'}"
    command = ["soffice", profile, "--headless", "--convert-to", "xlsx", "--outdir", str(folder / "out"), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return openpyxl.load_workbook(folder / "out" / path.name)


def test_libreoffice_opens_an_adopted_file_and_undo_gives_it_back(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    book = make_ugly(tmp_path / "客户表.xlsx")
    found = book.read_bytes()
    assert crmsheet("adopt", book, "--write").code == 0

    sheet = opened(book, tmp_path)["客户"]
    assert [sheet.cell(row, 8).value for row in range(3, 9)] == ["客户编号", *(f"K00000{n}" for n in range(1, 6))]
    assert "B2:C2" in {str(each) for each in sheet.merged_cells.ranges}
    assert sheet["A4"].comment.text.strip() == "老客户"
    assert sheet["A5"].fill.fgColor.rgb == "FFFF0000"
    assert sheet.column_dimensions["G"].hidden
    assert (sheet["A9"].value, sheet["B9"].value) == ("合计", 5)

    assert crmsheet("undo", book, "--write").code == 0
    assert book.read_bytes() == found


@pytest.mark.parametrize("name", MESSY)
def test_a_generated_ugly_file_is_adopted_opened_and_given_back(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (messy,) = messy_sheets(3, {name: LAYOUTS[name]})
    book = write_messy(messy, tmp_path)
    found = book.read_bytes()
    ran = crmsheet("adopt", book, "--write", "-f", "json")
    assert ran.code == 0, ran.err
    adopted = opened(book, tmp_path)["Sheet1"]
    for (row, column), value in messy.cells.items():
        if isinstance(value, str) and value.isalpha():
            assert adopted.cell(row, column).value == value
    assert crmsheet("undo", book, "--write").code == 0
    assert book.read_bytes() == found
