"""Pairs of customers and their band, alone in a book, and the sure ones among two hundred others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.unit.match.books import found_in, strangers, table

CASES = yaml.safe_load((Path(__file__).parents[2] / "cases" / "match_pairs.yml").read_text("utf-8"))
OTHERS = [{key: value for key, value in row.items() if key != "customer_id"} for row in strangers(200, 11, hard=False)]


def band(rows: list[dict[str, Any]]) -> str:
    """The band of the pair of the first two rows."""
    matches = found_in(table(rows))
    mine = matches.pairs[(matches.pairs["left_row"] == 2) & (matches.pairs["right_row"] == 3)]
    return str(mine["band"].iat[0]) if len(mine) else "none"


def expected(case: dict[str, Any]) -> list[str]:
    return case["band"] if isinstance(case["band"], list) else [case["band"]]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_band_alone(case: dict[str, Any]) -> None:
    assert band([case["left"], case["right"]]) in expected(case)


@pytest.mark.parametrize("case", [each for each in CASES if each["band"] == "sure"], ids=lambda case: case["case"])
def test_sure_among_others_and_the_other_way_round(case: dict[str, Any]) -> None:
    assert band([case["right"], case["left"], *OTHERS]) == "sure"
