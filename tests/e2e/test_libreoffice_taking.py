"""LibreOffice opens workbooks into which sheets were taken, and reads what the sheets held before."""

import shutil
import subprocess
import warnings

import openpyxl
import pytest

from benchmarks import take_corpus as corpus
from crmsheet.book.ooxml import patch_workbook
from crmsheet.book.opened import WorkbookEdits
from crmsheet.core.errors import PatchRefused
from tests.conftest import ROOT
from tests.unit.book.producers import PRODUCERS

pytestmark = [
    pytest.mark.e2e("soffice"),
    pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed"),
]


def books():
    found = {path.name: path.read_bytes() for path in sorted((ROOT / "tests" / "data" / "workbooks").glob("*.xls[xm]"))}
    return found | {f"{name}.xlsx": make() for name, make in PRODUCERS.items()}


def sheets(path):
    """The values and looks of every sheet, as LibreOffice saved them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl tells what it does not know
        book = openpyxl.load_workbook(path, data_only=True)
    return {
        sheet.title: {
            cell.coordinate: (cell.value, cell.font.b, cell.number_format, cell.fill.patternType)
            for row in sheet
            for cell in row
            if cell.value is not None
        }
        for sheet in book.worksheets
    }


def test_sheets_read_the_same_in_their_new_workbook(tmp_path):
    files, pairs = books(), []
    names = list(files)
    for at, name in enumerate(names):
        theirs = files[name]
        sheet = next(iter(corpus.sheets_of(corpus.members_of(theirs))))
        ours = names[(at + 4) % len(names)]
        (tmp_path / f"{at}-theirs.xlsx").write_bytes(theirs)
        try:
            done = patch_workbook(files[ours], {}, ours, WorkbookEdits(taken={sheet: theirs}))
        except PatchRefused:
            continue
        (tmp_path / f"{at}-ours.xlsx").write_bytes(done.content)
        frozen = any("last results" in str(each.template) for each in done.receipt.notes)
        pairs.append((at, name, ours, sheet, frozen))
    assert len(pairs) >= 12
    command = ["soffice", f"-env:UserInstallation=file://{tmp_path / 'profile'}", "--headless", "--convert-to", "xlsx"]
    command += ["--outdir", str(tmp_path / "out"), *map(str, sorted(tmp_path.glob("*.xlsx")))]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    compared = 0
    for at, name, ours, sheet, frozen in pairs:
        before, after = (sheets(tmp_path / "out" / f"{at}-{which}.xlsx")[sheet] for which in ("theirs", "ours"))
        compared += len(before)
        if not frozen:
            differing = {
                place: (before.get(place), after.get(place))
                for place in before.keys() | after.keys()
                if before.get(place) != after.get(place)
            }
            assert differing == {}, (name, ours, sheet)
    assert compared > 300
