"""Writes that are killed or failed at every single step. Run as a program: `python -m tests.e2e.faulty KIND FAULT`.

A program of its own, because it forks: the child writes and dies at one step, and the parent looks at what is left. The
steps are counted on a clean write, so that none is missed.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import errno
import functools
import inspect
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import openpyxl

from crmsheet.app import schemas
from crmsheet.app.keeping import keep
from crmsheet.app.opening import Loaded, load_book
from crmsheet.app.planning import planned
from crmsheet.app.request import Request
from crmsheet.app.undo import undo
from crmsheet.app.versions import history_of
from crmsheet.book.members import read_members
from crmsheet.book.replacing import digest
from crmsheet.core.changes import Change, Changes
from crmsheet.core.errors import WriteFailed
from crmsheet.disk import steps
from crmsheet.disk.durable import create
from tests.e2e.faulty_deeds import BOOK_DEEDS, HISTORY_DEEDS, Deed

NOW = dt.datetime(2026, 1, 5, 9, 30)
STEPS = {name: each for name, each in inspect.getmembers(steps, inspect.isfunction) if not name.startswith("_")}

LEFT = (".tmp", ".exchange", ".owner", ".intent")
"""Names that nothing has once a write has come to its end."""


class Trace:
    """Stands before every step: counts them, and at the wanted one does what is to go wrong."""

    def __init__(self, at: int = -1, wrong: Callable[[str, tuple], int | None] | None = None, *, on: bool = False):
        self.names: list[str] = []
        self.at, self.wrong, self.on = at, wrong, on

    @contextlib.contextmanager
    def __call__(self) -> Iterator[Trace]:
        for name, real in STEPS.items():
            setattr(steps, name, functools.partial(self.step, name, real))
        try:
            yield self
        finally:
            for name, real in STEPS.items():
                setattr(steps, name, real)

    def step(self, name, real, *arguments):
        number = len(self.names)
        self.names.append(name)
        if self.wrong is not None and (number == self.at or (self.on and number > self.at >= 0)):
            taken = self.wrong(name, arguments)
            if taken is not None:
                return taken
        return real(*arguments)


def killed(name, arguments):
    """SIGKILL, before the step."""
    os.kill(os.getpid(), signal.SIGKILL)


def killed_half_way(name, arguments):
    """SIGKILL after half of a write reached the file."""
    if name == "write":
        STEPS["write"](arguments[0], arguments[1][: len(arguments[1]) // 2])
    os.kill(os.getpid(), signal.SIGKILL)


def failing(code):
    """The system refuses the step."""

    def fail(name, arguments):
        raise OSError(code, os.strerror(code))

    return fail


def short(name, arguments):
    """A write takes less than it was given."""
    return STEPS["write"](arguments[0], arguments[1][: len(arguments[1]) // 2 or 1]) if name == "write" else None


# What is written ------------------------------------------------------------------------------------------------


def workbook_of(folder: Path, tables: Mapping[str, Sequence[Sequence[str]]]) -> Path:
    book = openpyxl.Workbook()
    for title, rows in tables.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    del book["Sheet"]
    book.save(folder / "客户.xlsx")
    return folder / "客户.xlsx"


def csv_folder_of(folder: Path, tables: Mapping[str, Sequence[Sequence[str]]]) -> Path:
    for title, rows in tables.items():
        (folder / f"{title}.csv").write_text("".join(f"{','.join(row)}\r\n" for row in rows), "utf-8-sig", newline="")
    return folder


TABLES = {
    "客户": [
        ("客户编号", "客户名称", "备注"),
        ("C0001", "上海甲贸易有限公司", "一"),
        ("C0002", "上海乙贸易有限公司", "二"),
    ],
    "联系人": [("联系人编号", "客户编号", "姓名", "备注"), ("P0001", "C0001", "王一", "一")],
}


def changes(loaded: Loaded, text: str) -> Changes:
    """A cell of each table: in a folder of CSV files, two files that belong together."""
    return Changes.of(
        Change("set", name, key, row, field="notes", before=_held(loaded, name, row), after=text)
        for name, key, row in (("customers", "C0002", loaded.book.tables["customers"].header_row + 2),
                               ("contacts", "P0001", loaded.book.tables["contacts"].header_row + 1))
    )  # fmt: skip


def _held(loaded: Loaded, name: str, row: int):
    table = loaded.book.tables[name]
    return table.cells.at[row, table.columns["notes"]]


def request(book: Path) -> Request:
    return Request(NOW, NOW.date(), book, lang="en", actor="test")


def written(book: Path, text: str) -> None:
    loaded = load_book(request(book))
    changeset, made = planned(loaded, changes(loaded, text), text)
    keep(loaded, changeset, made, text, budget=False)


@dataclasses.dataclass
class Case:
    """A book in a folder, as it is before and after a write; `begin` puts it there, `write` writes it."""

    folder: Path
    book: Path
    kind: str

    @property
    def deed(self) -> Deed | None:
        """What is written other than two plain cells."""
        return {**BOOK_DEEDS, **HISTORY_DEEDS}.get(self.kind.partition("-")[2])

    def begin(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(self.folder.with_name("before"), self.folder)

    def prepare(self) -> Callable[[], None]:
        """All that comes before the first step, so that a fork pays for it once."""
        loaded = load_book(request(self.book))
        if self.deed is not None:
            write = self.deed.write
            return lambda: write(request, self.book)
        changeset, made = planned(loaded, changes(loaded, "write"), "write")
        return lambda: keep(loaded, changeset, made, "write", budget=False)


def case(kind: str, home: Path) -> Case:
    before = home / "before"
    before.mkdir()
    made = (workbook_of if kind.startswith("xlsx") else csv_folder_of)(before, TABLES)
    folder = home / "now"
    made_case = Case(folder, folder / made.relative_to(before), kind)
    if made_case.deed is not None:
        made_case.deed.before(request, made)
    if kind.partition("-")[2] in ("again", "undo", "restore"):
        written(made, "first")
    return made_case


# What must hold ---------------------------------------------------------------------------------------------------


def raw(book: Path) -> dict[str, bytes]:
    """The files as any program sees them."""
    return {each.name: each.read_bytes() for each in book.glob("*.csv")} if book.is_dir() else {"": book.read_bytes()}


def settled(case: Case, old: dict[str, bytes], new: dict[str, bytes], where: str) -> dict[str, bytes]:
    """The book, which is the old or the new one, and its history says so."""
    now = read_members(case.book)
    assert now in (old, new), f"{where}: half a book"
    history = history_of(case.book)
    assert history.damage() == (), f"{where}: {history.damage()}"
    known = history.known(digest(now))
    for each in known:
        files = history.restore(each.id)
        assert files.exact, where
        assert digest(dict(files.files)) == each.sha256, where
    if now == new:
        assert known[-1].sha256 == digest(new), f"{where}: the history does not know what was written"
    return now


def agrees(case: Case, old: dict[str, bytes], new: dict[str, bytes], where: str) -> bool:
    """It is settled, work goes on, and can be taken back; whether the book is the new one."""
    now = settled(case, old, new, where)
    written(case.book, "next")
    assert raw(case.book) not in (old, new)
    left = [each.name for each in case.folder.rglob("*") if each.name.endswith(LEFT)]
    assert left == [], f"{where}: {left}"
    history = history_of(case.book)
    chain = history.versions()
    assert history.pending() == (), where
    assert [each.parent for each in chain[1:]] == [each.id for each in chain[:-1]], f"{where}: the chain is broken"
    assert chain[-1].command == "next"
    assert chain[-2].sha256 == digest(now), f"{where}: {[each.command for each in chain]}"
    undo(request(case.book), write=True)
    assert raw(case.book) == now, f"{where}: undo does not give the bytes back"
    if now == new and not case.kind.endswith("undo"):
        undo(request(case.book), write=True)
        assert raw(case.book) == old, f"{where}: the write that was cut off cannot be undone"
    return now == new


def clean_run(case: Case) -> tuple[dict[str, bytes], dict[str, bytes], list[str]]:
    """The book before and after, and the names of the steps."""
    case.begin()
    old = raw(case.book)
    with Trace()() as trace:
        case.prepare()()
    new = raw(case.book)
    assert new != old
    assert agrees(case, old, new, "a clean run")
    return old, new, trace.names


def kill_everywhere(case: Case) -> str:
    old, new, names = clean_run(case)
    case.begin()
    write = case.prepare()
    became: list[bool] = []
    for at, name in enumerate(names):
        for wrong in (killed, killed_half_way) if name == "write" else (killed,):
            case.begin()
            child = os.fork()
            if child == 0:
                with Trace(at, wrong)():
                    write()
                os._exit(0)
            status = os.waitpid(child, 0)[1]
            assert os.WIFSIGNALED(status), f"step {at} ({name}) was not reached"
            assert os.WTERMSIG(status) == signal.SIGKILL
            became.append(agrees(case, old, new, f"killed at step {at}, {name}"))
    assert became == sorted(became), "once it is written it stays written"
    assert became[0] is False
    assert became[-1] is True
    return f"{len(names)} steps, {len(became)} kills, {became.count(False)} old, {became.count(True)} new"


def fail_everywhere(case: Case) -> str:
    old, new, names = clean_run(case)
    case.begin()
    write = case.prepare()
    refused = done = 0
    for at, name in enumerate(names):
        for code, on in ((errno.ENOSPC, False), (errno.EIO, True), (errno.EACCES, False)):
            case.begin()
            where = f"{errno.errorcode[code]} {'from' if on else 'at'} step {at}, {name}"
            error = None
            with Trace(at, failing(code), on=on)():
                try:
                    write()
                except WriteFailed as caught:
                    error = caught
            assert (read_members(case.book) == new) == (error is None), f"{where}: {error}"
            refused, done = refused + (error is not None), done + (error is None)
            if error is not None and not on:
                left = [each.name for each in case.folder.rglob("*.tmp")]
                assert left == [], f"{where}: {left}"
            if on:
                agrees(case, old, new, where)
            else:
                settled(case, old, new, where)
    case.begin()
    with Trace(0, short, on=True)():
        write()
    assert agrees(case, old, new, "short writes")
    return f"{len(names)} steps, {refused} refused, {done} done all the same"


def make_everywhere(home: Path) -> str:
    """A new book: there whole or not at all, whatever happens; and nothing stays beside it."""
    book = home / "book.xlsx"
    with Trace()() as trace:
        create(book, b"whole" * 1000)
    for at, name in enumerate(trace.names):
        faults = [killed, *([killed_half_way] if name == "write" else []), *map(failing, (28, 5, 13))]
        for wrong in faults:
            book.unlink(missing_ok=True)
            child = os.fork()
            if child == 0:
                with Trace(at, wrong)(), contextlib.suppress(WriteFailed):
                    create(book, b"whole" * 1000)
                os._exit(0)
            os.waitpid(child, 0)
            assert not book.exists() or book.read_bytes() == b"whole" * 1000, f"{wrong.__name__} at {at}, {name}"
            with contextlib.suppress(FileExistsError):
                create(book, b"whole" * 1000)
            assert [each.name for each in home.iterdir()] == ["book.xlsx"], f"{wrong.__name__} at {at}, {name}"
    return f"{len(trace.names)} steps"


def main(kind: str, fault: str) -> None:
    schemas.load = functools.cache(schemas.load)
    with tempfile.TemporaryDirectory() as home:
        if kind == "new":
            print(make_everywhere(Path(home)))
        else:
            print((kill_everywhere if fault == "kill" else fail_everywhere)(case(kind, Path(home))))


if __name__ == "__main__":
    main(*sys.argv[1:])
