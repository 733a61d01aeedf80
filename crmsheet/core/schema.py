"""What a book should look like: tables, fields, choices. Read from YAML by the schema room."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from crmsheet.core.messages import Labels

KINDS = (
    "key",
    "reference",
    "text",
    "person",
    "company",
    "phone",
    "email",
    "url",
    "date",
    "datetime",
    "money",
    "number",
    "integer",
    "percent",
    "choice",
    "choices",
    "bool",
    "id_card",
    "uscc",
    "currency",
    "postcode",
)
SENSITIVITIES = ("", "personal", "sensitive", "confidential")
SURVIVORSHIPS = ("newest", "longest", "trusted", "union", "extra", "max", "min", "strictest", "first", "sum")


@dataclass(frozen=True, slots=True)
class Choice:
    """One allowed value: `code` in typed values, its label in the cell, aliases read as the same."""

    code: str
    labels: Labels
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a table; `checks` are pandera check names with their arguments.

    `computed_from` names the fields that together tell the value where it has no cell of its own; `files` those that
    define the field, the winning one first.
    """

    name: str
    labels: Labels
    kind: str = "text"
    aliases: tuple[str, ...] = ()
    required: bool = False
    unique: bool = False
    derived: bool = False
    choices: tuple[Choice, ...] = ()
    references: str = ""
    checks: Mapping[str, Any] = field(default_factory=dict)
    sensitivity: str = ""
    survivorship: str = "newest"
    computed_from: tuple[str, ...] = ()
    files: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class TableSchema:
    """One table: its names, its key field, its fields in the order of a new sheet, and the files that define it."""

    name: str
    labels: Labels
    key: str
    fields: tuple[Field, ...]
    aliases: tuple[str, ...] = ()
    files: tuple[str, ...] = field(default=(), compare=False)

    @cached_property
    def by_name(self) -> Mapping[str, Field]:
        """The fields by name."""
        return {each.name: each for each in self.fields}

    def __getitem__(self, name: str) -> Field:
        return self.by_name[name]

    def __contains__(self, name: object) -> bool:
        return name in self.by_name


@dataclass(frozen=True, slots=True)
class Schema:
    """All tables of a book, by name."""

    version: str
    tables: Mapping[str, TableSchema]
