"""Plants mess in laid-out sheets and notes each piece: cells by the rates of `spelling`, rows and links by those below."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from random import Random
from types import MappingProxyType
from typing import Any

from crmsheet.core.cells import column_letters
from crmsheet.sample.grid import Grid
from crmsheet.sample.language import Language
from crmsheet.sample.spelling import SPELLERS, Speller
from crmsheet.sample.truth import Planted

ROW_RATES: Mapping[str, float] = MappingProxyType({
    "test-row": 0.002,
    "key-doubled": 0.002,
    "key-missing": 0.002,
    "same-as-above": 0.003,
    "owner-id": 0.01,
    "reference-spelled": 0.01,
    "reference-dangling": 0.002,
    "date-future": 0.002,
})
"""Share of the rows of a table; at least one where the table has 50 rows or more."""

_UNSPOILT = MappingProxyType({"peer": frozenset({"amount", "customer_id"}), "standard": frozenset(), "one_sheet": frozenset()})


def spoil(
    rng: Random, language: Language, grids: Iterable[Grid], *, mess: float, layout: str, today: dt.date,
    kept: frozenset[int],
) -> Iterator[Planted]:  # fmt: skip
    """Spoils the sheets in place and tells each planted mess; rows in `kept` (duplicates) stay real customers."""
    unspoilt = _UNSPOILT[layout]
    for grid in grids:
        taken: set[tuple[int, str]] = set()
        for planted in _rows(rng, language, grid, mess, today, kept, unspoilt):
            taken.add((planted.row, planted.field))
            yield planted
        whole = {row for row, name in taken if not name}
        for name in grid.fields:
            rates = SPELLERS.get(f"{grid.table}.{name}") or SPELLERS.get(name)
            if rates and name not in unspoilt and not (name == "name" and grid.table != "customers" and "." not in name):
                yield from _cells(rng, language, grid, name, [(r * mess, s) for r, s in rates], taken, whole)


def _cells(
    rng: Random, language: Language, grid: Grid, name: str, rates: list[tuple[float, Speller]],
    taken: set[tuple[int, str]], whole: set[int],
) -> Iterator[Planted]:  # fmt: skip
    at, letters = grid.fields.index(name), grid.column(name)
    for position, row in enumerate(grid.rows):
        draw, number, cell = rng.random(), grid.row_number(position), row[at]
        for rate, speller in rates:
            if draw >= rate:
                draw -= rate
                continue
            if (cell is None) == (speller.__name__ == "null_word") and (number, name) not in taken and number not in whole:
                spelled = speller(rng, cell, language)
                if spelled is not None:
                    row[at] = spelled.cell
                    yield Planted(
                        grid.name, number, letters, grid.table, name, spelled.mess, spelled.kind, spelled.cell,
                        spelled.value, spelled.recoverable,
                    )  # fmt: skip
            break


def _rows(
    rng: Random, language: Language, grid: Grid, mess: float, today: dt.date, kept: frozenset[int], unspoilt: frozenset[str]
) -> Iterator[Planted]:
    """Mess that concerns a row's identity or links, planted before its cells are spoilt."""
    yield from _planted(rng, grid, "owner", "owner-id", 49, mess, lambda _, cell: _staff_number(language, cell))
    if "customer_id" in grid.fields and grid.table == "customers":
        keys = [row[grid.fields.index("customer_id")] for row in grid.rows]
        free = [n for n in range(len(keys)) if n not in kept]
        yield from _test_rows(rng, language, grid, mess, free)
        yield from _planted(rng, grid, "customer_id", "key-doubled", 0, mess, lambda n, _: keys[n - 1] if n else None, among=free)
        yield from _planted(rng, grid, "address", "same-as-above", 27, mess, lambda n, _: _ditto(language) if n else None)
        yield from _planted(rng, grid, "created_at", "date-future", 41, mess, lambda *_: today + dt.timedelta(days=400))
    elif "customer_id" in grid.fields and "customer_id" not in unspoilt:
        yield from _planted(rng, grid, "customer_id", "reference-spelled", 23, mess, lambda n, key: _key(n, key), recoverable=True)
        yield from _planted(rng, grid, "customer_id", "reference-dangling", 0, mess, lambda *_: _unknown_key(grid))
    if grid.table == "transactions":
        yield from _planted(rng, grid, "date", "date-future", 41, mess, lambda *_: today + dt.timedelta(days=365))


def _planted(
    rng: Random, grid: Grid, name: str, kind: str, number: int, mess: float, spell: Any,
    *, recoverable: bool = False, among: list[int] | None = None,
) -> Iterator[Planted]:  # fmt: skip
    """Plants one kind in a field of some rows, at its rate; a position is used once per kind and only if not yet spoilt."""
    if name not in grid.fields:
        return
    at = grid.fields.index(name)
    for position in _some(rng, among if among is not None else range(len(grid.rows)), len(grid.rows), ROW_RATES[kind] * mess):
        before = grid.rows[position][at]
        if before is None:
            continue
        after = spell(position, before)
        if after is None or after == before:
            continue
        grid.rows[position][at] = after
        yield Planted(
            grid.name, grid.row_number(position), column_letters(at + 1), grid.table, name, number, kind, after, before, recoverable
        )


def _some(rng: Random, among: Any, size: int, rate: float) -> list[int]:
    """Positions drawn at a rate, one at least in a table of 50 rows and more."""
    count = round(size * rate)
    if rate > 0 and size >= 50:
        count = max(count, 1)
    return sorted(rng.sample(among, min(count, len(among))))


def _test_rows(rng: Random, language: Language, grid: Grid, mess: float, free: list[int]) -> Iterator[Planted]:
    """Rows that somebody typed to try the book; their numbers are the famous ones."""
    word = language.sheet_words["test"]
    fake = {"name": word, "contact_name": word, "mobile": "13800138000" if language.code == "zh" else "(555) 555-5555",
            "email": "aaa@aaa.com", "phone": None, "wechat": None, "uscc": None}  # fmt: skip
    for position in _some(rng, free, len(grid.rows), ROW_RATES["test-row"] * mess):
        row = grid.rows[position]
        for name, cell in fake.items():
            if name in grid.fields:
                row[grid.fields.index(name)] = cell
        yield Planted(grid.name, grid.row_number(position), "", grid.table, "", 28, "test-row", word, None, recoverable=False)


def _staff_number(language: Language, owner: str) -> str | None:
    names = [name for name, _ in language.staff]
    return f"S{names.index(owner) + 1:02d}" if owner in names else None


def _ditto(language: Language) -> str:
    return "同上" if language.code == "zh" else "same as above"


def _key(position: int, key: Any) -> Any:
    """A key as text with a decimal point, as pandas leaves it, or with white space."""
    if isinstance(key, int):
        return f"{key}.0" if position % 2 else str(key)
    return f"{key} " if position % 2 else key.lower()


def _unknown_key(grid: Grid) -> Any:
    """A key that no customer has."""
    example = next(row[grid.fields.index("customer_id")] for row in grid.rows)
    return 999999 if isinstance(example, int) else "C" + "9" * (len(str(example).strip()) - 1)
