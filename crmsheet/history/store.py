"""The history of a book: versions beside it, from which every state comes back byte for byte.

Nothing here asks the clock or who is at the keyboard, and nothing knows what the bytes mean: both are passed in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from crmsheet.core.errors import HistoryDamaged
from crmsheet.core.messages import N_, Message
from crmsheet.core.versions import Version
from crmsheet.disk.durable import make_folder, remove, rename, write_new
from crmsheet.history.draft import Deed, Drafted, State, draft
from crmsheet.history.framing import DEFLATED, FRAME, Framing
from crmsheet.history.keys import make_key
from crmsheet.history.manifest import FileLayout, PartLayout, read_manifest
from crmsheet.history.pack import Pack, damaged, file_name, read_pack
from crmsheet.history.shelf import Shelf, Stock, manifest_lines, read_shelf

FOLDER = ".crmsheet"
_WHOLE_FOLDER = "@folder"
FOUND = "found"


def history_folder(book: Path) -> Path:
    """Where a book's history lies: `.crmsheet` in the folder of its files, then the name of the file.

    A folder of CSV files has its history inside, as `@folder`, so that both travel together when it is moved or
    synchronised. A conflicted copy of a workbook has another name, so its history never mixes with the original's.
    """
    if book.is_dir():
        return book / FOLDER / _WHOLE_FOLDER
    return book.parent / FOLDER / book.name


@dataclass(frozen=True, slots=True)
class Intent:
    """A version on the disk that waits for the book to be replaced; `replaces` is the digest of the book until then."""

    path: Path
    version: Version
    replaces: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Resolution:
    """What became of intents left behind by a crash: sealed, dropped, or neither (the book is in a third state)."""

    sealed: tuple[Version, ...] = ()
    dropped: tuple[Version, ...] = ()
    unknown: tuple[Version, ...] = ()


@dataclass(frozen=True, slots=True)
class Restored:
    """The files of a version; not `exact` where only their content could be made again, and `notes` say why."""

    files: Mapping[str, bytes]
    exact: bool
    notes: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class History:
    """The versions of one book. It holds no state: each call reads the folder, which others may write too."""

    folder: Path
    framing: Framing

    def versions(self) -> tuple[Version, ...]:
        """The readable versions, the oldest first."""
        return tuple(pack.version for pack in read_shelf(self.folder).packs)

    def known(self, sha256: str) -> tuple[Version, ...]:
        """The readable versions, with the one that a crash left unsealed after the book had become what it says."""
        shelf = read_shelf(self.folder)
        done = (pack.version for pack in shelf.intents if pack.version.sha256 == sha256)
        return (*(pack.version for pack in shelf.packs), *done)

    def heads(self) -> tuple[Version, ...]:
        """The versions that no other follows, the newest last; more than one after two machines wrote at once."""
        return tuple(pack.version for pack in read_shelf(self.folder).heads)

    def head(self) -> Version | None:
        """The newest version that no other follows."""
        heads = self.heads()
        return heads[-1] if heads else None

    def pending(self) -> tuple[Version, ...]:
        """The versions of intents that were neither sealed nor dropped."""
        return tuple(pack.version for pack in read_shelf(self.folder).intents)

    def damage(self) -> tuple[HistoryDamaged, ...]:
        """What of the history cannot be used; none of it stands in the way of work."""
        shelf = read_shelf(self.folder)
        return (*shelf.damage, *Stock(shelf.packs).damage)

    def record(self, state: State, deed: Deed) -> Version:
        """Records the book as it is; nothing is written where the head is that state already.

        Raises:
            WriteFailed: the folder does not take it.
        """
        shelf = read_shelf(self.folder)
        parent = _followed(shelf, state.sha256)
        if parent is not None and parent.version.sha256 == state.sha256:
            return parent.version
        shelf, key = self._writable(shelf)
        drafted = draft(shelf, self.framing, key, parent, None, state, deed)
        return self._kept(drafted, shelf, sealed=True).version

    def intend(self, old: State, new: State, deed: Deed) -> Intent:
        """Writes down, before the book is replaced, what it will be; call under the book's lock.

        Where the old state is not the head (a first use, or somebody edited the book) it becomes a version first.

        Raises:
            WriteFailed: the folder does not take it; the book must then not be replaced.
        """
        self.record(old, Deed("", deed.at, "", origin=FOUND))
        shelf, key = self._writable(read_shelf(self.folder))
        drafted = draft(shelf, self.framing, key, _followed(shelf, old.sha256), old, new, deed)
        pack = self._kept(drafted, shelf, sealed=False)
        return Intent(pack.path, pack.version, old.sha256, drafted.content)

    def seal(self, intent: Intent) -> Version:
        """Makes an intent a version, after the book was replaced; also where somebody else swept the intent away.

        Raises:
            WriteFailed: the folder does not allow it.
        """
        target = intent.path.with_suffix(".pack")
        try:
            rename(intent.path, target)
        except FileNotFoundError:
            if not target.exists():
                make_folder(target.parent)
                write_new(target, intent.content)
        return intent.version

    def drop(self, intent: Intent) -> None:
        """Forgets an intent whose book was not replaced.

        Raises:
            WriteFailed: the folder does not allow it.
        """
        remove(intent.path)

    def resolve(self, sha256: str) -> Resolution:
        """Settles intents left behind by a crash, by the digest of the book; call under the book's lock.

        Raises:
            WriteFailed: the folder does not allow it.
        """
        sealed: list[Version] = []
        dropped: list[Version] = []
        unknown: list[Version] = []
        for pack in read_shelf(self.folder).intents:
            if pack.version.sha256 == sha256:
                with suppress(FileNotFoundError):  # another computer settled it, and the folder was synchronised
                    rename(pack.path, pack.path.with_suffix(".pack"))
                sealed.append(pack.version)
            elif pack.replaces == sha256:
                remove(pack.path)
                dropped.append(pack.version)
            else:
                unknown.append(pack.version)
        return Resolution(tuple(sealed), tuple(dropped), tuple(unknown))

    def restore(self, version_id: str) -> Restored:
        """The files of a version, proved by their digests.

        Raises:
            HistoryDamaged: the version, or a piece of it, is missing or damaged.
        """
        shelf = read_shelf(self.folder)
        pack = self._pack(shelf, version_id)
        try:
            layouts = read_manifest(manifest_lines(shelf, pack))
        except ValueError as error:
            raise damaged(pack.path, N_("its list of pieces is damaged")) from error
        stock = Stock((*shelf.packs, pack))
        made = {layout.name: self._file(layout, stock, pack) for layout in layouts}
        notes = tuple(note for _, note in made.values() if note is not None)
        return Restored({name: content for name, (content, _) in made.items()}, not notes, notes)

    def changes(self, version_id: str) -> bytes:
        """The change set that a version was made by, as it was given; empty for one that was found.

        Raises:
            HistoryDamaged: the version, or a piece of it, is missing or damaged.
        """
        shelf = read_shelf(self.folder)
        pack = self._pack(shelf, version_id)
        stock = Stock((*shelf.packs, pack))
        return b"".join(stock.content(each, pack.path) for each in pack.changes)

    def _pack(self, shelf: Shelf, version_id: str) -> Pack:
        pack = shelf.pack(version_id)
        if pack is None:
            raise damaged(self.folder, N_("the version is missing"))
        return pack

    def _writable(self, shelf: Shelf) -> tuple[Shelf, str]:
        """The shelf with a key to write under: that of the head, or any, or a new one."""
        make_folder(self.folder)
        for left_behind in self.folder.glob("*.tmp"):
            remove(left_behind)
        for pack in reversed(shelf.heads):
            if pack.key in shelf.keys:
                return shelf, pack.key
        if shelf.keys:
            return shelf, min(shelf.keys)
        name, key = make_key(self.folder)
        return replace(shelf, keys={name: key}), name

    def _kept(self, drafted: Drafted, shelf: Shelf, *, sealed: bool) -> Pack:
        """A draft on the disk, and read again."""
        path = self.folder / file_name(drafted.number, drafted.id, sealed=sealed)
        write_new(path, drafted.content)
        return read_pack(path, shelf.keys)

    def _file(self, layout: FileLayout, stock: Stock, pack: Pack) -> tuple[bytes, Message | None]:
        """One file, and the reason where it is not the very file."""
        stock.destroyed.clear()
        frames = b"".join(stock.content(each, pack.path) for each in layout.frames)
        stored: list[bytes] = []
        at = 0
        for part in layout.parts:
            if part.kind == FRAME:
                stored.append(frames[at : at + part.length])
                at += part.length
            else:
                stored.append(self._stored(part, stock, pack))
        content = b"".join(stored)
        if hashlib.sha256(content).hexdigest() == pack.files.get(layout.name):
            return content, None
        members = [
            (part.name, b"".join(stock.content(each, pack.path) for each in part.content))
            for part in layout.parts
            if part.kind != FRAME
        ]
        return self.framing.rebuild(members), _reason(
            layout.name or pack.path.parent.name, destroyed=bool(stock.destroyed)
        )

    def _stored(self, part: PartLayout, stock: Stock, pack: Pack) -> bytes:
        """The bytes of a member as they stood in the file."""
        if part.stream:
            return b"".join(stock.content(each, pack.path) for each in part.stream)
        content = b"".join(stock.content(each, pack.path) for each in part.content)
        return self.framing.shrink(content, part.recipe) if part.kind == DEFLATED else content


def _followed(shelf: Shelf, sha256: str) -> Pack | None:
    """The head that a new version follows: the one that is the book, else the newest."""
    heads = shelf.heads
    return next((pack for pack in reversed(heads) if pack.version.sha256 == sha256), heads[-1] if heads else None)


def _reason(name: str, *, destroyed: bool) -> Message:
    if destroyed:
        return Message(N_("{name}: values in it were destroyed by redaction; the rest is as it was."), {"name": name})
    return Message(
        N_("{name}: this computer compresses differently, so the file has the same content but not the same bytes."),
        {"name": name},
    )
