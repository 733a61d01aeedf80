"""Two customers among sixty others: what each comparator must know, and must not fall for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.properties.drawn_customers import Row, keyed, matched, pairs_by_key, strangers

CASES = yaml.safe_load((Path(__file__).parents[2] / "cases" / "match_spec.yml").read_text("utf-8"))
OTHERS = strangers(77, 60)
RIGHT = {"found": {"sure", "review"}, "not_sure": {"review", "none"}}


def band(left: Row, right: Row) -> str:
    found = pairs_by_key(matched(keyed([left, right, *OTHERS])))
    return found.get(frozenset(("K00001", "K00002")), (0.0, "none"))[1]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_band(case: dict[str, Any]) -> None:
    left, right = ({name: str(value) for name, value in case[side].items()} for side in ("left", "right"))
    expected = RIGHT.get(case["band"], {case["band"]})
    assert band(left, right) in expected
