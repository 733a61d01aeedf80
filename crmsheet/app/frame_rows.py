"""The rows and columns of a data frame, found again in the table that it is about."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from crmsheet.change.columns import column_names
from crmsheet.clean.key import NORMALISER as KEYS
from crmsheet.core.book import Table
from crmsheet.core.cells import Cell, CellError, Formula
from crmsheet.core.context import Context
from crmsheet.core.errors import FrameRefused
from crmsheet.core.messages import N_, Message
from crmsheet.core.schema import TableSchema
from crmsheet.schema.naming import named_field

ROW = "row"
"""The name of the index of every frame that crmsheet gives: sheet row numbers."""

MARK = "crmsheet"
"""Where a frame says (in `attrs`) which state of which book, which table and which layer it was made from."""

_OTHER_STATE = N_("it was made from another state of the book, whose row numbers may be others")
_THEN_APPLY = N_(
    "Let the handle that gave the frame propose the changes, and apply those to this one; or take a new frame."
)
_OTHER_TABLE = N_("it was made from {table}")
_NAME_TABLE = N_("Name that table.")
_OTHER_LAYER = N_("it was made with raw={raw}")
_SAME_LAYER = N_("Say the same of raw here.")
_ZEROS = N_("its key {key} may be {known} without its zeros")
_AS_TEXT = N_("Read keys as text, such as with dtype=str.")
_LEVELS = N_("its rows or columns are numbered on several levels")
_FLATTEN = N_("Use reset_index(), or give the columns plain names.")
_TWICE = N_("two of its columns mean {field}: {first} and {second}")
_EITHER = N_("{column} can mean {first} or {second}")
_BY_NAME = N_("Call the column by the name of its field.")
_DROP_ONE = N_("Leave one of them out.")
_ROW_TWICE = N_("row {row} of the sheet stands in it several times")
_KEY_TWICE = N_("the key {key} stands in it several times")
_KEY_SHARED = N_("several rows of the sheet have the key {key}")
_ONCE = N_("Keep one row for each record; drop_duplicates() helps.")
_USE_ROWS = N_("Keep the index of the frame: it holds the row numbers of the sheet.")
_ZONED = N_("{column} has times with a time zone, and a cell has none")
_LOCAL = N_("Use .dt.tz_convert(...) to local time, then .dt.tz_localize(None).")
_NO_CELL = N_("{column} holds {value}, which no cell can hold")
_PLAIN = N_("Use text, numbers, dates, True and False, and NA for an empty cell.")


@dataclass(frozen=True, slots=True)
class Placed:
    """A frame whose rows and columns were found in a table.

    `rows`    the sheet row of each row; numbers below the table stand for new rows
    `keys`    the key of each row, '' where the frame names none
    `columns` field (or header of a column that is no field) -> its cells
    """

    rows: Sequence[int]
    keys: Sequence[str]
    columns: Mapping[str, Sequence[Cell]]


def refusal(table: Table, problem: Message, advice: Message) -> FrameRefused:
    """The error for a frame that does not fit a table."""
    return FrameRefused(table=table.title, problem=problem, advice=advice)


def marked(frame: pd.DataFrame, base: str, table: str, *, raw: bool) -> pd.DataFrame:
    """The frame, which now says what it was made from."""
    frame.attrs[MARK] = {"book": base, "table": table, "raw": raw}
    return frame


def check_mark(frame: pd.DataFrame, base: str, table: Table, *, raw: bool) -> None:
    """Lets a frame pass that says nothing, or that it was made from this state of this table.

    Raises:
        FrameRefused: it was made from something else.
    """
    mark = frame.attrs.get(MARK, {"book": base, "table": table.name, "raw": raw})
    if mark["book"] != base:
        raise refusal(table, Message(_OTHER_STATE), Message(_THEN_APPLY))
    if mark["table"] != table.name:
        raise refusal(table, Message(_OTHER_TABLE, {"table": mark["table"]}), Message(_NAME_TABLE))
    if mark["raw"] != raw:
        raise refusal(table, Message(_OTHER_LAYER, {"raw": str(mark["raw"])}), Message(_SAME_LAYER))


def placed(frame: pd.DataFrame, table: Table, schema: TableSchema) -> Placed:
    """The rows by the index called `row`, else by their keys; what is found neither way is a new row.

    Columns may be named by field, by the header in the sheet, or by a label or alias of either language.

    Raises:
        FrameRefused: two rows or two columns are one, or a value is nothing that a cell can hold.
        FieldUnknown: a column is none of the table.
    """
    if frame.index.nlevels > 1 or frame.columns.nlevels > 1:
        raise refusal(table, Message(_LEVELS), Message(_FLATTEN))
    by_row = _indexed(frame, table, schema)
    columns = _columns(by_row, table, schema)
    keys = [_key(cell, table, schema) for cell in columns.get(table.key, [None] * len(by_row))]
    rows = _by_number(by_row, table) if by_row.index.name == ROW else _by_key(keys, table)
    taken = max([table.header_row, *table.cells.index.tolist()])
    fresh = iter(range(taken + 1, taken + 1 + len(rows)))
    return Placed([row or next(fresh) for row in rows], keys, columns)


def _indexed(frame: pd.DataFrame, table: Table, schema: TableSchema) -> pd.DataFrame:
    """The frame with its row numbers as index, wherever pandas put them; with its key among the columns."""
    name = frame.index.name
    if name == ROW:
        return frame
    if isinstance(name, str) and _named(name, table, schema) == table.key:
        frame = frame.reset_index()
    if ROW in frame.columns and ROW not in column_names(table):
        return frame.set_index(ROW)
    return frame


def _columns(frame: pd.DataFrame, table: Table, schema: TableSchema) -> dict[str, Sequence[Cell]]:
    """The cells of each column, by what the column is in the table."""
    found: dict[str, Sequence[Cell]] = {}
    headings: dict[str, str] = {}
    for at, heading in enumerate(map(str, frame.columns)):
        name = _named(heading, table, schema)
        if name in headings:
            facts = {"field": name, "first": headings[name], "second": heading}
            raise refusal(table, Message(_TWICE, facts), Message(_DROP_ONE))
        headings[name] = heading
        found[name] = _checked(python_cells(frame.iloc[:, at]), heading, table)
    return found


def _named(heading: str, table: Table, schema: TableSchema) -> str:
    """The field, or the header of a column that is no field, that a heading of the frame names."""
    if heading in table.values or heading in column_names(table):
        return heading
    name = named_field(table, schema, heading)
    label = next((each.name for each in schema.fields if heading in each.labels.values()), name)
    if label != name and label in table.values:
        raise refusal(table, Message(_EITHER, {"column": heading, "first": name, "second": label}), Message(_BY_NAME))
    return name


def _by_number(frame: pd.DataFrame, table: Table) -> list[int]:
    """The sheet row of each row, 0 for a new one."""
    known = frozenset(table.cells.index.tolist())
    rows = [_number(label) for label in frame.index.tolist()]
    rows = [row if row in known else 0 for row in rows]
    twice = _repeated([row for row in rows if row])
    if twice is not None:
        raise refusal(table, Message(_ROW_TWICE, {"row": table.row_name(twice)}), Message(_ONCE))
    return rows


def _number(label: Any) -> int:
    """An index label as a row number; a join turns 17 into 17.0."""
    whole = isinstance(label, int | float) and not isinstance(label, bool) and label == label and label % 1 == 0
    return int(label) if whole else 0


def _by_key(keys: Sequence[str], table: Table) -> list[int]:
    """The row of each key, 0 for one that the table does not have."""
    known: dict[str, list[int]] = {}
    for row, key in zip(table.cells.index.tolist(), table.keys().tolist(), strict=True):
        known.setdefault(key, []).append(row)
    bare = {key.lstrip("0"): key for key in known if key.startswith("0")}
    for key in filter(None, keys):
        if len(known.get(key, ())) > 1:
            raise refusal(table, Message(_KEY_SHARED, {"key": key}), Message(_USE_ROWS))
        if key not in known and key in bare:
            raise refusal(table, Message(_ZEROS, {"key": key, "known": bare[key]}), Message(_AS_TEXT))
    twice = _repeated([key for key in keys if key])
    if twice is not None:
        raise refusal(table, Message(_KEY_TWICE, {"key": twice}), Message(_ONCE))
    return [known[key][0] if key and key in known else 0 for key in keys]


def _repeated(values: Sequence[Any]) -> Any:
    """The first value that stands there twice, or None."""
    seen: set[Any] = set()
    for each in values:
        if each in seen:
            return each
        seen.add(each)
    return None


def _key(cell: Cell, table: Table, schema: TableSchema) -> str:
    """A key as the values spell keys."""
    if cell is None or table.key not in schema:
        return ""
    value = KEYS.read(cell, schema[table.key], _NOWHERE).value
    return value if isinstance(value, str) else ""


_NOWHERE = Context(dt.date.min)
"""Keys are read the same everywhere and on every day."""


def python_cells(column: pd.Series[Any]) -> list[Any]:
    """The values of a column as a sheet holds them: dates for midnights, None for whatever is missing."""
    return [_plain(value) for value in column.tolist()]


def _plain(value: Any) -> Any:
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return None if math.isnan(value) else value
    if isinstance(value, pd.Timestamp):
        value = value.to_pydatetime(warn=False)
    if isinstance(value, dt.datetime) and value.time() == dt.time() and value.tzinfo is None:
        return value.date()
    return float(value) if isinstance(value, Decimal) else value


def _checked(cells: list[Any], heading: str, table: Table) -> list[Cell]:
    """The cells, all of them such as a sheet can hold."""
    for cell in cells:
        if isinstance(cell, dt.datetime | dt.time) and cell.tzinfo is not None:
            raise refusal(table, Message(_ZONED, {"column": heading}), Message(_LOCAL))
        fits = cell is None or isinstance(cell, str | int | dt.date | dt.time | dt.timedelta | Formula | CellError)
        if not fits and not (isinstance(cell, float) and math.isfinite(cell)):
            raise refusal(table, Message(_NO_CELL, {"column": heading, "value": repr(cell)}), Message(_PLAIN))
    return cells
