"""The sessions in the docs are real: each `$ command` in a ```console block is run, and what it prints is compared.

`make golden` writes the blocks anew.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

PAGES = ("README.md", "docs/README.zh.md")
BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
CLOCK = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[+-]\d\d:\d\d")
CUT = "[...]"
"""A line that stands for the rest of a command's output in the docs."""


def run(command: str, folder: Path, lang: str) -> str:
    """What a command prints, as a reader of the docs would see it in a terminal."""
    words = shlex.split(command.partition(" | head")[0])
    assert words[0] == "crmsheet", command
    environment = {
        **os.environ,
        "COLUMNS": "100",
        "LANG": "C.UTF-8",
        "CRMSHEET_LANG": lang,
        "USER": "li",
        "LOGNAME": "li",
        "NO_COLOR": "1",
    }
    done = subprocess.run(
        [sys.executable, "-c", "from crmsheet.cli.main import main; main()", *words[1:]],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    return CLOCK.sub("2026-11-23 02:00:00+00:00", done.stdout or done.stderr)


def played(block: str, folder: Path, lang: str) -> str:
    """The block with each command's real output; a cut output keeps its number of lines."""
    parts = re.split(r"^(\$ .*)$", block, flags=re.MULTILINE)[1:]
    pages = []
    for prompt, shown in zip(parts[::2], parts[1::2], strict=True):
        lines = run(prompt[2:], folder, lang).rstrip("\n").split("\n")
        if CUT in shown:
            lines = [*lines[: shown.strip("\n").split("\n").index(CUT)], CUT]
        pages.append("\n".join([prompt, *(line.rstrip() for line in lines)]))
    return "\n\n".join(pages) + "\n"


@pytest.mark.parametrize("page", PAGES)
def test_the_sessions_are_real(page: str, tmp_path: Path, update_golden: bool):
    text = (ROOT / page).read_text("utf-8")
    blocks = BLOCK.findall(text)
    assert blocks, f"{page} shows no session"
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    for block in blocks:
        real = played(block, tmp_path, "zh" if ".zh." in page else "en")
        if update_golden:
            text = text.replace(block, real)
        else:
            assert block == real, f"{page} is out of date: run `make golden`"
    if update_golden:
        (ROOT / page).write_text(text, "utf-8")
