"""Which columns tell the rows of a table apart, the same in all states that are compared."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Sequence
from itertools import combinations
from typing import TypeAlias

import pandas as pd

from crmsheet.change.columns import column_names
from crmsheet.core.book import Identity, Table
from crmsheet.core.cells import visible
from crmsheet.core.messages import N_, Message, cell_words

_OWN = N_("rows are told apart by {columns}, the key of the table")
_WANTED = N_("rows are told apart by {columns}, as asked for")
_GUESSED = N_("rows are told apart by {columns}: filled and unlike in every row (`--key` names others)")
_CONTENT = N_("no column tells the rows apart, so they are matched by what they hold (`--key` names columns)")

BETWEEN = " | "
_HEADS = re.compile(
    r"编号|编码|代码|序列号|货号|件号|料号|批号|款号|单号|卡号|证号|工号|学号|账号|号码?$|\b(?:id|code|key|sku|uuid|guid|isbn|ean|barcode|number|no)\b"
    r"|[a-z]Id$|_id$|^id",
    re.IGNORECASE,
)
"""Headers of columns that exist to tell records apart."""
_REACHES = re.compile(r"phone|mobile|\btel|fax|zip|post|电话|手机|传真|邮编|账号|street|house|door|门牌", re.IGNORECASE)
"""Headers of numbers that belong to a record, and may change."""
_COUNTERS = re.compile(r"^(?:序号|行号|#|no\.?|nr\.?|index|row|rank|排名|名次)$", re.IGNORECASE)
"""Headers of columns that often only count the rows."""
_USABLE = 0.5
_FILLED = 0.98
_STABLE = 0.5
_SAMPLE = 400
_LONG = 60
_SAID = 0.6
"""What the header's word counts against how alike the rows are: in few rows chance pairs well, too."""
_PAIRED, _TRIPLED = 8, 6

Texts: TypeAlias = list[str]


def identity(states: Sequence[Table], wanted: Sequence[str] = ()) -> Identity:
    """How the rows of a table are told apart in all of its states; their columns are called the same.

    `wanted` columns come first, then the key of the schema where it is usable in all states, then a guess: one column
    that is filled, unlike in every row and the same in most rows of all states, else two or three together.
    """
    guess = _Guess(states)
    if wanted:
        return Identity(tuple(wanted), Message(_WANTED, {"columns": " + ".join(map(guess.header, wanted))}))
    if (key := states[0].key) and all(map(_own_key, states)):
        return Identity((key,), Message(_OWN, {"columns": guess.header(key)}))
    names = guess.names()
    if not names:
        return Identity((), Message(_CONTENT), guessed=True)
    sure = len(names) == 1 and _says_key(guess.header(names[0]))
    return Identity(names, Message(_GUESSED, {"columns": " + ".join(map(guess.header, names))}), guessed=not sure)


def keyed(table: Table, found: Identity) -> Table:
    """The table with that key in its `values`, empty where a row has none or only a part of one."""
    if found.names == (table.key,) and table.key in table.values:
        return dataclasses.replace(table, identity=found)
    names = column_names(table)
    columns = [_texts(table, names[each]) for each in found.names if each in names]
    keys = composed(columns) if columns else [""] * len(table.cells)
    name = BETWEEN.join(found.names)
    values = table.values.drop(columns=[table.key], errors="ignore")
    values = values.assign(**{name: pd.Series([each or None for each in keys], index=table.cells.index, dtype="str")})
    return dataclasses.replace(table, key=name, values=values, identity=found)


def composed(columns: Sequence[Texts]) -> Texts:
    """The keys that columns make up together, row by row; '' where one of them is empty."""
    if len(columns) == 1:
        return columns[0]
    parts = [[each.replace("|", "||") for each in column] for column in columns]
    return [BETWEEN.join(each) if all(each) else "" for each in zip(*parts, strict=True)]


def _says_key(header: str) -> bool:
    """Whether a header says that its column tells records apart."""
    return _HEADS.search(header) is not None and _REACHES.search(header) is None


def _own_key(table: Table) -> bool:
    """Whether the key of the schema stands in the sheet and tells most rows apart."""
    if table.key not in table.columns or table.key not in table.values:
        return False
    keys = table.keys().tolist()
    return _single(keys) >= _USABLE * sum(map(bool, keys)) and sum(map(bool, keys)) >= _USABLE * len(keys)


def _single(texts: Texts) -> int:
    """How many rows have a text that no other row has."""
    return sum(count == 1 for text, count in Counter(texts).items() if text)


def _texts(table: Table, letters: str) -> Texts:
    if letters not in table.cells:
        return [""] * len(table.cells)
    return [each.strip() if type(each) is str else _words(each) for each in table.cells[letters].tolist()]


def _words(cell: object) -> str:
    return "" if cell is None else cell_words(visible(cell)).strip()


class _Guess:
    """Looks for the columns that tell rows apart; each column is read once."""

    def __init__(self, states: Sequence[Table]) -> None:
        self._states = [each for each in states if len(each.cells)]
        self._names = [column_names(each) for each in self._states]
        first = self._names[0] if self._names else {}
        self._shared = [name for name in first if all(name in each for each in self._names)]
        self._read: dict[str, list[Texts]] = {}

    def header(self, name: str) -> str:
        """What a column is called in the sheet."""
        return str(self._states[0].headers.get(self._names[0][name], name)) if self._states else name

    def texts(self, name: str) -> list[Texts]:
        """The texts of a column in each state."""
        if name not in self._read:
            pairs = zip(self._states, self._names, strict=True)
            self._read[name] = [_texts(table, names[name]) for table, names in pairs]
        return self._read[name]

    def names(self) -> tuple[str, ...]:
        """The best columns; none where nothing tells the rows apart."""
        if not self._states or len(self._shared) < 1:
            return ()
        single: list[tuple[str, ...]] = [(name,) for name in self._shared if self._fits((name,))]
        found = single or self._together(2, _PAIRED) or self._together(3, _TRIPLED)
        return max(found, key=self._worth, default=())

    def _together(self, count: int, most: int) -> list[tuple[str, ...]]:
        """Columns that fit together, of those that have the most values."""
        if min(map(len, (each.cells for each in self._states))) <= _PAIRED:
            return []  # a few rows are always unlike
        order = sorted(self._shared, key=lambda name: -min(len(set(each)) for each in self.texts(name)))
        usual = [name for name in order if all(map(_may_tell, self.texts(name)))]
        return [names for names in combinations(usual[:most], count) if self._fits(names)]

    def _fits(self, names: tuple[str, ...]) -> bool:
        """Whether columns are filled, unlike and stable in all states."""
        states = [[self.texts(name)[at] for name in names] for at in range(len(self._states))]
        if not all(_unlike(composed([each[:_SAMPLE] for each in state])) for state in states):
            return False
        keys = [composed(state) for state in states]
        return all(map(_unlike, keys)) and all(map(_may_tell, keys)) and _stable(keys)

    def _worth(self, names: tuple[str, ...]) -> tuple[float, ...]:
        """How good a key is: how alike the rows are that it pairs, a header that says so, and where it stands."""
        said = sum(_says_key(self.header(name)) for name in names) / len(names)
        counts = len(names) == 1 and _COUNTERS.search(self.header(names[0])) is not None
        place = -min(self._shared.index(name) for name in names) / (len(self._shared) + 1)
        return (round(self._agreement(names) + _SAID * said - 0.05 * counts, 2), said, place)

    def _agreement(self, names: tuple[str, ...]) -> float:
        """The share of equal cells in a sample of the rows that it pairs, counting rows without a partner as unlike."""
        if len(self._states) < 2:
            return 1.0
        first, last = (composed([self.texts(name)[at] for name in names]) for at in (0, -1))
        there = {key: at for at, key in enumerate(last)}
        step = max(len(first) // _SAMPLE, 1)
        sample = [(at, there.get(first[at], -1)) for at in range(0, len(first), step)]
        others = [self.texts(name) for name in self._shared if name not in names]
        if not others:
            return sum(here >= 0 for _, here in sample) / len(sample)
        same = sum(here >= 0 and each[0][at] == each[-1][here] for each in others for at, here in sample)
        return same / (len(sample) * len(others))


def _unlike(keys: Texts) -> bool:
    """Whether nearly all rows are filled, and no two alike, but for a few."""
    filled = [each for each in keys if each]
    return len(filled) >= _FILLED * len(keys) and len(set(filled)) >= _FILLED * len(filled) and bool(filled)


def _may_tell(keys: Texts) -> bool:
    """Whether texts are short enough to tell something apart."""
    return sum(map(len, keys[:_SAMPLE])) <= _LONG * max(len(keys[:_SAMPLE]), 1)


def _stable(keys: Sequence[Texts]) -> bool:
    """Whether the states share at least half of the keys of the smaller one."""
    sets: list[frozenset[str]] = [frozenset(each) for each in keys]
    return all(len(sets[0] & each) >= _STABLE * min(len(sets[0]), len(each)) for each in sets[1:])


def doubled(table: Table) -> frozenset[str]:
    """The keys that several rows have."""
    return frozenset(key for key, count in Counter(table.keys().tolist()).items() if key and count > 1)
