"""Which value of several rows survives in the record that is kept, field by field."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from crmsheet.core.book import Table
from crmsheet.core.cells import CellError, Formula
from crmsheet.core.folding import fold
from crmsheet.core.messages import N_
from crmsheet.core.schema import Field

STAMPS = ("updated_at", "verified_at", "last_contact_at", "created_at")
"""Fields that say how new a row is, the most telling first."""
REVIEWED = ("verified_at", "updated_at")
"""Those of them that say when somebody looked at its values: a row that was typed anew is not a better one."""
_VALUES = re.compile(r"(\s*[;；,，、/|\n]\s*)")
_WORDS = re.compile(r"(\s*[;；\n]\s*)")
"""What parts values from each other, and sentences: commas and slashes belong to those."""

HOW: Mapping[str, str] = {
    "fill": N_("the kept record had none"),
    "newest": N_("the newest value"),
    "longest": N_("the fullest value"),
    "trusted": N_("from the most trusted source"),
    "union": N_("both values kept"),
    "extra": N_("the other value kept beside it"),
    "max": N_("the largest value"),
    "min": N_("the smallest value"),
    "strictest": N_("the strictest value"),
    "sum": N_("the sum of both"),
    "together": N_("it belongs to another value of the same record"),
    "itself": N_("no customer refers to itself"),
    "chosen": N_("somebody chose it"),
}


@dataclass(frozen=True, slots=True)
class Survivor:
    """The cell that the kept record gets, the rows it comes from, and the rule that chose it (a key of `HOW`)."""

    cell: Any
    rows: tuple[int, ...]
    how: str


@dataclass(frozen=True, slots=True)
class Records:
    """Rows of a table that may become one record, and whose word counts most: sources, the most trusted first.

    `values` and `cells` are looked up by field and row, a hundred times as often as a frame bears.
    """

    table: Table
    values: Mapping[str, Mapping[int, Any]]
    cells: Mapping[str, Mapping[int, Any]]
    trusted: tuple[str, ...] = ()

    @classmethod
    def of(cls, table: Table, rows: Collection[int], trusted: tuple[str, ...] = ()) -> Records:
        """Some rows of a table."""
        mine = list(rows)
        values = {str(name): _by_row(table.values[name].loc[mine]) for name in table.values}
        there = {name: at for name, at in table.columns.items() if at in table.cells.columns}
        cells = {name: dict(zip(mine, table.cells[at].loc[mine].tolist(), strict=True)) for name, at in there.items()}
        return cls(table, values, cells, trusted)

    def value(self, field: str, row: int) -> Any:
        """The typed value, None where it is missing."""
        found = self.values.get(field)
        return found[row] if found is not None else None

    def cell(self, field: str, row: int) -> Any:
        """The cell as its owner wrote it; of a formula, the value."""
        cell = self.cells[field][row] if field in self.cells else None
        return cell.cached if isinstance(cell, Formula) else cell

    def is_fixed(self, field: str, row: int) -> bool:
        """Whether a cell is a formula, or could not be read: nobody knows what it says, so it is never touched."""
        cell = self.cells[field][row]
        return isinstance(cell, Formula | CellError) or (cell not in (None, "") and self.value(field, row) is None)

    def filled(self, row: int) -> int:
        """How many values of a row are known."""
        return sum(each[row] is not None for each in self.values.values())

    def newest(self, rows: Sequence[int], stamps: Sequence[str] = STAMPS) -> int:
        """The newest of rows: the first of them unless another is newer by the first stamp that both have."""
        best = rows[0]
        for row in rows[1:]:
            for stamp in stamps:
                ours, theirs = self.value(stamp, best), self.value(stamp, row)
                dated = isinstance(ours, pd.Timestamp) and isinstance(theirs, pd.Timestamp)
                if dated and ours != theirs:
                    best = row if theirs > ours else best
                    break
        return best

    def distrust(self, row: int) -> int:
        """How far down the list of trusted sources a row comes from; those that are not on it come last."""
        source = self.value("source", row)
        folded = fold(str(source)) if source is not None else ""
        return next((at for at, each in enumerate(self.trusted) if fold(each) == folded), len(self.trusted))


def _by_row(values: pd.Series[Any]) -> dict[int, Any]:
    """Row -> value, None where it is missing."""
    known = values.notna().tolist()
    pairs = zip(values.index.tolist(), values.astype("object").tolist(), known, strict=True)
    return {row: value if there else None for row, value, there in pairs}


def winner(records: Records, rows: Sequence[int], keys: Mapping[int, str]) -> int:
    """The row that is kept: the most complete, then the oldest, then the smallest key."""

    def rank(row: int) -> tuple[int, pd.Timestamp, int, str, int]:
        made = records.value("created_at", row)
        oldest = made if isinstance(made, pd.Timestamp) else pd.Timestamp.max
        return -records.filled(row), oldest, len(keys[row]), keys[row], row

    return min(rows, key=rank)


def survivor(
    records: Records, field: Field, kept: int, losers: Sequence[int], uncounted: Collection[int] = ()
) -> Survivor | None:
    """What the kept row's cell becomes, or None where it stays as it is.

    Rows that are `uncounted` are copies of others: a sum leaves them out. A formula is never touched; neither is a cell
    whose text could not be read.
    """
    if records.is_fixed(field.name, kept):
        return None
    own = records.value(field.name, kept)
    others = [(row, value) for row in losers if (value := records.value(field.name, row)) is not None]
    if not others:
        return None
    rule = field.survivorship
    if rule == "sum":
        return _sum(records, field, (kept, own), others, uncounted)
    if own is None and rule in ("newest", "extra", "first"):
        row = records.newest([row for row, _ in others])
        return Survivor(records.cell(field.name, row), (row,), "fill")
    choose = _CHOICES.get(rule)
    return choose(records, field, kept, [(kept, own), *others] if own is not None else others) if choose else None


def pieces(field: Field, cell: str) -> tuple[list[str], list[str]]:
    """The parts of a cell that holds several values or sentences, and the marks between them."""
    parts = (_VALUES if field.kind in SEVERAL else _WORDS).split(cell)
    return parts[::2], parts[1::2]


def alike(field: Field, left: Any, right: Any) -> bool:
    """Whether two values say the same, one perhaps more fully: 北京 and 北京市. People and choices are told apart."""
    if not isinstance(left, str) or not isinstance(right, str):
        return bool(left == right)
    first, second = sorted((fold(left), fold(right)), key=len)
    return first == second if field.kind in ("person", "choice") else first in second


Found = list[tuple[int, Any]]
Choose = Callable[[Records, Field, int, Found], "Survivor | None"]


def _taken(records: Records, field: Field, kept: int, found: Found, row: int, how: str) -> Survivor | None:
    """The value of one row; None where it is the kept one's, or says the very same."""
    if row == kept or found[0] == (kept, dict(found)[row]):
        return None
    return Survivor(records.cell(field.name, row), (row,), how if found[0][0] == kept else "fill")


def _by(rank: Callable[[Field, Any], Any], how: str) -> Choose:
    def choose(records: Records, field: Field, kept: int, found: Found) -> Survivor | None:
        row, _ = max(found, key=lambda each: rank(field, each[1]))  # of equals the first: the kept row, if it has one
        return _taken(records, field, kept, found, row, how)

    return choose


def _place(field: Field, value: Any) -> Any:
    """A value as it is compared: a choice by its place in the list, which goes from the least to the most."""
    if field.kind == "choice":
        return next((at for at, each in enumerate(field.choices) if each.code == value), -1)
    return value.value if isinstance(value, pd.Timestamp) else value


def _choose_newest(records: Records, field: Field, kept: int, found: Found) -> Survivor | None:
    return _taken(records, field, kept, found, records.newest([row for row, _ in found]), "newest")


def _choose_trusted(records: Records, field: Field, kept: int, found: Found) -> Survivor | None:
    """Of the most trusted source; of several the one looked at last, and of texts that say the same the fullest."""
    least = min(records.distrust(row) for row, _ in found)
    best = [(row, value) for row, value in found if records.distrust(row) == least]
    newest = records.newest([row for row, _ in best], REVIEWED)
    said = dict(best)[newest]
    row, _ = max(
        ((row, value) for row, value in best if alike(field, value, said)), key=lambda each: len(fold(str(each[1])))
    )
    how = "trusted" if len(best) < len(found) else "newest" if row == newest else "longest"
    return _taken(records, field, kept, found, row, how)


def _choose_strictest(records: Records, field: Field, kept: int, found: Found) -> Survivor | None:
    """The earliest end, any yes, or of a choice its last one (a blacklist); else the newest."""
    if field.kind in ("date", "datetime"):
        return _least(records, field, kept, found)
    last = field.choices[-1].code if field.choices else None
    yes = [row for row, value in found if value is True or value == last or str(value).lower() in ("true", "yes")]
    if yes:
        return None if kept in yes else _taken(records, field, kept, found, yes[0], "strictest")
    return _choose_newest(records, field, kept, found)


def _sum(
    records: Records, field: Field, own: tuple[int, Any], others: Found, uncounted: Collection[int]
) -> Survivor | None:
    """The sum without the copies: a row that was pasted twice is counted once."""
    kept, value = own
    counted = [(row, each) for row, each in others if row not in uncounted]
    found = counted if value is None else [own, *counted]
    if not found:
        return Survivor(records.cell(field.name, others[0][0]), (others[0][0],), "fill")
    if len(found) == 1:
        row = found[0][0]
        return None if row == kept else Survivor(records.cell(field.name, row), (row,), "fill")
    total = sum(float(each) for _, each in found) / records.table.units.get(field.name, 1)
    whole = int(total) if float(total).is_integer() else round(total, 6)
    return Survivor(whole, tuple(row for row, _ in counted), "sum")


def union(records: Records, field: Field, kept: int, found: Found) -> Survivor | None:
    """The kept row's text with what it lacks at its end, as the other rows spell it."""
    have: set[str] = set()
    texts: list[str] = []
    sources: list[int] = []
    for row, value in found:
        cell = str(records.cell(field.name, row))
        parts = [each for each in pieces(field, cell)[0] if each]
        atoms = str(value).split("|") if field.kind in SEVERAL else parts
        spelt = dict(zip(atoms, parts, strict=True)) if len(atoms) == len(parts) else {each: each for each in atoms}
        new = [each for each in dict.fromkeys(atoms) if fold(each) not in have]
        if row == kept or len(new) == len(parts):
            texts.append(cell)
        else:
            texts += [spelt[each] for each in new]
        if row != kept and new:
            sources.append(row)
        have.update(map(fold, atoms))
    if not sources:
        return None
    how = "union" if found[0][0] == kept or len(sources) > 1 else "fill"
    return Survivor(mark(records.table).join(texts), tuple(sources), how)


def mark(table: Table) -> str:
    """What stands between several values of a cell."""
    return "；" if table.lang == "zh" else "; "


SEVERAL = frozenset({"phone", "email", "choices"})
"""Kinds whose values are told apart when they are read."""
_least = _by(lambda field, value: -_place(field, value), "min")
_CHOICES: Mapping[str, Choose] = {
    "newest": _choose_newest,
    "trusted": _choose_trusted,
    "longest": _by(lambda _, value: len(str(value)), "longest"),
    "max": _by(_place, "max"),
    "min": _least,
    "strictest": _choose_strictest,
    "union": union,
}
