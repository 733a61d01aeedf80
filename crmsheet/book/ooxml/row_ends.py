"""The ends of a row and its plain cells, found by a few searches of bytes instead of a pattern over all its cells."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from crmsheet.book.ooxml.areas import number
from crmsheet.book.ooxml.sheet import SheetText, style_of

_DIGITS = b"0123456789"


class RowEnds(NamedTuple):
    """`start`..`inner` is a row's tag, `close` where its end tag begins; `last` its last column, of format `style`.

    `spans` tells whether the tag holds that hint.
    """

    start: int
    inner: int
    close: int
    last: int
    style: int
    spans: bool


class PlainCell(NamedTuple):
    """Where a cell stands that holds neither a formula nor anything linked to it, and its format."""

    start: int
    end: int
    style: int


def ends_of(text: SheetText, at: int) -> RowEnds | None:
    """The ends of the row at a position; None where it has no cells or a format of its own, or is written unusually."""
    scan, start, stop = text.part.scan, text.starts[at], text.starts[at + 1]
    mark = text.grammar.cell_start + b'r="'
    cell = scan.rfind(mark, start, stop)
    if cell < 0:
        return None
    place = scan[cell + len(mark) : scan.find(b'"', cell + len(mark))]
    column = place.rstrip(_DIGITS)
    end, close = scan.find(b">", cell) + 1, scan.rfind(text.grammar.row_end, cell, stop)
    whole = end == close if scan[end - 2 : end] == b"/>" else _one_cell(text, end, close)
    inner = scan.find(b">", start) + 1
    custom = scan.find(b"customFormat", start, inner) >= 0
    if not whole or custom or not column.isalpha() or len(column) == len(place) or scan[inner - 2 : inner] == b"/>":
        return None
    spans = scan.find(b" spans", start, inner) >= 0
    return RowEnds(start, inner, close, number(column.decode()), style_of(scan[cell:end]), spans)


def plain_cell(text: SheetText, row: RowEnds, mark: bytes) -> PlainCell | None:
    """The cell that begins with `mark`; None where there is none, or more than one, or it is more than a value."""
    scan = text.part.scan
    start = scan.find(mark, row.inner, row.close)
    if start < 0:
        return None
    inner = scan.find(b">", start) + 1
    if scan[inner - 2 : inner] == b"/>":
        end = inner
    else:
        end = scan.find(b"</" + text.part.prefix + b"c>", inner, row.close) + len(text.part.prefix) + 4
    if end < inner or scan.find(mark, end, row.close) >= 0:
        return None
    tag = scan[start:inner]
    if b"m=" in tag or text.grammar.formula.search(scan, inner, end):
        return None
    return PlainCell(start, end, style_of(tag))


def in_order(text: SheetText, row: RowEnds) -> bool:
    """Whether the addressed cells of a row stand in the order of their columns, each once."""
    found = _addresses(text.grammar.cell_start).findall(text.part.scan, row.inner, row.close)
    places = [each.rjust(3) for each in found]
    return places == sorted(set(places))


@cache
def _addresses(cell_start: bytes) -> re.Pattern[bytes]:
    return re.compile(re.escape(cell_start) + rb'r="([A-Z]+)')


def _one_cell(text: SheetText, inner: int, close: int) -> bool:
    """Whether a cell whose tag ends at `inner` ends at `close`, and no other cell lies between."""
    end = b"</" + text.part.prefix + b"c>"
    return text.part.scan.find(end, inner, close) + len(end) == close
