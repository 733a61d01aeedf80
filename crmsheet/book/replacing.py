"""Exchanging the files of a book on the disk: only against the bytes that were read, whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

from crmsheet.book.members import read_members
from crmsheet.book.together import exchange_together, finish, held_back, note_of
from crmsheet.core.errors import BookChanged, BookLocked, BookMissing, WriteFailed
from crmsheet.core.messages import N_, Message
from crmsheet.disk import steps
from crmsheet.disk.durable import discard, flush_folder, sweep, write_failed, written_beside

SHARING_VIOLATIONS = (32, 33)
"""What Windows says of a file, or a stretch of one, that another program has kept for itself."""


def digest(files: Mapping[str, bytes]) -> str:
    """The sha256 of a book in hexadecimal: of the bytes of a single file (named ''), else of names and contents."""
    if set(files) == {""}:
        return hashlib.sha256(files[""]).hexdigest()
    whole = hashlib.sha256()
    for name in sorted(files):
        whole.update(f"{name}\0{hashlib.sha256(files[name]).hexdigest()}\n".encode())
    return whole.hexdigest()


def tidy(path: Path) -> None:
    """Finishes what a killed process had begun, and removes its temporary files. Call it under `locked`.

    Raises:
        WriteFailed: the folder or the disk does not allow it.
    """
    path = path.resolve()
    try:
        if path.is_dir():
            finish(path)
            for each in (path, note_of(path).parent):
                sweep(each, alone=True)
        else:
            sweep(path.parent, path.name, alone=True)
    except OSError as error:
        raise write_failed(path, error) from error


def replace(path: Path, files: Mapping[str, bytes], expected_sha256: str) -> str:
    """Writes the files of a book and returns its new digest; a folder keeps the members that are not named.

    Every file is written beside its target, brought to the disk, and only then renamed over it; several files of a
    folder change all at once for whoever reads them by `read_members`. Call it under `locked`.

    Raises:
        BookChanged: what is on the disk is not what was read.
        BookLocked: another program holds a file open (Windows).
        WriteFailed: with the reason in words; nothing was changed, and no temporary file stays.
    """
    path = path.resolve()
    temporary: dict[Path, Path] = {}
    try:
        for name, content in files.items():
            target = path / name if name else path
            temporary[target] = _written(target, content)
        found = _found(path)
        if digest(found) != expected_sha256:
            raise BookChanged(path=path, proposal="")
        if len(temporary) > 1:
            exchange_together(path, temporary, found, files)
        else:
            for target, file in temporary.items():
                steps.replace(file, target)
        flush_folder(path if path.is_dir() else path.parent)
    except BaseException as error:
        for left in set(temporary.values()) - held_back(path):
            discard(left)
        if isinstance(error, OSError):
            raise _failed(path, error) from error
        raise
    return digest({**found, **files})


def _written(target: Path, content: bytes) -> Path:
    before = target.stat() if target.exists() else None
    if before is not None and not os.access(target, os.W_OK):
        # Renaming over it would work, and somebody marked it so.
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    return written_beside(target, content, before)


def _failed(path: Path, error: OSError) -> WriteFailed | BookLocked:
    if getattr(error, "winerror", 0) in SHARING_VIOLATIONS:
        return BookLocked(path=path, holder=Message(N_("another program")))
    return write_failed(path, error)


def _found(path: Path) -> dict[str, bytes]:
    try:
        return read_members(path)
    except BookMissing as error:
        raise BookChanged(path=path, proposal="") from error
