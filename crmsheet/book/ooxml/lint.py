"""The gate before each save: the new bytes are read again, by other means than those that made them.

What fails here is a bug of the patcher, never a fault of the book, so nothing is written and the exit code is 70.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping, Sequence
from io import BytesIO
from xml.parsers import expat

from crmsheet.book.ooxml.areas import area, letters, number
from crmsheet.book.ooxml.markup import Element, Part, part
from crmsheet.book.ooxml.package import Package, open_package
from crmsheet.book.ooxml.sheet import RowText, SheetText, open_sheet
from crmsheet.core.errors import CrmsheetError
from crmsheet.core.messages import N_

_HINT = N_("Nothing was written. Please report this; the book itself is whole.")
_TAG_NOISE = re.compile(rb"""\s(?:spans|hidden)\s*=\s*(?:"[^"]*"|'[^']*')""")
_ADDRESS = re.compile(rb"""\sr\s*=\s*(?:"[^"]*"|'[^']*')""")
_PLACED = re.compile(rb"([A-Z]{1,3})[0-9]+\"")
_CHUNK = 1 << 20


class PatchBroken(CrmsheetError):
    """The patch of {path} failed its own check: {detail}."""

    hint = _HINT


def check(
    old: Package,
    new: bytes,
    changed: Mapping[str, bytes],
    sheets: Mapping[str, tuple[SheetText, Mapping[int, Sequence[int]]]],
) -> None:
    """Checks a patched workbook against the one it came from.

    `changed` are the plain bytes of the changed members; `sheets` the sheets as they were, and per row the columns
    written, by member.

    Raises:
        PatchBroken: the new bytes are not what was meant.
    """
    _check_members(old, open_package(new, old.path), changed)
    for name, content in changed.items():
        found = part(content, old.path, name)
        if name in sheets:
            before, touched = sheets[name]
            after = open_sheet(found, old.path, name)
            _check_rows(old.path, name, before, after, touched)
            _check_well_formed(old.path, name, content, _touched_stretches(after, touched))
        else:
            _check_well_formed(old.path, name, content, [(0, len(content))])
            _check_lists(old.path, name, found)


def _broken(path: str, detail: str) -> PatchBroken:
    return PatchBroken(path=path, detail=detail)


def _check_members(old: Package, new: Package, changed: Mapping[str, bytes]) -> None:
    """Names in the old order; untouched members byte for byte; changed ones inflate to what was meant."""
    names = [each.name for each in old.members]
    added = [name for name in changed if name not in names]
    if [each.name for each in new.members] != names + sorted(added):
        raise _broken(old.path, "order of members")
    for before, after in zip(old.members, new.members, strict=False):
        if before.name in changed:
            continue
        same = (before.crc, before.size, before.method, before.flags) == (
            after.crc,
            after.size,
            after.method,
            after.flags,
        )
        if not same or old.packed(before) != new.packed(after):
            raise _broken(old.path, before.name)
    for name, content in changed.items():
        if not new.holds(name, content):
            raise _broken(old.path, name)
    try:
        with zipfile.ZipFile(BytesIO(new.content)) as archive:  # a second reader of the directory
            if len(archive.infolist()) != len(new.members):
                raise _broken(old.path, "directory")
    except zipfile.BadZipFile as error:
        raise _broken(old.path, str(error)) from error


def _touched_stretches(text: SheetText, touched: Mapping[int, Sequence[int]]) -> list[tuple[int, int]]:
    """The bytes of a sheet without the rows that nobody touched, which are the same as before: start and end each.

    All of it where comments and the like stand in it, since a row may then be anything.
    """
    raw, body = text.part.raw, text.body
    if text.part.scan is not raw:
        return [(0, len(raw))]
    stretches = [(0, body.inner)]
    for row in sorted(touched):
        at = text.index(row)
        if at is None:
            continue
        if stretches[-1][1] == text.starts[at]:
            stretches[-1] = stretches[-1][0], text.starts[at + 1]
        else:
            stretches.append((text.starts[at], text.starts[at + 1]))
    return [*stretches, (body.close, len(raw))]


def _check_well_formed(path: str, name: str, content: bytes, stretches: Sequence[tuple[int, int]]) -> None:
    parser, view = expat.ParserCreate(), memoryview(content)
    try:
        for begin, end in stretches:
            for start in range(begin, end, _CHUNK):
                parser.Parse(view[start : min(start + _CHUNK, end)], False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise _broken(path, f"{name}: {error}") from error


def _check_rows(path: str, name: str, old: SheetText, new: SheetText, touched: Mapping[int, Sequence[int]]) -> None:
    """Rows that nobody touched are the same bytes; touched ones are the same but for the touched cells."""
    if old.numbers == new.numbers:
        _check_same_rows(path, name, old, new, touched)
        return
    place = dict(zip(new.numbers, range(len(new.numbers)), strict=True))
    if place.keys() - set(old.numbers) - touched.keys():
        raise _broken(path, f"{name}: rows that nobody asked for")
    for at, row in enumerate(old.numbers):
        here = place.get(row)
        if here is None:
            raise _broken(path, f"{name}: row {row} is gone")
        if row in touched:
            same = _same_but(old, at, new, here, touched[row])
        else:
            same = _same_bytes(old, at, at + 1, new, here)
        if not same:
            raise _broken(path, f"{name}: row {row}")


def _check_same_rows(
    path: str, name: str, old: SheetText, new: SheetText, touched: Mapping[int, Sequence[int]]
) -> None:
    """The same where no row was added: all bytes between two touched rows are compared at once."""
    done = 0
    for row in sorted(touched):
        at = old.index(row)
        if at is None:
            raise _broken(path, f"{name}: row {row} is missing")
        if not _same_bytes(old, done, at, new, done):
            raise _broken(path, f"{name}: a row before {row}")
        if not _same_but(old, at, new, at, touched[row]):
            raise _broken(path, f"{name}: row {row}")
        done = at + 1
    if not _same_bytes(old, done, len(old.numbers), new, done):
        raise _broken(path, f"{name}: a row near the end")


def _same_bytes(old: SheetText, first: int, stop: int, new: SheetText, here: int) -> bool:
    """Whether rows `first` to `stop` (without it) are the same bytes as those from `here` on."""
    last = here + stop - first
    before = old.part.raw[old.starts[first] : old.starts[stop]]
    return before == new.part.raw[new.starts[here] : new.starts[last]]


def _same_but(old: SheetText, at: int, new: SheetText, here: int, columns: Sequence[int]) -> bool:
    """Whether a row is the same but for the cells of some columns, `spans` and `hidden`."""
    before = old.part.raw[old.starts[at] : old.starts[at + 1]]
    after = new.part.raw[new.starts[here] : new.starts[here + 1]]
    ends = new.grammar.row_end, new.grammar.cell_start
    return _only_grown(before, after, old.numbers[at], columns, *ends) or _same_rest(old, at, new, here, columns)


def _only_grown(
    before: bytes, after: bytes, row: int, columns: Sequence[int], row_end: bytes, cell_start: bytes
) -> bool:
    """Whether a row is the same with just these cells behind its last one."""
    inner, start = before.find(b">") + 1, after.find(b">") + 1
    close, end = before.rfind(row_end), after.rfind(row_end)
    added = start + close - inner
    if not columns or before[inner:close] != after[start:added] or before[close:] != after[end:]:
        return False
    if before[:inner] != after[:start] and not _same_tags(before[:inner], after[:start]):
        return False
    mark = cell_start + b'r="'
    last = _PLACED.match(before, before.rfind(mark) + len(mark)) if mark in before else None
    nothing, *cells = after[added:end].split(mark)
    if nothing or len(cells) != len(columns) or last is None or number(last[1].decode()) >= columns[0]:
        return False
    cell_end = b"</" + cell_start[1:-1] + b">"
    for each, column in zip(cells, columns, strict=True):
        tag = each.find(b">")
        ends = tag + 1 if each[tag - 1 : tag] == b"/" else each.find(cell_end) + len(cell_end)
        if ends != len(each) or not each.startswith(b'%s%d"' % (letters(column).encode(), row)):
            return False
    return True


def _same_tags(before: bytes, after: bytes) -> bool:
    return _TAG_NOISE.sub(b"", before).rstrip(b" />") == _TAG_NOISE.sub(b"", after).rstrip(b" />")


def _same_rest(old: SheetText, at: int, new: SheetText, here: int, columns: Sequence[int]) -> bool:
    """Whether a row is the same but for the cells of some columns, `spans` and `hidden`."""
    before, after = old.row_at(at), new.row_at(here)
    if not _same_tags(before.tag, after.tag):
        return False
    return _rest(old, before, columns) == _rest(new, after, columns) or _cells(old, before, columns) == _cells(
        new, after, columns
    )


def _rest(text: SheetText, row: RowText, columns: Sequence[int]) -> bytes:
    """The content of a row without the cells of some columns, found by their addresses alone."""
    raw = text.part.raw
    pieces, done = [], row.inner
    for column in columns:
        at = raw.find(b' r="%s%d"' % (letters(column).encode(), row.number), done, row.close)
        if at < 0:
            continue
        start = raw.rfind(b"<", done, at)
        end = raw.find(b">", at) + 1
        if raw[end - 2 : end] != b"/>":
            end = raw.find(b">", raw.find(b"</" + text.part.prefix + b"c", end)) + 1
        pieces.append(raw[done:start])
        done = end
    pieces.append(raw[done : row.close])
    return b"".join(pieces)


def _cells(text: SheetText, row: RowText, columns: Sequence[int]) -> dict[int, bytes]:
    """The cells of a row but for some columns, without their addresses, which may have been added."""
    return {
        each.column: _ADDRESS.sub(b"", each.tag) + text.part.raw[each.start + len(each.tag) : each.end]
        for each in text.cells(row)
        if each.column not in columns
    }


def _check_lists(path: str, name: str, changed: Part) -> None:
    """Counts say how many there are, and a table has as many columns as its range."""
    for holder, entry in (("cellXfs", "xf"), ("numFmts", "numFmt"), ("tableColumns", "tableColumn")):
        found = changed.element(holder)
        if found is None or found.get("count") is None:
            continue
        entries = list(changed.elements(entry, found.inner, found.close))
        if int(found.get("count") or 0) != len(entries):
            raise _broken(path, f"{name}: {holder}")
        if holder == "tableColumns":
            _check_table(path, name, changed, entries)


def _check_table(path: str, name: str, changed: Part, columns: Sequence[Element]) -> None:
    table = changed.element("table")
    covered = area(table.get("ref")) if table else None
    ids = {each.get("id") for each in columns}
    names = {(each.get("name") or "").casefold() for each in columns}
    wide = covered is not None and covered.right - covered.left + 1 == len(columns)
    if not wide or len(ids) != len(columns) or len(names) != len(columns):
        raise _broken(path, f"{name}: columns")
