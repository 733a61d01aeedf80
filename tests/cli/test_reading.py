"""Words of the command line: what is read without Typer's validators is read as they read it."""

import os
import subprocess
import sys
from enum import StrEnum
from pathlib import Path
from types import SimpleNamespace

import pytest
import typer

from crmsheet.cli.main import app
from crmsheet.cli.reading import quicken


def parameters(command):
    """Every parameter of a command and of its subcommands, each under its command's name."""
    for each in command.params:
        yield f"{command.name} {each.name}", each
    for child in getattr(command, "commands", {}).values():
        yield from parameters(child)


OWN, QUICK = typer.main.get_command(app), typer.main.get_command(app)
quicken(QUICK)
CONTEXT = OWN.make_context("crmsheet", ["history"], resilient_parsing=True)
QUICKENED = dict(parameters(QUICK))
PAIRS = {name: (one, QUICKENED[name]) for name, one in parameters(OWN)}
WORDS = (
    "",
    "text",
    "json",
    "TEXT",
    "zh",
    "never",
    "error",
    "2026-11-23",
    "-",
    ".",
    "no/such/place",
    "a\0b",
    "12",
    "C0012",
    None,
)


def answer(parameter, value):
    """What a parameter makes of a value, or the class and the sentence of its refusal."""
    try:
        made = parameter.get_runtime_param().coerce(value, param=parameter, ctx=CONTEXT)
    except Exception as error:  # noqa: BLE001  (whatever it is, both must raise it)
        return type(error), str(error)
    return type(made), made


@pytest.mark.parametrize("name", PAIRS)
def test_a_word_is_read_as_typer_reads_it(name):
    own, quick = PAIRS[name]
    values = [(), ("a",), ("a", "b"), None] if own.nargs == -1 else list(WORDS)
    if isinstance(own.type_descriptor.annotation, type) and issubclass(own.type_descriptor.annotation, StrEnum):
        values += list(own.type_descriptor.annotation)
    if own.type_descriptor.annotation is Path:
        values.append(Path("there"))
    for value in values:
        quick._runtime_param = None  # a value before may have brought the validator
        quicken(SimpleNamespace(params=[quick], get_help_option=None))
        assert answer(quick, value) == answer(own, value), value


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="needs a file that may not be read")
def test_a_file_that_may_not_be_read_is_left_to_typer(tmp_path):
    (tmp_path / "book.csv").touch(mode=0)
    own, quick = PAIRS["history book"]
    assert answer(quick, str(tmp_path / "book.csv")) == answer(own, str(tmp_path / "book.csv"))


@pytest.mark.parametrize(("arguments", "code"), [(["--help"], 0), (["histroy"], 2), (["history", "no-such.xlsx"], 3)])
def test_a_process_ends_at_once_with_its_exit_code_and_all_it_said(arguments, code):
    done = subprocess.run([sys.executable, "-m", "crmsheet", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == code
    assert done.stdout.endswith("\n") if code == 0 else done.stderr.endswith("\n")
