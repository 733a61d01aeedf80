"""Where a member's bytes may be cut, so that a small edit changes few pieces.

Cuts follow rows, and a row is the last of its piece by its own content alone: after an insertion or a deletion all
other cuts stay where they were (content-defined chunking, as in LBFS, Muthitacharoen et al. 2001, with rows for the
sliding window).
"""

from __future__ import annotations

import re
import zlib
from bisect import bisect_right
from itertools import accumulate, compress
from operator import lt

TARGET = 32 << 10
"""The mean size of a piece in bytes."""
LIMIT = 8 * TARGET
"""No piece is longer than this and one row."""

_ENDS = (b"</row>", b"</si>")
_ROW_END = re.compile(rb"</(?:[\w.-]+:)?(?:row|si)\s*>")
_LINES = (".csv", ".tsv", ".txt")
_SCALE = (1 << 32) // TARGET


def cut_points(name: str, content: bytes) -> list[int]:
    """The offsets at which `content` may be cut, ascending, without 0 and its length; empty if it stays whole.

    XML is cut behind rows of sheets and entries of shared strings, CSV behind line ends. A row of n bytes ends a
    piece with a chance of n / TARGET, decided by its checksum.
    """
    lowered = name.lower()
    if lowered.endswith(".xml"):
        return _chosen(*_xml_rows(content))
    if lowered.endswith(_LINES):
        end = b"\n" if b"\n" in content else b"\r"
        return _chosen(content.split(end), len(end))
    return []


def _xml_rows(content: bytes) -> tuple[list[bytes], int]:
    """The rows, and the length of the end that each lacks; what stands behind the last one is the last of them."""
    for end in _ENDS:
        if content.find(end) >= 0:
            return content.split(end), len(end)
    ends = [match.end() for match in _ROW_END.finditer(content)]
    return [content[start:stop] for start, stop in zip([0, *ends], [*ends, len(content)], strict=True)], 0


def _chosen(rows: list[bytes], missing: int) -> list[int]:
    """The ends of rows whose checksum says so, and others where no piece may be longer."""
    lengths = [len(each) + missing for each in rows]
    total = sum(lengths) - missing
    checksums, limits = map(zlib.crc32, rows), map(_SCALE.__mul__, lengths)
    ends = list(accumulate(lengths[:-1]))
    cuts: list[int] = []
    last = 0
    for cut in [*compress(ends, map(lt, checksums, limits)), total]:
        while cut - last > LIMIT and (at := bisect_right(ends, last + LIMIT)) < len(ends) and ends[at] < cut:
            last = ends[at]
            cuts.append(last)
        cuts.append(cut)
        last = cut
    return [cut for cut in cuts if cut < total]
