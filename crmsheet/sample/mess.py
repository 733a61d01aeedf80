"""Plants mess in laid-out sheets and notes it: cells by the rates of `spelling`, rows and links by those below."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple
from functools import partial
from random import Random
from types import MappingProxyType
from typing import Any

from crmsheet.core.cells import column_letters
from crmsheet.sample.grid import Grid
from crmsheet.sample.language import Language
from crmsheet.sample.spelling import SPELLERS, Speller, null_word
from crmsheet.sample.truth import Planted

ROW_RATES: Mapping[str, float] = MappingProxyType(
    {
        "test-row": 0.002,
        "key-doubled": 0.002,
        "same-as-above": 0.003,
        "owner-id": 0.01,
        "reference-spelled": 0.01,
        "reference-dangling": 0.002,
        "date-future": 0.002,
    }
)
"""Share of the rows of a table; at least one where the table has 50 rows or more."""

_UNSPOILT = MappingProxyType(
    {"peer": frozenset({"amount", "customer_id"}), "standard": frozenset(), "one_sheet": frozenset()}
)


def spoil(
    rng: Random,
    language: Language,
    grids: Iterable[Grid],
    *,
    mess: float,
    layout: str,
    today: dt.date,
    kept: frozenset[int],
) -> Iterator[Planted]:
    """Spoils the sheets in place and tells each planted mess; customers at the positions `kept` stay real ones."""
    unspoilt = _UNSPOILT[layout]
    for grid in grids:
        taken: set[tuple[int, str]] = set()
        yield from _rows(rng, language, grid, mess, today, kept, unspoilt, taken)
        for name in grid.fields:
            rates = SPELLERS.get(f"{grid.table}.{name}", SPELLERS.get(name, ()))
            if rates and name not in unspoilt:
                yield from _cells(rng, language, grid, name, [(rate * mess, speller) for rate, speller in rates], taken)


def _cells(
    rng: Random,
    language: Language,
    grid: Grid,
    name: str,
    rates: list[tuple[float, Speller]],
    taken: set[tuple[int, str]],
) -> Iterator[Planted]:
    at, letters = grid.fields.index(name), grid.column(name)
    for position, row in enumerate(grid.rows):
        draw, cell = rng.random(), row[at]
        for rate, speller in rates:
            if draw >= rate:
                draw -= rate
                continue
            if (cell is None) == (speller is null_word) and (position, name) not in taken:
                spelled = speller(rng, cell, language)
                if spelled is not None:
                    row[at] = spelled.cell
                    number = grid.row_number(position)
                    yield Planted(grid.name, number, letters, grid.table, name, *astuple(spelled))
            break


def _rows(
    rng: Random,
    language: Language,
    grid: Grid,
    mess: float,
    today: dt.date,
    kept: frozenset[int],
    unspoilt: frozenset[str],
    taken: set[tuple[int, str]],
) -> Iterator[Planted]:
    """Mess that concerns a row's identity or links, planted before its cells are spoilt."""
    plant = partial(_plant, rng, grid, mess, taken)
    if grid.table == "customers":
        # A real customer is kept from a key that is another's, and so is the one whose key is taken.
        free = [n for n in range(len(grid.rows)) if n not in kept and n - 1 not in kept]
        yield from _test_rows(rng, language, grid, mess, free, taken)
        if "customer_id" in grid.fields:
            keys = [row[grid.fields.index("customer_id")] for row in grid.rows]
            yield from plant("customer_id", "key-doubled", 0, lambda n, _: keys[n - 1] if n else None, among=free)
        yield from plant("address", "same-as-above", 27, lambda n, _: _ditto(language) if n else None)
        yield from plant("created_at", "date-future", 41, lambda *_: today + dt.timedelta(days=400))
    elif "customer_id" in grid.fields and "customer_id" not in unspoilt:
        yield from plant("customer_id", "reference-spelled", 23, _key, recoverable=True)
        unknown = _unknown_key(grid)
        yield from plant("customer_id", "reference-dangling", 0, lambda *_: unknown)
    if grid.table == "transactions":
        yield from plant("date", "date-future", 41, lambda *_: today + dt.timedelta(days=365))
    yield from plant("owner", "owner-id", 49, lambda _, cell: _staff_number(language, cell), recoverable=True)


def _plant(
    rng: Random,
    grid: Grid,
    mess: float,
    taken: set[tuple[int, str]],
    name: str,
    kind: str,
    number: int,
    spell: Callable[[int, Any], Any],
    *,
    recoverable: bool = False,
    among: Sequence[int] | None = None,
) -> Iterator[Planted]:
    """Plants one kind in a field at its rate; a cell that is empty, taken or not to be spelled so is left alone."""
    if name not in grid.fields:
        return
    at = grid.fields.index(name)
    among = range(len(grid.rows)) if among is None else among
    for position in _some(rng, among, len(grid.rows), ROW_RATES[kind] * mess):
        before = grid.rows[position][at]
        after = None if before is None or (position, name) in taken else spell(position, before)
        if after is None or after == before:
            continue
        taken.add((position, name))
        grid.rows[position][at] = after
        place = (grid.name, grid.row_number(position), column_letters(at + 1), grid.table, name)
        yield Planted(*place, number, kind, after, before, recoverable)


def _some(rng: Random, among: Sequence[int], size: int, rate: float) -> list[int]:
    """Positions drawn at a rate, one at least in a table of 50 rows and more."""
    count = round(size * rate)
    if rate > 0 and size >= 50:
        count = max(count, 1)
    return sorted(rng.sample(among, min(count, len(among))))


def _test_rows(
    rng: Random, language: Language, grid: Grid, mess: float, free: list[int], taken: set[tuple[int, str]]
) -> Iterator[Planted]:
    """Rows that somebody typed to try the book; their numbers are the famous ones."""
    word = language.sheet_words["test"]
    fake = {
        "name": word,
        "contact_name": word,
        "mobile": "13800138000" if language.code == "zh" else "(555) 555-5555",
        "email": "aaa@aaa.com",
        "phone": None,
        "wechat": None,
        "uscc": None,
    }
    for position in _some(rng, free, len(grid.rows), ROW_RATES["test-row"] * mess):
        row = grid.rows[position]
        for name, cell in fake.items():
            if name in grid.fields:
                row[grid.fields.index(name)] = cell
        taken.update((position, name) for name in grid.fields)
        yield Planted(
            grid.name, grid.row_number(position), "", grid.table, "", 28, "test-row", word, None, recoverable=False
        )


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
    example = next((row[grid.fields.index("customer_id")] for row in grid.rows), "")
    return 999999 if isinstance(example, int) else "C" + "9" * (len(str(example).strip()) - 1)
