"""Redaction: pieces that hold given values are destroyed, and others with the values masked stand in their place.

The chain of ids stays whole (docs/history-format.md). The order of the steps makes a kill harmless: first every piece
is stored anew that was a difference from one that goes; then the files are written from the newest version to the
oldest, so that what tells a value's digest goes before the value.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from crmsheet.core.errors import HistoryDamaged
from crmsheet.core.versions import Version
from crmsheet.disk.durable import remove, write_new
from crmsheet.history.container import Container
from crmsheet.history.gone import PRUNED, Gone, Record, write_gone
from crmsheet.history.kept import Kept, read_kept, write_kept
from crmsheet.history.pack import SECTIONS, Pack, read_pack, write_pack
from crmsheet.history.pieces import DELTA, DESTROYED, NOBODY, Entry, encode, moved, write_table
from crmsheet.history.searching import Marked, Sought
from crmsheet.history.shelf import Shelf, manifest_text
from crmsheet.history.stock import Stock, entries_of, stands_for

_NONCE = 16


@dataclass(frozen=True, slots=True)
class Redaction:
    """What a redaction does: the pieces that go, the files that are written anew, the versions that lose values.

    `told` are versions in whose own words (author, message, names of files) a value stands, which nothing can take out.
    """

    marked: Marked
    holders: tuple[Pack | Kept, ...]
    versions: tuple[Version, ...]
    digests: frozenset[str]
    told: tuple[Version, ...]


def plan_redaction(shelf: Shelf, marked: Marked, sought: Sought) -> Redaction:
    """How to destroy what was marked; change sets that name the digest of a book that loses values are marked too."""
    packs = (*shelf.packs, *shelf.intents)
    hit = [pack for pack in packs if pack.id in marked.versions]
    pruned = [pack for pack in packs if pack.version.gone == PRUNED] if hit else []
    stays = {each for pack in packs if pack not in hit and pack not in pruned for each in _digests_of(pack)}
    digests = frozenset(each for pack in hit for each in _digests_of(pack)).union(
        each for pack in pruned for each in _digests_of(pack) if each not in stays
    )
    all_holders: tuple[Pack | Kept, ...] = (*packs, *shelf.kept)
    destroyed = _destroyed_before(all_holders)
    _mark_digests(shelf, marked, digests, destroyed)
    gone = marked.pieces
    holders = tuple(
        holder
        for holder in all_holders
        if _touched(holder, gone) or (isinstance(holder, Pack) and _state_goes(holder, marked.versions, digests))
    )
    losing = [
        pack.version
        for pack in packs
        if pack.id in marked.losing or any(stands_for(each, destroyed) in gone for each in pack.changes)
    ]
    told = [pack.version for pack in shelf.packs if _tells(shelf, pack, sought)]
    return Redaction(marked, holders, tuple(losing), digests, tuple(told))


def redact(shelf: Shelf, plan: Redaction, record: Record) -> None:
    """Carries out a plan, under the book's lock.

    Raises:
        WriteFailed: the folder does not take it; do it again then.
        HistoryDamaged: a file cannot be read any more.
    """
    work = _Work(shelf, plan, record)
    packs = sorted((each for each in plan.holders if isinstance(each, Pack)), key=lambda each: each.version.number)
    for pack in packs:
        if work.leans_elsewhere(pack):
            work.write(pack, destroying=False)
    for kept in plan.holders:
        if isinstance(kept, Kept):
            work.write(kept, destroying=True)
    for pack in reversed(packs):
        work.write(pack, destroying=True)


def _destroyed_before(holders: Iterable[Container]) -> Mapping[bytes, bytes]:
    """The pieces that earlier redactions destroyed, each with what stands for it."""
    found: dict[bytes, bytes] = {}
    for holder in holders:
        with suppress(HistoryDamaged):  # the search has told it
            found |= {entry.id: entry.base for entry in entries_of(holder) if entry.encoding == DESTROYED}
    return found


def _mark_digests(shelf: Shelf, marked: Marked, digests: Collection[str], destroyed: Mapping[bytes, bytes]) -> None:
    """A change set names the digest of the book before it: by it a value could be found by trying."""
    stock = Stock((*shelf.holders, *shelf.intents))
    named = {each for pack in (*shelf.packs, *shelf.intents) for each in pack.changes}
    for piece in {stands_for(each, destroyed) for each in named}:
        content = stock.readable(piece) if digests else None
        for digest in digests if content else ():
            at = (content or b"").find(digest.encode())
            if at >= 0:
                marked.patch(piece, at, digest.encode(), b"0" * len(digest))


def _digests_of(pack: Pack) -> list[str]:
    return [each for each in (pack.version.sha256, *pack.files.values()) if each]


def _touched(holder: Container, gone: Collection[bytes]) -> bool:
    try:
        entries = entries_of(holder)
    except HistoryDamaged:
        return False  # the search has told it
    return any(entry.encoding != DESTROYED and (entry.id in gone or entry.base in gone) for entry in entries)


def _state_goes(pack: Pack, versions: Collection[str], digests: Collection[str]) -> bool:
    """Whether the digests in STAT would tell a value: those of its own files, or of the book that it replaced."""
    own = pack.id in versions or (pack.version.gone == PRUNED and pack.version.sha256 in digests)
    return bool(pack.version.sha256) and (own or pack.replaces in digests)


def _tells(shelf: Shelf, pack: Pack, sought: Sought) -> bool:
    """Whether a value stands in what is said of a version, or in a name in its manifest."""
    said = [json.dumps(json.loads(pack.section("HEAD")), ensure_ascii=False)]
    with suppress(HistoryDamaged):  # pruned, or told by `verify`
        said += manifest_text(shelf, pack)
    return sought.masked("\n".join(said).encode()) is not None


class _Work:
    """A redaction being carried out: what stands for each destroyed piece is the same in all files."""

    def __init__(self, shelf: Shelf, plan: Redaction, record: Record) -> None:
        self._shelf = shelf
        self._plan = plan
        self._record = record
        self._gone = plan.marked.pieces
        stock = Stock((*shelf.holders, *shelf.intents))
        self._contents = {piece: stock.content(piece, shelf.folder) for piece in self._needed(stock)}
        self._instead: dict[bytes, tuple[Entry, bytes]] = {}

    def _needed(self, stock: Stock) -> Iterator[bytes]:
        """The pieces to read before anything is written: those to be masked, and those that lean on them."""
        yield from self._plan.marked.patches.keys() - self._plan.marked.erased
        for holder in self._plan.holders:
            yield from (
                entry.id for entry in entries_of(holder) if self._leans(entry) and stock.readable(entry.id) is not None
            )

    def _leans(self, entry: Entry) -> bool:
        return entry.encoding == DELTA and entry.base in self._gone and entry.id not in self._gone

    def leans_elsewhere(self, holder: Container) -> bool:
        """Whether a piece of a file is a difference from one that goes and lies in another file."""
        entries = entries_of(holder)
        own = {entry.id for entry in entries}
        return any(self._leans(entry) and entry.base not in own for entry in entries)

    def write(self, held: Pack | Kept, *, destroying: bool) -> None:
        """Writes a file with its pieces anew; `destroying` takes out what goes, else others only get to stand alone."""
        holder = _again(held, self._shelf)
        lines: list[tuple[Entry, bytes]] = []
        gone: dict[str, str] = {}
        for entry in entries_of(holder):
            if entry.encoding == DESTROYED:
                lines.append((entry, b""))
            elif entry.id in self._gone and destroying:
                instead = self._in_its_place(entry.id, lines)
                gone[entry.id.hex()] = instead.hex() if instead != NOBODY else ""
                lines.append((_destroyed(entry, instead), b""))
            elif self._leans(entry) and entry.id in self._contents:
                lines.append(self._alone(entry))
            else:
                lines.append((entry, holder.body(entry.offset, entry.stored)))
        table, body = _laid_out(lines)
        record = replace(self._record, pieces=gone)
        if isinstance(holder, Pack):
            self._write_pack(holder, table, body, record, destroying=destroying)
        else:
            self._write_kept(holder, table, body, record)

    def _in_its_place(self, piece: bytes, lines: list[tuple[Entry, bytes]]) -> bytes:
        """The id of what stands for a destroyed piece, which is put into the file; of nothing where it is erased."""
        if piece in self._plan.marked.erased:
            return NOBODY
        if piece not in self._instead:
            content = bytearray(self._contents[piece])
            for at, byte in self._plan.marked.patches[piece].items():
                content[at] = byte
            self._instead[piece] = encode(next(iter(self._shelf.keys.values())), bytes(content), ())
        lines.append(self._instead[piece])
        return self._instead[piece][0].id

    def _alone(self, entry: Entry) -> tuple[Entry, bytes]:
        made, body = encode(b"", self._contents[entry.id], ())
        return replace(entry, base=NOBODY, encoding=made.encoding, rank=0, stored=len(body)), body

    def _write_pack(self, pack: Pack, table: bytes, body: bytes, record: Record, *, destroying: bool) -> None:
        sections = {tag: pack.section(tag) for tag in ("HEAD", "STAT", "MANF")} | {"TABL": table, "BODY": body}
        key = self._shelf.keys.get(pack.key)
        records = tuple(pack.gone.records if pack.gone.proved else ())
        state = pack.gone.state if pack.gone.proved else {}
        if destroying:
            if pack.version in self._plan.versions:
                records = (*records, record)
            if _state_goes(pack, self._plan.marked.versions, self._plan.digests):
                sections["STAT"] = b""
                state = self._told_anew(pack)
        sections["GONE"] = write_gone(Gone(records, state), pack.id, key)
        write_new(pack.path, write_pack(pack.id, {tag: sections[tag] for tag in SECTIONS}, key))

    def _told_anew(self, pack: Pack) -> Mapping[str, object]:
        """The digests of a version that stays whole, without that of the book before it."""
        if pack.version.sha256 in self._plan.digests:
            return {}
        return {"sha256": pack.version.sha256, "files": dict(pack.files)}

    def _write_kept(self, held: Kept, table: bytes, body: bytes, record: Record) -> None:
        records = (*(held.gone.records if held.gone.proved else ()), *((record,) if record.pieces else ()))
        key = self._shelf.keys[held.key]
        name, content = write_kept(held.key, key, held.scripts(), table, body, Gone(records))
        write_new(held.path.with_name(name), content)
        if name != held.path.name:
            remove(held.path)


def _again(held: Pack | Kept, shelf: Shelf) -> Pack | Kept:
    """A file as it is now: it may have been written since it was listed."""
    return read_pack(held.path, shelf.keys) if isinstance(held, Pack) else read_kept(held.path, shelf.keys)


def _destroyed(entry: Entry, instead: bytes) -> Entry:
    return Entry(entry.id, NOBODY, instead, bytes(_NONCE), DESTROYED, 0, entry.length, 0, 0)


def _laid_out(lines: Sequence[tuple[Entry, bytes]]) -> tuple[bytes, bytes]:
    """The table of some pieces and their bytes, one behind the other; what is there twice stands once."""
    placed: list[Entry] = []
    bodies: list[bytes] = []
    at = 0
    for entry, body in {entry.id: (entry, body) for entry, body in lines}.values():
        placed.append(moved(entry, at))
        bodies.append(body)
        at += len(body)
    return write_table(placed), b"".join(bodies)
