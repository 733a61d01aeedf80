"""What a rule on a book is: one or more SQL texts over its tables, or a look at the cells of each table."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from crmsheet.core.book import Table
from crmsheet.core.context import Context
from crmsheet.core.rules import RuleCard
from crmsheet.core.schema import Schema, TableSchema


@dataclass(frozen=True, slots=True)
class Query:
    """One SQL text: each row of its result is a finding on a row of `table`.

    The result has `row_` (0 for the whole table); a column `value` replaces the cell as found, and all others fill
    the message. They are shown to everybody, so no text may select a personal field.

    `sql`      may use `$today` and `$stale_days`
    `needs`    table -> fields that must be bound; the query is left out where one is not
    `field`    where the finding is placed; '' places it on the row
    `facts`    what else fills the message, such as labels
    `rows`     the columns that name rows of the table, one, or several with commas between
    """

    table: str
    sql: str
    message: str
    needs: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    field: str = ""
    facts: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    rows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """A cell that a scan found: sheet row, column letters, the value to show, and what fills the message."""

    row: int
    column: str
    value: str
    message: str


Scan: TypeAlias = Callable[[Table, TableSchema, Context], Iterable[Hit]]


@dataclass(frozen=True, slots=True)
class Reach:
    """What a book offers to SQL: the schema, the fields that have values, and those that have a column.

    The two differ where crmsheet fills in: keys that it proposes, customers that it found by name.
    """

    schema: Schema
    values: Mapping[str, frozenset[str]]
    columns: Mapping[str, frozenset[str]]

    def has(self, table: str, *names: str) -> bool:
        """Whether all these fields of a table have values."""
        return table in self.values and self.values[table].issuperset(names)

    def shows(self, table: str, *names: str) -> bool:
        """Whether all these fields of a table have a column in the book."""
        return self.has(table, *names) and self.columns[table].issuperset(names)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule on a book: its card, and its queries or its scan.

    `queries` may be a function of what the book offers, for rules that hold for every table or reference alike.
    """

    card: RuleCard
    queries: tuple[Query, ...] | Callable[[Reach], Iterable[Query]] = ()
    scan: Scan | None = None

    def runnable(self, reach: Reach) -> Iterator[Query]:
        """The queries whose needs the book meets."""
        for query in self.queries(reach) if callable(self.queries) else self.queries:
            if reach.has(query.table) and all(reach.has(table, *names) for table, names in query.needs.items()):
                yield query
