"""Which value of several rows survives in the record that is kept, field by field."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from crmsheet.core.book import Table
from crmsheet.core.cells import CellError, Formula
from crmsheet.core.messages import N_
from crmsheet.core.schema import Field

STAMPS = ("updated_at", "verified_at", "last_contact_at", "created_at")
"""Fields that say how new a row is, the most telling first."""
_SPLIT = re.compile(r"\s*[;；,，、/|\n]\s*")

HOW: Mapping[str, str] = {
    "fill": N_("the kept record had none"),
    "newest": N_("the newest value"),
    "longest": N_("the fullest value"),
    "union": N_("both values kept"),
    "max": N_("the largest value"),
    "min": N_("the smallest value"),
    "strictest": N_("the strictest value"),
    "sum": N_("the sum of both"),
}


@dataclass(frozen=True, slots=True)
class Survivor:
    """The cell that the kept record gets, the row it comes from, and the rule that chose it (a key of `HOW`)."""

    cell: Any
    row: int
    how: str


def winner(table: Table, rows: Sequence[int], keys: Mapping[int, str]) -> int:
    """The row that is kept: the most complete, then the oldest, then the smallest key."""
    filled = dict(zip(rows, table.values.loc[list(rows)].notna().to_numpy().sum(axis=1).tolist(), strict=True))

    def rank(row: int) -> tuple[int, pd.Timestamp, int, str, int]:
        made = _stamp(table, row, ("created_at",)) or pd.Timestamp.max
        return -filled[row], made, len(keys[row]), keys[row], row

    return min(rows, key=rank)


def survivor(table: Table, field: Field, kept: int, losers: Sequence[int]) -> Survivor | None:
    """What the kept row's cell becomes, or None where it stays as it is.

    A formula is never touched; neither is a cell whose text could not be read, for nobody knows what it says.
    """
    letters = table.columns[field.name]
    own_cell = table.cells.at[kept, letters]
    own = _value(table, field.name, kept)
    if isinstance(own_cell, Formula | CellError) or (own is None and own_cell not in (None, "")):
        return None
    others = [(row, value) for row in losers if (value := _value(table, field.name, row)) is not None]
    if not others:
        return None
    if own is None and field.survivorship not in ("union", "sum", "max", "min", "strictest", "longest"):
        row = _newest(table, [row for row, _ in others])
        return Survivor(_cell(table, field.name, row), row, "fill")
    choose = _CHOICES.get(field.survivorship)
    return choose(table, field, kept, [(kept, own), *others] if own is not None else others) if choose else None


def _by(rank: Callable[[Any], Any], how: str) -> Callable[..., Survivor | None]:
    def choose(table: Table, field: Field, kept: int, found: list[tuple[int, Any]]) -> Survivor | None:
        row, _ = max(found, key=lambda each: rank(each[1]))  # of equals the first, and the kept row stands first
        if row == kept:
            return None
        return Survivor(_cell(table, field.name, row), row, how if found[0][0] == kept else "fill")

    return choose


def _choose_newest(table: Table, field: Field, kept: int, found: list[tuple[int, Any]]) -> Survivor | None:
    row = _newest(table, [row for row, _ in found])
    values = dict(found)
    return Survivor(_cell(table, field.name, row), row, "newest") if values[row] != values[kept] else None


def _newest(table: Table, rows: list[int]) -> int:
    """The newest of rows: the first of them unless another is newer by the first stamp that both have."""
    best = rows[0]
    for row in rows[1:]:
        for stamp in STAMPS:
            ours, theirs = _stamp(table, best, (stamp,)), _stamp(table, row, (stamp,))
            if ours is not None and theirs is not None and ours != theirs:
                best = row if theirs > ours else best
                break
    return best


def _choose_strictest(table: Table, field: Field, kept: int, found: list[tuple[int, Any]]) -> Survivor | None:
    if field.kind in ("date", "datetime"):
        return _least(table, field, kept, found)
    yes = [row for row, value in found if value is True or str(value).lower() in ("true", "yes")]
    if not yes or kept in yes:
        return None
    return Survivor(_cell(table, field.name, yes[0]), yes[0], "strictest")


def _choose_sum(table: Table, field: Field, kept: int, found: list[tuple[int, Any]]) -> Survivor | None:
    """The sum, unless the amounts are equal: then the row was pasted twice, and counting it twice would be wrong."""
    amounts = {float(value) for _, value in found}
    if len(amounts) == 1:
        return None if found[0][0] == kept else Survivor(_cell(table, field.name, found[0][0]), found[0][0], "fill")
    total = sum(float(value) for _, value in found) / table.units.get(field.name, 1)
    whole = int(total) if float(total).is_integer() else round(total, 6)
    return Survivor(whole, found[-1][0], "sum")


def _choose_union(table: Table, field: Field, kept: int, found: list[tuple[int, Any]]) -> Survivor | None:
    """The kept row's text with what it lacks at its end, as the other rows spell it."""
    have: list[str] = []
    texts: list[str] = []
    source = 0
    for row, value in found:
        atoms = str(value).split("|")
        cell = str(_cell(table, field.name, row))
        pieces = [piece for piece in _SPLIT.split(cell) if piece]
        spelt = dict(zip(atoms, pieces, strict=True)) if len(atoms) == len(pieces) else {each: each for each in atoms}
        new = [each for each in atoms if each not in have]
        if row == kept:
            texts.append(cell)
        elif new:
            texts += [spelt[each] for each in new]
            source = source or row
        have += new
    if not source:
        return None
    mark = "；" if table.lang == "zh" else "; "
    return Survivor(mark.join(texts), source, "union" if found[0][0] == kept else "fill")


_least = _by(lambda value: -(value.value if isinstance(value, pd.Timestamp) else value), "min")
_CHOICES: Mapping[str, Callable[..., Survivor | None]] = {
    "newest": _choose_newest,
    "longest": _by(lambda value: len(str(value)), "longest"),
    "max": _by(lambda value: value, "max"),
    "min": _least,
    "strictest": _choose_strictest,
    "sum": _choose_sum,
    "union": _choose_union,
}


def _value(table: Table, field: str, row: int) -> Any:
    """The typed value, None where it is missing."""
    value: Any = table.values[field].at[row]
    return None if pd.isna(value) else value


def _cell(table: Table, field: str, row: int) -> Any:
    """The cell as its owner wrote it; of a formula, the value."""
    cell: Any = table.cells.at[row, table.columns[field]]
    if isinstance(cell, Formula):
        return cell.cached
    return cell


def _stamp(table: Table, row: int, fields: tuple[str, ...]) -> pd.Timestamp | None:
    for field in fields:
        value: Any = table.values[field].at[row] if field in table.values else None
        if isinstance(value, pd.Timestamp):
            return value
    return None
