"""The patcher on workbooks of other programs, judged by two readers and by counting what they hold.

benchmarks/patch_corpus.py does the same with any folder; docs/patching.md has its figures for 446 real files.
"""

import io
import warnings
import zipfile

import pytest

from benchmarks import patch_corpus as corpus
from benchmarks.workbook_features import features, lost
from crmsheet.book.ooxml import patch_workbook
from crmsheet.book.opened import SheetEdits
from crmsheet.book.opening import open_book_file
from tests.conftest import ROOT
from tests.unit.book.producers import PRODUCERS

FILES = {path.name: path for path in sorted((ROOT / "tests" / "data" / "workbooks").glob("*.xls[xm]"))}


@pytest.fixture(params=[*FILES, *PRODUCERS])
def book(request, tmp_path):
    if request.param in FILES:
        return FILES[request.param]
    path = tmp_path / f"{request.param}.xlsx"
    path.write_bytes(PRODUCERS[request.param]())
    return path


@pytest.mark.parametrize("operation", corpus.OPERATIONS)
def test_what_was_asked_is_there_and_nothing_else_is_lost(book, operation):
    content = book.read_bytes()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl tells what it does not know
        result, edit = corpus.ours(book, content, operation)
        assert (result.refusal, result.forced) == ("", False)
        assert corpus.judged(result, edit, content).harm == []


def test_the_corpus_holds_what_could_be_lost():
    held = {name.split()[0] for path in FILES.values() for name in features(path.read_bytes())}
    for make in PRODUCERS.values():
        held |= {each.split()[0] for each in features(make())}
    wanted = "charts pictures media comments threaded pivots validations x14 conditional names rich phonetic macros"
    assert set(f"{wanted} tables merges links external connections".split()) <= held
    assert len(FILES) == 13


def test_no_edit_gives_back_the_same_bytes(book):
    opened = open_book_file(book)
    content = opened.files[""]
    nothing = {sheet.name: SheetEdits(1) for sheet in opened.sheets}
    assert patch_workbook(content, nothing, "b").content is content
    again = {sheet.name: SheetEdits(1, show=frozenset(range(1, 3)) - sheet.hidden) for sheet in opened.sheets}
    if not any(sheet.locked for sheet in opened.sheets):
        assert patch_workbook(content, again, "b").content == content


def without(content, word):
    """A workbook that has lost the parts and elements of a word, as a careless program would save it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            if word not in name:
                target.writestr(
                    name, source.read(name).replace(b"<cfRule", b"<cfGone").replace(b"</cfRule", b"</cfGone")
                )
    return out.getvalue()


def test_the_measure_sees_a_loss():
    content = PRODUCERS["XlsxWriter"]()
    assert lost(features(content), features(content)) == []
    assert lost(features(content), features(without(content, "chart"))) == [
        "chart series", "charts", "conditional formats",
    ]  # fmt: skip
    with_comments = lost(features(content), features(without(content, "comments")))
    assert "comments" in with_comments
