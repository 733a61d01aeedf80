"""Versions as files of their own, and a history in another folder."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from crmsheet.app.history_upkeep import record
from crmsheet.app.request import Request
from crmsheet.app.settings import book_path
from crmsheet.app.states import find_version
from crmsheet.app.versions import current_digest, history_alone, history_of
from crmsheet.book.members import read_members
from crmsheet.core.errors import BackupForeign, FileTaken, FolderTaken, UsageError, WriteFailed
from crmsheet.core.messages import N_, Message, Text
from crmsheet.core.outcome import Outcome
from crmsheet.disk.durable import create, make_folder, write_new
from crmsheet.history.copying import back_up, mend, related
from crmsheet.history.store import History, history_folder
from crmsheet.history.verifying import DAMAGE

EXPORT, BACKUP = "history export", "history backup"
_EXPORTED = N_("Version {number} stands in {path}, byte for byte as it was.")
_EXPORTED_NEARLY = N_("Version {number} stands in {path}, but not byte for byte:")
_HERE = N_("the folder {path} is the one in which the book lies; a backup belongs somewhere else")
_COPIED = N_(
    "{files:,} files of the history were copied to {path} ({bytes:,} bytes); with those that were there it is whole."
)
_SAME = N_("The history in {path} is up to date already, and whole.")
_BOOK = N_("The book was copied to {path}.")
_HOW = N_("What lies there is a book with its history: it can be opened and used as it is.")
_ONLY_THERE = N_(
    "The backup has {count:,} versions that are missing here: `crmsheet history backup {folder} --restore` brings them "
    "back."
)
_DAMAGED = N_("The backup in {path} is damaged in {count:,} places: `crmsheet history verify {path}` lists them.")
_UNRECORDED = N_("The book as it is now could not be made a version first, because its folder cannot be written.")
_MENDED = N_(
    "{files:,} files were brought back from {path} ({bytes:,} bytes); nothing that was sound here was changed."
)
_WHOLE = N_("Nothing is missing here that {path} has.")
_NO_BACKUP = N_("{path} holds no backup of {book}")


def export(request: Request, word: str, target: Path) -> Outcome:
    """Writes a version as it was: a workbook or CSV file, or a folder of CSV files; nothing is overwritten.

    Raises:
        VersionUnknown: there is no such version.
        HistoryDamaged: it cannot be restored.
        FileTaken, FolderTaken: the target is there already.
        WriteFailed: the folder or the disk does not take it.
    """
    path, _ = book_path(request)
    version = find_version(path, word)
    restored = history_of(path).restore(version.id)
    if "" in restored.files:
        _create(target, restored.files[""])
    else:
        if target.exists() and (not target.is_dir() or any(target.iterdir())):
            raise FolderTaken(path=str(target))
        make_folder(target)
        for name, content in restored.files.items():
            _create(target / name, content)
    first = Message(_EXPORTED if restored.exact else _EXPORTED_NEARLY, {"number": version.number, "path": str(target)})
    return Outcome(
        EXPORT, path.name, today=request.today.isoformat(), notes=(first, *restored.notes), version=version.id
    )


def _create(path: Path, content: bytes) -> None:
    try:
        create(path, content)
    except FileExistsError as error:
        raise FileTaken(path=str(path)) from error


def backup(request: Request, folder: Path, *, restore: bool) -> Outcome:
    """Copies book and history to another folder, or with `restore` brings back from there what is missing here.

    Raises:
        UsageError: the folder is the book's own, or holds no backup of it.
        BackupForeign: the folder holds the history of another book.
        WriteFailed: the folder or the disk does not take it.
    """
    path, _ = book_path(request)
    if folder.resolve() in (path.absolute().parent.resolve(), path.resolve()):
        raise UsageError(problem=Message(_HERE, {"path": str(folder)}))
    there = folder / path.absolute().name
    notes, counts = (_restored if restore else _copied)(request, path, there)
    return Outcome(BACKUP, path.name, today=request.today.isoformat(), notes=tuple(notes), counts=counts)


def _copied(request: Request, path: Path, there: Path) -> tuple[list[Text], Mapping[str, int]]:
    """The sentences on a backup, and what was copied."""
    notes: list[Text] = []
    files = read_members(path)
    here, other = history_of(path), _history_at(there, whole="" not in files)
    _refuse_foreign(here, other)
    if here.versions() or not other.versions():  # else it was lost here: nothing is begun anew over it
        try:
            record(request)
        except WriteFailed:
            notes.append(Message(_UNRECORDED))
    done = back_up(here.folder, other.folder)
    changed = {name: content for name, content in files.items() if not _holds(there / name, content)}
    for name, content in changed.items():
        make_folder((there / name).parent)
        write_new(there / name, content)
    facts = {"files": done.files, "bytes": done.bytes, "path": str(there), "folder": str(there.parent)}
    damage = sum(each.kind == DAMAGE for each in other.verify())
    notes.append(
        Message(_DAMAGED, {**facts, "count": damage}) if damage else Message(_COPIED if done.files else _SAME, facts)
    )
    notes += [Message(_BOOK, facts)] if changed else []
    notes.append(Message(_HOW))
    notes += [Message(_ONLY_THERE, {**facts, "count": done.only_there})] if done.only_there else []
    return notes, {"files": done.files, "bytes": done.bytes, "damage": damage}


def _restored(request: Request, path: Path, there: Path) -> tuple[list[Text], Mapping[str, int]]:
    """The sentences on what was brought back, and how much that was."""
    whole = there.is_dir()
    here, other = _history_at(path, whole=whole), _history_at(there, whole=whole)
    if not there.exists() or not other.versions():
        raise UsageError(problem=Message(_NO_BACKUP, {"path": str(there.parent), "book": path.name}))
    _refuse_foreign(here, other)
    make_folder(path.absolute() if whole else path.absolute().parent)
    with history_alone(request, path):
        done = mend(here.folder, other.folder)
        back = (
            []
            if current_digest(path)
            else [name for name, content in read_members(there).items() if _brought(path / name, content)]
        )
    facts = {"files": done.files + len(back), "bytes": done.bytes, "path": str(there.parent)}
    return [Message(_MENDED if facts["files"] else _WHOLE, facts)], {
        "files": done.files + len(back),
        "bytes": done.bytes,
    }


def _brought(path: Path, content: bytes) -> bool:
    create(path, content)
    return True


def _history_at(path: Path, *, whole: bool) -> History:
    """The history of a book that may not be there yet; `whole` is a folder of CSV files."""
    return History(history_folder(path, whole=whole), history_of(path).framing)


def _refuse_foreign(here: History, there: History) -> None:
    if not related(here.folder, there.folder):
        raise BackupForeign(path=str(there.folder.parent.parent))


def _holds(path: Path, content: bytes) -> bool:
    with suppress(OSError):
        return path.read_bytes() == content
    return False
