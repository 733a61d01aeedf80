"""Saving edits into a large workbook: ours, openpyxl, and the floor that no way of writing can get under.

    python benchmarks/patching.py [--customers 100000] [--skip-openpyxl] [--json]

The work: 5,000 scattered cells, a new column with a value in every row, 1,000 rows at the end of the customers. Each
way runs as its own process, from file to file. The floor inflates the sheet, deflates it again and stores the rest: a
program that does anything at all to a sheet must do as much.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
import tempfile
import zipfile
from pathlib import Path
from random import Random

from processes import insist, run

from crmsheet.sample import make_book

SHEET, EDITS, ROWS = "客户", 5_000, 1_000
COLUMNS = "BCDEFGHIJK"


def wanted(last: int) -> tuple[dict[tuple[int, str], str], list[str], list[dict[str, str]]]:
    """The same work for everybody: scattered cells, the new column from row 2 on, the new rows."""
    rng = Random(1)
    cells = {(rng.randrange(2, last + 1), rng.choice(COLUMNS)): f"edited {n}" for n in range(EDITS)}
    column = [f"tier {n % 3}" for n in range(2, last + 1)]
    rows = [{"A": f"N{n:05d}", "B": f"new customer {n}"} for n in range(ROWS)]
    return cells, column, rows


def ours(source: Path, target: Path, last: int) -> None:
    from crmsheet.book.ooxml import patch_workbook
    from crmsheet.book.opened import SheetEdits

    cells, column, rows = wanted(last)
    filled = {**cells, **{(row, "U"): value for row, value in enumerate(column, 2)}}
    edits = SheetEdits(header_row=1, cells=filled, appended=tuple(rows), new_columns={"U": "new column"}, last_row=last)
    content, _ = patch_workbook(source.read_bytes(), {SHEET: edits}, str(source))
    target.write_bytes(content)


def openpyxl(source: Path, target: Path, last: int) -> None:
    from openpyxl import load_workbook

    cells, column, rows = wanted(last)
    book = load_workbook(source)
    sheet = book[SHEET]
    for (row, letters), value in cells.items():
        sheet[f"{letters}{row}"] = value
    sheet["U1"] = "new column"
    for row, value in enumerate(column, 2):
        sheet.cell(row, 21, value)
    for row, record in enumerate(rows, last + 1):
        for letters, value in record.items():
            sheet[f"{letters}{row}"] = value
    book.save(target)


def floor(source: Path, target: Path, last: int) -> None:
    del last  # nothing is edited
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            raw = member.filename != "xl/worksheets/sheet1.xml"
            # zipfile cannot copy compressed bytes; storing the others as they are costs less than that.
            kind = zipfile.ZIP_STORED if raw else zipfile.ZIP_DEFLATED
            new.writestr(zipfile.ZipInfo(member.filename), old.read(member), kind, 1)


WAYS = {"floor": floor, "ours": ours, "openpyxl": openpyxl}


def check(target: Path, last: int) -> None:
    """A way that did not do the work has no figure."""
    from python_calamine import CalamineWorkbook

    cells, _, rows = wanted(last)
    read = CalamineWorkbook.from_path(target).get_sheet_by_name(SHEET).to_python()
    (row, letters), value = next(iter(cells.items()))
    done = read[row - 1]["ABCDEFGHIJK".index(letters)] == value
    if not done or read[last][0] != rows[0]["A"] or read[0][20] != "new column" or len(read) != last + ROWS:
        raise SystemExit(f"{target.name}: the edits are not in the file")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--skip-openpyxl", action="store_true")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--way", nargs=4, metavar=("WAY", "SOURCE", "TARGET", "LAST"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.way:
        name, source, target, last = options.way
        WAYS[name](Path(source), Path(target), int(last))
        return
    ways = [name for name in WAYS if name != "openpyxl" or not options.skip_openpyxl]
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "book.xlsx"
        make_book(
            source, customers=options.customers, transactions=1000, interactions=1000, today=dt.date(2026, 11, 23),
            layout="peer",
        )  # fmt: skip
        last, runs = options.customers + 1, {}
        for name in ways:
            target = Path(folder) / f"{name}.xlsx"
            command = [sys.executable, __file__, "--way", name, str(source), str(target), str(last)]
            runs[name] = insist(name, run(command))
            if name != "floor":
                check(target, last)
    if options.json:
        figures = {name: {"wall": each.wall, "cpu": each.cpu, "peak": each.peak} for name, each in runs.items()}
        print(json.dumps({"customers": options.customers, "runs": figures}, indent=1))
        return
    print(f"{'':10}{'wall s':>10}{'CPU s':>10}{'peak MiB':>10}{'x floor':>10}")
    for name, each in runs.items():
        print(f"{name:10}{each.wall:10.1f}{each.cpu:10.1f}{each.peak:10.0f}{each.cpu / runs['floor'].cpu:10.1f}")


if __name__ == "__main__":
    main()
