"""The zip container: members are read by name, and what is not changed is copied as the raw bytes it was.

Written from APPNOTE.TXT 6.3 (PKWARE). `zipfile` is not used for writing, because it re-serialises the local headers,
drops data descriptors and extra fields, and would compress every member again.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Container, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property

from crmsheet.book.containers import shrink
from crmsheet.core.errors import BookCorrupt, PatchRefused
from crmsheet.core.messages import N_, Message

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR = struct.Struct("<4sLQL")
_FULL16, _FULL32 = 0xFFFF, 0xFFFFFFFF
_STORED, _DEFLATED = 0, 8
_ENCRYPTED, _DESCRIPTOR, _UTF8 = 0x1, 0x8, 0x800
_DOS_EPOCH = 0x21  # 1980-01-01
_CHUNK = 1 << 16
_THREADS = 2
RECIPE = "zlib 5 8"
"""Deflate level and memory level of changed members, measured on a sheet of 76 MB: 1.2 s and 13.96 MB; level 6 costs
1.9 s for 13.89 MB, and 4 costs 0.9 s for 15.5 MB, more than the 14.1 MB that Excel's own level made of it."""


class BadZip(Exception):
    """The bytes are not a whole zip file; the argument says why. Turned into `BookCorrupt` by `open_package`."""


@dataclass(frozen=True, slots=True)
class Member:
    """One entry of the central directory; `raw` is its record there, `start` where its local header is."""

    name: str
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    start: int
    raw: bytes


@dataclass(frozen=True)
class Package:
    """The members of a zip file in the order of its directory, over the bytes it came from.

    `shift` is what has to be added to the recorded offsets (bytes put before the zip), `directory` where the
    directory starts, `tail` the place of the end records.
    """

    path: str
    content: bytes
    members: tuple[Member, ...]
    shift: int
    directory: int
    tail: int
    zip64: bool

    @cached_property
    def _index(self) -> Mapping[str, Member]:
        return {each.name.lower(): each for each in self.members}

    def find(self, name: str) -> str | None:
        """The name as spelled in the file: names are compared without case, as Excel does."""
        found = self._index.get(name.lower())
        return found.name if found else None

    def read(self, name: str) -> bytes:
        """The bytes of a member.

        Raises:
            KeyError: there is none of this name.
            BookCorrupt: its checksum or length does not hold.
            PatchRefused: it is encrypted, or packed in a way that spreadsheet programs do not use.
        """
        member = self._index[name.lower()]
        if member.flags & _ENCRYPTED:
            raise PatchRefused(path=self.path, reason=Message(N_("it is encrypted")))
        packed = self.packed(member)
        if member.method == _STORED:
            plain = bytes(packed)
        elif member.method == _DEFLATED:
            plain = self._inflated(member, packed)
        else:
            raise PatchRefused(path=self.path, reason=Message(N_("{part} is packed in an unusual way"), {"part": name}))
        if len(plain) != member.size or zlib.crc32(plain) != member.crc:
            raise BookCorrupt(path=self.path, detail=Message(N_("the checksum of {part} is wrong"), {"part": name}))
        return plain

    def _inflated(self, member: Member, packed: memoryview) -> bytes:
        inflater = zlib.decompressobj(-15)
        try:
            return inflater.decompress(packed, member.size + 1)  # one byte more than declared shows a false size
        except zlib.error as error:
            raise BookCorrupt(path=self.path, detail=str(error)) from error

    def packed(self, member: Member) -> memoryview:
        """The compressed bytes of a member, as a view."""
        start = member.start + self.shift
        try:
            head = _LOCAL.unpack_from(self.content, start)
        except struct.error as error:
            raise BookCorrupt(path=self.path, detail=str(error)) from error
        if head[0] != b"PK\x03\x04":
            raise BookCorrupt(path=self.path, detail=Message(N_("{part} is missing"), {"part": member.name}))
        begin = start + _LOCAL.size + head[9] + head[10]
        return memoryview(self.content)[begin : begin + member.packed]

    def packed_as(self, name: str) -> memoryview:
        """The stored bytes of the member of this name.

        Raises:
            KeyError: there is none.
        """
        return self.packed(self._index[name.lower()])

    def holds(self, name: str, plain: bytes) -> bool:
        """Whether a member inflates to these bytes, compared piece by piece without a second copy in memory."""
        member, done = self._index[name.lower()], 0
        if (member.crc, member.size) != (zlib.crc32(plain), len(plain)):
            return False
        packed = self.packed(member)
        if member.method == _STORED:
            return packed == plain
        inflater = zlib.decompressobj(-15)
        for start in range(0, len(packed), _CHUNK):
            piece = inflater.decompress(packed[start : start + _CHUNK])
            if plain[done : done + len(piece)] != piece:
                return False
            done += len(piece)
        return inflater.eof and done == len(plain)

    def rewritten(self, changed: Mapping[str, bytes], gone: Container[str] = ()) -> bytes:
        """The zip file with some members exchanged, `gone` or, under new names, added at the end.

        All other members keep their local header, compressed bytes, data descriptor and place in the order.

        Raises:
            PatchRefused: a changed name occurs twice, or the file would pass 4 GB.
        """
        self._check(changed)
        packed = self._shrunk(changed)
        physical = sorted(self.members, key=lambda each: each.start)
        limits = [each.start + self.shift for each in physical[1:]] + [self.directory]
        out: list[bytes | memoryview] = [self.content[: physical[0].start + self.shift]]
        place = len(out[0])
        records: dict[int, bytes] = {}
        for member, limit in zip(physical, limits, strict=True):
            offset = place - self.shift
            if member.name in gone:
                continue
            if member.name in changed:
                pieces, record = _packed_anew(member, changed[member.name], packed[member.name], offset)
            else:
                pieces = [memoryview(self.content)[member.start + self.shift : limit]]
                record = _moved(member.raw, offset)
            records[id(member)] = record
            out += pieces
            place += sum(map(len, pieces))
        central = [records[id(each)] for each in self.members if each.name not in gone]
        for name in sorted(changed.keys() - {each.name for each in self.members}):
            pieces, record = _packed_anew(_fresh(name), changed[name], packed[name], place - self.shift)
            out += pieces
            place += sum(map(len, pieces))
            central.append(record)
        return b"".join([*out, *central, self._ending(place, central)])

    def _shrunk(self, changed: Mapping[str, bytes]) -> dict[str, bytes]:
        """The packed bytes of the changed members, two at a time: zlib lets other threads work meanwhile."""
        stored = {each.name for each in self.members if each.method == _STORED}
        with ThreadPoolExecutor(_THREADS) as threads:
            packed = threads.map(
                lambda name: changed[name] if name in stored else shrink(changed[name], RECIPE), changed
            )
            return dict(zip(changed, packed, strict=True))

    def known(self, name: str, plain: bytes, recipe: str | None) -> dict[bytes, tuple[bytes, str | None]]:
        """Digest of a member's packed bytes -> its content and their recipe; empty if it is not deflated."""
        member = self._index.get(name.lower())
        if member is None or member.method != _DEFLATED:
            return {}
        return {hashlib.sha256(self.packed(member)).digest(): (plain, recipe)}

    def _check(self, changed: Mapping[str, bytes]) -> None:
        names = [each.name.lower() for each in self.members]
        for name in changed:
            if names.count(name.lower()) > 1:
                raise PatchRefused(path=self.path, reason=Message(N_("it holds {part} twice"), {"part": name}))
        if len(self.content) + sum(map(len, changed.values())) >= _FULL32:
            raise PatchRefused(path=self.path, reason=Message(N_("it is too large")))

    def _ending(self, place: int, central: list[bytes]) -> bytes:
        """The end records for a directory that starts at `place`; comment and anything behind it are kept."""
        size, start, count = sum(map(len, central)), place - self.shift, len(central)
        end = list(_END.unpack_from(self.content, self.tail))
        rest = self.content[self.tail + _END.size :]
        records = b""
        if self.zip64:
            locator = list(_LOCATOR.unpack_from(self.content, self.tail - _LOCATOR.size))
            old = locator[2] + self.shift
            end64 = list(_END64.unpack_from(self.content, old))
            extensible = self.content[old + _END64.size : self.tail - _LOCATOR.size]
            end64[6:10] = [count, count, size, start]
            locator[2] = start + size
            records = _END64.pack(*end64) + extensible + _LOCATOR.pack(*locator)
        for at, value, full in ((3, count, _FULL16), (4, count, _FULL16), (5, size, _FULL32), (6, start, _FULL32)):
            if not (self.zip64 and end[at] == full):
                end[at] = value
        return records + _END.pack(*end) + rest


def open_package(content: bytes, path: str) -> Package:
    """The members of a zip file.

    Raises:
        PatchRefused: the file is encrypted (an OLE container).
        BookCorrupt: it is no zip file, or a broken one.
    """
    if content[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise PatchRefused(path=path, reason=Message(N_("it is encrypted or an old .xls file")))
    try:
        return _opened(content, path)
    except (BadZip, struct.error, UnicodeDecodeError, IndexError) as error:
        raise BookCorrupt(path=path, detail=Message(N_("it is not a whole .xlsx file"))) from error


def _opened(content: bytes, path: str) -> Package:
    tail = content.rfind(b"PK\x05\x06")
    if tail < 0:
        raise BadZip("no end record")
    _, disk, _, _, count, size, start, _ = _END.unpack_from(content, tail)
    directory = tail - size
    zip64 = content[tail - _LOCATOR.size : tail - _LOCATOR.size + 4] == b"PK\x06\x07"
    if zip64:
        place = _LOCATOR.unpack_from(content, tail - _LOCATOR.size)[2]
        record = content.rfind(b"PK\x06\x06", 0, tail)
        _, _, _, _, disk, _, _, count, size, start = _END64.unpack_from(content, record)
        directory = record - size
        if record != place + directory - start:
            raise BadZip("end records disagree")
    if disk or directory < start:
        raise BadZip("parts are missing")
    members, position = [], directory
    for _ in range(count):
        member, position = _member(content, position)
        members.append(member)
    if not members:
        raise BadZip("empty")
    return Package(path, content, tuple(members), directory - start, directory, tail, zip64)


def _member(content: bytes, position: int) -> tuple[Member, int]:
    fields = _CENTRAL.unpack_from(content, position)
    if fields[0] != b"PK\x01\x02":
        raise BadZip("directory")
    flags, method, crc, packed, size = fields[3], fields[4], fields[7], fields[8], fields[9]
    end = position + _CENTRAL.size + fields[10] + fields[11] + fields[12]
    name = content[position + _CENTRAL.size : position + _CENTRAL.size + fields[10]]
    start = fields[16]
    extra = content[position + _CENTRAL.size + fields[10] : end - fields[12]]
    wide = list(_zip64_values(extra))
    if size == _FULL32:
        size = wide.pop(0)
    if packed == _FULL32:
        packed = wide.pop(0)
    if start == _FULL32:
        start = wide.pop(0)
    text = name.decode("utf-8" if flags & _UTF8 else "cp437").replace("\\", "/")
    return Member(text, flags, method, crc, packed, size, start, content[position:end]), end


def _blocks(extra: bytes) -> list[tuple[int, int, int]]:
    """The extra fields: id, start and end of each block."""
    found, at = [], 0
    while at + 4 <= len(extra):
        code, length = struct.unpack_from("<2H", extra, at)
        found.append((code, at, at + 4 + length))
        at += 4 + length
    return found


def _zip64_values(extra: bytes) -> tuple[int, ...]:
    for code, start, end in _blocks(extra):
        if code == 1:
            return struct.unpack(
                f"<{(end - start - 4) // 8}Q", extra[start + 4 : start + 4 + (end - start - 4) // 8 * 8]
            )
    return ()


def _without_zip64(extra: bytes) -> bytes:
    for code, start, end in _blocks(extra):
        if code == 1:
            return extra[:start] + extra[end:]
    return extra


def _moved(raw: bytes, offset: int) -> bytes:
    """The directory record of an unchanged member at its new offset."""
    fields = list(_CENTRAL.unpack_from(raw))
    if fields[16] != _FULL32:
        fields[16] = offset
        return _CENTRAL.pack(*fields) + raw[_CENTRAL.size :]
    begin = _CENTRAL.size + fields[10]
    extra = bytearray(raw[begin : begin + fields[11]])
    at = next(start for code, start, _ in _blocks(bytes(extra)) if code == 1) + 4
    at += 8 * (fields[9] == _FULL32) + 8 * (fields[8] == _FULL32)
    struct.pack_into("<Q", extra, at, offset)
    return raw[:begin] + bytes(extra) + raw[begin + fields[11] :]


def _packed_anew(member: Member, plain: bytes, packed: bytes, offset: int) -> tuple[list[bytes | memoryview], bytes]:
    """Local header and compressed bytes of a changed member, and its directory record.

    Method, name, time, attributes and foreign extra fields stay; sizes move out of zip64 fields and descriptors.
    """
    fields = list(_CENTRAL.unpack_from(member.raw))
    name = member.raw[_CENTRAL.size : _CENTRAL.size + fields[10]]
    begin = _CENTRAL.size + fields[10]
    extra = _without_zip64(member.raw[begin : begin + fields[11]])
    fields[3] &= ~_DESCRIPTOR
    fields[7:10] = [zlib.crc32(plain), len(packed), len(plain)]
    fields[11], fields[16] = len(extra), offset
    record = _CENTRAL.pack(*fields) + name + extra + member.raw[begin + _CENTRAL.unpack_from(member.raw)[11] :]
    # The local header repeats the directory; its extra fields may differ and are not needed by any reader.
    local = _LOCAL.pack(b"PK\x03\x04", *fields[2:10], len(name), 0)
    return [local + name, packed], record


def _fresh(name: str) -> Member:
    """A member that was not there: deflated, dated 1980 as Excel does."""
    encoded = name.encode()
    fields = (b"PK\x01\x02", 20, 20, _UTF8, _DEFLATED, 0, _DOS_EPOCH, 0, 0, 0, len(encoded), 0, 0, 0, 0, 0, 0)
    return replace(Member(name, _UTF8, _DEFLATED, 0, 0, 0, 0, b""), raw=_CENTRAL.pack(*fields) + encoded)
