"""Sheets to tables, headers to fields: every column and every sheet that is not understood is carried, and said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from crmsheet.book.header import find_header
from crmsheet.book.opened import Opened
from crmsheet.core.book import Book, Sheet, Table
from crmsheet.core.cells import Formula
from crmsheet.core.errors import NothingBound
from crmsheet.core.findings import Finding, Findings
from crmsheet.core.messages import N_
from crmsheet.core.rules import RuleCard
from crmsheet.core.schema import Schema
from crmsheet.schema import cards
from crmsheet.schema.choosing import Candidate, Choice, choose
from crmsheet.schema.headers import Header, read_header
from crmsheet.schema.matching import Reading, missing_fields, read_as
from crmsheet.schema.records import Records, empty_rows, records
from crmsheet.schema.vocabulary import Vocabulary, base_name

_SCALED = ("money", "number", "percent")


@dataclass(frozen=True, slots=True)
class Bound:
    """A book with its tables recognised, and what is to be said about its structure."""

    book: Book
    findings: Findings


@dataclass(frozen=True, slots=True)
class _Headed:
    """A sheet with its header row read: letters -> header text, letters -> header."""

    sheet: Sheet
    row: int
    texts: Mapping[str, str]
    headers: Mapping[str, Header]


def bind(opened: Opened, schema: Schema) -> Bound:
    """The tables of a book; their `values` are frames without columns, to be filled by cleaning.

    Raises:
        NothingBound: no sheet is a table of the schema.
    """
    vocabulary = Vocabulary(schema)
    headed = {sheet.name: found for sheet in opened.sheets if (found := _head(sheet, vocabulary))}
    choice = choose([_candidate(each, vocabulary) for each in headed.values()])
    if not choice.readings:
        names = "、".join(sheet.name for sheet in opened.sheets)
        raise NothingBound(path=opened.source.path, sheets=names)
    kept = {name: _records(headed[name]) for name in choice.readings}
    tables = {
        reading.table: _table(headed[name], reading, kept[name].cells, schema)
        for name, reading in choice.readings.items()
    }
    findings = [
        each
        for name, reading in choice.readings.items()
        for each in _table_findings(headed[name], tables[reading.table], reading, kept[name], schema)
    ]
    findings += _sheet_findings(choice, schema)
    book = Book(
        source=opened.source,
        tables=tables,
        untouched=tuple(sheet.name for sheet in opened.sheets if sheet.name not in choice.readings),
        lang=_majority(
            header.lang for name in choice.readings for header in _bound_headers(headed[name], choice.readings[name])
        ),
    )
    return Bound(book, Findings.of(findings))


def _head(sheet: Sheet, vocabulary: Vocabulary) -> _Headed | None:
    """The header of a sheet, or None for a sheet without one that is known."""
    row = find_header(sheet.cells, vocabulary.knows)
    if row is None:
        return None
    texts = {str(letters): text for letters, cell in sheet.cells.loc[row].items() if (text := _shown(cell))}
    return _Headed(sheet, row, texts, {letters: read_header(text) for letters, text in texts.items()})


def _shown(cell: object) -> str:
    """The text of a header cell; '' for an empty one."""
    if isinstance(cell, Formula):
        cell = cell.cached
    if cell is None or cell != cell:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell).strip()


def _candidate(headed: _Headed, vocabulary: Vocabulary) -> Candidate:
    name = headed.sheet.name
    readings = tuple(read_as(words, headed.headers, name, vocabulary) for words in vocabulary.tables.values())
    return Candidate(name, len(headed.sheet.cells), readings)


def _records(headed: _Headed) -> Records:
    return records(headed.sheet.cells, headed.row, headed.texts)


def _table(headed: _Headed, reading: Reading, cells: pd.DataFrame, schema: Schema) -> Table:
    table = schema.tables[reading.table]
    units = {
        name: headed.headers[letters].factor
        for name, letters in reading.columns.items()
        if table[base_name(name)].kind in _SCALED and headed.headers[letters].factor != 1.0
    }
    return Table(
        name=reading.table,
        sheet=headed.sheet.name,
        header_row=headed.row,
        cells=cells,
        columns=reading.columns,
        headers=headed.texts,
        key=table.key,
        values=pd.DataFrame(index=cells.index),
        lang=_majority(header.lang for header in _bound_headers(headed, reading)),
        units=units,
        hidden=headed.sheet.hidden & frozenset(cells.index),
    )


def _bound_headers(headed: _Headed, reading: Reading) -> Iterator[Header]:
    return (headed.headers[letters] for letters in reading.columns.values())


def _majority(langs: Iterable[str]) -> str:
    """The commoner language; Chinese when they are as common."""
    counts = Counter(langs)
    return "en" if counts["en"] > counts["zh"] else "zh"


def _found(card: RuleCard, table: Table, message: str, **facts: object) -> Finding:
    """A finding on the structure of a table; `row`, `column`, `field` and `value` may be given among the facts."""
    places = {name: facts.pop(name) for name in ("row", "column", "field", "value") if name in facts}
    return Finding(
        rule=card.code,
        severity=card.severity,
        table=table.name,
        sheet=table.sheet,
        message=message,
        arguments=facts or None,
        **places,  # type: ignore[arg-type]  # the four names above, each of its field's type
    )


def _table_findings(
    headed: _Headed, table: Table, reading: Reading, kept: Records, schema: Schema
) -> Iterator[Finding]:
    yield from _column_findings(headed, table, reading)
    for name in missing_fields(schema.tables[table.name], reading.columns):
        yield _found(
            cards.MISSING_COLUMN,
            table,
            N_("no column for {label}: add one with this header, or give an existing column this header"),
            row=table.header_row,
            field=name,
            label=schema.tables[table.name][name].labels,
        )
    for row in kept.totals:
        message = N_("row {row} is a total or a remark, not a record: it is left out and not touched")
        yield _found(cards.TOTAL_ROW, table, message, row=row)
    for row in kept.headers:
        message = N_("row {row} repeats the header: it is left out and not touched")
        yield _found(cards.REPEATED_HEADER, table, message, row=row)


def _column_findings(headed: _Headed, table: Table, reading: Reading) -> Iterator[Finding]:
    twins = {letters: other for letters, other in sorted(reading.doubles.items()) if _twins(headed, letters, other)}
    for letters, other in twins.items():
        yield _found(
            cards.SECOND_COLUMN,
            table,
            N_("{value} stands in column {used} too, which is used; give one of the two another header"),
            row=table.header_row,
            column=letters,
            value=table.headers[letters],
            used=other,
        )
    bound = {*reading.columns.values(), *twins}
    unknown = [letters for letters in headed.texts if letters not in bound]
    if unknown:
        yield _found(
            cards.UNKNOWN_COLUMNS,
            table,
            N_("columns that are kept as they are and not checked: {value}"),
            row=table.header_row,
            column=unknown[0],
            value="、".join(table.headers[letters] for letters in unknown),
        )
    nameless = [str(letters) for letters in table.cells.columns if letters not in headed.texts]
    for letters in nameless:
        if not empty_rows(table.cells[[letters]]).all():
            yield _found(
                cards.NAMELESS_COLUMN,
                table,
                N_("column {letters} has values and no header: give it one, or it is only carried along"),
                row=table.header_row,
                column=letters,
                letters=letters,
            )


def _twins(headed: _Headed, letters: str, other: str) -> bool:
    """Whether two columns have the same header, spelling apart."""
    return other in headed.headers and headed.headers[letters].folds == headed.headers[other].folds


def _sheet_findings(choice: Choice, schema: Schema) -> Sequence[Finding]:
    found = []
    for sheet, (table, holder) in choice.lost.items():
        found.append(
            Finding(
                rule=cards.SECOND_SHEET.code,
                severity=cards.SECOND_SHEET.severity,
                table=table,
                sheet=sheet,
                value=sheet,
                message=N_("{value} looks like {table} too, which is read from {holder}; put the rows into one sheet"),
                arguments={"table": schema.tables[table].labels, "holder": holder},
            )
        )
    for sheet, (table, other) in choice.unsure.items():
        found.append(
            Finding(
                rule=cards.UNSURE_TABLE.code,
                severity=cards.UNSURE_TABLE.severity,
                table=table,
                sheet=sheet,
                value=sheet,
                message=N_("the sheet {value} is read as {table}; if it is {other}, name the sheet so"),
                arguments={"table": schema.tables[table].labels, "other": schema.tables[other].labels},
            )
        )
    return found
