"""Compound files (MS-CFB): a file system in a file, in which .xls keeps its one stream."""

from __future__ import annotations

import struct

from crmsheet.book.foreign.sheets import Damaged
from crmsheet.core.messages import N_, Message

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LAST = 0xFFFFFFF0
_ENTRY = 128
_STREAM, _ROOT = 2, 5


def stream(content: bytes, *names: str) -> bytes:
    """The first stream of one of these names, whatever their case.

    Raises:
        Damaged: the file is cut off or its chains of sectors lead nowhere, or it has no such stream.
    """
    try:
        return _found(content, [each.lower() for each in names])
    except (struct.error, IndexError) as error:
        raise Damaged(Message(N_("it is cut off, as after an incomplete download or copy"))) from error


def _found(content: bytes, names: list[str]) -> bytes:
    shift, mini_shift = struct.unpack_from("<HH", content, 30)
    if not (7 <= shift <= 16 and 4 <= mini_shift <= shift):
        raise Damaged(Message(N_("its header is damaged")))
    directory_start, cutoff, mini_start = (struct.unpack_from("<I", content, at)[0] for at in (48, 56, 60))
    fat = _fat(content, shift)
    directory = _chain(content, fat, directory_start, shift, 1 << shift)
    streams: dict[str, tuple[int, int]] = {}
    root = 0, 0
    for at in range(0, len(directory) - _ENTRY + 1, _ENTRY):
        length, kind = struct.unpack_from("<HB", directory, at + 64)
        start, size = struct.unpack_from("<II", directory, at + 116)
        name = directory[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace").lower()
        if kind == _STREAM:
            streams.setdefault(name, (start, size))
        elif kind == _ROOT:
            root = start, size
    name = next((each for each in names if each in streams), "")
    if not name:
        raise Damaged(Message(N_("it holds no workbook")))
    start, size = streams[name]
    if size >= cutoff:
        return _chain(content, fat, start, shift, 1 << shift)[:size]
    mini = _chain(content, fat, root[0], shift, 1 << shift)
    table = _chain(content, fat, mini_start, shift, 1 << shift)
    return _chain(mini, _numbers(table), start, mini_shift, 0)[:size]


def _fat(content: bytes, shift: int) -> tuple[int, ...]:
    """Sector -> the one that follows it."""
    count, extra, extra_count = *struct.unpack_from("<I", content, 44), *struct.unpack_from("<II", content, 68)
    places = list(struct.unpack_from("<109I", content, 76))
    per = (1 << shift) // 4 - 1
    seen: set[int] = set()
    while extra < _LAST and len(seen) < extra_count and extra not in seen:
        seen.add(extra)
        *more, extra = struct.unpack_from(f"<{per + 1}I", content, (extra + 1) << shift)
        places += more
    pieces = [content[(each + 1) << shift : (each + 2) << shift] for each in places[:count] if each < _LAST]
    return _numbers(b"".join(pieces))


def _numbers(table: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(table) // 4}I", table[: len(table) // 4 * 4])


def _chain(content: bytes, table: tuple[int, ...], sector: int, shift: int, before: int) -> bytes:
    """The sectors from this one on, put together; `before` bytes stand before the first."""
    pieces: list[bytes] = []
    limit = (len(content) >> shift) + 1
    while sector < _LAST:
        at = before + (sector << shift)
        if len(pieces) > limit or at >= len(content):
            raise Damaged(Message(N_("it is cut off, as after an incomplete download or copy")))
        pieces.append(content[at : at + (1 << shift)])
        sector = table[sector]
    return b"".join(pieces)
