"""What every new book holds, template by template and in both languages."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter

import pytest

from crmsheet.book.opening import open_book_file
from crmsheet.resources import shipped
from crmsheet.schema.binding import bind
from crmsheet.template.places import BAND_ROW, FIRST_ROW, HEADER_ROW
from tests.unit.template.made import BOOKS, NAMES, blueprint, content, kept, opened, places, schema, shelved

TEXTS = ("key", "reference", "phone", "uscc", "id_card", "postcode")
NEWER = (
    "FILTER",
    "UNIQUE",
    "SORT",
    "SORTBY",
    "SEQUENCE",
    "LET",
    "LAMBDA",
    "XLOOKUP",
    "XMATCH",
    "IFS",
    "SWITCH",
    "CONCAT",
)
NEWER += ("TEXTJOIN", "MAXIFS", "MINIFS", "VSTACK", "TAKE", "AGGREGATE")
"""Functions that Excel 2016 or WPS lack, or that LibreOffice reads otherwise."""


@pytest.fixture(params=BOOKS, ids="-".join)
def book(request):
    return request.param


def formulas(book: bytes) -> list[tuple[str, str]]:
    """Text and stored value of every formula."""
    with zipfile.ZipFile(io.BytesIO(book)) as package:
        sheets = [package.read(name).decode() for name in package.namelist() if "worksheets/sheet" in name]
    return [
        (text, value)
        for sheet in sheets
        for text, value in re.findall(r"<f[^>]*>([^<]*)</f>(<v>[^<]*</v>|<v ?/>|)", sheet)
    ]


def test_the_eight_templates_are_there():
    assert set(NAMES) == {"minimal", "full", "sales", "service", "satisfaction", "pool", "pharma", "ecommerce"}
    assert {path.stem for path in shipped("templates").glob("*.yaml")} == {*NAMES, "common"}


def test_full_has_every_table_and_a_salesperson_faces_few_columns():
    assert set(blueprint("full").sheets) == set(schema().tables)
    for name in NAMES:
        assert len(blueprint(name).sheets["customers"].fields) <= (50 if name == "full" else 32), name


@pytest.mark.parametrize("name", NAMES)
def test_templates_say_everything_in_two_languages(name):
    plan = blueprint(name)
    said = [plan.labels, plan.goal, plan.audience, *(each.about for each in plan.sheets.values())]
    said += [each.labels for each in (*plan.figures, *plan.charts)]
    said += [each for role in plan.roles for each in (role.labels, role.looks, *role.daily, *role.weekly)]
    assert len(plan.roles) >= 2
    assert all(each["zh"] and each["en"] and re.search("[a-zA-Z]", each["en"]) for each in said)
    assert not [each["en"] for each in said if re.search("[㐀-鿿]", each["en"])]
    assert 4 <= len(plan.figures) <= 6
    assert len(plan.charts) >= 4


@pytest.mark.parametrize("name", NAMES)
def test_the_columns_that_people_look_at_are_there_before_the_first_night(name):
    fields = blueprint(name).sheets["customers"].fields
    assert {"name", "record_status", "last_contact_at", "suggested_next_at"} <= set(fields)
    assert ("tier" in fields) == ("tier_reason" in fields)
    graded = "transactions" in blueprint(name).sheets or "total_amount" in fields
    assert ("tier" in fields) == graded, "a grade needs amounts, and amounts want a grade"


def test_headers_bind_to_exactly_the_fields_that_are_meant(book, tmp_path):
    path = tmp_path / "book.xlsx"
    path.write_bytes(kept(*book))
    bound = bind(open_book_file(path), schema())
    plan = blueprint(book[0])
    assert not len(bound.findings)
    assert set(bound.book.tables) == set(plan.sheets)
    assert bound.book.lang == book[1]
    for table, sheet in plan.sheets.items():
        assert tuple(bound.book.tables[table].columns) == sheet.fields
        assert bound.book.tables[table].header_row == HEADER_ROW
        assert bound.book.tables[table].cells.empty


def test_every_list_is_a_named_range_and_every_field_with_choices_has_one(book):
    name, lang = book
    workbook, spots = shelved(*book), places(*book)
    for table, sheet in blueprint(name).sheets.items():
        ours = workbook[spots.sheet(table)]
        lists = {}
        for each in ours.data_validations.dataValidation:
            assert each.showInputMessage
            assert each.prompt
            assert len(each.prompt) <= 255
            assert len(each.promptTitle) <= 32
            assert len(each.error or "") <= 255
            assert len(each.errorTitle or "") <= 32
            if each.type == "list":
                assert re.fullmatch("=?[a-z_]+", each.formula1), (
                    "a list inside a validation has an end, and breaks files"
                )
                lists[str(each.sqref).split(":")[0]] = each.formula1.lstrip("=")
        covered = {str(each.sqref).split(":")[0] for each in ours.data_validations.dataValidation}
        for field in sheet.fields:
            first = f"{spots.letters(table, field)}{FIRST_ROW}"
            assert first in covered, f"{table}.{field} says nothing about itself"
            definition = sheet.table[field]
            if definition.choices or definition.kind == "bool":
                target = workbook.defined_names[lists[first]].attr_text
                where, _, area = target.rpartition("!")
                words = [row[0].value for row in workbook[where.strip("'")][area.replace("$", "")]]
                expected = (
                    [each.labels[lang] for each in definition.choices] or ["是", "否"] * (lang == "zh") or ["Yes", "No"]
                )
                assert words == expected, f"{table}.{field}"


def test_tables_have_names_of_their_own_and_cover_the_prepared_rows(book):
    workbook, spots = shelved(*book), places(*book)
    names = Counter()
    for table, sheet in blueprint(book[0]).sheets.items():
        ours = workbook[spots.sheet(table)]
        (found,) = ours.tables.values()
        names[found.displayName] += 1
        assert found.ref == f"A{HEADER_ROW}:{spots.letters(table, sheet.fields[-1])}{HEADER_ROW + 200}"
        headers = [cell.value for cell in ours[HEADER_ROW]]
        assert headers == [sheet.table[field].labels[book[1]] for field in sheet.fields]
        assert [column.name for column in found.tableColumns] == headers
        assert ours.freeze_panes.endswith(str(FIRST_ROW))
        assert ours.cell(BAND_ROW, 1).fill.fgColor.rgb == f"FF{sheet.groups[0].colour}"
        assert not ours.merged_cells.ranges
    assert set(names.values()) == {1}
    assert not set(names) & set(workbook.defined_names)


def test_what_must_keep_its_zeros_is_text_and_dates_are_dates(book):
    workbook, spots = shelved(*book), places(*book)
    for table, sheet in blueprint(book[0]).sheets.items():
        columns = workbook[spots.sheet(table)].column_dimensions
        for field in sheet.fields:
            column = columns[spots.letters(table, field)]
            kind = sheet.table[field].kind
            if kind in TEXTS:
                assert column.number_format == "@", f"{table}.{field}"
            if kind in {"date", "datetime"}:
                assert column.number_format.startswith("yyyy-mm-dd"), f"{table}.{field}"
            if kind == "money":
                assert column.number_format == "#,##0.00", f"{table}.{field}"
            assert column.width >= 10


def test_formulas_are_old_enough_and_show_no_error_before_they_are_worked_out(book):
    found = formulas(kept(*book))
    assert len(found) > 30
    for text, value in found:
        assert not re.search(rf"(?<![A-Z])(?:{'|'.join(NEWER)})\(", text), text
        assert value.startswith("<v>"), text
        assert "#" not in value
        assert "TODAY()" in text or "$N$1" in text, "LibreOffice would show what was stored"


def test_the_dashboard_has_a_chart_for_each_that_the_template_names(book):
    workbook = shelved(*book)
    assert len(workbook.worksheets[1]._charts) == len(blueprint(book[0]).charts)
    assert workbook.active.title == workbook.sheetnames[0] == {"zh": "说明", "en": "How to"}[book[1]]


def test_the_guide_leads_to_every_sheet(book):
    workbook = shelved(*book)
    guide = workbook.worksheets[0]
    led = {cell.hyperlink.location.split("!")[0].strip("'") for row in guide for cell in row if cell.hyperlink}
    assert led == set(workbook.sheetnames[1:])


@pytest.mark.parametrize("name", ["minimal", "full"])
def test_the_same_order_gives_the_same_bytes(name):
    assert content(name, "zh") == kept(name, "zh")


def test_a_hundred_thousand_prepared_rows_cost_nothing():
    large = content("minimal", "zh", rows=100_000)
    assert len(large) < len(kept("minimal", "zh")) + 2_000
    assert opened(large)["客户"].tables["t_customers"].ref.endswith("100002")


def test_words_of_a_suggestion_list_may_be_added():
    workbook = shelved("minimal", "zh")
    assert "COUNTA" in workbook.defined_names["list_customers_industry"].attr_text
    assert "COUNTA" not in workbook.defined_names["list_customers_stage"].attr_text
    validations = workbook["客户"].data_validations.dataValidation
    strict = {each.formula1.lstrip("="): each.showErrorMessage for each in validations if each.type == "list"}
    assert not strict["list_customers_industry"]
    assert strict["list_customers_stage"]
