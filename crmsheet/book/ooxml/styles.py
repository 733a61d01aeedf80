"""Cell formats: what a style shows, and new formats at the end of the list for values that an old one would misread.

`cellXfs` is only appended to: the indexes that cells hold stay true (ECMA-376 part 1, 18.8.10).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from crmsheet.book.ooxml.looks import Entries, differential, fill, font, protection
from crmsheet.book.ooxml.markup import Element, Part, Splice, attribute, quoted, truth, with_attribute
from crmsheet.book.ooxml.values import Kind
from crmsheet.book.opened import Look
from crmsheet.core.errors import PatchRefused
from crmsheet.core.messages import N_, Message

EMPTY_STYLES = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    b'<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
    b'<fills count="2"><fill><patternFill patternType="none"/></fill>'
    b'<fill><patternFill patternType="gray125"/></fill></fills>'
    b'<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    b'<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    b'<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>'
    b'<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
"""The least that Excel takes for a styles part; for workbooks that have none."""

DATE_CODE, DATETIME_CODE = "yyyy-mm-dd", "yyyy-mm-dd hh:mm"
_GENERAL, _TEXT, _CLOCK, _HOURS = 0, 49, 21, 46
# ECMA-376 part 1, 18.8.30: formats without a code of their own; 27-36 and 50-58 are the East Asian dates.
_DATES = frozenset((*range(14, 18), 22, *range(27, 32), 36, *range(50, 59)))
_TIMES = frozenset((18, 19, 20, 21, 32, 33, 34, 35, 45, 46, 47))
_NOISE = re.compile(r'"[^"]*"|\\.|[_*].|\[(?!h+\]|m+\]|s+\])[^\]]*\]|am/pm|a/p|general', re.IGNORECASE)


class Shows(Enum):
    """What a number format makes of a number."""

    NUMBER = "number"
    DATE = "date"
    TIME = "time"
    TEXT = "text"


def shown_by(code: str) -> Shows:
    """What a number format code shows, by its first section."""
    bare = _NOISE.sub("", code).split(";")[0].lower()
    if "@" in bare:
        return Shows.TEXT
    clock = "h" in bare or "s" in bare
    if "y" in bare or "d" in bare or "aaa" in bare or ("m" in bare and not clock and "[m" not in bare):
        return Shows.DATE
    return Shows.TIME if clock or "m" in bare else Shows.NUMBER


@dataclass(frozen=True, slots=True)
class Format:
    """One entry of cellXfs as written."""

    xml: bytes
    tag: bytes
    shows: Shows
    locked: bool


@dataclass(slots=True)
class Styles:
    """The cell formats of a workbook while it is being patched; new ones are collected and spliced in at the end."""

    path: str
    part: Part
    formats: list[Format]
    codes: dict[int, str]
    first_new: int
    first_code: int
    known: dict[tuple[int, Kind, bool], int] = field(default_factory=dict)
    looked: dict[tuple[int, Look], int] = field(default_factory=dict)
    lists: dict[str, Entries] = field(default_factory=dict)

    def locked(self, style: int) -> bool:
        """Whether a cell of this style cannot be edited in a protected sheet; that is so unless it says otherwise."""
        return self.formats[style].locked if 0 <= style < len(self.formats) else True

    def suited(self, style: int, kind: Kind, fresh: bool = False) -> int:
        """A style for a value of this kind: the given one, unless it would misread or mistype the value.

        A `fresh` cell only borrows the looks of its neighbour; its number format is of its own.
        """
        key = style, kind, fresh
        if key not in self.known:
            wanted = self._number_format(style, kind, fresh)
            self.known[key] = style if wanted is None else self._derived(style, wanted)
        return self.known[key]

    def _number_format(self, style: int, kind: Kind, fresh: bool) -> int | None:
        """The number format that the value needs instead of the style's, or None."""
        known = 0 <= style < len(self.formats)
        shows = self.formats[style].shows if known else Shows.NUMBER
        quotes = known and truth(attribute(self.formats[style].tag, "quotePrefix"))
        dated = {
            Kind.DATE: self.code_number(DATE_CODE) if kind is Kind.DATE else -1,
            Kind.DATETIME: self.code_number(DATETIME_CODE) if kind is Kind.DATETIME else -1,
        }
        match kind:
            case Kind.DATE | Kind.DATETIME:
                return None if shows is Shows.DATE else dated[kind]
            case Kind.TIME | Kind.DURATION:
                return None if shows is Shows.TIME else (_CLOCK if kind is Kind.TIME else _HOURS)
            case Kind.NUMBERLIKE:
                return None if shows is Shows.TEXT or quotes else _TEXT
            case Kind.FORMULA:  # as text it would be shown, and typed over, instead of its result
                return _GENERAL if shows is Shows.TEXT or (fresh and not self._general(style)) else None
            case Kind.NUMBER:
                misread = shows is not Shows.NUMBER or fresh
                return _GENERAL if misread and not self._general(style) else None
            case _:
                return _GENERAL if fresh and not self._general(style) else None

    def _general(self, style: int) -> bool:
        return not 0 <= style < len(self.formats) or attribute(self.formats[style].tag, "numFmtId") in (None, "0")

    def code_number(self, code: str) -> int:
        """The number of a custom format, new if there is none of this code."""
        for number, known in self.codes.items():
            if known == code and number >= 164:
                return number
        number = max([163, *self.codes]) + 1
        self.codes[number] = code
        return number

    def looking(self, style: int, look: Look) -> int:
        """A style like the given one, with another look."""
        key = style, look
        if key not in self.looked:
            self.looked[key] = self._looking(style, look)
        return self.looked[key]

    def _looking(self, style: int, look: Look) -> int:
        base, prefix = self._format(style), self.part.prefix
        given: dict[str, int] = {}
        if look.fill:
            given["fill"] = self.entries("fills", "fill").index(fill(look.fill, prefix))
        if look.colour or look.bold:
            fonts = self.entries("fonts", "font")
            old = int(attribute(base.tag, "fontId") or 0)
            plain = fonts.known[old] if old < len(fonts.known) else b"<%sfont/>" % prefix
            given["font"] = fonts.index(font(plain, look, prefix))
        if look.number_format:
            given["numFmt"] = self.code_number(look.number_format)
        tag = base.tag
        for name, number in given.items():
            applied = {"numFmt": "NumberFormat"}.get(name, name.capitalize())
            tag = with_attribute(with_attribute(tag, f"{name}Id", str(number)), f"apply{applied}", "1")
        xml = tag + base.xml[len(base.tag) :]
        if look.locked is not None:
            xml = self._protecting(xml, look.locked)
        return self._appended(xml, base.locked)

    def _protecting(self, xml: bytes, locked: bool) -> bytes:
        """A format with its protection exchanged: behind the alignment, before any extension (18.8.45)."""
        p = re.escape(self.part.prefix)
        bare = re.sub(rb"<%sprotection\b[^>]*?(?:/>|>.*?</%sprotection\s*>)" % (p, p), b"", xml, flags=re.DOTALL)
        tag = bare[: bare.index(b">") + 1]
        opened = with_attribute(tag, "applyProtection", "1")
        if tag.endswith(b"/>"):
            opened, rest = opened[:-2].rstrip() + b">", b"</%sxf>" % self.part.prefix
        else:
            rest = bare[len(tag) :]
        aligned = re.match(rb"\s*<%salignment\b[^>]*?(?:/>|></%salignment\s*>)" % (p, p), rest)
        at = aligned.end() if aligned else 0
        return opened + rest[:at] + protection(locked, self.part.prefix) + rest[at:]

    def ruled(self, look: Look) -> int:
        """The index of a look among the formats of rules."""
        number = self.code_number(look.number_format) if look.number_format else 0
        return self.entries("dxfs", "dxf").index(differential(look, number, self.part.prefix))

    def entries(self, holder: str, entry: str) -> Entries:
        """A list of the styles part, such as its fonts."""
        if holder not in self.lists:
            self.lists[holder] = Entries(self.part, holder, entry)
        return self.lists[holder]

    def _format(self, style: int) -> Format:
        if not self.formats:
            raise PatchRefused(path=self.path, reason=Message(N_("its list of cell formats is missing")))
        return self.formats[style if 0 <= style < len(self.formats) else 0]

    def _derived(self, style: int, number_format: int) -> int:
        """The index of a copy of a style with another number format."""
        base = self._format(style)
        tag = with_attribute(with_attribute(base.tag, "numFmtId", str(number_format)), "applyNumberFormat", "1")
        return self._appended(tag + base.xml[len(base.tag) :], base.locked)

    def added(self, xml: bytes, near: int = -1) -> int:
        """The index of a format from elsewhere: `near` if it is that one, else another like it, else a new one."""
        if 0 <= near < len(self.formats) and self.formats[near].xml == xml:
            return near
        return self._appended(xml, locked=True)

    def _appended(self, xml: bytes, locked: bool) -> int:
        """The index of a format, appended if it is not there; `locked` where it does not say."""
        for index, each in enumerate(self.formats):
            if each.xml == xml:
                return index
        tag = xml[: xml.index(b">") + 1]
        locked = locked if b"locked=" not in xml else b'locked="0"' not in xml
        self.formats.append(Format(xml, tag, _shows(int(attribute(tag, "numFmtId") or 0), self.codes), locked))
        return len(self.formats) - 1

    def splices(self) -> list[Splice]:
        """What has to be spliced into the styles part; empty if no new format was needed."""
        new = self.formats[self.first_new :]
        lists = [splice for each in self.lists.values() for splice in each.splices()]
        if not new:
            return [*self._code_splices(), *lists] if lists else []
        cells = self.part.element("cellXfs")
        if cells is None:
            raise LookupError("cellXfs")
        tag = with_attribute(cells.tag, "count", str(len(self.formats)))
        return [
            *self._code_splices(),
            *lists,
            cells.with_tag(tag),
            (cells.close, cells.close, b"".join(each.xml for each in new)),
        ]

    def _code_splices(self) -> list[Splice]:
        new = {number: code for number, code in self.codes.items() if number >= self.first_code}
        if not new:
            return []
        prefix = self.part.prefix
        xml = b"".join(
            b'<%snumFmt numFmtId="%d" formatCode="%s"/>' % (prefix, number, quoted(code))
            for number, code in new.items()
        )
        found = self.part.element("numFmts")
        if found is None:
            root = next(self.part.elements(self.part.root.decode()))
            return [(root.inner, root.inner, b'<%snumFmts count="%d">%s</%snumFmts>' % (prefix, len(new), xml, prefix))]
        count = sum(1 for _ in self.part.elements("numFmt", found.inner, found.close)) + len(new)
        tag = with_attribute(found.tag, "count", str(count))
        return [found.with_content(found.text + xml, tag)]


def open_styles(styles: Part, path: str) -> Styles:
    """The cell formats of a styles part; where it lists none, a value that needs a format will be refused."""
    cells = styles.element("cellXfs")
    codes = {}
    formats_of = styles.element("numFmts")
    if formats_of:
        for each in styles.elements("numFmt", formats_of.inner, formats_of.close):
            codes[int(each.get("numFmtId") or 0)] = each.get("formatCode") or ""
    formats = [_format(each, codes) for each in cells.entries("xf")] if cells else []
    return Styles(path, styles, formats, codes, len(formats), max([163, *codes]) + 1)


def _format(xf: Element, codes: Mapping[int, str]) -> Format:
    protection = xf.part.element("protection", xf.inner, xf.close)
    locked = protection is None or protection.get("locked") in (None, "1", "true")
    shows = _shows(int(xf.get("numFmtId") or 0), codes)
    return Format(xf.part.raw[xf.start : xf.end], xf.tag, shows, locked)


def _shows(number_format: int, codes: Mapping[int, str]) -> Shows:
    if number_format in codes:
        return shown_by(codes[number_format])
    if number_format in _DATES:
        return Shows.DATE
    if number_format in _TIMES:
        return Shows.TIME
    return Shows.TEXT if number_format == _TEXT else Shows.NUMBER
