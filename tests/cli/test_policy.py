"""`settings`, `schema` and `explain` as a user types them: both languages, slips, narrow terminals, scripts."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from rich.cells import cell_len

from tests.cli.conftest import crmsheet

HEAVY = ("pandas", "numpy", "duckdb", "pyarrow", "openpyxl", "phonenumbers", "pandera")
COMMANDS = (
    ("settings",),
    ("explain",),
    ("explain", "CRM310"),
    ("schema", "list"),
    ("schema", "show", "customers"),
    ("schema", "show", "客户.生命周期阶段"),
)


@pytest.fixture
def toml():
    def write(text):
        Path("crmsheet.toml").write_text(text, "utf-8")

    return write


def rows(ran, name):
    (section,) = (each for each in ran.document["sections"] if each["name"] == name)
    return section["rows"]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("width", [40, 60, 80, 200])
def test_no_line_is_wider_than_the_terminal(monkeypatch, words, lang, width):
    monkeypatch.setenv("COLUMNS", str(width))
    ran = crmsheet(*words, "--lang", lang)
    assert (ran.code, ran.err) == (0, "")
    assert max(map(cell_len, ran.out.splitlines())) <= width
    assert "\x1b" not in ran.out, "no colour in a pipe"
    assert bool(re.search("[一-鿿]{4}", ran.out)) or lang == "en"


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("form", ["md", "json", "html"])
def test_every_format(words, form):
    ran = crmsheet(*words, "-f", form)
    assert (ran.code, ran.err) == (0, "")
    assert form != "json" or ran.document["command"] == " ".join(words[: 2 if words[0] == "schema" else 1])


@pytest.mark.parametrize("words", COMMANDS[:3], ids=" ".join)
def test_what_needs_no_book_loads_nothing_heavy(words):
    code = (
        f"import sys\nfrom crmsheet.cli.main import run\nrun({list(words)!r})\n"
        f"print([each for each in {HEAVY!r} if each in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


@pytest.mark.parametrize("words", COMMANDS[3:], ids=" ".join)
def test_the_schema_is_shown_without_pandas(words):
    code = (
        f"import sys\nfrom crmsheet.cli.main import run\nrun({list(words)!r})\n"
        f"print([each for each in {HEAVY!r} if each in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


def test_settings_for_scripts(toml, monkeypatch):
    toml('[nightly]\nmerge = "sure"\n')
    monkeypatch.setenv("CRMSHEET_TIER_A", "0.7")
    monkeypatch.setenv("CRMSHEET_SOMEBODY", "else")
    ran = crmsheet("settings", "客户.xlsx", "-f", "json")
    found = {key: (value, source) for key, value, source in rows(ran, "settings")}
    assert found["nightly.merge"] == ("sure", "crmsheet.toml:2")
    assert found["tier.a"] == ("0.7", "environment CRMSHEET_TIER_A")
    assert found["book"] == ("客户.xlsx", "argument BOOK")
    assert found["region"] == ("CN", "default")
    assert found["followup.cadence"] == ("A=7,B=30,C=90", "default")
    assert any("CRMSHEET_SOMEBODY" in each for each in ran.document["notes"])


def test_settings_say_where_a_file_would_be(tmp_path):
    assert "There is no settings file" in crmsheet("settings").out
    assert str(tmp_path) in crmsheet("settings").out.replace("\n", "")


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", ("CRMSHEET_REGOIN", "Did you mean `CRMSHEET_REGION`?")),
        ("zh", ("CRMSHEET_REGOIN", "`CRMSHEET_REGION`", "没有")),
    ],
)
@pytest.mark.parametrize("command", ["settings", "check"])
def test_a_slip_in_the_environment_stops_every_command(copy, monkeypatch, lang, words, command):
    monkeypatch.setenv("CRMSHEET_REGOIN", "DE")
    ran = crmsheet(command, copy("one-sheet.xlsx"), "--lang", lang)
    assert (ran.code, ran.out) == (4, "")
    assert all(each in ran.err for each in words)


def test_a_slip_in_the_file_names_the_line(toml):
    toml('[nightly]\nmerg = "sure"\n')
    ran = crmsheet("settings")
    assert ran.code == 4
    assert "crmsheet.toml, line 2" in ran.err
    assert "`nightly.merge`" in ran.err


def test_settings_that_are_wrong_do_not_keep_rules_from_being_explained(toml):
    toml("nonsense = 1\n")
    assert crmsheet("explain", "203").code == 0


@pytest.mark.parametrize("name", ["customers", "Customers", "客户", "客户信息表", "CUSTOMERS"])
def test_a_table_is_named_by_code_label_or_alias(name):
    assert "客户编号" in crmsheet("schema", "show", name).out


@pytest.mark.parametrize("name", ["customers.stage", "客户.生命周期阶段", "customers.Lifecycle stage", "客户.客户阶段"])
def test_a_field_is_named_by_code_label_or_alias(name):
    ran = crmsheet("schema", "show", name, "-f", "json")
    assert [each[0] for each in rows(ran, "choices")][:2] == ["potential", "nurturing"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("schema", "show", "custmers"), "Did you mean customers?"),
        (("schema", "show", "customers.mobil"), "Did you mean mobile"),
        (("schema", "show", "客户.手几"), "Did you mean 手机"),
        (("schema", "show", "customers.zzzz"), "Known: customer_id"),
        (("schema", "lst"), "the nearest is list"),
        (("schema", "show"), "is missing"),
        (("explain", "CRM216"), "Did you mean CRM213, CRM214, CRM215?"),
        (("explain", "203", "204"), "too much"),
    ],
    ids=str,
)
def test_a_slip_is_answered_with_what_was_meant(words, said):
    ran = crmsheet(*words, "--lang", "en") if words[-1] != "show" else crmsheet(*words)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_a_schema_beside_the_book_is_laid_over_and_named():
    Path("schemas").mkdir()
    Path("schemas/customers.yaml").write_text(
        "table: customers\nfields:\n  plate: {labels: {zh: 车牌, en: Plate}}\n  mobile: {aliases: [车主电话]}\n",
        "utf-8",
    )
    found = {each[0]: each[-1] for each in rows(crmsheet("schema", "list", "-f", "json"), "tables")}
    assert (found["customers"], found["staff"]) == ("shipped, then schemas/customers.yaml", "shipped")
    fields = {each[0]: each[-1] for each in rows(crmsheet("schema", "show", "客户", "-f", "json"), "customers")}
    assert fields["plate"] == "schemas/customers.yaml"
    assert fields["mobile"] == "shipped, then schemas/customers.yaml"
    assert fields["email"] == "shipped"


def test_a_wrong_schema_beside_the_book_is_told_with_its_line():
    Path("schemas").mkdir()
    Path("schemas/customers.yaml").write_text("table: customers\nfields:\n  name: {knid: text}\n", "utf-8")
    ran = crmsheet("schema", "list")
    assert ran.code == 4
    assert "line 3" in ran.err
    assert "Did you mean kind?" in ran.err


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "pwsh"])
def test_the_completion_script_of_the_shell(monkeypatch, shell):
    monkeypatch.setattr("typer.completion._get_shell_name", lambda: shell)
    ran = crmsheet("--show-completion")
    assert (ran.code, ran.err) == (0, "")
    assert "_CRMSHEET_COMPLETE" in ran.out


def test_completion_is_installed_where_it_says(monkeypatch, tmp_path):
    monkeypatch.setattr("typer.completion._get_shell_name", lambda: "fish")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("CRMSHEET_LANG", "zh")
    ran = crmsheet("--install-completion")
    (script,) = tmp_path.rglob("*.fish")
    assert ran.code == 0
    assert str(script) in ran.out
    assert "补全" in ran.out


def test_a_shell_that_is_not_known_is_named(monkeypatch):
    monkeypatch.setattr("typer.completion._get_shell_name", lambda: None)
    monkeypatch.setenv("SHELL", "/bin/tcsh")
    ran = crmsheet("--show-completion")
    assert ran.code == 2
    assert "tcsh" in ran.err
