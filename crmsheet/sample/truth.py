"""What is known about a made-up book: every planted mess with its place and true value, and who is whose duplicate."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Planted:
    """One planted mess.

    `sheet`, `row`, `column`  its place as a spreadsheet shows it (a CSV file: its stem, the header is row 1);
                              `column` and `field` are '' for a whole row
    `mess`, `kind`            number and name of the kind, as in the table of `crmsheet.sample.spelling`
    `cell`                    what was written
    `value`                   what it should have been: phones as E.164, extension as `x801`, several joined by `|`;
                              dates, numbers and words of choices as such; None for a disguised nothing
    `recoverable`             whether `value` follows from `cell` without guessing
    """

    sheet: str
    row: int
    column: str
    table: str
    field: str
    mess: int
    kind: str
    cell: Any
    value: Any
    recoverable: bool


@dataclass(frozen=True, slots=True)
class TablePlace:
    """Where a table lies: its sheet, the row of its header, its rows, and field -> column letters."""

    sheet: str
    header_row: int
    first_row: int
    last_row: int
    columns: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Truth:
    """All that is known about a book.

    `duplicates` are sheet rows of 客户 that stand for one customer, `duplicate_keys` the same by key (empty in a book
    without keys); `shared` are rows of different customers that share a landline, or are a firm and its branch:
    traps, not duplicates. `foreign` names the sheets that are no tables.
    """

    path: str
    lang: str
    layout: str
    seed: int
    today: dt.date
    tables: Mapping[str, TablePlace]
    planted: tuple[Planted, ...] = ()
    duplicates: tuple[tuple[int, ...], ...] = ()
    duplicate_keys: tuple[tuple[str, ...], ...] = ()
    shared: tuple[tuple[int, ...], ...] = ()
    foreign: tuple[str, ...] = field(default=())

    def count(self) -> dict[str, int]:
        """How many were planted, by kind."""
        found: dict[str, int] = {}
        for each in self.planted:
            found[each.kind] = found.get(each.kind, 0) + 1
        return dict(sorted(found.items()))

    def save(self, path: Path) -> None:
        """Writes the truth as JSON; dates become ISO 8601."""
        text = json.dumps(asdict(self), ensure_ascii=False, indent=1, default=_plain, sort_keys=True)
        path.write_text(text + "\n", encoding="utf-8")


def _plain(value: object) -> str:
    if isinstance(value, dt.date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON form")
