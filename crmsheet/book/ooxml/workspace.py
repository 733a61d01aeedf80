"""A patch in the making: the parts of a workbook as they are so far, and the notes for the receipt."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from crmsheet.book.ooxml.markup import Part, Splice, part, spliced
from crmsheet.book.ooxml.package import Package
from crmsheet.book.ooxml.sheet import SheetText
from crmsheet.book.ooxml.styles import EMPTY_STYLES, Styles, open_styles
from crmsheet.book.ooxml.workbook import Workbook, relations_of
from crmsheet.core.messages import Message

_STYLES_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
_STYLES_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles"
_CONTENT_TYPES = "[Content_Types].xml"


@dataclass(slots=True)
class Workspace:
    """`changed` holds the new bytes of members; `sheets` what the gate needs to know about the patched sheets."""

    package: Package
    book: Workbook
    changed: dict[str, bytes] = field(default_factory=dict)
    sheets: dict[str, tuple[SheetText, Mapping[int, Sequence[int]]]] = field(default_factory=dict)
    notes: list[Message] = field(default_factory=list)
    opened_styles: Styles | None = None

    @property
    def path(self) -> str:
        """The path of the book, for refusals."""
        return self.package.path

    def part(self, member: str) -> Part:
        """A part as it is so far."""
        raw = self.changed[member] if member in self.changed else self.package.read(member)
        return part(raw, self.path, member)

    def splice(self, member: str, raw: bytes, splices: Sequence[Splice]) -> None:
        """Makes splices in a member whose bytes so far are `raw`."""
        if splices:
            self.changed[member] = spliced(raw, splices)

    def note(self, template: str, **arguments: object) -> None:
        """A sentence for the receipt."""
        self.notes.append(Message(template, arguments))

    @property
    def styles(self) -> Styles:
        """The cell formats of the workbook, shared by its sheets."""
        if self.opened_styles is None:
            member = self.book.first("styles")
            raw = self.package.read(member) if member else EMPTY_STYLES
            self.opened_styles = open_styles(part(raw, self.path, member or "styles.xml"), self.path)
        return self.opened_styles

    def keep_styles(self) -> None:
        """Writes the new cell formats, into a new styles part where the workbook has none."""
        splices = self.opened_styles.splices() if self.opened_styles else []
        if not splices or self.opened_styles is None:
            return
        member = self.book.first("styles") or self._new_styles_part()
        self.splice(member, self.opened_styles.part.raw, splices)

    def _new_styles_part(self) -> str:
        folder, name = posixpath.split(self.book.member)
        member = posixpath.join(folder, "styles.xml")
        types = self.part(self.package.find(_CONTENT_TYPES) or _CONTENT_TYPES)
        self._append(
            types,
            "Types",
            self.package.find(_CONTENT_TYPES) or _CONTENT_TYPES,
            f'<Override PartName="/{member}" ContentType="{_STYLES_TYPE}"/>',
        )
        rels = posixpath.join(folder, "_rels", f"{name}.rels")
        known = {each.id for each in relations_of(self.package, self.book.member)}
        identity = next(f"rIdStyles{n}" for n in range(1, 10_000) if f"rIdStyles{n}" not in known)
        self._append(
            self.part(rels),
            "Relationships",
            self.package.find(rels) or rels,
            f'<Relationship Id="{identity}" Type="{_STYLES_RELATION}" Target="styles.xml"/>',
        )
        return member

    def _append(self, holder: Part, root: str, member: str, xml: str) -> None:
        element = holder.element(root)
        if element is None:
            raise LookupError(root)
        written = xml.encode().replace(b"<", b"<" + holder.prefix, 1)
        self.splice(member, holder.raw, [element.with_content(element.text + written)])
