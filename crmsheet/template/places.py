"""Where the sheets and columns of a new book stand, as formulas and names write them."""

from __future__ import annotations

from dataclasses import dataclass

from crmsheet.core.cells import column_letters
from crmsheet.core.schema import Field
from crmsheet.template.blueprint import Blueprint, SheetPlan

BAND_ROW, HEADER_ROW, FIRST_ROW = 1, 2, 3
LAST_ROW = 1_048_576
"""Ranges reach to the end of the sheet: what is added below the prepared rows counts too, in every program."""


@dataclass(frozen=True, slots=True)
class Places:
    """The names of a book's sheets in its language, and the letters of their columns."""

    blueprint: Blueprint
    lang: str

    def sheet(self, table: str) -> str:
        """The name of the sheet of a table."""
        return self.blueprint.sheets[table].table.labels[self.lang]

    def plan(self, table: str) -> SheetPlan:
        """The plan of the sheet of a table."""
        return self.blueprint.sheets[table]

    def field(self, place: str) -> Field:
        """The field that `table.field` names."""
        table, _, name = place.partition(".")
        return self.blueprint.sheets[table].table[name]

    def letters(self, table: str, field: str) -> str:
        """The letters of a column."""
        return column_letters(self.blueprint.sheets[table].fields.index(field) + 1)

    def column(self, place: str, last: int = LAST_ROW) -> str:
        """All records of the column `table.field`, such as `'客户'!$B$3:$B$1048576`."""
        table, _, field = place.partition(".")
        letters = self.letters(table, field)
        return f"{quoted(self.sheet(table))}!${letters}${FIRST_ROW}:${letters}${last}"

    def has(self, table: str, field: str) -> bool:
        """Whether the book has a column for a field."""
        return table in self.blueprint.sheets and field in self.blueprint.sheets[table].fields


def quoted(sheet: str) -> str:
    """The name of a sheet as formulas write it."""
    return "'" + sheet.replace("'", "''") + "'"


def growing(column: str) -> str:
    """The filled part of a column that is filled from its top, as a range: a drop-down without blanks at its end."""
    first, _, _ = column.partition(":")
    return f"{first}:INDEX({column},MAX(1,COUNTA({column})))"
