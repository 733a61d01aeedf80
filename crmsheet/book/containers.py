"""A workbook as a zip file: taken apart without loss, and put together again byte for byte.

Versions share unchanged rows only when the history sees the XML and not its compressed form. So a zip file is split
into its members and the bytes between them, and for each compressed member a recipe is looked for that compresses its
content into the very same bytes. zlib's settings are the recipe: LibreOffice, WPS, openpyxl and our own patcher can be
made again; Excel's own compressor cannot, and its bytes have to be kept.
"""

from __future__ import annotations

import hashlib
import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

_HEADER = 30
_SIGNATURE = b"PK\x03\x04"
_ENCRYPTED = 0x1
_CHUNK = 1 << 18
_RECIPES = tuple(f"zlib {level} {memory}" for memory in (8, 9) for level in (6, 5, 9, 1, 7, 8, 2, 3, 4))
"""Level and memory level; raw deflate of window 15, default strategy. The usual ones and our own first."""
SEARCHED = 1 << 24
"""Content longer than this is kept beside its compressed bytes without looking for their recipe: the proof compresses
it once more, 3.7 s for a book of 100,000 customers (188 MB), and Excel's bytes have none. What crmsheet wrote itself is
known without a search."""
Expanded: TypeAlias = tuple[bytes, str]
_UNREADABLE = (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, struct.error, EOFError)


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a file: `frame` bytes, a `stored` member or a `deflated` one, as it stands in the file."""

    kind: str
    name: str
    stored: bytes | memoryview


def split(_name: str, content: bytes) -> Sequence[Part]:
    """The parts of a file; joined in order they are the file. What is no sound zip file is one stored part."""
    whole = (Part("stored", "", content),)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = sorted(archive.infolist(), key=lambda each: each.header_offset)
    except _UNREADABLE:
        return whole
    view = memoryview(content)
    parts: list[Part] = []
    end = 0
    for member in members:
        start = _data_offset(content, member)
        stop = start + member.compress_size
        if start < end or stop > len(content):
            return whole
        deflated = member.compress_type == zipfile.ZIP_DEFLATED and not member.flag_bits & _ENCRYPTED
        parts.append(Part("frame", "", view[end:start]))
        parts.append(Part("deflated" if deflated else "stored", member.filename, view[start:stop]))
        end = stop
    return (*parts, Part("frame", "", view[end:])) if members else whole


def _data_offset(content: bytes, member: zipfile.ZipInfo) -> int:
    """Where a member's bytes begin, or -1 where its local header is not one."""
    at = member.header_offset
    if content[at : at + 4] != _SIGNATURE or at + _HEADER > len(content):
        return -1
    name, extra = struct.unpack_from("<HH", content, at + 26)
    return at + _HEADER + int(name) + int(extra)


def expand(stored: bytes | memoryview) -> tuple[bytes, str] | None:
    """The content of a deflated member, and the recipe for its very bytes ('' if none); None if it is not deflated."""
    engine = zlib.decompressobj(-15)
    try:
        content = engine.decompress(stored) + engine.flush()
    except zlib.error:
        return None
    if not engine.eof or engine.unused_data:
        return None
    return content, recipe_of(content, stored)


def recipe_of(content: bytes, stored: bytes | memoryview) -> str:
    """The recipe that makes these very bytes of a content; '' if none does, or if looking for it would take long."""
    if len(content) > SEARCHED:
        return ""
    return next((recipe for recipe in _RECIPES if _makes(recipe, content, stored)), "")


def expander(known: Mapping[bytes, tuple[bytes, str | None]]) -> Callable[[bytes | memoryview], Expanded | None]:
    """`expand` for members some of which are known by the SHA-256 of their bytes, with content and maybe recipe.

    Who has just made a member by `shrink` need not find out how; who has unpacked one need not do it again.
    """

    def expand_known(stored: bytes | memoryview) -> Expanded | None:
        found = known.get(hashlib.sha256(stored).digest()) if known else None
        if found is None:
            return expand(stored)
        content, recipe = found
        return content, recipe_of(content, stored) if recipe is None else recipe

    return expand_known


def shrink(content: bytes, recipe: str) -> bytes:
    """The bytes of a deflated member, by a recipe that `expand` found."""
    return b"".join(_deflated(content, recipe))


def rebuild(members: Sequence[tuple[str, bytes]]) -> bytes:
    """A file of the same content, when its very bytes cannot be made: a plain zip file, or the one nameless part."""
    if len(members) == 1 and not members[0][0]:
        return members[0][1]
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def _makes(recipe: str, content: bytes, stored: bytes | memoryview) -> bool:
    """Whether a recipe compresses the content into exactly these bytes; stops at the first difference."""
    wanted = memoryview(stored)
    at = 0
    for made in _deflated(content, recipe):
        if wanted[at : at + len(made)] != made:
            return False
        at += len(made)
    return at == len(wanted)


def _deflated(content: bytes, recipe: str) -> Iterator[bytes]:
    """Raw deflate by level and memory level, fed in the same chunks each time."""
    _, level, memory = recipe.split()
    engine = zlib.compressobj(int(level), zlib.DEFLATED, -15, int(memory))
    view = memoryview(content)
    for start in range(0, len(view), _CHUNK):
        yield engine.compress(view[start : start + _CHUNK])
    yield engine.flush()
