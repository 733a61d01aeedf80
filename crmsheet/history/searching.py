"""Where values stand in the pieces of a history: in single ones, across their borders, in containers inside files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from crmsheet.core.errors import HistoryDamaged
from crmsheet.core.messages import N_
from crmsheet.history.container import Container, damaged
from crmsheet.history.framing import DEFLATED, FRAME, Framing
from crmsheet.history.manifest import FileLayout, PartLayout, read_manifest
from crmsheet.history.pieces import DESTROYED, Entry
from crmsheet.history.shelf import Shelf, manifest_lines
from crmsheet.history.stock import Stock, each_piece, entries_of, stands_for

_ZIP = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for: `masked` gives a content with every value in it replaced, byte for byte as long as before.

    It gives None where there is no value. No value takes more than `longest` bytes.
    """

    masked: Callable[[bytes], bytes | None]
    longest: int


@dataclass
class Marked:
    """Pieces in which values stand: the bytes to put over theirs by offset, and those that have to go as a whole.

    `losing` are the ids of versions whose files hold a value; `versions` also has those that held one before an earlier
    redaction; `damaged` is what could not be looked through.
    """

    patches: dict[bytes, dict[int, int]] = field(default_factory=dict)
    erased: set[bytes] = field(default_factory=set)
    losing: set[str] = field(default_factory=set)
    versions: set[str] = field(default_factory=set)
    damaged: list[HistoryDamaged] = field(default_factory=list)

    @property
    def pieces(self) -> set[bytes]:
        """All pieces that have to be destroyed."""
        return self.patches.keys() | self.erased

    def patch(self, piece: bytes, offset: int, old: bytes, new: bytes) -> None:
        """Notes the bytes that differ, of a stretch of a piece."""
        places = self.patches.setdefault(piece, {})
        places.update(
            {offset + at: after for at, (before, after) in enumerate(zip(old, new, strict=True)) if before != after}
        )


def search(shelf: Shelf, framing: Framing, sought: Sought) -> Marked:
    """Every piece in which a value stands, each looked through once."""
    found = Marked()
    ends = _Ends(sought.longest)
    lines: list[tuple[Container, Entry]] = []
    holders: tuple[Container, ...] = (*shelf.holders, *shelf.intents)
    for holder in holders:
        try:
            lines += [(holder, entry) for entry in entries_of(holder)]
        except HistoryDamaged as error:
            found.damaged.append(error)
    destroyed = {entry.id: entry.base for _, entry in lines if entry.encoding == DESTROYED}
    for holder, entry, content in each_piece(lines):
        if content is None:
            found.damaged.append(damaged(holder.path, N_("a piece of it is damaged")))
        elif entry.id not in ends.known:
            ends.add(entry.id, content)
            if (masked := sought.masked(content)) is not None:
                found.patch(entry.id, 0, content, masked)
    _search_versions(shelf, framing, sought, found, ends, destroyed)
    return found


def _search_versions(
    shelf: Shelf, framing: Framing, sought: Sought, found: Marked, ends: _Ends, destroyed: Mapping[bytes, bytes]
) -> None:
    """Values across pieces, and what else of a file would tell a value in it.

    `destroyed` are pieces of earlier redactions, each with what stands for it: a manifest goes on naming the first.
    """
    known: dict[str, list[str]] = {}
    stock = Stock((*shelf.holders, *shelf.intents))
    layouts: dict[str, tuple[FileLayout, ...]] = {}
    for pack in (*shelf.packs, *shelf.intents):
        ends.search(pack.changes, sought, found)
        try:
            layouts[pack.id] = read_manifest(manifest_lines(shelf, pack, known))
        except (HistoryDamaged, ValueError):
            continue  # pruned, or damaged: `verify` tells it
        for part in _contents(layouts[pack.id]):
            ends.search(part.content, sought, found)
            if ends.starts(part.content, _ZIP) and _held_within(_joined(part, stock), framing, sought):
                found.erased.update(part.content)
    hit = found.pieces | {piece for piece in destroyed if stands_for(piece, destroyed) in found.pieces}
    for version_id, files in layouts.items():
        for file in files:
            _mark_file(file, version_id, found, hit, destroyed)


def _contents(files: Iterable[FileLayout]) -> Iterator[PartLayout]:
    return (part for file in files for part in file.parts if part.kind != FRAME)


def _mark_file(
    file: FileLayout, version_id: str, found: Marked, hit: set[bytes], destroyed: Mapping[bytes, bytes]
) -> None:
    """The compressed bytes of a member with a value, and the checksums of its file, would tell the value."""
    losing = [part for part in file.parts if not hit.isdisjoint((*part.content, *part.stream))]
    if losing or not hit.isdisjoint(file.frames):
        found.losing.add(version_id)
    lost = [part for part in file.parts if part in losing or any(each in destroyed for each in part.content)]
    if lost or version_id in found.losing:
        found.versions.add(version_id)
        telling = {*file.frames, *(each for part in lost for each in part.stream)}
        found.erased.update(telling - destroyed.keys())


def _joined(part: PartLayout, stock: Stock) -> bytes:
    return b"".join(stock.readable(each) or b"" for each in part.content)


def _held_within(content: bytes, framing: Framing, sought: Sought) -> bool:
    """Whether a value stands in a member of a container: a workbook within a workbook."""
    parts = framing.split("", content)
    for part in parts if len(parts) > 1 else ():
        expanded = framing.expand(part.stored) if part.kind == DEFLATED else None
        inner = expanded[0] if expanded else bytes(part.stored)
        if sought.masked(inner) is not None or (inner.startswith(_ZIP) and _held_within(inner, framing, sought)):
            return True
    return False


class _Ends:
    """The first and last bytes of every piece, long enough to see a value that goes over a border."""

    def __init__(self, longest: int) -> None:
        self.known: dict[bytes, tuple[bytes, bytes, int]] = {}
        self._longest = max(longest, len(_ZIP))
        self._seen: set[tuple[bytes, ...]] = set()

    def add(self, piece: bytes, content: bytes) -> None:
        self.known[piece] = content[: self._longest], content[-self._longest :], len(content)

    def starts(self, pieces: Sequence[bytes], start: bytes) -> bool:
        return bool(pieces) and self.known.get(pieces[0], (b"", b"", 0))[0].startswith(start)

    def search(self, pieces: Sequence[bytes], sought: Sought, found: Marked) -> None:
        """Looks at every border of pieces that follow each other."""
        for border in range(1, len(pieces)):
            window = self._window(pieces, border)
            if window not in self._seen:
                self._seen.add(window)
                self._look(window, sought, found)

    def _window(self, pieces: Sequence[bytes], border: int) -> tuple[bytes, ...]:
        """The pieces around a border, as many as a value may reach over."""
        start, stop = border - 1, border + 1
        while start > 0 and self._length(pieces[start:border]) < self._longest:
            start -= 1
        while stop < len(pieces) and self._length(pieces[border:stop]) < self._longest:
            stop += 1
        return tuple(pieces[start:stop])

    def _length(self, pieces: Sequence[bytes]) -> int:
        return sum(self.known[each][2] if each in self.known else self._longest for each in pieces)

    def _look(self, window: Sequence[bytes], sought: Sought, found: Marked) -> None:
        stretches = [(piece, *self._stretch(piece, first=not number)) for number, piece in enumerate(window)]
        joined = b"".join(content for _, _, content in stretches)
        masked = sought.masked(joined)
        at = 0
        for piece, offset, content in stretches if masked is not None else ():
            new = (masked or b"")[at : at + len(content)]
            if new != content:
                found.patch(piece, offset, content, new)
            at += len(content)

    def _stretch(self, piece: bytes, *, first: bool) -> tuple[int, bytes]:
        """The bytes of a piece that lie at a border, and where they begin; none of a piece that is not there."""
        start, end, length = self.known.get(piece, (b"", b"", 0))
        return (length - len(end), end) if first else (0, start)
