"""A table of several blocks: row ids and letters, and where they really are."""

from __future__ import annotations

import pandas as pd
import pytest

from crmsheet.core.book import PART_ROWS, Part, Table


def table(*parts: Part) -> Table:
    index = [2, 3, *(number * PART_ROWS + 5 for number in range(1, len(parts)))]
    cells = pd.DataFrame({"A": ["a"] * len(index), "XFE": ["b"] * len(index)}, index=index, dtype=object)
    columns = {"name": "A", "notes": "XFE"}
    return Table("customers", "张三", 1, cells, columns, {}, "customer_id", pd.DataFrame(), parts=parts)


FIRST = Part("张三", 1, {"A": "A"}, last_row=3, free="B")
SECOND = Part("李四", 4, {"A": "C", "XFE": "D"}, last_row=5, free="E")


def test_a_table_of_one_block_counts_as_its_sheet_does():
    made = Table("customers", "客户", 3, pd.DataFrame(), {"name": "B"}, {}, "customer_id", pd.DataFrame())
    assert made.parts == (Part("客户", 3),)
    assert not made.joined
    assert made.place(17, "B") == ("客户", 17, "B")
    assert str(made.ref(17, "name")) == "客户!B17 (name)"
    assert made.row_name(17) == 17
    assert made.title == "客户"


def test_rows_and_letters_of_several_blocks_are_translated():
    made = table(FIRST, SECOND)
    assert made.place(2, "A") == ("张三", 2, "A")
    assert made.place(2, "XFE") == ("张三", 2, "")
    assert made.place(PART_ROWS + 5, "XFE") == ("李四", 5, "D")
    assert made.row_name(PART_ROWS + 5) == "李四!5"
    assert str(made.ref(PART_ROWS + 5, "name")) == "李四!C5 (name)"
    assert made.title == "张三、李四"


def test_a_whole_column_is_where_the_first_block_has_it():
    made = table(FIRST, SECOND)
    assert made.place(0, "A") == ("张三", 0, "A")
    assert made.place(0, "XFE") == ("李四", 0, "D")
    assert made.place(0, "") == ("张三", 0, "")


@pytest.mark.parametrize(
    ("place", "row"),
    [
        (("张三", 2, "A"), 2),
        (("李四", 5, "D"), PART_ROWS + 5),
        (("李四", 5, ""), PART_ROWS + 5),
        (("李四", 6, "D"), 0),
        (("李四", 5, "F"), PART_ROWS + 5),
        (("王五", 5, "D"), 0),
    ],
)
def test_a_place_is_found_back(place, row):
    assert table(FIRST, SECOND).row_at(*place) == row


def test_blocks_beside_each_other_are_told_apart_by_their_letters():
    made = table(Part("客户", 1, {"A": "A"}, 3), Part("客户", 1, {"A": "G", "XFE": "H"}, 5))
    assert made.row_at("客户", 3, "A") == 3
    assert made.row_at("客户", 3, "G") == PART_ROWS + 3
    assert made.row_at("客户", 3, "I") == PART_ROWS + 3  # a column that is added there
    assert made.row_at("客户", 3, "B") == 3
    assert made.row_at("客户", 3) == 0
    assert made.row_at("客户", 5) == PART_ROWS + 5


def test_of_many_sheets_the_first_are_named():
    made = table(*(Part(f"{number}月", 1, {"A": "A"}, 9) for number in range(1, 13)))
    assert made.title == "1月、2月、3月、…"


def test_a_new_column_goes_where_the_first_block_has_room():
    assert table(FIRST, SECOND).next_column() == "B"
    alone = table(Part("张三", 1, None, 3))
    assert alone.next_column() == "B"  # the column beyond all sheets is none of this one
