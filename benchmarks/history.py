"""What the history costs: bytes and CPU of a write of 500 cells, of a re-save by other programs, of a year of versions.

    python benchmarks/history.py                      a book of 100,000 rows x 20 columns, and one of 10,000
    python benchmarks/history.py --rows 20000 --small 2000 --versions 30

Each piece of work runs as a process of its own. The write is timed beside reading the same book: the whole write
(patch, history, exchange of the file) and its history alone. The growth and the re-saves are of the smaller book.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

from large_sheet import SHEET, write_book
from processes import insist, run

CELLS = 500
LETTERS = "BCDEFGHIJK"
START = dt.datetime(2026, 1, 5, 18, tzinfo=dt.UTC)


class Clock:
    """CPU seconds by what they were spent on."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}

    @contextmanager
    def on(self, what: str) -> Iterator[None]:
        begun = time.process_time()
        yield
        self.spent[what] = self.spent.get(what, 0.0) + time.process_time() - begun


def edits_of(rows: int, seed: int) -> dict[str, Any]:
    from crmsheet.book.opened import SheetEdits

    rng = Random(seed)
    cells = {(rng.randrange(2, rows + 2), rng.choice(LETTERS)): f"edited {seed} {n}" for n in range(CELLS)}
    return {SHEET: SheetEdits(header_row=1, cells=cells, last_row=rows + 1)}


def write(path: Path, rows: int, seed: int, clock: Clock) -> int:
    """One write as crmsheet does it; the bytes that the history grew by."""
    from crmsheet.app.versions import history_of
    from crmsheet.book.opening import open_book_file
    from crmsheet.book.patching import patch
    from crmsheet.book.replacing import digest, replace
    from crmsheet.history.draft import Deed, State

    with clock.on("read"):
        opened = open_book_file(path)
    with clock.on("patch"):
        patched = patch(opened, edits_of(rows, seed))
    history = history_of(path, patched.known)
    before = size(history.folder)
    with clock.on("history"):
        at = (START + dt.timedelta(days=seed)).isoformat()
        new = State(patched.files, digest(patched.files))
        intent = history.intend(State(opened.files, opened.source.sha256), new, Deed("li", at, "set"))
    with clock.on("exchange"):
        replace(path, patched.files, opened.source.sha256)
    with clock.on("history"):
        history.seal(intent)
    return size(history.folder) - before


def size(folder: Path) -> int:
    return sum(each.stat().st_size for each in folder.glob("*")) if folder.is_dir() else 0


def work_write(path: Path, rows: int) -> dict[str, float]:
    """The first version, then a write of 500 cells."""
    first, second = Clock(), Clock()
    whole = write(path, rows, 1, first)
    stored = write(path, rows, 2, second)
    spent = second.spent
    whole_write = sum(spent[each] for each in ("patch", "history", "exchange"))
    return {
        "first_bytes": whole,
        "bytes": stored,
        "read": spent["read"],
        "history": spent["history"],
        "write": whole_write,
        "write_to_read": whole_write / spent["read"],
        "history_to_read": spent["history"] / spent["read"],
    }


def work_growth(path: Path, rows: int, versions: int) -> dict[str, float]:
    """A version a day."""
    clock = Clock()
    grown = [write(path, rows, seed, clock) for seed in range(1, versions + 1)]
    return {"first_bytes": grown[0], "mean_bytes": sum(grown[1:]) / (versions - 1), "all_bytes": sum(grown)}


def work_record(path: Path, program: str) -> dict[str, float]:
    """What another program's save of the same content adds."""
    from crmsheet.app.versions import history_of
    from crmsheet.book.members import read_members
    from crmsheet.book.replacing import digest
    from crmsheet.history.draft import Deed, State

    history = history_of(path)
    clock, before = Clock(), size(history.folder)
    files = read_members(path)
    with clock.on("history"):
        history.record(State(files, digest(files)), Deed("", START.isoformat(), "", program, origin="found"))
    return {"bytes": size(history.folder) - before, "file": path.stat().st_size, "history": clock.spent["history"]}


def work_asked(path: Path, what: str) -> dict[str, float]:
    """`history` or `history verify`, as far as the history does it."""
    from crmsheet.app.versions import history_of

    history, clock = history_of(path), Clock()
    with clock.on(what):
        seen = history.verify() if what == "verify" else [history.known(""), history.damage(), history.tags()]
    if what == "verify" and any(each.kind == "damage" for each in seen):
        raise SystemExit(str(seen))
    return {what: clock.spent[what], "bytes": size(history.folder)}


def work_prune(path: Path) -> dict[str, float]:
    from crmsheet.app.versions import history_of
    from crmsheet.history.retention import Retention

    history, clock = history_of(path), Clock()
    before = size(history.folder)
    with clock.on("prune"):
        at = (START + dt.timedelta(days=400)).isoformat()
        plan, record = history.plan_pruning(at, "li", Retention(), "")
        history.prune(plan, record)
    left = size(history.folder)
    return {"prune": clock.spent["prune"], "given_up": len(plan.given_up), "before": before, "after": left}


WORK = {
    "write": work_write,
    "growth": work_growth,
    "record": work_record,
    "asked": work_asked,
    "prune": work_prune,
}


def one(name: str, path: Path, *words: object) -> dict[str, float]:
    """A piece of work in a process of its own."""
    made = insist(name, run([sys.executable, __file__, "--work", name, str(path), *map(str, words)]))
    return json.loads(made.said.splitlines()[-1])


def resaved(path: Path, program: str) -> None:
    if program == "openpyxl":
        from openpyxl import load_workbook

        load_workbook(path).save(path)
        return
    with tempfile.TemporaryDirectory() as folder:
        command = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "xlsx"]
        subprocess.run([*command, "--outdir", folder, str(path)], check=True, capture_output=True)
        shutil.copy(Path(folder) / path.name, path)


def told(what: str, figures: dict[str, float]) -> None:
    said = {key: round(each, 3) if isinstance(each, float) else each for key, each in figures.items()}
    print(f"{what:34}", json.dumps(said), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--small", type=int, default=10_000)
    parser.add_argument("--versions", type=int, default=100)
    parser.add_argument("--work", nargs="+", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        name, path, *words = options.work
        numbers = [int(each) if each.isdecimal() else each for each in words]
        print(json.dumps(WORK[name](Path(path), *numbers)))
        return
    with tempfile.TemporaryDirectory() as place:
        large = write_book(Path(place) / "large.xlsx", options.rows)
        told(f"write of {CELLS} cells, {options.rows:,} rows", one("write", large, options.rows))
        told("history", one("asked", large, "list"))
        told("verify", one("asked", large, "verify"))
        small = write_book(Path(place) / "small.xlsx", options.small)
        told(
            f"{options.versions} versions, {options.small:,} rows",
            one("growth", small, options.small, options.versions),
        )
        told("history of them", one("asked", small, "list"))
        told("verify of them", one("asked", small, "verify"))
        for program in ("openpyxl", "openpyxl", "LibreOffice", "LibreOffice"):
            resaved(small, program)
            told(f"re-save by {program}", one("record", small, program))
        told("prune", one("prune", small))
        told("verify after it", one("asked", small, "verify"))


if __name__ == "__main__":
    main()
