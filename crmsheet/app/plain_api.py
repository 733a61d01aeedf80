"""The public Python API for single cells, rows and parts of any workbook or CSV file; a schema is not asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import Any, TypeAlias

from crmsheet.app import cell as cells
from crmsheet.app.parts import parts as told_parts
from crmsheet.app.request import Request, login
from crmsheet.core.cells import Formula

Value: TypeAlias = str | int | float | bool | dt.date | dt.datetime | Formula | None


def read_cell(path: str | PathLike[str], place: str) -> Any:
    """Read one cell, such as `"Sheet1!B2"`: None, str, float, bool, date or datetime; of a formula its last result.

    Raises:
        errors.BookError: there is no such file, it cannot be read, or it has no such sheet.
        errors.UsageError: the place cannot be read.
    """
    return cells.cell(_request(path), place).sections[0].rows[0][2]


def write_cell(path: str | PathLike[str], place: str, value: Value, *, force: bool = False) -> str:
    """Patch one cell and nothing else, as one version that can be undone; None empties it.

    Args:
        path: the workbook, the CSV file, or a folder of them.
        place: sheet and cell, such as `"Sheet1!B2"`.
        value: what it shall hold; a `crmsheet.Formula` writes a formula.
        force: write it though it holds a formula, or its sheet is protected.

    Returns:
        The id of the new version; "" where the cell held that already.

    Raises:
        errors.CellRefused: it holds a formula, is protected, or lies in merged cells.
    """
    return str(cells.set_cell(_request(path), place, value, force=force).receipt.get("id", ""))


def append_row(path: str | PathLike[str], sheet: str, values: Sequence[Value]) -> str:
    """Put one row below the records of a sheet, from its first column on; None leaves a cell empty.

    Returns:
        The id of the new version.

    Raises:
        errors.SheetUnknown: there is no such sheet.
        errors.RowRefused: something stands where the row would go.
    """
    return str(cells.append(_request(path), sheet, list(values)).receipt["id"])


def parts(path: str | PathLike[str]) -> dict[str, str]:
    """The parts of a file, in its order, each with the SHA-256 of its content.

    Raises:
        errors.BookError: there is no such file, or it is damaged.
    """
    return {str(name): str(sha256) for name, _, _, sha256 in told_parts(_request(path)).sections[0].rows}


def _request(path: str | PathLike[str]) -> Request:
    now = dt.datetime.now().astimezone()
    return Request(now, now.date(), Path(path), actor=login())
