"""What LibreOffice wrote is patched like the rest, and LibreOffice opens whatever was patched."""

import shutil
import subprocess
import warnings

import pytest

from benchmarks import patch_corpus as corpus
from tests.conftest import ROOT
from tests.unit.book.producers import PRODUCERS

pytestmark = [
    pytest.mark.e2e("soffice"),
    pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed"),
]


@pytest.fixture(scope="module")
def books(tmp_path_factory):
    """Workbooks of other programs, and those of libraries as LibreOffice saves them."""
    folder = tmp_path_factory.mktemp("books")
    found = sorted((ROOT / "tests" / "data" / "workbooks").glob("*.xls[xm]"))
    made = []
    for name, make in PRODUCERS.items():
        made.append(folder / f"{name}.xlsx")
        made[-1].write_bytes(make())
    command = ["soffice", f"-env:UserInstallation=file://{folder / 'profile'}", "--headless", "--convert-to", "xlsx"]
    command += ["--outdir", str(folder / "saved"), *map(str, made)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    saved = sorted((folder / "saved").glob("*.xlsx"))
    assert len(saved) == len(PRODUCERS)
    return [*found, *made, *saved]


def test_every_patched_workbook_opens_in_libreoffice(books, tmp_path):
    written, harm = {}, {}
    for number, path in enumerate(books):
        content = path.read_bytes()
        for operation in corpus.OPERATIONS:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # openpyxl tells what it does not know
                result, edit = corpus.ours(path, content, operation)
                assert edit is not None, (path.name, operation, result.refusal)
                harm[path.name, operation] = corpus.judged(result, edit, content).harm
            written[f"{number}-{operation.replace(' ', '-')}.xlsx"] = result.content
    assert {key: each for key, each in harm.items() if each} == {}
    assert [name for name, opens in corpus.in_office(written, tmp_path, batch=len(written)).items() if not opens] == []


def test_a_broken_workbook_does_not_open(tmp_path):
    good = PRODUCERS["openpyxl"]()
    assert corpus.in_office({"good.xlsx": good, "bad.xlsx": good[:300]}, tmp_path) == {
        "good.xlsx": True, "bad.xlsx": False,
    }  # fmt: skip
