"""Several files of a folder that change all at once, although the system renames them one by one.

Before the first is renamed, a note in `.crmsheet` names them all. From the moment it is there the new state holds:
whoever reads the folder by its note takes the temporary file of each that was not renamed yet, and the next writer
renames it. Without the note the files are what they were.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from crmsheet.core.errors import WriteFailed
from crmsheet.disk import steps
from crmsheet.disk.durable import discard, flush_folder, make_folder, write_new, written_beside

FOLDER = ".crmsheet"
WHOLE_FOLDER = "@folder"
"""Where a folder of CSV files is the book, lock and history lie inside it: its parent may not be ours to write."""


@dataclass(frozen=True, slots=True)
class Exchanged:
    """One file of an exchange: its name, the temporary file that gets it, and the digests before and after.

    Without a digest before it is new; without one after it goes away again.
    """

    name: str
    temporary: str
    before: str
    after: str


def note_of(folder: Path) -> Path:
    """Where an exchange that is not finished is noted."""
    return folder / FOLDER / f"{WHOLE_FOLDER}.exchange"


def pending(folder: Path) -> tuple[Exchanged, ...]:
    """The files of an exchange that is not finished."""
    try:
        return tuple(Exchanged(**each) for each in json.loads(note_of(folder).read_bytes()))
    except (OSError, ValueError, TypeError):
        return ()


def as_exchanged(folder: Path, found: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files of a folder as they are once its exchange is finished; what somebody edited since stays.

    Raises:
        OSError: a temporary file cannot be read; most likely it was renamed at this moment.
    """
    files = dict(found)
    for each in pending(folder):
        if _sha256(files.get(each.name)) != each.before:
            continue
        if not each.after:
            files.pop(each.name, None)
        elif (folder / each.temporary).is_file():
            files[each.name] = (folder / each.temporary).read_bytes()
    return files


def held_back(folder: Path) -> frozenset[Path]:
    """The temporary files that an exchange still needs."""
    return frozenset(folder / each.temporary for each in pending(folder) if each.temporary)


def exchange_together(
    folder: Path, temporary: Mapping[Path, Path], found: Mapping[str, bytes], files: Mapping[str, bytes]
) -> None:
    """Renames temporary files (by their targets) over files, all or none.

    Raises:
        OSError: one could not be renamed, and none is.
        WriteFailed: the note could not be written, and none is renamed.
    """
    wanted = tuple(
        Exchanged(target.name, file.name, _sha256(found.get(target.name)), _sha256(files[target.name]))
        for target, file in temporary.items()
    )
    _note(folder, wanted)
    try:
        finish(folder)
    except BaseException:
        if _taken_back(folder, wanted, found):
            raise
        # They could not be put back either: then the note holds, and the next writer finishes what it says.


def finish(folder: Path) -> None:
    """Finishes an exchange that was noted; nothing is done where there is none.

    Raises:
        OSError: a file cannot be renamed; the note stays.
    """
    noted = pending(folder)
    for each in noted:
        _exchange(folder, each)
    if noted:
        flush_folder(folder)
        steps.remove(note_of(folder))


def _exchange(folder: Path, each: Exchanged) -> None:
    target, file = folder / each.name, folder / each.temporary
    held = target.read_bytes() if target.is_file() else None
    if _sha256(held) != each.before:
        return  # done before, or edited by somebody since
    if not each.after:
        steps.remove(target)
    elif file.is_file():
        steps.replace(file, target)


def _taken_back(folder: Path, wanted: tuple[Exchanged, ...], found: Mapping[str, bytes]) -> bool:
    """Notes that the old state holds, and puts it back; False where the disk takes no such note."""
    done = [each for each in wanted if not (folder / each.temporary).exists()]
    back: list[Exchanged] = []
    try:
        for each in done:
            target = folder / each.name
            old = found.get(each.name)
            file = "" if old is None else written_beside(target, old, target.stat()).name
            back.append(Exchanged(each.name, file, each.after, each.before))
        _note(folder, tuple(back))
    except (OSError, WriteFailed):
        for each in back:
            if each.temporary:
                discard(folder / each.temporary)
        return False
    with suppress(OSError):  # else the next writer does it
        finish(folder)
    return True


def _note(folder: Path, exchanged: tuple[Exchanged, ...]) -> None:
    make_folder(folder / FOLDER)
    write_new(note_of(folder), json.dumps([asdict(each) for each in exchanged]).encode())


def _sha256(content: bytes | None) -> str:
    return "" if content is None else hashlib.sha256(content).hexdigest()
