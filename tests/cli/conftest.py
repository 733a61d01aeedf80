"""Small messy books, and the command line run in this process."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import io
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from crmsheet.app import schemas
from crmsheet.cli.main import run
from crmsheet.sample import EXAMPLE_DAY, make_book

TODAY = EXAMPLE_DAY.isoformat()
BOOKS = ("客户.xlsx", "customers.xlsx", "csv-book", "one-sheet.xlsx")
ENVIRONMENT = ("CRMSHEET_BOOK", "CRMSHEET_LANG", "CRMSHEET_DEBUG", "LC_ALL", "LC_MESSAGES", "COLUMNS", "NO_COLOR")


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command line gave."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        return self.out + self.err

    @property
    def document(self) -> Any:
        return json.loads(self.out)


Cli = Callable[..., Ran]


def crmsheet(*arguments: object) -> Ran:
    """Runs a command line in this process."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run([str(each) for each in arguments])
    return Ran(code, out.getvalue(), err.getvalue())


def tree(folder: Path) -> dict[str, str]:
    """Every file and folder below a folder with the digest of its content."""
    return {
        each.relative_to(folder).as_posix(): hashlib.sha256(each.read_bytes()).hexdigest() if each.is_file() else "/"
        for each in sorted(folder.rglob("*"))
    }


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test sees the settings of this machine, or writes where it stands."""
    for name in ENVIRONMENT:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="session", autouse=True)
def _schema_read_once() -> Iterator[None]:
    """The shipped schema is the same for every command line, and reading it is a third of the work on a small book."""
    with pytest.MonkeyPatch.context() as patched:
        load, known = schemas.load, functools.cache(schemas.load)
        # A folder beside a book may be written anew between two command lines, also by other tests of this process.
        patched.setattr(schemas, "load", lambda *folders: (known if len(folders) == 1 else load)(*folders))
        yield


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The four kinds of books, small; nobody writes here."""
    folder = tmp_path_factory.mktemp("shelf")
    # Seeds whose books hold sure duplicates.
    kinds = ((3, {}), (4, {"lang": "en"}), (9, {}), (6, {"layout": "one_sheet"}))
    for name, (seed, options) in zip(BOOKS, kinds, strict=True):
        make_book(folder / name, customers=40, today=EXAMPLE_DAY, seed=seed, mess=1.5, **options)
    return folder


@pytest.fixture(scope="session")
def looked(shelf: Path) -> Iterator[Cli]:
    """Runs a command that only looks at a book of the shelf, each command line once per session."""
    seen: dict[tuple[object, ...], Ran] = {}
    before = tree(shelf)

    def look(command: str, book: str, *options: str) -> Ran:
        key = (command, book, *options)
        if key not in seen:
            seen[key] = crmsheet(command, shelf / book, "--today", TODAY, *options)
        return seen[key]

    yield look
    assert tree(shelf) == before, "a command without --write left something on the disk"


@pytest.fixture
def copy(shelf: Path, tmp_path: Path) -> Callable[[str], Path]:
    """A copy of a book of the shelf in a folder of its own."""

    def copied(name: str) -> Path:
        target = tmp_path / "desk" / name
        target.parent.mkdir(exist_ok=True)
        if (shelf / name).is_dir():
            shutil.copytree(shelf / name, target)
        else:
            shutil.copyfile(shelf / name, target)
        return target

    return copied


def members(book: Path) -> dict[str, bytes]:
    """The bytes of a book: of its file, or of the CSV files of its folder."""
    if book.is_dir():
        return {each.name: each.read_bytes() for each in book.glob("*.csv")}
    return {"": book.read_bytes()}
