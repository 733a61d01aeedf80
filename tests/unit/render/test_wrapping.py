"""Lines fit their width, lose nothing, and break where a reader would."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from crmsheet.render.wrapping import NARROWEST, shared_widths, wrapped

TEXTS = st.text(alphabet="客户手机号，。；：（）「」ab1-@.$ €é ", max_size=60)


@given(TEXTS, st.integers(2, 40))
def test_lines_fit_and_lose_only_space(text, width):
    lines = wrapped(text, width)
    assert all(cell_len(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 10, [""]),
        ("手机号少了 1 位，请向客户核实", 10, ["手机号少了", "1 位，请向", "客户核实"]),
        ("电话列里填了别的，内容", 16, ["电话列里填了别", "的，内容"]),
        ("no such day in the calendar", 12, ["no such day", "in the", "calendar"]),
        ("zhang.wei.sales@example.com", 10, ["zhang.wei.", "sales@exam", "ple.com"]),
    ],
)
def test_where_lines_break(text, width, lines):
    assert wrapped(text, width) == lines


@given(st.lists(st.integers(1, 90), min_size=1, max_size=12), st.integers(1, 200))
def test_columns_share_the_room(natural, room):
    widths = shared_widths(natural, room)
    if widths is None:
        assert sum(min(wish, NARROWEST + 1) for wish in natural) > room
        return
    assert sum(widths) <= room
    assert all(width <= wish for width, wish in zip(widths, natural, strict=True))
    assert sum(natural) > room or widths == natural
    assert all(width == wish or width > NARROWEST for width, wish in zip(widths, natural, strict=True))
