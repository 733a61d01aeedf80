"""Words in: languages, help, mistakes, settings, schemas beside the book."""

from __future__ import annotations

import re

import pytest

from crmsheet.cli.main import COMMANDS
from tests.cli.conftest import BOOKS, TODAY, crmsheet, tree

HAN = re.compile(r"[一-鿿]")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_command_has_help_with_one_real_example(monkeypatch, lang):
    monkeypatch.setenv("CRMSHEET_LANG", lang)
    front = crmsheet("--help")
    assert front.code == 0
    for name in COMMANDS:
        assert re.search(rf"^  {name}\s", front.out, re.MULTILINE)
        page = crmsheet(name, "--help").out
        examples = re.findall(r"(?:Example:|例：)\s*(crmsheet .*)", page)
        assert len(examples) == 1, page
        words = examples[0].split()
        assert words[1] == name
        for option in re.findall(r"--[a-z-]+", " ".join(words)):
            assert option in page.split(examples[0])[1], f"{name} has no {option}"
        if lang == "en":
            assert not HAN.search(page)
        else:
            prose = [line for line in page.splitlines() if re.search(r"[a-z]{3,} [a-z]{3,}", line)]
            assert not [line for line in prose if not HAN.search(line)], prose
    assert "..." not in re.sub(r"\[ARGS\]\.\.\.|\[参数\]\.\.\.", "", front.out), "a line of the list of commands is cut"


def test_no_command_shows_the_help():
    ran = crmsheet()
    assert (ran.code, ran.err) == (2, "")
    assert ran.out == crmsheet("--help").out


def test_version():
    assert re.fullmatch(r"\d+\.\d+\.\d+\n", crmsheet("--version").out)


MISTAKES = {
    ("chek", "a.xlsx"): ("no command chek, the nearest is check", "没有 chek 这个命令，最接近的是 check"),
    ("zzz",): ("there is no command zzz.", "没有 zzz 这个命令。"),
    ("check", "a.xlsx", "--reveel"): ("nearest is --reveal", "最接近的是 --reveal"),
    ("check", "a.xlsx", "--bogus"): ("there is no option --bogus.", "没有 --bogus 这个选项。"),
    ("check", "a.xlsx", "-f", "xml"): ("--format cannot be xml, only text, json, md", "--format 不能是 xml"),
    ("check", "a.xlsx", "--fail-on", "all"): ("only never, info, warning, error", "--fail-on 不能是 all"),
    ("check", "a.xlsx", "--today", "11/23/26"): ("write it like 2026-11-23", "请写成 2026-11-23"),
    ("check", "a.xlsx", "--today", "2026-02-30"): ("2026-02-30 is no day", "2026-02-30 不是日期"),
    ("check", "a b.xlsx", "c.xlsx"): ("c.xlsx is too much", "多了 c.xlsx"),
    ("check", "a.xlsx", "-o"): ("-o needs a value", "-o 后面要写一个值"),
    ("dedupe", "a.xlsx", "--explain", "C1"): ("--explain needs 2 values", "--explain 需要 2 个值"),
    ("apply",): ("FILE is missing", "缺少 FILE"),
    ("check",): ("No book was named", "没有指定客户簿"),
}


@pytest.mark.parametrize("arguments", MISTAKES, ids=" ".join)
def test_a_mistake_is_named_in_both_languages(monkeypatch, arguments):
    for lang, words in zip(("en", "zh"), MISTAKES[arguments], strict=True):
        monkeypatch.setenv("CRMSHEET_LANG", lang)
        ran = crmsheet(*arguments)
        assert (ran.code, ran.out) == (2, ""), ran
        assert words in ran.err
        assert ran.err.count("\n") == 1
        assert bool(HAN.search(ran.err.replace("a.xlsx", ""))) == (lang == "zh")


@pytest.mark.parametrize(
    ("environment", "arguments", "lang"),
    [
        ({"LANG": "zh_CN.UTF-8"}, (), "zh"),
        ({"LANG": "C.UTF-8"}, (), "en"),
        ({"LANG": "de_DE.UTF-8"}, (), "en"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "zh_CN.UTF-8"}, (), "zh"),
        ({"LANG": "zh_CN.UTF-8", "CRMSHEET_LANG": "en"}, (), "en"),
        ({"LANG": "zh_CN.UTF-8"}, ("--lang", "en"), "en"),
        ({"LANG": "en_US.UTF-8"}, ("--lang=zh",), "zh"),
    ],
)
def test_the_language(monkeypatch, environment, arguments, lang):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    ran = crmsheet("history", "missing.xlsx", *arguments)
    assert ran.code == 3
    assert bool(HAN.search(ran.err)) == (lang == "zh")


def test_the_language_may_stand_before_the_command():
    assert HAN.search(crmsheet("--lang", "zh", "history", "missing.xlsx").err)


def test_the_language_of_the_settings(copy):
    book = copy(BOOKS[3])
    (book.parent / "crmsheet.toml").write_text('lang = "zh"\n', "utf-8")
    assert HAN.search(crmsheet("history", book).out)
    assert not HAN.search(crmsheet("history", book, "--lang", "en").out)


def test_the_book_of_the_environment_and_of_the_settings(copy, monkeypatch):
    book = copy(BOOKS[3])
    monkeypatch.setenv("CRMSHEET_BOOK", str(book))
    assert crmsheet("history", "-f", "json").document["book"] == book.name
    monkeypatch.delenv("CRMSHEET_BOOK")
    (book.parent / "crmsheet.toml").write_text(f'book = "{book.name}"\n', "utf-8")
    monkeypatch.chdir(book.parent)
    assert crmsheet("history", "-f", "json").document["book"] == book.name
    (book.parent / "deep" / "er").mkdir(parents=True)
    monkeypatch.chdir(book.parent / "deep" / "er")
    assert crmsheet("history", "-f", "json").document["book"] == book.name


WRONG_SETTINGS = {
    '# ours\nlang = "zh"\n\n[nightly]\nmerg = "sure"\n': (5, "nightly.merge", "there is no setting"),
    'regoin = "CN"\n': (1, "`region`", "there is no setting"),
    '[nightly]\n\nmerge = "always"\n': (3, "review, sure", "`nightly.merge`"),
    "[nightly]\nbudget_rows = true\n": (2, "0.02", "`nightly.budget_rows`"),
    "[tier]\nmonths = -3\n": (2, "12", "`tier.months`"),
    '[followup]\ncadence = { A = 7, D = 30 }\n': (2, "A = 7, B = 30, C = 90", "`followup.cadence`"),
    'lang = "zh\n': (1, "remove it", "not TOML"),
}  # fmt: skip


@pytest.mark.parametrize("text", WRONG_SETTINGS)
def test_wrong_settings_are_told_with_their_line(copy, text):
    line, advice, problem = WRONG_SETTINGS[text]
    book = copy(BOOKS[3])
    (book.parent / "crmsheet.toml").write_text(text, "utf-8")
    before = tree(book.parent)
    ran = crmsheet("nightly", book, "--write", "--lang", "en")
    assert (ran.code, ran.out) == (4, ""), ran
    assert f"crmsheet.toml, line {line}: " in ran.err
    assert advice in ran.err
    assert problem in ran.err
    chinese = crmsheet("check", book, "--lang", "zh").err
    assert f"第 {line} 行" in chinese
    assert tree(book.parent) == before


WRONG_SCHEMAS = {
    "table: customers\nfields:\n  mobile:\n    labls: {zh: 手机, en: Mobile}\n": (4, "labels"),
    "table: customers\nfields:\n  mobile:\n    labels: {zh: 手机, en: Mobile}\n    kind: fone\n": (5, "phone"),
    "table: customers\nfields: [\n": (3, ""),
    "tabel: customers\nfields: {}\n": (1, "table"),
}


@pytest.mark.parametrize("text", WRONG_SCHEMAS)
def test_a_wrong_schema_beside_the_book_is_told_with_its_line(copy, text):
    line, near = WRONG_SCHEMAS[text]
    book = copy(BOOKS[3])
    (book.parent / "schemas").mkdir()
    (book.parent / "schemas" / "ours.yaml").write_text(text, "utf-8")
    for lang, words in (("en", f"line {line}: "), ("zh", f"第 {line} 行")):
        ran = crmsheet("check", book, "--lang", lang)
        assert (ran.code, ran.out) == (4, ""), ran
        assert "ours.yaml" in ran.err
        assert words in ran.err
        assert near in ran.err
        assert ran.err.count("\n") == 1


def test_a_schema_beside_the_book_makes_a_column_known(tmp_path):
    book = tmp_path / "客户.csv"
    book.write_text("客户编号,客户名称,授信档\nC1,华信科技有限公司,高\n", "utf-8")
    assert "授信档" in str(crmsheet("check", book, "--today", TODAY, "-f", "json").document["sections"])
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas" / "ours.yaml").write_text(
        "table: customers\nfields:\n  credit_band:\n    labels: {zh: 授信档, en: Credit band}\n", "utf-8"
    )
    ran = crmsheet("check", book, "--today", TODAY, "-f", "json")
    assert ran.code == 0, ran.err
    assert "授信档" not in str(ran.document["sections"])


@pytest.mark.parametrize("content", [b"hello\nworld\n", b"", b'{"format": "crmsheet/1"}\n', b"\xff\xfe\0\0"])
def test_a_file_that_is_no_proposal(copy, tmp_path, content):
    file = tmp_path / "proposal.json"
    file.write_bytes(content)
    for lang in ("en", "zh"):
        ran = crmsheet("apply", file, copy(BOOKS[3]), "--lang", lang)
        assert (ran.code, ran.out) == (2, ""), ran
        assert "proposal.json" in ran.err
        assert "Traceback" not in ran.err


def test_a_missing_proposal():
    ran = crmsheet("apply", "none.json", "--lang", "zh")
    assert ran.code == 2
    assert "没有这个文件" in ran.err


def test_the_language_before_the_command_holds_for_its_result(copy):
    book = copy(BOOKS[3])
    assert HAN.search(crmsheet("--lang", "zh", "history", book).out)
    assert not HAN.search(crmsheet("--lang", "zh", "history", book, "--lang", "en").out)
