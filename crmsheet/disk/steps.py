"""The steps by which anything gets onto the disk, each one call of the system.

Whatever is written of a book or of its history goes through here and calls these by their names in this module: so a
test counts the steps of a write, and kills or fails it at every one of them.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)


def create(path: Path) -> int:
    """Makes a new file that nobody else may read yet; its descriptor."""
    return os.open(path, _NEW, 0o600)


def write(file: int, content: memoryview) -> int:
    """Writes into a file; how many bytes it took, which may be fewer than given."""
    return os.write(file, content)


def sync(file: int) -> None:
    """Brings what was written to the disk."""
    os.fsync(file)


def give_rights(path: Path, like: os.stat_result | None) -> None:
    """Mode, owner and group of another file; without one what the user's umask gives."""
    if like is None:
        mask = os.umask(0)
        os.umask(mask)
        path.chmod(0o666 & ~mask)
        return
    if hasattr(os, "chown"):
        # Only root can give files away; then the file becomes the writer's, as with any editor.
        with suppress(PermissionError):
            os.chown(path, like.st_uid, like.st_gid)
    path.chmod(stat.S_IMODE(like.st_mode))


def replace(old: Path, new: Path) -> None:
    """Gives a file the name of another, which is gone then."""
    os.replace(old, new)  # noqa: PTH105  (as the other steps: the call of the system)


def link(old: Path, new: Path) -> None:
    """Gives a file one more name, where nothing has that name."""
    os.link(old, new)


def remove(path: Path) -> None:
    """Removes a file if it is there."""
    path.unlink(missing_ok=True)


def make_folder(folder: Path) -> None:
    """Makes a folder unless it is there."""
    folder.mkdir(exist_ok=True)


def sync_folder(folder: Path) -> None:
    """Brings the names in a folder to the disk, where folders can be opened (not on Windows, not on every share)."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
