"""Nothing edits a book except a change set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crmsheet.core.columnar import Columnar

KINDS = ("set", "add", "remove", "retire", "revive", "column", "sheet", "guard")
EFFECTS = ("spelling", "derived", "meaning")
"""`spelling` leaves the value what it was; `derived` is written by crmsheet into its own fields; only
`meaning` counts against the change budget."""


@dataclass(frozen=True, slots=True)
class Change:
    """One edit: its place (row and column at its base), its identity (key), and what stood there before.

    set     before, after: cells
    add     after: cells by field; before None; row 0 until it is applied
    remove  the inverse of add
    retire  after: {"record_status": ..., "merged_into": ...}; before: the same fields as found; the row is hidden
    revive  the inverse of retire
    column  after: the header text; column: the letters it gets; row: the header row
    `reason` is an English template filled with `arguments`. `sheet` is '' while the place is the table's own (a row id
    and the table's letters); with a sheet, row and column are those of that sheet: so is every planned change of a
    table that was put together from several blocks.
    """

    kind: str
    table: str
    key: str = ""
    row: int = 0
    column: str = ""
    field: str = ""
    before: Any = None
    after: Any = None
    rule: str = ""
    reason: str = ""
    arguments: Mapping[str, Any] | None = None
    effect: str = "meaning"
    sheet: str = ""


class Changes(Columnar[Change]):
    """Changes, by column."""

    record = Change
    __slots__ = ()


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """Changes proposed against one state of a book: `base` is the sha256 of the bytes that were read."""

    base: str
    origin: str
    changes: Changes

    def __len__(self) -> int:
        return len(self.changes)
