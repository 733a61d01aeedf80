"""Cells compare by type and value; places read as spreadsheets write them."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmsheet.core.cells import CellError, CellRef, Formula, column_letters, column_number, same_cell, split_a1


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        (1, 1.0, True),
        (True, 1, False),
        (1, True, False),
        (False, 0, False),
        (True, True, True),
        ("1", 1, False),
        ("", None, True),
        (None, None, True),
        (float("nan"), None, True),
        (dt.date(2024, 1, 5), dt.datetime(2024, 1, 5), True),
        (dt.datetime(2024, 1, 5, 9), dt.date(2024, 1, 5), False),
        (dt.date(2024, 1, 5), "2024-01-05", False),
        (CellError("#N/A"), "#N/A", False),
        (CellError("#N/A"), CellError("#N/A"), True),
        (Formula("A1", 3), 3, False),
        (Formula("A1", 3), Formula("A1", 3), True),
    ],
)
def test_sameness(left, right, same):
    assert same_cell(left, right) is same
    assert same_cell(right, left) is same


@given(st.integers(1, 16384))
def test_letters_and_numbers_are_each_others_inverse(number):
    assert column_number(column_letters(number)) == number


def test_places():
    assert column_letters(16384) == "XFD"
    assert split_a1("$b$12") == ("B", 12)
    assert str(CellRef("客户", 17, "D", "mobile")) == "客户!D17 (mobile)"
    assert str(CellRef("客户", 17, "D")) == "客户!D17"
    for wrong in ("", "12", "B0", "ABCD1", "B1:C2"):
        with pytest.raises(ValueError, match=f"^{wrong}$"):
            split_a1(wrong)
