"""Runs tests/cases/bind_headers.yml, and what the cases cannot say."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from crmsheet.core.cells import Formula, column_letters
from crmsheet.core.errors import NothingBound
from crmsheet.core.messages import Speech
from crmsheet.schema.binding import bind
from tests.unit.schema.made import SCHEMA, opened, sheet

CASES = yaml.safe_load((Path(__file__).parents[2] / "cases" / "bind_headers.yml").read_text("utf-8"))
ENGLISH = Speech("en", str)


def bound(*sheets):
    return bind(opened(*sheets), SCHEMA)


def one(*rows, name="客户", **more):
    """The only table of a book of one sheet, and the findings."""
    found = bound(sheet(name, rows, **more))
    (table,) = found.book.tables.values()
    return table, found.findings


def say(findings):
    return [ENGLISH.say(each.text) for each in findings]


@pytest.mark.parametrize("case", CASES["cases"], ids=lambda case: case["name"])
def test_case(case):
    found = bound(*(sheet(name, rows) for name, rows in case["sheets"].items()))
    read = {}
    for name, table in found.book.tables.items():
        fields = {letters: field for field, letters in table.columns.items()}
        width = len(next(iter(case["tables"].get(name, {"": ()}).values())))
        read[name] = {table.sheet: [fields.get(column_letters(at)) for at in range(1, width + 1)]}
    assert read == case["tables"]
    assert list(found.book.untouched) == case.get("untouched", [])
    assert [f"{each.rule} {each.cell or each.row}" for each in found.findings] == case.get("findings", [])
    if "lang" in case:
        assert found.book.lang == case["lang"]
        assert {table.lang for table in found.book.tables.values()} == {case["lang"]}


@pytest.mark.parametrize("rows", CASES["nothing"], ids=str)
def test_what_is_no_book_of_ours(rows):
    with pytest.raises(NothingBound) as caught:
        bound(sheet("one", rows), sheet("two", rows))
    assert caught.value.facts["sheets"] == "one、two"


def test_rows_keep_their_numbers_and_empty_ones_go():
    table, _ = one(["客户名称", "手机"], ["a", 1.0], [None, None], ["  ", None], ["b", None], [None, "x"])
    assert list(table.cells.index) == [2, 5, 6]
    assert table.header_row == 1
    assert table.values.shape == (3, 0)
    assert list(table.values.index) == [2, 5, 6]


def test_totals_and_remarks_at_the_end_are_no_records():
    header = ["客户名称", "日期", "产品", "金额"]
    table, findings = one(
        header,
        ["a", "1/5", "x", 5.0],
        ["小计", None, None, 5.0],
        ["b", "1/6", "y", 6.0],
        ["合 计：", None, None, Formula("SUM(D2:D4)", 11.0)],
        ["制表人：王芳", None, None, None],
        name="交易记录",
    )
    assert list(table.cells.index) == [2, 4]
    assert [(each.rule, each.row) for each in findings] == [("CRM107", 3), ("CRM107", 5), ("CRM107", 6)]
    assert say(findings)[0] == "row 3 is a total or a remark, not a record: it is left out and not touched"


def test_a_customer_called_total_is_a_record():
    rows = [
        ["Customer name", "Phone", "Sales"],
        ["Total", "010-62345678", 5.0],
        ["Acme", None, 6.0],
        ["Total", "x", 1.0],
    ]
    table, findings = one(*rows)
    assert list(table.cells.index) == [2, 3, 4]
    assert [each.rule for each in findings] == []


def test_a_header_in_the_middle_is_no_record():
    table, findings = one(
        ["客户名称", "手机", "邮箱"], ["a", "1", "x"], ["客户名称", "手机", None], ["客户名称", "2", "y"]
    )
    assert list(table.cells.index) == [2, 4]
    assert [(each.rule, each.row) for each in findings] == [("CRM108", 3)]


@pytest.mark.parametrize(
    ("header", "factor"),
    [
        ("金额（万元）", 10_000.0),
        ("金额(单位：千元)", 1_000.0),
        ("金额/万元", 10_000.0),
        ("金额(亿)", 1e8),
        ("Amount (k)", 1_000.0),
    ],
)
def test_a_unit_in_the_header_is_a_factor(header, factor):
    table, _ = one(["客户名称", "日期", header], name="交易记录")
    assert table.units == {"amount": factor}


def test_a_unit_of_one_and_units_of_text_say_nothing():
    table, _ = one(["客户名称", "日期", "金额(元)", "备注(万元)"], name="交易记录")
    assert (table.units, "notes" in table.columns) == ({}, True)


def test_percent_in_the_header_is_a_hundredth():
    table, _ = one(["客户名称", "商机名称", "成交概率(%)"], name="商机")
    assert table.units == {"probability": 0.01}


def test_hidden_rows_are_those_of_records():
    table, _ = one(["客户名称", "手机"], ["a", 1.0], ["b", 2.0], hidden=frozenset({1, 3, 9}))
    assert table.hidden == frozenset({3})


def test_a_formula_in_the_header_counts_as_what_it_shows():
    table, _ = one(["客户名称", Formula('"手"&"机"', "手机")], ["a", 1.0])
    assert table.columns == {"name": "A", "mobile": "B"}


def test_unknown_columns_are_told_in_one_line():
    _, findings = one(["客户名称", "手机", "车型", "牌照"], ["a", 1.0, "x", "y"])
    assert say(findings) == ["columns that are kept as they are and not checked: 车型、牌照"]


def test_a_missing_column_is_named_by_its_label():
    _, findings = one(["客户编号", "手机", "行业"], ["a", 1.0, "x"])
    assert say(findings) == [
        "no column for Customer name: add one with this header, or give an existing column this header"
    ]
    assert Speech("zh", str).say(next(iter(findings)).text).startswith("no column for 客户名称:")


def test_a_copy_of_a_sheet_is_told_where_the_table_is_read_from():
    rows = [["客户", "日期", "产品", "金额"], ["a", "1/5", "x", 5.0]]
    found = bound(sheet("一月", rows), sheet("二月", rows))
    assert found.book.tables["transactions"].sheet == "一月"
    assert found.book.untouched == ("二月",)
    (said,) = say(found.findings)
    assert said.startswith(
        "二月 looks like Transactions too, which is read from 一月, and is left out: most of its records "
    )
    assert 'write table = "transactions" under [layout."二月"] in crmsheet.toml' in said


def test_real_headers_of_other_programs_find_their_fields(real_data):
    """Vendors' export headers: what is required of a customer book is found in each that names the customer."""
    wanted = {
        "hubspot_companies.csv": ("customers", {"customer_id", "name", "owner", "website", "created_at"}),
        "jobber_clients_header.csv": ("customers", {"name", "email", "city", "postal_code"}),
        "salesforce_leads.csv": ("leads", {"lead_id", "first_name", "last_name", "company", "status", "owner"}),
        "pipedrive_activities.csv": ("interactions", {"at", "summary", "channel", "customer_name", "owner"}),
        "outlook_desktop_export_sample.csv": ("customers", {"name", "mobile", "email", "email#2", "website"}),
    }
    for file, (table, fields) in wanted.items():
        rows = (real_data / "crm_imports" / file).read_text("utf-8-sig").splitlines()
        found = bound(sheet(Path(file).stem, [rows[0].split(",")]))
        assert set(found.book.tables) == {table}, file
        assert fields <= set(found.book.tables[table].columns), file
