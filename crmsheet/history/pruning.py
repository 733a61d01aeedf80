"""Pruning: the bytes of old versions are given up, and what later versions need of them is kept first.

A version that is given up keeps its pack with HEAD and STAT, so that the chain of ids stays whole. No other pack is
written: see `kept`. Killed at any step, a pruning has only written more than is needed; the next one goes on.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from crmsheet.core.versions import Version
from crmsheet.disk.durable import remove, write_new
from crmsheet.history.gone import PRUNED, Gone, Record, write_gone
from crmsheet.history.kept import write_kept
from crmsheet.history.manifest import pieces_of, write_script
from crmsheet.history.pack import SECTIONS, Pack, write_pack
from crmsheet.history.pieces import NOBODY, Entry, moved, write_table
from crmsheet.history.shelf import AGAINST, FULL, Shelf, manifest_lines, manifest_text
from crmsheet.history.stock import Stock

_EMPTIED = ("MANF", "TABL", "BODY")
_SEVERAL = 2
"""Files of kept pieces, as after prunings on two computers: they become one."""


@dataclass(frozen=True, slots=True)
class Pruning:
    """What a pruning does.

    `given_up` are the packs that are emptied, `kept` is the file with what later versions need of them (name and
    content; None where they need nothing), `replaced` are those of earlier prunings that it takes the place of, `freed`
    the bytes.
    """

    given_up: tuple[Pack, ...]
    kept: tuple[str, bytes] | None
    replaced: tuple[Path, ...]
    freed: int

    @property
    def versions(self) -> tuple[Version, ...]:
        """The versions that are given up."""
        return tuple(pack.version for pack in self.given_up)


def plan_pruning(shelf: Shelf, staying: Collection[str], key_name: str, record: Record) -> Pruning:
    """How to give up all versions but those.

    Raises:
        HistoryDamaged: a version that stays cannot be read; what it needs can then not be told.
    """
    doomed = tuple(
        pack
        for pack in shelf.packs
        if pack.id not in staying and pack.version.gone != PRUNED and pack.key in shelf.keys
    )
    if not doomed and (len(shelf.kept) < _SEVERAL or key_name not in shelf.keys):
        return Pruning((), None, (), 0)
    gone = {pack.id for pack in shelf.packs if pack in doomed or pack.version.gone == PRUNED}
    stay = [pack for pack in (*shelf.packs, *shelf.intents) if pack.id not in gone]
    known: dict[str, list[str]] = {}
    manifests = {pack.id: manifest_lines(shelf, pack, known) for pack in stay}
    entries, body = _needed(shelf, stay, manifests)
    scripts = _scripts(shelf, stay, manifests, gone)
    kept = None
    if entries or scripts:
        records = _records(shelf, {entry.id.hex() for entry in entries})
        kept = write_kept(key_name, shelf.keys[key_name], scripts, write_table(entries), body, Gone(records))
    replaced = tuple(each.path for each in shelf.kept if kept is None or each.path.name != kept[0])
    before = sum(each.path.stat().st_size for each in (*doomed, *shelf.kept))
    after = sum(len(_emptied(shelf, pack, record)) for pack in doomed) + (len(kept[1]) if kept else 0)
    return Pruning(doomed, kept, replaced, before - after)


def prune(shelf: Shelf, plan: Pruning, record: Record) -> None:
    """Carries out a plan, under the book's lock: what is needed is on the disk before anything goes.

    Raises:
        WriteFailed: the folder does not take it; nothing that is needed is gone then.
    """
    if plan.kept:
        write_new(shelf.folder / plan.kept[0], plan.kept[1])
    for pack in reversed(plan.given_up):  # what is not given up yet builds on older versions only
        write_new(pack.path, _emptied(shelf, pack, record))
    for path in plan.replaced:
        remove(path)


def _needed(
    shelf: Shelf, stay: Sequence[Pack], manifests: Mapping[str, Sequence[str]]
) -> tuple[tuple[Entry, ...], bytes]:
    """The pieces that the versions that stay need and that lie in none of their packs, in the order of their ids."""
    own, everything = Stock(stay), Stock((*shelf.holders, *shelf.intents))
    wanted = {each for pack in stay for each in (*pieces_of(manifests[pack.id]), *pack.changes)}
    found: dict[bytes, tuple[Entry, bytes]] = {}
    seen: set[bytes] = set()
    while wanted:
        piece = wanted.pop()
        seen.add(piece)
        at = next(own.places(piece), None) or next(everything.places(piece), None)
        if at is None:
            continue  # damaged already: nothing that stands here holds it
        holder, entry = at
        if own.entry(piece) is None:
            found[piece] = entry, holder.body(entry.offset, entry.stored)
        wanted |= {entry.base} - {NOBODY} - seen
    entries: list[Entry] = []
    at_byte = 0
    for _, (entry, content) in sorted(found.items()):
        entries.append(moved(entry, at_byte))
        at_byte += len(content)
    return tuple(entries), b"".join(content for _, (_, content) in sorted(found.items()))


def _scripts(
    shelf: Shelf, stay: Sequence[Pack], manifests: Mapping[str, Sequence[str]], gone: Collection[str]
) -> dict[str, list[str]]:
    """The manifests of versions that stay and are written against one that goes: the first whole, others against it."""
    scripts: dict[str, list[str]] = {}
    before = ""
    for pack in stay:
        first = manifest_text(shelf, pack)[0]
        carried = any(pack.id in kept.carried for kept in shelf.kept)
        if not carried and (first == FULL or first.removeprefix(AGAINST) not in gone):
            continue
        lines = manifests[pack.id]
        scripts[pack.id] = [f"{AGAINST}{before}", *write_script(manifests[before], lines)] if before else [FULL, *lines]
        before = pack.id
    return scripts


def _records(shelf: Shelf, pieces: Collection[str]) -> tuple[Record, ...]:
    """The records of the destroyed ones among some pieces."""
    found = []
    for held in shelf.holders:
        for record in held.gone.records if held.gone.proved else ():
            mine = {piece: instead for piece, instead in record.pieces.items() if piece in pieces}
            if mine:
                found.append(Record(record.kind, record.by, record.at, record.why, mine))
    return tuple({(each.at, *sorted(each.pieces)): each for each in found}.values())


def _emptied(shelf: Shelf, pack: Pack, record: Record) -> bytes:
    """The pack of a version that is given up."""
    key = shelf.keys.get(pack.key)
    sections = {tag: pack.section(tag) for tag in ("HEAD", "STAT")}
    records = tuple(each for each in pack.gone.records if pack.gone.proved)
    gone = Gone((*records, record), pack.gone.state if pack.gone.proved else {})
    filled = {**sections, "GONE": write_gone(gone, pack.id, key)}
    return write_pack(pack.id, {tag: b"" if tag in _EMPTIED else filled[tag] for tag in SECTIONS}, key)
