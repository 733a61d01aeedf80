"""Texts of another workbook: those that are in our table of texts are named by their place, others stand in the cell.

So our table stays as it is, and a text that is new costs what it is long (packed, hardly anything where it repeats).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from crmsheet.book.ooxml.markup import Part, attribute, escaped, reprefixed, with_attribute
from crmsheet.book.ooxml.taken_styles import StyleTranslation

_PHONETIC = re.compile(rb"<(?:[\w.-]+:)?phoneticPr\s[^>]*>")
_READING = re.compile(rb"<((?:[\w.-]+:)?rPh)\b.*?</\1\s*>", re.DOTALL)
_RUN = re.compile(rb"<((?:[\w.-]+:)?t)(?:\s[^>]*)?(?<!/)>(.*?)</\1\s*>", re.DOTALL)
_CDATA = re.compile(rb"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)


class CellString(NamedTuple):
    """A text for a cell: the type of the cell, and what stands in it."""

    type: bytes
    xml: bytes


@dataclass(slots=True)
class StringTranslation:
    """Places in the table of `theirs` -> texts for cells of a sheet whose elements have the `prefix`."""

    theirs: list[bytes]
    source: bytes
    prefix: bytes
    styles: StyleTranslation
    alike: bool
    places: dict[bytes, int] = field(default_factory=dict)
    ours: list[bytes] = field(default_factory=list)
    target: bytes = b""
    found: dict[int, CellString] = field(default_factory=dict)

    def cell(self, index: int) -> CellString:
        """The text as a cell of our workbook holds it."""
        known = self.found.get(index)
        if known is None:
            known = self.found[index] = self._cell(index)
        return known

    def words(self, index: int) -> bytes:
        """The text alone, as the value of a formula."""
        if not 0 <= index < len(self.theirs):
            return b""
        runs = _RUN.findall(_READING.sub(b"", self.theirs[index]))
        return b"".join(_CDATA.sub(lambda match: escaped(match[1].decode()), run) for _, run in runs)

    def _cell(self, index: int) -> CellString:
        p = self.prefix
        if self.alike:
            return CellString(b"s", b"<%sv>%d</%sv>" % (p, index, p))
        if not 0 <= index < len(self.theirs):
            return CellString(b"inlineStr", b"<%sis><%st/></%sis>" % (p, p, p))
        text = rephonetic(self.styles.paint.of(self.theirs[index]), self.styles)
        shared = reprefixed(text, self.source, self.target)
        near = index < len(self.ours) and self.ours[index] == shared
        place = index if near else self.places.get(shared)
        if place is not None:
            return CellString(b"s", b"<%sv>%d</%sv>" % (p, place, p))
        held = reprefixed(text, self.source, p) or b"<%st/>" % p
        return CellString(b"inlineStr", b"<%sis>%s</%sis>" % (p, held, p))


def strings_of(theirs: Part | None, ours: Part | None, prefix: bytes, styles: StyleTranslation) -> StringTranslation:
    """The translation of the texts of one workbook (None: it has no table) into those of another."""
    if theirs is None:
        return StringTranslation([], b"", prefix, styles, alike=False)
    alike = ours is not None and theirs.raw == ours.raw and not styles.paint.needed
    if alike or ours is None:
        return StringTranslation(_texts(theirs), theirs.prefix, prefix, styles, alike)
    known = _texts(ours)
    places: dict[bytes, int] = {}
    for at, each in enumerate(known):
        places.setdefault(each, at)
    return StringTranslation(
        _texts(theirs), theirs.prefix, prefix, styles, alike=False, places=places, ours=known, target=ours.prefix
    )


def _texts(table: Part) -> list[bytes]:
    """What stands within each entry, as written."""
    name = re.escape(table.prefix + b"si")
    entry = re.compile(rb"<" + name + rb"(?:\s[^>]*)?(?:/>|>(.*?)</" + name + rb"\s*>)", re.DOTALL)
    return [
        b"" if match.start(1) < 0 else table.raw[match.start(1) : match.end(1)] for match in entry.finditer(table.scan)
    ]


def rephonetic(xml: bytes, styles: StyleTranslation) -> bytes:
    """Markup whose readings (phonetic texts) name their font by its number in our workbook."""

    def tag(match: re.Match[bytes]) -> bytes:
        number = attribute(match[0], "fontId")
        if number is None or not number.isdigit():
            return match[0]
        return with_attribute(match[0], "fontId", str(styles.font(int(number))))

    return _PHONETIC.sub(tag, xml) if b"phoneticPr" in xml else xml
