"""Where a member's bytes may be cut, so that a small edit changes few pieces.

Cuts follow rows, and a row is the last of its piece by its own content alone: after an insertion or a deletion all
other cuts stay where they were (content-defined chunking, as in LBFS, Muthitacharoen et al. 2001, with rows for the
sliding window).
"""

from __future__ import annotations

import re
import zlib
from itertools import pairwise

TARGET = 32 << 10
"""The mean size of a piece in bytes."""
LIMIT = 8 * TARGET
"""No piece is longer than this and one row."""

_ROW_END = re.compile(rb"</(?:[\w.-]+:)?(?:row|si)\s*>")
_LINE_END, _OLD_LINE_END = re.compile(rb"\n"), re.compile(rb"\r")
_LINES = (".csv", ".tsv", ".txt")


def cut_points(name: str, content: bytes) -> list[int]:
    """The offsets at which `content` may be cut, ascending, without 0 and its length; empty if it stays whole.

    XML is cut behind rows of sheets and entries of shared strings, CSV behind line ends. A row of n bytes ends a
    piece with a chance of n / TARGET, decided by its checksum.
    """
    lowered = name.lower()
    if lowered.endswith(".xml"):
        ends = [match.end() for match in _ROW_END.finditer(content)]
    elif lowered.endswith(_LINES):
        end_of_line = _LINE_END if b"\n" in content else _OLD_LINE_END
        ends = [match.end() for match in end_of_line.finditer(content)]
    else:
        return []
    return _chosen(content, ends)


def _chosen(content: bytes, ends: list[int]) -> list[int]:
    view, checksum = memoryview(content), zlib.crc32
    cuts, last, scale = [], 0, (1 << 32) // TARGET
    for start, end in pairwise([0, *ends]):
        if checksum(view[start:end]) < (end - start) * scale or end - last > LIMIT:
            cuts.append(end)
            last = end
    if cuts and cuts[-1] == len(content):
        cuts.pop()
    return cuts
