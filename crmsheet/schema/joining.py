"""Whether two blocks are one table on two sheets: wrong joining is worse than none, so the uncertain stays out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from crmsheet.core.folding import fold
from crmsheet.core.messages import N_, cell_words
from crmsheet.schema.headed import Headed
from crmsheet.schema.matching import Reading
from crmsheet.schema.vocabulary import COMMON

_FEW = 3
_LEAST_SHARED = 0.6
_ALIKE = 0.8
_COPIED = 0.5
_FOREIGN = 0.5
_FEW_KEYS, _OWN_KEYS, _ENOUGH = 0.5, 0.9, 4

SET_ASIDE = N_("its name says that it is set aside")
COPY = N_("most of its records stand there too")
UNLIKE = N_("too few of its columns are the same")
UNITS = N_("its amounts are in another unit")
KEYS = N_("its numbers name something else")

_ASIDE = re.compile(
    r"[(（【\[_\-\s]?(?:旧|旧表|旧版|旧数据|老版|副本|拷贝)[)）】\]]?\d*$|备份|归档|存档|历史|作废|废弃|删除|回收站|黑名单"
    r"|供应商|竞争对手|模板|示例|样例|样表|草稿|停用"
    r"|\b(?:old|copy|backup|bak|archived?|deleted|template|sample|example|draft|blacklist|suppliers?|vendors?)\b",
    re.IGNORECASE,
)


def is_aside(sheet: str) -> bool:
    """Whether a sheet's name says that it is a copy, an archive, a template, or about somebody else."""
    return _ASIDE.search(sheet.replace("_", " ")) is not None


@dataclass(frozen=True, slots=True)
class Side:
    """A block read as a table."""

    headed: Headed
    reading: Reading

    def column(self, name: str) -> list[str]:
        """The folded texts of a field, in the order of the rows."""
        return [fold(each) for each in self.headed.texts(self.reading.columns[name])]

    def records(self, names: Iterable[str]) -> set[tuple[str, ...]]:
        """The records by some fields, as texts; empty ones left out."""
        cells = self.headed.cells
        columns = [map(cell_words, cells[self.reading.columns[name]].tolist()) for name in names]
        return {each for each in zip(*columns, strict=True) if any(each)}


def why_apart(mine: Side, others: list[Side], key: str, *, rival: bool) -> str:
    """Why a block is not one table with the others that are one: a template; '' where it is.

    `rival` tells that it may as well be another table: then its columns must be nearly the same.
    """
    first = others[0]
    ours, theirs = (frozenset(each.reading.columns) - COMMON for each in (mine, first))
    shared, fewer = ours & theirs, min(len(ours), len(theirs))
    if len(shared) < max(_LEAST_SHARED * fewer, min(_FEW, len(theirs))):
        return UNLIKE
    if rival and len(shared) < _ALIKE * len(ours | theirs):
        return UNLIKE
    if _foreign(mine, first) > _FOREIGN * len(mine.headed.headers):
        return UNLIKE
    if is_aside(mine.headed.sheet.name):
        return SET_ASIDE
    if any(_factor(mine, name) != _factor(first, name) for name in shared):
        return UNITS
    if key in shared and _keys_differ(mine.column(key), first.column(key)):
        return KEYS
    return COPY if _copied(mine, others, sorted(shared), key) else ""


def _foreign(mine: Side, first: Side) -> int:
    """How many headers are neither fields of the table nor those of the first block: lists of choices have many."""
    known = {fold(text) for text in first.headed.block.headers.values()}
    bound = {*mine.reading.columns.values(), *mine.reading.doubles}
    return sum(letters not in bound and fold(text) not in known for letters, text in mine.headed.block.headers.items())


def _factor(side: Side, name: str) -> float:
    return side.headed.headers[side.reading.columns[name]].factor


def _keys_differ(ours: list[str], theirs: list[str]) -> bool:
    """Whether one of two key columns numbers its rows, and the other repeats its numbers."""
    shares = []
    for each in (ours, theirs):
        filled = [text for text in each if text]
        if len(filled) < _ENOUGH:
            return False
        shares.append(len(set(filled)) / len(filled))
    return min(shares) < _FEW_KEYS and max(shares) > _OWN_KEYS


def _copied(mine: Side, others: list[Side], shared: list[str], key: str) -> bool:
    """Whether most of the records stand in the others too: by their names, else by all that they say but their key."""
    names = ["name"] if "name" in shared else [name for name in shared if name != key] or shared
    ours = mine.records(names)
    theirs = {each for other in others if other.reading.columns.keys() >= set(names) for each in other.records(names)}
    return len(ours & theirs) > _COPIED * len(ours)


def sides(headed: list[Headed], readings: Mapping[int, Reading], table: str) -> list[Side]:
    """The blocks that are read as a table so far, in the order of the book."""
    return [Side(headed[at], reading) for at, reading in sorted(readings.items()) if reading.table == table]
