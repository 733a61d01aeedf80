"""Which rows of two states of a table are the same record: by a key that tells them apart, else by what they hold."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import count
from typing import Any, TypeAlias

from crmsheet.change.columns import column_names
from crmsheet.core.book import Table
from crmsheet.core.cells import Formula

_ALIKE = 0.5
"""The share of equal cells from which two rows may be the same record."""
_FEW = 8
"""Rows that a value may stand in and still say something about each of them."""
_STEADY = (0.5, 0.9)
_MOST_CELLS = 4_000_000
_MOST_PAIRS = 2_500

Column: TypeAlias = list[Any]


def pairs(old: Table, new: Table) -> dict[int, int]:
    """Row of the old table -> row of the new one, for all rows that are the same record; the same each time.

    Rows are the same by a key that only one row has on each side. Rows without such a key are the same by what they
    hold, however they were moved: those that are equal first, then those that are most alike, with the same key or the
    same neighbours before others; at last those that stand between the same neighbours, as many on both sides. A record
    that has a key of its own on both sides is never another one, unless the key is only a guess.
    """
    old_rows, new_rows = old.cells.index.tolist(), new.cells.index.tolist()
    return {old_rows[at]: new_rows[there] for at, there in positions(old, new).items()}


def positions(old: Table, new: Table) -> dict[int, int]:
    """The same by the positions of the rows in their tables, ascending."""
    keys = _Keys(old, new)
    found = keys.found()
    taken = frozenset(found.values())
    olds = [at for at in range(len(old.cells)) if at not in found]
    news = [at for at in range(len(new.cells)) if at not in taken]
    if not keys.may_meet(olds, news):
        return found
    return dict(sorted({**found, **_Alignment(old, new, keys, found, olds, news).found()}.items()))


class _Keys:
    """The keys of two states of a table, by position."""

    def __init__(self, old: Table, new: Table) -> None:
        self.old, self.new = (each.keys().tolist() for each in (old, new))
        self._strict = old.identity is None or not old.identity.guessed
        counts = (Counter(self.old), Counter(self.new))
        self._doubled = {"", *(key for each in counts for key, count in each.items() if count > 1)}

    def found(self) -> dict[int, int]:
        """The positions that have the same key, which no other row has."""
        there = dict(zip(self.new, range(len(self.new)), strict=True))
        for key in self._doubled:
            there.pop(key, None)
        return {at: place for at, place in enumerate(map(there.get, self.old)) if place is not None}

    def may_be_one(self, at: int, there: int) -> bool:
        """Whether two rows may be the same record: not where each has a key of its own."""
        return not (self._strict and self.old[at] not in self._doubled and self.new[there] not in self._doubled)

    def may_meet(self, olds: Sequence[int], news: Sequence[int]) -> bool:
        """Whether there are rows on both sides that may be the same."""
        if not olds or not news or not self._strict:
            return bool(olds and news)
        return any(self.old[at] in self._doubled for at in olds) or any(self.new[at] in self._doubled for at in news)


class _Alignment:
    """The rows that no key tells apart: `olds` and `news` are their positions, other numbers are places in those."""

    def __init__(
        self, old: Table, new: Table, keys: _Keys, known: Mapping[int, int], olds: list[int], news: list[int]
    ) -> None:
        self._olds, self._news, self._keys, self._known = olds, news, keys, known
        self._ends = len(old.cells), len(new.cells)
        self._columns = [*_shared_columns(old, new, olds, news)]
        self._found: dict[int, int] = {}
        self._taken: set[int] = set()

    def found(self) -> dict[int, int]:
        """The positions that are the same record by what they hold."""
        every = self._columns
        self._equal(every)
        self._alike(self._same_key(), 0.0)
        for least in _STEADY:
            steady = [each for each in every if self._share(*each) >= least]
            if len(every) > len(steady) >= len(every) / 2:
                self._equal(steady)
        self._equal_but_one()
        self._alike(self._likely(), _ALIKE)
        self._in_gaps()
        return {self._olds[at]: self._news[there] for at, there in self._found.items()}

    def _open_old(self) -> list[int]:
        return [at for at in range(len(self._olds)) if at not in self._found]

    def _open_new(self) -> list[int]:
        return [at for at in range(len(self._news)) if at not in self._taken]

    def _pair(self, at: int, there: int) -> None:
        self._found[at] = there
        self._taken.add(there)

    def _may_be_one(self, at: int, there: int) -> bool:
        return self._keys.may_be_one(self._olds[at], self._news[there])

    def _share(self, old: Column, new: Column) -> float:
        """The share of the values of a column, in the rows that are left, that stand on both sides."""
        mine, theirs = (Counter(each) for each in (_at(old, self._open_old()), _at(new, self._open_new())))
        return (mine & theirs).total() / max(min(mine.total(), theirs.total()), 1)

    def _equal(self, columns: Sequence[tuple[Column, Column]]) -> None:
        """Pairs rows that are equal in these columns, in their order."""
        olds, news = self._open_old(), self._open_new()
        there: dict[tuple[Any, ...], list[int]] = defaultdict(list)
        for at, content in zip(reversed(news), _rows(columns, 1, news[::-1]), strict=bool(columns)):
            there[content].append(at)
        for at, content in zip(olds, _rows(columns, 0, olds), strict=bool(columns)):
            places = there.get(content)
            if places and any(each is not None for each in content) and self._may_be_one(at, places[-1]):
                self._pair(at, places.pop())

    def _equal_but_one(self) -> None:
        """Pairs rows that differ in one cell, whatever else stands in the other rows."""
        for at in range(len(self._columns) if len(self._columns) > 2 else 0):
            if len(self._open_old()) * len(self._columns) ** 2 > _MOST_CELLS:
                return
            self._equal([*self._columns[:at], *self._columns[at + 1 :]])

    def _same_key(self) -> Iterator[tuple[int, int]]:
        """Rows that are left and have the same key."""
        here, there = (
            _places((keys[positions[at]], at) for at in places)
            for keys, positions, places in (
                (self._keys.old, self._olds, self._open_old()),
                (self._keys.new, self._news, self._open_new()),
            )
        )
        for key, mine in here.items():
            theirs = there.get(key, [])
            if key and len(mine) * len(theirs) <= _MOST_PAIRS:
                yield from ((at, other) for at in mine for other in theirs)
            elif key:
                yield from zip(mine, theirs, strict=False)

    def _likely(self) -> Iterator[tuple[int, int]]:
        """Rows that share a value which few others have, or stand beside the same neighbour."""
        olds, news = self._open_old(), self._open_new()
        for old, new in self._columns:
            there = _places((new[at], at) for at in news if new[at] is not None)
            for at in olds:
                places = there.get(old[at], ()) if old[at] is not None else ()
                if len(places) <= _FEW:
                    yield from ((at, other) for other in places)
        known = {**self._known, **{self._olds[at]: self._news[there] for at, there in self._found.items()}}
        open_new = {self._news[at]: at for at in news}
        for at in olds:
            for step in (-1, 1):
                other = open_new.get(known.get(self._olds[at] + step, -2) - step)
                if other is not None:
                    yield at, other
        if len(olds) == len(news):
            yield from zip(olds, news, strict=True)

    def _in_gaps(self) -> None:
        """Pairs the rows between two neighbours in their order, where they are as many on both sides."""
        known = {**self._known, **{self._olds[at]: self._news[there] for at, there in self._found.items()}}
        known |= {-1: -1, self._ends[0]: self._ends[1]}
        places = {self._olds[at]: at for at in self._open_old()}
        open_new = {self._news[at]: at for at in self._open_new()}
        for first in [row for row in places if row - 1 not in places]:
            last = next(row for row in count(first) if row + 1 not in places)
            above, below = known[first - 1], known[last + 1]
            beside = [open_new.get(row) for row in range(above + 1, below)]
            if len(beside) == last - first + 1:
                for row, there in zip(range(first, last + 1), beside, strict=True):
                    if there is not None and self._may_be_one(places[row], there):
                        self._pair(places[row], there)

    def _alike(self, candidates: Iterable[tuple[int, int]], least: float) -> None:
        """Pairs the candidates that are most alike, of equals those that moved the least."""
        scored = [
            (-likeness, abs(self._olds[at] - self._news[there]), at, there)
            for at, there in dict.fromkeys(candidates)
            if self._may_be_one(at, there) and (likeness := _likeness(self._columns, at, there)) >= least
        ]
        for *_, at, there in sorted(scored):
            if at not in self._found and there not in self._taken:
                self._pair(at, there)


def _shared_columns(
    old: Table, new: Table, olds: Sequence[int], news: Sequence[int]
) -> Iterator[tuple[Column, Column]]:
    """The cells of some rows in the columns that both have; a formula counts by its text."""
    names = column_names(new)
    for name, letters in column_names(old).items():
        there = names.get(name)
        if there is not None and letters in old.cells and there in new.cells:
            yield _column(old, letters, olds), _column(new, there, news)


def _column(table: Table, letters: str, places: Sequence[int]) -> Column:
    cells = _at(table.cells[letters].tolist(), places)
    return [f"={each.text}" if type(each) is Formula else None if each == "" else each for each in cells]


def _at(column: Column, places: Sequence[int]) -> Column:
    return [column[at] for at in places]


def _places(words: Iterable[tuple[Hashable, int]]) -> dict[Hashable, list[int]]:
    """Word -> the places that have it."""
    found: dict[Hashable, list[int]] = defaultdict(list)
    for word, at in words:
        found[word].append(at)
    return found


def _rows(columns: Sequence[tuple[Column, Column]], side: int, places: Sequence[int]) -> Iterator[tuple[Any, ...]]:
    """The cells of some rows of one side."""
    return zip(*(_at(each[side], places) for each in columns), strict=True)


def _likeness(columns: Sequence[tuple[Column, Column]], at: int, there: int) -> float:
    """The share of equal cells among those that are filled on either side."""
    filled = same = 0
    for old, new in columns:
        before, after = old[at], new[there]
        if before is not None or after is not None:
            filled += 1
            same += before == after
    return same / filled if filled else 0.0
