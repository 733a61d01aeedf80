"""Whose records a sheet holds: only what is certain."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from crmsheet.clean.columns import clean_table
from crmsheet.core.context import Context
from crmsheet.match.sheet_owners import with_owners
from crmsheet.schema.binding import bind
from tests.unit.schema.made import SCHEMA, opened, sheet

HEAD = ["客户名称", "手机", "行业"]


def book(*names, owners=None):
    """A sheet of customers for each name, two rows each; `owners` are the cells of an owner column."""
    head = [*HEAD, "负责人"] if owners else HEAD
    sheets = []
    for number, name in enumerate(names):
        mine = owners[number] if owners else ("", "")
        rows = [
            [f"{name}客户{at}", f"1390000{number}{at:03}", "x", owner or None][: len(head)]
            for at, owner in enumerate(mine)
        ]
        sheets.append(sheet(name, [head, *rows]))
    return bind(opened(*sheets), SCHEMA).book.tables["customers"]


def owners(table, staff=()):
    return [part.owner for part in with_owners(table, SCHEMA, frozenset(staff)).table.parts]


@pytest.mark.parametrize("names", [("张三", "李四"), ("王小明", "欧阳娜娜"), ("张三的客户", "李四客户表")])
def test_sheets_that_are_named_like_people_tell_the_owner(names):
    found = with_owners(book(*names), SCHEMA, frozenset())
    assert found.table.told_by_sheet == "owner"
    assert "owner" not in found.table.columns
    assert [each.rule for each in found.findings] == ["CRM106"]
    cleaned = clean_table(
        found.table, SCHEMA.tables["customers"], Context(dt.date(2024, 6, 1)), retype_dates=True
    ).table
    wanted = [name.removesuffix("表").removesuffix("客户").removesuffix("的") for name in names for _ in range(2)]
    assert cleaned.values["owner"].tolist() == wanted


@pytest.mark.parametrize(
    "names",
    [
        ("一月", "二月"),
        ("2024-01", "2024-02"),
        ("Sheet1", "Sheet2"),
        ("江苏", "安徽"),
        ("华东", "华南"),
        ("石油", "包装", "金属"),
        ("张三", "Sheet2"),
        ("成交", "高"),
    ],
)
def test_other_names_tell_nothing(names):
    found = with_owners(book(*names), SCHEMA, frozenset())
    assert found.table.told_by_sheet == ""
    assert len(found.findings) == 0
    assert not any(owners(found.table))


def test_the_staff_are_people_whatever_they_are_called():
    assert owners(book("Anna", "Bob"), staff=("Anna", "Bob")) == ["Anna", "Bob"]
    assert owners(book("Anna", "Bob"), staff=("Anna",)) == ["", ""]


def test_an_owner_column_counts_and_the_name_only_where_it_is_one_of_them():
    table = book("甲组", "李四", "乙组", owners=[("张三", "张三"), ("李四", "张三"), ("李四", "张三")])
    found = with_owners(table, SCHEMA, frozenset())
    assert found.table.told_by_sheet == ""
    assert owners(table) == ["张三", "李四", ""]


def test_a_table_without_owners_is_left_as_it_is():
    table = replace(book("张三", "李四"), name="behaviour")
    found = with_owners(table, SCHEMA, frozenset())
    assert found.table is table
