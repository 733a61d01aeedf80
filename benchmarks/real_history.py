"""A life of edits, undos and merges on copies of real workbooks; the figures of docs/real-books.md.

    python benchmarks/real_history.py DATA                 every workbook and CSV file of a folder
    python benchmarks/real_history.py DATA --every 10      every tenth

Each file goes through the same days: crmsheet sets a cell, a person sets another by hand, crmsheet a third one. Then
the first write is taken back alone, put back by redo, the whole book is restored to its beginning, the versions are
compared, two copies with one edit each are merged, and two that set the same cell; the history is verified at the end.
What is asked of each step is told in its function. A file in which no three cells can be set is passed over, by reason.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import multiprocessing
import os
import random
import shutil
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from crmsheet.book.ooxml.package import open_package
from crmsheet.book.opened import SheetEdits
from crmsheet.book.opening import open_book_file
from crmsheet.book.patching import patch
from crmsheet.cli.main import run
from crmsheet.core.cells import Cell, same_cell
from crmsheet.core.errors import CrmsheetError

SUFFIXES = (".xlsx", ".xlsm", ".csv")
_TRIES = 40
_VALUES = ("甲-1", "乙-2", "丙-3", "丁-4")


@dataclass(frozen=True, slots=True)
class Place:
    """A cell that can be set, as its sheet shows it."""

    sheet: str
    row: int
    letters: str

    def __str__(self) -> str:
        return f"{self.sheet}!{self.letters}{self.row}"


@dataclass(slots=True)
class Life:
    """What became of one file: `done` steps, `wrong` ones with what was wrong, or why it was `passed` over."""

    file: str
    done: list[str] = field(default_factory=list)
    wrong: dict[str, str] = field(default_factory=dict)
    passed: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What a command line gave back."""

    code: int
    out: str
    err: str


def crmsheet(*words: object) -> Said:
    """One command line, in this process."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run([*map(str, words), "--lang", "en"])
    return Said(code, out.getvalue(), err.getvalue())


def lived(path: Path) -> Life:
    """The days of one file."""
    life = Life(path.name)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        book = Path(shutil.copy(path, folder / path.name))
        try:
            places = list(_settable(book))
        except CrmsheetError as error:
            life.passed = f"not read ({type(error).__name__})"
            return life
        if len(places) < 3:
            life.passed = "no three cells to set"
            return life
        try:
            _days(life, book, places)
        except Exception as error:  # noqa: BLE001  (whatever it is, it is counted with the name of the file)
            life.wrong["exception"] = f"{type(error).__name__}: {error}"
    return life


def _settable(book: Path) -> Iterator[Place]:
    """Three cells of text or numbers, in different rows, that crmsheet sets without force."""
    opened = open_book_file(book)
    if opened.foreign:
        return
    dice = random.Random(book.name)
    for sheet in opened.sheets:
        held = [
            (int(row), str(letters))
            for letters in sheet.cells
            for row, value in zip(sheet.cells.index.tolist(), sheet.cells[letters].tolist(), strict=True)
            if isinstance(value, str | float | int) and not isinstance(value, bool)
        ]
        rows = dict(dice.sample(held, min(_TRIES, len(held))))
        found = []
        for row, letters in rows.items():
            try:
                patch(opened, {sheet.name: SheetEdits(0, {(row, letters): "probe"})})
            except CrmsheetError:
                continue
            found.append(Place(sheet.name, row, letters))
            if len(found) == 3:
                yield from found
                return


def _days(life: Life, book: Path, places: list[Place]) -> None:
    first, second, third = places
    original = book.read_bytes()
    values = {each: _value(book, each) for each in places}
    if not _step(life, "set", crmsheet("cell", book, first, _VALUES[0]).code == 0):
        return
    by_hand(book, second, _VALUES[1])
    _step(life, "set again", crmsheet("cell", book, third, _VALUES[2]).code == 0)
    after = book.read_bytes()
    _compare(life, book, places)
    said = crmsheet("undo", "2", book, "--write")
    undone = [_value(book, each) for each in places]
    right = same_cell(undone[0], values[first]) and undone[1:] == list(_VALUES[1:3])
    _step(life, "undo an older one", right and said.code == 0, f"{undone} {said.err[:300]}")
    said = crmsheet("redo", book, "--write")
    _step(life, "redo", book.read_bytes() == after, said.err or said.out[:300])
    said = crmsheet("restore", "1", book, "--write")
    _step(life, "restore the first", book.read_bytes() == original, said.err or said.out[:300])
    said = crmsheet("undo", book, "--write")
    _step(life, "undo the restore", book.read_bytes() == after, said.err or said.out[:300])
    _merges(life, book.parent, original, book.suffix, places)
    said = crmsheet("history", "verify", book)
    _step(life, "verify", said.code == 0, said.out[:300] + said.err[:300])


def _compare(life: Life, book: Path, places: list[Place]) -> None:
    """`diff` tells the three edits between the first version and now, and nothing else.

    An edit of a header or of a key makes more changes of one edit: those files are looked at by hand.
    """
    said = crmsheet("diff", book, "1", "now", "-f", "json", "--reveal")
    if not _step(life, "diff runs", said.code == 0, said.err[:300]):
        return
    told = [value for value in _VALUES[: len(places)] if f'"{value}"' in said.out]
    _step(life, "diff tells each edit", told == list(_VALUES[: len(places)]), f"{told}")
    count = len(json.loads(said.out)["changes"])
    _step(life, "diff tells no other", count <= len(places), f"{count} changes")


def _merges(life: Life, folder: Path, original: bytes, suffix: str, places: list[Place]) -> None:
    """Two copies with one edit each become one with both; two that set one cell become a conflict and lose nothing."""
    base, ours, theirs = (folder / each / f"book{suffix}" for each in ("base", "ours", "theirs"))
    for each in (base, ours, theirs):
        each.parent.mkdir()
        each.write_bytes(original)
    by_hand(ours, places[0], _VALUES[0])
    by_hand(theirs, places[1], _VALUES[1])
    before = ours.read_bytes()
    said = crmsheet("merge", base, ours, theirs, "--write")
    held = all(_holds(ours, each) for each in _VALUES[:2])
    _step(life, "merge", said.code == 0 and held, f"{said.code} {said.err[:300]}")
    if suffix != ".csv":
        wanted = _unlike(original, _edited(base, places[0], places[1]))
        _step(
            life,
            "other parts as ours",
            _unlike(before, ours.read_bytes()) <= wanted,
            str(_unlike(before, ours.read_bytes())),
        )
    for each, value in ((base, None), (ours, _VALUES[2]), (theirs, _VALUES[3])):
        each.write_bytes(original)
        if value:
            by_hand(each, places[0], value)
    said = crmsheet("merge", base, ours, theirs, "--write")
    if said.code == 0 and _holds(ours, _VALUES[2]) and _holds(ours, _VALUES[3]):
        life.done.append("conflict over a key: two records")
        return
    told = any(_VALUES[3].encode() in part for part in _parts(ours)) or any(
        _VALUES[3] in each.read_text("utf-8", "replace") for each in ours.parent.glob("*.csv")
    )
    right = said.code == 5 and _value(ours, places[0]) == _VALUES[2] and told
    _step(life, "conflict", right, f"{said.code} {told} {said.err[:300]}")


def _holds(book: Path, value: str) -> bool:
    """Whether a cell holds a value: a record whose key was edited stands in another row."""
    return any((sheet.cells == value).to_numpy().any() for sheet in open_book_file(book).sheets)


def by_hand(book: Path, place: Place, value: str) -> None:
    """What a person does in a spreadsheet program: the file changes, and no history knows of it."""
    opened = open_book_file(book)
    book.write_bytes(
        patch(opened, {_sheet(opened.sheets, place): SheetEdits(0, {(place.row, place.letters): value})}).files[""]
    )


def _edited(book: Path, *places: Place) -> bytes:
    copy = book.with_name(f"edited{book.suffix}")
    shutil.copy(book, copy)
    for each in places:
        by_hand(copy, each, "probe")
    return copy.read_bytes()


def _sheet(sheets: tuple, place: Place) -> str:
    names = [each.name for each in sheets]
    return place.sheet if place.sheet in names else names[0]


def _value(book: Path, place: Place) -> Cell:
    opened = open_book_file(book)
    (sheet,) = (each for each in opened.sheets if each.name == _sheet(opened.sheets, place))
    if place.row not in sheet.cells.index or place.letters not in sheet.cells:
        return None
    found: Cell = sheet.cells.at[place.row, place.letters]
    return found


def _parts(book: Path) -> list[bytes]:
    if book.suffix == ".csv":
        return [book.read_bytes()]
    return list(_members(book.read_bytes()).values())


def _members(content: bytes) -> dict[str, bytes]:
    package = open_package(content, "book")
    return {each.name: package.read(each.name) for each in package.members}


def _unlike(one: bytes, other: bytes) -> frozenset[str]:
    """The parts that two workbooks do not have in common."""
    left, right = _members(one), _members(other)
    return frozenset(name for name in left.keys() | right.keys() if left.get(name) != right.get(name))


def _step(life: Life, name: str, right: bool, detail: str = "") -> bool:
    if right:
        life.done.append(name)
    else:
        life.wrong[name] = detail.replace("\n", " ")
    return right


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only every Nth file")
    parser.add_argument("--at", type=int, default=0, metavar="N", help="beginning with this one")
    parser.add_argument("--largest", type=int, default=2, metavar="MB", help="files up to this size")
    options = parser.parse_args()
    found = sorted(each for each in options.data.rglob("*") if each.suffix.lower() in SUFFIXES)
    files = [each for each in found if each.stat().st_size <= options.largest << 20][options.at :: options.every]
    os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp()
    done: Counter[str] = Counter()
    passed: Counter[str] = Counter()
    wrong: dict[str, list[str]] = defaultdict(list)
    context = multiprocessing.get_context("spawn")
    with context.Pool(2, maxtasksperchild=50) as pool:  # the executor of 3.11 hangs when its workers are replaced
        for life in pool.imap(lived, files):
            done.update(life.done)
            if life.passed:
                passed[life.passed] += 1
            for name, detail in life.wrong.items():
                wrong[name].append(f"{life.file}: {detail}")
                print(f"{life.file}: {name}: {detail}", file=sys.stderr, flush=True)
    print(f"{len(files):,} files; passed over: {dict(passed)}")
    print("| step | right | wrong |")
    print("|---|---|---|")
    for name in dict.fromkeys([*done, *wrong]):
        print(f"| {name} | {done[name]:,} | {len(wrong[name]):,} |")


if __name__ == "__main__":
    main()
