"""Every command that only looks, on every kind of book, in both languages and all formats."""

from __future__ import annotations

import json
import re
from unicodedata import east_asian_width

import pytest

from tests.cli.conftest import BOOKS, TODAY, Cli, crmsheet

COMMANDS = ("check", "clean", "dedupe", "tier", "followup", "nightly")
EVERY = [*(("nightly", book) for book in BOOKS), *((each, BOOKS[0]) for each in COMMANDS[:-1])]
"""Every command, and the one that does all of it on every kind of book."""
KEYS = {
    "findings": {
        "rule": str, "severity": str, "table": str, "sheet": str, "cell": str, "row": int | None, "field": str,
        "key": str, "message": str, "fingerprint": str,
    },
    "changes": {
        "kind": str, "table": str, "sheet": str, "cell": str, "row": int | None, "key": str, "field": str,
        "rule": str, "reason": str,
    },
    "sections": {"name": str, "title": str, "columns": list, "rows": list, "note": str},
}  # fmt: skip
FREE = {"findings": {"value", "fix", "recovery"}, "changes": {"before", "after"}, "sections": set()}
HAN = re.compile(r"[一-鿿]")


@pytest.mark.parametrize(("command", "book"), EVERY)
def test_the_first_screen_says_what_was_found_and_that_nothing_changed(looked: Cli, command: str, book: str):
    ran = looked(command, book, "--lang", "zh")
    assert ran.code == (1 if command == "check" else 0), ran.err
    first = "\n".join(ran.out.splitlines()[:6])
    assert book in first
    assert TODAY in first
    assert re.search("文件没有改动|文件未被触碰", first)
    assert max(sum(1 + (east_asian_width(each) in "WF") for each in line) for line in ran.out.splitlines()) <= 100


@pytest.mark.parametrize("command", ["check", "followup", "nightly"])
def test_english_speaks_no_chinese(looked: Cli, command: str):
    ran = looked(command, BOOKS[1], "--lang", "en")
    assert ran.code == (1 if command == "check" else 0), ran.err
    # 展会摊位 and the like are headers of the book itself; in an English book there are none.
    assert not HAN.search(ran.out), HAN.findall(ran.out)
    assert re.search("file was not (changed|touched)", "\n".join(ran.out.splitlines()[:6]))


@pytest.mark.parametrize("command", COMMANDS)
def test_a_night_of_logs_is_on_standard_error_only(looked: Cli, command: str):
    err = looked(command, BOOKS[0], "--lang", "zh").err
    if command != "nightly":
        assert err == ""
        return
    lines = err.splitlines()
    assert len(lines) >= 4
    assert all(re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d crmsheet nightly: \S", line) for line in lines)


@pytest.mark.parametrize(("command", "book"), EVERY)
def test_json_is_one_document_of_the_documented_shape(looked: Cli, command: str, book: str):
    document = looked(command, book, "-f", "json").document
    assert list(document) == [
        "format", "command", "book", "version", "today", "counts", "notes", "findings", "changes", "sections",
        *(["tables"] if command == "dedupe" else []),
    ]  # fmt: skip
    assert (document["format"], document["command"], document["book"]) == ("crmsheet/1", command, book)
    assert document["today"] == TODAY
    assert all(isinstance(value, int | float | str | None) for value in document["counts"].values())
    for name, fields in KEYS.items():
        for each in document[name]:
            assert set(each) == set(fields) | FREE[name]
            assert all(isinstance(each[field], kind) for field, kind in fields.items()), each
            assert all(isinstance(each[field], str | int | float | bool | dict | None) for field in FREE[name]), each
    for each in document["findings"]:
        assert each["severity"] in {"info", "warning", "error"}
        assert re.fullmatch(r"CRM[1-6]\d\d", each["rule"])
        assert re.fullmatch(r"([A-Z]{1,3}[1-9]\d*)?", each["cell"])
        assert not re.search(r"\{\w+\}", each["message"]), each
        assert not each["message"].startswith("="), each
    for each in document["sections"]:
        assert all(len(row) == len(each["columns"]) for row in each["rows"])
    counts = document["counts"]
    severities = [each["severity"] for each in document["findings"]]
    if command in {"check", "clean", "dedupe", "nightly"}:
        names = {"error": "errors", "warning": "warnings", "info": "notes"}
        assert {names[each]: severities.count(each) for each in names}.items() <= counts.items()
    assert counts["changes"] == len(document["changes"])


def test_json_speaks_english_unless_asked(looked: Cli):
    english = looked("check", BOOKS[0], "-f", "json").document
    chinese = looked("check", BOOKS[0], "-f", "json", "--lang", "zh").document
    assert english["sections"][0]["title"].isascii()
    assert HAN.search(chinese["sections"][0]["title"])
    plain = [{name: each[name] for name in each if name != "message"} for each in english["findings"]]
    assert plain == [{name: each[name] for name in each if name != "message"} for each in chinese["findings"]]


def test_markdown_has_the_sections_of_the_document(looked: Cli):
    command = "nightly"
    page = looked(command, BOOKS[0], "-f", "md", "--lang", "zh").out
    document = looked(command, BOOKS[0], "-f", "json", "--lang", "zh").document
    assert page.startswith("# ")
    titles = re.findall(r"^## (.*)$", page, re.MULTILINE)
    assert titles == [each["title"].replace("_", r"\_") for each in document["sections"] if each["rows"]]
    for line in page.splitlines():
        if line.startswith("| "):
            assert line.endswith(" |")


def test_the_sections_of_a_table_row_are_in_the_terminal(looked: Cli):
    document = looked("dedupe", BOOKS[0], "-f", "json", "--lang", "zh").document
    page = re.sub(r"\s", "", looked("dedupe", BOOKS[0], "--lang", "zh").out)
    (section,) = [each for each in document["sections"] if each["name"] == "duplicates_sure"]
    assert section["rows"]
    for row in section["rows"]:
        assert row[1] in page


def test_check_and_clean_never_disagree(looked: Cli):
    for book in (BOOKS[0], *BOOKS[2:]):
        fixes = {
            (each["sheet"], each["cell"]): each["fix"]
            for each in looked("check", book, "-f", "json", "--reveal").document["findings"]
            if each["fix"] is not None
        }
        changes = {
            (each["sheet"], each["cell"]): each["after"]
            for each in looked("clean", book, "-f", "json", "--reveal").document["changes"]
            if each["kind"] == "set"
        }
        assert fixes == changes, book
        assert fixes, book


def test_clean_changes_no_meaning(looked: Cli):
    """A night proposes what clean proposes, and nothing else for those cells."""
    clean = {
        (each["sheet"], each["cell"]): each["after"]
        for each in looked("clean", BOOKS[0], "-f", "json", "--reveal").document["changes"]
    }
    night = {
        (each["sheet"], each["cell"]): each["after"]
        for each in looked("nightly", BOOKS[0], "-f", "json", "--reveal").document["changes"]
    }
    assert clean.items() <= night.items()


def test_output_file_holds_what_the_screen_would(looked: Cli, shelf, tmp_path):
    file = tmp_path / "结果.json"
    ran = crmsheet("check", shelf / BOOKS[0], "--today", TODAY, "-f", "json", "-o", file)
    assert (ran.out, ran.code) == ("", 1)
    assert json.loads(file.read_text("utf-8")) == looked("check", BOOKS[0], "-f", "json").document


def test_fail_on_looks_at_the_severity(tmp_path):
    """A book whose only finding is a note."""
    book = tmp_path / "客户.csv"
    book.write_text("客户编号,客户名称,手机\nC1,华信科技有限公司,138 0013 8000\n", "utf-8")
    found = crmsheet("check", book, "-f", "json", "--today", TODAY).document["findings"]
    assert {each["severity"] for each in found} == {"info"}
    codes = {
        level: crmsheet("check", book, "--fail-on", level, "--today", TODAY).code
        for level in ("never", "error", "warning", "info")
    }
    assert codes == {"never": 0, "error": 0, "warning": 0, "info": 1}


def test_today_decides_who_is_late(looked: Cli, shelf):
    later = crmsheet("followup", shelf / BOOKS[0], "--today", "2027-02-01", "-f", "json").document
    now = looked("followup", BOOKS[0], "-f", "json").document
    assert later["today"] == "2027-02-01"
    assert later["counts"]["overdue"] > now["counts"]["overdue"]
