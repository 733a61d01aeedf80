"""A block of a sheet with its headers read: what a table is made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crmsheet.book.blocks import Block, Layout, Pin
from crmsheet.core.book import Sheet
from crmsheet.core.cells import visible
from crmsheet.core.messages import cell_words
from crmsheet.schema.headers import Header, read_header

_ABOVE = 3
"""Rows above a header in which its title may stand."""


@dataclass(frozen=True, slots=True)
class Headed:
    """A block of a sheet; `headers` by letters, `title` what its name is taken from, `pin` what the user settled."""

    sheet: Sheet
    layout: Layout
    block: Block
    headers: Mapping[str, Header]
    title: str
    pin: Pin

    @property
    def cells(self) -> pd.DataFrame:
        """The cells of its records; those covered by merged ones hold what the merged cell shows."""
        frame, columns = self.sheet.cells, list(self.block.columns)
        if columns != frame.columns.tolist():
            frame = frame[columns]
        found = _rows(frame, self.block.rows)
        return self._uncovered(found) if self.block.covered else found

    def _uncovered(self, cells: pd.DataFrame) -> pd.DataFrame:
        cells, rows = cells.copy(), frozenset(self.block.rows)
        held: dict[str, dict[int, object]] = {}
        for (row, letters), (top, left) in self.block.covered.items():
            if row in rows and left == letters:
                value = self.sheet.cells.at[top, letters]
                held.setdefault(letters, {})[row] = visible(value)
        for letters, values in held.items():
            cells.loc[list(values), letters] = pd.Series(values, dtype=object)
        return cells

    def texts(self, letters: str) -> list[str]:
        """What the cells of a column say, trimmed."""
        return [cell_words(visible(each)).strip() for each in self.cells[letters].tolist()]


def _rows(frame: pd.DataFrame, rows: tuple[int, ...]) -> pd.DataFrame:
    """Some rows of a frame by their numbers; without a copy where they stand together, as in most sheets."""
    if not rows:
        return frame.iloc[:0]
    at = frame.index.get_indexer(pd.Index(np.array(rows)))
    first, last = int(at[0]), int(at[-1])
    return frame.iloc[first : last + 1] if last - first + 1 == len(rows) else frame.iloc[at]


def headed(sheet: Sheet, layout: Layout, pin: Pin) -> Iterator[Headed]:
    """The blocks of a sheet."""
    alone = len(layout.blocks) == 1
    for block in layout.blocks:
        headers = {letters: read_header(text, block.groups.get(letters, "")) for letters, text in block.headers.items()}
        title = sheet.name if alone else _title(sheet, layout, block)
        yield Headed(sheet, layout, block, headers, title, pin)


def _title(sheet: Sheet, layout: Layout, block: Block) -> str:
    """The line right above a block: on a sheet of several tables its name says nothing of each."""
    top, frame = block.header_rows[0], sheet.cells
    aside = (*layout.aside.items(), *block.aside.items())
    titles = [row for row, kind in aside if kind == "title" and top - _ABOVE <= row < top]
    if not titles:
        return ""
    cells = frame[frame.index == max(titles)][list(block.columns)].to_numpy(dtype=object).ravel().tolist()
    return next((each.strip() for each in cells if isinstance(each, str) and each.strip()), "")
