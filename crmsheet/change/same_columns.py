"""The same column under the same name in all states of a table, also where its header was renamed."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from crmsheet.change.columns import column_names
from crmsheet.core.book import Table
from crmsheet.core.cells import Formula
from crmsheet.core.folding import fold

_MOVED, _STAYED = 0.8, 0.5
"""The share of equal values from which a column is the same under another header: elsewhere, and in its old place."""


def same_columns(states: Sequence[Table], is_field: Callable[[str], bool]) -> tuple[Table, ...]:
    """The states of a table with the same names for the same columns: fields first, else the newest header.

    A column is the same by its field or its header, else by its values. Those without a header of their own are told by
    their values too, before their letters.
    """
    seen = [[_Column(table, name, letters) for name, letters in column_names(table).items()] for table in states]
    one = len({frozenset(each.name for each in columns) for columns in seen}) == 1
    if one and all(each.sure for columns in seen for each in columns):
        return tuple(states)
    known: list[_Column] = []
    places = [_recognised(columns, known, is_field) for columns in reversed(seen)][::-1]
    names = _distinct(known)
    return tuple(
        dataclasses.replace(table, columns={names[at]: each.letters for each, at in zip(columns, mine, strict=True)})
        for table, columns, mine in zip(states, seen, places, strict=True)
    )


@dataclass(eq=False)
class _Column:
    """A column of one state."""

    table: Table
    name: str
    letters: str

    @property
    def header(self) -> str:
        """Its header, '' for none."""
        return str(self.table.headers.get(self.letters) or "")

    @property
    def sure(self) -> bool:
        """Whether its name is that of a field, or of a header that no other column has."""
        return bool(self.header) and self.name != self.letters

    @cached_property
    def values(self) -> Counter[Any]:
        """Its values and how often each stands there; a formula without its rows, which change with its place."""
        cells = self.table.cells[self.letters].tolist() if self.letters in self.table.cells else []
        return Counter(_plain(each) for each in cells if each is not None and each != "")

    def likeness(self, other: _Column) -> float:
        """The share of equal values; 0 where it is too small to be the same column."""
        shared = self.values & other.values
        share = shared.total() / max(self.values.total(), other.values.total(), 1)
        stayed = self.letters == other.letters
        enough = share >= _STAYED if stayed else share >= _MOVED and len(shared) > 1
        return share + 0.01 * stayed if enough else 0.0


def _plain(cell: Any) -> Any:
    return "".join(each for each in f"={cell.text}" if not each.isdigit()) if isinstance(cell, Formula) else cell


def _recognised(columns: Sequence[_Column], known: list[_Column], is_field: Callable[[str], bool]) -> list[int]:
    """For each column the place of the known one that it is; what is new becomes known."""
    found: dict[int, int] = {}
    for word in (_own_name, _folded_header):
        found |= _met(columns, known, found, word)
    left = [at for at in range(len(columns)) if at not in found]
    free = [there for there in range(len(known)) if there not in found.values()]
    scored = sorted((-known[there].likeness(columns[at]), at, there) for at in left for there in free)
    for likeness, at, there in scored:
        if likeness and at not in found and there not in found.values():
            found[at] = there
    found |= _met(columns, known, found, _nameless_place)
    for at, there in found.items():
        if is_field(columns[at].name) and not is_field(known[there].name):
            known[there].name = columns[at].name
    for at in left:
        if at not in found:
            found[at] = len(known)
            known.append(columns[at])
    return [found[at] for at in range(len(columns))]


def _met(
    columns: Sequence[_Column],
    known: Sequence[_Column],
    found: Mapping[int, int],
    word: Callable[[_Column], Hashable],
) -> dict[int, int]:
    """The columns that have a word which one known column has too, and no other on either side."""
    ours = _once((at, word(each)) for at, each in enumerate(columns) if at not in found)
    theirs = _once((at, word(each)) for at, each in enumerate(known) if at not in found.values())
    return {at: theirs[said] for said, at in ours.items() if said in theirs}


def _once(words: Iterable[tuple[int, Hashable]]) -> dict[Hashable, int]:
    """Word -> place, for the words of one place; '' is no word."""
    said = list(words)
    counts = Counter(word for _, word in said)
    return {word: at for at, word in said if word and counts[word] == 1}


def _own_name(column: _Column) -> str:
    return column.name if column.sure else ""


def _folded_header(column: _Column) -> str:
    return fold(column.header)


def _nameless_place(column: _Column) -> Hashable:
    return "" if column.sure else (column.letters, column.header)


def _distinct(known: Iterable[_Column]) -> list[str]:
    """A name of its own for each column."""
    names: list[str] = []
    for each in known:
        name = each.name
        while name in names:
            name += "_"
        names.append(name)
    return names
