"""`crmsheet new`: what it makes, what it refuses, and that a night finds nothing in a new book."""

from __future__ import annotations

import datetime as dt
import hashlib

import openpyxl
import pytest

from crmsheet.app.new import MOST_ROWS
from crmsheet.disk import steps
from crmsheet.template.places import FIRST_ROW
from tests.cli.conftest import crmsheet, tree
from tests.unit.template.filled import book_with
from tests.unit.template.made import NAMES, SOME_BOOKS, blueprint, places

TODAY = "2026-11-28"


@pytest.mark.parametrize(("name", "lang"), SOME_BOOKS, ids=map("-".join, SOME_BOOKS))
def test_a_night_finds_nothing_in_a_new_book_nor_after_the_first_good_customer(tmp_path, name, lang):
    path = tmp_path / "book.xlsx"
    assert crmsheet("new", path, "--template", name, "--lang", lang, "--today", TODAY).code == 0
    before = path.read_bytes()
    night = crmsheet("nightly", path, "--write", "-f", "json", "--today", TODAY)
    assert (night.code, night.document["findings"], night.document["changes"]) == (0, [], [])
    assert path.read_bytes() == before
    plan = blueprint(name)
    examples = {kind: words[lang] for kind, words in plan.words.examples.items()}
    table = plan.sheets["customers"]
    typed = {field: examples[table.table[field].kind] for field in table.fields if table.table[field].kind in examples}
    typed = {field: value for field, value in typed.items() if not table.table[field].derived}
    typed = {field: value for field, value in typed.items() if isinstance(_typed(table.table[field].kind, value), str)}
    typed |= {field: _typed("date", "2026-12-05") for field in ("next_contact_at",) if field in table.fields}
    for field in ("stage", "kind"):
        if field in table.fields:
            typed[field] = table.table[field].choices[0].labels[lang]
    typed.pop("owner", None)
    typed.pop("previous_owner", None)
    book_with(path, before, places(name, lang), {"customers": [typed]})
    night = crmsheet("nightly", path, "--write", "-f", "json", "--today", TODAY)
    assert (night.code, night.document["findings"], night.document["changes"]) == (0, [], [])
    assert night.document["counts"]["rows"] == 1


def _typed(kind, value):
    if kind in {"date", "datetime"}:
        return dt.date.fromisoformat(value[:10])
    return float(value.rstrip("%")) if kind in {"money", "number", "integer", "percent"} else value


def test_a_customer_typed_into_a_spreadsheet_program_is_read(tmp_path):
    path = tmp_path / "book.xlsx"
    crmsheet("new", path, "--lang", "zh", "--today", TODAY)
    book = openpyxl.load_workbook(path)
    book["客户"].cell(FIRST_ROW, 2, "北京华星科技有限公司")
    book["客户"].cell(FIRST_ROW, 7, "13800138000")
    book.save(path)
    night = crmsheet("nightly", path, "--write", "-f", "json", "--today", TODAY)
    assert night.document["findings"] == []
    assert [(each["field"], each["after"]) for each in night.document["changes"]] == [("customer_id", "K000001")]
    assert openpyxl.load_workbook(path)["客户"].cell(FIRST_ROW, 1).value == "K000001"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_it_says_what_was_made_and_what_comes_next(tmp_path, lang):
    ran = crmsheet("new", "客户 2026.xlsx", "--template", "sales", "--lang", lang, "--today", TODAY)
    assert ran.code == 0
    assert ran.err == ""
    assert 'crmsheet nightly "客户 2026.xlsx"' in ran.out
    assert {"zh": "跟进记录", "en": "Interactions"}[lang] in ran.out
    assert {"zh": "“说明”", "en": "the sheet How to"}[lang] in ran.out
    assert ('region = "US"' in ran.out) == (lang == "en")


def test_settings_that_name_a_region_are_taken_at_their_word(tmp_path):
    (tmp_path / "crmsheet.toml").write_text('region = "GB"\ncurrency = "GBP"\n', "utf-8")
    ran = crmsheet("new", "book.xlsx", "--template", "full", "--lang", "en", "--today", TODAY)
    assert "region" not in ran.out
    assert openpyxl.load_workbook("book.xlsx")["Dashboard"]["N3"].value == "GBP"


def test_it_answers_in_json(tmp_path):
    document = crmsheet("new", "book.xlsx", "-f", "json", "--lang", "en", "--rows", "5", "--today", TODAY).document
    assert document["command"] == "new"
    assert document["counts"] == {"sheets": 4, "rows": 5}
    assert document["sections"][0]["rows"][0][0] == "Customers"


def test_the_same_words_make_the_same_file(tmp_path):
    made = []
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        crmsheet("new", tmp_path / folder / "book.xlsx", "--template", "pool", "--lang", "zh", "--today", TODAY)
        made.append(hashlib.sha256((tmp_path / folder / "book.xlsx").read_bytes()).hexdigest())
    assert made[0] == made[1]


@pytest.mark.parametrize(
    ("lang", "words", "code", "said"),
    [
        ("zh", ("客户",), 2, "请命名为 客户.xlsx"),
        ("en", ("customers",), 2, "Name it customers.xlsx."),
        ("zh", ("客户.xls",), 2, "请命名为 客户.xlsx"),
        ("en", ("customers.csv",), 2, "Name it customers.xlsx."),
        ("en", ("v1.2",), 2, "Name it v1.2.xlsx."),
        ("zh", ("a.xlsx", "--template", "sale"), 2, "您是指 sales 吗"),
        ("en", ("a.xlsx", "--template", "sale"), 2, "Did you mean sales?"),
        ("zh", ("a.xlsx", "--rows", "0"), 2, "不能预备 0 行"),
        ("en", ("a.xlsx", "--rows", str(MOST_ROWS + 1)), 2, "100,001 rows cannot be prepared"),
        ("en", ("a.xlsx", "--rows", "-5"), 2, "-5 rows cannot be prepared"),
        ("en", ("a.xlsx", "--rows", "many"), 2, "--rows"),
        ("zh", (), 2, "BOOK"),
        ("zh", ("没有/a.xlsx",), 9, "没有这个文件或文件夹"),
        ("en", ("nowhere/a.xlsx",), 9, "there is no such file or folder"),
    ],
)
def test_what_it_cannot_do_is_said_with_the_next_step(tmp_path, lang, words, code, said):
    ran = crmsheet("new", *words, "--lang", lang)
    assert ran.code == code
    assert ran.out == ""
    assert said in ran.err
    assert tree(tmp_path) == {}


@pytest.mark.parametrize(
    ("lang", "said"),
    [("zh", "已经存在。请换一个文件名，例如 a-3.xlsx"), ("en", "is there already. Name a new file, such as a-3.xlsx")],
)
def test_a_file_that_is_there_is_never_overwritten(tmp_path, lang, said):
    for name in ("a.xlsx", "a-2.xlsx"):
        (tmp_path / name).write_bytes(b"somebody's only list")
    before = tree(tmp_path)
    ran = crmsheet("new", "a.xlsx", "--lang", lang)
    assert ran.code == 2
    assert said in ran.err
    assert tree(tmp_path) == before
    (tmp_path / "folder.xlsx").mkdir()
    assert crmsheet("new", "folder.xlsx").code == 2


def test_an_unwritable_folder_is_said_and_left(tmp_path, monkeypatch):
    def refuse(_path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(steps, "create", refuse)
    ran = crmsheet("new", "a.xlsx", "--lang", "en")
    assert ran.code == 9
    assert "you may not write there" in ran.err
    assert tree(tmp_path) == {}


def test_schema_files_beside_the_book_hold_for_it(tmp_path):
    (tmp_path / "schemas").mkdir()
    extra = "table: customers\nfields:\n  industry:\n    labels: {zh: 所在行业, en: Line of trade}\n"
    (tmp_path / "schemas" / "customers.yaml").write_text(extra, "utf-8")
    crmsheet("new", "a.xlsx", "--lang", "zh", "--today", TODAY)
    assert openpyxl.load_workbook("a.xlsx")["客户"]["D2"].value == "所在行业"
    assert crmsheet("nightly", "a.xlsx", "-f", "json").document["findings"] == []
    (tmp_path / "other" / "schemas").mkdir(parents=True)
    (tmp_path / "other" / "schemas" / "customers.yaml").write_text("table: customers\nfeilds: {}\n", "utf-8")
    ran = crmsheet("new", "other/b.xlsx", "--lang", "en")
    assert ran.code == 4
    assert "Did you mean fields?" in ran.err


def test_the_help_names_every_template():
    page = crmsheet("new", "--help", "--lang", "en").out
    assert all(name in page for name in NAMES)
    assert "minimal 极简" in crmsheet("new", "--help", "--lang", "zh").out
