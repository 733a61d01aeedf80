"""A history copied to another folder, or mended from there: only what is missing, damaged or was written anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from crmsheet.core.errors import HistoryDamaged
from crmsheet.core.messages import N_
from crmsheet.disk.durable import make_folder, remove, write_new
from crmsheet.history.container import SEAL, Container, damaged, seal_holds
from crmsheet.history.kept import Kept
from crmsheet.history.pack import Pack, file_name
from crmsheet.history.shelf import Shelf, read_shelf
from crmsheet.history.tags import read_tags

_UNEQUAL = N_("the copy is not what was copied")


@dataclass(frozen=True, slots=True)
class Copied:
    """What a copy wrote (files and bytes), and which versions only the other folder has."""

    files: int = 0
    bytes: int = 0
    only_there: int = 0


def related(here: Path, there: Path) -> bool:
    """Whether two folders hold histories of one book, or one of them none: they have a state of it in common.

    Where a history was lost and begun anew, that is all that they have in common.
    """
    ours, theirs = (_states(read_shelf(folder)) for folder in (here, there))
    return not ours or not theirs or bool(ours & theirs)


def _states(shelf: Shelf) -> set[str]:
    return {each for pack in shelf.packs for each in (pack.id, pack.version.sha256) if each}


def back_up(here: Path, there: Path) -> Copied:
    """Copies what another folder lacks or has in an older form, and takes away there what was given up here.

    What only the other folder has stays: a history that was lost here is no reason to lose it there.

    Raises:
        WriteFailed: the folder does not take it.
    """
    ours, theirs = read_shelf(here), read_shelf(there)
    lost = {pack.id for pack in theirs.packs} - {pack.id for pack in ours.packs}
    wanted = {name: path for name, path in _files(ours).items() if _older(name, ours, theirs)}
    done = _copy(wanted, there)
    if not lost and not ours.damage:
        stale = {each.path.name for each in theirs.kept} - {each.path.name for each in ours.kept}
        stale |= _tag_names(theirs) - _tag_names(ours)
        for name in sorted(stale):
            remove(there / name)
    return Copied(*done, len(lost))


def mend(here: Path, there: Path) -> Copied:
    """Copies what is missing or damaged here from another folder; what is sound here stays.

    Raises:
        WriteFailed: the folder does not take it.
    """
    ours, theirs = read_shelf(here), read_shelf(there)
    mine, held = _holders(ours), _holders(theirs)
    kept_here = any(_is_sound(each, ours) for each in ours.kept)
    wanted = {
        name: path
        for name, path in _files(theirs).items()
        if (_mends(held[name], mine.get(name), ours, theirs) if name in held else not (here / name).exists())
        # Where kept pieces are, theirs are older, and may hold what was destroyed here.
        and not (kept_here and isinstance(held.get(name), Kept))
    }
    return Copied(*_copy(wanted, here))


def _copy(files: Mapping[str, Path], target: Path) -> tuple[int, int]:
    """Copies files under names, each read again to see that it arrived; how many, and how many bytes."""
    size = 0
    make_folder(target)
    for name, path in files.items():
        content = path.read_bytes()
        write_new(target / name, content)
        if (target / name).read_bytes() != content:
            raise damaged(target / name, _UNEQUAL)
        size += len(content)
    return len(files), size


def _files(shelf: Shelf) -> dict[str, Path]:
    """The sound files of a history by their names: keys first, so that what follows can be proved."""
    keys = {f"key-{name}": path for name in shelf.keys for path in sorted(shelf.folder.glob(f"key-{name}*"))[:1]}
    holders = {name: held.path for name, held in _holders(shelf).items()}
    tags = {path.name: path for path in read_tags(shelf.folder, shelf.keys).files}
    return {**keys, **holders, **tags}


def _tag_names(shelf: Shelf) -> set[str]:
    return {path.name for path in read_tags(shelf.folder, shelf.keys).files}


def _holders(shelf: Shelf) -> dict[str, Pack | Kept]:
    """Packs and kept pieces by the names that are theirs; kept pieces first, because pruned packs need them."""
    kept: dict[str, Pack | Kept] = {f"kept-{held.id[:16]}.pieces": held for held in shelf.kept}
    return kept | {file_name(pack.version.number, pack.id, sealed=True): pack for pack in shelf.packs}


def _older(name: str, ours: Shelf, theirs: Shelf) -> bool:
    """Whether the other folder lacks a file, or has one that less was taken out of, or a damaged one."""
    mine, other = _holders(ours).get(name), _holders(theirs).get(name)
    if mine is None:
        return not (theirs.folder / name).exists()
    if not _is_sound(mine, ours):
        return other is None
    if other is None or not _is_sound(other, theirs):
        return True
    return len(mine.gone.records) >= len(other.gone.records) and not _is_same(mine, other)


def _mends(other: Pack | Kept, mine: Pack | Kept | None, ours: Shelf, theirs: Shelf) -> bool:
    return _is_sound(other, theirs) and (mine is None or not _is_sound(mine, ours))


def _is_sound(held: Pack | Kept, shelf: Shelf) -> bool:
    """Whether a file is as it was written, as far as it can be told."""
    key = shelf.keys.get(held.key)
    try:
        return key is None or SEAL not in held.sections or seal_holds(held, key)
    except HistoryDamaged:
        return False


def _is_same(one: Container, other: Container) -> bool:
    if SEAL in one.sections and SEAL in other.sections:
        return one.section(SEAL) == other.section(SEAL)
    return one.path.read_bytes() == other.path.read_bytes()
