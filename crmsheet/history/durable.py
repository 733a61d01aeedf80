"""Files that are there whole or not at all, also after the power failed."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from crmsheet.core.errors import WriteFailed


def write_new(path: Path, content: bytes) -> None:
    """Writes a file in one step: temporary file, flush to the disk, rename, flush of the folder.

    Raises:
        WriteFailed: the folder or the disk does not take it; nothing is left behind.
    """
    temporary = path.with_name(path.name + ".tmp")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        flush_folder(path.parent)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise failed(path, error) from error


def make_folder(folder: Path) -> None:
    """Makes a folder and those above it, durably.

    Raises:
        WriteFailed: the place does not allow it.
    """
    if folder.is_dir():
        return
    make_folder(folder.parent)
    try:
        folder.mkdir(exist_ok=True)
        flush_folder(folder.parent)
    except OSError as error:
        raise failed(folder, error) from error


def rename(old: Path, new: Path) -> None:
    """Renames a file, durably.

    Raises:
        FileNotFoundError: it is gone.
        WriteFailed: the folder does not allow it.
    """
    try:
        old.replace(new)
        flush_folder(new.parent)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise failed(new, error) from error


def remove(path: Path) -> None:
    """Removes a file if it is there.

    Raises:
        WriteFailed: the folder does not allow it.
    """
    try:
        path.unlink(missing_ok=True)
        flush_folder(path.parent)
    except OSError as error:
        raise failed(path, error) from error


def flush_folder(folder: Path) -> None:
    """Makes the names in a folder durable; Windows does that by itself and does not open folders."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def failed(path: Path, error: OSError) -> WriteFailed:
    """The error as the user shall read it."""
    return WriteFailed(path=path, detail=error.strerror or type(error).__name__)
