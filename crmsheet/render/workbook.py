"""A section as a new workbook of one sheet: a list that somebody takes along, prints, or sorts on the phone.

Written as XML, not through openpyxl: twelve lists of 500 rows take it 2 s and more, and its library half a second to
load. The parts and styles are the least that Excel, WPS and LibreOffice want (ECMA-376, part 1, 18.3 and 18.8).
"""

from __future__ import annotations

import datetime as dt
import io
import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from crmsheet.core.cells import column_letters
from crmsheet.core.messages import Speech
from crmsheet.core.outcome import Section
from crmsheet.render.renderer import plain

NARROW, WIDE = 6, 48
"""Widths of columns, in characters."""
LONGEST_TEXT = 32_767
"""Characters that a cell holds."""
_FORMULA_MARKS = ("=", "+", "-", "@", "\t", "\r")
_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_NO_TITLE = {ord(mark): " " for mark in "[]:*?/\\"}
_EPOCH = dt.datetime(1899, 12, 30)  # noqa: DTZ001  (a cell has no time zone)
_FIRST_SURE = dt.date(1900, 3, 1)
"""Before it the programs do not agree on the serial number of a day."""

_GENERAL, _HEADER, _TEXT, _MARKED, _DATE, _FRACTION, _WHOLE, _NOTE = range(8)
"""The styles of cells, in the order of `_STYLES`."""

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_TOP, _WRAPPED = '<alignment vertical="top"/>', '<alignment vertical="top" wrapText="1"/>'
_XF = '<xf numFmtId="{}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyAlignment="1"{}</xf>'
_PARTS = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KIND}.worksheet+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_KIND}.styles+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_KIND}.sharedStrings+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/>'
        f'<Relationship Id="rId3" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
    ),
    "xl/styles.xml": (
        f'<styleSheet xmlns="{_MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy-mm-dd"/></numFmts>'
        '<fonts count="3"><font><sz val="11"/><name val="Calibri"/><family val="2"/></font>'
        '<font><b/><sz val="11"/><color rgb="FFFFFFFF"/><name val="Calibri"/><family val="2"/></font>'
        '<font><i/><sz val="11"/><color rgb="FF595959"/><name val="Calibri"/><family val="2"/></font></fonts>'
        '<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/>'
        '</fill><fill><patternFill patternType="solid"><fgColor rgb="FF1F4E78"/></patternFill></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        '<cellXfs count="8">'
        + _XF.format(0, f">{_TOP}")
        + '<xf numFmtId="0" fontId="1" fillId="2" borderId="0" xfId="0" applyFont="1" applyFill="1" applyAlignment="1">'
        '<alignment vertical="center" wrapText="1"/></xf>'
        + _XF.format(49, f">{_WRAPPED}")
        # Text that looks like a formula stays text, also after it is edited in Excel.
        + _XF.format(49, f' quotePrefix="1">{_WRAPPED}')
        + _XF.format(164, f">{_TOP}")
        + _XF.format(4, f">{_TOP}")
        + _XF.format(3, f">{_TOP}")
        + '<xf numFmtId="0" fontId="2" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    ),
}  # fmt: skip


def workbook(section: Section, speech: Speech) -> bytes:
    """The bytes of an .xlsx file with the section's rows: header frozen and filtered, phones and ids as text.

    The section's note stands below the rows, outside of the filter. Equal sections are equal bytes.
    """
    header = [speech.say(each) for each in section.columns]
    body = [[_content(each, speech) for each in row] for row in section.rows]
    words: dict[str, int] = {}
    rows = [_row(1, header, words, _HEADER), *(_row(at, row, words) for at, row in enumerate(body, 2))]
    if section.note is not None:
        rows.append(_row(len(body) + 3, [plain(section.note, speech)], words, _NOTE))
    extent = f"A1:{column_letters(max(len(header), 1))}{len(body) + 1}"
    title = speech.say(section.title).translate(_NO_TITLE)[:31].strip("' ") or "1"
    shared = "".join(f'<si><t xml:space="preserve">{_escaped(each)}</t></si>' for each in words)
    parts = {
        **_PARTS,
        "xl/workbook.xml": _workbook(title, extent),
        "xl/worksheets/sheet1.xml": _sheet("".join(rows), extent, _widths(header, body)),
        "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}" uniqueCount="{len(words)}">{shared}</sst>',
    }
    return _packed(parts)


def _packed(parts: dict[str, str]) -> bytes:
    page = io.BytesIO()
    with ZipFile(page, "w", ZIP_DEFLATED) as package:
        for name, text in parts.items():
            timeless = ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            timeless.compress_type = ZIP_DEFLATED
            package.writestr(timeless, (_HEAD + text).encode())
    return page.getvalue()


def _workbook(title: str, extent: str) -> str:
    """The sheet's name, the area of its filter and the rows that every printed page repeats."""
    name = escape("'" + title.replace("'", "''") + "'")
    area = re.sub("([A-Z]+)([0-9]+)", r"$\1$\2", extent)
    return (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
        f'<sheets><sheet name="{escape(title, {chr(34): "&quot;"})}" sheetId="1" r:id="rId1"/></sheets><definedNames>'
        f'<definedName name="_xlnm._FilterDatabase" localSheetId="0" hidden="1">{name}!{area}</definedName>'
        f'<definedName name="_xlnm.Print_Titles" localSheetId="0">{name}!$1:$1</definedName></definedNames></workbook>'
    )


def _sheet(rows: str, extent: str, widths: Sequence[float]) -> str:
    columns = "".join(
        f'<col min="{at}" max="{at}" width="{width}" customWidth="1"/>' for at, width in enumerate(widths, 1)
    )
    return (
        f'<worksheet xmlns="{_MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
        '<sheetViews><sheetView workbookViewId="0" tabSelected="1"><pane ySplit="1" topLeftCell="A2" '
        'activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f"{f'<cols>{columns}</cols>' if columns else ''}<sheetData>{rows}</sheetData>"
        f'<autoFilter ref="{extent}"/><pageSetup orientation="landscape" fitToWidth="1" fitToHeight="0"/></worksheet>'
    )


def _row(number: int, values: Sequence[Any], words: dict[str, int], style: int | None = None) -> str:
    """A row of cells; a text is kept once, in `words`."""
    return f'<row r="{number}">{"".join(_cells(number, values, words, style))}</row>'


def _cells(number: int, values: Sequence[Any], words: dict[str, int], style: int | None) -> Iterator[str]:
    for at, value in enumerate(values, 1):
        if value is None or value == "":
            continue
        place = f'<c r="{column_letters(at)}{number}"'
        if isinstance(value, bool):
            yield f'{place} s="{_GENERAL}" t="b"><v>{value:d}</v></c>'
        elif isinstance(value, float):
            yield f'{place} s="{_FRACTION if value % 1 else _WHOLE}"><v>{value!r}</v></c>'
        elif isinstance(value, int):
            yield f'{place} s="{_GENERAL}"><v>{value}</v></c>'
        elif isinstance(value, dt.date):
            yield f'{place} s="{_DATE}"><v>{_serial(value)}</v></c>'
        else:
            look = style if style is not None else _MARKED if value.startswith(_FORMULA_MARKS) else _TEXT
            yield f'{place} s="{look}" t="s"><v>{words.setdefault(value, len(words))}</v></c>'


def _content(value: Any, speech: Speech) -> Any:
    """What the cell holds: numbers and dates as such, everything else as text."""
    if value is None or value != value:
        return None
    if isinstance(value, dt.date):
        day = value.date() if isinstance(value, dt.datetime) else value
        return value if day >= _FIRST_SURE else value.isoformat()
    if isinstance(value, bool | int | float) and abs(value) != float("inf"):
        return value
    return plain(value, speech)[:LONGEST_TEXT]


def _serial(value: dt.date) -> str:
    """Days since 1899-12-30, with the time as a fraction."""
    moment = value if isinstance(value, dt.datetime) else dt.datetime.combine(value, dt.time())
    days = (moment - _EPOCH) / dt.timedelta(days=1)
    return f"{days:.15g}"


def _escaped(text: str) -> str:
    """Text as XML has it; `_x0041_` is kept from being read as a character."""
    return escape(_ESCAPED.sub("_x005F_", text))


def _widths(header: Sequence[str], body: Sequence[Sequence[Any]]) -> list[float]:
    """Wide enough for most values of each column."""
    return [_width(title, [row[at] for row in body]) for at, title in enumerate(header)]


def _width(title: str, values: Sequence[Any]) -> float:
    lengths = sorted(_places(str(each)) for each in values if each is not None)
    usual = lengths[int(len(lengths) * 0.9)] if lengths else 0
    return float(min(max(usual, _places(title), NARROW) + 2, WIDE))


def _places(text: str) -> int:
    """The width of a text; a Chinese character takes two places."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)
