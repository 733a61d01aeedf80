"""Sheets of other programs' workbooks taken into each other, judged by two readers and by walking over the parts.

benchmarks/take_corpus.py does the same with any folder; docs/patching.md has its figures for real files.
"""

import warnings

import pytest

from benchmarks import take_corpus as corpus
from crmsheet.book.ooxml import patch_workbook
from crmsheet.book.opened import SheetEdits
from tests.conftest import ROOT
from tests.unit.book.producers import PRODUCERS

FILES = [
    *((path.name, path.read_bytes()) for path in sorted((ROOT / "tests" / "data" / "workbooks").glob("*.xls[xm]"))),
    *((name, make()) for name, make in PRODUCERS.items()),
]
NAMES = {name: list(corpus.sheets_of(corpus.members_of(content))) for name, content in FILES}
REFUSED = ("1904", "strict", "pivot tables", "would no longer have", "structure")
"""Words of the reasons for which a sheet is not taken."""


def taken(ours, theirs, sheet):
    replaced = sheet in NAMES[ours[0]]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl tells what it does not know
        result = corpus.judged(corpus.take(ours, theirs, sheet, replaced=replaced), ours[1], theirs[1])
    assert result.content or any(word in result.refusal for word in REFUSED), result.refusal
    return result


@pytest.mark.parametrize("at", range(len(FILES)), ids=[name for name, _ in FILES])
def test_a_sheet_comes_whole_and_nothing_else_changes(at):
    theirs, written = FILES[at], 0
    for step in (1, 5, 9):
        ours = FILES[(at + step) % len(FILES)]
        for sheet in NAMES[theirs[0]][:2]:
            result = taken(ours, theirs, sheet)
            assert result.harm == [], str(result)
            written += bool(result.content)
    assert written or any(word in theirs[0] for word in ("Strict", "1904"))


def test_the_measure_sees_what_is_missing():
    ours, theirs = FILES[-1], FILES[-4]
    result = taken(ours, theirs, "客户")
    assert result.harm == []
    result.content = patch_workbook(result.content, {"客户": SheetEdits(0, {(2, "A"): "anders"})}, "book.xlsx").content
    assert any("calamine" in each for each in corpus.judged(result, ours[1], theirs[1]).harm)
    result.content, result.harm = theirs[1], []
    assert any("part" in each for each in corpus.judged(result, ours[1], theirs[1]).harm)
