"""The walk-through with git in the docs is real: each line is run by a shell, and what comes is compared.

`make golden` writes the screens anew.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.e2e.repository import surroundings
from tests.golden.sessions import CUT, written
from tests.morning import as_shown, workplace

pytestmark = pytest.mark.e2e("git", "bash")

PAGES = {"en": ROOT / "docs/git.md", "zh": ROOT / "docs/zh/git.md"}
BOOKS = {"en": ("en/customer-book.xlsx", "en/crmsheet.toml"), "zh": ("客户关系管理书.xlsx",)}
BLOCK = re.compile(r"(?<=```console\n)(?P<text>.*?)(?=```\n)", re.DOTALL)
_IDS = re.compile(r"(?m)(?<=^index )[0-9a-f]{7}(\.\.)[0-9a-f]{7}|^\^?[0-9a-f]{8}(?= )")
"""Ids of commits and files: files are compressed differently elsewhere."""


@pytest.mark.parametrize("lang", PAGES)
def test_the_walk_with_git_is_real(lang, tmp_path, update_golden):
    text = PAGES[lang].read_text("utf-8")
    with workplace() as folder:
        for each in BOOKS[lang]:
            shutil.copyfile(ROOT / "examples" / each, folder / Path(each).name)
        screens = iter([_played(each["text"], folder, _desk(tmp_path, lang)) for each in BLOCK.finditer(text)])
    real = BLOCK.sub(lambda _: next(screens), text)
    if update_golden:
        PAGES[lang].write_text(real, "utf-8")
    assert real == text or update_golden, f"{PAGES[lang].name} is out of date: run `make golden`"


def test_both_languages_take_the_same_steps():
    english, chinese = (
        [step.split()[:2] for step, _ in _steps(PAGES[lang].read_text("utf-8"))] for lang in ("en", "zh")
    )
    assert english == chinese


def _steps(text: str) -> Iterator[tuple[str, str]]:
    """The lines that are typed, each with what the page shows below."""
    for block in BLOCK.finditer(text):
        parts = re.split(r"^\$ (.*)$", block["text"], flags=re.MULTILINE)[1:]
        yield from zip(parts[::2], parts[1::2], strict=True)


def _played(block: str, folder: Path, environment: Mapping[str, str]) -> str:
    """A block with what each of its lines prints; a cut screen keeps its number of lines."""
    parts = re.split(r"^\$ (.*)$", block, flags=re.MULTILINE)[1:]
    pages = []
    for command, shown in zip(parts[::2], parts[1::2], strict=True):
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        said = _IDS.sub(_same_id, as_shown(done.stdout.decode(), folder))
        lines = shown.strip("\n").split("\n").index(CUT) if CUT in shown else None
        pages.append(written(command, said, lines))
    return "\n\n".join(pages) + "\n"


def _same_id(found: re.Match[str]) -> str:
    return "0123abc..0123abc" if found[1] else "0123abc4"


def _desk(home: Path, lang: str) -> Mapping[str, str]:
    """Where the lines are typed: crmsheet at nine on the day of the docs, and git as on a new computer."""
    programs = home / "bin"
    if not programs.exists():
        programs.mkdir()
        program = programs / "crmsheet"
        program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m tests.morning 9 "$@"\n', "utf-8")
        program.chmod(0o755)
        names = "[user]\n\tname = Li\n\temail = li@example.com\n[core]\n\tquotePath = false\n"
        (home / "gitconfig").write_text(names, "utf-8")
    around = dict(surroundings(home, lang))
    del around["CRMSHEET_ACTOR"]
    around["PATH"] = os.pathsep.join([str(programs), around["PATH"]])
    return {
        **around,
        "PYTHONPATH": str(ROOT),
        "COLUMNS": "100",
        "GIT_CONFIG_GLOBAL": str(home / "gitconfig"),
        "USER": "li",
    }
