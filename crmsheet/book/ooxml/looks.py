"""How cells shall look, as entries of the styles part: fonts, fills and formats are appended, never changed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from crmsheet.book.ooxml.markup import Part, Splice, quoted, with_attribute
from crmsheet.book.ooxml.order import STYLES, place_for
from crmsheet.book.opened import Look


@dataclass(slots=True)
class Entries:
    """A list of a styles part, such as its fonts, and what is appended to it; a new entry that is there is reused."""

    part: Part
    holder: str
    entry: str
    known: list[bytes] = field(default_factory=list)
    first_new: int = 0
    places: dict[bytes, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Reads what is there."""
        found = self.part.element(self.holder)
        if found:
            self.known = [self.part.raw[each.start : each.end] for each in found.entries(self.entry)]
        self.first_new = len(self.known)
        for at, each in enumerate(self.known):
            self.places.setdefault(each, at)

    def index(self, xml: bytes, near: int = -1) -> int:
        """The place of an entry in the list: `near` if it is that one; appended if it is not there."""
        if 0 <= near < len(self.known) and self.known[near] == xml:
            return near
        return self.places[xml] if xml in self.places else self.appended(xml)

    def appended(self, xml: bytes) -> int:
        """The place of an entry at the end of the list, whether or not one like it is there."""
        self.places.setdefault(xml, len(self.known))
        self.known.append(xml)
        return len(self.known) - 1

    def splices(self) -> list[Splice]:
        """What has to be spliced into the part, with the list itself where it is missing."""
        new = self.known[self.first_new :]
        if not new:
            return []
        found = self.part.element(self.holder)
        if found:
            tag = with_attribute(found.tag, "count", str(len(self.known)))
            return [found.with_content(found.text + b"".join(new), tag)]
        root = next(self.part.elements(self.part.root.decode()))
        place = place_for(self.holder, self.part, STYLES, root.inner)
        name = self.part.prefix + self.holder.encode()
        return [(place, place, b'<%s count="%d">%s</%s>' % (name, len(new), b"".join(new), name))]


def font(base: bytes, look: Look, prefix: bytes) -> bytes:
    """A font like another one, in the colour and weight of a look."""
    if base.endswith(b"/>"):
        base = b"<%sfont></%sfont>" % (prefix, prefix)
    p = re.escape(prefix)
    if look.colour:
        base = re.sub(rb"<" + p + rb"color\b[^>]*/>", b"", base)
        size = re.search(rb"<" + p + rb"sz\b[^>]*/>", base)
        at = size.end() if size else base.index(b">") + 1
        base = base[:at] + b'<%scolor rgb="FF%s"/>' % (prefix, look.colour.upper().encode()) + base[at:]
    if look.bold:
        base = re.sub(rb"<" + p + rb"b(?=[\s/>])[^>]*/>", b"", base)
        at = base.index(b">") + 1
        base = base[:at] + b"<%sb/>" % prefix + base[at:]
    return base


def fill(colour: str, prefix: bytes) -> bytes:
    """A fill of one colour."""
    p, rgb = prefix, colour.upper().encode()
    return (
        b'<%sfill><%spatternFill patternType="solid"><%sfgColor rgb="FF%s"/><%sbgColor indexed="64"/></%spatternFill>'
        b"</%sfill>" % (p, p, p, rgb, p, p, p)
    )


def protection(locked: bool, prefix: bytes) -> bytes:
    """Whether a cell is out of bounds in a protected sheet."""
    return b'<%sprotection locked="%d"/>' % (prefix, locked)


def differential(look: Look, number: int, prefix: bytes) -> bytes:
    """A look as the format of a rule, which lies over that of the cell; `number` is that of its number format.

    The colour of such a fill is the one that elsewhere is its background (18.8.14 and what Excel writes).
    """
    p, xml = prefix, b""
    if look.bold or look.colour:
        bold = b"<%sb/>" % p if look.bold else b""
        colour = b'<%scolor rgb="FF%s"/>' % (p, look.colour.upper().encode()) if look.colour else b""
        xml += b"<%sfont>%s%s</%sfont>" % (p, bold, colour, p)
    if look.number_format:
        xml += b'<%snumFmt numFmtId="%d" formatCode="%s"/>' % (p, number, quoted(look.number_format))
    if look.fill:
        rgb = look.fill.upper().encode()
        xml += b'<%sfill><%spatternFill><%sbgColor rgb="FF%s"/></%spatternFill></%sfill>' % (p, p, p, rgb, p, p)
    return b"<%sdxf>%s</%sdxf>" % (p, xml, p)
