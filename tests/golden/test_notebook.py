"""The story in the docs of the Python API is examples/notebook.py, cell by cell, with what each cell really prints.

`make golden` writes the blocks anew.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

PAGES = {"en": "docs/api.md", "zh": "docs/zh/api.md"}
FENCED = r"(?:(?!```).)*"
PAIR = re.compile(rf"```python\n({FENCED})```\n\n```text\n({FENCED})```", re.DOTALL)
CLOCK = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[+-]\d\d:\d\d")
MARK = "-- cell --"


def cells() -> list[str]:
    """The cells of the notebook, without the docstring above them."""
    text = (ROOT / "examples/notebook.py").read_text("utf-8")
    return [each.strip() + "\n" for each in re.split(r"^# %%\n", text, flags=re.MULTILINE)[1:]]


def printed(lang: str, folder: Path) -> list[str]:
    """What each cell prints, run as one program over a copy of the examples."""
    shutil.copytree(ROOT / "examples", folder / "examples")
    script = folder / "examples/notebook.py"
    script.write_text(f"\nprint('{MARK}')\n".join(cells()), "utf-8")
    done = subprocess.run(
        [sys.executable, str(script), lang],
        cwd=folder,
        env={**os.environ, "LANG": "C.UTF-8", "PYTHONUTF8": "1", "TMPDIR": str(folder), "COLUMNS": "100"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    pages = CLOCK.sub("2026-11-23 02:00:00+00:00", done.stdout).split(f"{MARK}\n")
    return ["".join(f"{line.rstrip()}\n" for line in page.rstrip().split("\n")) for page in pages]


@pytest.mark.parametrize("lang", PAGES)
def test_the_notebook_in_the_docs_is_real(lang: str, tmp_path: Path, update_golden: bool):
    path = ROOT / PAGES[lang]
    text = path.read_text("utf-8")
    before = {each: each.read_bytes() for each in (ROOT / "examples").rglob("*") if each.is_file()}
    real = list(zip(cells(), printed(lang, tmp_path), strict=True))
    shown = PAIR.findall(text)
    assert len(shown) == len(real), f"{PAGES[lang]} shows {len(shown)} cells of {len(real)}"
    if update_golden:
        fresh = iter(real)
        text = PAIR.sub(lambda _: "```python\n{}```\n\n```text\n{}```".format(*next(fresh)), text)
        path.write_text(text, "utf-8")
    else:
        assert shown == real, f"{PAGES[lang]} is out of date: run `make golden`"
    assert {each: each.read_bytes() for each in (ROOT / "examples").rglob("*") if each.is_file()} == before
