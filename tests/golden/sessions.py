"""Sessions of the docs: commands are run as a reader would type them, and what they print is written down."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from crmsheet.cli import desk
from crmsheet.cli.main import run as crmsheet
from tests.morning import as_shown, clock

CUT = "[...]"
"""A line that stands for the rest of a command's output in the docs."""
_VERSION = re.compile(r"^( +\d+   \d{4}-.* )[0-9a-f]{8}$", re.MULTILINE)
"""A line of `crmsheet history`: its number, its time, and at its end its id."""
_SETTING = re.compile(r"([A-Z_]+)=(.*)")


def language(page: str) -> str:
    """The language of a page of the docs."""
    return "zh" if ".zh." in page or "/zh/" in page else "en"


def run(command: str, folder: Path, lang: str, *, hour: int = 9) -> str:
    """What a command prints into a pipe; `$NAME=value` in front, `*` and `> file` mean what they mean in a shell.

    crmsheet runs in this process: the programs of the libraries are loaded once and not for each line of the docs.
    """
    command, _, target = command.partition(" > ")
    words = [each for word in shlex.split(command) for each in _expanded(word, folder)]
    with pytest.MonkeyPatch.context() as patched:
        _as_at_a_desk(patched, folder, lang, hour)
        while found := _SETTING.fullmatch(words[0]):
            patched.setenv(found[1], found[2])
            del words[0]
        said = _crmsheet(words[1:]) if words[0] == "crmsheet" else _other(words, folder)
    if target:
        (folder / target).write_text(said, "utf-8")
        return ""
    return settled(said, folder)


def settled(said: str, folder: Path) -> str:
    """What was said, without what differs from run to run: the folder, and the ids of versions, which are random."""

    def told(found: re.Match[str]) -> str:
        return found[1] + hashlib.sha256(found[1].encode()).hexdigest()[:8]

    return _VERSION.sub(told, as_shown(said, folder))


def _as_at_a_desk(patched: pytest.MonkeyPatch, folder: Path, lang: str, hour: int) -> None:
    for name in [each for each in os.environ if each.startswith("CRMSHEET_")]:
        patched.delenv(name)
    for name, value in {"COLUMNS": "100", "LANG": "C.UTF-8", "CRMSHEET_LANG": lang, "NO_COLOR": "1"}.items():
        patched.setenv(name, value)
    for name in ("USER", "LOGNAME"):
        patched.setenv(name, "li")
    patched.chdir(folder)
    patched.setattr(desk, "dt", clock(hour))


def _crmsheet(arguments: list[str]) -> str:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        crmsheet(arguments)
    return out.getvalue() or err.getvalue()


def _other(words: list[str], folder: Path) -> str:
    command = [sys.executable if words[0] == "python" else words[0], *words[1:]]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8", check=True)
    return done.stdout


def _expanded(word: str, folder: Path) -> list[str]:
    found = sorted(each.relative_to(folder).as_posix() for each in folder.glob(word)) if "*" in word else []
    return found or [word]


def written(command: str, said: str, lines: int | None = None) -> str:
    """A command and what it said, of which the first `lines` are shown."""
    shown = [each.rstrip() for each in said.rstrip("\n").split("\n")]
    if lines is not None and lines < len(shown):
        shown = [*shown[:lines], CUT]
    return "\n".join([f"$ {command}", *(shown if said else ())])


def played(block: str, folder: Path, lang: str, *, hour: int = 9) -> str:
    """A ```console block with each command's real output; a cut output keeps its number of lines."""
    parts = re.split(r"^\$ (.*)$", block, flags=re.MULTILINE)[1:]
    pages = []
    for command, shown in zip(parts[::2], parts[1::2], strict=True):
        lines = shown.strip("\n").split("\n").index(CUT) if CUT in shown else None
        pages.append(written(command, run(command, folder, lang, hour=hour), lines))
    return "\n\n".join(pages) + "\n"
