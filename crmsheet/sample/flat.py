"""Books as a folder of CSV files, one per table."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from crmsheet.core.cells import Formula
from crmsheet.sample.grid import Grid


def write_folder(folder: Path, grids: Iterable[Grid], encodings: Mapping[str, str]) -> None:
    """Writes each sheet as `<name>.csv`; `encodings` maps a table to its encoding, else UTF-8 with BOM as by Excel."""
    folder.mkdir(parents=True, exist_ok=True)
    for grid in grids:
        stream = io.StringIO(newline="")
        writer = csv.writer(stream, lineterminator="\r\n")
        if grid.title:
            writer.writerow([grid.title] + [""] * (len(grid.headers) - 1))
        writer.writerow(grid.headers)
        writer.writerows([[as_text(cell) for cell in row] for row in (*grid.rows, *grid.footer)])
        content = stream.getvalue().encode(encodings.get(grid.table, "utf-8-sig"))
        (folder / f"{grid.name}.csv").write_bytes(content)


def as_text(cell: Any) -> str:
    """A cell as a spreadsheet saves it to CSV: formulas by their value, whole numbers without a point."""
    if isinstance(cell, Formula):
        return as_text(cell.cached)
    if cell is None:
        return ""
    if isinstance(cell, dt.datetime):
        return cell.strftime("%Y-%m-%d %H:%M")
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return cell.isoformat() if isinstance(cell, dt.date) else str(cell)
