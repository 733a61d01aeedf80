"""Laws of reading a layout: whatever a sheet holds, no filled row is lost, and none is two things."""

from __future__ import annotations

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from crmsheet.book.blocks import ASIDE
from crmsheet.book.layout.reading import read_layout
from crmsheet.core.book import Sheet
from crmsheet.core.cells import CellError, Formula, column_letters

LABELS = ("客户名称", "电话", "邮箱", "联系人", "姓名", "金额")
CELLS = st.one_of(
    st.none(),
    st.sampled_from((*LABELS, "合计", "小计", "Total", "制表人：王芳", "备注：无", "示例", "元", "必填", " ", "")),
    st.sampled_from(
        (1.0, True, "13912345678", "甲公司", Formula("SUM(A1:A2)", 3.0), Formula("A1", "电话"), CellError("#N/A"))
    ),
)
ROWS = st.lists(st.one_of(st.lists(CELLS, max_size=7), st.just(list(LABELS[:5])), st.just([])), max_size=14)


@st.composite
def areas(draw):
    """Merged cells, also such that reach out of the sheet or lie on each other."""
    top, left = draw(st.integers(1, 14)), draw(st.integers(1, 7))
    bottom, right = top + draw(st.integers(0, 3)), left + draw(st.integers(0, 3))
    return f"{column_letters(left)}{top}:{column_letters(right)}{bottom}"


@given(ROWS, st.lists(areas(), max_size=3), st.integers(1, 40))
@settings(max_examples=300, deadline=None)
def test_every_filled_row_is_one_thing(rows, merged, step):
    width = max(map(len, rows), default=0)
    filled = [[*row, *[None] * (width - len(row))] for row in rows]
    numbers = range(1, 1 + step * len(rows), step)
    letters = [column_letters(at) for at in range(1, width + 1)]
    cells = pd.DataFrame(filled, index=numbers, columns=letters, dtype=object)
    layout = read_layout(Sheet("客户", cells, merged=tuple(merged)), LABELS.__contains__)
    if not layout.blocks:
        return
    told = [{*each.header_rows, *each.rows, *each.aside} for each in layout.blocks]
    content = {
        at for at, row in zip(numbers, rows, strict=True) if any(cell is not None and str(cell).strip() for cell in row)
    }
    assert content <= set(layout.aside).union(*told)
    for each in layout.blocks:
        assert len(each.header_rows) + len(each.rows) + len(each.aside) == len(
            {*each.header_rows, *each.rows, *each.aside}
        )
        assert list(each.rows) == sorted(each.rows)
        assert set(each.headers) <= set(each.columns)
        assert set(each.aside.values()) <= set(ASIDE)
        assert {row for row, _ in each.covered} <= set(each.rows)
        assert (each.confidence < 0.6) == bool(each.doubts)
    assert set(layout.aside).isdisjoint(set().union(*told))
