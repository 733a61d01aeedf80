"""The files of a history: a magic, an id, a table of sections, the sections. Told in docs/history-format.md.

0   8  magic: "CRMPACK1" for a version, "CRMKEPT1" for pieces kept of versions that were pruned
8  32  id: HMAC-SHA256 of the HEAD section under the history's key
40  4  number of sections
44  …  per section: tag (4 bytes), offset (8), length (8)
…      the sections; the last one, SEAL, is the HMAC of all bytes before it
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from crmsheet.core.errors import HistoryDamaged
from crmsheet.core.messages import N_, Message
from crmsheet.history.keys import keyed

SEAL = "SEAL"
_START = struct.Struct("<8s32sI")
_SECTION = struct.Struct("<4sQQ")
_FIRST_READ = 1 << 14
_MOST_SECTIONS = 64
_SEAL_SIZE = 32


@dataclass(frozen=True, slots=True)
class Container:
    """A file of a history as listed: where its sections lie."""

    path: Path
    id: str
    sections: Mapping[str, tuple[int, int]]

    def section(self, tag: str) -> bytes:
        """The bytes of a section.

        Raises:
            HistoryDamaged: it is missing or cannot be read.
        """
        if tag not in self.sections:
            raise damaged(self.path, N_("a section is missing"))
        offset, length = self.sections[tag]
        return self.read(offset, length)

    def body(self, offset: int, length: int) -> bytes:
        """Bytes of the section of bodies.

        Raises:
            HistoryDamaged: they are missing or cannot be read.
        """
        start, size = self.sections.get("BODY", (0, 0))
        if offset + length > size:
            raise damaged(self.path, N_("a section is missing"))
        return self.read(start + offset, length)

    def read(self, offset: int, length: int) -> bytes:
        """Bytes of the file.

        Raises:
            HistoryDamaged: the file is gone, cannot be read, or is too short.
        """
        try:
            with self.path.open("rb") as file:
                file.seek(offset)
                content = file.read(length)
        except OSError as error:
            raise damaged(self.path, N_("it cannot be read")) from error
        if len(content) != length:
            raise damaged(self.path, N_("it was cut off"))
        return content


@dataclass(frozen=True, slots=True)
class Listed:
    """A container with the bytes that were read of it when it was listed."""

    held: Container
    first: bytes

    def section(self, tag: str) -> bytes:
        """The bytes of a section, empty where there is none; nothing is read again that was read."""
        offset, length = self.held.sections.get(tag, (0, 0))
        if offset + length <= len(self.first):
            return self.first[offset : offset + length]
        return self.held.read(offset, length)


def damaged(path: Path, detail: str) -> HistoryDamaged:
    """The damage as the user shall read it."""
    return HistoryDamaged(path=path, detail=Message(detail))


def list_container(path: Path, magic: bytes) -> Listed:
    """The sections of a file, by its first bytes.

    Raises:
        HistoryDamaged: it was cut off.
        OSError, struct.error, ValueError: it cannot be read, or is no such file.
    """
    with path.open("rb") as file:
        first = file.read(_FIRST_READ)
        size = file.seek(0, 2)
    found, raw_id, count = _START.unpack_from(first)
    if found != magic or count > _MOST_SECTIONS:
        raise ValueError(found)
    lines = [_SECTION.unpack_from(first, _START.size + _SECTION.size * number) for number in range(count)]
    sections = {tag.decode("ascii"): (offset, length) for tag, offset, length in lines}
    if max((offset + length for offset, length in sections.values()), default=0) != size:
        raise damaged(path, N_("it was cut off"))
    return Listed(Container(path, raw_id.hex(), sections), first)


def write_container(magic: bytes, made_id: str, sections: Mapping[str, bytes], key: bytes | None) -> bytes:
    """The bytes of a file; with the key it is sealed."""
    sizes = {tag: len(content) for tag, content in sections.items() if tag != SEAL}
    if key is not None:
        sizes[SEAL] = _SEAL_SIZE
    at = _START.size + _SECTION.size * len(sizes)
    lines = [_START.pack(magic, bytes.fromhex(made_id), len(sizes))]
    for tag, size in sizes.items():
        lines.append(_SECTION.pack(tag.encode(), at, size))
        at += size
    content = b"".join([*lines, *(each for tag, each in sections.items() if tag != SEAL)])
    return content if key is None else content + keyed(key, content)


def seal_holds(held: Container, key: bytes) -> bool:
    """Whether no byte of a sealed file was changed.

    Raises:
        HistoryDamaged: it cannot be read.
    """
    offset, length = held.sections[SEAL]
    content = memoryview(held.read(0, offset + length))
    return length == _SEAL_SIZE and keyed(key, content[:offset]) == content[offset:]
