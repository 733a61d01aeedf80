"""Which fields a header may mean, in which tables, and how much it says about the table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from crmsheet.core.folding import fold
from crmsheet.core.schema import Field, Schema, TableSchema
from crmsheet.schema.headers import Header, folds_of, read_header

_AFTER_OWN = 100

COMMON = frozenset({"created_at", "updated_at", "record_status", "notes"})
"""Fields of every table: a header of one of them says nothing about the table."""

_STAND_INS: Mapping[str, tuple[tuple[str, ...], ...]] = MappingProxyType(
    {
        "customer_id": (("customer_name",),),
        "campaign_id": (("campaign_name",),),
        "name": (("last_name",), ("first_name",)),
    }
)


def stand_ins(field: Field) -> tuple[tuple[str, ...], ...]:
    """The groups of fields of which each whole group may stand for a required field.

    A child may name its customer instead of giving the number; a person, and so a customer, may have the name in two
    columns; an amount follows from quantity and unit price.
    """
    own = (field.computed_from,) if field.computed_from else ()
    return own + _STAND_INS.get(field.name, ())


def base_name(field: str) -> str:
    """The field of the schema that a repeated column belongs to: `mobile#2` is `mobile`."""
    return field.partition("#")[0]


@dataclass(frozen=True)
class Words:
    """The headers that one table knows: fold -> (rank, field); rank 0 is a label, 1 the first alias, and so on."""

    table: TableSchema

    @cached_property
    def meanings(self) -> Mapping[str, tuple[tuple[int, str], ...]]:
        """What each folded header may mean, the likeliest first."""
        found: dict[str, dict[str, int]] = defaultdict(dict)
        for each in self.table.fields:
            for rank, word in _ranked(each):
                known = found[word]
                known[each.name] = min(rank, known.get(each.name, rank))
        return {word: tuple(sorted((rank, name) for name, rank in fields.items())) for word, fields in found.items()}

    @cached_property
    def names(self) -> frozenset[str]:
        """The folded names of the table itself."""
        return frozenset(filter(None, map(fold, (*self.table.labels.values(), *self.table.aliases, self.table.name))))

    def look_up(self, header: Header) -> tuple[str, int, tuple[tuple[int, str], ...]]:
        """The fold that was known, the number of a repeated column, and what it may mean; '' and () if unknown."""
        for each in header.folds:
            if each in self.meanings:
                return each, 0, self.meanings[each]
        for each in header.bases:
            if each in self.meanings:
                return each, header.number, self.meanings[each]
        return self._in_both_languages(header)

    def _in_both_languages(self, header: Header) -> tuple[str, int, tuple[tuple[int, str], ...]]:
        """A header of two halves that may mean the same field."""
        one, other = (self.meanings.get(each, ()) for each in header.halves or ("", ""))
        shared = tuple((rank, name) for rank, name in one if any(name == each for _, each in other))
        return (header.halves[0], 0, shared) if shared else ("", 0, ())


@dataclass(frozen=True)
class Vocabulary:
    """The words of all tables of a schema."""

    schema: Schema

    @cached_property
    def tables(self) -> Mapping[str, Words]:
        """The words of each table, by its name."""
        return {name: Words(table) for name, table in self.schema.tables.items()}

    @cached_property
    def spread(self) -> Mapping[str, int]:
        """In how many tables each folded header is known."""
        counts: dict[str, int] = defaultdict(int)
        for words in self.tables.values():
            for word in words.meanings:
                counts[word] += 1
        return counts

    def knows(self, text: str) -> bool:
        """Whether a text is a header of any table."""
        header = read_header(text)
        said = any(each in self.spread for each in (*header.folds, *header.bases))
        return said or any(words.look_up(header)[0] for words in self.tables.values() if header.halves)


def _ranked(field: Field) -> Iterable[tuple[int, str]]:
    """The folded words of a field with their ranks: labels and its own name first, then the aliases in order."""
    for label in field.labels.values():
        yield 0, fold(label)
        yield from ((0, word) for word in folds_of(label))
    if "_" in field.name:  # a plain `name` or `kind` says too little
        yield 0, fold(field.name)
    # What every table has comes after what is a table's own: `Description` is the product rather than a note.
    for rank, alias in enumerate(field.aliases, _AFTER_OWN if field.name in COMMON else 1):
        yield rank, fold(alias)
