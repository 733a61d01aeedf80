"""doctor: what was understood, what is in the file, what is damaged, and a plan; nothing is written."""

from __future__ import annotations

import shutil

import pytest

from tests.cli.conftest import TODAY, crmsheet, tree
from tests.cli.ugly_book import HEADER_ROWS, make_gaps, make_ugly


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ugly")
    make_ugly(folder / "客户表.xlsx")
    shutil.copyfile(folder / "客户表.xlsx", folder / "客户表(1)(最终版).xlsx")
    make_gaps(folder / "gaps.xlsx")
    before = tree(folder)
    yield folder
    assert tree(folder) == before, "doctor left something on the disk"


def section(document, name):
    return next(each for each in document["sections"] if each["name"] == name)


@pytest.fixture(scope="module")
def document(desk):
    ran = crmsheet("doctor", desk / "客户表.xlsx", "-f", "json", "--today", TODAY)
    assert ran.code == 0
    return ran.document


def test_the_layout_of_each_sheet(document):
    rows = section(document, "sheets")["rows"]
    assert [row[:2] for row in rows] == [["客户", "Customers"], ["空表", "empty"]]
    assert rows[0][2:5] == [f"rows {HEADER_ROWS[0]}-{HEADER_ROWS[1]}", 5, "title in row 1, total in row 9"]
    assert document["counts"]["questions"] == 0
    assert document["counts"]["confidence"] >= 0.9


def test_which_field_each_column_became_and_why(document):
    rows = section(document, "columns of 客户")["rows"]
    assert [row[0] for row in rows] == list("ABCDEFG")
    assert [row[2] for row in rows] == ["Customer name", "Contact", "Phone", "ID number", "Email", "Owner", "Notes"]
    assert rows[1][1:] == ["联系人 / 姓名", "Contact", "another name for it"]
    assert rows[0][3] == "its name"


def test_the_damage_with_its_verdicts(document):
    assert {name: document["counts"][name] for name in ("recoverable", "verify", "lost")} == {
        "recoverable": 2, "verify": 3, "lost": 7,
    }  # fmt: skip
    verdicts = {row[1]: row[0] for row in section(document, "damage")["rows"]}
    assert {code for code, verdict in verdicts.items() if verdict == "lost"} == {
        "CRM209", "CRM215", "CRM222", "CRM262", "CRM263",
    }  # fmt: skip
    assert verdicts["CRM212"] == "to be verified"
    assert verdicts["CRM210"] == "can be brought back"
    assert {each["recovery"] for each in document["findings"] if each["rule"] == "CRM262"} == {"lost"}


def test_whom_to_ask_for_what_is_lost(document):
    rows = section(document, "ask")["rows"]
    assert [row[0] for row in rows] == ["张三"] * 4 + ["李四"] + ["王五"] * 2
    asked = next(row for row in rows if row[4] == "客户!D5")
    assert asked[:3] == ["李四", "北京天马商贸有限公司", "ID number"]
    assert "110105" not in asked[3], "an identity number is masked"


def test_the_facts_of_the_file_the_worst_first(document):
    facts = dict(section(document, "facts")["rows"])
    assert next(iter(facts.values())) == "客户表(1)(最终版).xlsx"
    said = " | ".join(f"{what} @ {where}" for what, where in facts.items())
    assert "hidden columns; they are read like all others @ 客户!G" in said
    assert "red fill: 1 rows" in said
    assert "comments: 1; kept, and not read @ 客户!A4" in said
    assert "merged cells: 7" in said
    assert "kept as numbers: 2" in said


def test_the_plan_comes_in_order_with_commands_that_can_be_copied(document, desk):
    rows = section(document, "plan")["rows"]
    commands = [row[1] for row in rows if row[0] is None]
    book = desk / "客户表.xlsx"
    assert commands == [
        f"crmsheet adopt {book}", f"crmsheet adopt {book} --write", f"crmsheet check {book}", f"crmsheet dedupe {book}",
    ]  # fmt: skip


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_first_screen_has_short_sections_and_lines(desk, lang, monkeypatch):
    from rich.cells import cell_len

    monkeypatch.setenv("COLUMNS", "80")
    ran = crmsheet("doctor", desk / "客户表.xlsx", "--lang", lang, "--today", TODAY)
    lines = ran.out.splitlines()
    assert ran.code == 0
    assert all(cell_len(line) <= 80 for line in lines if "crmsheet " not in line), "a path may be longer"
    assert ("受损的值：可恢复 2 个；需核实 3 个；不可恢复 7 个。" in ran.out) is (lang == "zh")


def test_what_only_a_person_knows_is_asked_with_the_line_that_settles_it(desk):
    ran = crmsheet("doctor", desk / "gaps.xlsx", "--lang", "en")
    assert ran.code == 0
    assert "Open questions: 1" in ran.out
    assert '`fill = ["A"]` under `[layout."客户"]`' in " ".join(ran.out.split())
    assert "unsure" in ran.out


def test_a_line_of_the_settings_settles_it(tmp_path):
    book = make_gaps(tmp_path / "gaps.xlsx")
    (tmp_path / "crmsheet.toml").write_text('[layout."客户"]\nfill = ["A"]\n[layout."别的"]\nheader = 2\n', "utf-8")
    ran = crmsheet("doctor", book, "--lang", "en", "-f", "json")
    assert ran.document["counts"]["questions"] == 0
    assert any("does not have: 别的" in each for each in ran.document["notes"])


def test_a_file_without_any_customers_is_told_so_and_is_no_failure(tmp_path):
    path = tmp_path / "数据.csv"
    path.write_text("苹果,梨\n1,2\n3,4\n", "utf-8")
    ran = crmsheet("doctor", path, "--lang", "zh")
    assert ran.code == 0
    assert "没有客户表" in ran.out
    assert "文本文件，编码 utf-8" in ran.out
    assert "crmsheet new customers.xlsx" in ran.out


def test_a_file_that_cannot_be_read_ends_with_a_sentence(tmp_path):
    path = tmp_path / "客户.xlsx"
    path.write_bytes(b"\0" * 4096)
    ran = crmsheet("doctor", path, "--lang", "zh")
    assert (ran.code, ran.out) == (3, "")
    assert "客户.xlsx" in ran.err


@pytest.mark.parametrize(
    ("words", "code"), [(("--write",), 2), (("nowhere.xlsx",), 3), (("a.xlsx", "b.xlsx"), 2), ((), 2)]
)
def test_wrong_words(words, code):
    ran = crmsheet("doctor", *words, "--lang", "en")
    assert ran.code == code
    assert ran.err.startswith("crmsheet: ")


def test_sales_without_customers_can_be_graded(tmp_path):
    (tmp_path / "sales.csv").write_text("交易编号,客户,日期,金额\nT1,甲,2026-11-01,100\nT2,乙,2026-11-02,20\n", "utf-8")
    steps = crmsheet("doctor", tmp_path / "sales.csv", "--today", TODAY, "-f", "json").document
    commands = [row[1] for row in section(steps, "plan")["rows"]]
    graded = next(each for each in commands if each.startswith("crmsheet tier "))
    assert crmsheet(*graded.split()[1:], "--today", TODAY).code == 0


def test_tables_beside_each_other_are_told_apart(tmp_path):
    rows = [
        "客户名称,联系人,电话,,日期,客户名称,金额",
        "甲,王,13800138000,,2026-01-05,甲,100",
        "乙,李,13900139000,,2026-01-06,乙,5",
    ]
    (tmp_path / "a.csv").write_text("\n".join(rows), "utf-8")
    document = crmsheet("doctor", tmp_path / "a.csv", "--today", TODAY, "-f", "json").document
    assert [row[:2] for row in section(document, "sheets")["rows"]] == [["a", "Customers"], ["a", "Transactions"]]
    read = [row[2] for each in document["sections"] if each["name"].startswith("columns of") for row in each["rows"]]
    assert read == ["Customer name", "Contact", "Phone", "Date", "Customer name", "Amount"]
