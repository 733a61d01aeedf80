"""What stands in the folder of a history: packs, intents, keys, and what of it is damaged. Reading only."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import zstandard

from crmsheet.core.errors import HistoryDamaged
from crmsheet.core.messages import N_
from crmsheet.history.keys import keyed, read_keys
from crmsheet.history.manifest import apply_script
from crmsheet.history.pack import NAME, Pack, damaged, read_pack
from crmsheet.history.pieces import DELTA, DESTROYED, NOBODY, Entry, Line, decode, read_table

_LARGEST_MANIFEST = 1 << 30
FULL = "full"
AGAINST = "against "


@dataclass(frozen=True, slots=True)
class Shelf:
    """The packs in the order of their numbers, the intents that were not sealed, and the damage seen while listing."""

    folder: Path
    keys: Mapping[str, bytes]
    packs: tuple[Pack, ...]
    intents: tuple[Pack, ...]
    damage: tuple[HistoryDamaged, ...]

    @property
    def heads(self) -> tuple[Pack, ...]:
        """The packs that no other follows; two after two machines wrote at once. The newest is the last."""
        followed = {parent for pack in self.packs for parent in pack.parents}
        return tuple(pack for pack in self.packs if pack.version.id not in followed)

    def pack(self, version_id: str) -> Pack | None:
        """The pack of a version, sealed or not."""
        return next((each for each in (*self.packs, *self.intents) if each.version.id == version_id), None)


def read_shelf(folder: Path) -> Shelf:
    """What stands in a history's folder; what cannot be read is left out and told in `damage`."""
    keys = read_keys(folder)
    packs: dict[str, Pack] = {}
    intents: dict[str, Pack] = {}
    damage: list[HistoryDamaged] = []
    for path in sorted(folder.glob("v*")):
        named = NAME.fullmatch(path.name)
        if not named:
            continue
        try:
            pack = read_pack(path, keys)
        except HistoryDamaged as error:
            damage.append(error)
            continue
        (packs if named[3] == "pack" else intents)[pack.version.id] = pack
    for pack in packs.values():
        intents.pop(pack.version.id, None)
        if pack.key not in keys:
            damage.append(damaged(pack.path, N_("its key is missing, so nobody can tell whether it was changed")))
    return Shelf(folder, keys, _ordered(packs.values()), _ordered(intents.values()), tuple(damage))


def _ordered(packs: Iterable[Pack]) -> tuple[Pack, ...]:
    return tuple(sorted(packs, key=lambda each: (each.version.number, each.version.at, each.version.id)))


def manifest_lines(shelf: Shelf, pack: Pack) -> list[str]:
    """The whole manifest of a version, proved by its digest where the key is there.

    Raises:
        HistoryDamaged: it, or one that it is written against, is missing or damaged.
    """
    scripts: list[list[str]] = []
    at = pack
    while True:
        first, *rest = _manifest_text(at)
        scripts.append(rest)
        if first == FULL:
            break
        parent = shelf.pack(first.removeprefix(AGAINST))
        if parent is None or len(scripts) > len(shelf.packs) + len(shelf.intents):
            raise damaged(at.path, N_("the version that it builds on is missing"))
        at = parent
    lines = scripts.pop()
    try:
        while scripts:
            lines = apply_script(lines, scripts.pop())
    except ValueError as error:
        raise damaged(pack.path, N_("its list of pieces is damaged")) from error
    key = shelf.keys.get(pack.key)
    if key is not None and keyed(key, manifest_bytes(lines)).hex() != pack.manifest:
        raise damaged(pack.path, N_("its list of pieces is damaged"))
    return lines


def script_depth(shelf: Shelf, pack: Pack) -> int:
    """How many scripts lie between a version's manifest and the last whole one.

    Raises:
        HistoryDamaged: one of them is missing or damaged.
    """
    depth = 0
    at = pack
    while (first := _manifest_text(at)[0]) != FULL:
        depth += 1
        parent = shelf.pack(first.removeprefix(AGAINST))
        if parent is None or depth > len(shelf.packs):
            raise damaged(at.path, N_("the version that it builds on is missing"))
        at = parent
    return depth


def manifest_bytes(lines: Sequence[str]) -> bytes:
    """The text that a manifest's digest covers."""
    return "".join(f"{line}\n" for line in lines).encode()


def _manifest_text(pack: Pack) -> list[str]:
    """The lines of the section, the first of which says against what it is written."""
    try:
        text = zstandard.ZstdDecompressor().decompress(pack.section("MANF"), max_output_size=_LARGEST_MANIFEST)
        lines = text.decode().split("\n")[:-1]
    except (zstandard.ZstdError, UnicodeDecodeError) as error:
        raise damaged(pack.path, N_("its list of pieces is damaged")) from error
    if not lines or not (lines[0] == FULL or lines[0].startswith(AGAINST)):
        raise damaged(pack.path, N_("its list of pieces is damaged"))
    return lines


class Stock:
    """Every piece of some packs, by its id and by the digest of its content; `destroyed` fills up while reading."""

    def __init__(self, packs: Iterable[Pack]) -> None:
        self.damage: list[HistoryDamaged] = []
        self.destroyed: set[bytes] = set()
        self._places: dict[bytes, tuple[Pack, Line]] = {}
        self._finds: dict[bytes, bytes] = {}
        for pack in packs:
            try:
                for line in read_table(pack.section("TABL")):
                    self._places[line[0]] = (pack, line)
                    self._finds[line[1]] = line[0]
            except HistoryDamaged as error:
                self.damage.append(error)
            except struct.error:
                self.damage.append(damaged(pack.path, N_("its list of pieces is damaged")))

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

    def content(self, piece: bytes, wanted_by: Path) -> bytes:
        """The content of a piece; of a destroyed one, what stands in its place.

        Raises:
            HistoryDamaged: it is missing or damaged.
        """
        place = self._places.get(piece)
        if place is None:
            raise damaged(wanted_by, N_("a piece of it is missing"))
        pack, line = place
        entry = Entry(*line)
        if entry.encoding == DESTROYED:
            self.destroyed.add(piece)
            return b"" if entry.base == NOBODY else self.content(entry.base, wanted_by)
        ground = self.content(entry.base, wanted_by) if entry.encoding == DELTA else b""
        content = decode(entry, pack.body(entry.offset, entry.stored), ground)
        if content is None:
            raise damaged(pack.path, N_("a piece of it is damaged"))
        return content

    def readable(self, piece: bytes) -> bytes | None:
        """The content of a piece that is neither destroyed nor damaged, else None."""
        entry = self.entry(piece)
        if entry is None or entry.encoding == DESTROYED:
            return None
        try:
            return self.content(piece, Path())
        except HistoryDamaged:
            return None
