"""A repository of real git, and crmsheet at work in it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.conftest import Ran, crmsheet

DAY = "2026-11-23T09:00:00+08:00"


def surroundings(home: Path, lang: str = "en") -> Mapping[str, str]:
    """The environment of git and crmsheet: nothing of this machine but its programs."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "CRMSHEET_LANG": lang,
        "CRMSHEET_ACTOR": "li",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_DATE": DAY,
        "GIT_COMMITTER_DATE": DAY,
        "GIT_PAGER": "cat",
        "GIT_EDITOR": "true",
    }


@dataclass(frozen=True, slots=True)
class Repo:
    """A work tree; `home` is a folder of its own, and `lang` what crmsheet speaks."""

    top: Path
    home: Path
    lang: str = "en"

    def run(self, *words: object, where: str = "", code: int | None = 0) -> Ran:
        """Runs a program in a folder of the work tree; `code` is what it must end with, None for anything."""
        done = subprocess.run(
            [str(each) for each in words],
            cwd=self.top / where,
            env=surroundings(self.home, self.lang),
            capture_output=True,
            check=False,
        )
        ran = Ran(done.returncode, done.stdout.decode(), done.stderr.decode())
        assert code is None or ran.code == code, f"{words}: {ran.code}\n{ran.said}"
        return ran

    def git(self, *words: object, where: str = "", code: int | None = 0) -> str:
        """What a git command says on both streams."""
        return self.run("git", "-c", "core.quotePath=false", *words, where=where, code=code).said

    def crmsheet(self, *words: object, where: str = "", code: int | None = 0) -> str:
        """What a crmsheet command says on both streams; it runs in this process, which saves the start of another."""
        with pytest.MonkeyPatch.context() as patched:
            for name in [each for each in os.environ if each.startswith(("CRMSHEET_", "GIT_"))]:
                patched.delenv(name)
            for name, value in surroundings(self.home, self.lang).items():
                patched.setenv(name, value)
            patched.chdir(self.top / where)
            ran = crmsheet(*words)
        assert code is None or ran.code == code, f"{words}: {ran.code}\n{ran.said}"
        return ran.said

    def commit(self, message: str) -> str:
        """Commits everything; the id of the commit."""
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message)
        return self.git("rev-parse", "HEAD").strip()


def begun(folder: Path, home: Path, lang: str = "en") -> Repo:
    """A new repository in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    home.mkdir(parents=True, exist_ok=True)
    repo = Repo(folder, home, lang)
    repo.git("init", "-q", "-b", "main")
    repo.git("config", "user.name", "li")
    repo.git("config", "user.email", "li@example.com")
    return repo
