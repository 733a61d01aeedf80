"""Records of an .xls workbook (MS-XLS; BIFF5 of Excel 95 and BIFF8 of 97-2003), and the text in them."""

from __future__ import annotations

import codecs
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from crmsheet.book.foreign.sheets import Damaged
from crmsheet.core.cells import CellError, Scalar
from crmsheet.core.messages import N_, Message

CONTINUE = 0x003C
BIFF5, BIFF8 = 0x0500, 0x0600
_HEAD = struct.Struct("<HH")
_ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}
_PAGES = {367: "ascii", 1200: "utf-16-le", 10000: "mac_roman", 936: "gb18030", 32768: "mac_roman", 32769: "cp1252"}


@dataclass(frozen=True, slots=True)
class Record:
    """A record: its number, its bytes, and those of the records that continue it."""

    code: int
    body: bytes
    more: tuple[bytes, ...]


def records(stream: bytes, at: int) -> Iterator[Record]:
    """The records from a place on, to the end of the stream.

    A record that runs over the end is given as far as it goes.
    """
    end = len(stream)
    while at + 4 <= end:
        code, length = _HEAD.unpack_from(stream, at)
        start, at = at + 4, at + 4 + length
        body = stream[start:at]
        if at + 4 > end or stream[at] != CONTINUE or stream[at + 1]:
            yield Record(code, body, ())
            continue
        more = []
        while at + 4 <= end and _HEAD.unpack_from(stream, at)[0] == CONTINUE:
            length = _HEAD.unpack_from(stream, at)[1]
            more.append(stream[at + 4 : at + 4 + length])
            at += 4 + length
        yield Record(code, body, tuple(more))


def error_value(code: int) -> CellError:
    """The error of a code; an unknown one reads as #N/A."""
    return CellError(_ERRORS.get(code, "#N/A"))


def rk_number(raw: int) -> float:
    """A number in four bytes: a whole one of 30 bits, or the upper half of a float; either may be divided by 100."""
    value: float
    if raw & 2:
        value = (raw >> 2) - (1 << 30 if raw & 0x80000000 else 0)
    else:
        value = struct.unpack("<d", struct.pack("<Q", (raw & 0xFFFFFFFC) << 32))[0]
    return value / 100 if raw & 1 else float(value)


def cached_result(raw: bytes) -> Scalar | None:
    """The last result of a formula from its eight bytes; None where it is text, which follows in another record."""
    if raw[6:8] != b"\xff\xff":
        return float(struct.unpack("<d", raw)[0])
    if raw[0] == 1:
        return raw[2] != 0
    if raw[0] == 2:
        return error_value(raw[2])
    return None if raw[0] == 0 else ""


@dataclass(frozen=True, slots=True)
class Texts:
    """How text is written: its version, and the code page of what is not Unicode."""

    version: int = BIFF8
    codec: str = "cp1252"

    def with_page(self, page: int) -> Texts:
        """The same with the code page of a CODEPAGE record; one that is not known leaves the default."""
        name = _PAGES.get(page, f"cp{page}")
        try:
            codecs.lookup(name)
        except LookupError:
            return self
        return Texts(self.version, name)

    def read(self, body: bytes, at: int, *more: bytes, short: bool = False) -> str:
        """The text at a place of a record: its length takes one byte (`short`) or two."""
        count = body[at] if short else _HEAD.unpack_from(body + b"\0\0", at)[0]
        at += 1 if short else 2
        if self.version >= BIFF8:
            return Pieces((body[at:], *more)).text(count)
        return (body[at:] + b"".join(more))[:count].decode(self.codec, "replace")


class Pieces:
    """Reads Unicode strings that may run on into continuing records (MS-XLS 2.5.293)."""

    def __init__(self, pieces: tuple[bytes, ...]) -> None:
        self._pieces = pieces
        self._piece = pieces[0]
        self._number = self._at = 0

    def number(self, size: int) -> int:
        """A whole number of some bytes; it may stand across two records."""
        return int.from_bytes(self._taken(size), "little")

    def string(self) -> str:
        """The next string, with its length before it."""
        return self.text(self.number(2))

    def text(self, count: int) -> str:
        """The next string of so many characters, its flags before it."""
        flags = self.number(1)
        runs = self.number(2) if flags & 8 else 0
        extra = self.number(4) if flags & 4 else 0
        said = self._characters(count, wide=flags & 1)
        self._skip(4 * runs + extra)
        return said

    def _characters(self, count: int, wide: int) -> str:
        said = ""
        while count:
            left = (len(self._piece) - self._at) >> wide
            if left <= 0:
                # A continuing record says anew how wide its characters are.
                self._next()
                wide = self._piece[0] & 1 if self._piece else 0
                self._at = 1
                continue
            taken = min(left, count)
            raw = self._piece[self._at : self._at + (taken << wide)]
            said += raw.decode("utf-16-le" if wide else "latin-1", "surrogatepass")
            self._at += taken << wide
            count -= taken
        return said

    def _taken(self, size: int) -> bytes:
        raw = self._piece[self._at : self._at + size]
        self._at += len(raw)
        while len(raw) < size:
            self._next()
            more = self._piece[: size - len(raw)]
            self._at = len(more)
            raw += more
        return raw

    def _skip(self, size: int) -> None:
        while size > (left := len(self._piece) - self._at):
            size -= max(left, 0)
            self._next()
        self._at += size

    def _next(self) -> None:
        self._number += 1
        if self._number >= len(self._pieces):
            raise Damaged(Message(N_("a text in it is cut off")))
        self._piece, self._at = self._pieces[self._number], 0
