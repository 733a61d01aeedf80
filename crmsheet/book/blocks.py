"""What was found in a sheet: blocks with a header and records, the rows beside them, and what is in doubt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from crmsheet.core.messages import Message

ASIDE = ("title", "note", "total", "repeated", "example", "unit", "signature")
"""What a filled row beside the records can be: a title or an instruction above the header, a sum, the header again, an
example left in a template, a row of units, a signature or remark below."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A question that the cells do not answer: `about` names what it is about, `row` where (0 for the whole sheet).

    The question says what was assumed, and which line of `crmsheet.toml` settles it. `other` holds the parts of a pin
    that make the other reading of it; it is empty where only a change in the sheet does.
    """

    about: str
    question: Message
    row: int = 0
    other: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Block:
    """A table in a sheet. Rows are numbered as the sheet shows them, columns are letters.

    `header_rows`  one, or several stacked ones, top down; the last one is where a new column's header goes
    `headers`      letters -> text of the lowest header cell; columns without one are not in it
    `groups`       letters -> text of the merged header above it, only where there is one
    `columns`      letters of the block from its first to its last, nameless ones too
    `rows`         the rows of its records, ascending; hidden ones too
    `aside`        row -> what it is (ASIDE), for the filled rows of its stretch that are no records
    `covered`      place inside merged cells -> place of the cell that holds their value
    `confidence`   0 to 1; below 0.6 there is a doubt
    """

    sheet: str
    header_rows: tuple[int, ...]
    headers: Mapping[str, str]
    columns: tuple[str, ...]
    rows: tuple[int, ...]
    groups: Mapping[str, str] = field(default_factory=dict)
    aside: Mapping[int, str] = field(default_factory=dict)
    covered: Mapping[tuple[int, str], tuple[int, str]] = field(default_factory=dict)
    confidence: float = 1.0
    doubts: tuple[Doubt, ...] = ()

    @property
    def header_row(self) -> int:
        """The row right above the records."""
        return self.header_rows[-1]


@dataclass(frozen=True, slots=True)
class Layout:
    """How a sheet is laid out: its blocks, top down and left to right; the rows that belong to none; its doubts."""

    sheet: str
    blocks: tuple[Block, ...] = ()
    aside: Mapping[int, str] = field(default_factory=dict)
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, slots=True)
class Pin:
    """What the user settled about a sheet in `crmsheet.toml`, under `[layout."客户"]`; what is empty is left open.

    `header`  one row, or several stacked ones; (0,): the sheet is no table
    `table`   which table of the schema it is
    `last`    the last row that can be a record
    `fill`    letters of columns whose empty cells stand for the value above, as lost merged cells leave them
    `sure`    the sheet is read as the user wants it: nothing is asked about it any more
    """

    header: tuple[int, ...] = ()
    table: str = ""
    last: int = 0
    fill: tuple[str, ...] = ()
    sure: bool = False
