"""What each version changed: as crmsheet wrote it down, else found by comparing the version with the one before it.

Comparing takes a while, so what it found is kept in the user's own cache. Nothing needs that cache: `forget` empties it
for a book, and so does anything that touches older packs, such as a redaction on another computer.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from crmsheet.app.opening import Loaded
from crmsheet.app.private_cache import cache_folder, cache_name, private
from crmsheet.app.states import BookState, comparable, restored_state
from crmsheet.app.versions import history_of
from crmsheet.book.saved_by import saved_by
from crmsheet.change.by_column import dump_columns
from crmsheet.change.comparing import diff
from crmsheet.change.grids import is_grid, on_grids
from crmsheet.change.proposal import load
from crmsheet.change.standing import with_standing
from crmsheet.core.changes import Changes, ChangeSet
from crmsheet.core.errors import BookError, CrmsheetError, HistoryDamaged, UsageError
from crmsheet.core.messages import N_, Message
from crmsheet.core.versions import FOUND, Version
from crmsheet.history.store import history_folder

RAW = ("cell", "append")
"""Commands that write down bare places of sheets, which tell nothing of records."""
_GONE = N_("the version before it is not there any more")


@dataclass(frozen=True, slots=True)
class Told:
    """What a version changed, by key and field; of one that people made, who saved the file as the file says."""

    changes: Changes
    saved_by: str = ""


def changes_of(loaded: Loaded, version: Version) -> Changes:
    """What a version of a book changed, by key and field; places are those of the version before it.

    Raises:
        HistoryDamaged: neither was it written down, nor can it be found by comparing.
    """
    written = recorded(loaded, version)
    if written is not None and not any(map(is_grid, written.column("table"))):
        return written
    if not version.parent:
        return Changes()
    versions = history_of(loaded.path).known(loaded.book.source.sha256)
    parent = next((each for each in versions if each.id == version.parent), None)
    if parent is None:
        raise HistoryDamaged(path=loaded.path.name, detail=Message(_GONE))
    return compared(loaded, parent, version).changes


def recorded(loaded: Loaded, version: Version) -> Changes | None:
    """What crmsheet wrote down when it made a version; None where it did not, or where that is damaged or destroyed.

    Bare places of sheets are those of their grids, see `change.grids`.
    """
    content = written_down(loaded, [version]).get(version.id)
    return None if content is None else read_changes(version, content)


def written_down(loaded: Loaded, versions: Iterable[Version]) -> Mapping[str, bytes]:
    """The same of several versions, by their ids and not read yet; what cannot be had any more is left out."""
    return history_of(loaded.path).changes_of(each.id for each in versions if each.origin != FOUND)


def read_changes(version: Version, content: bytes) -> Changes | None:
    """What a version wrote down, read; None where it is damaged or destroyed."""
    try:
        written = load(content).changes
    except UsageError:
        return None
    return on_grids(written) if version.command in RAW else written


def compared(loaded: Loaded, old: Version | None, new: Version, keys: Sequence[str] = ()) -> Told:
    """What changed from one version to another, found by comparing them; `keys` as in `comparable`.

    Raises:
        HistoryDamaged: one of them cannot be read any more.
    """
    file = _file(loaded.path, old, new, keys)
    with suppress(OSError, UsageError):
        kept = load(file.read_bytes())
        return Told(kept.changes, kept.origin)
    if any(file.parent.glob(f"{file.name.rpartition('-')[0]}-*")):
        forget(loaded.path)  # older packs are others by now: values may have been destroyed in them
    state = version_at(loaded, new)
    changes = difference(version_at(loaded, old), state, keys) if old else Changes()
    told = Told(changes, saved_by(state.opened.files))
    _keep(file, ChangeSet(new.sha256, told.saved_by, told.changes))
    return told


def version_at(loaded: Loaded, version: Version, files: Mapping[str, bytes] | None = None) -> BookState:
    """A version of a book, opened; `files` are those that the history gave back, if they are at hand.

    Raises:
        HistoryDamaged: it cannot be read any more, or the book was no workbook then.
    """
    files = history_of(loaded.path).restore(version.id).files if files is None else files
    try:
        return restored_state(loaded.request, loaded.path, version, files)
    except BookError as error:
        raise HistoryDamaged(path=loaded.path.name, detail=error.message) from error


def difference(old: BookState, new: BookState, keys: Sequence[str] = ()) -> Changes:
    """The changes that make the new state of the old one, in their places in the old one."""
    before, after = comparable((old, new), keys)
    return between(before, after)


def between(old: BookState, new: BookState) -> Changes:
    """The same of states that are comparable already."""
    return with_standing(diff(old.book, new.book), old.book, new.book)


def forget(path: Path) -> None:
    """Removes what is kept of a book's versions in this user's cache."""
    shutil.rmtree(_folder(path), ignore_errors=True)


def _file(path: Path, old: Version | None, new: Version, keys: Sequence[str]) -> Path:
    """Where a comparison is kept; under another name as soon as any pack up to the newer version is another."""
    packs = sorted(history_folder(path).glob("*"))
    stamps = [
        f"{each.name}:{stat.st_size}:{stat.st_mtime_ns}"
        for each in packs
        if each.suffix != ".intent" and (not each.name.startswith("v") or each.name < f"v{new.number + 1:06}")
        for stat in [each.stat()]
        if each.is_file()
    ]
    state, by = (hashlib.sha256(" ".join(each).encode("utf-8", "surrogateescape")) for each in (stamps, keys))
    names = (new.id[:24], old.id[:12] if old else "", by.hexdigest()[:8], state.hexdigest()[:16])
    return _folder(path) / f"{'-'.join(names)}.json"


def _folder(path: Path) -> Path:
    return cache_folder(os.environ, "changes") / cache_name(path)


def _keep(file: Path, changeset: ChangeSet) -> None:
    """Keeps a comparison, readable for this user only."""
    with suppress(OSError, CrmsheetError):  # a cache that cannot be written is done without
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(file, "xb", opener=private) as stream:
            stream.write(dump_columns(changeset))
