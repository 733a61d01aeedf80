"""The checks on single values: pandera, all failures at once, each told at its own cell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from crmsheet.check.checking import cells_at, keys_at
from crmsheet.clean.vacancy import NOTHING, vacant
from crmsheet.core.book import Table
from crmsheet.core.findings import Findings
from crmsheet.core.messages import N_
from crmsheet.core.schema import Field, TableSchema
from crmsheet.schema import base_name, dataframe_schema, stand_ins
from crmsheet.schema.cards import NOT_ALLOWED, REQUIRED, VALUES
from crmsheet.schema.checks import CHECKS

if TYPE_CHECKING:
    import pandas as pd

_CARDS = {card.code: card for card in VALUES}

_MISSING = N_("{label} is missing in row {row}; fill it in")
_EMPTY_COLUMN = N_("the column {label} is empty in all {count:,} rows; fill it in")
_BETWEEN = N_("{value} is not between {min_value} and {max_value}; correct {label}")
_AT_LEAST = N_("{value} is less than {min_value}; correct {label}")
_ABOVE = N_("{value} is not more than {min_value}; correct {label}")
_AT_MOST = N_("{value} is more than {max_value}; correct {label}")
_BELOW = N_("{value} is not less than {max_value}; correct {label}")
_FORM = N_("{value} does not have the form of {label}; correct it")
_LENGTH = N_("{value} is too long or too short for {label}; correct it")
_CHOICE = N_("{value} is not allowed for {label}; write one of: {choices}")
_FORBIDDEN = N_("{value} is not allowed for {label}; correct it")
_MESSAGES = {
    "in_range": _BETWEEN,
    "greater_than_or_equal_to": _AT_LEAST,
    "greater_than": _ABOVE,
    "less_than_or_equal_to": _AT_MOST,
    "less_than": _BELOW,
    "str_matches": _FORM,
    "str_length": _LENGTH,
    "isin": _CHOICE,
    "notin": _FORBIDDEN,
}


@dataclass(frozen=True, slots=True)
class _Failure:
    """One rule broken in some rows of one column; no rows means the whole column."""

    code: str
    field: str
    rows: tuple[int, ...]
    message: str
    arguments: Mapping[str, Any]


def check_values(table: Table, schema: TableSchema) -> Findings:
    """The values that break the schema's checks, a cell at a time.

    A required value counts as missing where the cell is empty or says nothing; what cleaning could not read it has
    reported itself.

    Raises:
        pandera.errors.SchemaError: a check raised, or a column has the wrong dtype: a bug, not bad data.
    """
    failures = _failures(table.values, schema)
    failures += _missing_with_stand_ins(table.values, schema)
    findings = [_findings(table, schema, each) for each in _once(failures)]
    return Findings.joined(findings)


def _failures(values: pd.DataFrame, schema: TableSchema) -> list[_Failure]:
    """What pandera says, rule by rule."""
    from pandera.errors import SchemaErrorReason, SchemaErrors

    try:
        dataframe_schema(schema, map(str, values.columns)).validate(values, lazy=True)
    except SchemaErrors as errors:
        found = []
        for error in errors.schema_errors:
            name = str(error.schema.name)
            if error.reason_code is SchemaErrorReason.SERIES_CONTAINS_NULLS:
                found.append(_missing(schema, name, error.failure_cases["index"]))
            elif error.reason_code is SchemaErrorReason.DATAFRAME_CHECK:
                found.append(_broken_check(schema, name, error.check, error.failure_cases["index"]))
            else:
                raise error from errors
        return found
    return []


def _missing(schema: TableSchema, name: str, rows: Iterable[Any]) -> _Failure:
    return _Failure(REQUIRED.code, name, tuple(map(int, rows)), _MISSING, {"label": schema[name].labels})


def _broken_check(schema: TableSchema, name: str, check: Any, rows: Iterable[Any]) -> _Failure:
    field = schema[base_name(name)]
    own = {key: value for key, value in check.statistics.items() if key in {"min_value", "max_value"}}
    message = _CHOICE if field.choices and check.name == NOT_ALLOWED.code else _MESSAGES[_check_kind(field, check.name)]
    return _Failure(check.name, name, tuple(map(int, rows)), message, {"label": field.labels, **own})


def _check_kind(field: Field, code: str) -> str:
    """The check of a field that reports under a code."""
    return next(name for name in field.checks if CHECKS[name].code == code)


def _missing_with_stand_ins(values: pd.DataFrame, schema: TableSchema) -> list[_Failure]:
    """Rows that have neither a required value nor one that may stand for it."""
    found = []
    for field in schema.fields:
        groups = [list(group) for group in stand_ins(field) if set(group) <= set(values)]
        if field.required and field.name in values and groups:
            missing = values[field.name].isna()
            for group in groups:
                missing &= values[group].isna().any(axis=1)
            rows = values.index[missing]
            if len(rows):
                found.append(_missing(schema, field.name, rows))
    return found


def _once(failures: Sequence[_Failure]) -> list[_Failure]:
    """The same failures with each cell in one of them only."""
    seen: dict[str, set[int]] = {}
    kept = []
    for each in failures:
        done = seen.setdefault(each.field, set())
        rows = tuple(row for row in each.rows if row not in done)
        done.update(rows)
        if rows:
            kept.append(_Failure(each.code, each.field, rows, each.message, each.arguments))
    return kept


def _findings(table: Table, schema: TableSchema, failure: _Failure) -> Findings:
    rows = list(failure.rows)
    column = table.columns.get(failure.field, "")
    cells = cells_at(table, rows, column)
    message, arguments = failure.message, dict(failure.arguments)
    if failure.code == REQUIRED.code:
        silent = np.array([_says_nothing(cell) for cell in cells], dtype=bool)
        if silent.all() and len(rows) == len(table.cells):
            rows, cells, message = [0], [None], _EMPTY_COLUMN
            arguments["count"] = len(table.cells)
        else:
            rows = [row for row, keep in zip(rows, silent, strict=True) if keep]
            cells = [cell for cell, keep in zip(cells, silent, strict=True) if keep]
    if message is _CHOICE:
        arguments["choices"] = _choices(schema[base_name(failure.field)], table.lang)
    n, card = len(rows), _CARDS[failure.code]
    return Findings(
        {
            "rule": [card.code] * n,
            "severity": [card.severity] * n,
            "table": [table.name] * n,
            "sheet": [table.sheet] * n,
            "key": keys_at(table, rows),
            "row": rows,
            "column": [column if row else "" for row in rows],
            "field": [failure.field] * n,
            "value": cells,
            "message": [message] * n,
            "arguments": [arguments] * n,
        }
    )


def _says_nothing(cell: object) -> bool:
    """Whether a cell is empty or a word for nothing, as cleaning sees it."""
    return cell is None or (isinstance(cell, str) and (not cell.strip() or vacant(cell) is NOTHING))


def _choices(field: Field, lang: str) -> str:
    """The allowed values as the book would write them."""
    labels = [choice.labels[lang] for choice in field.choices]
    return "、".join(labels) if labels else "、".join(map(str, field.checks["isin"]["allowed_values"]))
