"""Columns of a table: dtypes, formulas, errors, units, repeats, and what CSV and workbooks take."""

import datetime as dt

import pandas as pd

from crmsheet.clean.columns import cards, clean_table, normalisers
from crmsheet.core.book import Table
from crmsheet.core.cells import CellError, Formula, column_letters
from crmsheet.core.context import Context
from crmsheet.core.findings import Severity
from crmsheet.core.schema import KINDS, Field, TableSchema

CONTEXT = Context(today=dt.date(2026, 1, 5))
SCHEMA = TableSchema("customers", {"zh": "客户"}, "key", tuple(Field(kind, {"zh": kind}, kind=kind) for kind in KINDS))


NAMED = TableSchema(
    "customers",
    {"zh": "客户"},
    "key",
    tuple(Field(name, {"zh": name}, kind="person") for name in ("name", "first_name", "last_name")),
)


def clean(columns, retype=True, schema=SCHEMA, context=CONTEXT, **more):
    cells = pd.DataFrame(
        {
            column_letters(n): pd.Series(list(each), dtype=object, index=range(5, 5 + len(each)))
            for n, each in enumerate(columns.values(), 1)
        }
    )
    letters = {name: column_letters(n) for n, name in enumerate(columns, 1)}
    table = Table("customers", "客户", 4, cells, letters, {}, "key", pd.DataFrame(), **more)
    return clean_table(table, schema, context, retype_dates=retype)


def said(cleaned):
    return [(each.rule, each.cell, each.fix.after if each.fix else None) for each in cleaned.findings]


def test_values_have_the_dtypes_of_the_architecture():
    values = clean({kind: [None] for kind in KINDS}).table.values
    kinds = {kind: str(values[kind].dtype) for kind in KINDS}
    special = {"date": "datetime64[us]", "datetime": "datetime64[us]", "integer": "Int64", "bool": "boolean"}
    special |= dict.fromkeys(("money", "number", "percent"), "float64")
    assert kinds == {kind: special.get(kind, "str") for kind in KINDS}
    assert values.index.tolist() == [5]


def test_a_table_without_rows():
    cleaned = clean({"key": [], "phone": [], "date": []})
    assert len(cleaned.table.values) == 0
    assert len(cleaned.findings) == 0


def test_a_finding_names_row_key_cell_and_value():
    cleaned = clean({"key": ["C1", 2.0, "C3"], "phone": ["13800138000", "138 0013 8000", "138 0013 8000"]})
    assert said(cleaned) == [("CRM210", "B6", "13800138000"), ("CRM210", "B7", "13800138000")]
    first = next(iter(cleaned.findings))
    place = (first.table, first.sheet, first.key, first.field, first.value)
    assert place == ("customers", "客户", "2", "phone", "138 0013 8000")
    assert cleaned.table.values["phone"].tolist() == ["+8613800138000"] * 3


def test_findings_follow_columns_then_rows():
    cleaned = clean({"key": ["a ", "b "], "phone": ["１", "010 62345678"]})
    assert [each.cell for each in cleaned.findings] == ["A5", "A6", "B5", "B6"]


def test_a_formula_gives_its_stored_result_and_is_never_rewritten():
    cleaned = clean({"key": ["1", "2"], "phone": [Formula("A1", "138 0013 8000"), Formula("A2", "1380013800")]})
    assert cleaned.table.values["phone"].tolist()[0] == "+8613800138000"
    assert said(cleaned) == [("CRM211", "B6", None)]


def test_formulas_without_result_are_one_line_per_column():
    cleaned = clean({"key": ["1", "2", "3"], "money": [Formula("A1"), Formula("A1"), Formula("B9")]})
    assert cleaned.table.values["money"].isna().all()
    (finding,) = cleaned.findings
    assert (finding.rule, finding.severity, finding.row, finding.column) == ("CRM208", Severity.info, 0, "B")
    assert finding.arguments == {"count": 3}


def test_an_error_value_is_a_finding_and_no_value():
    cleaned = clean({"key": ["1", "2"], "text": [CellError("#N/A"), Formula("1/0", CellError("#DIV/0!"))]})
    assert cleaned.table.values["text"].isna().all()
    assert said(cleaned) == [("CRM207", "B5", None), ("CRM207", "B6", None)]


def test_the_unit_of_the_header_multiplies_the_value_and_not_the_cell():
    cleaned = clean({"key": ["1", "2"], "money": [12.5, "￥3"]}, units={"money": 10000.0})
    assert cleaned.table.values["money"].tolist() == [125000.0, 30000.0]
    assert said(cleaned) == [("CRM240", "B6", 3)]


def test_a_repeated_field_is_read_like_the_field():
    cleaned = clean({"key": ["1"], "phone": ["13800138000"], "phone#2": ["138 0013 8001"]})
    assert cleaned.table.values["phone#2"].tolist() == ["+8613800138001"]
    assert [each.field for each in cleaned.findings] == ["phone#2"]


def test_a_workbook_takes_real_dates_and_numbers():
    cleaned = clean({"key": ["1"], "date": ["2024-01-05"], "money": ["1200.50"], "datetime": ["2024-1-5 9:30"]})
    assert said(cleaned) == [
        ("CRM230", "B5", dt.date(2024, 1, 5)),
        ("CRM240", "C5", 1200.5),
        ("CRM230", "D5", dt.datetime(2024, 1, 5, 9, 30)),
    ]


def test_csv_takes_text_and_leaves_plain_spellings_alone():
    columns = {
        "key": ["1"] * 2,
        "date": ["2024-01-05", "2024.1.5"],
        "money": ["1200.50", "1,200.5"],
        "datetime": ["2024-01-05 09:30:00", "2024-1-5 9:30:15"],
    }
    cleaned = clean(columns, retype=False)
    assert said(cleaned) == [
        ("CRM230", "B6", "2024-01-05"),
        ("CRM240", "C6", "1200.5"),
        ("CRM230", "D6", "2024-01-05 09:30:15"),
    ]
    assert cleaned.table.values["money"].tolist() == [1200.5, 1200.5]


def test_the_other_dates_of_a_column_only_suggest_an_order():
    cleaned = clean({"key": ["1", "2"], "date": ["25/3/2024", "5/1/2024"]})
    assert cleaned.table.values["date"].isna().tolist() == [False, True]
    ambiguous = list(cleaned.findings)[1]
    assert (ambiguous.rule, ambiguous.fix) == ("CRM232", None)
    assert ambiguous.arguments == {"first": "2024-01-05", "second": "2024-05-01", "likely": "2024-01-05"}


def test_far_dates_survive():
    values = clean({"key": ["1"], "date": [dt.date(9999, 12, 31)]}).table.values
    assert str(values["date"].iloc[0].date()) == "9999-12-31"


def test_every_rule_has_one_card():
    codes = [card.code for card in cards()]
    assert codes == sorted(set(codes))
    assert all(code.startswith("CRM2") for code in codes)
    assert set(normalisers()) == set(KINDS)


def test_a_name_in_two_columns_is_a_value_and_no_cell():
    columns = {"first_name": ["Grace", "小明", None, None], "last_name": ["Hopper", "王", "Curie", None]}
    cleaned = clean(columns, schema=NAMED)
    names = cleaned.table.values["name"]
    assert names.tolist()[:3] == ["Grace Hopper", "王小明", "Curie"]
    assert names.isna().tolist() == [False, False, False, True]
    assert "name" not in cleaned.table.columns
    assert said(cleaned) == []


def test_a_name_that_is_there_stays():
    cleaned = clean({"name": ["Ada", None], "first_name": ["A.", "Alan"], "last_name": ["L.", "Turing"]}, schema=NAMED)
    assert cleaned.table.values["name"].tolist() == ["Ada", "Alan Turing"]


AMERICAN = [f"({area}) 555-0{number}" for area in (212, 305, 415, 503, 617, 713) for number in (123, 147, 198)]


def test_numbers_of_another_region_are_one_finding_and_stay():
    cleaned = clean({"phone": [*AMERICAN, "+44 20 7946 0018", "2.12556E+09"]})
    first, *others = cleaned.findings
    assert (first.rule, first.row, first.fix) == ("CRM214", 0, None)
    assert {name: each.template for name, each in first.arguments.items()} == {"likely": "US", "home": "CN"}
    assert [each.rule for each in others] == ["CRM215"]
    values = cleaned.table.values["phone"].tolist()
    assert values[len(AMERICAN)] == "+442079460018"
    assert all(each != each for each in values[: len(AMERICAN)])


def test_with_their_region_set_the_numbers_are_read():
    context = Context(today=dt.date(2026, 1, 5), region="US", lang="en")
    cleaned = clean({"phone": AMERICAN}, context=context)
    assert cleaned.table.values["phone"].tolist()[0] == "+12125550123"
    assert {each.rule for each in cleaned.findings} <= {"CRM210"}


def test_few_numbers_and_numbers_of_two_regions_are_no_evidence():
    few = clean({"phone": AMERICAN[:5]})
    assert "CRM214" not in {each.rule for each in few.findings}
    mixed = clean({"phone": [*AMERICAN[:10], *(f"1380013800{digit}" for digit in range(10))]})
    assert "CRM214" not in {each.rule for each in mixed.findings}


def test_postcodes_of_five_digits_are_no_chinese_ones_in_an_english_book():
    english = Context(today=dt.date(2026, 1, 5), lang="en")
    codes = ["14118", 57838.0, "36101"]
    assert said(clean({"postcode": codes}, context=english)) == []
    assert [rule for rule, *_ in said(clean({"postcode": codes}))] == ["CRM203"] * 3
    some_lost = clean({"postcode": ["100020", "310000", "50000"]}, context=english)
    assert said(some_lost) == [("CRM203", "A7", None)]


def test_tags_keep_the_joint_that_the_book_uses():
    tags = ["a; b", "b; c", "a; c", "a,b", "c/b", "and/or", "c"]
    cleaned = clean({"choices": tags})
    assert said(cleaned) == [("CRM250", "A8", "a; b"), ("CRM250", "A9", "c; b")]
    assert cleaned.table.values["choices"].tolist() == ["a|b", "b|c", "a|c", "a|b", "c|b", "and/or", "c"]


def test_wide_points_in_a_latin_name():
    cleaned = clean({"company": ["Ｙａｒｒｏｗ Ｌｔｄ．", "华星公司．北京"]})
    assert said(cleaned) == [("CRM200", "A5", "Yarrow Ltd.")]
