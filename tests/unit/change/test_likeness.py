"""When cells say the same though they are not equal."""

import datetime as dt

import pytest

from crmsheet.change.likeness import looks_alike, same_formula
from crmsheet.core.cells import CellError, Formula

NAMES = {"A": "编号", "B": "单价", "C": "数量", "D": "金额"}
MOVED = {"A": "编号", "B": "新列", "C": "单价", "D": "数量", "E": "金额"}


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("B5*C5", "B6*C6", True),
        ("B5*C5", "B6*C7", False),
        ("B5*$B$1", "B6*$B$1", True),
        ("B5*B$1", "B6*B$2", False),
        ('IF(B5="B5",1,2)', 'IF(B6="B5",1,2)', True),
        ('IF(B5="B5",1,2)', 'IF(B6="B6",1,2)', False),
        ("LOG10(B5)", "LOG10(B6)", True),
        ("Sheet2!A5", "Sheet2!A6", False),
        ("SUM(B5:C5)", "SUM(B6:C6)", True),
    ],
)
def test_formulas_are_seen_from_their_own_row(old, new, same):
    assert same_formula(old, new, (5, NAMES), (6, NAMES)) is same


def test_an_inserted_column_is_no_change_of_formulas():
    assert same_formula("B5*C5", "C5*D5", (5, NAMES), (5, MOVED))
    assert not same_formula("B5*C5", "B5*D5", (5, NAMES), (5, MOVED))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12.0), ("1,200.00", 1200), ("12.35", 12.3456), ("-5", -5.0), ("(5)", -5), ("12%", 0.12), ("¥3", 3.0),
        ("TRUE", True), ("2026-01-05", dt.date(2026, 1, 5)), ("2026/1/5", dt.date(2026, 1, 5)),
        ("5/1/2026", dt.date(2026, 1, 5)), ("2026年1月5日", dt.date(2026, 1, 5)),
        ("2026-01-05 14:30", dt.datetime(2026, 1, 5, 14, 30)), ("#N/A", CellError("#N/A")), ("12", Formula("A1", 12.0)),
        ("a\nb", "a\r\nb"), ("", None),
    ],
)  # fmt: skip
def test_text_looks_like_a_value(text, value):
    assert looks_alike(text, value)
    assert looks_alike(value, text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("13", 12.0), ("12", 12.4), ("12.35", 12.36), ("1", True), ("2026-05-01", dt.date(2026, 1, 5)), ("x", None),
        ("2026-01-05", dt.date(2026, 1, 6)), ("a", "b"), ("nan", 0.0),
    ],
)  # fmt: skip
def test_text_looks_unlike_a_value(text, value):
    assert not looks_alike(text, value)
    assert not looks_alike(value, text)


def test_two_values_are_never_only_alike():
    assert not looks_alike(1, True)
    assert not looks_alike(1.0, dt.date(1900, 1, 1))
