"""Rows and columns of two sheets as they are seen: whether they are the same, row by row."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache

from crmsheet.book.ooxml.areas import letters
from crmsheet.book.ooxml.markup import Element, attribute, plain, truth
from crmsheet.book.ooxml.seen_books import SeenBook, rich_text
from crmsheet.book.ooxml.seen_looks import Look, is_blank
from crmsheet.book.ooxml.sheet import CellText, RowText, SheetText, type_of
from crmsheet.book.shared_formulas import SharedFormula
from crmsheet.core.cells import LAST_COLUMN

_TOLERANCE = 1.5
"""Points of a row, or characters of a column, that programs compute otherwise."""
_HEIGHT, _WIDTH = 15.0, 9.14
_DIGITS = 14


def same_cells(one: SeenBook, here: SheetText, other: SeenBook, there: SheetText) -> bool:
    """Whether two sheets have the same cells, seen row by row; rows of the same bytes are not taken apart."""
    sides = _rows(one, here), _rows(other, there)
    alike = _same_numbers(one, other)
    if alike and here.part.raw == there.part.raw:
        return True
    alike = alike and not any(each.shares for each in sides)
    for number in sorted({*here.numbers, *there.numbers}):
        at, to = here.index(number), there.index(number)
        if alike and at is not None and to is not None and _slice(here, at) == _slice(there, to):
            continue
        first, second = sides[0].at(at), sides[1].at(to)
        if first.cells != second.cells or first.hidden != second.hidden or not first.size.like(second.size):
            return False
    return True


@dataclass(frozen=True, slots=True)
class _Size:
    """A height or width, and whether somebody gave it: programs write what they computed, each a little otherwise."""

    given: float
    custom: bool

    def like(self, other: _Size) -> bool:
        """Whether nobody made the one larger or smaller than the other."""
        return abs(self.given - other.given) < _TOLERANCE or not (self.custom or other.custom)


@dataclass(frozen=True, slots=True)
class _Row:
    """What a row shows."""

    cells: tuple[object, ...]
    hidden: bool
    size: _Size


def _same_numbers(one: SeenBook, other: SeenBook) -> bool:
    """Whether a number of a format or of a text means the same in both, where both have it."""
    a, b = one.looks, other.looks
    return list(a[: len(b)]) == list(b[: len(a)]) and one.texts.begins_like(other.texts)


def _slice(text: SheetText, at: int) -> bytes:
    return text.part.raw[text.starts[at] : text.starts[at + 1]]


@dataclass(slots=True)
class _Rows:
    """The rows of a sheet as they are seen; `masters` the formulas that others share, by their group."""

    seen: SeenBook
    text: SheetText
    size: _Size
    masters: dict[str, SharedFormula] = field(default_factory=dict)
    looks: dict[bytes, Look] = field(default_factory=dict)
    texts: dict[bytes, tuple[object, ...] | None] = field(default_factory=dict)

    @property
    def usual(self) -> re.Pattern[bytes]:
        """How most programs write cells without formulas: column, format, type, value."""
        return _usual_cell(self.text.part.prefix)

    @property
    def shares(self) -> bool:
        """Whether cells share formulas: then no row stands alone."""
        return re.search(rb"\st=[\"']shared[\"']", self.text.part.scan) is not None

    def at(self, place: int | None) -> _Row:
        """What a row shows; None is one that the sheet does not write."""
        if place is None:
            return _Row((), hidden=False, size=self.size)
        row = self.text.row_at(place)
        found = self._usual(row)
        if found is None:
            cells = self.text.cells(row)
            found = [
                self._seen(letters(each.column).encode(), self._look(each.style), self._value(row, each))
                for each in cells
            ]
        height = attribute(row.tag, "ht")
        custom = truth(attribute(row.tag, "customHeight"))
        return _Row(tuple(filter(None, found)), row.hidden, _Size(float(height), custom) if height else self.size)

    def _usual(self, row: RowText) -> list[object] | None:
        """The cells of a row that are all written as most programs do, without formulas; None for another row."""
        found = self.usual.findall(self.text.part.scan, row.inner, row.close)
        if len(found) != self.text.part.scan.count(self.text.grammar.cell_start, row.inner, row.close):
            return None
        seen = []
        for column, style, kind, words in found:
            look = self.looks.get(style)
            if look is None:
                look = self.looks[style] = self._look(int(style or 0))
            if not words:
                value = None
            elif kind == b"s":
                value = self.texts.get(words)
                if value is None:
                    value = self.texts[words] = self._plain_value(kind, words)
            else:
                value = self._plain_value(kind, words)
            seen.append(self._seen(column, look, value))
        return seen

    def _look(self, style: int) -> Look:
        return self.seen.looks[style] if style < len(self.seen.looks) else ()

    def _seen(self, column: bytes, look: Look, value: tuple[object, ...] | None) -> object:
        """A cell as it is seen, None for one that is not."""
        return (column, value, look) if value is not None or (look and not is_blank(look)) else None

    def _value(self, row: RowText, cell: CellText) -> tuple[object, ...] | None:
        """What a cell holds: a formula, else a value with its kind; None for nothing."""
        sheet = self.text.part
        formula = sheet.element("f", cell.start, cell.end)
        if formula is not None:
            return "=", self.seen.formula(self._formula(formula, row, cell))
        kind = type_of(cell.tag)
        if kind == b"inlineStr":
            held = sheet.element("is", cell.start, cell.end)
            return _filled(rich_text(held, self.seen.colours)) if held else None
        value = sheet.element("v", cell.start, cell.end)
        if value is None or value.inner == value.close:
            return None
        return self._plain_value(kind, value.text)

    def _plain_value(self, kind: bytes, written: bytes) -> tuple[object, ...] | None:
        """What a cell without a formula holds."""
        if not kind or kind == b"n":
            return (_number(written),)
        if kind == b"s":
            index = int(written) if written.isdigit() else -1
            return _filled(self.seen.texts[index]) if 0 <= index < len(self.seen.texts) else None
        words = plain(written).replace("\r\n", "\n")
        if kind == b"b":
            return "=", "TRUE" if truth(words) else "FALSE"
        return ("=", words) if kind == b"e" else (words,)

    def _formula(self, formula: Element, row: RowText, cell: CellText) -> str:
        words, group = plain(formula.text).strip(), formula.get("si") or ""
        if formula.get("t") == "shared":
            if words:
                self.masters[group] = SharedFormula(words, row.number, cell.column)
            if group in self.masters:
                return self.masters[group].at(row.number, cell.column)
        return words


def _rows(seen: SeenBook, text: SheetText) -> _Rows:
    return _Rows(seen, text, _Size(_default(text, "defaultRowHeight", _HEIGHT), custom=False))


@cache
def _usual_cell(prefix: bytes) -> re.Pattern[bytes]:
    p = re.escape(prefix)
    return re.compile(
        rb'<%sc r="([A-Z]+)[0-9]+"(?: s="([0-9]+)")?(?: t="([a-zA-Z]+)")?(?:/>|><%sv>([^<]*)</%sv></%sc>)'
        % (p, p, p, p)
    )


def _filled(text: tuple[object, ...]) -> tuple[object, ...] | None:
    return None if text == ("",) else text


def _number(words: bytes) -> float | bytes:
    """A number to the digits that every program keeps; those of 13 digits and less as they are."""
    try:
        return float(words) if len(words) < _DIGITS else float(f"{float(words):.14g}")
    except ValueError:
        return words


def _default(text: SheetText, name: str, usual: float) -> float:
    found = text.part.element("sheetFormatPr", 0, text.body.start)
    return float(found.get(name) or usual) if found else usual


def same_columns(one: SheetText, other: SheetText) -> bool:
    """Whether nobody made columns narrower, wider or hid them."""
    here, there = _columns(one), _columns(other)
    usual = [(False, _Size(_default(each, "defaultColWidth", _WIDTH), custom=False)) for each in (one, other)]
    for column in here.keys() | there.keys():
        a, b = here.get(column, usual[0]), there.get(column, usual[1])
        if a[0] != b[0] or not (a[0] or a[1].like(b[1])):
            return False
    return True


def _columns(text: SheetText) -> dict[int, tuple[bool, _Size]]:
    found: dict[int, tuple[bool, _Size]] = {}
    usual = _default(text, "defaultColWidth", _WIDTH)
    for each in text.part.elements("col", 0, text.body.start):
        width, custom = each.get("width"), each.get("customWidth")
        size = _Size(float(width) if width else usual, bool(width) and (custom is None or truth(custom)))
        first, last = int(each.get("min") or 1), int(each.get("max") or 1)
        found.update(dict.fromkeys(range(first, min(last, LAST_COLUMN) + 1), (truth(each.get("hidden")), size)))
    return found
