"""Reading a large workbook to cells: ours, and python-calamine's own way to Python values, on which ours stands.

    python benchmarks/reading.py                              100,000 rows x 20 columns in an Excel table
    python benchmarks/reading.py --grow 10000 50000 100000 500000

Ours also tells formulas, errors and empty texts apart, finds hidden rows, merged cells and protection, proves the
checksums and gives a frame. `--times 3` runs each way so often and takes the least CPU.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path

from measured import Work, exponent, least, timed, way
from processes import apart


def calamine(source: Path) -> Callable[[], object]:
    from python_calamine import CalamineWorkbook

    def work() -> object:
        with CalamineWorkbook.from_path(source) as book:
            return [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]

    return work


def ours(source: Path) -> Callable[[], object]:
    from crmsheet.book.opening import open_book_file

    return lambda: open_book_file(source)


WAYS = {"calamine": calamine, "ours": ours}


def check(source: Path) -> None:
    """A way that reads something else has no figure."""
    from large_sheet import SHEET
    from python_calamine import CalamineWorkbook

    from crmsheet.book.opening import open_book_file

    mine = next(each for each in open_book_file(source).sheets if each.name == SHEET).cells
    theirs = CalamineWorkbook.from_path(source).get_sheet_by_name(SHEET).to_python()
    if mine.to_numpy().tolist() != [[None if cell == "" else cell for cell in row] for row in theirs]:
        raise SystemExit("the two ways do not read the same cells")


def measure(folder: Path, rows: int, times: int) -> dict[str, Work]:
    from large_sheet import write_book

    source = apart(write_book, folder / f"{rows}.xlsx", rows)
    apart(check, source)
    runs = {name: least(name, way(__file__, name, source), times) for name in WAYS}
    source.unlink()
    return runs


def show(rows: int, runs: Mapping[str, Work]) -> None:
    heads = "".join(f"{head:>12}" for head in ("CPU s", "us a row", "wall s", "peak MiB", "x calamine"))
    print(f"{f'{rows:,} rows':12}{heads}")
    for name, each in runs.items():
        ratio = each.cpu / runs["calamine"].cpu
        each_row = 1e6 * each.cpu / rows
        print(f"{name:12}{each.cpu:12.2f}{each_row:12.1f}{each.wall:12.2f}{each.peak:12.0f}{ratio:12.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--grow", type=int, nargs="+", metavar="ROWS", help="several sizes, and how the CPU grows")
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--way", nargs=2, metavar=("WAY", "SOURCE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.way:
        timed(WAYS[options.way[0]](Path(options.way[1])))
        return
    sizes = options.grow or [options.rows]
    with tempfile.TemporaryDirectory() as folder:
        runs = {rows: measure(Path(folder), rows, options.times) for rows in sizes}
    growth = {}
    if len(runs) > 1:
        growth = {name: exponent({rows: each[name].cpu for rows, each in runs.items()}) for name in WAYS}
    if options.json:
        figures = {rows: {name: asdict(each) for name, each in found.items()} for rows, found in runs.items()}
        print(json.dumps({"runs": figures, "exponent": growth}, indent=1))
        return
    for rows, found in runs.items():
        show(rows, found)
    for name, slope in growth.items():
        print(f"{name}: CPU grows as rows ^ {slope:.2f}")


if __name__ == "__main__":
    main()
