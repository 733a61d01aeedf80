"""Saving edits into a large workbook: ours, openpyxl, and the floor that no way of writing can get under.

    python benchmarks/patching.py                             100,000 rows x 20 columns in an Excel table
    python benchmarks/patching.py --grow 10000 50000 100000 500000 --skip-openpyxl

The work: 5,000 scattered cells, a new column with a value in every row, 1,000 rows at the end of the table. The floor
inflates the XML of the sheet and deflates it again, at the level that ours writes with, and does nothing else: a
program that changes anything at all in a sheet must do as much. `--times 3` runs ours and the floor so often, openpyxl
once.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from random import Random
from zipfile import ZipFile

from large_sheet import MEMBER, SHEET
from measured import Work, exponent, least, timed, way
from processes import apart

from crmsheet.book.ooxml.package import RECIPE

EDITS, ADDED = 5_000, 1_000
LETTERS = "BCDEFGHIJK"
FRESH = "U"
"""The new column, the 21st."""
CHUNK = 1 << 18


def wanted(last: int) -> tuple[dict[tuple[int, str], str], list[str], list[dict[str, str]]]:
    """The same work for everybody: scattered cells, the new column from row 2 on, the new rows."""
    rng = Random(1)
    cells = {(rng.randrange(2, last + 1), rng.choice(LETTERS)): f"edited {n}" for n in range(EDITS)}
    column = [f"tier {n % 3}" for n in range(2, last + 1)]
    rows = [{"A": f"N{n:05d}", "B": f"new customer {n}"} for n in range(ADDED)]
    return cells, column, rows


def ours(source: Path, target: Path, last: int) -> Callable[[], object]:
    from crmsheet.book.ooxml import patch_workbook
    from crmsheet.book.opened import SheetEdits

    cells, column, rows = wanted(last)
    filled = {**cells, **{(row, FRESH): value for row, value in enumerate(column, 2)}}
    edits = SheetEdits(
        header_row=1, cells=filled, appended=tuple(rows), new_columns={FRESH: "new column"}, last_row=last
    )
    return lambda: target.write_bytes(patch_workbook(source.read_bytes(), {SHEET: edits}, str(source)).content)


def openpyxl(source: Path, target: Path, last: int) -> Callable[[], object]:
    from openpyxl import load_workbook

    cells, column, rows = wanted(last)

    def work() -> None:
        book = load_workbook(source)
        sheet = book[SHEET]
        for (row, letters), value in cells.items():
            sheet[f"{letters}{row}"] = value
        sheet[f"{FRESH}1"] = "new column"
        for row, value in enumerate(column, 2):
            sheet[f"{FRESH}{row}"] = value
        for row, record in enumerate(rows, last + 1):
            for letters, value in record.items():
                sheet[f"{letters}{row}"] = value
        book.save(target)

    return work


def floor(source: Path, target: Path, last: int) -> Callable[[], object]:
    del target, last  # nothing is edited
    level, memory = map(int, RECIPE.split()[1:])

    def work() -> int:
        with ZipFile(source) as book:
            plain = memoryview(book.read(MEMBER))
        engine = zlib.compressobj(level, zlib.DEFLATED, -15, memory)
        packed = [engine.compress(plain[at : at + CHUNK]) for at in range(0, len(plain), CHUNK)]
        return len(b"".join([*packed, engine.flush()]))

    return work


WAYS = {"floor": floor, "ours": ours, "openpyxl": openpyxl}


def check(target: Path, last: int) -> None:
    """A way that did not do the work has no figure."""
    from python_calamine import CalamineWorkbook

    cells, column, rows = wanted(last)
    read = CalamineWorkbook.from_path(target).get_sheet_by_name(SHEET).to_python()
    done = all(read[row - 1]["ABCDEFGHIJK".index(letters)] == value for (row, letters), value in cells.items())
    grown = [row[20] for row in read[:last]] == ["new column", *column] and len(read) == last + ADDED
    if not (done and grown and [row[:2] for row in read[last:]] == [[*each.values()] for each in rows]):
        raise SystemExit(f"{target.name}: the edits are not in the file")


def measure(folder: Path, rows: int, ways: Mapping[str, int]) -> tuple[dict[str, Work], dict[str, float]]:
    """The figures of each way (name -> how often it runs), and the sizes of the files in MB."""
    from large_sheet import write_book

    source, runs = apart(write_book, folder / f"{rows}.xlsx", rows), {}
    sizes = {"before": source.stat().st_size / 1e6}
    for name, times in ways.items():
        target = folder / f"{name}.xlsx"
        runs[name] = least(name, way(__file__, name, source, target, rows + 1), times)
        if name != "floor":
            apart(check, target, rows + 1)
            sizes[name] = target.stat().st_size / 1e6
            target.unlink()
    source.unlink()
    return runs, sizes


def show(rows: int, runs: Mapping[str, Work], sizes: Mapping[str, float]) -> None:
    mine, least_work = runs["ours"], runs["floor"].cpu
    heads = "".join(f"{head:>10}" for head in ("CPU s", "us a row", "wall s", "peak MiB", "x floor", "x ours", "MB"))
    print(f"{f'{rows:,} rows':12}{heads}")
    for name, each in runs.items():
        ratios = f"{each.cpu / least_work:10.2f}{each.cpu / mine.cpu:10.2f}"
        size = f"{sizes.get(name, sizes['before']):10.1f}"
        print(f"{name:12}{each.cpu:10.2f}{1e6 * each.cpu / rows:10.1f}{each.wall:10.2f}{each.peak:10.0f}{ratios}{size}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--grow", type=int, nargs="+", metavar="ROWS", help="several sizes, and how the CPU grows")
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--skip-openpyxl", action="store_true")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--way", nargs=4, metavar=("WAY", "SOURCE", "TARGET", "LAST"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.way:
        name, source, target, last = options.way
        timed(WAYS[name](Path(source), Path(target), int(last)))
        return
    ways = {"floor": options.times, "ours": options.times} | ({} if options.skip_openpyxl else {"openpyxl": 1})
    with tempfile.TemporaryDirectory() as folder:
        found = {rows: measure(Path(folder), rows, ways) for rows in options.grow or [options.rows]}
    growth = {}
    if len(found) > 1:
        growth = {name: exponent({rows: runs[name].cpu for rows, (runs, _) in found.items()}) for name in ways}
    if options.json:
        figures = {
            rows: {"MB": sizes, **{name: asdict(each) for name, each in runs.items()}}
            for rows, (runs, sizes) in found.items()
        }
        print(json.dumps({"recipe": RECIPE, "runs": figures, "exponent": growth}, indent=1))
        return
    for rows, (runs, sizes) in found.items():
        show(rows, runs, sizes)
    for name, slope in growth.items():
        print(f"{name}: CPU grows as rows ^ {slope:.2f}")


if __name__ == "__main__":
    main()
