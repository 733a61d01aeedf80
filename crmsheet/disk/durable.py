"""Files that are there whole or not at all, also after a kill, a full disk or a power cut."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import secrets
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from crmsheet.core.errors import WriteFailed
from crmsheet.core.messages import N_, Message
from crmsheet.disk import steps

_REASONS = {
    errno.ENOSPC: N_("the disk is full"),
    errno.EDQUOT: N_("your share of the disk is used up"),
    errno.EACCES: N_("you may not write there"),
    errno.EPERM: N_("you may not write there"),
    errno.EROFS: N_("the disk can only be read"),
    errno.EFBIG: N_("the file would be larger than the disk allows"),
    errno.EIO: N_("the disk reports an error"),
    errno.ENAMETOOLONG: N_("its name is too long"),
}
_SHOWN = 40
"""Characters of a file's name in that of its temporary file: 40 of four bytes each leave room in 255."""
_TEMPORARY = re.compile(r"\..+\.([0-9a-f]{8})-([0-9a-f]{6})-(\d+)-[0-9a-f]{8}\.tmp", re.DOTALL)


def written_beside(target: Path, content: bytes, rights: os.stat_result | None = None) -> Path:
    """A temporary file in the target's folder that holds the content, brought to the disk.

    Its name tells whose it is: the target, the machine and the process. `rights` are those of a file to be replaced.

    Raises:
        OSError: the folder or the disk does not take it; nothing is left behind.
    """
    owner = f"{_tag(target.name, 8)}-{_tag(socket.gethostname(), 6)}-{os.getpid()}"
    temporary = target.with_name(f".{target.name[:_SHOWN]}.{owner}-{secrets.token_hex(4)}.tmp")
    file = steps.create(temporary)
    try:
        try:
            _write_all(file, content)
            steps.sync(file)
        finally:
            os.close(file)
        steps.give_rights(temporary, rights)
    except BaseException:
        discard(temporary)
        raise
    return temporary


def _write_all(file: int, content: bytes) -> None:
    """Writes everything, also where the system takes less than it was given."""
    rest = memoryview(content)
    while rest:
        taken = steps.write(file, rest)
        if not taken:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        rest = rest[taken:]


def _tag(name: str, length: int) -> str:
    return hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()[:length]


def discard(temporary: Path) -> None:
    """Removes a temporary file; one that stays is removed by the next write."""
    with suppress(OSError):
        steps.remove(temporary)


def sweep(folder: Path, name: str = "", *, alone: bool) -> None:
    """Removes the temporary files that killed processes left of a file (of any where none is named).

    One whose process lives on this machine stays. Of another machine nobody can tell: its files go where the caller is
    `alone`, because it holds the lock of the book that they belong to; this process' own as well.
    """
    for path in _temporaries(folder, name):
        named = _TEMPORARY.fullmatch(path.name)
        here = named is not None and named[2] == _tag(socket.gethostname(), 6)
        process = int(named[3]) if named else 0
        if (alone and (not here or process == os.getpid())) or (here and not is_running(process)):
            discard(path)


def _temporaries(folder: Path, name: str) -> Iterator[Path]:
    for path in folder.iterdir():
        named = _TEMPORARY.fullmatch(path.name)
        if named and (not name or named[1] == _tag(name, 8)):
            yield path


def is_running(process: int) -> bool:
    """Whether a process of this machine lives; where nobody can tell, it does."""
    if os.name == "nt":
        return True  # asking there can end the process that is asked about
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True  # somebody else's
    return True


def write_new(path: Path, content: bytes) -> None:
    """Writes a file in one step: temporary file, flush to the disk, rename, flush of the folder.

    Raises:
        WriteFailed: the folder or the disk does not take it; nothing is left behind.
    """
    temporary: Path | None = None
    try:
        temporary = written_beside(path, content)
        steps.replace(temporary, path)
        flush_folder(path.parent)
    except OSError as error:
        if temporary is not None:
            discard(temporary)
        raise write_failed(path, error) from error


def create(path: Path, content: bytes) -> None:
    """Writes a new file: it is whole on the disk before it gets its name, and never takes the place of another one.

    Raises:
        FileExistsError: something has that name.
        WriteFailed: with the reason in words; no temporary file stays.
    """
    temporary: Path | None = None
    try:
        sweep(path.absolute().parent, path.name, alone=False)
        temporary = written_beside(path, content)
        _give_name(temporary, path)
        flush_folder(path.absolute().parent)
    except FileExistsError:
        raise
    except OSError as error:
        raise write_failed(path, error) from error
    finally:
        if temporary is not None:
            discard(temporary)


def _give_name(temporary: Path, path: Path) -> None:
    """A link fails where the name is taken; where links are not known, the name is looked at first."""
    try:
        steps.link(temporary, path)
    except FileExistsError:
        raise
    except OSError:
        if path.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST)) from None
        steps.replace(temporary, path)


def make_folder(folder: Path) -> None:
    """Makes a folder and those above it, durably.

    Raises:
        WriteFailed: the place does not allow it.
    """
    if folder.is_dir():
        return
    make_folder(folder.parent)
    try:
        steps.make_folder(folder)
        flush_folder(folder.parent)
    except OSError as error:
        raise write_failed(folder, error) from error


def rename(old: Path, new: Path) -> None:
    """Renames a file, durably.

    Raises:
        FileNotFoundError: it is gone.
        WriteFailed: the folder does not allow it.
    """
    try:
        steps.replace(old, new)
        flush_folder(new.parent)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise write_failed(new, error) from error


def remove(path: Path) -> None:
    """Removes a file if it is there, durably.

    Raises:
        WriteFailed: the folder does not allow it.
    """
    try:
        steps.remove(path)
        flush_folder(path.parent)
    except OSError as error:
        raise write_failed(path, error) from error


def flush_folder(folder: Path) -> None:
    """Makes the names in a folder durable, where the system can; what was renamed is renamed either way."""
    with suppress(OSError):
        steps.sync_folder(folder)


def write_failed(path: Path, error: OSError) -> WriteFailed:
    """The error for a file that cannot be written, its cause in plain words."""
    template = _REASONS.get(error.errno or 0)
    detail = Message(template) if template else error.strerror or str(error)
    return WriteFailed(path=path, detail=detail)
