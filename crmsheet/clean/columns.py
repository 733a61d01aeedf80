"""A table's cells to typed values: each distinct cell of a column is read once and mapped back to its rows."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pandas as pd

import crmsheet.clean
from crmsheet.clean.amount import UNIT
from crmsheet.clean.full_name import with_full_names
from crmsheet.clean.normaliser import KEEP, WHOLE, Normaliser, Reading, refused
from crmsheet.clean.spelling import as_text
from crmsheet.clean.vacancy import CARDS as VACANCY_CARDS
from crmsheet.core.book import Table
from crmsheet.core.cells import Cell, CellError, Formula, same_cell, visible
from crmsheet.core.context import Context
from crmsheet.core.findings import Finding, Findings, Fix, Severity
from crmsheet.core.messages import N_
from crmsheet.core.parts import collect
from crmsheet.core.rules import VERIFY, RuleCard
from crmsheet.core.schema import Field, TableSchema

COLUMN_CARDS = (
    RuleCard(
        "CRM207",
        Severity.warning,
        N_("A cell with an error value"),
        """
        **What** A cell whose formula fails: #N/A, #REF!, #VALUE! and the like.

        **Why** The value is unknown, and every figure that uses it is wrong or fails as well.

        **Bad** `#N/A` in the column 客户名称, from a look-up that found nothing.

        **Good** The value, or a formula that gives one.

        **crmsheet** It takes the value as unknown and leaves the cell: formulas are never overwritten.
        """,
        VERIFY,
    ),
    RuleCard(
        "CRM208",
        Severity.info,
        N_("Formulas without a stored result"),
        """
        **What** A column with formulas whose results are not stored in the file.

        **Why** Programs that write workbooks often leave the results out; without them the values are unknown until
        somebody opens and saves the book.

        **Bad** A book made by a script, never opened in a spreadsheet program.

        **Good** The same book, opened and saved once in Excel, WPS or LibreOffice.

        **crmsheet** It takes the values as unknown and changes nothing.
        """,
    ),
)

_ERROR = N_("{value}: the formula of this cell fails; correct it in the spreadsheet")
_UNCOMPUTED = N_(
    "{count} formulas of this column have no stored result; open the book in Excel or WPS and save it once"
)
_PLAIN_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_PLAIN_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(?: \d\d:\d\d(?::\d\d)?)?")
_DTYPES: Mapping[str, str] = {
    "date": "datetime64[us]", "datetime": "datetime64[us]", "money": "float64", "number": "float64",
    "percent": "float64", "integer": "Int64", "bool": "boolean",
}  # fmt: skip


_ALIKE = frozenset({"string", "floating", "datetime", "date"})
"""What pandas calls columns in which cells that are equal have one type."""


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The table with its `values`, and what there is to say about its cells, with fixes."""

    table: Table
    findings: Findings


@dataclass(frozen=True, slots=True)
class _Column:
    """The distinct cells of a column: `codes` maps each row to one of them, -1 to an empty cell.

    `kind` is the type that all cells have, None where they have several.
    """

    cells: Sequence[Any]
    codes: npt.NDArray[np.intp]
    kind: type | None = None


@dataclass(frozen=True, slots=True)
class _Read:
    """What the distinct cells say: a value each, and the readings of those with something to say."""

    values: Sequence[Any]
    readings: Mapping[int, Reading]
    uncomputed: int = 0
    whole: Reading | None = None


def normalisers() -> Mapping[str, Normaliser]:
    """The normaliser of each kind of field."""
    parts: Mapping[str, Normaliser] = collect(crmsheet.clean, "NORMALISER", lambda each: each.kinds[0])
    return {kind: each for each in parts.values() for kind in each.kinds}


def cards() -> tuple[RuleCard, ...]:
    """The cards of all rules that reading cells can break, by code."""
    own = {card.code: card for each in normalisers().values() for card in each.cards}
    return tuple(sorted((*own.values(), *VACANCY_CARDS, *COLUMN_CARDS), key=lambda card: card.code))


def clean_table(table: Table, schema: TableSchema, context: Context, *, retype_dates: bool) -> Cleaned:
    """Reads every bound column of a table.

    Args:
        table: with `cells` and `columns`; its `values` are not looked at.
        schema: the fields; a repeat such as `contact_name#2` is read as the part before the `#`.
        context: home region, today, the language of the book's words, settings.
        retype_dates: whether a date or number that stands as text is to become a real one (workbooks), or canonical
            text (CSV, where everything is text: 2024-01-05).

    Returns:
        The table with typed `values` (one column per bound field), and findings in the order of columns and rows.
    """
    known = normalisers()
    values: dict[str, Any] = {}
    said: dict[str, tuple[_Column, _Read]] = {}
    for name, letters in table.columns.items():
        field = schema[name.partition("#")[0]]
        local = dataclasses.replace(context, extra={**context.extra, UNIT: table.units.get(name, 1.0)})
        column = _distinct(table.cells[letters].to_numpy(dtype=object))
        read = _read_column(column, known[field.kind], field, local, retype=retype_dates)
        values[name] = _spread(column, read.values, _DTYPES.get(field.kind, "str"))
        said[name] = (column, read)
    frame = _told_by_sheet(table, with_full_names(pd.DataFrame(values, index=table.cells.index), schema))
    cleaned = dataclasses.replace(table, values=frame)
    keys = cleaned.keys().tolist() if any(read.readings for _, read in said.values()) else []
    findings = [_findings(cleaned, name, column, read, keys) for name, (column, read) in said.items()]
    return Cleaned(cleaned, Findings.joined(findings))


def _told_by_sheet(table: Table, values: pd.DataFrame) -> pd.DataFrame:
    """The values with the field that the names of the sheets tell."""
    if not table.told_by_sheet:
        return values
    owners = [table.part_of(row).owner for row in values.index.tolist()]
    return values.assign(**{table.told_by_sheet: pd.Series(owners, index=values.index, dtype="str")})


def _distinct(cells: npt.NDArray[np.object_]) -> _Column:
    """Distinct cells by type and value, for True, 1 and 1.0 are one key of a dictionary."""
    if pd.api.types.infer_dtype(cells, skipna=True) in _ALIKE:
        numbers, distinct = pd.factorize(cells, use_na_sentinel=True)
        only = distinct.tolist()
        kinds = set(map(type, only))
        return _Column(only, numbers, kinds.pop() if len(kinds) == 1 else None)
    types = np.fromiter(map(id, map(type, cells)), dtype=np.int64, count=len(cells))
    codes = np.full(len(cells), -1, dtype=np.intp)
    found: list[Any] = []
    for kind in np.unique(types):
        rows = np.flatnonzero(types == kind)
        if cells[rows[0]] is None:
            continue
        numbers, distinct = pd.factorize(cells[rows], use_na_sentinel=True)
        codes[rows] = np.where(numbers < 0, -1, numbers + len(found))
        found.extend(distinct.tolist())
    return _Column(found, codes)


def _read_column(column: _Column, normaliser: Normaliser, field: Field, context: Context, *, retype: bool) -> _Read:
    cells = column.cells if column.kind in _VISIBLE else [visible(cell) for cell in column.cells]
    if normaliser.evidence is not None:
        seen = normaliser.evidence(cells, context)
        context = dataclasses.replace(context, extra={**context.extra, **seen})
    values = _quick(cells, column.kind, normaliser, field, context)
    readings: dict[int, Reading] = {}
    uncomputed: list[int] = []
    for at in [at for at, value in enumerate(values) if value is None]:
        if cells[at] is None:
            if isinstance(column.cells[at], Formula):
                uncomputed.append(at)
            continue
        reading = _read_cell(cells[at], normaliser, field, context)
        values[at] = reading.value
        if reading.message:
            reading = _in_book(column.cells[at], reading, retype=retype)
        if reading.message:
            readings[at] = reading
    count = int(np.isin(column.codes, uncomputed).sum()) if uncomputed else 0
    return _Read(values, readings, count, context.extra.get(WHOLE))


_VISIBLE = (str, float, dt.datetime, dt.date)


def _read_cell(cell: Cell, normaliser: Normaliser, field: Field, context: Context) -> Reading:
    if isinstance(cell, CellError):
        return refused("CRM207", _ERROR)
    return normaliser.read(cell, field, context)


def _quick(
    cells: Sequence[Cell], kind: type | None, normaliser: Normaliser, field: Field, context: Context
) -> list[Any]:
    """The values that the fast path is sure of; it sees cells of one type at a time."""
    values: list[Any] = [None] * len(cells)
    if normaliser.canonical is None:
        return values
    if kind in _VISIBLE:
        return list(normaliser.canonical(cells, field, context))
    places: dict[type, list[int]] = {}
    for at, cell in enumerate(cells):
        places.setdefault(type(cell), []).append(at)
    for kind, where in places.items():
        if kind in (type(None), CellError):
            continue
        if len(where) == len(cells):
            return list(normaliser.canonical(cells, field, context))
        for at, value in zip(where, normaliser.canonical([cells[at] for at in where], field, context), strict=True):
            values[at] = value
    return values


def _in_book(found: Cell, reading: Reading, *, retype: bool) -> Reading:
    """A reading as this kind of book can take it: no fix over a formula, canonical text in CSV."""
    if reading.written is KEEP:
        return reading
    if isinstance(found, Formula):
        return Reading(reading.value)
    written = reading.written if retype else _text(reading.written)
    same = same_cell(found, written) or (not retype and _as_good(found, reading.written))
    if same:
        return Reading(reading.value)
    return reading if retype else dataclasses.replace(reading, written=written)


def _text(written: Any) -> Any:
    """A typed cell as CSV spells it: 2024-01-05, 2024-01-05 09:30, 1234.5."""
    if isinstance(written, dt.datetime):
        return written.isoformat(sep=" ", timespec="seconds" if written.second else "minutes")
    return written if isinstance(written, str) else as_text(written)


def _as_good(found: Cell, written: Any) -> bool:
    """Whether a CSV text is a plain spelling of the value already: 1200.50 and 2010-12-01 08:26:00 need no fix."""
    if not isinstance(found, str):
        return False
    if isinstance(written, dt.date):
        return _PLAIN_MOMENT.fullmatch(found) is not None and same_cell(dt.datetime.fromisoformat(found), written)
    if not isinstance(written, int | float):
        return False
    return _PLAIN_NUMBER.fullmatch(found) is not None and float(found) == float(written)


def _spread(column: _Column, values: Sequence[Any], dtype: str) -> Any:
    """The values of the rows, from those of the distinct cells; an array of the dtype."""
    if dtype == "datetime64[us]":
        moments = np.array(
            [*(np.datetime64("NaT") if v is None else v for v in values), np.datetime64("NaT")], dtype=dtype
        )
        return pd.array(moments[column.codes], dtype="datetime64[us]")
    if dtype == "float64":
        return np.array([*(np.nan if v is None else v for v in values), np.nan], dtype=np.float64)[column.codes]
    distinct: Any = pd.array(np.array([*values, None], dtype=object), dtype=cast("Any", dtype))
    return distinct.take(np.where(column.codes < 0, len(values), column.codes))


def _findings(table: Table, name: str, column: _Column, read: _Read, keys: Sequence[str]) -> Findings:
    """The findings of one column, by row."""
    letters = table.columns[name]
    whole = _uncomputed(table, name, read.uncomputed) + _on_column(table, name, read.whole)
    if not read.readings:
        return whole
    speaks = np.zeros(len(column.cells) + 1, dtype=bool)
    speaks[list(read.readings)] = True
    rows = np.flatnonzero(speaks[column.codes])
    fixes = {at: None if each.written is KEEP else Fix(each.written, each.effect) for at, each in read.readings.items()}
    codes = column.codes[rows].tolist()
    readings = [read.readings[code] for code in codes]
    count = len(codes)
    return whole + Findings(
        {
            "rule": [each.rule for each in readings],
            "severity": [each.severity for each in readings],
            "table": [table.name] * count,
            "sheet": [table.sheet] * count,
            "key": [keys[row] for row in rows.tolist()],
            "row": table.cells.index.to_numpy()[rows].tolist(),
            "column": [letters] * count,
            "field": [name] * count,
            "value": [column.cells[code] for code in codes],
            "message": [each.message for each in readings],
            "arguments": [each.arguments for each in readings],
            "fix": [fixes[code] for code in codes],
        }
    )


def _on_column(table: Table, name: str, reading: Reading | None) -> Findings:
    """The finding on the column as such."""
    if reading is None:
        return Findings()
    return Findings.of(
        [
            Finding(
                rule=reading.rule,
                severity=reading.severity,
                table=table.name,
                sheet=table.sheet,
                column=table.columns[name],
                field=name,
                message=reading.message,
                arguments=reading.arguments,
            )
        ]
    )


def _uncomputed(table: Table, name: str, count: int) -> Findings:
    if not count:
        return Findings()
    return Findings.of(
        [
            Finding(
                rule="CRM208",
                severity=Severity.info,
                table=table.name,
                sheet=table.sheet,
                column=table.columns[name],
                field=name,
                message=_UNCOMPUTED,
                arguments={"count": count},
            )
        ]
    )
