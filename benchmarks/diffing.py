"""Comparing two large books: ours, the reading alone, and daff on the same tables as CSV.

    python benchmarks/diffing.py                             100,000 rows x 20 columns
    python benchmarks/diffing.py --grow 10000 30000 100000 --skip-daff

The newer book is the older one after a morning's work: its rows sorted another way, 1,000 cells changed, 100 rows added
and 100 removed, a column added and a header renamed. `reading` opens both workbooks and does nothing else; `ours` opens
them, pairs the records and finds every change. `csv` and `daff` do the same with the two tables as CSV files, both
finding out by themselves what tells the records apart; `told` is daff that is told the key, and that order does not
matter. What each of them finds must be what was changed, or there is no figure.

daff is no dependency of this project: without `pip install daff` that line is missing, and said to be.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import importlib.util
import json
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from random import Random

from measured import Work, exponent, least, timed, way
from processes import apart

EDITS, FRESH, GONE = 1_000, 100, 100
KEY, RENAMED, ADDED = "客户编号", ("备注", "备注说明"), "回访"
EDITED = ("地址", "城市", "来源", "负责人", "行业")


def newer(header: list[str], rows: list[list[object]]) -> tuple[list[str], list[list[object]], set[tuple[str, str]]]:
    """The table after a morning's work, and the cells that were changed, as key and column."""
    rng = Random(2)
    rows = [list(row) for row in rows]
    changed = set()
    for _ in range(EDITS):
        at, name = rng.randrange(len(rows)), rng.choice(EDITED)
        rows[at][header.index(name)] = f"改{rng.randrange(10**6)}"
        changed.add((str(rows[at][0]), name))
    gone = set(rng.sample(range(len(rows)), GONE))
    kept = [row for at, row in enumerate(rows) if at not in gone]
    changed = {(key, name) for key, name in changed if key not in {str(rows[at][0]) for at in gone}}
    fresh = [[f"N{n:05d}", f"新客户{n}", *kept[n][2:]] for n in range(FRESH)]
    header = [RENAMED[1] if name == RENAMED[0] else name for name in header]
    rows = [[*row, "是" if number % 7 == 0 else None] for number, row in enumerate([*kept, *fresh])]
    rng.shuffle(rows)
    return [*header, ADDED], rows, changed


def write_pair(folder: Path, rows: int) -> None:
    """Writes both states as workbooks and as CSV files, and what was changed."""
    import large_sheet

    from crmsheet.sample.chinese import CHINESE
    from crmsheet.sample.grid import Grid
    from crmsheet.sample.large import write_large

    rng = Random(1)
    header, old = list(large_sheet.HEADERS), [large_sheet.record_of(rng, n) for n in range(rows)]
    then, new, changed = newer(header, old)
    for name, heads, records in (("old", header, old), ("new", then, new)):
        fields = tuple(f"f{n}" for n in range(len(heads)))
        grids = [Grid("customers", large_sheet.SHEET, fields, tuple(heads), records)]
        write_large(folder / f"{name}.xlsx", grids, CHINESE)
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([heads, *([_text(each) for each in row] for row in records)])
    (folder / "changed.json").write_text(json.dumps(sorted(changed)), encoding="utf-8")


def _text(value: object) -> str:
    return "" if value is None else str(value)


def reading(folder: Path) -> Callable[[], object]:
    from crmsheet.book.opening import open_book_file

    return lambda: [open_book_file(folder / f"{name}.xlsx") for name in ("old", "new")]


def ours(folder: Path, suffix: str = "xlsx") -> Callable[[], object]:
    from crmsheet.app.request import Request
    from crmsheet.app.states import comparable, state_at
    from crmsheet.change.comparing import diff

    now = dt.datetime(2026, 1, 5).astimezone()
    request = Request(now, now.date())

    def work() -> object:
        old, new = comparable([state_at(request, str(folder / f"{name}.{suffix}")) for name in ("old", "new")])
        made = diff(old.book, new.book)
        table = old.book.tables["customers"]
        said = list(zip(*(made.column(name) for name in ("kind", "key", "column")), strict=True))
        found = {(key, table.headers[letters]) for kind, key, letters in said if kind == "set" and letters}
        count = {kind: sum(each[0] == kind for each in said) for kind in ("add", "remove", "column")}
        refuse(folder, found, count == {"add": FRESH, "remove": GONE, "column": 2})
        return made

    return work


def csv_of_ours(folder: Path) -> Callable[[], object]:
    return ours(folder, "csv")


def told(folder: Path) -> Callable[[], object]:
    return daff(folder, KEY)


def daff(folder: Path, key: str = "") -> Callable[[], object]:
    import daff as library

    def work() -> object:
        tables = []
        for name in ("old", "new"):
            with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
                tables.append(library.PythonTableView(list(csv.reader(file))))
        flags = library.CompareFlags()
        if key:
            flags.addPrimaryKey(key)
            flags.ordered = False
        flags.show_unchanged_columns = True
        found = library.PythonTableView([])
        library.TableDiff(library.compareTables(*tables, flags).align(), flags).hilite(found)
        rows = [[found.getCell(x, y) for x in range(found.width)] for y in range(found.height)]
        header = next(row for row in rows if row[0] == "@@")
        cells, added, gone = set(), 0, 0
        for row in rows:
            mark = str(row[0] or "")
            if "->" in mark:
                record = str(row[header.index(KEY)])
                cells |= {(record, header[at]) for at, cell in enumerate(row) if at and mark in str(cell)}
            added, gone = added + (mark == "+++"), gone + (mark == "---")
        refuse(folder, cells, (added, gone) == (FRESH, GONE))
        return rows

    return work


def refuse(folder: Path, found: set[tuple[str, str]], counted: bool) -> None:
    """A way that did not find what was changed has no figure."""
    changed = {tuple(each) for each in json.loads((folder / "changed.json").read_text(encoding="utf-8"))}
    if found != changed or not counted:
        raise SystemExit(f"{len(found ^ changed)} cells are not as they were changed; counts right: {counted}")


WAYS = {"reading": reading, "ours": ours, "csv": csv_of_ours, "daff": daff, "told": told}


def measure(folder: Path, rows: int, ways: Mapping[str, int]) -> dict[str, Work]:
    """The figures of each way (name -> how often it runs)."""
    apart(write_pair, folder, rows)
    return {name: least(name, way(__file__, name, folder), times) for name, times in ways.items()}


def show(rows: int, runs: Mapping[str, Work]) -> None:
    heads = "".join(f"{head:>12}" for head in ("CPU s", "us a row", "wall s", "peak MiB", "x reading"))
    print(f"{f'{rows:,} rows':12}{heads}")
    for name, each in runs.items():
        ratio = each.cpu / runs["reading"].cpu
        print(f"{name:12}{each.cpu:12.2f}{1e6 * each.cpu / rows:12.1f}{each.wall:12.2f}{each.peak:12.0f}{ratio:12.2f}")
    for name in (each for each in ("daff", "told") if each in runs):
        print(f"{name} takes {runs[name].cpu / runs['csv'].cpu:.1f} times the CPU of ours on the same CSV files")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--grow", type=int, nargs="+", metavar="ROWS", help="several sizes, and how the CPU grows")
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--skip-daff", action="store_true")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--way", nargs=2, metavar=("WAY", "FOLDER"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.way:
        name, folder = options.way
        timed(WAYS[name](Path(folder)))
        return
    ways = dict.fromkeys(("reading", "ours", "csv"), options.times)
    if not options.skip_daff and importlib.util.find_spec("daff") is None:
        print("daff is not installed (`pip install daff`): its line is missing")
    elif not options.skip_daff:
        ways |= {"daff": 1, "told": 1}
    found = {}
    for rows in options.grow or [options.rows]:
        with tempfile.TemporaryDirectory() as folder:
            found[rows] = measure(Path(folder), rows, ways)
    growth = {}
    if len(found) > 1:
        growth = {name: exponent({rows: runs[name].cpu for rows, runs in found.items()}) for name in ways}
    if options.json:
        figures = {rows: {name: asdict(each) for name, each in runs.items()} for rows, runs in found.items()}
        print(json.dumps({"runs": figures, "exponent": growth}, indent=1))
        return
    for rows, runs in found.items():
        show(rows, runs)
    for name, slope in growth.items():
        print(f"{name}: CPU grows as rows ^ {slope:.2f}")


if __name__ == "__main__":
    main()
