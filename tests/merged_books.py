"""Books in which given customers are merged, whoever would find them: for the tests of merging and unmerging."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from crmsheet.app.bench import bench
from crmsheet.app.opening import load_book
from crmsheet.app.outcomes import proposed
from crmsheet.app.request import Request
from crmsheet.app.unmerge import unmerge
from crmsheet.core.messages import Message
from crmsheet.core.outcome import Outcome
from crmsheet.match.decisions import Decision
from crmsheet.match.merging import Merge, merged
from tests.small_books import Sheets, content, files_of, state_at

NOW = dt.datetime(2026, 1, 5, 9, 30)
WHY = Message("a test says so", {})


def request(book: Path, *, reveal: bool = True) -> Request:
    return Request(NOW, NOW.date(), book, lang="en", actor="li", reveal=reveal)


def write(book: Path, kind: str, sheets: Sheets) -> None:
    files = files_of(kind, sheets)
    for name, text in files.items():
        path = book / name if name else book
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text)


def files(book: Path) -> dict[str, bytes]:
    if book.is_dir():
        return {each.name: each.read_bytes() for each in book.glob("*.csv")}
    return {"": book.read_bytes()}


def held(book: Path) -> tuple[Any, ...]:
    """What the tables of a book hold, and the keys of hidden customers."""
    state = state_at(book, files(book))
    table = state.book.tables["customers"]
    hidden = sorted(str(table.keys().at[row]) for row in table.hidden if row in table.cells.index)
    return content(state), hidden


def difference(one: Path, other: Path) -> list[Any]:
    """The records that only one of two books holds so, and the customers that are hidden in one alone."""
    (left, gone), (right, lost) = held(one), held(other)
    none: Counter[Any] = Counter()
    rows = [
        (name, mark, dict(row))
        for name in {**left, **right}
        for mark, here, there in (("-", left, right), ("+", right, left))
        for row in (here.get(name, none) - there.get(name, none)).elements()
    ]
    return [*rows, *sorted(set(gone) ^ set(lost))]


def merge(book: Path, *groups: Sequence[str], decisions: Sequence[Decision] = ()) -> None:
    """Merges customers by key, of each group into its first, and writes it as the night does."""
    loaded = load_book(request(book))
    with bench(loaded) as on:
        table = on.tables["customers"]
        rows = {key: row for row, key in table.keys().items()}
        plans = [Merge(rows[kept], tuple(rows[key] for key in losers), {rows[key]: key for key in (kept, *losers)})
                 for kept, *losers in groups]  # fmt: skip
        why = {row: WHY for plan in plans for row in plan.losers}
        changes = merged("customers", plans, why, on.tables, loaded.schema, loaded.context, decisions)
        _, changes = on.after(changes)
    proposed(loaded, loaded.with_keys(changes), "dedupe", write=True, budget=False)


def apart(book: Path, key: str, *, write: bool = True) -> Outcome:
    return unmerge(request(book), key, write=write)


def conflicts(outcome: Outcome) -> list[tuple[Any, ...]]:
    return [row for each in outcome.sections if each.name == "conflicts" for row in each.rows]


def cell(book: Path, key: str, header: str, table: str = "customers") -> Any:
    """One cell of a record, by the header of its column."""
    found = state_at(book, files(book)).book.tables[table]
    (row,) = (row for row, each in found.keys().items() if each == key)
    (letters,) = (at for at, text in found.headers.items() if text == header)
    value = found.cells.at[row, letters]
    return None if value != value else value


def rows_of(book: Path, key: str) -> Mapping[str, int]:
    """How many records of each other table point to a customer."""
    counts: dict[str, int] = {}
    for name, table in state_at(book, files(book)).book.tables.items():
        letters = table.columns.get("customer_id")
        if name != "customers" and letters:
            counts[name] = sum(str(each) == key for each in table.cells[letters].tolist())
    return counts
