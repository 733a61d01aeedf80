"""Tab in real shells: what is typed becomes one word that the command gets as it is in the book."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

NAMES = ("北京 华信 (集团)", "Acme & Sons", 'O\'Hara "Best" $1', "上海华星", "上海华新")
STARTS = {
    "bash": ("bash", "--norc", "--noprofile", "-i"),
    "zsh": ("zsh", "-f", "-i"),
    "fish": ("fish", "--no-config", "-i"),
}
READY = {
    "bash": "bind 'set enable-bracketed-paste off'; PS1='ready> '",
    "zsh": "autoload -Uz compinit; compinit -u -D; PROMPT='ready> '; unsetopt zle_bracketed_paste; setopt no_beep",
    "fish": "function fish_prompt; echo 'ready> '; end; function fish_greeting; end",
}
LOAD = {
    "bash": 'eval "$(crmsheet --show-completion)"',
    "zsh": 'eval "$(crmsheet --show-completion)"',
    "fish": "crmsheet --show-completion | source",
}
SPY = {
    "bash": "crmsheet() { printf 'go''t'; printf '<%s>' \"$@\"; echo; }",
    "zsh": "crmsheet() { printf 'go''t'; printf '<%s>' \"$@\"; echo; }",
    "fish": "function crmsheet; printf 'go''t'; printf '<%s>' $argv; echo; end",
}
"""The completion runs the real program (by `env`), and the finished line shows its words."""


class Session:
    """A shell in a pseudo terminal."""

    def __init__(self, terminal: int) -> None:
        self._terminal, self.seen = terminal, ""

    def type(self, text: str) -> None:
        os.write(self._terminal, text.encode())

    def until(self, wanted: str, seconds: float = 30) -> str:
        """What is shown until a pattern appears; everything before is forgotten."""
        end = time.monotonic() + seconds
        while not (found := re.search(wanted, self.seen)):
            left = end - time.monotonic()
            assert left > 0, f"{wanted!r} did not come, but {self.seen!r}"
            if select.select([self._terminal], [], [], left)[0]:
                self.seen += os.read(self._terminal, 65536).decode("utf-8", "replace")
        shown, self.seen = self.seen[: found.end()], self.seen[found.end() :]
        return shown

    def settle(self, seconds: float = 0.7) -> None:
        """Reads until nothing is shown any more."""
        while select.select([self._terminal], [], [], seconds)[0]:
            self.seen += os.read(self._terminal, 65536).decode("utf-8", "replace")

    def command(self, line: str) -> None:
        """Runs a line and waits for its end."""
        self.seen = ""
        self.type(f"{line}; echo do''ne\r")
        self.until(r"done\r?\n")


@contextmanager
def shell(name: str, folder: Path) -> Iterator[Session]:
    """A shell with completion loaded, in a folder with a small book."""
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(folder),
        "XDG_CACHE_HOME": str(folder / "cache"),
        "TERM": "xterm",
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "COLUMNS": "200",
        "LINES": "50",
    }
    parent, child = pty.openpty()
    with subprocess.Popen(
        STARTS[name],
        stdin=child,
        stdout=child,
        stderr=child,
        env=environment,
        cwd=folder,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509  (no thread here; fish wants its terminal)
    ) as process:
        os.close(child)
        session = Session(parent)
        try:
            session.settle(1)
            for line in (READY[name], LOAD[name], SPY[name]):
                session.command(line)
            yield session
        finally:
            process.kill()
            os.close(parent)


def _completed(session: Session, typed: str) -> list[str]:
    """The words that the command gets after Tab and Return."""
    session.seen = ""
    session.type(f"{typed}\t\r")
    shown = session.until(r"got(<[^\r\n]*>)\s*\r?\n")
    return re.findall(r"<([^<>]*)>", shown[shown.rindex("got<") :])


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    lines = [f'C{number:03},"{name.replace(chr(34), chr(34) * 2)}"' for number, name in enumerate(NAMES, 1)]
    book = tmp_path / "客户.csv"
    book.write_text("客户编号,客户名称\n" + "\n".join(lines) + "\n", "utf-8")
    (tmp_path / "crmsheet.toml").write_text('book = "客户.csv"\n', "utf-8")
    return tmp_path


@pytest.mark.parametrize("name", [pytest.param(each, marks=pytest.mark.e2e(each)) for each in STARTS])
def test_what_tab_types_arrives_as_it_is_in_the_book(name: str, desk: Path):
    with shell(name, desk) as session:
        assert _completed(session, "crmsheet show 北京") == ["show", "北京 华信 (集团)"]
        assert _completed(session, "crmsheet show Ac") == ["show", "Acme & Sons"]
        assert _completed(session, "crmsheet show C002") == ["show", "C002"]
        assert _completed(session, "crmsheet show 上海") == ["show", "上海华"], "what both names begin with"
        assert _completed(session, "crmsheet nigh") == ["nightly"]
        assert _completed(session, "crmsheet check -f js") == ["check", "-f", "json"]
        assert _completed(session, "crmsheet explain CRM205") == ["explain", "CRM205"]
        assert _completed(session, "crmsheet check 客") == ["check", "客户.csv"]


@pytest.mark.e2e("bash")
def test_bash_takes_quotes_capitals_and_hostile_marks(desk: Path):
    with shell("bash", desk) as session:
        assert _completed(session, 'crmsheet show "北京') == ["show", "北京 华信 (集团)"]
        assert _completed(session, "crmsheet show 'Acme") == ["show", "Acme & Sons"]
        assert _completed(session, "crmsheet show acme") == ["show", "Acme & Sons"]
        assert _completed(session, "crmsheet show O") == ["show", NAMES[2]]
        assert _completed(session, 'crmsheet show "O') == ["show", NAMES[2]]
