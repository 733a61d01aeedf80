"""What counts as content: white space is none, a formula counts by what it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from crmsheet.core.cells import Formula

if TYPE_CHECKING:
    import pandas as pd


def blank(cell: object) -> bool:
    """Whether a cell has no content."""
    return cell is None or cell != cell or (isinstance(cell, str) and not cell.strip())


def shown(cell: object) -> str:
    """The text of a header cell, trimmed; '' for an empty one."""
    if isinstance(cell, Formula):
        cell = cell.cached
    if cell is None or cell != cell:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell).strip()


def label(cell: object) -> str:
    """The text of a cell that is text, or a formula that shows text; '' for anything else."""
    if isinstance(cell, Formula):
        cell = cell.cached
    return cell.strip() if isinstance(cell, str) else ""


def empty_rows(cells: pd.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """A mask of the rows without any content.

    Each column looks only at the rows that were empty so far, so the cost is that of one or two columns.
    """
    empty = np.ones(len(cells), dtype=bool)
    for name in cells.columns:
        open_rows = np.flatnonzero(empty)
        if not len(open_rows):
            break
        values = cells[name].to_numpy(dtype=object)[open_rows]
        empty[open_rows] = [blank(each) for each in values]
    return empty
