"""The pages on the Python API name what there is, with its signatures, in both languages."""

from __future__ import annotations

import re

import pytest

import crmsheet
from tests.conftest import ROOT
from tests.house import api_reference

PAGES = ("docs/api.md", "docs/zh/api.md")


@pytest.mark.parametrize("page", PAGES)
def test_the_reference_is_that_of_the_code(page: str, update_golden: bool):
    path = ROOT / page
    text = path.read_text("utf-8")
    made = api_reference.with_reference(text, own_words="/zh/" in page)
    if update_golden:
        path.write_text(made, "utf-8")
    assert update_golden or text == made, f"{page} is out of date: run `make golden`"


def test_the_chinese_page_explains_every_parameter_and_error():
    said = api_reference.bodies((ROOT / PAGES[1]).read_text("utf-8"))
    for name, member in api_reference.members():
        assert re.search("[一-鿿]", said[name]), f"{PAGES[1]} says nothing of {name}"
        for each in api_reference.names(member):
            assert f"`{each}`" in said[name], f"{PAGES[1]}: {name} does not explain {each}"


@pytest.mark.parametrize("page", PAGES)
def test_every_public_name_is_explained(page: str):
    text = (ROOT / page).read_text("utf-8")
    for name in crmsheet.__all__:
        assert re.search(rf"\b{name}\b", text), name


def test_every_public_method_says_what_comes_back():
    for name, member in api_reference.members():
        documented = api_reference.parts(member)[""]
        assert len(documented.split()) > 2, f"{name} says nothing"
