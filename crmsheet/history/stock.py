"""Every piece of some files of a history, by its id and by the digest of its content."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from crmsheet.core.errors import HistoryDamaged
from crmsheet.core.messages import N_
from crmsheet.history.container import SEAL, Container, damaged, seal_holds
from crmsheet.history.keys import keyed
from crmsheet.history.pieces import DELTA, DESTROYED, NOBODY, Entry, Line, decode, read_table

_ENCODING = 4
_LONGEST_CHAIN = 200
"""Of pieces that stand for others: as many redactions of one place; more is a circle that somebody made."""


class Stock:
    """Pieces by id and by digest; `destroyed` fills up with those that were destroyed while reading.

    A piece may lie in several files, as after a pruning on another machine: where one of them says that it was
    destroyed, it was; else whichever is sound is read.
    """

    def __init__(self, holders: Iterable[Container]) -> None:
        self.damage: list[HistoryDamaged] = []
        self.destroyed: set[bytes] = set()
        self._places: dict[bytes, tuple[Container, Line]] = {}
        self._others: dict[bytes, list[tuple[Container, Line]]] = {}
        self._finds: dict[bytes, bytes] = {}
        for holder in holders:
            try:
                for line in read_table(holder.section("TABL")):
                    self._place(holder, line)
            except HistoryDamaged as error:
                self.damage.append(error)
            except struct.error:
                self.damage.append(damaged(holder.path, N_("its list of pieces is damaged")))

    def _place(self, holder: Container, line: Line) -> None:
        piece, place = line[0], (holder, line)
        before = self._places.get(piece)
        if before is not None and before[1][_ENCODING] == DESTROYED:
            place, before = before, place
        if before is not None:
            self._others.setdefault(piece, []).append(before)
        self._places[piece] = place
        self._finds[line[1]] = piece

    def find(self, digest: bytes, content: bytes | memoryview) -> bytes | None:
        """The id of the piece with this content, if it can be read; the id itself has to prove the content."""
        found = self._finds.get(digest)
        entry = None if found is None else self.entry(found)
        if entry is None or entry.encoding == DESTROYED or keyed(entry.nonce, content) != entry.id:
            return None
        return None if entry.encoding == DELTA and entry.base not in self._places else found

    def entry(self, piece: bytes) -> Entry | None:
        """The line of a piece, if it is in stock."""
        place = self._places.get(piece)
        return Entry(*place[1]) if place else None

    def places(self, piece: bytes) -> Iterator[tuple[Container, Entry]]:
        """The files that hold a piece, and its line in each; first the one that counts."""
        place = self._places.get(piece)
        for holder, line in [*([place] if place else []), *reversed(self._others.get(piece, []))]:
            yield holder, Entry(*line)

    def content(self, piece: bytes, wanted_by: Path, depth: int = 0) -> bytes:
        """The content of a piece; of a destroyed one, what stands in its place.

        Raises:
            HistoryDamaged: it is missing or damaged.
        """
        failure = damaged(wanted_by, N_("a piece of it is missing"))
        for holder, entry in self.places(piece) if depth < _LONGEST_CHAIN else ():
            if entry.encoding == DESTROYED:
                self.destroyed.add(piece)
                return b"" if entry.base == NOBODY else self.content(entry.base, wanted_by, depth + 1)
            try:
                ground = self.content(entry.base, wanted_by, depth + 1) if entry.encoding == DELTA else b""
                content = decode(entry, holder.body(entry.offset, entry.stored), ground)
            except HistoryDamaged as error:
                failure = error
                continue
            if content is not None:
                return content
            failure = damaged(holder.path, N_("a piece of it is damaged"))
        raise failure

    def readable(self, piece: bytes) -> bytes | None:
        """The content of a piece that is neither destroyed nor damaged, else None."""
        entry = self.entry(piece)
        if entry is None or entry.encoding == DESTROYED:
            return None
        try:
            return self.content(piece, Path())
        except HistoryDamaged:
            return None


def stands_for(piece: bytes, destroyed: Mapping[bytes, bytes]) -> bytes:
    """The piece that is read in the place of another, by what stands for each destroyed one."""
    for _ in range(_LONGEST_CHAIN):
        if piece not in destroyed:
            return piece
        piece = destroyed[piece]
    return piece


class Trust:
    """Which pieces a new version may rely on: those that lie, with all they build on, in files that are whole.

    `keys` are the keys of the files by their paths. A file that is not sealed, or whose key is missing, is trusted:
    nobody can tell. Each file is read once, and only where a piece of it is asked for.
    """

    def __init__(self, stock: Stock, keys: Mapping[Path, bytes]) -> None:
        self._stock, self._keys = stock, keys
        self._pieces: dict[bytes, bool] = {}
        self._files: dict[Path, bool] = {}

    def relies(self, piece: bytes) -> bool:
        """Whether a piece can be read now, and so later."""
        if piece not in self._pieces:
            entry = self._stock.entry(piece)
            gone = entry is None or entry.encoding == DESTROYED
            self._pieces[piece] = not gone and any(self._rests(*place) for place in self._stock.places(piece))
        return self._pieces[piece]

    def _rests(self, holder: Container, entry: Entry) -> bool:
        """Whether a piece can be read from this file."""
        if entry.encoding == DESTROYED or not self._whole(holder):
            return False
        return entry.encoding != DELTA or self.relies(entry.base)

    def _whole(self, holder: Container) -> bool:
        if holder.path not in self._files:
            key = self._keys.get(holder.path)
            try:
                self._files[holder.path] = key is None or SEAL not in holder.sections or seal_holds(holder, key)
            except HistoryDamaged:
                self._files[holder.path] = False
        return self._files[holder.path]


def each_piece(lines: Iterable[tuple[Container, Entry]]) -> Iterator[tuple[Container, Entry, bytes | None]]:
    """The pieces of some tables but the destroyed ones, each with its content; None where it is not what its id says.

    What is a difference from another piece follows that one, so that each is decoded once.
    """
    waiting: list[tuple[Container, Entry, bytes]] = []
    against: dict[bytes, list[tuple[Container, Entry]]] = {}
    for holder, entry in lines:
        if entry.encoding == DELTA:
            against.setdefault(entry.base, []).append((holder, entry))
        elif entry.encoding != DESTROYED:
            waiting.append((holder, entry, b""))
    while waiting:
        holder, entry, ground = waiting.pop()
        try:
            content = decode(entry, holder.body(entry.offset, entry.stored), ground)
        except HistoryDamaged:
            content = None
        yield holder, entry, content
        if content is not None:
            waiting += [(*each, content) for each in against.pop(entry.id, ())]
    for holder, entry in (each for left in against.values() for each in left):
        yield holder, entry, None


def entries_of(holder: Container) -> list[Entry]:
    """The table of a file.

    Raises:
        HistoryDamaged: it is missing or damaged.
    """
    try:
        return [Entry(*line) for line in read_table(holder.section("TABL"))]
    except struct.error as error:
        raise damaged(holder.path, N_("its list of pieces is damaged")) from error
