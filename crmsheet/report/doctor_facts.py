"""What a file holds beside tables, the worst first: what hides, what a colour means, what does not compute."""

from __future__ import annotations

import colorsys
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from crmsheet.book.ooxml.anatomy import THINGS, Anatomy, SheetAnatomy
from crmsheet.core.book import Sheet, Table
from crmsheet.core.cells import CellError, Formula
from crmsheet.core.messages import N_, Message, Text, chained
from crmsheet.core.outcome import Section
from crmsheet.core.schema import Schema
from crmsheet.report.doctor_layout import Understanding, cut_short, numbers
from crmsheet.schema.vocabulary import base_name

_FACTS, _WHAT, _WHERE = N_("What else is in the file"), N_("What"), N_("Where")
_OPEN = N_("it is open elsewhere: nothing can be written now")
_COPIES = N_("files beside it that look like copies: which one is the right one?")
_NAMED = N_("it is {kind}, and named otherwise")
_REFUSED = N_("it can be read, and not be written ({reason})")
_UNCOMPUTED = N_("formulas without a stored result: {count:,}; open and save it once in Excel or WPS")
_ERRORS = N_("cells with an error value: {count:,}")
_FILTERED = N_("a filter hides rows; they are read like all others")
_ROWS_HIDDEN = N_("hidden rows: {count:,}; they are read like all others")
_COLUMNS_HIDDEN = N_("hidden columns; they are read like all others")
_SHEETS_HIDDEN = N_("hidden sheets; they are read like all others")
_COLOURED = N_("{colour}: {count:,} rows; crmsheet reads no colours, so put into a column what they mean")
_COMMENTS = N_("comments: {count:,}; kept, and not read")
_PROTECTED = N_("protected sheets; their locked cells are not written")
_MERGED = N_("merged cells: {count:,}")
_INFLATED = N_("the file claims cells down to {extent}: it was formatted far beyond its contents")
_AS_TEXT = N_("numbers kept as text: {count:,}")
_AS_NUMBER = N_(
    "phone or identity numbers kept as numbers: {count:,}; a zero in front and digits after the 15th get lost"
)
_FORMULAS = N_("formulas: {count:,}; kept, and their results are read")
_OUTLINES = N_("grouped rows or columns")
_DATES = N_("its days count from 1904")
_THING: Mapping[str, str] = {
    "macros": N_("macros; carried untouched"),
    "pictures": N_("pictures: {count:,}; carried untouched"),
    "charts": N_("charts: {count:,}; carried untouched"),
    "pivots": N_("pivot tables: {count:,}; carried untouched"),
    "slicers": N_("slicers; carried untouched"),
    "tables": N_("Excel tables: {count:,}; they grow with new rows and columns"),
    "objects": N_("embedded objects: {count:,}; carried untouched"),
    "links": N_("links to other workbooks; carried untouched"),
    "connections": N_("connections to a database or a web page; carried untouched"),
}
_PROGRAM = N_("written by {program}")
_TEXT_FILE = N_("a text file in {encoding}, its values separated by {separator}")
_KINDS: Mapping[str, str] = {"xlsx": N_("an Excel workbook"), "csv": N_("a text file with separated values")}
_FILL, _FONT = N_("{colour} fill"), N_("{colour} font")
_COLOURS: tuple[tuple[float, str], ...] = (
    (15, N_("red")), (45, N_("orange")), (70, N_("yellow")), (165, N_("green")), (260, N_("blue")), (320, N_("purple")),
    (345, N_("pink")), (361, N_("red")),
)  # fmt: skip
_GREY = N_("grey")
_MOST_SHARE, _STRIPES = 0.6, 0.8
_FAR = 10_000
_FIRST = 3
_NUMBER = re.compile(r"\s*[¥￥$€]?\s*-?\d[\d,]*(?:\.\d+)?\s*")
_NUMERIC = frozenset({"money", "number", "integer", "percent"})
_DIGITS = frozenset({"phone", "id_card", "uscc"})
_TABULATOR, _COMMA = N_("tabulators"), N_("commas")


@dataclass(frozen=True, slots=True)
class Found:
    """What is known of a file beside its cells; `anatomy` None where it is no workbook, or refused with `refused`."""

    suffix: str
    format: str
    anatomy: Anatomy | None = None
    refused: Text | None = None
    holder: Text = ""
    copies: tuple[str, ...] = ()
    date1904: bool = False
    encoding: str = ""
    separator: str = ""


def sections(
    found: Found, sheets: Sequence[Sheet], seen: Understanding, schema: Schema, *, full: bool
) -> tuple[Section, ...]:
    """One row per fact, the worst first: what it is and what follows, and where."""
    facts = (*_of_file(found), *_of_cells(sheets, seen, schema), *_of_parts(found, sheets, seen))
    ordered = sorted(facts, key=lambda fact: fact[0])
    rows, note = cut_short(tuple((what, where or None) for _, what, where in ordered), full=full)
    return (Section(Message(_FACTS), (Message(_WHAT), Message(_WHERE)), rows, note, name="facts"),) if rows else ()


Fact = tuple[int, Message, Any]
"""How urgent it is, what it is, and where."""


def _of_file(found: Found) -> Iterator[Fact]:
    if found.holder:
        yield 0, Message(_OPEN), found.holder
    if found.copies:
        yield 1, Message(_COPIES), _few(found.copies)
    if found.refused is not None:
        yield 2, Message(_REFUSED, {"reason": found.refused}), ""
    if found.suffix and not _fits(found):
        kind = Message(_KINDS[found.format]) if found.format in _KINDS else found.format
        yield 3, Message(_NAMED, {"kind": kind}), found.suffix
    if found.date1904:
        yield 30, Message(_DATES), ""
    if found.anatomy and found.anatomy.program:
        yield 40, Message(_PROGRAM, {"program": found.anatomy.program[:40]}), ""
    if found.encoding:
        separator = {"\t": Message(_TABULATOR), ",": Message(_COMMA)}.get(found.separator, found.separator)
        yield 40, Message(_TEXT_FILE, {"encoding": found.encoding, "separator": separator}), ""


def _fits(found: Found) -> bool:
    """Whether the name of a file ends as its kind does."""
    if found.format == "xlsx":
        return found.suffix in (".xlsx", ".xlsm", ".xltx", ".xltm")
    if found.format == "csv":
        return found.suffix in (".csv", ".tsv", ".tab", ".txt")
    return found.suffix == f".{found.format}"


def _of_cells(sheets: Sequence[Sheet], seen: Understanding, schema: Schema) -> Iterator[Fact]:
    formulas, uncomputed, errors = _computed(sheets)
    if uncomputed:
        yield 4, Message(_UNCOMPUTED, {"count": sum(uncomputed.values())}), _counted(uncomputed)
    if errors:
        yield 5, Message(_ERRORS, {"count": len(errors)}), _few(errors)
    for urgency, template, kinds, wanted in ((14, _AS_TEXT, _NUMERIC, str), (13, _AS_NUMBER, _DIGITS, float)):
        columns = dict(_misplaced(seen, schema, kinds, wanted))
        if columns:
            yield urgency, Message(template, {"count": sum(columns.values())}), _few(columns)
    if formulas:
        yield 31, Message(_FORMULAS, {"count": sum(formulas.values())}), _counted(formulas)
    hidden = {sheet.name: sheet.hidden & frozenset(sheet.cells.index) for sheet in sheets}
    hidden = {name: rows for name, rows in hidden.items() if rows}
    if hidden:
        where = "; ".join(f"{name} {numbers(rows)}" for name, rows in list(hidden.items())[:_FIRST])
        yield 7, Message(_ROWS_HIDDEN, {"count": sum(map(len, hidden.values()))}), where
    locked = [sheet.name for sheet in sheets if sheet.locked]
    if locked:
        yield 11, Message(_PROTECTED), _few(locked)
    merged = {sheet.name: len(sheet.merged) for sheet in sheets if sheet.merged}
    if merged:
        yield 20, Message(_MERGED, {"count": sum(merged.values())}), _counted(merged)


def _computed(sheets: Sequence[Sheet]) -> tuple[Counter[str], Counter[str], list[str]]:
    """Formulas by sheet, those without a stored result by sheet, and the places of error values."""
    formulas: Counter[str] = Counter()
    uncomputed: Counter[str] = Counter()
    errors: list[str] = []
    for sheet in sheets:
        for letters in sheet.cells:
            column = sheet.cells[letters]
            for row, cell in zip(column.index, column.tolist(), strict=True):
                result = cell
                if type(cell) is Formula:
                    formulas[sheet.name] += 1
                    uncomputed[sheet.name] += cell.cached is None
                    result = cell.cached
                if type(result) is CellError:
                    errors.append(f"{sheet.name}!{letters}{row} {result.code}")
    return formulas, +uncomputed, errors


def _misplaced(seen: Understanding, schema: Schema, kinds: frozenset[str], wanted: type) -> Iterator[tuple[str, int]]:
    """Columns of some kinds of field whose numbers are of a type that they should not have -> how many."""
    tables: dict[str, Table] = {
        each.table.name: each.table for many in seen.stretches.values() for each in many if each.table is not None
    }
    for table in tables.values():
        for name, letters in table.columns.items():
            if schema.tables[table.name][base_name(name)].kind not in kinds:
                continue
            cells = table.cells[letters].tolist()
            count = sum(
                type(cell) is wanted and (wanted is float or bool(_NUMBER.fullmatch(str(cell)))) for cell in cells
            )
            if count:
                sheet, _, at = table.place(0, letters)
                yield f"{sheet}!{at}", count


def _of_parts(found: Found, sheets: Sequence[Sheet], seen: Understanding) -> Iterator[Fact]:
    if found.anatomy is None:
        return
    known = found.anatomy.sheets
    yield from _hiding(known)
    yield from _colours(known, seen)
    comments = {name: each.comments for name, each in known.items() if each.comments}
    if comments:
        places = [f"{name}!{place}" for name, many in comments.items() for place in many]
        yield 10, Message(_COMMENTS, {"count": len(places)}), _few(places)
    for sheet in sheets:
        if extent := _inflated(sheet, known.get(sheet.name)):
            yield 21, Message(_INFLATED, {"extent": extent}), sheet.name
    outlined = [name for name, each in known.items() if each.outlined]
    if outlined:
        yield 22, Message(_OUTLINES), _few(outlined)
    for thing in THINGS:
        having = Counter({name: count for name, each in known.items() if (count := each.things.get(thing, 0))})
        count = found.anatomy.things.get(thing, 0) + sum(having.values())
        if count:
            yield 32, Message(_THING[thing], {"count": count}), _counted(having)


def _hiding(known: Mapping[str, SheetAnatomy]) -> Iterator[Fact]:
    filtering = [f"{name}!{each}" for name, sheet in known.items() for each in sheet.filtering]
    if filtering:
        yield 6, Message(_FILTERED), _few(filtering)
    columns = [f"{name}!{each}" for name, sheet in known.items() for each in sheet.hidden]
    if columns:
        yield 8, Message(_COLUMNS_HIDDEN), _few(columns)
    states = [name for name, sheet in known.items() if sheet.state]
    if states:
        yield 9, Message(_SHEETS_HIDDEN), _few(states)


def _colours(known: Mapping[str, SheetAnatomy], seen: Understanding) -> Iterator[Fact]:
    """Colours that some records of a table have; those of most, or of every other one, are decoration."""
    for name, stretches in seen.stretches.items():
        painted = known[name].painted if name in known else {}
        for each in stretches:
            rows = each.block.rows
            for (where, colour), having in sorted(_by_colour(painted, rows).items()):
                if len(having) > _MOST_SHARE * len(rows) or _striped(having):
                    continue
                named = Message(_FILL if where == "fill" else _FONT, {"colour": Message(colour)})
                place = f"{name} {numbers(having)}"
                yield 10 - (where == "fill"), Message(_COLOURED, {"colour": named, "count": len(having)}), place


def _by_colour(
    painted: Mapping[int, frozenset[tuple[str, str]]], rows: Sequence[int]
) -> dict[tuple[str, str], list[int]]:
    """(fill or font, name of the colour) -> the records that have it."""
    found: dict[tuple[str, str], list[int]] = {}
    for row in rows:
        for where, colour in {(where, colour_name(rgb)) for where, rgb in painted.get(row, ())}:
            found.setdefault((where, colour), []).append(row)
    return found


def _striped(rows: Sequence[int]) -> bool:
    """Whether rows follow each other by twos, as the bands of a table do."""
    gaps = [second - first for first, second in pairwise(rows)]
    return len(gaps) > 1 and sum(gap == 2 for gap in gaps) >= _STRIPES * len(gaps)


def colour_name(rgb: str) -> str:
    """What people call a colour, as a template."""
    hue, light, depth = colorsys.rgb_to_hls(*(int(rgb[at : at + 2], 16) / 255 for at in (0, 2, 4)))
    if depth < 0.15 or light > 0.97 or light < 0.05:
        return _GREY
    return next(name for limit, name in _COLOURS if hue * 360 < limit)


def _inflated(sheet: Sheet, known: SheetAnatomy | None) -> str:
    """The last cell that a sheet claims to have, where that is far beyond what is in it."""
    if known is None or known.extent is None or sheet.cells.empty:
        return ""
    claimed = known.extent.bottom * known.extent.right
    last = int(sheet.cells.index[-1]) * len(sheet.cells.columns)
    return str(known.extent).rpartition(":")[2] if claimed > _FAR and claimed > 10 * last else ""


def _few(places: Any) -> str:
    """The first places, and how many more there are."""
    known = list(places)
    return ", ".join(known[:_FIRST]) + (f" ... (+{len(known) - _FIRST})" if len(known) > _FIRST else "")


def _counted(by_sheet: Mapping[str, int]) -> Text:
    """Sheets with their counts."""
    return chained([f"{name} {count}" for name, count in list(by_sheet.items())[:_FIRST]], N_(", "))
