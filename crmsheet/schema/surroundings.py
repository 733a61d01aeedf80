"""A block among the others of its sheet: how many rows fit below it, and whether a column fits beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from crmsheet.book.blocks import Block
from crmsheet.book.layout.filled import blank
from crmsheet.core.book import Part
from crmsheet.core.cells import column_letters, column_number
from crmsheet.schema.headed import Headed


def part_of(headed: Headed, letters: Mapping[str, str] | None) -> Part:
    """Where the records of a block stand, and what fits around them; `letters` as `Part` has them."""
    block = headed.block
    last, covered = _end(block), {place: top for place, top in block.covered.items() if place[1] == top[1]}
    part = Part(headed.sheet.name, block.header_row, letters, last, covered=covered)
    if len(headed.layout.blocks) == 1:
        return replace(part, free=_after_sheet(headed, joined=letters is not None))
    alone = not any(_beside(block, each) for each in _others(headed))
    return replace(part, room=_room(headed, last), free=_free(headed, last), alone=alone)


def _after_sheet(headed: Headed, *, joined: bool) -> str | None:
    """The column after all that stands in the sheet."""
    edge = str(headed.sheet.cells.columns[-1])
    return column_letters(column_number(edge) + 1) if joined or edge != headed.block.columns[-1] else None


def _others(headed: Headed) -> Iterator[Block]:
    return (each for each in headed.layout.blocks if each is not headed.block)


def _end(block: Block) -> int:
    """The last row of its records, the header's where it has none."""
    return max(block.rows[-1] if block.rows else 0, block.header_row)


def _beside(block: Block, other: Block) -> bool:
    """Whether two blocks have rows in common."""
    return block.header_rows[0] <= _end(other) and other.header_rows[0] <= _end(block)


def _columns(block: Block) -> tuple[int, int]:
    """The numbers of its first and its last column."""
    return column_number(block.columns[0]), column_number(block.columns[-1])


def _room(headed: Headed, last: int) -> int | None:
    """How many rows fit above the table below a block, with one empty row between; None where there is no such table.

    The lines above that table, such as its title, are part of it.
    """
    left, right = _columns(headed.block)
    tops = [
        each.header_rows[0]
        for each in _others(headed)
        if each.header_rows[0] > last and _columns(each)[0] <= right and _columns(each)[1] >= left
    ]
    if not tops:
        return None
    frame = headed.sheet.cells
    between = frame.loc[(frame.index > last) & (frame.index < min(tops)), list(headed.block.columns)]
    filled = [
        int(row)
        for row, cells in zip(between.index, between.to_numpy(dtype=object), strict=True)
        if not all(map(blank, cells))
    ]
    return max(min([*filled, *tops]) - last - 2, 0)


def _free(headed: Headed, last: int) -> str:
    """The first column that is empty, with all after it, in the rows of a block; '' where a table stands there."""
    _, right = _columns(headed.block)
    if any(_columns(each)[0] > right and _beside(headed.block, each) for each in _others(headed)):
        return ""
    frame = headed.sheet.cells
    rows = frame.loc[(frame.index >= headed.block.header_rows[0]) & (frame.index <= last)]
    after = [str(each) for each in frame.columns if column_number(str(each)) > right]
    used = [column_number(each) for each in after if not all(map(blank, rows[each].tolist()))]
    return column_letters(max([right, *used]) + 1)
