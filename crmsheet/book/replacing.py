"""Exchanging the files of a book on the disk: only against the bytes that were read, whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from crmsheet.book.members import read_members
from crmsheet.core.errors import BookChanged, BookLocked, BookMissing, WriteFailed
from crmsheet.core.messages import N_, Message

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
_SHARING_VIOLATION = 32


def digest(files: Mapping[str, bytes]) -> str:
    """The sha256 of a book in hexadecimal: of the bytes of a single file (named ''), else of names and contents."""
    if set(files) == {""}:
        return hashlib.sha256(files[""]).hexdigest()
    whole = hashlib.sha256()
    for name in sorted(files):
        whole.update(f"{name}\0{hashlib.sha256(files[name]).hexdigest()}\n".encode())
    return whole.hexdigest()


def replace(path: Path, files: Mapping[str, bytes], expected_sha256: str) -> str:
    """Writes the files of a book and returns its new digest; a folder keeps the members that are not named.

    Every file is written beside its target, brought to the disk, and only then renamed over it. Call it under
    `locked`.

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
            temporary[target] = _written_beside(target, content)
        found = _found(path)
        if digest(found) != expected_sha256:
            raise BookChanged(path=path, proposal="")
        _exchange(path, temporary, found)
    except OSError as error:
        raise _failed(path, error) from error
    finally:
        for left in temporary.values():
            with suppress(OSError):
                left.unlink(missing_ok=True)
    return digest({**found, **files})


def create(path: Path, content: bytes) -> None:
    """Writes a new file: it is whole on the disk before it gets its name, and never takes the place of another one.

    Raises:
        FileExistsError: something has that name.
        WriteFailed: with the reason in words; no temporary file stays.
    """
    temporary: Path | None = None
    try:
        temporary = _written_beside(path, content)
        _give_name(temporary, path)
        _sync_folder(path.absolute().parent)
    except FileExistsError:
        raise
    except OSError as error:
        raise write_failed(path, error) from error
    finally:
        if temporary is not None:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)


def _give_name(temporary: Path, path: Path) -> None:
    """A link fails where the name is taken; where links are not known, the name is looked at first."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise
    except OSError:
        if path.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST)) from None
        temporary.rename(path)


def write_failed(path: Path, error: OSError) -> WriteFailed:
    """The error for a file that cannot be written, its cause in plain words."""
    template = _REASONS.get(error.errno or 0)
    detail = Message(template) if template else error.strerror or str(error)
    return WriteFailed(path=path, detail=detail)


def _failed(path: Path, error: OSError) -> WriteFailed | BookLocked:
    if getattr(error, "winerror", 0) == _SHARING_VIOLATION:
        return BookLocked(path=path, holder=Message(N_("another program")), later="")
    return write_failed(path, error)


def _found(path: Path) -> dict[str, bytes]:
    try:
        return read_members(path)
    except BookMissing as error:
        raise BookChanged(path=path, proposal="") from error


def _written_beside(target: Path, content: bytes) -> Path:
    """A temporary file in the target's folder that holds the content, with the target's rights."""
    before = target.stat() if target.exists() else None
    if before is not None and not os.access(target, os.W_OK):
        # Renaming over it would work, and somebody marked it so.
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:60]}.", suffix=".tmp")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        _keep_rights(temporary, before)
    except BaseException:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    return temporary


def _keep_rights(temporary: Path, before: os.stat_result | None) -> None:
    """Mode, owner and group of the file before; a new one gets what the user's umask gives."""
    if before is None:
        mask = os.umask(0)
        os.umask(mask)
        temporary.chmod(0o666 & ~mask)
        return
    if hasattr(os, "chown"):
        # Only root can give files away; then the file becomes the writer's, as with any editor.
        with suppress(PermissionError):
            os.chown(temporary, before.st_uid, before.st_gid)
    temporary.chmod(stat.S_IMODE(before.st_mode))


def _exchange(path: Path, temporary: Mapping[Path, Path], found: Mapping[str, bytes]) -> None:
    """Renames all; when one fails, those before it get their content back."""
    done: list[Path] = []
    try:
        for target, file in temporary.items():
            os.replace(file, target)  # noqa: PTH105  (the tests stand in for it here)
            done.append(target)
    except OSError:
        for target in done:
            _put_back(target, found.get("" if target == path else target.name))
        raise
    _sync_folder(path if path.is_dir() else path.parent)


def _put_back(target: Path, content: bytes | None) -> None:
    with suppress(OSError):
        if content is None:
            target.unlink()
        else:
            _written_beside(target, content).replace(target)


def _sync_folder(folder: Path) -> None:
    """Brings the renaming to the disk, where folders can be opened (not on Windows, not on every share)."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
