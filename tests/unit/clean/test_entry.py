"""What a person types for one record, as its sheet would hold it."""

from __future__ import annotations

import datetime as dt

import pytest

from crmsheet.clean.entry import read_entry
from crmsheet.core.context import Context, Settings
from crmsheet.core.errors import DayPast
from crmsheet.schema.binding import bind
from tests.unit.schema.made import SCHEMA, opened, sheet

CONTEXT = Context(dt.date(2026, 11, 28))
HEAD = ["客户编号", "客户名称", "手机", "电话2", "标签", "生命周期阶段", "授信额度(万元)", "创建时间", "下次跟进时间"]
ROWS = [
    ["C1", "甲", "13800138000", None, "a;b", "成交", 5.0, dt.date(2026, 1, 5), None],
    ["C2", "乙", "13900139000", None, "a;c", "潜在", 1.0, None, None],
    ["C3", "丙", None, None, "b;c;d", None, None, None, None],
]
TABLE = bind(opened(sheet("客户", [HEAD, *ROWS])), SCHEMA).book.tables["customers"]


def entered(row=3, *, retype=True, context=CONTEXT, **typed):
    return read_entry(TABLE, SCHEMA.tables["customers"], row, typed, context, retype_dates=retype)


@pytest.mark.parametrize(
    ("field", "typed", "cell"),
    [
        ("mobile", " +86 138 0013-8000", "13800138000"),
        ("stage", "已成交", "成交"),
        ("stage", "won", "成交"),
        ("tags", "x，y", "x;y"),
        ("created_at", "2026年1月5日", dt.date(2026, 1, 5)),
        ("created_at", "昨天", dt.date(2026, 11, 27)),
        ("next_contact_at", "下周三", dt.date(2026, 12, 2)),
        ("next_contact_at", "12-05", dt.date(2026, 12, 5)),
        ("do_not_contact", "是", "是"),
        ("age", "38", 38),
        ("city", "", None),
        ("city", "  ", None),
        ("mobile", "无", None),
        ("city", "长沙", "长沙"),
    ],
)
def test_a_text_is_spelt_as_its_column_is(field, typed, cell):
    entry = entered(**{field: typed})
    assert len(entry.refused) == 0
    assert (entry.cells[field], type(entry.cells[field])) == (cell, type(cell))


def test_a_csv_book_holds_canonical_text():
    entry = entered(created_at="2026/1/5", next_contact_at="明天上午9点", age="38", retype=False)
    assert dict(entry.cells) == {"created_at": "2026-01-05", "next_contact_at": "2026-11-29 09:00", "age": "38"}


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("mobile", "1380013800"),
        ("stage", "哈哈"),
        ("email", "nobody"),
        ("created_at", "12-05"),  # whether it lies ahead, nobody knows
        ("created_at", "5/12/2026"),
        ("created_at", "2026-02-30"),
        ("credit_limit", "viel"),
        ("do_not_contact", "vielleicht"),
    ],
)
def test_what_cannot_be_read_is_refused_at_its_place(field, typed):
    (finding,) = entered(city="长沙", **{field: typed}).refused
    assert (finding.field, finding.row, finding.value) == (field, 3, typed)
    assert finding.column == TABLE.columns.get(field, "")


def test_an_order_of_day_and_month_that_is_set_is_followed():
    ordered = Context(CONTEXT.today, settings=Settings(date_order="dmy"))
    assert entered(created_at="5/12/2026", context=ordered).cells["created_at"] == dt.date(2026, 12, 5)


def test_a_promise_in_the_past_is_an_error():
    with pytest.raises(DayPast):
        entered(next_contact_at="2026-01-05")


def test_a_new_row_is_read_like_an_old_one_and_the_table_stays_as_it_was():
    before = TABLE.cells.copy()
    entry = entered(99, name="丁　公司", tags="p，q")
    assert dict(entry.cells) == {"name": "丁 公司", "tags": "p;q"}
    assert entry.table.values.index.tolist() == [99]
    assert TABLE.cells.equals(before)


def test_a_number_in_a_column_of_another_region_stands_as_it_was_typed():
    """The column is left alone until the region is set right; what is typed into it must not vanish."""
    numbers = [f"({area}) 555-01{at}" for area in (215, 619, 305, 503, 312, 404) for at in (14, 41, 76)]
    rows = [[f"C{at}", f"甲{at}", number] for at, number in enumerate(numbers)]
    table = bind(opened(sheet("客户", [HEAD[:3], *rows])), SCHEMA).book.tables["customers"]
    entry = read_entry(table, SCHEMA.tables["customers"], 3, {"mobile": "(214) 555-0102"}, CONTEXT, retype_dates=True)
    assert entry.cells == {"mobile": "(214) 555-0102"}
    assert entry.said.column("rule") == ["CRM214"]
    assert len(entry.refused) == 0
