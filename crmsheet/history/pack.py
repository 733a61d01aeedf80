"""A pack: the file that holds one version. Its layout is told in docs/history-format.md.

0   8  magic "CRMPACK1"
8  32  the version's id: HMAC-SHA256 of the HEAD section under the history's key
40  4  number of sections
44  …  per section: tag (4 bytes), offset (8), length (8)
…      the sections: HEAD, STAT, MANF, TABL, BODY
"""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crmsheet.core.errors import HistoryDamaged
from crmsheet.core.messages import N_, Message
from crmsheet.core.versions import Version
from crmsheet.history.keys import keyed

MAGIC = b"CRMPACK1"
NAME = re.compile(r"v(\d{6,9})-([0-9a-f]{12})\.(pack|intent)")
_START = struct.Struct("<8s32sI")
_SECTION = struct.Struct("<4sQQ")
_FIRST_READ = 1 << 14
_MOST_SECTIONS = 64
_NONCE = 16


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack as listed: its version, and where its sections lie.

    `parents` are the ids of the versions that it follows; `changes` the pieces of its change set; `replaces` the
    digest of the book that it was made to replace, '' for versions that were found.
    """

    path: Path
    version: Version
    parents: tuple[str, ...]
    key: str
    manifest: str
    changes: tuple[bytes, ...]
    files: Mapping[str, str]
    replaces: str
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


def file_name(number: int, version_id: str, *, sealed: bool) -> str:
    """The name of a pack's file; the id in it keeps versions of two machines apart."""
    return f"v{number:06}-{version_id[:12]}.{'pack' if sealed else 'intent'}"


def write_pack(version_id: str, sections: Mapping[str, bytes]) -> bytes:
    """The bytes of a pack."""
    at = _START.size + _SECTION.size * len(sections)
    lines = [_START.pack(MAGIC, bytes.fromhex(version_id), len(sections))]
    for tag, content in sections.items():
        lines.append(_SECTION.pack(tag.encode(), at, len(content)))
        at += len(content)
    return b"".join([*lines, *sections.values()])


def read_pack(path: Path, keys: Mapping[str, bytes]) -> Pack:
    """A pack by its first bytes; the id is proved where the key is there.

    Raises:
        HistoryDamaged: it cannot be read, was cut off, or is not the version that it says.
    """
    try:
        with path.open("rb") as file:
            first = file.read(_FIRST_READ)
            size = file.seek(0, 2)
        return _listed(path, first, size, keys)
    except OSError as error:
        raise damaged(path, N_("it cannot be read")) from error
    except (struct.error, ValueError, KeyError, TypeError, AttributeError) as error:
        raise damaged(path, N_("it is not a pack of this format")) from error


def damaged(path: Path, detail: str) -> HistoryDamaged:
    """The damage as the user shall read it."""
    return HistoryDamaged(path=path, detail=Message(detail))


def _listed(path: Path, first: bytes, size: int, keys: Mapping[str, bytes]) -> Pack:
    """The pack whose file begins with these bytes."""
    magic, raw_id, count = _START.unpack_from(first)
    if magic != MAGIC or count > _MOST_SECTIONS:
        raise ValueError(magic)
    lines = [_SECTION.unpack_from(first, _START.size + _SECTION.size * number) for number in range(count)]
    sections = {tag.decode("ascii"): (offset, length) for tag, offset, length in lines}
    if max((offset + length for offset, length in sections.values()), default=0) != size:
        raise damaged(path, N_("it was cut off"))
    head = _stretch(path, first, sections["HEAD"])
    facts = json.loads(head)
    key = keys.get(facts["key"])
    if (key is not None and keyed(key, head) != raw_id) or not path.name.split("-")[-1].startswith(raw_id.hex()[:12]):
        raise damaged(path, N_("it is not the version that it says"))
    return _pack(path, raw_id.hex(), facts, _state(path, first, sections, facts["state"]), sections)


def _stretch(path: Path, first: bytes, place: tuple[int, int]) -> bytes:
    """A stretch of the file, without reading again what was read."""
    offset, length = place
    if offset + length <= len(first):
        return first[offset : offset + length]
    with path.open("rb") as file:
        file.seek(offset)
        return file.read(length)


def _state(path: Path, first: bytes, sections: Mapping[str, tuple[int, int]], commitment: str) -> Mapping[str, Any]:
    """The digests of the files; empty where they were destroyed with what they were digests of."""
    content = _stretch(path, first, sections.get("STAT", (0, 0)))
    if not content:
        return {}
    if keyed(content[:_NONCE], content[_NONCE:]).hex() != commitment:
        raise damaged(path, N_("it is not the version that it says"))
    state: Mapping[str, Any] = json.loads(content[_NONCE:])
    return state


def _pack(
    path: Path,
    version_id: str,
    facts: Mapping[str, Any],
    state: Mapping[str, Any],
    sections: Mapping[str, tuple[int, int]],
) -> Pack:
    version = Version(
        id=version_id,
        number=int(facts["number"]),
        parent=next(iter(facts["parents"]), ""),
        author=facts["author"],
        at=facts["at"],
        command=facts["command"],
        message=facts["message"],
        sha256=state.get("sha256", ""),
        origin=facts["origin"],
        counts=dict(facts["counts"]),
    )
    return Pack(
        path=path,
        version=version,
        parents=tuple(facts["parents"]),
        key=facts["key"],
        manifest=facts["manifest"],
        changes=tuple(bytes.fromhex(each) for each in facts["changes"]),
        files=dict(state.get("files", {})),
        replaces=state.get("replaces", ""),
        sections=sections,
    )
