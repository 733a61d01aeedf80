"""Sheets to tables, headers to fields: every column and every sheet that is not understood is carried, and said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from crmsheet.book.blocks import Pin
from crmsheet.book.layout.filled import empty_rows
from crmsheet.book.layout.reading import read_layout
from crmsheet.book.opened import Opened
from crmsheet.core.book import PART_ROWS, Book, Sheet, Table
from crmsheet.core.errors import NothingBound
from crmsheet.core.findings import Finding, Findings
from crmsheet.core.messages import N_, Message
from crmsheet.core.rules import RuleCard
from crmsheet.core.schema import Schema
from crmsheet.schema import cards
from crmsheet.schema.assembling import assembled, bound_headers, majority
from crmsheet.schema.choosing import Candidate, Choice, Joins, choose
from crmsheet.schema.headed import Headed, headed
from crmsheet.schema.headers import Header
from crmsheet.schema.joining import Side, is_aside, sides, why_apart
from crmsheet.schema.matching import Reading, missing_fields, read_as
from crmsheet.schema.vocabulary import Vocabulary

_LEFT_OUT: Mapping[str, str] = MappingProxyType(
    {
        "total": N_("row {row} is a total or a remark, not a record: it is left out and not touched"),
        "repeated": N_("row {row} repeats the header: it is left out and not touched"),
        "example": N_("row {row} is an example left in a template, not a record: it is left out and not touched"),
        "unit": N_("row {row} names units, it is no record: it is left out and not touched"),
    }
)


@dataclass(frozen=True, slots=True)
class Bound:
    """A book with its tables recognised, and what is to be said about its structure."""

    book: Book
    findings: Findings


def bind(opened: Opened, schema: Schema, pins: Mapping[str, Pin] = MappingProxyType({})) -> Bound:
    """The tables of a book; their `values` are frames without columns, to be filled by cleaning.

    `pins` is what the user settled, by the name of the sheet.

    Raises:
        NothingBound: no sheet is a table of the schema.
    """
    vocabulary = Vocabulary(schema)
    blocks = [each for sheet in opened.sheets for each in _blocks(sheet, vocabulary, pins.get(sheet.name, Pin()))]
    choice = choose([_candidate(each, vocabulary) for each in blocks], _joins(blocks, schema))
    if not choice.readings:
        raise NothingBound(path=opened.source.path, sheets="、".join(sheet.name for sheet in opened.sheets))
    names = list(dict.fromkeys(reading.table for reading in choice.readings.values()))
    made = {name: sides(blocks, choice.readings, name) for name in names}
    tables = {name: assembled(each, schema) for name, each in made.items()}
    findings = [
        each
        for name, table in tables.items()
        for number, side in enumerate(made[name])
        for each in _part_findings(side, table, number, schema)
    ]
    findings += [each for name, table in tables.items() for each in _joined_findings(table, made[name])]
    findings += _sheet_findings(choice, blocks, schema)
    used = {blocks[at].sheet.name for at in choice.readings}
    book = Book(
        source=opened.source,
        tables=tables,
        untouched=tuple(sheet.name for sheet in opened.sheets if sheet.name not in used),
        lang=majority(header.lang for each in made.values() for side in each for header in bound_headers(side)),
    )
    return Bound(book, Findings.of(findings))


def _blocks(sheet: Sheet, vocabulary: Vocabulary, pin: Pin) -> Iterator[Headed]:
    return headed(sheet, read_layout(sheet, vocabulary.knows, pin), pin)


def _candidate(block: Headed, vocabulary: Vocabulary) -> Candidate:
    """A block as one of the tables; as the only one that the user named, if so."""
    pinned = block.pin.table in vocabulary.tables
    words = [vocabulary.tables[block.pin.table]] if pinned else vocabulary.tables.values()
    readings = tuple(read_as(each, block.headers, block.title, vocabulary) for each in words)
    return Candidate(len(block.block.rows), readings, is_aside(block.sheet.name), pinned)


def _joins(blocks: list[Headed], schema: Schema) -> Joins:
    """What keeps a block out of a table that others are."""

    def why(at: int, reading: Reading, others: Mapping[int, Reading], rival: bool) -> str:
        key = schema.tables[reading.table].key
        return why_apart(Side(blocks[at], reading), sides(blocks, others, reading.table), key, rival=rival)

    return why


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


def _part_findings(side: Side, table: Table, number: int, schema: Schema) -> Iterator[Finding]:
    """What is to be said about one block of a table."""
    block, base = side.headed.block, number * PART_ROWS
    yield from _column_findings(side, table, number)
    for name in missing_fields(schema.tables[table.name], side.reading.columns):
        yield _found(
            cards.MISSING_COLUMN,
            table,
            N_("no column for {label}: add one with this header, or give an existing column this header"),
            row=base + block.header_row,
            field=name,
            label=schema.tables[table.name][name].labels,
        )
    for row, kind in block.aside.items():
        if row > block.header_row:
            card = cards.REPEATED_HEADER if kind == "repeated" else cards.TOTAL_ROW
            yield _found(card, table, _LEFT_OUT.get(kind, _LEFT_OUT["total"]), row=base + row)
    for doubt in (*block.doubts, *side.headed.layout.doubts):
        found = _found(cards.LAYOUT, table, doubt.question.template, row=base + doubt.row)
        yield replace(found, arguments=doubt.question.arguments)


def _column_findings(side: Side, table: Table, number: int) -> Iterator[Finding]:
    block, headers = side.headed.block, side.headed.headers
    row = number * PART_ROWS + block.header_row
    here = {there: letters for letters, there in (table.parts[number].letters or {}).items()}
    doubles = sorted(side.reading.doubles.items())
    twins = {letters: other for letters, other in doubles if _twins(headers, letters, other)}
    for letters, other in twins.items():
        yield _found(
            cards.SECOND_COLUMN,
            table,
            N_("{value} stands in column {used} too, which is used; give one of the two another header"),
            row=row,
            column=here.get(letters, letters),
            value=block.headers[letters],
            used=other,
        )
    bound = {*side.reading.columns.values(), *twins}
    unknown = [letters for letters in block.headers if letters not in bound]
    if unknown:
        yield _found(
            cards.UNKNOWN_COLUMNS,
            table,
            N_("columns that are kept as they are and not checked: {value}"),
            row=row,
            column=here.get(unknown[0], unknown[0]),
            value="、".join(block.headers[letters] for letters in unknown),
        )
    nameless = [letters for letters in block.columns if letters not in block.headers]
    for letters in nameless:
        if not empty_rows(side.headed.cells[[letters]]).all():
            yield _found(
                cards.NAMELESS_COLUMN,
                table,
                N_("column {letters} has values and no header: give it one, or it is only carried along"),
                row=row,
                column=here.get(letters, letters),
                letters=letters,
            )


def _twins(headers: Mapping[str, Header], letters: str, other: str) -> bool:
    """Whether two columns have the same header, spelling apart."""
    return other in headers and headers[letters].folds == headers[other].folds


def _joined_findings(table: Table, made: Sequence[Side]) -> Iterator[Finding]:
    """That a table was put together, and of what."""
    if not table.joined:
        return
    sheets = [side.headed.sheet.name for side in made]
    if len(set(sheets)) > 1:
        message = N_("read together from {count} sheets: {value}")
        yield _found(cards.SECOND_SHEET, table, message, value="、".join(dict.fromkeys(sheets)), count=len(set(sheets)))
    for sheet in dict.fromkeys(each for each in sheets if sheets.count(each) > 1):
        message = N_("{count} tables of the sheet {value} are read as one")
        yield _found(cards.SECOND_SHEET, table, message, value=sheet, count=sheets.count(sheet))


def _sheet_findings(choice: Choice, blocks: Sequence[Headed], schema: Schema) -> Sequence[Finding]:
    found = []
    for at, each in choice.apart.items():
        sheet = blocks[at].sheet.name
        found.append(
            Finding(
                rule=cards.SECOND_SHEET.code,
                severity=cards.SECOND_SHEET.severity,
                table=each.table,
                sheet=sheet,
                value=sheet,
                message=N_(
                    "{value} looks like {table} too, which is read from {holder}, and is left out: {why}; "
                    'to read both, write table = "{name}" under [layout."{value}"] in crmsheet.toml; header = 0 there '
                    "settles it"
                ),
                arguments={
                    "table": schema.tables[each.table].labels,
                    "name": each.table,
                    "holder": blocks[each.holder].sheet.name,
                    "why": Message(each.why),
                },
            )
        )
    for at, (table, other) in choice.unsure.items():
        sheet = blocks[at].sheet.name
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
