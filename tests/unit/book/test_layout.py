"""The header is found below whatever people write above it; what the cells leave open is asked."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
import yaml

from crmsheet.book.blocks import Pin
from crmsheet.book.layout.reading import read_layout
from crmsheet.core.book import Sheet
from crmsheet.core.cells import Formula, column_letters

CASES = yaml.safe_load((Path(__file__).parents[2] / "cases" / "headers.yml").read_text(encoding="utf-8"))
KNOWN = frozenset({"客户名称", "电话", "邮箱", "级别", "姓名", "联系人", "金额"})


def frame(rows: list[list[object]], first: int = 1) -> pd.DataFrame:
    width = max(map(len, rows), default=0)
    letters = [column_letters(each) for each in range(1, width + 1)]
    filled = [[*row, *[None] * (width - len(row))] for row in rows]
    return pd.DataFrame(filled, index=range(first, first + len(rows)), columns=letters, dtype=object)


def layout(*rows, pin=None, merged=(), first=1):
    return read_layout(Sheet("客户", frame(list(rows), first), merged=merged), KNOWN.__contains__, pin)


def only(*rows, **more):
    (block,) = layout(*rows, **more).blocks
    return block


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_header(case):
    found = layout(*case["rows"])
    assert (found.blocks[0].header_row if found.blocks else None) == case["header"]


def test_the_number_is_the_sheets_own():
    cells = frame([["客户名称", "电话"], ["甲", "1"]])
    cells.index = pd.Index([7, 1048576])
    (block,) = read_layout(Sheet("客户", cells), KNOWN.__contains__).blocks
    assert (block.header_rows, block.rows) == ((7,), (1048576,))


def test_labels_that_formulas_show():
    block = only([Formula("B9", "客户名称"), Formula("B10", "电话")], ["甲", "1"])
    assert block.headers == {"A": "客户名称", "B": "电话"}


def test_only_the_top_is_looked_at():
    rows: list[list[object]] = [["x", "y", "z"]] * 30 + [["客户名称", "电话", "邮箱"], ["甲", "1", "2"]]
    assert layout(*rows).blocks == ()
    assert only(*rows[1:]).header_row == 30


def test_groups_above_and_labels_merged_down():
    block = only(
        ["客户名称", "联系人", None, "级别"],
        [None, "姓名", "电话", None],
        ["甲", "a", "1", "A"],
        merged=("A1:A2", "B1:C1", "D1:D2"),
    )
    assert block.header_rows == (1, 2)
    assert block.headers == {"A": "客户名称", "B": "姓名", "C": "电话", "D": "级别"}
    assert block.groups == {"B": "联系人", "C": "联系人"}
    assert (block.rows, block.confidence) == ((3,), 1.0)


def test_a_cell_merged_over_records_is_covered():
    block = only(["客户名称", "姓名", "电话"], ["甲", "a", "1"], [None, "b", None], merged=("A2:A3",))
    assert block.covered == {(3, "A"): (2, "A")}
    assert block.rows == (2, 3)


def test_a_row_that_only_merged_cells_reach_is_no_record():
    block = only(
        ["客户名称", "姓名", "电话"], ["甲", "a", "1"], [None, None, None], ["乙", "b", "2"], merged=("A2:A3",)
    )
    assert (block.rows, block.covered) == ((2, 4), {})


def test_two_tables_have_their_own_rows():
    found = layout(
        ["客户名称", "电话", "级别", None, "姓名", "邮箱"],
        ["甲", "1", "A", None, "a", "x"],
        ["乙", "2", "B", None, "b", "y"],
        [None, None, None, None, "c", "z"],
        ["丙", "3", "B", None, "d", "w"],
        [None, None, None, None, "e", "w"],
    )
    assert [(each.columns[0], each.columns[-1], each.rows) for each in found.blocks] == [
        ("A", "C", (2, 3, 5)),
        ("E", "F", (2, 3, 4, 5, 6)),
    ]


def test_another_header_in_the_middle_begins_another_table():
    found = layout(["客户名称", "电话", "级别"], ["甲", "1", "A"], [], ["姓名", "电话", "邮箱"], ["a", "1", "x"])
    assert [each.header_row for each in found.blocks] == [1, 4]


def test_a_firm_in_the_middle_that_may_be_a_total_is_asked():
    block = only(["客户名称", "电话", "金额"], ["甲", "1", 5.0], ["Total", None, 5.0], ["乙", "2", 6.0])
    assert (block.rows, block.aside) == ((2, 4), {3: "total"})
    assert [(each.about, each.row) for each in block.doubts] == [("rows", 3)]


@pytest.mark.parametrize(
    "word", ["合计", "合　计：", "小计", "华东区小计", "共计：12 家", "Grand Total", "Acme Subtotal"]
)
def test_totals(word):
    block = only(
        ["客户名称", "电话", "金额"], ["甲", "1", 5.0], [word, None, 5.0], ["乙", "2", 6.0], ["总计", None, 11.0]
    )
    assert block.aside == {3: "total", 5: "total"}


def test_the_word_for_a_total_behind_its_group():
    block = only(
        ["姓名", "客户名称", "电话", "金额"], ["a", "甲", "1", 5.0], ["a", "小计", None, 5.0], ["b", "乙", "2", 1.0]
    )
    assert block.aside == {3: "total"}


@pytest.mark.parametrize(
    "name", ["Total Energies", "合计划科技有限公司", "总计数码公司", "Sundry, Bits and Pieces Ltd."]
)
def test_firms_whose_names_sound_like_something_else(name):
    block = only(["客户名称", "电话", "邮箱", "级别"], ["甲", "1", "x", "A"], [name, None, None, None])
    assert (block.rows, block.doubts) == ((2, 3), ())


def test_a_name_alone_after_an_empty_row_is_asked():
    block = only(["客户名称", "电话", "邮箱"], ["甲", "1", "x"], ["乙", "1", "x"], [], ["以后再说"])
    assert (block.rows, block.aside, block.doubts[0].row) == ((2, 3), {5: "note"}, 5)
    assert only(["客户名称", "电话", "邮箱"], ["甲", "1", "x"], [], ["张三"], pin=Pin(last=4)).rows == (2, 4)


def test_without_header_a_row_of_values_is_asked():
    found = layout(["甲公司", "13912345678"], ["乙公司", "13812345678"])
    assert (found.blocks, [each.about for each in found.doubts]) == ((), ["header"])
    assert layout(["x", "y"], ["z", "u"]).doubts == ()


def test_labels_below_each_other_are_asked():
    found = layout(["客户名称", "甲", "乙"], ["电话", "1", "2"], ["邮箱", "x", "y"])
    assert (found.blocks, [each.about for each in found.doubts]) == ((), ["transposed"])


def test_gaps_below_a_name_are_asked_and_filled_when_settled():
    rows = [["客户名称", "姓名", "电话"], ["甲", "a", "1"], [None, "b", "2"], ["乙", "c", "3"], [None, "d", "4"]]
    asked = only(*rows)
    assert ([each.about for each in asked.doubts], asked.confidence) == (["fill"], 0.5)
    settled = only(*rows, pin=Pin(fill=("A",)))
    assert (settled.doubts, settled.covered) == ((), {(3, "A"): (2, "A"), (5, "A"): (4, "A")})


class TestPins:
    ROWS = (["客户名称", "电话", "级别"], ["甲", "1", "A"], ["名字", "号码", "x"], ["乙", "2", "B"], ["丙", "3", "B"])

    def test_the_header_is_where_the_user_says(self):
        block = only(*self.ROWS, pin=Pin(header=(3,)))
        assert (block.header_rows, block.headers, block.rows) == ((3,), {"A": "名字", "B": "号码", "C": "x"}, (4, 5))

    def test_of_several_rows(self):
        block = only(["组", None], ["名字", "号码"], ["甲", "1"], pin=Pin(header=(1, 2)), merged=("A1:B1",))
        assert (block.header_rows, block.groups, block.rows) == ((1, 2), {"A": "组", "B": "组"}, (3,))

    def test_no_table(self):
        assert layout(*self.ROWS, pin=Pin(header=(0,))).blocks == ()

    def test_an_empty_row_is_no_header(self):
        assert layout(*self.ROWS, pin=Pin(header=(9,))).blocks == ()

    def test_the_last_record(self):
        block = only(*self.ROWS, pin=Pin(last=4))
        assert (block.rows, block.aside) == ((2, 3, 4), {5: "note"})
