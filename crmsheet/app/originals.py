"""The file as it was before it became a book: a copy that any program opens, beside the history."""

from __future__ import annotations

from itertools import chain, count
from pathlib import Path

from crmsheet.book.opened import Opened
from crmsheet.disk.durable import create, make_folder
from crmsheet.history.store import FOLDER


def original_of(opened: Opened) -> Path:
    """Where the file as it was found is kept: a copy that any program opens, beside the history.

    An older original of that name stays, and this one gets a number.
    """
    path = opened.source.path
    if opened.foreign:
        return path
    folder, name, suffix = path / FOLDER, "original", ""
    if not path.is_dir():
        folder, name, suffix = path.parent / FOLDER, f"{path.stem}.original", path.suffix
    places = (folder / f"{name}{mark}{suffix}" for mark in chain([""], (f"-{number}" for number in count(2))))
    return next(each for each in places if not each.exists() or _holds(each, opened))


def _holds(original: Path, opened: Opened) -> bool:
    """Whether a copy is of what was opened."""
    held = _targets(original, opened)
    return all(path.is_file() and path.read_bytes() == content for path, content in held.items())


def _targets(original: Path, opened: Opened) -> dict[Path, bytes]:
    """The files of a copy with their contents."""
    return {original / name if name else original: content for name, content in opened.files.items()}


def keep_original(opened: Opened, original: Path) -> list[Path]:
    """Makes the copy; the files of it that were not there yet.

    Raises:
        WriteFailed: the folder or the disk does not take it.
    """
    if opened.foreign:
        return []
    new = {path: content for path, content in _targets(original, opened).items() if not path.exists()}
    for path, content in new.items():
        make_folder(path.parent)
        create(path, content)
    return list(new)
