"""Which field each header of a sheet means, were the sheet a given table; and how well the table fits."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from crmsheet.core.cells import column_number
from crmsheet.core.folding import fold
from crmsheet.core.schema import TableSchema
from crmsheet.schema.headers import Header
from crmsheet.schema.vocabulary import COMMON, Vocabulary, Words, stand_ins

WEAK_RANK = 12
"""From this rank on an alias is a guess: `Name` for the customer of a transaction."""

_REQUIRED_BONUS = 0.6
_REQUIRED_MISSING = 0.7
_FIRST_TABLE = 0.8
_SHEET_NAMED = 3.0
_SHEET_NAME_CONTAINED = 1.5


@dataclass(frozen=True, slots=True)
class Reading:
    """A sheet read as one table.

    `columns`  field (or `field#2`) -> column letters
    `doubles`  letters -> letters of the column that already means the same
    `score`    how well the table fits, the sheet's name included; comparable between the tables for one sheet
    `fit`      the same without the sheet's name: what the headers say, the required fields, the share explained
    `said`     what the headers alone say for the table: one that only it knows counts 1
    `matched`  how many headers of the table's own were bound (those of every table do not count)
    `complete` every required field, or one that may stand for it, has a column
    `named`    the sheet bears the table's name
    """

    table: str
    columns: Mapping[str, str]
    doubles: Mapping[str, str]
    score: float
    fit: float
    said: float
    matched: int
    complete: bool
    named: bool


def read_as(words: Words, headers: Mapping[str, Header], sheet: str, vocabulary: Vocabulary) -> Reading:
    """The best reading of a sheet's headers (letters -> header) as one table."""
    columns, doubles = _assign(words, headers)
    weights = {
        name: _weight(words, headers[letters], name, vocabulary)
        for name, letters in columns.items()
        if name not in COMMON and "#" not in name
    }
    missing = missing_fields(words.table, columns)
    said = sum(weights.values())
    fit = said + _required_score(words.table, weights, missing)
    fit *= (1 + len(columns) / len(headers)) / 2
    name_bonus = _sheet_name_bonus(words, sheet, vocabulary)
    return Reading(
        table=words.table.name,
        columns=columns,
        doubles=doubles,
        score=fit + name_bonus,
        fit=fit,
        said=said,
        matched=len(weights),
        complete=not missing,
        named=name_bonus >= _SHEET_NAMED,
    )


def _required_score(table: TableSchema, weights: Mapping[str, float], missing: tuple[str, ...]) -> float:
    """What the required fields say: a well named one is worth more, a missing one counts against the table.

    Links to another table are in most tables and prove nothing; the customers have a start, because many books
    are that one sheet.
    """
    found = sum(
        min(1.0, 2 * weight) for name, weight in weights.items() if table[name].required and not table[name].references
    )
    return (
        _REQUIRED_BONUS * found
        - _REQUIRED_MISSING * len(missing)
        + (_FIRST_TABLE if table.name == "customers" else 0.0)
    )


def missing_fields(table: TableSchema, columns: Mapping[str, str]) -> tuple[str, ...]:
    """The required fields that have no column, neither their own nor one that may stand for it."""
    return tuple(
        each.name
        for each in table.fields
        if each.required
        and each.name not in columns
        and not any(columns.keys() >= set(group) for group in stand_ins(each))
    )


class _Edge(NamedTuple):
    """One meaning of one header; sorts by how likely it is, and by place only at the very end."""

    rank: int
    order: int
    number: int
    word: str
    place: int
    field: str
    letters: str


def _assign(words: Words, headers: Mapping[str, Header]) -> tuple[dict[str, str], dict[str, str]]:
    """Field -> letters, and letters -> letters for columns whose fields are all taken.

    Required fields choose first, each the best header that may mean it; then every header takes the likeliest
    field that is free. The order of the columns decides only between headers that are spelled the same, and of those
    only the first has a field: a second 电话 is no 手机.
    """
    columns: dict[str, str] = {}
    taken: set[str] = set()
    said: set[tuple[str, int]] = set()
    edges = sorted(_edges(words, headers))
    for turn in ([each for each in edges if each.number <= 1 and words.table[each.field].required], edges):
        for each in turn:
            place = each.field if each.number <= 1 else f"{each.field}#{each.number}"
            spelled = each.word, each.number
            if place not in columns and each.letters not in taken and spelled not in said:
                columns[place] = each.letters
                taken.add(each.letters)
                said.add(spelled)
    doubles = {each.letters: columns.get(each.field, "") for each in reversed(edges) if each.letters not in taken}
    _close_ranks(columns)
    in_order = sorted(columns.items(), key=lambda place: column_number(place[1]))
    return dict(in_order), doubles


def _edges(words: Words, headers: Mapping[str, Header]) -> Iterator[_Edge]:
    """Every meaning of every header."""
    order = {each.name: place for place, each in enumerate(words.table.fields)}
    for letters, header in headers.items():
        word, number, meanings = words.look_up(header)
        for rank, name in meanings:
            yield _Edge(rank, order[name], number, word, column_number(letters), name, letters)


def _close_ranks(columns: dict[str, str]) -> None:
    """Lets the first of several numbered columns be the field itself: 电话2, 电话3 without 电话."""
    for place in sorted(name for name in columns if "#" in name):
        name = place.partition("#")[0]
        if name not in columns:
            columns[name] = columns.pop(place)


def _weight(words: Words, header: Header, name: str, vocabulary: Vocabulary) -> float:
    """How much a bound header says for the table: 1.0 when no other table knows it, half of that for a guess."""
    word, _, meanings = words.look_up(header)
    rank = next(rank for rank, each in meanings if each == name)
    return (0.5 if rank >= WEAK_RANK else 1.0) / math.sqrt(vocabulary.spread[word])


def _sheet_name_bonus(words: Words, sheet: str, vocabulary: Vocabulary) -> float:
    """What the sheet's name says for the table: all of it, or the longest table name that it contains."""
    named = fold(sheet)
    if named in words.names:
        return _SHEET_NAMED
    mine = max(map(len, _contained(words, named)), default=0)
    if not mine:
        return 0.0
    longest = max(len(each) for other in vocabulary.tables.values() for each in _contained(other, named))
    return _SHEET_NAME_CONTAINED if mine == longest else 0.0


def _contained(words: Words, named: str) -> list[str]:
    """The names of a table inside a sheet's name; very short Latin ones are chance."""
    return [each for each in words.names if each in named and (len(each) >= 4 or not each.isascii())]
