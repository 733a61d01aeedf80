"""Cell formats of another workbook in this one: equal ones are found again, others added at the ends of the lists."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from crmsheet.book.ooxml.looks import Entries
from crmsheet.book.ooxml.markup import Part, attribute, attributes, plain, quoted, reprefixed, with_attribute
from crmsheet.book.ooxml.palettes import Repainting
from crmsheet.book.ooxml.styles import Styles

_FOREIGN = re.compile(rb"\s(?!xml:|xmlns[:=])[\w.-]+:[\w.-]+\s*=\s*(?:\"[^\"]*\"|'[^']*')")
_USED = re.compile(rb"<(?:/?)([A-Za-z_][\w.-]*):")
_CUSTOM = 164
"""From here on number formats mean what a workbook says, and nothing where it does not."""
_DIFFERENTIAL = re.compile(rb"\bdxfId=[\"']([0-9]+)[\"']")


@dataclass(slots=True)
class StyleTranslation:
    """Numbers of formats in `theirs` -> numbers in `ours`, to which formats are added where they lack."""

    ours: Styles
    theirs: Styles
    paint: Repainting
    lists: dict[str, Entries] = field(default_factory=dict)
    found: dict[tuple[str, int], int] = field(default_factory=dict)

    def cell(self, index: int) -> int:
        """The format of a cell."""
        return self._once("cellXfs", index, self._cell)

    def rule(self, index: int) -> int:
        """The format of a rule, as conditional formats and Excel tables name it."""
        return self._once("dxfs", index, self._rule)

    def font(self, index: int) -> int:
        """A font."""
        return self._once("fonts", index, lambda at: self._entry("fonts", "font", at))

    def table_style(self, name: str) -> None:
        """Sees to it that a table style of this name is there, if it is one of the user's own."""
        theirs, ours = self._list("tableStyles", "tableStyle"), self.ours.entries("tableStyles", "tableStyle")
        named = next((each for each in theirs.known if _name(each) == name), None)
        if named is None or any(_name(each) == name for each in ours.known):
            return
        xml = self._adopted(named)
        ours.index(_DIFFERENTIAL.sub(lambda match: b'dxfId="%d"' % self.rule(int(match[1])), xml))

    def _once(self, kind: str, index: int, make: Callable[[int], int]) -> int:
        key = kind, index
        if key not in self.found:
            self.found[key] = make(index)
        return self.found[key]

    def _cell(self, index: int) -> int:
        if not 0 <= index < len(self.theirs.formats):
            return 0
        theirs = self.theirs.formats[index]
        return self.ours.added(self._format(theirs.xml, named=True), index)

    def _format(self, xml: bytes, *, named: bool) -> bytes:
        """An entry of cellXfs, or (not `named`) of cellStyleXfs."""
        old = xml[: xml.index(b">") + 1]
        tag = old
        numbers: list[tuple[str, Callable[[int], int]]] = [
            ("numFmtId", self._code), ("fontId", self.font),
            ("fillId", lambda at: self._once("fills", at, lambda each: self._entry("fills", "fill", each))),
            ("borderId", lambda at: self._once("borders", at, lambda each: self._entry("borders", "border", each))),
        ]  # fmt: skip
        if named:
            numbers.append(("xfId", lambda at: self._once("cellStyleXfs", at, self._named)))
        for name, translated in numbers:
            number = _number(attribute(tag, name))
            new = translated(number)
            if new != number:
                tag = with_attribute(tag, name, str(new))
        return self._adopted(tag + xml[len(old) :])

    def _named(self, index: int) -> int:
        """A named style: ours of the same name, else theirs with its name."""
        entries, names = self._list("cellStyleXfs", "xf"), self._list("cellStyles", "cellStyle")
        label = next((each for each in names.known if _number(attribute(each, "xfId")) == index), None)
        if label is None or index >= len(entries.known):
            return 0
        ours = self.ours.entries("cellStyles", "cellStyle")
        for each in ours.known:
            if _same_style(each, label):
                return _number(attribute(each, "xfId"))
        formats = self.ours.entries("cellStyleXfs", "xf")
        new = formats.appended(self._format(entries.known[index], named=False))
        ours.appended(with_attribute(self._adopted(label), "xfId", str(new)))
        return new

    def _code(self, number: int) -> int:
        """A number format by its code."""
        code = self.theirs.codes.get(number)
        if code is None:
            return 0 if number >= _CUSTOM else number
        if self.ours.codes.get(number) == code:
            return number
        return self.ours.code_number(code)

    def _rule(self, index: int) -> int:
        entries = self._list("dxfs", "dxf")
        if index >= len(entries.known):
            return 0
        xml = entries.known[index]
        held = re.search(rb"<" + re.escape(self.theirs.part.prefix) + rb"numFmt\s[^>]*>", xml)
        if held:
            number, code = _number(attribute(held[0], "numFmtId")), attribute(held[0], "formatCode") or ""
            if self.ours.codes.get(number, code) != code:
                tag = with_attribute(held[0], "numFmtId", str(self.ours.code_number(code)))
                xml = xml[: held.start()] + tag + xml[held.end() :]
        return self.ours.entries("dxfs", "dxf").index(self._adopted(xml), index)

    def _entry(self, holder: str, entry: str, index: int) -> int:
        entries = self._list(holder, entry)
        if index >= len(entries.known):
            return 0
        return self.ours.entries(holder, entry).index(self._adopted(entries.known[index]), index)

    def _list(self, holder: str, entry: str) -> Entries:
        if holder not in self.lists:
            self.lists[holder] = Entries(self.theirs.part, holder, entry)
        return self.lists[holder]

    def _adopted(self, xml: bytes) -> bytes:
        """An entry as our part can hold it: our prefix, our palette, and the namespaces that it needs declared."""
        bare = reprefixed(self.paint.of(_FOREIGN.sub(b"", xml)), self.theirs.part.prefix, self.ours.part.prefix)
        return declared(bare, self.theirs.part, self.ours.part)


def declared(xml: bytes, source: Part, target: Part) -> bytes:
    """An element with the namespaces that its inner elements use and the root of the target does not declare."""
    known = {name for name in attributes(_root(target)) if name.startswith("xmlns:")}
    spaces = attributes(_root(source))
    tag_end = xml.index(b">")
    if xml[tag_end - 1 : tag_end] == b"/":
        tag_end -= 1
    for prefix in dict.fromkeys(_USED.findall(xml)):
        name = f"xmlns:{prefix.decode()}"
        here = re.search(rb"\s" + name.encode() + rb"\s*=", xml)
        if name not in known and name in spaces and not here:
            xml = xml[:tag_end] + b' %s="%s"' % (name.encode(), quoted(spaces[name])) + xml[tag_end:]
    return xml


def _root(part_: Part) -> bytes:
    return next(part_.elements(part_.root.decode())).tag


def _same_style(one: bytes, other: bytes) -> bool:
    """Whether two named styles are the same to a spreadsheet program; the names of its own are translated."""
    own = [tuple(attribute(each, name) for name in ("builtinId", "iLevel")) for each in (one, other)]
    names = {(attribute(each, "name") or "").lower() for each in (one, other)}
    return len(names) == 1 or (own[0] == own[1] and own[0][0] is not None)


def _name(entry: bytes) -> str:
    return plain((attribute(entry[: entry.index(b">") + 1], "name") or "").encode())


def _number(text: str | None) -> int:
    return int(text) if text and text.isdigit() else 0
