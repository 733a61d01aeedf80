"""The zip package of a workbook: its members, read once and with suspicion."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.parsers.expat import ExpatError

from crmsheet.book import limits
from crmsheet.book.xml_events import elements
from crmsheet.core.errors import BookCorrupt, BookEncrypted, BookFormat
from crmsheet.core.messages import N_, Message

XLSB, ODS = "xlsb", "ods"
_TRICK = re.compile(r"(?:^|/)\.\.(?:/|$)|^/|^[A-Za-z]:|\0")
_MIMETYPE = re.compile(rb"application/(?:x-)?vnd\.oasis\.opendocument\.spreadsheet")
_KINDS: tuple[tuple[str, str], ...] = (
    ("word/", N_("a Word document")),
    ("ppt/", N_("a PowerPoint presentation")),
    ("Index/", N_("a Numbers spreadsheet; export it as .xlsx")),
    ("Index.zip", N_("a Numbers spreadsheet; export it as .xlsx")),
)


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A sheet as the workbook lists it; `part` is its member, '' where it is missing."""

    name: str
    part: str
    kind: str


@dataclass(frozen=True, slots=True)
class Package:
    """The members of a workbook; `names` maps the folded name to the name in the archive."""

    path: Path
    archive: zipfile.ZipFile
    names: Mapping[str, zipfile.ZipInfo]

    def __contains__(self, name: str) -> bool:
        return _folded(name) in self.names

    def read(self, name: str) -> bytes:
        """The content of a member, its checksum proved.

        Raises:
            BookCorrupt: it is missing or damaged.
        """
        entry = self.names.get(_folded(name))
        if entry is None:
            raise BookCorrupt(path=self.path, detail=Message(N_("its part {part} is missing"), {"part": name}))
        if entry.file_size > max(limits.SAFE_PART_BYTES, limits.MAX_RATIO * entry.compress_size):
            facts = {"part": name, "size": entry.file_size >> 20}
            template = N_("its part {part} would unpack to {size:,} MB, more than any real one of that size")
            raise BookCorrupt(path=self.path, detail=Message(template, facts))
        try:
            return self.archive.read(entry)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError) as error:
            detail = Message(N_("its part {part} is damaged"), {"part": name})
            raise BookCorrupt(path=self.path, detail=detail) from error

    def elements(self, name: str, *local: str) -> list[tuple[str, Mapping[str, str]]]:
        """The elements of a member that have one of the local names.

        Raises:
            BookCorrupt: it is missing, damaged, or no XML.
        """
        try:
            return elements(self.read(name), *local)
        except ExpatError as error:
            detail = Message(N_("its part {part} is not well-formed XML"), {"part": name})
            raise BookCorrupt(path=self.path, detail=detail) from error

    def relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Relationship id -> (last word of its type, member it points to) of a part ('' for the package)."""
        folder, name = posixpath.split(part)
        where = posixpath.join(folder, "_rels", f"{name}.rels")
        if where not in self:
            return {}
        return {
            each.get("Id", ""): (each.get("Type", "").rpartition("/")[2], _target(folder, each.get("Target", "")))
            for _, each in self.elements(where, "Relationship")
            if each.get("TargetMode") != "External"
        }


def open_package(path: Path, content: bytes) -> Package:
    """The package in the bytes, before anything of it is unpacked.

    Raises:
        BookCorrupt: no zip directory, names that point outside, or a size that only an attack has.
        BookEncrypted: its members need a password.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        detail = Message(N_("its end is missing or damaged, as after an incomplete download or copy"))
        raise BookCorrupt(path=path, detail=detail) from error
    entries = archive.infolist()
    if any(entry.flag_bits & 1 for entry in entries):
        raise BookEncrypted(path=path)
    _refuse_tricks(path, entries, len(content))
    return Package(path, archive, {_folded(entry.filename): entry for entry in entries})


def foreign_package(package: Package) -> str:
    """XLSB or ODS if that is what the package is, else ''."""
    if "mimetype" in package and _MIMETYPE.match(package.read("mimetype")):
        return ODS
    return XLSB if _workbook(package).lower().endswith(".bin") else ""


def workbook_part(package: Package) -> str:
    """The member that holds the workbook.

    Raises:
        BookFormat: the package is something else: what it is.
    """
    part = _workbook(package)
    if part in package and not part.startswith(("word/", "ppt/")):
        return part
    raise BookFormat(path=package.path, detail=_other_kind(package))


def _workbook(package: Package) -> str:
    targets = [target for kind, target in package.relations("").values() if kind == "officeDocument"]
    usual = ("xl/workbook.xml", "xl/workbook.bin")
    return next((each for each in (*targets, *usual) if each in package), usual[0])


def sheet_parts(package: Package, workbook: str) -> list[SheetPart]:
    """The sheets in the order of their tabs; `kind` is the last word of the relationship's type."""
    relations = package.relations(workbook)
    found = []
    for _, each in package.elements(workbook, "sheet"):
        key = next((value for name, value in each.items() if name.endswith(":id")), "")
        kind, part = relations.get(key, ("", ""))
        found.append(SheetPart(each.get("name", ""), part if part in package else "", kind))
    return found


def _refuse_tricks(path: Path, entries: list[zipfile.ZipInfo], packed: int) -> None:
    if any(_TRICK.search(entry.filename.replace("\\", "/")) for entry in entries):
        raise BookCorrupt(path=path, detail=Message(N_("it has members whose names point outside of it")))
    if len({_folded(entry.filename) for entry in entries}) != len(entries):
        raise BookCorrupt(path=path, detail=Message(N_("it has two members of the same name")))
    size = sum(entry.file_size for entry in entries)
    bomb = size > limits.SAFE_UNPACKED_BYTES and size > limits.MAX_RATIO * packed
    if bomb or size > limits.MAX_UNPACKED_BYTES or len(entries) > limits.MAX_MEMBERS:
        facts = {"size": size >> 20, "count": len(entries)}
        detail = Message(N_("it would unpack to {size:,} MB in {count:,} parts, more than any real workbook"), facts)
        raise BookCorrupt(path=path, detail=detail)


def _other_kind(package: Package) -> Message:
    for folder, name in _KINDS:
        if any(entry.filename.startswith(folder) for entry in package.names.values()):
            return Message(name)
    return Message(N_("a zip archive without a workbook in it"))


def _folded(name: str) -> str:
    """The form in which members are compared: Windows writers use other slashes and letters."""
    return name.replace("\\", "/").lstrip("/").lower()


def _target(folder: str, target: str) -> str:
    target = target.replace("\\", "/")
    return posixpath.normpath(target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target))
