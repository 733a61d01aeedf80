"""A foreign book as a new workbook: every value in its place, with what of its looks can be carried.

The same book gives the same bytes: no clock, no chance.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import numpy as np

from crmsheet.book.foreign.number_formats import BUILT_IN
from crmsheet.book.foreign.sheets import GENERAL, VISIBLE, ForeignBook, ForeignSheet
from crmsheet.book.ooxml.markup import quoted
from crmsheet.book.ooxml.styles import EMPTY_STYLES
from crmsheet.book.ooxml.values import Kind, cell_xml, kind_of, serial
from crmsheet.core.cells import Scalar, column_letters, column_number, split_a1
from crmsheet.core.errors import CellRefused
from crmsheet.core.messages import N_, Message

_HEAD = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_DOCUMENT = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = b"http://schemas.openxmlformats.org/package/2006/"
_TYPE = b"application/vnd.openxmlformats-officedocument.spreadsheetml."
_NARROW, _WIDE, _MEASURED = 8.43, 60.0, 300
_FIRST_CUSTOM = 164
_CODE_LIMIT = 255
_MERGED_LIMIT = 200_000
_XF = b'<xf numFmtId="%d" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
_CARRIED = N_("{name} holds the values, number formats, column widths, merged cells and hidden rows of {old}.")
_LEFT = N_(
    "Not carried along: fonts, colours, borders, charts, pictures, comments, drop-down lists, protection, macros."
)
_FORMULA = N_("1 formula stands in {name} with its last result.")
_FORMULAS = N_("{count:,} formulas stand in {name} with their last results.")


@dataclass(frozen=True, slots=True)
class Converted:
    """The bytes of the new workbook, and what has to be told of it."""

    content: bytes
    notes: tuple[Message, ...]


def converted(book: ForeignBook, old: str, name: str) -> Converted:
    """The workbook that goes on from a foreign one; `old` and `name` are the names of their files.

    Raises:
        CellRefused: a value that no cell of a workbook can hold.
    """
    formats = _Formats()
    sheets = [b"".join(_sheet(each, formats)) for each in book.sheets]
    parts = {
        "[Content_Types].xml": _types(len(sheets)),
        "_rels/.rels": _relations([(b"officeDocument", b"xl/workbook.xml")]),
        "xl/workbook.xml": _workbook(book.sheets),
        "xl/_rels/workbook.xml.rels": _relations(
            [(b"worksheet", b"worksheets/sheet%d.xml" % at) for at in range(1, len(sheets) + 1)]
            + [(b"styles", b"styles.xml")]
        ),
        "xl/styles.xml": formats.part(),
        **{f"xl/worksheets/sheet{at}.xml": xml for at, xml in enumerate(sheets, 1)},
    }
    return Converted(_zipped(parts), _notes(book, old, name))


def _notes(book: ForeignBook, old: str, name: str) -> tuple[Message, ...]:
    count = sum(each.formulas for each in book.sheets)
    told = [Message(_CARRIED, {"name": name, "old": old}), Message(_LEFT)]
    if count:
        told.append(Message(_FORMULA if count == 1 else _FORMULAS, {"count": count, "name": name}))
    return tuple(told)


class _Formats:
    """Gives every number format its style; style 0 is General."""

    def __init__(self) -> None:
        self._styles: dict[str, int] = {GENERAL: 0}
        # The numbers from 27 and from 50 on mean other formats in other languages: those are written out.
        self._known = {code: number for number, code in BUILT_IN.items() if not (27 <= number < 37 or number >= 50)}

    def style(self, code: str) -> int:
        if len(code) > _CODE_LIMIT or not code.isprintable():
            return 0
        return self._styles.setdefault(code, len(self._styles))

    def part(self) -> bytes:
        """The styles part."""
        custom = {
            code: number
            for number, code in enumerate((each for each in self._styles if each not in self._known), _FIRST_CUSTOM)
        }
        written = b"".join(
            b'<numFmt numFmtId="%d" formatCode="%s"/>' % (number, quoted(code)) for code, number in custom.items()
        )
        xfs = b"".join(_XF % {**custom, **self._known}[code] for code in self._styles)
        begin, end = EMPTY_STYLES.index(b"<cellXfs"), EMPTY_STYLES.index(b"</cellXfs>")
        styles = EMPTY_STYLES[:begin] + b'<cellXfs count="%d">' % len(self._styles) + xfs + EMPTY_STYLES[end:]
        fonts = styles.index(b"<fonts")
        return (
            styles[:fonts]
            + (b'<numFmts count="%d">%s</numFmts>' % (len(custom), written)) * bool(custom)
            + styles[fonts:]
        )


def _sheet(sheet: ForeignSheet, formats: _Formats) -> Iterator[bytes]:
    """The parts of a worksheet's XML, in the order that the schema asks for."""
    yield _HEAD + b'<worksheet xmlns="%s"><sheetFormatPr defaultRowHeight="15"/>' % _MAIN
    widths = sheet.widths or _measured(sheet)
    if widths:
        columns = b"".join(
            b'<col min="%d" max="%d" width="%.2f" customWidth="1"/>' % (at, at, min(max(width, 0), 255))
            for at, width in sorted(widths.items())
        )
        yield b"<cols>%s</cols>" % columns
    yield b"<sheetData>"
    yield from _rows(sheet, formats)
    yield b"</sheetData>"
    merged = _lawful(sheet.merged)
    if merged:
        cells = b"".join(b'<mergeCell ref="%s"/>' % each.encode() for each in merged)
        yield b'<mergeCells count="%d">%s</mergeCells>' % (len(merged), cells)
    yield b"</worksheet>"


def _rows(sheet: ForeignSheet, formats: _Formats) -> Iterator[bytes]:
    """The rows with cells, and the hidden ones among them; of two cells in one place the later one counts."""
    order = np.lexsort((np.arange(len(sheet.rows)), np.asarray(sheet.columns), np.asarray(sheet.rows)))
    letters = {each: column_letters(each) for each in set(sheet.columns)}
    by_row: dict[int, dict[int, int]] = {}
    for at in order.tolist():
        by_row.setdefault(sheet.rows[at], {})[sheet.columns[at]] = at
    last = max(by_row, default=0)
    for row in sorted({*by_row, *(each for each in sheet.hidden if each < last)}):
        hidden = b' hidden="1"' if row in sheet.hidden else b""
        yield b'<row r="%d"%s>' % (row, hidden)
        for column, at in by_row.get(row, {}).items():
            place = f"{letters[column]}{row}"
            form = formats.style(sheet.formats[at])
            yield b'<c r="%s' % place.encode() + _cell(f"{sheet.name}!{place}", form, sheet.values[at])
        yield b"</row>"


def _cell(place: str, style: int, value: Scalar) -> bytes:
    """A cell behind its place; a day that a workbook does not know is written in words."""
    kind = kind_of(value)
    if kind in (Kind.DATE, Kind.DATETIME):
        try:
            serial(place, kind, value, date1904=False)
        except CellRefused:
            value, kind = str(value), Kind.TEXT
    return cell_xml(place, kind, style, value, False, b"")


def _measured(sheet: ForeignSheet) -> Mapping[int, float]:
    """Widths by what stands in the first rows; a Chinese character is two wide."""
    widths: dict[int, float] = {}
    for row, column, value in zip(sheet.rows, sheet.columns, sheet.values, strict=True):
        if row <= _MEASURED:
            longest = max(str(value).splitlines() or [""], key=len)
            width = 2.0 + sum(1 + (each > "\u2e80") for each in longest)
            widths[column] = max(widths.get(column, _NARROW), min(width, _WIDE))
    return widths


def _lawful(merged: Sequence[str]) -> list[str]:
    """The merged ranges that overlap no other: Excel takes the whole file for broken otherwise."""
    taken: set[tuple[int, int]] = set()
    kept = []
    for each in merged:
        (left, top), (right, bottom) = map(split_a1, each.split(":"))
        first, last = column_number(left), column_number(right)
        size = (bottom - top + 1) * (last - first + 1)
        if not 1 < size <= _MERGED_LIMIT - len(taken):
            continue
        places = {(row, column) for row in range(top, bottom + 1) for column in range(first, last + 1)}
        if taken.isdisjoint(places):
            taken |= places
            kept.append(each)
    return kept


def _workbook(sheets: Sequence[ForeignSheet]) -> bytes:
    first = next((at for at, each in enumerate(sheets) if each.state == VISIBLE), 0)
    listed = b"".join(
        b'<sheet name="%s" sheetId="%d"%s r:id="rId%d"/>'
        % (quoted(each.name), at + 1, b"" if at == first else _state(each), at + 1)
        for at, each in enumerate(sheets)
    )
    views = b'<bookViews><workbookView activeTab="%d"/></bookViews>' % first
    return _HEAD + b'<workbook xmlns="%s" xmlns:r="%s">%s<sheets>%s</sheets></workbook>' % (
        _MAIN,
        _DOCUMENT,
        views,
        listed,
    )


def _state(sheet: ForeignSheet) -> bytes:
    return b"" if sheet.state == VISIBLE else b' state="%s"' % sheet.state.encode()


def _types(sheets: int) -> bytes:
    parts = [(b"workbook", b"sheet.main"), (b"styles", b"styles")]
    parts += [(b"worksheets/sheet%d" % at, b"worksheet") for at in range(1, sheets + 1)]
    overrides = b"".join(
        b'<Override PartName="/xl/%s.xml" ContentType="%s%s+xml"/>' % (name, _TYPE, kind) for name, kind in parts
    )
    return (
        _HEAD
        + b'<Types xmlns="%scontent-types">' % _PACKAGE
        + b'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        + b'<Default Extension="xml" ContentType="application/xml"/>%s</Types>' % overrides
    )


def _relations(targets: Sequence[tuple[bytes, bytes]]) -> bytes:
    listed = b"".join(
        b'<Relationship Id="rId%d" Type="%s/%s" Target="%s"/>' % (at, _DOCUMENT, kind, target)
        for at, (kind, target) in enumerate(targets, 1)
    )
    return _HEAD + b'<Relationships xmlns="%srelationships">%s</Relationships>' % (_PACKAGE, listed)


def _zipped(parts: Mapping[str, bytes]) -> bytes:
    page = io.BytesIO()
    with ZipFile(page, "w", ZIP_DEFLATED) as package:
        for name, content in parts.items():
            timeless = ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            timeless.compress_type = ZIP_DEFLATED
            package.writestr(timeless, content, compresslevel=5)
    return page.getvalue()
