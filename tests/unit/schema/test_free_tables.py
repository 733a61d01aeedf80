"""Sheets that no schema knows are tables by their headers."""

from pathlib import Path

import pandas as pd
import pytest

from crmsheet.book.blocks import Pin
from crmsheet.book.opened import Opened
from crmsheet.core.book import Sheet, Source
from crmsheet.resources import shipped
from crmsheet.schema import load
from crmsheet.schema.free_tables import described, free_tables, is_free, laid_like
from crmsheet.schema.vocabulary import Vocabulary


def opened(*rows, name="S"):
    letters = [chr(65 + at) for at in range(max(map(len, rows)))]
    cells = pd.DataFrame(
        [[*row, *[None] * (len(letters) - len(row))] for row in rows],
        index=range(1, len(rows) + 1), columns=pd.Index(letters, dtype=object), dtype=object,
    )  # fmt: skip
    return Opened(Source(Path("b.xlsx"), "xlsx", "0"), (Sheet(name, cells),), {})


def the_table(*rows, pins=None):
    (table,) = free_tables(opened(*rows), ["S"], (), pins or {}).values()
    return table


def test_the_header_is_below_titles():
    table = the_table(["2026 年库存表"], [], ["零件", "库存"], ["A", 1.0], [None, None], ["B", 2.0])
    assert (table.header_row, dict(table.columns)) == (3, {"零件": "A", "库存": "B"})
    assert table.cells.index.tolist() == [4, 6]


@pytest.mark.parametrize("rows", [([1.0, 2.0], [3.0, 4.0]), (["a@b.cn", "13800138000"], ["c@d.cn", "13900139000"])])
def test_without_a_header_columns_are_called_by_their_letters(rows):
    table = the_table(*rows)
    assert (table.header_row, dict(table.columns), len(table.cells)) == (0, {"A": "A", "B": "B"}, 2)


def test_doubled_and_missing_headers_are_called_by_their_letters():
    table = the_table(["p", "q", "r", "s", "b", "b", None], ["1", "2", "3", "4", "5", "6", "7"])
    assert list(table.columns) == ["p", "q", "r", "s", "E", "F", "G"]


def test_the_user_settles_the_header():
    table = the_table(["x", "y"], ["零件", "库存"], ["A", "1"], pins={"S": Pin(header=(2,))})
    assert (table.header_row, list(table.columns)) == (2, ["零件", "库存"])


def test_an_empty_sheet_is_no_table_and_names_are_taken_once():
    assert free_tables(opened([None]), ["S"], (), {}) == {}
    assert list(free_tables(opened(["a"], ["b"]), ["S"], ("S",), {})) == ["S_"]


def test_what_a_header_says_is_private_stays_so():
    schema = load(shipped("schemas"))
    table = the_table(["品名", "手机", "银行账号", "备注"], ["a", "b", "c", "d"])
    known = described(table, Vocabulary(schema))
    assert {each.name: each.sensitivity for each in known.fields} == {"手机": "personal", "银行账号": "sensitive"}
    assert not is_free(schema, "customers")
    assert is_free(schema, "S")


def test_an_edited_header_is_still_the_header():
    table = the_table(["零件", "库存"], ["A", 1.0], ["B", 2.0])
    (other,) = opened(["零件", 5.0], ["A", 1.0], ["B", 2.0]).sheets
    assert laid_like(table, other) == Pin(header=(1,))
    (moved,) = opened(["标题"], ["零件", "库存"], ["A", 1.0]).sheets
    assert laid_like(table, moved) == Pin(header=(2,))
    (numbers,) = opened([1.0], [2.0]).sheets
    assert laid_like(the_table([1.0], [2.0]), numbers) == Pin(header=(0,))
