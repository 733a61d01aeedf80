"""Runs the rules on a book: each alone, so that one that fails hides nothing."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from crmsheet.check import rules
from crmsheet.check.rule import Query, Reach, Rule
from crmsheet.core.book import Book, Table
from crmsheet.core.cells import column_number, visible
from crmsheet.core.context import Context
from crmsheet.core.findings import Findings
from crmsheet.core.parts import collect
from crmsheet.core.rules import RuleCard
from crmsheet.core.schema import Schema
from crmsheet.engine import Engine, fields

_PLACE = re.compile(r"\$([a-z_]+)")
_OWN = ("row_", "value")


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule that raised: a bug in crmsheet, not in the book."""

    code: str
    error: Exception

    def __str__(self) -> str:
        return f"{self.code}: {type(self.error).__name__}: {self.error}"


@dataclass(frozen=True, slots=True)
class Checked:
    """What the rules found, in the order of their codes, and the rules that raised."""

    findings: Findings
    broken: tuple[Broken, ...] = ()


def all_rules() -> Mapping[str, Rule]:
    """The rules on books by code."""
    return collect(rules, "RULE", lambda rule: rule.card.code)


def check_rules(
    engine: Engine, book: Book, schema: Schema, context: Context, chosen: Mapping[str, Rule] | None = None
) -> Checked:
    """Runs the rules (all, unless some are chosen) on a book whose tables the engine has as relations."""
    found: list[Findings] = []
    broken: list[Broken] = []
    for code, rule in (all_rules() if chosen is None else chosen).items():
        try:
            found.extend(_run(rule, engine, book, schema, context))
        except Exception as error:  # noqa: BLE001  (the other rules must still run; the caller reports the bug)
            broken.append(Broken(code, error))
    return Checked(Findings.joined(found), tuple(broken))


def _run(rule: Rule, engine: Engine, book: Book, schema: Schema, context: Context) -> Iterator[Findings]:
    columns = {name: frozenset(table.columns) for name, table in book.tables.items()}
    for query in rule.runnable(Reach(schema, fields(book.tables), columns)):
        yield _findings(rule.card, query, book.tables[query.table], _ask(engine, query, context))
    if rule.scan is not None:
        for table in book.tables.values():
            yield _scan(rule, table, schema, context)


def _ask(engine: Engine, query: Query, context: Context) -> pd.DataFrame:
    """The result of a query, given those parameters that its text names."""
    known = {
        "today": dt.datetime.combine(context.today, dt.time()),
        "stale_days": context.settings.stale_days,
    }
    return engine.sql(query.sql, **{name: known[name] for name in dict.fromkeys(_PLACE.findall(query.sql))})


def _findings(card: RuleCard, query: Query, table: Table, result: pd.DataFrame) -> Findings:
    result = result.sort_values("row_", kind="stable")
    rows = [int(row) for row in result["row_"]]
    n = len(rows)
    column = table.columns.get(query.field, "")
    more = [str(name) for name in result.columns if name not in _OWN]
    plain = [[_plain(each) for each in result[name]] for name in more]
    if table.joined:
        plain = [
            [_row_names(table, each) for each in held] if name in query.rows else held
            for name, held in zip(more, plain, strict=True)
        ]
    arguments = [{**query.facts, **dict(zip(more, each, strict=True))} for each in zip(*plain, strict=True)]
    if not more:
        arguments = [dict(query.facts) for _ in rows]
    return Findings(
        {
            "rule": [card.code] * n,
            "severity": [card.severity] * n,
            "table": [table.name] * n,
            "sheet": [table.sheet] * n,
            "key": keys_at(table, rows),
            "row": rows,
            "column": [column if row else "" for row in rows],
            "field": [query.field] * n,
            "value": [_plain(each) for each in result["value"]] if "value" in result else cells_at(table, rows, column),
            "message": [query.message] * n,
            "arguments": arguments,
        }
    )


def _row_names(table: Table, rows: Any) -> str:
    """Rows as people see them: one, or several with commas between."""
    return ", ".join(str(table.row_name(int(each))) for each in str(rows).split(", "))


def _scan(rule: Rule, table: Table, schema: Schema, context: Context) -> Findings:
    assert rule.scan is not None  # noqa: S101  (for mypy; the caller asked)
    hits = sorted(
        rule.scan(table, schema.tables[table.name], context),
        key=lambda hit: (hit.row, column_number(hit.column)),
    )
    names = {letters: name for name, letters in table.columns.items()}
    n = len(hits)
    return Findings(
        {
            "rule": [rule.card.code] * n,
            "severity": [rule.card.severity] * n,
            "table": [table.name] * n,
            "sheet": [table.sheet] * n,
            "key": keys_at(table, [hit.row for hit in hits]),
            "row": [hit.row for hit in hits],
            "column": [hit.column for hit in hits],
            "field": [names.get(hit.column, "") for hit in hits],
            "value": [hit.value for hit in hits],
            "message": [hit.message for hit in hits],
        }
    )


def keys_at(table: Table, rows: list[int]) -> list[str]:
    """The keys of some rows, '' for row 0 and rows without one."""
    if table.key not in table.values:
        return [""] * len(rows)
    return ["" if pd.isna(key) else str(key) for key in table.values[table.key].reindex(rows)]


def cells_at(table: Table, rows: list[int], column: str) -> list[Any]:
    """The cells of some rows as they show; None where the table has no such cell."""
    if not column:
        return [None] * len(rows)
    return [_plain(visible(cell)) for cell in table.cells[column].reindex(rows)]


def _plain(value: Any) -> Any:
    """A value of a frame as Python has it: dates without midnight, whole numbers without a point, NA as None."""
    if value is None or value is pd.NA or value != value:
        return None
    if isinstance(value, dt.datetime):
        moment = value.to_pydatetime() if isinstance(value, pd.Timestamp) else value
        return moment.date() if moment.time() == dt.time() else moment
    if hasattr(value, "item"):
        value = value.item()
    return int(value) if isinstance(value, float) and value.is_integer() else value
