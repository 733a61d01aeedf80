"""`show`, `find` and `who`: what is found, what is asked, what nobody may see."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import subprocess
import sys
import time
from pathlib import Path
from unicodedata import east_asian_width

import pytest

from tests.cli.conftest import BOOKS, Cli, Ran, crmsheet, tree
from tests.cli.desk_book import SECRETS, TODAY, make

ROOT = Path(__file__).parents[2]
FORMATS = ("text", "md", "html", "json")


@pytest.fixture(scope="module")
def desk(tmp_path_factory) -> Path:
    return make(tmp_path_factory.mktemp("desk") / "客户.xlsx")


@pytest.fixture(autouse=True)
def _actor(monkeypatch):
    monkeypatch.setenv("CRMSHEET_ACTOR", "李雷")


def run(desk: Path, *words: str) -> Ran:
    return crmsheet(*words, desk, "--today", TODAY, "--lang", "en")


def sections(ran: Ran) -> dict[str, list[list[object]]]:
    assert ran.code == 0, ran.err
    return {each["name"]: each["rows"] for each in ran.document["sections"]}


def test_show_tells_everything_of_one_customer_and_nothing_of_others(desk):
    shown = sections(run(desk, "show", "C0001", "-f", "json"))
    assert ["Customer ID", "C0001"] in shown["customer_identity"]
    assert ["Credit limit", "******"] in shown["customer_commerce"]
    assert ["Tags", "重点, 老客户"] in shown["customer_commerce"]
    assert shown["customer_grade"] == [["ABC tier", "A"], ["Tier reason", "近12个月成交 384,000"]]
    assert shown["promises"] == [
        ["2026-10-31", "payment of 3,000.00 to come in", "23 days late"],
        ["2026-11-20", "contact, as promised", "3 days late"],
        ["2026-12-01", "contact, as agreed on 2026-10-02: 寄合同", "in 8 days"],
        ["2026-12-01", "contract “框架合同” ends on 2026-12-31: talk about its renewal", "in 8 days"],
        ["2026-12-15", "opportunity “年度框架” to be closed", "in 22 days"],
        [None, "service: 交货晚了", None],
        [None, "feedback to be answered: 包装破损", None],
    ]
    days = [row[0] for row in shown["timeline"]]
    assert days == sorted(days, reverse=True)
    assert len(days) == 20
    assert ["2026-10-02T10:30:00", "Interactions", "谈年度框架，电话 135****1234 · 寄合同", "Phone", "李雷"] in shown[
        "timeline"
    ]
    assert shown["customer_related"] == [
        ["belongs to this customer", "C0003 重庆长沙路药房"],
        ["merged into this customer", "C0004 华信科技(北京)"],
    ]
    assert [row[0] for row in shown["interactions"]] == ["F1", "F2"]
    assert len(shown["transactions"]) == 10
    assert shown["customer_other"] == [["备用电话(旧)", "136****5674"], ["展会摊位", "B56"]]
    assert [row[0] for row in shown["leads"]] == ["L2"]


def test_a_record_that_names_its_customer_belongs_to_it(desk):
    assert [row[0] for row in sections(run(desk, "show", "C0002", "-f", "json"))["interactions"]] == ["F3"]


def test_a_merged_customer_points_to_its_survivor_and_a_refusal_comes_first(desk):
    merged = run(desk, "show", "C0004").out.splitlines()
    assert merged[1] == "This record was merged; the customer goes on as C0001 北京华信科技有限公司."
    refused = run(desk, "show", "C0003").out.splitlines()
    assert refused[1] == "Do not contact: the customer refused it."
    assert "no owner" in refused[2]
    graded = run(desk, "show", "C0002").out
    assert "Not graded yet: `crmsheet tier 客户.xlsx --write`" in graded


@pytest.mark.parametrize(
    "words", ["C0001", "c0001", "华信", "北京华信科技", "010-62345671", "feng.simafeng@huaxin.example.com"]
)
def test_one_customer_by_whatever_names_it(desk, words):
    assert run(desk, "show", words).out.splitlines()[1].startswith("C0001 北京华信科技有限公司: grade A, owner 李雷")


def test_ambiguous_words_list_the_customers_and_their_keys(desk):
    ran = run(desk, "show", "华信科技")
    assert (ran.code, ran.out) == (2, "")
    assert "2 customers fit 华信科技: C0001 北京华信科技有限公司; C0002 上海华信科技有限公司." in ran.err
    assert "such as C0001" in ran.err
    missing = run(desk, "show", "不存在的公司")
    assert (missing.code, missing.out) == (2, "")
    assert "No customer fits 不存在的公司. `crmsheet find`" in missing.err


@pytest.mark.parametrize(
    "words", [("show",), ("show", "C0001", "C0002"), ("find",), ("who",), ("find", "x", "--top", "0")]
)
def test_wrong_words_are_a_usage_error(desk, words):
    ran = run(desk, *words)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("crmsheet: The command was not understood: ")


@pytest.mark.parametrize("options", [("--md", "--html"), ("--md", "-f", "json"), ("--html", "-f", "text")])
def test_two_formats_exclude_each_other(desk, options):
    ran = run(desk, "show", "C0001", *options)
    assert (ran.code, ran.out) == (2, "")
    assert "exclude each other" in ran.err


def test_short_forms_of_formats_are_those_formats(desk):
    for short, name in (("--md", "md"), ("--html", "html")):
        assert run(desk, "show", "C0001", short).out == run(desk, "show", "C0001", "-f", name).out
        assert run(desk, "show", "C0001", short, "-f", name).code == 0


LOOKED = (
    *(("show", f"C000{at}") for at in range(1, 8)),
    *(("find", each) for each in ("华信", "司马", "1391", "huaxin", "simafeng", "13612345674", "13712349999", "电话")),
    *(("find", each) for each in ("C0001", "shangguan", "hopper", "公孙策")),
    *(("who", each) for each in ("北京华信科技", "华信科技", "东海国际", "重庆长沙路", "Müller", "开封府咨询")),
)
IN_EVERY_FORMAT = (("show", "C0001"), ("find", "华信"), ("find", "C0001"), ("who", "华信科技"))


@pytest.mark.parametrize(
    ("words", "form"),
    [*((each, "json") for each in LOOKED), *((each, form) for each in IN_EVERY_FORMAT for form in FORMATS[:-1])],
    ids=str,
)
def test_masks_leak_nothing(desk, words, form):
    ran = run(desk, *words, "-f", form)
    assert ran.code in (0, 2), ran.err
    typed = words[1].casefold()
    # What somebody typed is said back to them, in the sentence that answers, and nowhere else.
    assert not [each for each in SECRETS if each in ran.said and each.casefold() not in typed]
    if ran.code == 0 and form == "json":
        rows = json.dumps([each["rows"] for each in ran.document["sections"]], ensure_ascii=False)
        assert not [each for each in SECRETS if each in rows]


def test_reveal_shows_what_is_there(desk):
    shown = run(desk, "show", "C0001", "--reveal").out
    for value in (
        "司马长风",
        "13912345671",
        "11010119900307451X",
        "976,521",
        "13612345674",
        "13712349999",
        "867,530.9",
    ):
        assert value in shown


@pytest.mark.parametrize("form", FORMATS)
def test_hostile_cells_stay_text(desk, form):
    shown = run(desk, "show", "C0007", "-f", form).out
    if form != "json":  # a program gets the cell as it is
        assert "\u202e" not in shown
    if form in ("md", "html"):
        assert "<script" not in shown
        assert "<b>" not in shown


def test_find_looks_everywhere_and_says_whose_it_is(desk):
    rows = sections(run(desk, "find", "框架", "-f", "json"))["found"]
    assert [row[:5] for row in rows] == [
        ["Opportunities", "O1", "年度框架", "C0001 北京华信科技有限公司", "Opportunity name"],
        ["Contracts", None, None, "C0001 北京华信科技有限公司", "Title"],
        ["Interactions", "F1", None, "C0001 北京华信科技有限公司", "Summary"],
    ]
    (row,) = sections(run(desk, "find", "B56", "-f", "json"))["found"]
    assert row[:6] == ["Customers", "C0001", "北京华信科技有限公司", None, "展会摊位", "B56"]
    (row,) = sections(run(desk, "find", "诸葛明月", "-f", "json"))["found"]
    assert row[:6] == ["Contacts", "P2", "诸***", "C0002 上海华信科技有限公司", "Name", "诸***"]


def test_find_puts_the_best_first_and_marks_the_retired(desk):
    rows = sections(run(desk, "find", "华信科技", "-f", "json"))["found"]
    assert [row[1] for row in rows] == ["C0001", "C0002", "L2", "C0004", "F3"]
    assert rows[3][2] == "华信科技(北京) (merged into C0001)"
    assert rows[2][3] == "C0001 北京华信科技有限公司"
    fits = [row[-1] for row in rows]
    assert fits == sorted(fits, reverse=True)


def test_find_says_how_many_more_there_are(desk):
    ran = run(desk, "find", "传感器", "--top", "3")
    assert "Records that fit “传感器”: 24." in ran.out
    assert ran.out.count("传感器") == 4
    assert "21 more fit; say more of what is wanted, or list more with --top" in ran.out


def test_finding_nothing_is_no_failure_but_one_letter_is_no_question(desk):
    ran = run(desk, "find", "不存在的东西")
    assert ran.code == 0
    assert "Nothing in 客户.xlsx fits “不存在的东西”." in ran.out
    short = run(desk, "find", "x")
    assert (short.code, short.out) == (2, "")
    assert "“x” is too short to look for." in short.err


@pytest.mark.parametrize(
    ("text", "said", "standing"),
    [
        ("13912345671", "“13912345671” is yours: C0001 北京华信科技有限公司, last contact 2026-10-02.", "yours"),
        ("shangguan.wq@huaxin.example.com", "is yours: C0001 北京华信科技有限公司", "yours"),
        (
            "上海华信科技有限公司",
            "of 王敏: C0002 上海****公司, since unknown, last contact 2026-11-01. Ask 王敏",
            "colleague",
        ),
        ("+49 (30) 90 1820", "is a customer of 王敏: C0005 Mü****bH", "colleague"),
        ("重庆长沙路药房", "is in the pool: C0003 重庆长沙路药房, last contact unknown.", "pool"),
        ("C0003", "`crmsheet set C0003 负责人=…` claims it.", "pool"),
        ("C0004", "was retired: C0004 华信科技(北京). The record goes on as C0001.", "retired"),
        ("展昭", "is yours: C0001", "yours"),
        ("18812345678", "is a lead that nobody works on: L1 公**.", "pool"),
        ("13900000000", "is free: nobody in 客户.xlsx has it. `crmsheet add` enters it.", None),
        ("杭州清风阁", "is free", None),
    ],
)
def test_who_answers_in_a_sentence(desk, text, said, standing):
    ran = run(desk, "who", text, "-f", "json")
    assert ran.code == 0, ran.err
    assert said in ran.document["notes"][0]
    assert ran.document["counts"]["standing"] == standing


def test_who_lists_what_is_only_similar(desk):
    ran = run(desk, "who", "北京华新科技", "-f", "json")
    assert "itself is not in 客户.xlsx, but something like it is" in ran.document["notes"][0]
    assert ["Customers", "C0001", "北京华信科技有限公司", "yours", "李雷"] in [
        row[:5] for row in sections(ran)["similar"]
    ]
    several = run(desk, "who", "华信科技", "-f", "json")
    assert "is in 客户.xlsx more than once: 2 records" in several.document["notes"][0]
    assert [row[3] for row in sections(several)["has_it"]] == ["yours", "a colleague's"]


def test_who_tells_of_a_number_that_lacks_a_digit_and_of_words_that_say_nothing(desk):
    ran = run(desk, "who", "1391234567")
    assert "is not a whole phone number" in ran.out
    assert "C0001" in ran.out
    assert (run(desk, "who", "7").code, run(desk, "who", "7").out) == (2, "")


def test_a_stranger_is_told_that_nothing_counts_as_theirs(desk, monkeypatch):
    monkeypatch.delenv("CRMSHEET_ACTOR")
    ran = run(desk, "who", "13912345671")
    assert "is a customer of 李雷: C0001 北京****公司" in ran.out
    assert "so nothing counts as yours: set CRMSHEET_ACTOR" in ran.out
    monkeypatch.setenv("CRMSHEET_ACTOR", "S1")
    assert "is yours" in run(desk, "who", "13912345671").out


@pytest.mark.parametrize("book", BOOKS)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_kind_of_book(looked: Cli, shelf: Path, book: str, lang: str):
    listed = crmsheet("find", "有限公司" if book != BOOKS[1] else "Ltd", shelf / book, "-f", "json", "--top", "1")
    (row,) = listed.document["sections"][0]["rows"]
    before = tree(shelf)
    for command in (("show", row[1]), ("find", row[1]), ("who", row[2])):
        ran = crmsheet(*command, shelf / book, "--today", TODAY, "--lang", lang)
        assert ran.code == 0, ran.err
        assert row[1] in ran.out
        assert not re.search(r"\{\w+\}", ran.out)
    assert tree(shelf) == before


@pytest.mark.parametrize("width", [40, 64, 100])
def test_narrow_terminals(desk, monkeypatch, width):
    monkeypatch.setenv("COLUMNS", str(width))
    for words in (("show", "C0001"), ("find", "华信"), ("who", "北京华信")):
        for line in run(desk, *words).out.splitlines():
            assert sum(1 + (east_asian_width(each) in "WF") for each in line) <= width, line


def test_an_html_page_stands_alone(desk, tmp_path):
    page = tmp_path / "C0001.html"
    assert run(desk, "show", "C0001", "--html", "-o", str(page)).code == 0
    text = page.read_text("utf-8")
    assert text.startswith("<!DOCTYPE html>")
    assert '<html lang="en">' in text
    assert not re.search(r"<script|<link|<img|src=|href=|url\(|@import", text)


def test_ambiguous_words_are_asked_about_in_a_terminal(desk):
    """A person picks the second of two customers; the answer is read from the terminal, not from the words."""
    asked, said = _at_a_terminal([str(desk), "华信科技"], answers=["9", "2"])
    assert asked.count("C0001 北京华信科技有限公司") == 1
    assert said.splitlines()[1].startswith("C0002 上海华信科技有限公司")


def _at_a_terminal(words: list[str], answers: list[str]) -> tuple[str, str]:
    """What `show` asks on the terminal and what it prints, with the answers typed one after the other."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "CRMSHEET_ACTOR": "李雷", "PYTHONPATH": str(ROOT), "TERM": "dumb"}
    command = [sys.executable, "-m", "crmsheet", "show", *words, "--lang", "en", "--today", TODAY]
    process = subprocess.Popen(  # the output goes to a pipe: only the question is the terminal's
        command, stdin=theirs, stderr=theirs, stdout=subprocess.PIPE, env=environment, cwd=words[0].rpartition("/")[0]
    )
    os.close(theirs)
    heard, until = "", time.monotonic() + 60
    for answer in answers:
        questions = heard.count("Which one")
        while heard.count("Which one") == questions and time.monotonic() < until:
            if select.select([ours], [], [], 1)[0]:
                heard += os.read(ours, 4096).decode()
        os.write(ours, f"{answer}\n".encode())
    out, _ = process.communicate(timeout=60)
    os.close(ours)
    assert process.returncode == 0, heard
    return heard, out.decode()


@pytest.mark.parametrize("words", [("show", "C0001"), ("find", "华信"), ("find", "bjhx"), ("who", "13912345671")])
def test_one_record_loads_nothing_that_it_does_not_need(desk, words):
    heavy = ("duckdb", "pandera", "openpyxl", "pydantic", "filelock", "zstandard", "pypinyin")
    code = (
        f"import sys\nfrom crmsheet.cli.main import run\ncode = run([*{words!r}, {str(desk)!r}])\n"
        f"print(code, [each for each in {heavy!r} if each in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "0 []"


@pytest.mark.parametrize("command", ["find", "who", "show"])
def test_a_text_that_is_too_long_for_a_path_is_a_text(desk, command):
    ran = run(desk, command, "北京华信科技有限公司" * 300)
    assert ran.code in (0, 2), ran.err
    assert "bug" not in ran.said
