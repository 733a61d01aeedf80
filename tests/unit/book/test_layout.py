"""The header is found below whatever people write above it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
import yaml

from crmsheet.book.header import find_header
from crmsheet.core.cells import Formula, column_letters

CASES = yaml.safe_load((Path(__file__).parents[2] / "cases" / "headers.yml").read_text(encoding="utf-8"))
KNOWN = frozenset({"客户名称", "电话", "邮箱", "级别", "姓名"})


def frame(rows: list[list[object]], first: int = 1) -> pd.DataFrame:
    width = max(map(len, rows), default=0)
    letters = [column_letters(each) for each in range(1, width + 1)]
    return pd.DataFrame(rows, index=range(first, first + len(rows)), columns=letters, dtype=object)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_header(case):
    assert find_header(frame(case["rows"]), KNOWN.__contains__) == case["header"]


def test_the_number_is_the_sheets_own():
    cells = frame([["客户名称", "电话"], ["甲", "1"]], first=1)
    cells.index = pd.Index([7, 1048576])
    assert find_header(cells, KNOWN.__contains__) == 7


def test_labels_that_formulas_show():
    cells = frame([[Formula("B9", "客户名称"), Formula("B10", "电话")], ["甲", "1"]])
    assert find_header(cells, KNOWN.__contains__) == 1


def test_only_the_top_is_looked_at():
    rows: list[list[object]] = [["x", "y", "z"]] * 30 + [["客户名称", "电话", "邮箱"]]
    assert find_header(frame(rows), KNOWN.__contains__) is None
    assert find_header(frame(rows[1:]), KNOWN.__contains__) == 30
