"""Which customer a few words mean, case by case; marks of retired records; the letters of a character."""

from __future__ import annotations

import dataclasses
import functools
from pathlib import Path
from typing import Any

import pytest
import yaml

from crmsheet.core.schema import TableSchema
from crmsheet.match.lookup import CONFIDENT, SAME, SURE, Hit, lookup
from crmsheet.match.pinyin import patterns, readings
from crmsheet.resources import shipped
from crmsheet.schema import load
from tests.unit.match.books import CONTEXT, table

GIVEN = yaml.safe_load((Path(__file__).parents[2] / "cases" / "lookup.yml").read_text("utf-8"))
BOOK = table(GIVEN["book"])


@functools.cache
def customers() -> TableSchema:
    return load(shipped("schemas")).tables["customers"]


def found(text: str, book: Any = BOOK, **options: Any) -> tuple[Hit, ...]:
    return lookup(book, customers(), text, CONTEXT, most=None, **options)


def band(score: float) -> str:
    names = ((SURE, "sure"), (SAME, "same"), (CONFIDENT, "part"))
    return next((name for least, name in names if score >= least), "weak")


@pytest.mark.parametrize("case", GIVEN["cases"], ids=lambda case: case["text"])
def test_best(case: dict[str, Any]) -> None:
    hits = found(case["text"])
    keys = [hit.key for hit in hits]
    if case.get("none"):
        assert hits == ()
        return
    assert hits, "nothing was found"
    assert (hits[0].key, hits[0].field, band(hits[0].score)) == (case["key"], case["field"], case["band"])
    assert set(case.get("with", ())) <= set(keys)
    assert not set(case.get("without", ())) & set(keys)
    assert len(keys) == len(set(keys))


def test_columns_that_no_field_claims_are_looked_through_unless_only_names_are_wanted() -> None:
    book = table([{"customer_id": "C1", "name": "甲"}, {"customer_id": "C2", "name": "乙"}])
    cells = book.cells.assign(Z=["展会摊位 B56", None])
    book = dataclasses.replace(book, cells=cells, headers={**book.headers, "Z": "摊位"})
    (hit,) = found("b56", book)
    assert (hit.key, hit.field, hit.column, hit.value) == ("C1", "", "Z", "展会摊位 B56")
    assert found("b56", book, everywhere=False) == ()


def test_retired_records_come_after_others_that_fit_as_well() -> None:
    rows = [
        {"customer_id": "C1", "name": "华信科技", "record_status": "merged"},
        {"customer_id": "C2", "name": "华信科技", "record_status": "archived"},
        {"customer_id": "C3", "name": "华信科技"},
    ]
    assert [(hit.key, hit.retired) for hit in found("华信科技", table(rows))] == [
        ("C3", False),
        ("C1", True),
        ("C2", True),
    ]
    assert found("c1", table(rows))[0].key == "C1"


def test_a_name_in_two_columns_is_one_name() -> None:
    book = table(
        [
            {"customer_id": "C1", "first_name": "Grace", "last_name": "Hopper"},
            {"customer_id": "C2", "first_name": "小明", "last_name": "王"},
        ]
    )
    assert [(hit.key, hit.value, band(hit.score)) for hit in found("grace hopper", book)] == [
        ("C1", "Grace Hopper", "sure")
    ]
    assert [(hit.key, hit.value, band(hit.score)) for hit in found("王小明", book)] == [("C2", "王小明", "sure")]


@pytest.mark.parametrize(
    ("character", "expected"),
    [
        ("重", {"zhong", "chong"}),
        ("长", {"chang", "zhang"}),
        ("单", {"dan", "shan", "chan"}),
        ("吕", {"lv", "lu"}),
        ("略", {"lve", "lue"}),
        ("华", {"hua"}),
    ],
)
def test_readings(character: str, expected: set[str]) -> None:
    assert expected <= set(readings(character))
    assert all(each.isascii() and each.isalpha() for each in readings(character))


def test_what_is_no_chinese_character_has_no_reading() -> None:
    assert readings("a") == readings("。") == readings("의") == ()


def test_letters_that_could_be_parted_in_thousands_of_ways_are_looked_up_at_once() -> None:
    # Every letter of this is a syllable: without a bound the ways to part it double with each.
    begun, whole = patterns("a" * 40, ["阿啊安"])
    assert begun
    assert begun.search("阿" * 40)
    assert whole
    assert whole.search("阿" * 40)
    assert patterns("a" * 41, ["阿"]) == (None, None)
    assert patterns("a", ["阿"]) == (None, None)
