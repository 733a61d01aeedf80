"""Which rows below a header are records: not the empty ones, the totals, the notes, nor the header again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crmsheet.core.cells import Formula
from crmsheet.schema.headers import fold

_TOTALS_ZH = frozenset(
    {"合计", "总计", "小计", "共计", "累计", "总和", "汇总", "本页小计", "本页合计", "合计金额", "总合计"}
)
_TOTALS_EN = frozenset({"total", "totals", "grandtotal", "subtotal", "sum", "overalltotal"})
_NOTES = ("制表", "审核", "填表", "复核", "备注:", "备注：", "注:", "注：", "说明:", "说明：", "note:", "notes:")
_TAIL = 12
_TEXT_COLUMNS = 4
_LIKE_HEADER = 0.6


@dataclass(frozen=True, slots=True)
class Records:
    """The records of a table and the rows that were left out."""

    cells: pd.DataFrame
    totals: tuple[int, ...]
    headers: tuple[int, ...]


def records(cells: pd.DataFrame, header_row: int, headers: Mapping[str, str]) -> Records:
    """The rows below the header that hold records, with their row numbers."""
    below = cells.loc[cells.index > header_row]
    below = below.loc[~empty_rows(below)]
    repeated = _repeated_headers(below, headers)
    below = below.drop(index=list(repeated)) if repeated else below
    totals = _totals(below)
    below = below.drop(index=list(totals)) if totals else below
    return Records(below, totals, repeated)


def empty_rows(cells: pd.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """A mask of the rows without any content; white space is none.

    Each column looks only at the rows that were empty so far, so the cost is that of one or two columns.
    """
    empty = np.ones(len(cells), dtype=bool)
    for name in cells.columns:
        open_rows = np.flatnonzero(empty)
        if not len(open_rows):
            break
        values = cells[name].to_numpy(dtype=object)[open_rows]
        empty[open_rows] = [_blank(each) for each in values]
    return empty


def _blank(cell: object) -> bool:
    return cell is None or cell != cell or (isinstance(cell, str) and not cell.strip())


def _repeated_headers(cells: pd.DataFrame, headers: Mapping[str, str]) -> tuple[int, ...]:
    """Rows that say the header again, as printed and pasted pages do."""
    if len(headers) < 2 or cells.empty:
        return ()
    first = next(iter(headers))
    suspects = cells.index[(cells[first] == headers[first]).to_numpy(dtype=bool, na_value=False)]
    wanted = pd.Series(headers)
    return tuple(int(row) for row in suspects if (cells.loc[row, list(headers)] == wanted).mean() >= _LIKE_HEADER)


def _totals(cells: pd.DataFrame) -> tuple[int, ...]:
    """Subtotals anywhere that say so in Chinese, and totals and signatures at the end."""
    found = []
    for row in reversed(cells.index[-_TAIL:]):
        if not (_is_total(cells.loc[row], _TOTALS_ZH | _TOTALS_EN) or _is_note(cells.loc[row])):
            break
        found.append(int(row))
    suspect = np.zeros(len(cells), dtype=bool)
    for name in cells.columns[:_TEXT_COLUMNS]:
        suspect |= cells[name].isin(_TOTALS_ZH).to_numpy()
    found += [int(row) for row in cells.index[suspect] if row not in found and _is_total(cells.loc[row], _TOTALS_ZH)]
    return tuple(sorted(found))


def _is_total(row: pd.Series, words: frozenset[str]) -> bool:
    """Whether the first filled cell says total and all others are figures; a firm called Total has a phone."""
    filled = [each for each in row if not _blank(each)]
    if not filled or not isinstance(filled[0], str) or fold(filled[0]) not in words:
        return False
    return len(filled) > 1 and all(_figure(each, words) for each in filled[1:])


def _figure(cell: object, words: frozenset[str]) -> bool:
    if isinstance(cell, str):
        return fold(cell) in words or not any(map(str.isalpha, cell))
    return isinstance(cell, int | float | Formula) and not isinstance(cell, bool)


def _is_note(row: pd.Series) -> bool:
    """Whether a row of a sheet with several columns holds only a signature or a remark."""
    filled = [each for each in row if not _blank(each)]
    alone = len(row) >= 3 and len(filled) <= min(3, len(row) - 2)
    return alone and isinstance(filled[0], str) and filled[0].strip().casefold().startswith(_NOTES)
