"""Asking git: its commands run in a folder, and what they refuse becomes a sentence."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from crmsheet.core.errors import GitMissing, GitRefused, NoRepository

_PLACES = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY")


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository as git sees it from a folder.

    `top` is the folder of its files, or where a bare one lies; `shared` is what all its worktrees have in common
    (`.git`). `prefix` leads from `top` to the folder: '' or ending in a slash.
    """

    folder: Path
    top: Path
    shared: Path
    prefix: str
    bare: bool

    def ask(self, *words: str) -> str:
        """What git answers, in a text."""
        return _text(run(self.top, *words))

    def wonder(self, *words: str) -> str | None:
        """The same of what may not be there: None where git says no."""
        try:
            return self.ask(*words)
        except GitRefused:
            return None


def repository(folder: Path) -> Repository:
    """The repository that a folder lies in.

    Raises:
        GitMissing: no git is on this machine.
        NoRepository: it lies in none.
        GitRefused: git does not want to work there, and why.
    """
    if not folder.is_dir():
        raise NoRepository(path=folder)
    try:
        said = _text(run(folder, "rev-parse", "--is-bare-repository", "--git-common-dir", "--show-prefix"))
    except GitRefused as error:
        if "not a git repository" in str(error.facts["detail"]):
            raise NoRepository(path=folder) from error
        raise
    bare, shared, prefix = said.split("\n")[:3]
    if bare == "true":
        top = folder / _text(run(folder, "rev-parse", "--git-dir")).rstrip("\n")
    else:
        top = Path(_text(run(folder, "rev-parse", "--show-toplevel")).rstrip("\n"))
    return Repository(folder, top.absolute(), (folder / shared).resolve(), prefix, bare == "true")


def run(folder: Path, *words: str) -> bytes:
    """What a git command prints, run in a folder.

    Raises:
        GitMissing: no git is on this machine.
        GitRefused: it failed, and what it said.
    """
    git = shutil.which("git")
    if git is None:
        raise GitMissing
    command = [git, "-c", "core.quotePath=false", *words]
    # Every word is ours, or a path or a revision that comes after a mark which ends the options.
    done = subprocess.run(command, cwd=folder, env=_environment(), capture_output=True, check=False)  # noqa: S603  (a list of words, no shell)
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().split("\n")
        detail = next((each for each in said if each.startswith(("fatal:", "error:"))), said[-1])
        raise GitRefused(command=words[0], detail=detail.partition(": ")[2] or detail or str(done.returncode))
    return done.stdout


def _text(said: bytes) -> str:
    """Paths in it may be bytes that are no UTF-8."""
    return said.decode("utf-8", "surrogateescape")


def _environment() -> Mapping[str, str]:
    """That of this process, in English and without questions; what hooks are given holds in any folder."""
    places = {name: str(Path(os.environ[name]).absolute()) for name in _PLACES if os.environ.get(name)}
    if "GIT_DIR" in places:  # git then takes the folder in which it is called for the top
        places.setdefault("GIT_WORK_TREE", str(Path.cwd()))
    return {**os.environ, **places, "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0"}
