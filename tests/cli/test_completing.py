"""Completion as each shell asks for it: what fits, in the spelling of that shell, and never a word of trouble."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from tests.cli.conftest import Ran, crmsheet

NAMES = ("北京 华信 (集团)", "Acme & Sons", 'O\'Hara "Best" $1', "上海华星", "[/bold] 张三")
SHELLS = ("bash", "zsh", "fish", "powershell")


@pytest.fixture(autouse=True)
def _desk(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    lines = [f'C{number:03},"{name.replace(chr(34), chr(34) * 2)}"' for number, name in enumerate(NAMES, 1)]
    Path("客户.csv").write_text("客户编号,客户名称\n" + "\n".join(lines) + "\n", "utf-8")
    Path("crmsheet.toml").write_text('book = "客户.csv"\n', "utf-8")


def ask(monkeypatch, shell: str, *words: str) -> Ran:
    """Asks as a shell does: the last word is the unfinished one."""
    typed = ["crmsheet", *words]
    if shell == "bash":
        monkeypatch.setenv("COMP_WORDS", "\n".join(typed))
        monkeypatch.setenv("COMP_CWORD", str(len(words)))
    else:
        monkeypatch.setenv("_TYPER_COMPLETE_ARGS", " ".join(typed))
        monkeypatch.setenv("_TYPER_COMPLETE_WORD_TO_COMPLETE", words[-1])
        monkeypatch.setenv("_TYPER_COMPLETE_FISH_ACTION", "get-args")
    monkeypatch.setenv("_CRMSHEET_COMPLETE", f"complete_{shell}")
    with pytest.raises(SystemExit) as left:
        crmsheet()
    assert left.value.code in {0, None}
    return left


@pytest.fixture
def completed(monkeypatch, capfd):
    def complete(shell, *words):
        monkeypatch.setattr("tests.cli.test_completing.crmsheet", _in_process)
        ask(monkeypatch, shell, *words)
        said = capfd.readouterr()
        assert said.err == ""
        return [each for each in said.out.splitlines() if each]

    return complete


def _in_process():
    from crmsheet.cli.main import run

    run([])


def test_bash_reads_each_name_back_as_one_word(completed):
    for number, name in enumerate(NAMES, 1):
        (offered,) = completed("bash", "show", name[:1])
        assert shlex.split(offered) == [name]
        assert completed("bash", "show", f"C00{number}") == [f"C00{number}"]


@pytest.mark.parametrize("quote", ["'", '"'])
def test_bash_within_a_quote(completed, quote):
    for name in NAMES[:2]:
        (offered,) = completed("bash", "show", f"{quote}{name[:2]}")
        assert shlex.split(f"{quote}{offered}{quote}") == [name]
    (offered,) = completed("bash", "show", f"{quote}O")
    # Within double quotes bash takes \\$ for $, which shlex does not.
    assert shlex.split(f"{quote}{offered}{quote}") == [NAMES[2].replace("$", "\\$" if quote == '"' else "$")]


def test_powershell_gets_quotes_where_they_are_needed(completed):
    assert completed("powershell", "show", "Acme") == ["'Acme & Sons':::C002"]
    assert completed("powershell", "show", "上") == ["上海华星:::C004"]
    assert completed("powershell", "show", "O") == ["'O''Hara \"Best\" $1':::C003"]


def test_fish_gets_the_name_and_the_key(completed):
    assert completed("fish", "show", "北") == ["北京 华信 (集团)\tC001"]
    assert completed("fish", "show", "C005") == ["C005\t[/bold] 张三"]


def test_zsh_is_offered_the_key_of_a_name_that_it_cannot_carry(completed):
    assert "C003" in "".join(completed("zsh", "show", "C"))
    assert "Hara" not in "".join(completed("zsh", "show", "O"))
    assert "Acme & Sons" in "".join(completed("zsh", "show", "Ac"))


@pytest.mark.parametrize("shell", SHELLS)
def test_keys_alone_where_nothing_is_typed(completed, shell):
    said = "\n".join(completed(shell, "show", ""))
    assert all(f"C00{number}" in said for number in range(1, 6))


@pytest.mark.parametrize("words", [("show", "c00"), ("show", "客户.csv", "C00"), ("note", "C00"), ("set", "C00")])
def test_customers_in_every_command_on_one(completed, words):
    assert completed("bash", *words) == ["C001", "C002", "C003", "C004", "C005"]


def test_the_customer_of_a_record_that_is_added(completed):
    assert completed("bash", "add", "--customer", "C002") == ["C002"]


@pytest.mark.parametrize(
    "words",
    [
        ("note", "C001", "C0"),
        ("show", "C001", "C0"),
        ("show", "./"),
        ("show", "/tm"),
        ("check", "客"),
    ],
)
def test_the_rest_is_left_to_the_shell(completed, words):
    assert completed("bash", *words) == []


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (("nigh",), ["nightly"]),
        (("check", "--fail-on", "w"), ["warning"]),
        (("check", "-f", "js"), ["json"]),
        (("check", "--lang", ""), ["zh", "en"]),
        (("explain", "CRM26"), ["CRM260", "CRM261", "CRM262", "CRM263", "CRM265", "CRM266"]),
        (("explain", "crm203"), ["CRM203"]),
        (("explain", "203"), ["CRM203"]),
        (("schema", "s"), ["show"]),
        (("schema", "show", "cust"), ["customers"]),
        (("schema", "show", "customers.mob"), ["customers.mobile"]),
        (("schema", "show", "客户"), ["customers", "feedback", "needs"]),
    ],
    ids=str,
)
def test_commands_choices_rules_and_tables(completed, words, offered):
    assert completed("bash", *words) == offered


@pytest.mark.parametrize("trouble", ["settings", "schema", "book", "cache", "variable"])
@pytest.mark.parametrize("words", [("show", "C"), ("schema", "show", "cu"), ("explain", "CRM203")], ids=" ".join)
def test_trouble_is_never_told_at_the_prompt(completed, monkeypatch, tmp_path, trouble, words):
    if trouble == "settings":
        Path("crmsheet.toml").write_text("nonsense = 1\n", "utf-8")
    elif trouble == "schema":
        Path("schemas").mkdir()
        Path("schemas/customers.yaml").write_text("table: [", "utf-8")
    elif trouble == "book":
        Path("客户.csv").write_bytes(b"PK\x03\x04 no book \xff\x00")
    elif trouble == "cache":
        (tmp_path / "cache").write_text("no folder", "utf-8")
    else:
        monkeypatch.setenv("CRMSHEET_REGOIN", "DE")
    completed("bash", *words)  # it asserts that nothing is said, and that the exit code is 0
