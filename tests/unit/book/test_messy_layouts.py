"""Messy layouts are read exactly as they are meant, or asked about; none is wrong and silent."""

from __future__ import annotations

import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest

from crmsheet.sample.messy_layouts import LAYOUTS, messy_sheets
from crmsheet.sample.messy_more import MORE_LAYOUTS

BENCH = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[3] / "benchmarks" / "messy_layouts.py")))
WORDS = BENCH.vocabulary()
MUST_ASK = 5


def grades(seed, layouts, folder):
    """Layout -> what it got and what was read otherwise."""
    return {
        each.title: BENCH.graded(each, BENCH.read(each, folder, WORDS), WORDS) for each in messy_sheets(seed, layouts)
    }


@pytest.mark.parametrize("seed", [1, 2, 3, 20, 300])
def test_every_layout_is_right(seed, tmp_path):
    found = grades(seed, LAYOUTS, tmp_path)
    assert len(found) - MUST_ASK >= 40
    assert {title: grade for title, grade in found.items() if grade[0] != "right"} == {}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_so_are_those_made_after_the_reader(seed, tmp_path):
    found = grades(seed, MORE_LAYOUTS, tmp_path)
    assert len(found) == 20
    assert {title: grade for title, grade in found.items() if grade[0] != "right"} == {}


def test_the_grades_can_be_bad(tmp_path):
    """A wrong reading is seen as one: the reading of another sheet, and a question where none is needed."""
    sheets = {each.title: each for each in messy_sheets(1)}
    title, asked = sheets["title above"], sheets["no header"]
    layout = BENCH.read(sheets["two row header"], tmp_path, WORDS)
    assert BENCH.graded(title, layout, WORDS)[0] == "wrong"
    assert BENCH.graded(asked, layout, WORDS)[0] == "wrong"
    assert BENCH.graded(title, BENCH.read(asked, tmp_path, WORDS), WORDS)[0] == "asked"


def test_a_seed_gives_the_same_sheets_and_another_gives_others():
    one, again, other = (list(messy_sheets(seed)) for seed in (1, 1, 2))
    assert one == again
    assert sum(a.cells != b.cells for a, b in zip(one, other, strict=True)) == len(one)
