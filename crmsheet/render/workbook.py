"""Sections as a new workbook, a sheet each: lists that somebody takes along, prints, or sorts on the phone.

Written as XML, not through openpyxl: twelve lists of 500 rows take it 2 s and more, and its library half a second to
load. The parts and styles are the least that Excel, WPS and LibreOffice want (ECMA-376, part 1, 18.3 and 18.8).
"""

from __future__ import annotations

import datetime as dt
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from crmsheet.core.cells import column_letters
from crmsheet.core.messages import Speech
from crmsheet.core.outcome import Section
from crmsheet.render.renderer import plain

NARROW, WIDE = 6, 48
"""Widths of columns, in characters."""
LINE, MOST_LINES = 15, 8
"""The height of a line in points, and how many of a row are shown; the rest shows when somebody draws it larger."""
LONGEST_TEXT, LONGEST_TITLE = 32_767, 31
"""Characters that a cell holds, and the name of a sheet."""
_FORMULA_MARKS = ("=", "+", "-", "@", "\t", "\r")
_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_NO_TITLE = {ord(mark): " " for mark in "[]:*?/\\"}
_EPOCH = dt.datetime(1899, 12, 30)  # noqa: DTZ001  (a cell has no time zone)
_FIRST_SURE = dt.date(1900, 3, 1)
"""Before it the programs do not agree on the serial number of a day."""

_GENERAL, _HEADER, _TEXT, _MARKED, _DATE, _FRACTION, _WHOLE, _NOTE = range(8)
"""The styles of cells, in the order of `_STYLES`."""
_STYLES = 8
_MARKS = ("", "added", "removed", "changed", "before", "asked")
"""What makes a cell stand out; the styles come once for each, one after the other."""
_FILLS = ("FFE2EFDA", "FFFBD5CF", "FFFFF2B3", "FFF2F2F2", "FFDDEBF7")

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_TOP, _WRAPPED = '<alignment vertical="top"/>', '<alignment vertical="top" wrapText="1"/>'
_FONTS = (
    '<font><sz val="11"/><name val="Calibri"/><family val="2"/></font>'
    '<font><b/><sz val="11"/><color rgb="FFFFFFFF"/><name val="Calibri"/><family val="2"/></font>'
    '<font><i/><sz val="11"/><color rgb="FF595959"/><name val="Calibri"/><family val="2"/></font>'
    '<font><strike/><sz val="11"/><color rgb="FF7F1D1D"/><name val="Calibri"/><family val="2"/></font>'
)
_SOLID = '<fill><patternFill patternType="solid"><fgColor rgb="{}"/></patternFill></fill>'
_XF = (
    '<xf numFmtId="{}" fontId="{}" fillId="{}" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1" '
    'applyAlignment="1"{}</xf>'
)


def _styles(font: int, fill: int) -> str:
    """The styles of cells in one font and fill, in their order; a header and a note look the same with any."""
    looks = (
        (0, font, fill, f">{_TOP}"),
        (0, 1, 2, '><alignment vertical="center" wrapText="1"/>'),
        (49, font, fill, f">{_WRAPPED}"),
        # Text that looks like a formula stays text, also after it is edited in Excel.
        (49, font, fill, f' quotePrefix="1">{_WRAPPED}'),
        (164, font, fill, f">{_TOP}"),
        (4, font, fill, f">{_TOP}"),
        (3, font, fill, f">{_TOP}"),
        (0, 2, 0, ">"),
    )
    return "".join(_XF.format(*each) for each in looks)


_LOOKS = "".join(_styles(font, fill) for font, fill in ((0, 0), (0, 3), (3, 4), (0, 5), (2, 6), (0, 7)))
_PARTS = {
    "_rels/.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/styles.xml": (
        f'<styleSheet xmlns="{_MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy-mm-dd"/></numFmts>'
        f'<fonts count="4">{_FONTS}</fonts>'
        '<fills count="8"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill>'
        f'{_SOLID.format("FF1F4E78")}{"".join(map(_SOLID.format, _FILLS))}</fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        f'<cellXfs count="{_STYLES * len(_MARKS)}">{_LOOKS}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    ),
}  # fmt: skip


def workbook(section: Section | tuple[Section, ...], speech: Speech) -> bytes:
    """The bytes of an .xlsx file with the rows of a section, or a sheet for each of several.

    Headers are frozen and filtered, phones and ids are text; a section's note stands below its rows, outside of the
    filter. Equal sections are equal bytes.
    """
    sections = section if isinstance(section, tuple) else (section,)
    words: dict[str, int] = {}
    titles: list[str] = []
    sheets: dict[str, str] = {}
    extents: list[str] = []
    for number, each in enumerate(sections, 1):
        header = [speech.say(title) for title in each.columns]
        body = [[_content(value, speech) for value in row] for row in each.rows]
        titles.append(_title(speech.say(each.title), titles))
        extents.append(f"A1:{column_letters(max(len(header), 1))}{len(body) + 1}")
        widths, lists = _widths(header, body, _choice_words(each, speech)), _choices(each, speech)
        rows = _rows(each, header, body, widths, words, speech)
        sheets[f"xl/worksheets/sheet{number}.xml"] = _sheet(rows, extents[-1], widths, lists, first=number == 1)
    shared = "".join(f'<si><t xml:space="preserve">{_escaped(each)}</t></si>' for each in words)
    parts = {
        "[Content_Types].xml": _content_types(len(sections)),
        **_PARTS,
        "xl/_rels/workbook.xml.rels": _relations(len(sections)),
        "xl/workbook.xml": _workbook(titles, extents),
        **sheets,
        "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}" uniqueCount="{len(words)}">{shared}</sst>',
    }
    return _packed(parts)


def _title(text: str, others: Sequence[str]) -> str:
    """The name of a sheet that no other one has, whatever its case."""
    title = text.translate(_NO_TITLE)[:LONGEST_TITLE].strip("' ") or "1"
    name, number = title, 1
    while name.casefold() in (each.casefold() for each in others):
        number += 1
        name = f"{title[: LONGEST_TITLE - 4]} ({number})"
    return name


def _content_types(count: int) -> str:
    sheets = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{_KIND}.worksheet+xml"/>'
        for number in range(1, count + 1)
    )
    return (
        f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>{sheets}'
        f'<Override PartName="/xl/styles.xml" ContentType="{_KIND}.styles+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_KIND}.sharedStrings+xml"/></Types>'
    )


def _relations(count: int) -> str:
    targets = [("worksheet", f"worksheets/sheet{number}.xml") for number in range(1, count + 1)]
    targets += [("styles", "styles.xml"), ("sharedStrings", "sharedStrings.xml")]
    return (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        + "".join(
            f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
            for number, (kind, target) in enumerate(targets, 1)
        )
        + "</Relationships>"
    )


def _rows(
    section: Section,
    header: Sequence[str],
    body: Sequence[Sequence[Any]],
    widths: Sequence[float],
    words: dict[str, int],
    speech: Speech,
) -> str:
    """The header, the rows with their marks, and the note."""
    marks: dict[int, dict[int, str]] = {}
    for (row, column), mark in section.marks.items():
        marks.setdefault(row, {})[column] = mark
    rows = [_row(1, header, words, _HEADER)]
    rows += [_row(at + 2, row, words, None, marks.get(at), _lines(row, widths)) for at, row in enumerate(body)]
    if section.note is not None:
        rows.append(_row(len(body) + 3, [plain(section.note, speech)], words, _NOTE))
    return "".join(rows)


def _packed(parts: dict[str, str]) -> bytes:
    page = io.BytesIO()
    with ZipFile(page, "w", ZIP_DEFLATED) as package:
        for name, text in parts.items():
            timeless = ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            timeless.compress_type = ZIP_DEFLATED
            package.writestr(timeless, (_HEAD + text).encode())
    return page.getvalue()


def _workbook(titles: Sequence[str], extents: Sequence[str]) -> str:
    """The names of the sheets, the areas of their filters and the rows that every printed page repeats."""
    quoted = [escape(title, {chr(34): "&quot;"}) for title in titles]
    sheets = "".join(
        f'<sheet name="{name}" sheetId="{number}" r:id="rId{number}"/>' for number, name in enumerate(quoted, 1)
    )
    names = [escape("'" + title.replace("'", "''") + "'") for title in titles]
    areas = [re.sub("([A-Z]+)([0-9]+)", r"$\1$\2", extent) for extent in extents]
    defined = "".join(
        f'<definedName name="_xlnm._FilterDatabase" localSheetId="{at}" hidden="1">{name}!{area}</definedName>'
        for at, (name, area) in enumerate(zip(names, areas, strict=True))
    ) + "".join(
        f'<definedName name="_xlnm.Print_Titles" localSheetId="{at}">{name}!$1:$1</definedName>'
        for at, name in enumerate(names)
    )
    return (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{sheets}</sheets>'
        f"<definedNames>{defined}</definedNames></workbook>"
    )


def _choice_words(section: Section, speech: Speech) -> dict[tuple[int, int], list[str]]:
    """What each cell with a drop-down list offers; a comma would part a choice in two."""
    return {
        place: [plain(each, speech).replace(",", " ") for each in choices]
        for place, choices in sorted(section.choices.items())
    }


def _choices(section: Section, speech: Speech) -> str:
    """The drop-down lists of a sheet; cells with the same list share it."""
    cells: dict[str, list[str]] = {}
    for (row, column), choices in _choice_words(section, speech).items():
        cells.setdefault(",".join(choices), []).append(f"{column_letters(column + 1)}{row + 2}")
    lists = "".join(
        '<dataValidation type="list" allowBlank="1" showErrorMessage="1" '
        f'sqref="{" ".join(places)}"><formula1>"{escape(listed)}"</formula1></dataValidation>'
        for listed, places in cells.items()
    )
    return f'<dataValidations count="{len(cells)}">{lists}</dataValidations>' if cells else ""


def _sheet(rows: str, extent: str, widths: Sequence[float], lists: str, *, first: bool) -> str:
    columns = "".join(
        f'<col min="{at}" max="{at}" width="{width}" customWidth="1"/>' for at, width in enumerate(widths, 1)
    )
    selected = ' tabSelected="1"' if first else ""
    return (
        f'<worksheet xmlns="{_MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
        f'<sheetViews><sheetView workbookViewId="0"{selected}><pane ySplit="1" topLeftCell="A2" '
        'activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f"{f'<cols>{columns}</cols>' if columns else ''}<sheetData>{rows}</sheetData>"
        f'<autoFilter ref="{extent}"/>{lists}'
        '<pageSetup orientation="landscape" fitToWidth="1" fitToHeight="0"/></worksheet>'
    )


def _row(
    number: int,
    values: Sequence[Any],
    words: dict[str, int],
    style: int | None = None,
    marks: Mapping[int, str] | None = None,
    lines: int = 1,
) -> str:
    """A row of cells; a text is kept once, in `words`.

    A row of several lines has a height: not every program works one out when it opens a file.
    """
    height = f' ht="{lines * LINE}"' if lines > 1 else ""
    return f'<row r="{number}"{height}>{"".join(_cells(number, values, words, style, marks or {}))}</row>'


def _lines(values: Sequence[Any], widths: Sequence[float]) -> int:
    """How many lines the texts of a row take, as far as it is shown at once."""
    places = ((_places(each), width) for each, width in zip(values, widths, strict=True) if isinstance(each, str))
    return min(max((-(-room // int(width)) for room, width in places), default=1), MOST_LINES)


def _cells(
    number: int, values: Sequence[Any], words: dict[str, int], style: int | None, marks: Mapping[int, str]
) -> Iterator[str]:
    for at, value in enumerate(values):
        base = _STYLES * _MARKS.index(marks.get(at, ""))
        place = f'<c r="{column_letters(at + 1)}{number}"'
        if value is None or value == "":
            if base:  # what is empty by now still stands out
                yield f'{place} s="{base}"/>'
        elif isinstance(value, bool):
            yield f'{place} s="{base + _GENERAL}" t="b"><v>{value:d}</v></c>'
        elif isinstance(value, float):
            yield f'{place} s="{base + (_FRACTION if value % 1 else _WHOLE)}"><v>{value!r}</v></c>'
        elif isinstance(value, int):
            yield f'{place} s="{base + _GENERAL}"><v>{value}</v></c>'
        elif isinstance(value, dt.date):
            yield f'{place} s="{base + _DATE}"><v>{_serial(value)}</v></c>'
        else:
            look = style if style is not None else _MARKED if value.startswith(_FORMULA_MARKS) else _TEXT
            yield f'{place} s="{base + look}" t="s"><v>{words.setdefault(value, len(words))}</v></c>'


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


def _widths(
    header: Sequence[str], body: Sequence[Sequence[Any]], choices: Mapping[tuple[int, int], Sequence[str]]
) -> list[float]:
    """Wide enough for most values of each column, and for all that may be chosen in it."""
    offered = [NARROW] * len(header)
    for (_, column), words in choices.items():
        offered[column] = max(offered[column], *map(_places, words))
    return [_width(title, [row[at] for row in body], offered[at]) for at, title in enumerate(header)]


def _width(title: str, values: Sequence[Any], least: int) -> float:
    lengths = sorted(_places(str(each)) for each in values if each is not None)
    usual = lengths[int(len(lengths) * 0.9)] if lengths else 0
    return float(min(max(usual, _places(title), least) + 2, WIDE))


def _places(text: str) -> int:
    """The width of a text; a Chinese character takes two places."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)
