"""How the sheets of a file were read: header, records, the rows beside them, and which column is which field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from crmsheet.book.blocks import Block, Doubt, Layout
from crmsheet.core.book import Book, Part, Table
from crmsheet.core.cells import column_number
from crmsheet.core.messages import N_, Message, Text, chained
from crmsheet.core.outcome import Section
from crmsheet.core.schema import Schema
from crmsheet.report.words import label
from crmsheet.schema.headers import read_header
from crmsheet.schema.matching import WEAK_RANK
from crmsheet.schema.vocabulary import Vocabulary, base_name

SURE, FAIRLY = 0.9, 0.6
LISTED = 10
"""Lines of a section on the first page; the rest is counted, and `-f json` has all."""
MORE = N_("... {count:,} more; `-f json` lists them all")

_ASIDE: Mapping[str, str] = {
    "title": N_("title in row {rows}"),
    "note": N_("note in row {rows}"),
    "total": N_("total in row {rows}"),
    "repeated": N_("header again in row {rows}"),
    "example": N_("example in row {rows}"),
    "unit": N_("units in row {rows}"),
    "signature": N_("signature in row {rows}"),
}
_MOST_ROWS, _MOST_NAMED = 3, 4
_QUESTION = N_("Question")
_SHEETS, _QUESTIONS, _COLUMNS = N_("How each sheet was read"), N_("Questions"), N_("What the columns of {sheet} are")
_SHEET, _IS, _HEADER, _RECORDS, _BESIDE, _SURENESS = (
    N_("Sheet"),
    N_("Read as"),
    N_("Header"),
    N_("Records"),
    N_("Beside them"),
    N_("Confidence"),
)
_SURENESSES = (N_("sure ({share}%)"), N_("fairly sure ({share}%)"), N_("unsure ({share}%)"))
_NO_TABLE, _EMPTY, _OTHER = N_("no table: no header found"), N_("empty"), N_("a table that crmsheet does not know")
_PINNED = N_("no table, says crmsheet.toml")
_ROW, _ROWS = N_("row {row}"), N_("rows {first}-{last}")
_COLUMN, _SAYS, _MEANS, _WHY = N_("Column"), N_("Header"), N_("Read as"), N_("Why")
_NAMELESS = N_("(no header)")
_CARRIED = N_("carried along")
_BY_LABEL, _BY_ALIAS, _BY_GUESS = N_("its name"), N_("another name for it"), N_("may be a name for it")
_BY_NUMBER = N_("number {number} of several")
_BY_GROUP = N_("under the heading {group}")
_BY_CONTENTS = N_("by what stands in it")
_UNKNOWN = N_("unknown: kept, not checked")
_WITHOUT = N_("values without a header: kept, not checked")


@dataclass(frozen=True, slots=True)
class Stretch:
    """A block of a sheet and the table that it is a part of; None where it is no table of the schema."""

    block: Block
    table: Table | None = None
    part: Part | None = None

    def field_of(self, letters: str) -> str:
        """The field that a column of the sheet was read as, '' for none."""
        if self.table is None or self.part is None:
            return ""
        part = self.part
        return next((name for name, each in self.table.columns.items() if part.letters_of(each) == letters), "")


@dataclass(frozen=True, slots=True)
class Understanding:
    """What was understood of a file: its layouts in the order of the sheets, and the stretches that are in them.

    `empty` and `pinned` name sheets without any cell, and those of which crmsheet.toml says that they are no tables;
    `asked` are questions beside those of the layouts, with their sheets.
    """

    layouts: tuple[Layout, ...]
    stretches: Mapping[str, tuple[Stretch, ...]]
    empty: frozenset[str] = frozenset()
    pinned: frozenset[str] = frozenset()
    asked: tuple[tuple[str, Doubt], ...] = ()

    @property
    def doubts(self) -> tuple[tuple[str, Doubt], ...]:
        """Every question with the name of its sheet; what is no table of a book that has some is not asked about."""
        some = any(each.table is not None for many in self.stretches.values() for each in many)
        found: list[tuple[str, Doubt]] = []
        for layout in self.layouts:
            asked = (each for each in self.stretches.get(layout.sheet, ()) if each.table is not None or not some)
            found += [(layout.sheet, doubt) for each in asked for doubt in each.block.doubts]
            found += [(layout.sheet, doubt) for doubt in layout.doubts]
        return (*found, *self.asked)

    @property
    def confidence(self) -> float:
        """That of the table about which the least is sure; 0 where nothing is a table."""
        sure = (each.block.confidence for many in self.stretches.values() for each in many if each.table is not None)
        return min(sure, default=0.0)


def understanding(
    layouts: Iterable[Layout],
    book: Book | None,
    empty: frozenset[str],
    pinned: frozenset[str],
    asked: tuple[tuple[str, Doubt], ...],
) -> Understanding:
    """The layouts, each block with the table that a bound book made of it."""
    parts = [(table, part) for table in (book.tables.values() if book else ()) for part in table.parts]
    known = tuple(layouts)
    stretches = {layout.sheet: tuple(_stretch(block, parts) for block in layout.blocks) for layout in known}
    return Understanding(known, stretches, empty, pinned, asked)


def _stretch(block: Block, parts: Iterable[tuple[Table, Part]]) -> Stretch:
    """A block with what a book made of it; tables beside each other differ by their columns alone."""
    for table, part in parts:
        if (part.sheet, part.header_row) == (block.sheet, block.header_row) and any(
            part.letters_of(letters) in block.columns for letters in table.columns.values()
        ):
            return Stretch(block, table, part)
    return Stretch(block)


def sections(seen: Understanding, schema: Schema, *, full: bool) -> tuple[Section, ...]:
    """Questions first, then a line per sheet, then a line per column.

    Unless it is `full`, the columns of the customers only: a book of twelve tables would fill three screens.
    """
    vocabulary = Vocabulary(schema)
    tables = [
        each
        for layout in seen.layouts
        for each in seen.stretches[layout.sheet]
        if each.table is not None and (full or each.table.name == "customers" or len(seen.stretches) == 1)
    ]
    columns = (_columns(each, vocabulary, schema, full=full) for each in tables)
    return (*_questions(seen, full=full), _sheets(seen, schema, full=full), *columns)


def sureness(confidence: float) -> Message:
    """A confidence in words and as a figure."""
    at = 0 if confidence >= SURE else 1 if confidence >= FAIRLY else 2
    return Message(_SURENESSES[at], {"share": round(100 * confidence)})


def cut_short(rows: tuple[tuple[Any, ...], ...], *, full: bool) -> tuple[tuple[tuple[Any, ...], ...], Message | None]:
    """The first rows of a section, and the note on how many are left out."""
    left = 0 if full else max(len(rows) - LISTED, 0)
    return (rows[:LISTED], Message(MORE, {"count": left})) if left else (rows, None)


def _questions(seen: Understanding, *, full: bool) -> Iterator[Section]:
    rows, note = cut_short(tuple((sheet, doubt.question) for sheet, doubt in seen.doubts), full=full)
    if rows:
        yield Section(Message(_QUESTIONS), (Message(_SHEET), Message(_QUESTION)), rows, note, name="questions")


def _sheets(seen: Understanding, schema: Schema, *, full: bool) -> Section:
    rows = tuple(row for layout in seen.layouts for row in _of_sheet(layout, seen, schema))
    shown, note = cut_short(rows, full=full)
    titles = tuple(map(Message, (_SHEET, _IS, _HEADER, _RECORDS, _BESIDE, _SURENESS)))
    return Section(Message(_SHEETS), titles, shown, note, name="sheets")


def _of_sheet(layout: Layout, seen: Understanding, schema: Schema) -> Iterator[tuple[Any, ...]]:
    stretches = seen.stretches[layout.sheet]
    if not stretches:
        why = _EMPTY if layout.sheet in seen.empty else _PINNED if layout.sheet in seen.pinned else _NO_TABLE
        yield layout.sheet, Message(why), None, None, None, None
    for at, each in enumerate(stretches):
        block = each.block
        beside = {**(layout.aside if at == 0 else {}), **block.aside}
        name: Text = label(schema, each.table.name) if each.table else Message(_OTHER)
        yield (
            layout.sheet,
            name,
            _span(block.header_rows),
            len(block.rows),
            _beside(beside),
            sureness(block.confidence) if each.table else None,
        )


def _span(rows: tuple[int, ...]) -> Message:
    if len(rows) == 1:
        return Message(_ROW, {"row": str(rows[0])})
    return Message(_ROWS, {"first": str(rows[0]), "last": str(rows[-1])})


def _beside(aside: Mapping[int, str]) -> Text | None:
    """The rows beside the records by what they are: `title in row 1, total in row 60`."""
    kinds: dict[str, list[int]] = {}
    for row, kind in sorted(aside.items()):
        kinds.setdefault(kind, []).append(row)
    said: list[Text] = [Message(_ASIDE[kind], {"rows": numbers(rows)}) for kind, rows in kinds.items()]
    return chained(said, N_(", ")) if said else None


def numbers(rows: Iterable[int], most: int = _MOST_ROWS) -> str:
    """Row numbers, stretches of them as `5-9`; the first few."""
    runs: list[list[int]] = []
    for row in sorted(rows):
        if runs and row == runs[-1][1] + 1:
            runs[-1][1] = row
        else:
            runs.append([row, row])
    said = [str(first) if first == last else f"{first}-{last}" for first, last in runs[:most]]
    return ", ".join(said) + (" ..." if len(runs) > most else "")


def _columns(stretch: Stretch, vocabulary: Vocabulary, schema: Schema, *, full: bool) -> Section:
    """One row per column; what was not understood is told first, each kind of it in one row unless it is `full`."""
    block, table = stretch.block, stretch.table
    assert table is not None  # noqa: S101  (for mypy; the caller looked)
    fields = {letters: stretch.field_of(letters) for letters in block.columns}
    rows = [
        (letters, _says(block, letters), label(schema, table.name, name), _why(name, block, letters, vocabulary, table))
        for letters, name in fields.items()
        if name
    ]
    unread = [letters for letters, name in fields.items() if not name]
    groups = [[each] for each in unread]
    if not full:
        groups = [[each for each in unread if (each in block.headers) is headed] for headed in (True, False)]
    unknown = [
        (runs(letters), _said_by(block, letters), Message(_CARRIED), Message(_UNKNOWN if named else _WITHOUT))
        for letters in groups
        if letters
        for named in (letters[0] in block.headers,)
    ]
    shown, note = cut_short((*unknown, *rows), full=full)
    titles = tuple(map(Message, (_COLUMN, _SAYS, _MEANS, _WHY)))
    return Section(Message(_COLUMNS, {"sheet": block.sheet}), titles, shown, note, name=f"columns of {block.sheet}")


def _says(block: Block, letters: str) -> Text:
    """What a header says, with the heading above it."""
    header, group = block.headers.get(letters, ""), block.groups.get(letters, "")
    return f"{group} / {header}" if group else header or Message(_NAMELESS)


def _said_by(block: Block, letters: list[str]) -> Text:
    """What the headers of some columns say; the first few."""
    if letters[0] not in block.headers:
        return Message(_NAMELESS)
    said = [_says(block, each) for each in letters[:_MOST_NAMED]]
    return chained([*said, f"... ({len(letters)})"] if len(letters) > _MOST_NAMED else said, N_(", "))


def runs(letters: list[str], most: int = 4) -> str:
    """Letters of columns, neighbours as `C-F`; the first few."""
    found: list[list[str]] = []
    for each in letters:
        if found and column_number(each) == column_number(found[-1][-1]) + 1:
            found[-1][1:] = [each]
        else:
            found.append([each])
    return ", ".join("-".join(each) for each in found[:most]) + (" ..." if len(found) > most else "")


def _why(name: str, block: Block, letters: str, vocabulary: Vocabulary, table: Table) -> Message:
    """Why a column was read as a field: by its name, a number, the heading above it, or its contents."""
    header, group = block.headers.get(letters, ""), block.groups.get(letters, "")
    words, base = vocabulary.tables[table.name], base_name(name)
    _, number, meanings = words.look_up(read_header(header))
    rank = next((rank for rank, each in meanings if each == base), None)
    if rank is None:
        return Message(_BY_GROUP, {"group": group}) if group else Message(_BY_CONTENTS)
    if number:
        return Message(_BY_NUMBER, {"number": number})
    if group and "#" in name:
        return Message(_BY_GROUP, {"group": group})
    return Message(_BY_LABEL if rank == 0 else _BY_GUESS if rank >= WEAK_RANK else _BY_ALIAS)
