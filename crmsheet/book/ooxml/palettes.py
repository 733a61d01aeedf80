"""Colours and fonts that a workbook names by number: what they are in one that has other ones under these numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from crmsheet.book.ooxml.closures import Parts
from crmsheet.book.ooxml.colours import indexed_colours, theme_colours
from crmsheet.book.ooxml.markup import part, with_attribute, without_attribute
from crmsheet.book.ooxml.workbook import Workbook

_COLOUR = re.compile(rb"<[\w.:-]*[cC]olor[\w]*\s[^>]*?\b(?:theme|indexed)\s*=\s*[\"']([0-9]+)[\"'][^>]*>")
_SCHEME = re.compile(rb"<(?:[\w.-]+:)?scheme\s[^>]*?(?:/>|></(?:[\w.-]+:)?scheme\s*>)")


@dataclass(frozen=True, slots=True)
class Palette:
    """What the numbers of colours mean, and the fonts that a theme gives to headings and cells."""

    theme: Sequence[str]
    indexed: Sequence[str]
    fonts: bytes


def palette_of(book: Workbook, parts: Parts) -> Palette:
    """The palette of a workbook."""
    theme, styles = book.first("theme"), book.first("styles")
    found = part(parts.read(theme), parts.path, theme) if theme else None
    fonts = found.element("fontScheme") if found else None
    listed = part(parts.read(styles), parts.path, styles) if styles else None
    return Palette(theme_colours(found), indexed_colours(listed), fonts.text if fonts else b"")


@dataclass(frozen=True, slots=True)
class Repainting:
    """From one palette to another: a colour whose number means something else there is written out."""

    source: Palette
    target: Palette

    @property
    def needed(self) -> bool:
        """Whether the two differ at all."""
        return self.source != self.target

    def of(self, xml: bytes) -> bytes:
        """The markup of fonts, fills, rules or texts with the same colours and fonts as it had."""
        if not self.needed:
            return xml
        painted = _COLOUR.sub(lambda match: self._tag(match[0], int(match[1])), xml)
        return painted if self.source.fonts == self.target.fonts else _SCHEME.sub(b"", painted)

    def _tag(self, tag: bytes, number: int) -> bytes:
        name, old, new = "theme", self.source.theme, self.target.theme
        if b"theme" not in tag:
            name, old, new = "indexed", self.source.indexed, self.target.indexed
        if number >= len(old) or (number < len(new) and new[number] == old[number]):
            return tag
        return with_attribute(without_attribute(tag, name), "rgb", f"FF{old[number]}")
