"""The ends of a row and its plain cells, found by a few searches of bytes instead of a pattern over all its cells."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from crmsheet.book.ooxml.areas import number_of
from crmsheet.book.ooxml.sheet import SheetText, style_of


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
    start = text.starts[at]
    found = _ends(text.part.prefix).match(text.part.scan, start, text.starts[at + 1])
    if found is None:
        return None
    tag, column, cell, _ = found.groups()
    if b"customFormat" in tag:
        return None
    return RowEnds(start, found.end(1) + 1, found.start(4), number_of(column), style_of(cell), b" spans" in tag)


@cache
def _ends(prefix: bytes) -> re.Pattern[bytes]:
    """A row that ends with an addressed cell: its tag, that cell's letters and the rest of its tag, the end tag."""
    p = re.escape(prefix)
    # Whatever the cell holds, another cell neither begins nor ends in it.
    inside = rb"[^<]*(?:<(?!/?%sc[\s/>])[^<]*)*" % p
    cell = rb'<%sc r="([A-Z]{1,3})[0-9]+"([^<>]*)(?:(?<=/)>|(?<!/)>%s</%sc>)' % (p, inside, p)
    return re.compile(rb"<%srow(?=\s)([^<>]*)(?<!/)>.*%s(</%srow>)" % (p, cell, p), re.DOTALL)


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
