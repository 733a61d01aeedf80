"""Proves a history: every file, every chain of ids, every piece once; and tells what was taken out on purpose."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from crmsheet.core.errors import HistoryDamaged
from crmsheet.core.messages import N_, Message
from crmsheet.history.container import SEAL, Container, seal_holds
from crmsheet.history.gone import PRUNED
from crmsheet.history.kept import Kept
from crmsheet.history.manifest import pieces_of
from crmsheet.history.pack import Pack
from crmsheet.history.pieces import DESTROYED, NOBODY, Entry
from crmsheet.history.shelf import Shelf, manifest_lines
from crmsheet.history.stock import each_piece, entries_of, stands_for
from crmsheet.history.tags import Tags

DAMAGE, WARNING, NOTE = "damage", "warning", "note"
_SEALED = N_("a byte of it was changed")
_LEFT_OUT = N_("it says what was destroyed in it, but not as crmsheet wrote it")
_UNRECORDED = N_("pieces of it were destroyed without a record ({count:,})")
_BACK = N_("values that were destroyed stand in it again ({count:,} pieces); redact them once more")
_LOST = N_("the piece that stands for a destroyed one is missing or damaged ({count:,})")
_BAD = N_("pieces of it are damaged ({count:,})")
_NO_PARENT = N_("the version that it follows is missing ({id})")
_NO_PIECE = N_("version {number} cannot be restored: pieces of it are missing or damaged ({count:,})")
_NO_CHANGES = N_("what version {number} changed cannot be read: pieces of it are missing or damaged ({count:,})")
_NOT_EXACT = N_("version {number} does not come back byte for byte: {reason}")
_HEADS = N_("version {number} ({id}) is a second head: two computers wrote at once; the book goes on from the other")
_OPEN = N_("version {number} was begun and never finished; the next write settles it")
_TAGLESS = N_("the tag {tag} names a version that is not there")
_COPY = N_("a copy that a sync client left; it is not read")
_REDACTED = N_("version {number}: values were destroyed by {by} on {at} ({why}), {count:,} pieces")
_PRUNED = N_("version {number} was given up by pruning, by {by} on {at}")


@dataclass(frozen=True, slots=True)
class Seen:
    """Something that verifying found in a file: `kind` is damage, warning (needs a look) or note (as it should be)."""

    kind: str
    file: str
    text: Message


@dataclass
class _Proof:
    """What is proved so far: ids of sound pieces, the destroyed ones with what stands for them, and what was found."""

    shelf: Shelf
    seen: list[Seen] = field(default_factory=list)
    sound: set[bytes] = field(default_factory=set)
    destroyed: dict[bytes, bytes] = field(default_factory=dict)

    def tell(self, kind: str, path: Path, template: str, **facts: object) -> None:
        self.seen.append(Seen(kind, path.name, Message(template, facts)))

    def damaged(self, error: HistoryDamaged) -> None:
        self.seen.append(Seen(DAMAGE, error.facts["path"].name, error.facts["detail"]))  # type: ignore[attr-defined,arg-type]  # facts are objects


def verify(shelf: Shelf, tags: Tags, whole: Callable[[Pack], Message | None]) -> tuple[Seen, ...]:
    """All that is wrong with a history or worth knowing, the damage first.

    Every piece is proved once, and that the manifest of every version names proved pieces only: so each version can be
    restored without being put together. `whole` may put one together all the same: the reason why it is not exact, if
    so.
    """
    proof = _Proof(shelf)
    for error in (*shelf.damage, *tags.damage):
        proof.damaged(error)
    for held in shelf.holders:
        _prove_file(proof, held)
    _prove_pieces(proof)
    known: dict[str, list[str]] = {}
    proved: set[str] = set()
    for pack in shelf.packs:
        if _prove_version(proof, pack, known, proved) and (reason := whole(pack)):
            proof.tell(DAMAGE, pack.path, _NOT_EXACT, number=pack.version.number, reason=reason)
    _tell_rest(proof, tags)
    order = (DAMAGE, WARNING, NOTE)
    return tuple(sorted(proof.seen, key=lambda each: order.index(each.kind)))


def _prove_file(proof: _Proof, held: Pack | Kept) -> None:
    """No byte of a file was changed, and what is said of its destroyed pieces was said by crmsheet."""
    key = proof.shelf.keys.get(held.key)
    if not held.gone.proved:
        proof.tell(DAMAGE, held.path, _LEFT_OUT)
    if isinstance(held, Pack) and not held.sealed and SEAL not in held.sections:
        return  # written before packs were sealed: its parts are proved one by one
    try:
        if SEAL not in held.sections or (key is not None and not seal_holds(held, key)):
            proof.tell(DAMAGE, held.path, _SEALED)
    except HistoryDamaged as error:
        proof.damaged(error)


def _prove_pieces(proof: _Proof) -> None:
    """Every piece by its id, and that destroyed ones were destroyed on record."""
    lines: list[tuple[Container, Entry]] = [
        (each, line) for each in proof.shelf.holders for line in _entries(proof, each)
    ]
    unrecorded: Counter[Path] = Counter()
    bad: Counter[Path] = Counter()
    recorded = _recorded(proof.shelf)
    for held, entry in lines:
        if entry.encoding == DESTROYED:
            proof.destroyed[entry.id] = entry.base
            if (entry.id.hex(), entry.base.hex() if entry.base != NOBODY else "") not in recorded:
                unrecorded[held.path] += 1
    for held, entry, content in each_piece(lines):
        if content is None:
            bad[held.path] += 1
        else:
            proof.sound.add(entry.id)
    for counted, template in ((unrecorded, _UNRECORDED), (bad, _BAD)):
        for path, count in counted.items():
            proof.tell(DAMAGE, path, template, count=count)
    _prove_destroyed(proof, lines)


def _entries(proof: _Proof, held: Container) -> list[Entry]:
    try:
        return entries_of(held)
    except HistoryDamaged as error:
        proof.damaged(error)
        return []


def _recorded(shelf: Shelf) -> Collection[tuple[str, str]]:
    """Each destroyed piece with what stands in its place, as the records say that can be proved."""
    records = (record for held in shelf.holders if held.gone.proved for record in held.gone.records)
    return {pair for record in records for pair in record.pieces.items()}


def _prove_destroyed(proof: _Proof, lines: Iterable[tuple[Container, Entry]]) -> None:
    """What stands for a destroyed piece is there, and the piece is not."""
    lost: Counter[Path] = Counter()
    back: Counter[Path] = Counter()
    proof.sound |= {piece for piece in proof.destroyed if _is_replaced(piece, proof)}
    for held, entry in lines:
        if entry.encoding != DESTROYED and entry.id in proof.destroyed:
            back[held.path] += 1
        elif entry.encoding == DESTROYED and entry.id not in proof.sound:
            lost[held.path] += 1
    for counted, template in ((lost, _LOST), (back, _BACK)):
        for path, count in counted.items():
            proof.tell(DAMAGE, path, template, count=count)


def _is_replaced(piece: bytes, proof: _Proof) -> bool:
    """Whether what stands for a destroyed piece is there; a later redaction may have destroyed that in its turn."""
    last = stands_for(piece, proof.destroyed)
    return last == NOBODY or last in proof.sound


def _prove_version(proof: _Proof, pack: Pack, known: dict[str, list[str]], proved: set[str]) -> bool:
    """Whether a version is there to be restored, and proved to be: its parents, its manifest, all its pieces."""
    version = pack.version
    for parent in version.parents:
        if proof.shelf.pack(parent) is None:
            proof.tell(DAMAGE, pack.path, _NO_PARENT, id=parent[:8])
    if version.gone == PRUNED:
        return False
    try:
        lines = set(manifest_lines(proof.shelf, pack, known)) - proved
    except HistoryDamaged as error:
        proof.damaged(error)
        return False
    missing = set(pieces_of(lines)) - proof.sound
    if missing:
        proof.tell(DAMAGE, pack.path, _NO_PIECE, number=version.number, count=len(missing))
    else:
        proved |= lines
    if unknown := set(pack.changes) - proof.sound:
        proof.tell(DAMAGE, pack.path, _NO_CHANGES, number=version.number, count=len(unknown))
    return not missing


def _tell_rest(proof: _Proof, tags: Tags) -> None:
    """What is no damage and yet to be known."""
    shelf = proof.shelf
    for pack in shelf.heads[:-1]:
        proof.tell(WARNING, pack.path, _HEADS, number=pack.version.number, id=pack.id[:8])
    for pack in shelf.intents:
        proof.tell(WARNING, pack.path, _OPEN, number=pack.version.number)
    for path, tag in tags.files.items():
        if shelf.pack(tag.version) is None:
            proof.tell(WARNING, path, _TAGLESS, tag=tag.name)
    for path in shelf.copies:
        proof.tell(NOTE, path, _COPY)
    for pack in shelf.packs:
        for record in pack.gone.records:
            facts = {"number": pack.version.number, "by": record.by, "at": record.at.replace("T", " ")}
            if record.kind == PRUNED:
                proof.tell(NOTE, pack.path, _PRUNED, **facts)
            else:
                proof.tell(NOTE, pack.path, _REDACTED, **facts, why=record.why, count=len(record.pieces))
