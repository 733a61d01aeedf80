"""docs/doctor.md shows how doctor reads each messy layout; what it shows is what it does."""

from __future__ import annotations

import pytest

from tests.conftest import ROOT
from tests.golden import layout_pages
from tests.golden.policy_pages import page

HEADINGS = {"en": "## The layouts\n", "zh": "## 各种布局\n"}


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    return layout_pages.layouts(tmp_path_factory.mktemp("layouts"))


@pytest.mark.parametrize("lang", HEADINGS)
def test_the_layouts_in_the_docs(shown, lang, update_golden):
    path = ROOT / page("doctor", lang)
    text = path.read_text("utf-8")
    written, heading, _ = text.partition(HEADINGS[lang])
    assert heading, "the heading under which the layouts stand"
    real = f"{written}{heading}\n{layout_pages.page(shown, lang)}\n"
    if update_golden:
        path.write_text(real, "utf-8")
    assert path.read_text("utf-8") == real, f"{path.name} is out of date: run `make golden`"


def test_at_least_forty_are_shown(shown):
    assert len(shown) >= 40
    assert all(any(each.name == "sheets" for each in outcome.sections) for _, outcome in shown)
