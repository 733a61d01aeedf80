"""Levels of two records, comparison by comparison, and birthdays in parts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from crmsheet.match.duplicates import pair_of
from crmsheet.match.prepared import prepare
from crmsheet.match.weights import Level, weights

CASES = yaml.safe_load((Path(__file__).parents[2] / "cases" / "match_levels.yml").read_text("utf-8"))


def levels(left: dict[str, Any], right: dict[str, Any]) -> dict[str, str]:
    values = pd.DataFrame([left, right]).astype("str")
    values = values.where(pd.DataFrame([left, right]).notna())
    scored = pair_of(prepare(values, ["a", "b"]), 0, 1, weights())
    return {name: Level(int(each.levels[0])).name for name, each in scored.compared.items()}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['left']} {case['right']}")
def test_levels(case: dict[str, Any]) -> None:
    (name, level), *_ = [(key, value) for key, value in case.items() if key not in ("left", "right")]
    for ours, theirs in ((case["left"], case["right"]), (case["right"], case["left"])):
        assert levels(ours, theirs).get(name, "missing") == level


def test_a_birthday_in_three_columns_is_that_of_one() -> None:
    parts = {"name": "a", "birth_year": "1994", "birth_month": "5", "birth_day": "16"}
    assert levels(parts, {"name": "b", "birthday": "1994-05-16"})["birthday"] == "same"
    assert levels({"name": "a", "birth_year": "1994"}, {"name": "b", "birthday": "1994-05-16"})["birthday"] == "part"
