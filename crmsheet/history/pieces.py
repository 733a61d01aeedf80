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
from itertools import chain, pairwise
from typing import TypeAlias

import zstandard

from crmsheet.history.keys import keyed

PLAIN, ZSTD, DELTA, DESTROYED = range(4)
NOBODY = bytes(32)
LARGEST = 1 << 18
_LEVEL = 1
"""Measured on rows of sheets in pieces of 32 KB: 6.9 MB in 0.13 s, where level 3 makes 7.4 MB in 0.20 s."""
_DELTA_LEVEL = 3
"""Differences: 500 scattered cells take 0.17 MB, at level 1 0.58 MB, in the same time."""
_ENTRY = struct.Struct("<32s32s32s16sBBIIQ")
_WORTH = 2
"""A difference is stored where it is less than half of the piece compressed alone."""
_RANKS = 64
_DIGIT = 4
_ALIKE = 8
"""Where it is less than an eighth, no other base is tried."""
_SURELY_WORTH = 48
"""Where a difference is so much shorter than the content, nobody has to know what the content alone would take."""


Line: TypeAlias = tuple[bytes, bytes, bytes, bytes, int, int, int, int, int]


@dataclass(frozen=True, slots=True)
class Base:
    """A piece that a new one may be stored against: its content, and the rank that the new one then has."""

    id: bytes
    content: bytes
    rank: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a pack's table of pieces: `offset` and `stored` are of its bytes in the pack's bodies.

    `base` is the piece against which a delta was made; of a destroyed piece, the piece to use in its place, if any.
    `rank` counts the edits since the content was last stored alone: see `base_rank`.
    """

    id: bytes
    find: bytes
    base: bytes
    nonce: bytes
    encoding: int
    rank: int
    length: int
    stored: int
    offset: int


def write_table(entries: Sequence[Entry]) -> bytes:
    """The table of a pack."""
    return b"".join(
        _ENTRY.pack(e.id, e.find, e.base, e.nonce, e.encoding, e.rank, e.length, e.stored, e.offset) for e in entries
    )


def read_table(table: bytes) -> Iterator[Line]:
    """The lines of a table, as the fields of `Entry`.

    Raises:
        struct.error: the table was cut off.
    """
    return _ENTRY.iter_unpack(table)


def base_rank(rank: int) -> int | None:
    """The rank of the base of a piece: the rank with its lowest digit to base 4 cleared; None for a piece alone.

    A difference grows with the edits between piece and base, a chain with the differences to undo. So (as in
    Subversion's skip deltas) most pieces are stored against one of the last three edits, a few against older ones:
    no chain is longer than three, and a piece is stored alone once in 64 edits.
    """
    if not 0 < rank < _RANKS:
        return None
    step = 1
    while rank % (step * _DIGIT) == 0:
        step *= _DIGIT
    return rank - rank % (step * _DIGIT)


def encode(key: bytes, content: bytes | memoryview, bases: Sequence[Base]) -> tuple[Entry, bytes]:
    """A new piece and its bytes in the pack: alone, or as the difference from the first base that it resembles."""
    nonce = secrets.token_bytes(16)
    name, find = keyed(nonce, content), keyed(key, content)
    body, encoding, against, rank = _shortest(content, bases)
    return Entry(name, find, against, nonce, encoding, rank, len(content), len(body), 0), body


def _shortest(content: bytes | memoryview, bases: Sequence[Base]) -> tuple[bytes, int, bytes, int]:
    """The bytes of a piece, their encoding, its base and its rank."""
    deltas = ((_delta(content, base), base) for base in bases)
    first = next(deltas, None)
    if first is not None and len(first[0]) * _SURELY_WORTH < len(content):
        return first[0], DELTA, first[1].id, first[1].rank
    body, encoding = _squeezed(content)
    against, rank = NOBODY, 0
    alone = len(body)
    for delta, base in chain([first] if first else [], deltas):
        if len(delta) * _WORTH < alone and len(delta) < len(body):
            body, encoding, against, rank = delta, DELTA, base.id, base.rank
        if len(body) * _ALIKE < alone:
            break
    return body, encoding, against, rank


def _delta(content: bytes | memoryview, base: Base) -> bytes:
    """The difference of a piece from its base."""
    return zstandard.ZstdCompressor(level=_DELTA_LEVEL, dict_data=_dictionary(base.content)).compress(content)


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
        view[at : min(at + LARGEST, stop)] for start, stop in pairwise(places) for at in range(start, stop, LARGEST)
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
