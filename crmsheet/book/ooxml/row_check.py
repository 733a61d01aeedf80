"""The rows of a patched sheet against those of the sheet that it came from, for the gate."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from crmsheet.book.ooxml.areas import letters, number
from crmsheet.book.ooxml.markup import Part
from crmsheet.book.ooxml.sheet import Grammar, RowText, SheetText, cells_area, open_sheet
from crmsheet.core.errors import CellRefused

_TAG_NOISE = re.compile(rb"""\s(?:spans|hidden)\s*=\s*(?:"[^"]*"|'[^']*')""")
_ADDRESS = re.compile(rb"""\sr\s*=\s*(?:"[^"]*"|'[^']*')""")
_PLACED = re.compile(rb"([A-Z]{1,3})[0-9]+\"")


class Compared(NamedTuple):
    """What is wrong ('' for nothing), and the new sheet without the rows that are the same bytes as before."""

    complaint: str
    stretches: Sequence[bytes]


def compare_rows(old: SheetText, new: Part, path: str, touched: Mapping[int, Sequence[int]]) -> Compared:
    """Rows that nobody touched have to be the same bytes; touched ones the same but for the touched cells.

    `touched` holds the columns written, by row. A touched row may also have lost its `spans`, and be hidden or shown.
    """
    alike = _compare_alike(old, new, touched)
    return alike or Compared(_complaint(old, open_sheet(new, path, old.name), touched), [new.raw])


def _compare_alike(old: SheetText, new: Part, touched: Mapping[int, Sequence[int]]) -> Compared | None:
    """The comparison where no row was added; None where something is unusual, which is left to the slow way.

    The rows of both are cut at their end tags, so that all bytes between two ends belong to one row.
    """
    area = cells_area(new)
    if area is None or new.scan is not new.raw or old.part.scan is not old.part.raw:
        return None
    end = old.grammar.row_end + b">"
    before = old.part.raw[old.body.inner : old.body.close].split(end)
    after = new.raw[area.inner : area.close].split(end)
    if not len(before) == len(after) == len(old.numbers) + 1 or before[-1] != after[-1]:
        return None
    changed = [at for at, (one, other) in enumerate(zip(before, after, strict=True)) if one != other]
    for at in changed:
        row = old.numbers[at]
        columns = touched.get(row)
        if columns is None:
            return Compared(f"row {row}", ())
        if not _only_grown(before[at], after[at], row, columns, old.grammar) and not _same_rest(
            before[at], after[at], row, columns, old.part.prefix
        ):
            return None
    return Compared("", [new.raw[: area.inner], *(after[at] + end for at in changed), new.raw[area.close :]])


def _only_grown(before: bytes, after: bytes, row: int, columns: Sequence[int], rules: Grammar) -> bool:
    """Whether a row (without its end tag) is the same with just these cells behind its last one."""
    mark = rules.cell_start + b'r="'
    last = _PLACED.match(before, before.rfind(mark) + len(mark))
    if not after.startswith(before) or not columns or last is None or number(last[1].decode()) >= columns[0]:
        return False
    nothing, *cells = after[len(before) :].split(mark)
    if nothing or len(cells) != len(columns):
        return False
    cell_end = b"</" + rules.cell_start[1:-1] + b">"
    for each, column in zip(cells, columns, strict=True):
        tag = each.find(b">")
        end = tag + 1 if each[tag - 1 : tag] == b"/" else each.find(cell_end) + len(cell_end)
        if end != len(each) or not each.startswith(b'%s%d"' % (letters(column).encode(), row)):
            return False
    return True


def _same_rest(before: bytes, after: bytes, row: int, columns: Sequence[int], prefix: bytes) -> bool:
    """Whether a row is the same but for the addressed cells of some columns, `spans` and `hidden`."""
    inner, start = before.find(b">") + 1, after.find(b">") + 1
    same = before[:inner] == after[:start] or _same_tags(before[:inner], after[:start])
    return same and _rest(before, inner, row, columns, prefix) == _rest(after, start, row, columns, prefix)


def _rest(raw: bytes, done: int, row: int, columns: Sequence[int], prefix: bytes) -> bytes:
    """The content of a row without the cells of some columns, found by their addresses alone."""
    pieces = []
    for column in columns:
        at = raw.find(b' r="%s%d"' % (letters(column).encode(), row), done)
        if at < 0:
            continue
        pieces.append(raw[done : raw.rfind(b"<", done, at)])
        done = raw.find(b">", at) + 1
        if raw[done - 2 : done] != b"/>":
            done = raw.find(b">", raw.find(b"</" + prefix + b"c", done)) + 1
    pieces.append(raw[done:])
    return b"".join(pieces)


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
    prefix, one, other = old.part.prefix, _content(old, before), _content(new, after)
    if _rest(one, 0, before.number, columns, prefix) == _rest(other, 0, before.number, columns, prefix):
        return True
    kept = _without(old, before, columns)
    return kept is not None and kept == _without(new, after, columns)


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
