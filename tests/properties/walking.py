"""What the random walk knows of a book: every state that ever was, and what its history must still give back."""

from __future__ import annotations

import io
import re
import shutil
import struct
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import openpyxl
import zstandard

from crmsheet.app.versions import history_of
from crmsheet.book.members import read_members
from crmsheet.book.replacing import digest
from crmsheet.core.errors import HistoryDamaged
from crmsheet.history.store import History
from crmsheet.history.verifying import DAMAGE
from tests.e2e.faulty import LEFT, Trace

Files = Mapping[str, bytes]
_LONG_AGO = (2026, 1, 5, 9, 30, 0)


class PowerCut(BaseException):
    """The machine stopped: nothing gets onto the disk any more."""


def dead(name: str, arguments: tuple[object, ...]) -> None:
    raise PowerCut


def power_cut(at: int) -> Trace:
    """The machine stops before a step of the disk, and every later step finds it dead too."""
    return Trace(at, dead, on=True)


def saved_by_hand(path: Path, edit: Callable[[openpyxl.Workbook], object]) -> None:
    """What somebody does who opens a workbook in another program, edits and saves it."""
    book = openpyxl.load_workbook(path)
    edit(book)
    stream = io.BytesIO()
    book.save(stream)
    path.write_bytes(without_clock(stream.getvalue()))


def without_clock(content: bytes) -> bytes:
    """The workbook without the time of its saving, so that the same edits make the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = re.sub(rb"(<dcterms:\w+ [^>]*>)[^<]*", rb"\g<1>2026-01-05T09:30:00Z", old.read(name))
            new.writestr(zipfile.ZipInfo(name, _LONG_AGO), part, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def holds(files: Files, value: str) -> bool:
    """Whether a value stands anywhere in a book."""
    return any(value.encode() in part for content in files.values() for part in parts_of(content))


def parts_of(content: bytes) -> list[bytes]:
    if not content.startswith(b"PK"):
        return [content]
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return [book.read(name) for name in book.namelist()]


class Ledger:
    """The states of one book that ever existed, and its versions by the state that each must give back."""

    def __init__(self, book: Path) -> None:
        self.book = book
        self.states: dict[str, Files] = {}
        self.versions: dict[str, str] = {}
        self.spent: set[str] = set()
        """Versions that were pruned, redacted or lost: they may be gone, and are never wrong."""
        self.tags: dict[str, str] = {}
        self.harmed = False
        """Whether a pack was lost or damaged and did not come back."""
        self.saw()

    @property
    def history(self) -> History:
        return history_of(self.book)

    @property
    def now(self) -> Files:
        return read_members(self.book)

    def saw(self, files: Files | None = None) -> None:
        """A state that exists, or existed somewhere."""
        held = self.now if files is None else files
        self.states[digest(held)] = held

    def look(self) -> None:
        """The book is a state that is known, and so is every version that is new."""
        now = digest(self.now)
        assert now in self.states, "the book on the disk is a state that never was"
        for each in self.history.known(now):
            if each.id not in self.versions and each.id not in self.spent:
                assert each.sha256 in self.states, f"version {each.number} ({each.command}) is a state that never was"
                self.versions[each.id] = each.sha256
                self.check(each.id)

    def check(self, version: str) -> None:
        """A version gives back what it was, byte for byte."""
        restored = self.history.restore(version)
        assert restored.exact
        assert restored.files == self.states[self.versions[version]]

    @property
    def kept(self) -> list[str]:
        """The versions that must come back, the oldest first."""
        return [each for each in self.versions if each not in self.spent]

    def check_all(self) -> None:
        """No version is lost, no tag, and the chain holds."""
        self.check_chain()
        for each in self.kept:
            self.check(each)

    def check_chain(self) -> None:
        """The same, but for the bytes of all versions."""
        known = {each.id for each in self.history.known(digest(self.now))}
        assert known.issuperset(self.kept)
        assert self.history.tags() == self.tags
        if not self.harmed:
            assert self.history.damage() == ()
            assert [str(each.text) for each in self.history.verify() if each.kind == DAMAGE] == []

    def never_wrong(self, newest: int = 0) -> set[str]:
        """With something of the history lost: each version is as it was or says that it is damaged; those that do.

        Of the newest only, where a number is given.
        """
        gone = set()
        for each in self.kept[-newest:]:
            try:
                restored = self.history.restore(each)
            except HistoryDamaged:
                gone.add(each)
            else:
                assert restored.exact
                assert restored.files == self.states[self.versions[each]]
        return gone

    def tidy(self) -> None:
        """After a write came to its end nothing of it lies about.

        But for what a power cut had begun before somebody edited the book: that is told, and never taken for the book.
        """
        left = {each.name for each in self.book.parent.rglob("*") if each.name.endswith(LEFT)}
        begun = {each.sha256 for each in self.history.pending()}
        assert {each for each in left if not each.endswith(".intent")} == set()
        assert begun.isdisjoint([digest(self.now)])

    def take_redacted(self, value: str, *folders: Path) -> None:
        """After a value was destroyed: it stands nowhere, and whatever never held it comes back as ever."""
        for each in self.kept:
            restored = self.history.restore(each)
            was = self.states[self.versions[each]]
            assert not holds(restored.files, value), "a version still has it"
            if not restored.exact:
                assert holds(was, value), "a version without the value was touched"
                self.spent.add(each)
            else:
                assert restored.files == was
        files = [path for each in (self.history.folder, *folders) for path in each.rglob("*") if path.is_file()]
        packs = [path.read_bytes() for path in files if path.suffix in (".pack", ".intent", ".pieces")]
        assert not any(value.encode() in each for each in said_in(packs)), "a pack still has it"
        for path in files:
            assert not holds({"": path.read_bytes()}, value), f"{path.name} still has it"


ENTRY = struct.Struct("<32s32s32s16sBBIIQ")


def sections_of(pack: bytes) -> dict[bytes, bytes]:
    """Tag -> section, as docs/history-format.md tells."""
    lines = (struct.unpack_from("<4sQQ", pack, 44 + 20 * at) for at in range(struct.unpack_from("<I", pack, 40)[0]))
    return {tag: pack[offset : offset + length] for tag, offset, length in lines}


def said_in(packs: list[bytes]) -> Iterator[bytes]:
    """All that anybody can read in packs: their bytes, their manifests, and every piece unpacked."""
    table: dict[bytes, tuple[bytes, bytes, int]] = {}
    for pack in packs:
        found = sections_of(pack)
        yield pack
        for lines in filter(None, (found.get(b"MANF"), found.get(b"MANS"))):
            yield zstandard.ZstdDecompressor().decompress(lines)
        for piece, _, base, _, encoding, _, _, stored, offset in ENTRY.iter_unpack(found.get(b"TABL", b"")):
            table[piece] = (found[b"BODY"][offset : offset + stored], base, encoding)
    yield from (unpacked(table, piece) for piece in table)


def unpacked(table: Mapping[bytes, tuple[bytes, bytes, int]], piece: bytes) -> bytes:
    """The content of a piece; nothing where what it needs is not there."""
    body, base, encoding = table.get(piece, (b"", b"", 0))
    if encoding == 2:
        ground = zstandard.ZstdCompressionDict(unpacked(table, base), dict_type=zstandard.DICT_TYPE_RAWCONTENT)
        return zstandard.ZstdDecompressor(dict_data=ground).decompress(body)
    return zstandard.ZstdDecompressor().decompress(body) if encoding == 1 else body


def united(source: Path, target: Path) -> None:
    """What a sync client does with the histories of two machines: each file that is missing is copied."""
    target.mkdir(exist_ok=True)
    for path in source.rglob("*"):
        there = target / path.relative_to(source)
        if path.is_dir():
            there.mkdir(parents=True, exist_ok=True)
        elif not there.exists() and not path.name.endswith(LEFT):
            shutil.copy2(path, there)
