"""What the fast reader does not tell of a worksheet: formulas, errors, hidden rows, protection, true extent.

Two ways to the same facts: `_by_bytes` searches the XML of the ordinary writers, `_by_events` reads any XML.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from crmsheet.book.shared_formulas import SharedFormula
from crmsheet.book.xml_events import walk
from crmsheet.core.cells import column_number, split_a1

_ORDINARY = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*?(?:encoding=[\"'](?i:utf-8|us-ascii)[\"'][^>]*?)?\?>\s*)?<worksheet\b"
)
_ENCODING = re.compile(rb"<\?xml[^>]*\bencoding=[\"'](?!(?i:utf-8|us-ascii))")
_ROW = re.compile(rb"<row\b([^>]*)>")
_ROW_NUMBER = re.compile(rb"\sr=\"([1-9][0-9]*)\"[^>]*")
_HIDDEN = re.compile(rb"\shidden=\"(?:1|true)\"")
_R = re.compile(rb"\sr=\"([A-Z]+)([1-9][0-9]*)\"")
_T = re.compile(rb"\st=\"([A-Za-z]+)\"")
_SI = re.compile(rb"\ssi=\"([0-9]+)\"")
_LETTERS = re.compile(rb"<c r=\"([A-Z]+)")
_FORMULA = re.compile(rb"<f\b([^>]*?)(?:/>|>(.*?)</f>)", re.DOTALL)
_ANY_FORMULA = re.compile(rb"<f[\s/>]")
_VALUE = re.compile(rb"<v\b[^>]*?(?:/>|>(.*?)</v>)", re.DOTALL)
_PROTECTED = re.compile(rb"<sheetProtection\b[^>]*?\ssheet=\"(?:1|true)\"")
_MERGED = re.compile(rb"<mergeCell\b[^>]*?\sref=\"([A-Z]+[0-9]+:[A-Z]+[0-9]+)\"")
_NAMED = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&"))
"""The names of XML, `&amp;` last: what it makes is no name. (`xml.sax.saxutils` would import the network.)"""
_PEEK = 1 << 16

SMALL_GRID = 5_000_000
"""Cells that any machine can hold: the extent of a sheet below it need not be exact."""

SPARSE = 8
"""Places per cell from which a large sheet counts as sparse."""

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class CellProbe:
    """A cell with a formula or an error: `formula` None for a plain error, `error` and `empty_text` of its result."""

    formula: str | None
    error: str = ""
    empty_text: bool = False


@dataclass(frozen=True, slots=True)
class Probe:
    """What was found; places are (row, column number).

    `rows`, `columns` and `count` bound where and how many cells there are: exact where a large sheet may be sparse.
    `ordinary` tells that places could be read from the bytes; `merged` holds the ranges of merged cells.
    """

    cells: Mapping[Place, CellProbe] = field(default_factory=dict)
    hidden: frozenset[int] = frozenset()
    locked: bool = False
    rows: int = 0
    columns: int = 0
    count: int = 0
    ordinary: bool = True
    merged: tuple[str, ...] = ()


def probe(xml: bytes) -> Probe:
    """The facts of one worksheet part.

    Raises:
        ExpatError: the part is not well-formed and not of an ordinary writer.
    """
    return _by_bytes(xml) or _by_events(xml)


def _by_bytes(xml: bytes) -> Probe | None:
    """The facts by search, or None where the XML is written in a way that a search could misread."""
    begin, end = xml.find(b"<sheetData"), xml.rfind(b"</sheetData>")
    if begin < 0 or not _ORDINARY.match(xml) or _ENCODING.match(xml) or b"='" in xml[:_PEEK]:
        return None
    if xml.find(b"<!", 0, begin) >= 0 or xml.find(b"<!", max(begin, end)) >= 0:
        return None
    locked = _PROTECTED.search(xml, max(begin, end)) is not None
    if end < begin:
        return Probe(locked=locked)
    tags = _ROW.findall(xml, begin, end)
    numbers = _ROW_NUMBER.findall(b">".join(tags))
    rows = max(map(int, numbers), default=0)
    survey = _survey(xml, begin, end, len(str(rows))) if len(numbers) == len(tags) else None
    if survey is None:
        return None
    cells = _special(xml, begin, end, formulas=survey.formulas)
    extent = _extent(xml, begin, end, rows, survey)
    return Probe(cells, _hidden(tags), locked, rows, *extent, merged=_merged(xml, end))


@dataclass(frozen=True, slots=True)
class _Survey:
    """Whether there are formulas, and how many letters the longest column may have."""

    formulas: bool
    letters: int


def _survey(xml: bytes, begin: int, end: int, digits: int) -> _Survey | None:
    """A look over all cells; None where one does not say its place, or one below the last row, or where a comment is.

    Each question is a search of its own for a few plain bytes: together they are quicker than one pattern for all.
    """
    if xml.find(b"!", begin, end) >= 0 and xml.find(b"<!", begin, end) >= 0:  # a comment, or CDATA
        return None
    for letters, column in ((1, rb"[A-Z]"), (3, rb"[A-Z]{1,3}")):
        unplaced = re.compile(rb'<c(?! r="%s[1-9][0-9]{0,%d}"|[a-z])' % (column, digits - 1))
        if not unplaced.search(xml, begin, end):
            return _Survey(_ANY_FORMULA.search(xml, begin, end) is not None, letters)
    return None


def _extent(xml: bytes, begin: int, end: int, rows: int, survey: _Survey) -> tuple[int, int]:
    """A bound of the column numbers and the count of cells, exact where a rough one would be too large."""
    if survey.letters == 1 and 26 * rows <= SMALL_GRID:
        return 26, 26 * rows
    count = xml.count(b"<c r=", begin, end)
    if survey.letters == 1 and 26 * rows <= SPARSE * count:
        return 26, count
    letters = set(_LETTERS.findall(xml, begin, end))
    return max((column_number(each.decode()) for each in letters), default=0), count


def _hidden(tags: list[bytes]) -> frozenset[int]:
    hidden = [_ROW_NUMBER.search(tag) for tag in tags if b"hidden" in tag and _HIDDEN.search(tag)]
    return frozenset(int(number[1]) for number in hidden if number)


def _merged(xml: bytes, end: int) -> tuple[str, ...]:
    return tuple(each.decode() for each in _MERGED.findall(xml, end))


def _special(xml: bytes, begin: int, end: int, *, formulas: bool) -> dict[Place, CellProbe]:
    """The cells with a formula or an error."""
    marks = [rb"<f[\s/>]"] if formulas else []
    if xml.find(b't="e"', begin, end) >= 0:
        marks.append(rb"\st=\"e\"")
    if not marks:
        return {}
    found: dict[Place, CellProbe] = {}
    masters: dict[bytes, SharedFormula] = {}
    last = -1
    for match in re.compile(b"|".join(marks)).finditer(xml, begin, end):
        start = xml.rfind(b"<c r=", begin, match.end())
        if start == last:
            continue
        last = start
        stop = xml.find(b">", start, end)
        if xml[stop - 1 : stop] != b"/":
            stop = xml.find(b"</c>", stop, end)
        cell = xml[start:stop]
        tag = cell[: cell.find(b">") + 1] or cell
        place = _R.search(tag)
        if place is not None:
            at = int(place[2]), column_number(place[1].decode())
            found[at] = _read_cell(cell, tag, at, masters)
    return found


def _read_cell(cell: bytes, tag: bytes, at: Place, masters: dict[bytes, SharedFormula]) -> CellProbe:
    kind = _T.search(tag)
    value = _VALUE.search(cell)
    text = _plain(value[1] or b"") if value else None
    formula = _FORMULA.search(cell)
    error = (text or "") if kind and kind[1] == b"e" else ""
    empty = kind is not None and kind[1] == b"str" and text == ""
    if formula is None:
        return CellProbe(None, error)
    group = _SI.search(formula[1])
    return CellProbe(_shared(group and group[1], _plain(formula[2] or b""), at, masters), error, empty)


def _shared(group: bytes | None, text: str, at: Place, masters: dict[bytes, SharedFormula]) -> str:
    """The text of a formula; in a group, the first one's text moved to this place."""
    if group is None:
        return text
    if text:
        masters[group] = SharedFormula(text, *at)
        return text
    return masters[group].at(*at) if group in masters else ""


def _plain(text: bytes) -> str:
    """Text of an element, its references to characters resolved."""
    # XML reads CR LF as LF; a CR that is meant comes as a reference.
    said = text.decode("utf-8", "replace").replace("\r\n", "\n")
    if "&" not in said:
        return said
    said = re.sub(r"&#(?:x([0-9A-Fa-f]{1,6})|([0-9]{1,7}));", _character, said)
    for name, character in _NAMED:
        said = said.replace(name, character)
    return said


def _character(match: re.Match[str]) -> str:
    code = int(match[1], 16) if match[1] else int(match[2])
    return chr(code) if code < 0x110000 else match[0]


def _by_events(xml: bytes) -> Probe:
    """The facts by a parser that knows every way of writing XML."""
    reader = _EventReader()
    walk(xml, reader.start, reader.end, reader.text)
    return Probe(
        reader.cells,
        frozenset(reader.hidden),
        reader.locked,
        reader.rows,
        reader.columns,
        reader.count,
        ordinary=False,
        merged=tuple(reader.merged),
    )


class _EventReader:
    """Follows the places of rows and cells, given or implied."""

    def __init__(self) -> None:
        self.cells: dict[Place, CellProbe] = {}
        self.hidden: set[int] = set()
        self.merged: list[str] = []
        self.locked = False
        self.rows = self.columns = self.count = 0
        self._row = self._column = 0
        self._type = ""
        self._inside = False
        self._group: bytes | None = None
        self._formula: list[str] | None = None
        self._value: list[str] | None = None
        self._into: list[str] | None = None
        self._masters: dict[bytes, SharedFormula] = {}

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "sheetData":
            self._inside = True
        elif name == "sheetProtection":
            self.locked = attributes.get("sheet") in ("1", "true")
        elif name == "mergeCell" and ":" in attributes.get("ref", ""):
            self.merged.append(attributes["ref"])
        elif self._inside and name == "row":
            self._row = int(attributes.get("r", self._row + 1))
            if self._row < 1:
                raise ValueError(self._row)
            self._column = 0
            if attributes.get("hidden") in ("1", "true"):
                self.hidden.add(self._row)
        elif self._inside and name == "c":
            self._cell(attributes)
        elif self._inside and name == "f":
            self._formula = self._into = []
            self._group = attributes["si"].encode() if "si" in attributes else None
        elif self._inside and name == "v":
            self._value = self._into = []

    def _cell(self, attributes: Mapping[str, str]) -> None:
        if "r" in attributes:
            letters, self._row = split_a1(attributes["r"])
            self._column = column_number(letters)
        else:
            self._column += 1
        self._type = attributes.get("t", "")
        self._formula = self._value = self._into = self._group = None
        self.rows, self.columns = max(self.rows, self._row), max(self.columns, self._column)
        self.count += 1

    def text(self, text: str) -> None:
        if self._into is not None:
            self._into.append(text)

    def end(self, name: str) -> None:
        if name == "sheetData":
            self._inside = False
        elif name in ("f", "v"):
            self._into = None
        elif name == "c" and self._inside and (self._formula is not None or self._type == "e"):
            at = self._row, self._column
            value = None if self._value is None else "".join(self._value)
            error = (value or "") if self._type == "e" else ""
            if self._formula is None:
                self.cells[at] = CellProbe(None, error)
                return
            text = _shared(self._group, "".join(self._formula), at, self._masters)
            self.cells[at] = CellProbe(text, error, self._type == "str" and value == "")
