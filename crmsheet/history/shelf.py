"""What stands in the folder of a history: packs, intents, kept pieces, keys, and the damage. Reading only."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import zstandard

from crmsheet.core.errors import HistoryDamaged
from crmsheet.core.messages import N_
from crmsheet.history.container import Container, damaged
from crmsheet.history.gone import PRUNED
from crmsheet.history.kept import NAME as KEPT_NAME
from crmsheet.history.kept import Kept, read_kept
from crmsheet.history.keys import KEYLESS, keyed, read_keys
from crmsheet.history.manifest import apply_script
from crmsheet.history.pack import NAME, Pack, read_pack

_LARGEST_MANIFEST = 1 << 30
_BAD_LIST = N_("its list of pieces is damaged")
PRUNED_AWAY = N_("its content was given up by pruning")
FULL = "full"
AGAINST = "against "
_Found = TypeVar("_Found", bound=Container)


@dataclass(frozen=True, slots=True)
class Shelf:
    """The packs in the order of their numbers, the intents that were not sealed, and the damage seen while listing.

    `kept` are files of pieces of pruned versions; `copies` files that a sync client left of others that are there.
    """

    folder: Path
    keys: Mapping[str, bytes]
    packs: tuple[Pack, ...]
    intents: tuple[Pack, ...]
    kept: tuple[Kept, ...]
    copies: tuple[Path, ...]
    damage: tuple[HistoryDamaged, ...]

    @property
    def heads(self) -> tuple[Pack, ...]:
        """The packs that no other follows; two after two machines wrote at once. The newest is the last."""
        followed = {parent for pack in self.packs for parent in pack.version.parents}
        return tuple(pack for pack in self.packs if pack.version.id not in followed)

    @property
    def holders(self) -> tuple[Pack | Kept, ...]:
        """All files that hold pieces of sealed versions."""
        return (*self.packs, *self.kept)

    def pack(self, version_id: str) -> Pack | None:
        """The pack of a version, sealed or not."""
        return next((each for each in (*self.packs, *self.intents) if each.version.id == version_id), None)


def read_shelf(folder: Path) -> Shelf:
    """What stands in a history's folder; what cannot be read is left out and told in `damage`.

    Where a file is missing or damaged, a copy of it that a sync client left takes its place.
    """
    keys = read_keys(folder)
    seen = _Seen(sorted(folder.iterdir()) if folder.is_dir() else [])
    packs = {each.id: each for each in seen.sound(NAME, ".pack", lambda path: read_pack(path, keys))}
    intents = {each.id: each for each in seen.sound(NAME, ".intent", lambda path: read_pack(path, keys))}
    kept = seen.sound(KEPT_NAME, ".pieces", lambda path: read_kept(path, keys))
    for pack in packs.values():
        intents.pop(pack.id, None)
        if pack.key not in keys:
            seen.damage.append(damaged(pack.path, KEYLESS))
    return Shelf(
        folder,
        keys,
        _ordered(packs.values()),
        _ordered(intents.values()),
        tuple(kept),
        tuple(seen.copies),
        tuple(seen.damage),
    )


class _Seen:
    """The files of a folder while they are looked through."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self.copies: list[Path] = []
        self.damage: list[HistoryDamaged] = []
        self._paths = paths

    def sound(self, name: re.Pattern[str], kind: str, read: Callable[[Path], _Found]) -> list[_Found]:
        """The files of a kind that can be read, one of each; the one of the very name first, then copies of it."""
        alike: dict[str, list[tuple[str, Path]]] = {}
        for path in self._paths:
            named = name.fullmatch(path.name)
            if named and path.suffix == kind:
                alike.setdefault(path.name[: named.start("copy")], []).append((named["copy"], path))
        return [one for paths in alike.values() if (one := self._first([path for _, path in sorted(paths)], read))]

    def _first(self, paths: Sequence[Path], read: Callable[[Path], _Found]) -> _Found | None:
        for number, path in enumerate(paths, 1):
            try:
                found = read(path)
            except HistoryDamaged as error:
                self.damage.append(error)
                continue
            self.copies += paths[number:]
            return found
        return None


def _ordered(packs: Iterable[Pack]) -> tuple[Pack, ...]:
    return tuple(sorted(packs, key=lambda each: (each.version.number, each.version.at, each.version.id)))


def manifest_lines(shelf: Shelf, pack: Pack, known: MutableMapping[str, list[str]] | None = None) -> list[str]:
    """The whole manifest of a version, proved by its digest where the key is there.

    Whoever reads many keeps them in `known`: then each script is applied once.

    Raises:
        HistoryDamaged: it, or one that it is written against, is missing or damaged.
    """
    known = {} if known is None else known
    scripts: list[tuple[Pack, list[str]]] = []
    at = pack
    while at.id not in known:
        first, *rest = manifest_text(shelf, at)
        if first == FULL:
            known[at.id] = rest
            break
        scripts.append((at, rest))
        at = _built_on(shelf, at, first, len(scripts))
    try:
        while scripts:
            followed, script = scripts.pop()
            known[followed.id] = apply_script(known[at.id], script)
            at = followed
    except ValueError as error:
        raise damaged(pack.path, _BAD_LIST) from error
    lines = known[pack.id]
    key = shelf.keys.get(pack.key)
    if key is not None and keyed(key, manifest_bytes(lines)).hex() != pack.manifest:
        del known[pack.id]
        raise damaged(pack.path, _BAD_LIST)
    return lines


def _built_on(shelf: Shelf, pack: Pack, first: str, steps: int) -> Pack:
    """The version whose manifest a script is written against."""
    found = shelf.pack(first.removeprefix(AGAINST))
    if found is None or steps > len(shelf.packs) + len(shelf.intents):
        raise damaged(pack.path, N_("the version that it builds on is missing"))
    return found


def script_depth(shelf: Shelf, pack: Pack) -> int:
    """How many scripts lie between a version's manifest and the last whole one.

    Raises:
        HistoryDamaged: one of them is missing or damaged.
    """
    depth = 0
    while (first := manifest_text(shelf, pack)[0]) != FULL:
        depth += 1
        pack = _built_on(shelf, pack, first, depth)
    return depth


def manifest_bytes(lines: Sequence[str]) -> bytes:
    """The text that a manifest's digest covers."""
    return "".join(f"{line}\n" for line in lines).encode()


def manifest_text(shelf: Shelf, pack: Pack) -> list[str]:
    """The lines of the section, the first of which says against what it is written; or those kept in its place.

    Raises:
        HistoryDamaged: they are damaged, or the version was pruned.
    """
    for kept in shelf.kept:
        if pack.id in kept.carried:
            with suppress(HistoryDamaged):
                return kept.scripts()[pack.id]
    if pack.version.gone == PRUNED:
        raise damaged(pack.path, PRUNED_AWAY)
    try:
        text = zstandard.ZstdDecompressor().decompress(pack.section("MANF"), max_output_size=_LARGEST_MANIFEST)
        lines = text.decode().split("\n")[:-1]
    except (zstandard.ZstdError, UnicodeDecodeError) as error:
        raise damaged(pack.path, _BAD_LIST) from error
    if not lines or not (lines[0] == FULL or lines[0].startswith(AGAINST)):
        raise damaged(pack.path, _BAD_LIST)
    return lines
