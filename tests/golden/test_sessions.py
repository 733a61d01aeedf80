"""The sessions in the docs are real: each `$ command` in a ```console block is run, and what it prints is compared.

`make golden` writes the blocks anew.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.golden.sessions import language, played
from tests.morning import workplace

PAGES = (
    "README.md",
    "docs/README.zh.md",
    "docs/safety.md",
    "docs/zh/safety.md",
    "docs/history.md",
    "docs/zh/history.md",
    "docs/diff.md",
    "docs/zh/diff.md",
    "docs/undo.md",
    "docs/zh/undo.md",
    "docs/merging.md",
    "docs/zh/merging.md",
    "docs/duplicates.md",
    "docs/zh/duplicates.md",
)
PARTS = re.compile(r'```(?P<kind>console|python title="(?P<file>[^"]+)")\n(?P<text>.*?)```', re.DOTALL)
NIGHT = 2
"""The hour of the runs: that of the night run in the README."""


@pytest.mark.parametrize("page", PAGES)
def test_the_sessions_are_real(page: str, update_golden: bool):
    text = (ROOT / page).read_text("utf-8")
    with workplace() as folder:
        shutil.copytree(ROOT / "examples", folder / "examples")
        real = replayed(text, folder, language(page))
    if update_golden:
        (ROOT / page).write_text(real, "utf-8")
    else:
        assert text == real, f"{page} is out of date: run `make golden`"


def replayed(text: str, folder: Path, lang: str) -> str:
    """A page with what its commands print now; programs that it gives to its reader lie in the folder."""
    sessions = 0
    for part in PARTS.finditer(text):
        if part["file"]:
            (folder / part["file"]).write_text(part["text"], "utf-8")
            continue
        sessions += 1
        text = text.replace(part["text"], played(part["text"], folder, lang, hour=NIGHT))
    assert sessions, "the page shows no session"
    return text
