"""A patch in the making: the parts of a workbook as they are so far, and the notes for the receipt."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count, islice

from crmsheet.book.ooxml.markup import Element, Part, Splice, part, plain, quoted, spliced
from crmsheet.book.ooxml.order import STYLES
from crmsheet.book.ooxml.package import Package
from crmsheet.book.ooxml.sheet import CellText, SheetText, type_of
from crmsheet.book.ooxml.styles import EMPTY_STYLES, Styles, open_styles
from crmsheet.book.ooxml.workbook import MAIN, Workbook
from crmsheet.core.messages import Message

CONTENT = "application/vnd.openxmlformats-officedocument.spreadsheetml."
CONTENT_TYPES = "[Content_Types].xml"
RELATIONSHIPS = "application/vnd.openxmlformats-package.relationships+xml"
_NO_RELATIONS = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
)


@dataclass(slots=True)
class Workspace:
    """The members of a workbook by what becomes of them.

    `changed` holds the new bytes of members, `gone` the members that are taken out, `copied` those of the changed that
    came as they are from another workbook, `types` the content types of parts that came so (`declare_all`), `sheets`
    what the gate needs to know about the patched sheets; `computed` tells whether a formula came or went.
    """

    package: Package
    book: Workbook
    changed: dict[str, bytes] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    copied: set[str] = field(default_factory=set)
    types: dict[str, tuple[str, bool]] = field(default_factory=dict)
    sheets: dict[str, tuple[SheetText, Mapping[int, Sequence[int]]]] = field(default_factory=dict)
    notes: list[Message] = field(default_factory=list)
    opened_styles: Styles | None = None
    computed: bool = False

    @property
    def path(self) -> str:
        """The path of the book, for refusals."""
        return self.package.path

    def part(self, member: str) -> Part:
        """A part as it is so far."""
        return part(self.read(member), self.path, member)

    def read(self, member: str) -> bytes:
        """The bytes of a member as they are so far."""
        return self.changed[member] if member in self.changed else self.package.read(member)

    def find(self, name: str) -> str | None:
        """The name of a member as spelled, None where there is none by now."""
        found = self.package.find(name)
        if found is not None:
            return None if found in self.gone else found
        return next((each for each in self.changed if each.lower() == name.lower()), None)

    def write(self, member: str, content: bytes, *, copied: bool = False) -> None:
        """Gives a member other content; `copied` if another workbook holds these very bytes."""
        self.gone.discard(member)
        self.changed.pop(member, None)
        self.copied.discard(member)
        if self.package.find(member) != member or self.package.read(member) != content:
            self.changed[member] = content
            if copied:
                self.copied.add(member)

    def remove(self, member: str) -> None:
        """Takes a member out; what names it is left to the caller."""
        self.changed.pop(member, None)
        self.copied.discard(member)
        if self.package.find(member):
            self.gone.add(member)

    def splice(self, member: str, raw: bytes, splices: Sequence[Splice]) -> None:
        """Makes splices in a member whose bytes so far are `raw`."""
        if splices:
            self.changed[member] = spliced(raw, splices)
            self.copied.discard(member)

    def note(self, template: str, **arguments: object) -> None:
        """A sentence for the receipt."""
        self.notes.append(Message(template, arguments))

    @property
    def styles(self) -> Styles:
        """The cell formats of the workbook, shared by its sheets."""
        if self.opened_styles is None:
            member = self.book.first("styles")
            found = part(self.package.read(member), self.path, member) if member else None
            if found is None or not any(found.element(name) for name in STYLES):
                raw = EMPTY_STYLES.replace(MAIN.encode(), self.book.namespace.encode())
                found = part(raw, self.path, member or "styles.xml")
            self.opened_styles = open_styles(found, self.path)
        return self.opened_styles

    def keep_styles(self) -> None:
        """Writes the new cell formats, into a new styles part where the workbook has none."""
        splices = self.opened_styles.splices() if self.opened_styles else []
        if not splices or self.opened_styles is None:
            return
        member = self.book.first("styles")
        if member is None:
            member = posixpath.join(posixpath.dirname(self.book.member), "styles.xml")
            self.declare(member, "styles")
            self.relate(self.book.member, "styles", "styles.xml")
        self.splice(member, self.opened_styles.part.raw, splices)

    def shows_nothing(self, text: SheetText, cell: CellText) -> bool:
        """Whether a cell holds a text that is empty or blank: many programs write such cells where nothing is."""
        kind, sheet = type_of(cell.tag), text.part
        if text.is_formula(cell) or kind not in (b"s", b"str", b"inlineStr"):
            return False
        held = sheet.element("is" if kind == b"inlineStr" else "v", cell.start, cell.end)
        if held is None or kind != b"s":
            return held is None or not _words(held)
        member = self.book.first("sharedStrings")
        strings = self.part(member).elements("si") if member else iter(())
        found = next(islice(strings, int(held.text), None), None) if held.text.strip().isdigit() else None
        return found is not None and not _words(found)

    def declare(self, member: str, kind: str) -> None:
        """Says in the list of content types what a new member is, such as a `worksheet`."""
        types = self.package.find(CONTENT_TYPES) or CONTENT_TYPES
        self._append(types, "Types", f'<Override PartName="/{member}" ContentType="{CONTENT}{kind}+xml"/>')

    def relate(self, source: str, kind: str, target: str, *, external: bool = False) -> str:
        """A new relationship of a part; its id."""
        member, known = self._relations(source)
        identity = next(f"rIdCrm{n}" for n in count(1) if f"rIdCrm{n}" not in known)
        mode = ' TargetMode="External"' if external else ""
        kind = f"{self.book.relationships}/{kind}"
        xml = f'<Relationship Id="{identity}" Type="{kind}" Target="{quoted(target).decode()}"{mode}/>'
        self._append(member, "Relationships", xml)
        return identity

    def take_out(self, member: str, kind: str) -> None:
        """Takes a member of the workbook out, with its relationships of this kind."""
        self.gone.add(member)
        rels, _ = self._relations(self.book.member)
        found = self.part(rels)
        old = [each for each in found.elements("Relationship") if (each.get("Type") or "").endswith(f"/{kind}")]
        self.splice(rels, found.raw, [(each.start, each.end, b"") for each in old])

    def _relations(self, source: str) -> tuple[str, set[str | None]]:
        """The member that holds the relationships of a part, made if it has none, and their ids."""
        folder, name = posixpath.split(source)
        written = posixpath.join(folder, "_rels", f"{name}.rels")
        member = self.package.find(written) or written
        if member not in self.changed and self.package.find(written) is None:
            self.changed[member] = _NO_RELATIONS
            self.types[member] = RELATIONSHIPS, True
        return member, {each.get("Id") for each in self.part(member).elements("Relationship")}

    def _append(self, member: str, root: str, xml: str) -> None:
        holder = self.part(member)
        element = holder.element(root)
        if element is None:
            raise LookupError(root)
        written = xml.encode().replace(b"<", b"<" + holder.prefix, 1)
        self.splice(member, holder.raw, [element.with_content(element.text + written)])


def _words(held: Element) -> str:
    """The text of a cell or a shared string without markup and white space at its ends; a CDATA section is text."""
    if b"<![CDATA[" in held.text:
        return "CDATA"
    return plain(re.sub(rb"<[^>]*>", b"", held.text)).strip()
