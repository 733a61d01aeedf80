"""What a person enters by hand: cells of one record, or a new record; a column that is lacking is added."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from crmsheet.core.book import Table
from crmsheet.core.cells import Cell, CellRef, Formula
from crmsheet.core.changes import Change, Changes
from crmsheet.core.errors import CellRefused
from crmsheet.core.messages import N_, Message
from crmsheet.core.schema import TableSchema

_COLUMN = N_("the column {label} is added to hold what was entered")
_FORMULA = N_("it holds a formula")
_SHEETS = N_("{field} is told by the name of the sheet, so the row has to move to another sheet")


def entered(table: Table, schema: TableSchema, row: int, cells: Mapping[str, Cell], why: Message) -> Changes:
    """`set` changes for cells of a row, by field (or by the header of a column that is no field).

    Raises:
        CellRefused: one of them holds a formula, or is told by the name of the sheet.
    """
    letters_of = {**{header: letters for letters, header in table.headers.items()}, **table.columns}
    key = key_in_sheet(table, row)
    changes = list(_columns(table, schema, cells))
    for name, value in cells.items():
        letters = letters_of.get(name, "")
        if name == table.told_by_sheet:
            label = schema[name].labels
            raise CellRefused(place=CellRef(*table.place(row, ""), name), reason=Message(_SHEETS, {"field": label}))
        before = table.cells.at[row, letters] if letters in table.cells else None
        if isinstance(before, Formula):
            raise CellRefused(place=CellRef(*table.place(row, letters), name), reason=Message(_FORMULA))
        changes.append(
            Change("set", table.name, key, row, letters, name, before, value, reason=why.template,
                   arguments=why.arguments)
        )  # fmt: skip
    return Changes.of(changes)


def appended(table: Table, schema: TableSchema, key: str, cells: Mapping[str, Cell], why: Message) -> Changes:
    """An `add` change for a record with these cells, in the order of the sheet; empty ones are left out."""
    order = {name: at for at, name in enumerate((*table.columns, *table.headers.values()))}
    names = sorted(cells, key=lambda name: order.get(name, len(order)))
    held = {name: cells[name] for name in names if cells[name] not in (None, "")}
    record = Change("add", table.name, key, after=held, reason=why.template, arguments=why.arguments)
    return Changes.of([*_columns(table, schema, held), record])


def key_in_sheet(table: Table, row: int) -> str:
    """The key of a row that stands in the sheet; '' where it is empty, or only proposed."""
    letters = table.columns.get(table.key)
    if letters is None or table.cells.at[row, letters] in (None, ""):
        return ""
    return str(table.keys().at[row])


def _columns(table: Table, schema: TableSchema, names: Iterable[str]) -> Iterable[Change]:
    """A `column` change for each field that the sheet lacks."""
    for name in names:
        if name not in table.columns and name in schema and name != table.told_by_sheet:
            labels = schema[name].labels
            label = labels.get(table.lang) or next(iter(labels.values()))
            yield Change(
                "column", table.name, row=table.header_row, field=name, after=label, reason=_COLUMN,
                arguments={"label": label},
            )  # fmt: skip
