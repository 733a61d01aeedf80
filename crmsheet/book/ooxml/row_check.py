"""The rows of a patched sheet against those of the sheet that it came from, for the gate."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from crmsheet.book.ooxml.areas import letters, number_of
from crmsheet.book.ooxml.markup import Part
from crmsheet.book.ooxml.sheet import Grammar, RowText, SheetText, cells_area, open_sheet
from crmsheet.core.errors import CellRefused

_TAG_NOISE = re.compile(rb"""\s(?:spans|hidden)\s*=\s*(?:"[^"]*"|'[^']*')""")
_ADDRESS = re.compile(rb"""\sr\s*=\s*(?:"[^"]*"|'[^']*')""")
_PLACED = re.compile(rb"([A-Z]{1,3})[0-9]+\"")
_ROW = re.compile(rb"<(?:[\w.-]+:)?row r=\"([0-9]+)\"[^>]*(?<!/)>")
_BLOCK = 2000
"""Rows compared at a time: two sheets of 80 MB, cut into rows at once, would double the memory of a write."""


class Compared(NamedTuple):
    """What is wrong ('' for nothing), and what of the new sheet has to be parsed: all of it but what is as before.

    Left out are rows that are the same bytes, and the same bytes around the new cells of the other rows: where whole
    elements take the place of whole elements, well-formed XML stays so.
    """

    complaint: str
    stretches: Sequence[bytes]


def compare_rows(old: SheetText, new: Part, path: str, touched: Mapping[int, Sequence[int]]) -> Compared:
    """Rows that nobody touched have to be the same bytes; touched ones the same but for the touched cells.

    `touched` holds the columns written, by row. A touched row may also have lost its `spans`, and be hidden or shown.
    """
    stretches = _compare_usual(old, new, touched)
    if stretches is not None:
        return Compared("", stretches)
    return Compared(_complaint(old, open_sheet(new, path, old.name), touched), [new.raw])


def _compare_usual(old: SheetText, new: Part, touched: Mapping[int, Sequence[int]]) -> list[bytes] | None:
    """The stretches to parse, if all is well and new rows stand below the old; else None: the slow way has to judge.

    The rows of both are cut at their end tags, so that all bytes between two ends belong to one row.
    """
    area = cells_area(new)
    usual = new.scan is new.raw and old.part.scan is old.part.raw and old.starts[0] == old.body.inner
    if area is None or not usual or not old.numbers:
        return None
    stretches, place = [new.raw[: area.inner]], area.inner
    for first in range(0, len(old.numbers), _BLOCK):
        numbers = old.numbers[first : first + _BLOCK]
        stop = first + len(numbers)
        until = area.close if stop == len(old.numbers) else _start_of(new, old.numbers[stop], place)
        end = old.grammar.row_end + b">"
        before = old.part.raw[old.starts[first] : old.starts[stop]].split(end)
        after = new.raw[place:until].split(end)
        fresh = _compare_block(numbers, before, after, touched, old.grammar)
        if fresh is None or (len(after) > len(before) and until < area.close):
            return None
        stretches += fresh
        place = until
    return [*stretches, new.raw[area.close :]]


def _compare_block(
    numbers: Sequence[int],
    before: list[bytes],
    after: list[bytes],
    touched: Mapping[int, Sequence[int]],
    rules: Grammar,
) -> list[bytes] | None:
    """The stretches to parse of some rows, cut at their end tags, and of the new ones below them; None if unsound."""
    if not len(before) == len(numbers) + 1 <= len(after) or before[-1] != after[-1]:
        return None
    stretches: list[bytes] = []
    for row, one, other in zip(numbers, before, after, strict=False):
        if one != other:
            columns = touched.get(row)
            fresh = None if columns is None else _fresh_part(one, other, row, columns, rules)
            if fresh is None:
                return None
            stretches += fresh, rules.row_end, b">"
    above = numbers[-1]
    for added in after[len(numbers) : -1]:
        written = _ROW.match(added)
        row = int(written[1]) if written else 0
        if row <= above or not _just_cells(added[added.find(b">") + 1 :], row, touched.get(row, ()), rules):
            return None
        stretches += added, rules.row_end, b">"
        above = row
    return stretches


def _start_of(new: Part, row: int, place: int) -> int:
    """Where a row begins at or behind a place; the place itself, where it is not found as usual."""
    return max(new.raw.find(b'<%srow r="%d"' % (new.prefix, row), place), place)


def _fresh_part(before: bytes, after: bytes, row: int, columns: Sequence[int], rules: Grammar) -> bytes | None:
    """The tag and the new cells of a row (without its end tag) that is the same otherwise; None where it is not."""
    inner = after.find(b">") + 1
    if _only_grown(before, after, row, columns, rules):
        return after[:inner] + after[len(before) :]
    start = before.find(b">") + 1
    if before[:start] != after[:inner] and not _same_tags(before[:start], after[:inner]):
        return None
    kept, _ = _parted(before, start, row, columns, rules.cell_end)
    same, cells = _parted(after, inner, row, columns, rules.cell_end)
    return after[:inner] + b"".join(cells) if kept == same else None


def _only_grown(before: bytes, after: bytes, row: int, columns: Sequence[int], rules: Grammar) -> bool:
    """Whether a row (without its end tag) is the same with just these cells behind its last one."""
    if not columns or not after.startswith(before):
        return False
    last = _PLACED.match(before, before.rfind(rules.cell_mark) + len(rules.cell_mark))
    in_order = last is not None and number_of(last[1]) < columns[0]
    return in_order and _just_cells(after[len(before) :], row, columns, rules)


def _just_cells(raw: bytes, row: int, columns: Sequence[int], rules: Grammar) -> bool:
    """Whether the bytes are one addressed cell for each of the columns, and nothing else."""
    at = 0
    for column in columns:
        if not raw.startswith(b'%s%s%d"' % (rules.cell_mark, letters(column).encode(), row), at):
            return False
        tag = raw.find(b">", at)
        at = tag + 1 if raw[tag - 1 : tag] == b"/" else raw.find(rules.cell_end, tag) + len(rules.cell_end)
    return at == len(raw) and raw.count(rules.cell_mark) == len(columns)


def _parted(raw: bytes, done: int, row: int, columns: Sequence[int], cell_end: bytes) -> tuple[bytes, list[bytes]]:
    """The content of a row without the cells of some columns, found by their addresses alone, and these cells."""
    pieces, cells = [], []
    for column in columns:
        at = raw.find(b' r="%s%d"' % (letters(column).encode(), row), done)
        if at < 0:
            continue
        start = raw.rfind(b"<", done, at)
        pieces.append(raw[done:start])
        done = raw.find(b">", at) + 1
        if raw[done - 2 : done] != b"/>":
            done = raw.find(b">", raw.find(cell_end[:-1], done)) + 1
        cells.append(raw[start:done])
    pieces.append(raw[done:])
    return b"".join(pieces), cells


def _complaint(old: SheetText, new: SheetText, touched: Mapping[int, Sequence[int]]) -> str:
    """What is wrong with the rows of a sheet written in any way; '' for nothing."""
    place = dict(zip(new.numbers, range(len(new.numbers)), strict=True))
    if place.keys() - set(old.numbers) - touched.keys():
        return "rows that nobody asked for"
    for at, row in enumerate(old.numbers):
        here = place.get(row)
        if here is None:
            return f"row {row} is gone"
        before = old.part.raw[old.starts[at] : old.starts[at + 1]]
        after = new.part.raw[new.starts[here] : new.starts[here + 1]]
        if before != after and not (row in touched and _same_but(old, at, new, here, touched[row])):
            return f"row {row}"
    return ""


def _same_but(old: SheetText, at: int, new: SheetText, here: int, columns: Sequence[int]) -> bool:
    """Whether a touched row is the same but for some cells, which may be known by their position alone."""
    before, after = old.row_at(at), new.row_at(here)
    if not _same_tags(before.tag, after.tag) or _behind(old, at, before) != _behind(new, here, after):
        return False
    row, cell_end = before.number, old.grammar.cell_end
    kept, _ = _parted(_content(old, before), 0, row, columns, cell_end)
    if kept == _parted(_content(new, after), 0, row, columns, cell_end)[0]:
        return True
    placed = _without(old, before, columns)
    return placed is not None and placed == _without(new, after, columns)


def _content(text: SheetText, row: RowText) -> bytes:
    return text.part.raw[row.inner : row.close]


def _behind(text: SheetText, at: int, row: RowText) -> bytes:
    """What stands between the end of a row and the next."""
    end = row.inner if row.self_closing else text.part.scan.find(b">", row.close) + 1
    return text.part.raw[end : text.starts[at + 1]]


def _same_tags(before: bytes, after: bytes) -> bool:
    return _TAG_NOISE.sub(b"", before).rstrip(b" />") == _TAG_NOISE.sub(b"", after).rstrip(b" />")


def _without(text: SheetText, row: RowText, columns: Sequence[int]) -> bytes | None:
    """The content of a row without some cells, and without the addresses of the others, which may have been added.

    None where the cells are out of order, or one that goes is addressed as of another row.
    """
    pieces, done, raw = [], row.inner, text.part.raw
    try:
        cells = text.cells(row)
    except CellRefused:
        return None
    for each in cells:
        pieces.append(raw[done : each.start])
        done = each.end
        if each.column not in columns:
            pieces += [b"%d" % each.column, _ADDRESS.sub(b"", each.tag), raw[each.start + len(each.tag) : done]]
        elif each.addressed and not re.search(rb"[A-Za-z]%d[\"']" % row.number, each.tag):
            return None
    return b"".join([*pieces, raw[done : row.close]])
