"""What a template says: sheets with groups of columns, figures and charts of the dashboard, words of the guide."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from crmsheet.core.messages import Labels
from crmsheet.core.schema import TableSchema

PERIODS = ("overdue", "today", "week", "later", "this_month", "this_year", "last_30_days", "next_60_days")
"""What `when` may say of a date; `week` is the seven days after today, `later` what comes after them."""

FORMS = ("number", "money", "percent", "score", "net")
CHART_KINDS = ("column", "bar", "line", "doughnut")


@dataclass(frozen=True, slots=True)
class Group:
    """Columns that belong together under one colour (six hexadecimal digits)."""

    name: str
    labels: Labels
    colour: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SheetPlan:
    """The sheet of one table: what it is for, and its columns in groups."""

    table: TableSchema
    about: Labels
    groups: tuple[Group, ...]

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields in the order of the columns."""
        return tuple(field for group in self.groups for field in group.fields)

    @property
    def head(self) -> str:
        """The field that every record has: what counting records counts."""
        wanted = [each for each in self.fields if self.table[each].required and not self.table[each].references]
        named = [each for each in self.fields if each == "customer_name"]
        return (*wanted, *named, *self.fields)[0]


@dataclass(frozen=True, slots=True)
class Measure:
    """A number over the records of a table: how many, the sum of a field, or its average.

    `where` holds field -> codes of choices, or one comparison such as `>=4`; `when` field -> period.
    """

    kind: str
    table: str
    field: str = ""
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()
    when: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """A card of the dashboard; with `over` it is a share of that measure, less the share of `less` where given."""

    labels: Labels
    form: str
    measure: Measure
    over: Measure | None = None
    less: Measure | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of one or two measures along a field: its choices, its commonest words, months, or how due it is."""

    labels: Labels
    kind: str
    by: str
    field: str
    series: tuple[tuple[Labels, Measure], ...]


@dataclass(frozen=True, slots=True)
class Role:
    """Whoever works with the book: what to look at, and what to do daily and weekly."""

    labels: Labels
    looks: Labels
    daily: tuple[Labels, ...]
    weekly: tuple[Labels, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """What all books say about entry: lists of suggestions, hints (`table.field` or `*.field`), examples by kind."""

    lists: Mapping[str, tuple[Labels, ...]]
    hints: Mapping[str, Labels]
    examples: Mapping[str, Labels]

    def hint(self, table: str, field: str) -> Labels | None:
        """The hint for a field of a table, if there is one."""
        return self.hints.get(f"{table}.{field}") or self.hints.get(f"*.{field}")

    def suggestions(self, table: str, field: str) -> tuple[Labels, ...]:
        """The words that a drop-down suggests for a field without choices."""
        return self.lists.get(f"{table}.{field}") or self.lists.get(f"*.{field}") or ()


@dataclass(frozen=True, slots=True)
class Blueprint:
    """A whole template, checked against the schema."""

    name: str
    labels: Labels
    goal: Labels
    audience: Labels
    sheets: Mapping[str, SheetPlan]
    figures: tuple[Figure, ...]
    charts: tuple[Chart, ...]
    roles: tuple[Role, ...]
    steps: tuple[Labels, ...]
    commands: Mapping[str, Labels]
    words: Words

    def columns(self) -> Iterator[tuple[SheetPlan, str]]:
        """Every sheet with every one of its fields."""
        return ((sheet, field) for sheet in self.sheets.values() for field in sheet.fields)
