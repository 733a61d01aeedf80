"""Pieces: stretches of content, each stored once.

A piece is named by a commitment, HMAC-SHA256 of its content under a random nonce of its own. Where a piece is destroyed
by law, its nonce goes with it: what stays is a name that proves nothing about what was there, and the chain still
holds. The same content is found again by a second digest, under the key of the history, which is destroyed too.
"""

from __future__ import annotations

import secrets
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import zstandard

from crmsheet.history.keys import keyed

PLAIN, ZSTD, DELTA, DESTROYED = range(4)
NOBODY = bytes(32)
LARGEST = 1 << 18
_LEVEL = 3
_ENTRY = struct.Struct("<32s32s32s16sBIIQ")
_WORTH = 2
"""A delta is stored where it is less than half of the piece compressed alone."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a pack's table of pieces: `offset` and `stored` are of its bytes in the pack's bodies.

    `base` is the piece against which a delta was made; of a destroyed piece, the piece to use in its place, if any.
    """

    id: bytes
    find: bytes
    base: bytes
    nonce: bytes
    encoding: int
    length: int
    stored: int
    offset: int


def write_table(entries: Sequence[Entry]) -> bytes:
    """The table of a pack."""
    return b"".join(
        _ENTRY.pack(e.id, e.find, e.base, e.nonce, e.encoding, e.length, e.stored, e.offset) for e in entries
    )


def read_table(table: bytes) -> Iterator[tuple[bytes, bytes, bytes, bytes, int, int, int, int]]:
    """The lines of a table, as the fields of `Entry`.

    Raises:
        struct.error: the table was cut off.
    """
    return _ENTRY.iter_unpack(table)


def encode(key: bytes, content: bytes | memoryview, base: Entry | None, ground: bytes | None) -> tuple[Entry, bytes]:
    """A new piece and its bytes in the pack; `ground` is the content of the base, which itself is no delta."""
    nonce = secrets.token_bytes(16)
    body, encoding = _squeezed(content)
    against = NOBODY
    if base is not None and ground is not None:
        delta = zstandard.ZstdCompressor(level=_LEVEL, dict_data=_dictionary(ground)).compress(content)
        if len(delta) * _WORTH < len(body):
            body, encoding, against = delta, DELTA, base.id
    entry = Entry(keyed(nonce, content), keyed(key, content), against, nonce, encoding, len(content), len(body), 0)
    return entry, body


def decode(entry: Entry, body: bytes, ground: bytes) -> bytes | None:
    """The content of a piece, or None where it is not what its name says; `ground` is its base's content."""
    try:
        content = _loosened(entry, body, ground)
    except zstandard.ZstdError:
        return None
    return content if len(content) == entry.length and keyed(entry.nonce, content) == entry.id else None


def moved(entry: Entry, offset: int) -> Entry:
    """The same piece at another place of its pack."""
    return replace(entry, offset=offset)


def cut_up(content: bytes, cuts: Sequence[int]) -> list[memoryview]:
    """The content between the cuts; what is longer than the largest piece is cut again."""
    view = memoryview(content)
    places = [0, *(cut for cut in cuts if 0 < cut < len(content)), len(content)]
    return [
        view[at : min(at + LARGEST, stop)]
        for start, stop in zip(places, places[1:], strict=False)
        for at in range(start, stop, LARGEST)
    ]


def _squeezed(content: bytes | memoryview) -> tuple[bytes, int]:
    """The content compressed alone, or as it is where that is no longer."""
    body = zstandard.ZstdCompressor(level=_LEVEL).compress(content)
    return (body, ZSTD) if len(body) < len(content) else (bytes(content), PLAIN)


def _loosened(entry: Entry, body: bytes, ground: bytes) -> bytes:
    if entry.encoding == PLAIN:
        return body
    if entry.encoding == DELTA:
        engine = zstandard.ZstdDecompressor(dict_data=_dictionary(ground))
    else:
        engine = zstandard.ZstdDecompressor()
    return engine.decompress(body, max_output_size=LARGEST)


def _dictionary(ground: bytes) -> zstandard.ZstdCompressionDict:
    return zstandard.ZstdCompressionDict(ground, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
