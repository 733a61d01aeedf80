"""A data frame that somebody has edited or made, as changes to the table that it is about.

Two layers: values are read, compared and spelt by the normalisers like cells; raw cells are taken as they are.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import pandas as pd

from crmsheet.app.frame_rows import Placed, check_mark, placed, python_cells, refusal
from crmsheet.app.opening import Loaded
from crmsheet.change.columns import column_names
from crmsheet.change.entering import appended, entered, key_in_sheet
from crmsheet.clean.columns import clean_table
from crmsheet.clean.keys import as_kept, next_keys
from crmsheet.core.book import Table
from crmsheet.core.cells import Cell, same_cell
from crmsheet.core.changes import Changes
from crmsheet.core.findings import Finding
from crmsheet.core.messages import N_, Message
from crmsheet.core.schema import Field, TableSchema

_EDITED = Message(N_("edited in a data frame"))
_PUT_TOGETHER = N_("{column} is put together from other columns of the sheet")
_EDIT_THOSE = N_("Edit those columns instead.")
_HEADERLESS = N_("{column} has no header of its own in the sheet")
_NAME_IT = N_("Give the column a header that no other column has, then open the book again.")
_UNREAD = N_("{count:,} of its values cannot be read; the first: {place}: {reason}")
_CORRECT = N_("Correct the values, or take them as they are with raw=True.")
_NEW_KEY = N_("the key {key} of row {row} is another in the frame: {given}")
_KEYS_STAY = N_("Keys are not edited through a frame; give new rows no row number.")
_NUMBERS = ("money", "number", "percent")
_DIGITS = 15
"""Digits that a spreadsheet keeps of a number: a division by the unit of a header leaves no dust behind them."""

_Edits: TypeAlias = dict[int, dict[str, Cell]]
"""Row -> field -> the cell that it gets."""


def changes_from(loaded: Loaded, frame: pd.DataFrame, name: str, *, raw: bool) -> Changes:
    """The changes that bring a table to what a frame says; rows and columns that the frame lacks stay as they are.

    Raises:
        FrameRefused, FieldUnknown: the frame cannot be understood without guessing.
        CellRefused: an edited cell holds a formula.
    """
    table, schema = loaded.book.tables[name], loaded.schema.tables[name]
    check_mark(frame, loaded.book.source.sha256, table, raw=raw)
    given = placed(frame, table, schema)
    _keep_keys(given, table)
    edits = _raw_edits(given, table, schema) if raw else _value_edits(given, loaded, table, schema)
    known = frozenset(table.cells.index.tolist())
    parts = [entered(table, schema, row, edits[row], _EDITED) for row in given.rows if row in edits and row in known]
    new = {row: edits[row] for row in given.rows if row in edits and row not in known}
    for cells, key in zip(new.values(), _new_keys(loaded, table, given, list(new)), strict=True):
        if key and table.key not in table.columns:
            parts.insert(0, loaded.keys)  # a column of keys comes with the keys of all
        spelt = {table.key: as_kept(key, _kinds_of(table, table.key)), **cells} if key else cells
        parts.append(appended(table, schema, key, spelt, _EDITED))
    return Changes.joined(parts)


def _kinds_of(table: Table, name: str) -> list[Cell]:
    """One cell of each type that a column holds."""
    letters = table.columns.get(name, "")
    cells = table.cells[letters].tolist() if letters in table.cells else []
    return list({type(cell): cell for cell in cells if cell not in (None, "")}.values())


def _keep_keys(given: Placed, table: Table) -> None:
    """Raises FrameRefused where a row of the sheet has another key in the frame."""
    known = dict(zip(table.cells.index.tolist(), table.keys().tolist(), strict=True))
    for row, key in zip(given.rows, given.keys, strict=True):
        held = known.get(row)
        if held and key != held and table.key in given.columns and key != key_in_sheet(table, row):
            problem = Message(
                _NEW_KEY, {"key": held, "row": table.row_name(row), "given": key or Message(N_("nothing"))}
            )
            raise refusal(table, problem, Message(_KEYS_STAY))


def _new_keys(loaded: Loaded, table: Table, given: Placed, rows: Sequence[int]) -> list[str]:
    """The keys of new rows: their own, else, for customers of a book with keys, the next ones."""
    own = dict(zip(given.rows, given.keys, strict=True))
    missing = [row for row in rows if not own[row]]
    if table.name == "customers" and table.key in table.columns:
        taken = [*table.keys().tolist(), *given.keys]
        own |= dict(zip(missing, next_keys(taken, len(missing), loaded.context.settings.key_prefix), strict=True))
    return [own[row] for row in rows]


def _keyed_rows(table: Table) -> frozenset[int]:
    """The rows that have a key: what a frame says of those was compared already."""
    return frozenset(row for row, key in zip(table.cells.index.tolist(), table.keys().tolist(), strict=True) if key)


def _raw_edits(given: Placed, table: Table, schema: TableSchema) -> _Edits:
    """Every cell that differs from the one in the sheet, as it is given."""
    edits: _Edits = {}
    for name in given.columns:
        _take_cells(edits, given, table, schema, name)
    return edits


def _take_cells(edits: _Edits, given: Placed, table: Table, schema: TableSchema, name: str) -> None:
    letters = column_names(table).get(name, "")
    found = table.cells[letters].to_dict() if letters in table.cells else {}
    settled = _keyed_rows(table) if name == table.key else frozenset()
    for row, cell in zip(given.rows, given.columns[name], strict=True):
        if row not in settled and not same_cell(cell, found.get(row)):
            _require_header(table, schema, name)
            edits.setdefault(row, {})[name] = cell


def _require_header(table: Table, schema: TableSchema, name: str) -> None:
    """Raises FrameRefused for a column that only its letters tell from others."""
    own = name in column_names(table) and name in table.headers.values()
    if name not in table.columns and name not in schema and not own:
        raise refusal(table, Message(_HEADERLESS, {"column": name}), Message(_NAME_IT))


def _value_edits(given: Placed, loaded: Loaded, table: Table, schema: TableSchema) -> _Edits:
    """Every cell that means something else than the one in the sheet, as the column spells it."""
    edits: _Edits = {}
    wanted: dict[str, dict[int, Cell]] = {}
    for name in given.columns:
        if _base(name) in schema:
            fresh = _differing(given, table, name)
            if fresh:
                wanted[name] = fresh
        else:
            _take_cells(edits, given, table, schema, name)
    if wanted:
        for row, name, cell in _read(wanted, loaded, table, schema):
            edits.setdefault(row, {})[name] = cell
    return edits


def _base(name: str) -> str:
    return name.partition("#")[0]


def _known_values(table: Table, name: str) -> dict[int, Cell]:
    """The values of a column by row; none where the table has no such column."""
    if name not in table.values:
        return {}
    return dict(zip(table.values.index.tolist(), python_cells(table.values[name]), strict=True))


def _differing(given: Placed, table: Table, name: str) -> dict[int, Cell]:
    """The values of a column that are not those of the table, by row."""
    known = _known_values(table, name)
    pairs = zip(given.rows, given.columns[name], strict=True)
    settled = _keyed_rows(table) if name == table.key else frozenset()
    fresh = {row: cell for row, cell in pairs if row not in settled and not same_cell(cell, known.get(row))}
    if fresh and name != table.key and name in table.values and name not in table.columns:
        raise refusal(table, Message(_PUT_TOGETHER, {"column": name}), Message(_EDIT_THOSE))
    return fresh


def _read(
    wanted: Mapping[str, Mapping[int, Cell]], loaded: Loaded, table: Table, schema: TableSchema
) -> Iterator[tuple[int, str, Cell]]:
    """(row, field, cell) of every value that means something new, spelt as its column spells it.

    Whole columns are read, because the other cells of a column show how its people write (the mark between tags).
    """
    part = _overlaid(wanted, table, schema)
    cleaned = clean_table(part, schema, loaded.context, retype_dates=not loaded.opened.dialects)
    said = {(each.row, each.field): each for each in cleaned.findings}
    unread: list[Finding] = []
    for name, cells in wanted.items():
        values, known = _known_values(cleaned.table, name), _known_values(table, name)
        read = part.cells[part.columns[name]].to_dict()
        field, held = schema[_base(name)], _kinds_of(table, name)
        for row in cells:
            finding = said.get((row, name))
            if values[row] is None and finding is not None and finding.fix is None:
                unread.append(finding)
            elif not same_cell(values[row], known.get(row)):
                yield row, name, _spelt(values[row], read[row], finding, field, held)
    if unread:
        raise _refused(unread, table)


def _spelt(value: Cell, cell: Cell, finding: Finding | None, field: Field, held: Sequence[Cell]) -> Cell:
    """The cell to write for a value that was read from a cell; `held` are cells of its column."""
    if value is None:
        return None
    if finding is not None and finding.fix is not None:
        cell = finding.fix.after
    elif field.kind == "date":
        cell = value  # a day, whatever time of day the frame gave
    return as_kept(cell, held) if field.kind in ("key", "reference") and isinstance(cell, str) else cell


def _refused(unread: Sequence[Finding], table: Table) -> Exception:
    first = unread[0]
    facts = {"count": len(unread), "place": str(table.ref(first.row, first.field)), "reason": first.text}
    return refusal(table, Message(_UNREAD, facts), Message(_CORRECT))


def _overlaid(wanted: Mapping[str, Mapping[int, Cell]], table: Table, schema: TableSchema) -> Table:
    """The table with nothing but the columns in question, and the frame's values in their places."""
    fresh = dict.fromkeys(row for cells in wanted.values() for row in cells if row not in table.cells.index)
    rows = [*table.cells.index.tolist(), *fresh]
    columns = {name: table.columns.get(name, f"new:{name}") for name in wanted}
    held: dict[str, Any] = {}
    for name, letters in columns.items():
        found = table.cells[letters].to_dict() if letters in table.cells else {}
        field, factor = schema[_base(name)], table.units.get(name, 1.0)
        words = field.kind == "bool" and not any(isinstance(cell, bool) for cell in found.values())
        found |= {row: _as_cell(cell, field, factor, words=words) for row, cell in wanted[name].items()}
        held[letters] = pd.Series([found.get(row) for row in rows], index=rows, dtype="object")
    return dataclasses.replace(table, cells=pd.DataFrame(held, index=rows), columns=columns)


def _as_cell(value: Cell, field: Field, factor: float, *, words: bool) -> Cell:
    """A value as the column would hold it: in the unit of its header (万元), yes and no in words where those stand."""
    if isinstance(value, bool):
        return str(value) if words else value
    if isinstance(value, int | float) and field.kind in _NUMBERS and factor != 1.0:
        return float(f"{value / factor:.{_DIGITS}g}")
    return value
