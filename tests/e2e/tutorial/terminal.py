"""A terminal with somebody at the keyboard: tmux, a shell, and crmsheet at nine on the day of the docs."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Self

from tests.conftest import ROOT

PROMPT = "$ "
PATIENCE = 60.0
"""Seconds that a line may take on a busy machine before the test gives up."""
_LOOK_EVERY = 0.05


class Terminal:
    """One window of a tmux server of its own, in a folder; `with` ends it. `home` holds what the shell needs."""

    def __init__(self, folder: Path, home: Path, lang: str, columns: int = 100, lines: int = 32) -> None:
        self._tmux = ("tmux", "-L", f"crmsheet-{uuid.uuid4().hex[:12]}", "-u", "-f", "/dev/null")
        environment = _environment(_program(home), home, lang)
        # `env -i`: neither the settings of this machine nor those of its tmux reach the shell.
        shell = ["env", "-i", *(f"{name}={value}" for name, value in environment.items())]
        shell += ["bash", "--noprofile", "--norc", "-i"]
        size = ("-x", str(columns), "-y", str(lines))
        self._ask("new-session", "-d", *size, "-c", str(folder), shlex.join(shell), ";", "set", "status", "off")
        self.wait(PROMPT.strip())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._ask("kill-server")

    def type(self, line: str) -> None:
        """Types a line on an empty screen and presses Enter."""
        self._ask("send-keys", "-R", ";", "clear-history")
        self.press("C-l")
        self.answer(line)

    def answer(self, line: str) -> None:
        """Types into what is on the screen and presses Enter."""
        self._ask("send-keys", "-l", line)
        self.press("Enter")

    def press(self, key: str) -> None:
        """Presses one key, by its name for tmux."""
        self._ask("send-keys", key)

    @property
    def shell(self) -> int:
        """The process of the shell."""
        return int(self._ask("display-message", "-p", "#{pane_pid}"))

    def screen(self, *, colours: bool = False) -> str:
        """What stands on the screen, without the empty lines below; with `colours` also the codes that colour it."""
        shown = self._ask("capture-pane", "-p", *(("-e",) if colours else ()))
        return "\n".join(line.rstrip() for line in shown.rstrip().split("\n"))

    def unfolded(self) -> str:
        """The lines as they were printed: those that the terminal folded at its edge are whole again."""
        return self._ask("capture-pane", "-p", "-J")

    def wait(self, text: str) -> str:
        """The screen, once it shows a text and the shell waits again below it."""
        return self._until(lambda shown: text in shown and shown.rpartition("\n")[2] == PROMPT.strip(), text)

    def wait_to_be_asked(self, question: str, times: int) -> str:
        """The screen, once a question stands in its last line, asked for that many times."""
        return self._until(lambda shown: shown.endswith(question) and shown.count(question) == times, question)

    def _until(self, there: Callable[[str], bool], wanted: str) -> str:
        until = time.monotonic() + PATIENCE
        while not there(shown := self.screen()):
            assert time.monotonic() < until, f"{wanted!r} does not come; the screen shows:\n{shown}"
            time.sleep(_LOOK_EVERY)
        return shown

    def _ask(self, *words: str) -> str:
        done = subprocess.run([*self._tmux, *words], capture_output=True, text=True, encoding="utf-8", check=False)
        assert done.returncode == 0, f"tmux {words}: {done.stderr}"
        return done.stdout


def _program(home: Path) -> Path:
    """A folder with the command `crmsheet`, whose clock stands still."""
    programs = home / "bin"
    programs.mkdir()
    program = programs / "crmsheet"
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m tests.morning 9 "$@"\n', "utf-8")
    program.chmod(0o755)
    return programs


def _environment(programs: Path, home: Path, lang: str) -> dict[str, str]:
    python = Path(sys.executable).parent
    return {
        "PATH": os.pathsep.join([str(programs), str(python), os.environ["PATH"]]),
        "PYTHONPATH": str(ROOT),
        "HOME": str(home),
        "USER": "li",
        "LOGNAME": "li",
        "LANG": "C.UTF-8",
        "CRMSHEET_LANG": lang,
        "TERM": "screen",
        "PS1": PROMPT,
    }
