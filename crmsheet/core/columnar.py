"""Records kept by column: a book of 100,000 customers can have 300,000 changes.

Plain lists, so that this room needs no third-party code; iterating yields records.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any, ClassVar, Generic, Self, TypeVar

R = TypeVar("R")


class Columnar(Generic[R]):
    """An immutable sequence of records of one frozen dataclass, stored as one list per field."""

    record: ClassVar[type[Any]]
    __slots__ = ("_columns", "_length")

    def __init__(self, columns: Mapping[str, Sequence[Any]] | None = None) -> None:
        """Columns of equal length, named by the record's fields; a missing one gets the field's default."""
        given = dict(columns or {})
        self._length = len(next(iter(given.values()), ()))
        self._columns: dict[str, list[Any]] = {}
        for each in fields(self.record):
            values = given.pop(each.name, None)
            self._columns[each.name] = list(values) if values is not None else [each.default] * self._length
        if given or any(len(values) != self._length for values in self._columns.values()):
            raise ValueError(f"unequal or unknown columns: {sorted(given)}")

    @classmethod
    def of(cls, records: Iterable[R]) -> Self:
        """The records, by column."""
        rows = list(records)
        return cls({each.name: [getattr(row, each.name) for row in rows] for each in fields(cls.record)})

    @classmethod
    def joined(cls, many: Iterable[Self]) -> Self:
        """All records of several, in order."""
        parts = list(many)
        names = [each.name for each in fields(cls.record)]
        return cls({name: [value for part in parts for value in part.column(name)] for name in names})

    def column(self, name: str) -> Sequence[Any]:
        """The values of one field, in order."""
        return self._columns[name]

    def where(self, keep: Callable[[R], bool] | Sequence[bool]) -> Self:
        """The records for which the mask or the test holds."""
        mask = [keep(each) for each in self] if callable(keep) else keep
        return type(self)(
            {name: [v for v, k in zip(values, mask, strict=True) if k] for name, values in self._columns.items()}
        )

    def replaced(self, **columns: Sequence[Any]) -> Self:
        """The same records with some columns exchanged."""
        return type(self)({**self._columns, **columns})

    def counts(self, name: str) -> Counter[Any]:
        """How often each value of a field occurs."""
        return Counter(self._columns[name])

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[R]:
        names = [each.name for each in fields(self.record)]
        for values in zip(*(self._columns[name] for name in names), strict=True):
            yield self.record(*values)

    def __add__(self, other: Self) -> Self:
        return self.joined([self, other])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and self._columns == other._columns

    __hash__ = None  # type: ignore[assignment]  # equal by content, like a list
