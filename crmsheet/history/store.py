"""The history of a book: versions beside it, from which every state comes back byte for byte.

Nothing here asks the clock or who is at the keyboard, and nothing knows what the bytes mean: both are passed in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from crmsheet.core.errors import HistoryDamaged
from crmsheet.core.messages import N_, Message
from crmsheet.core.versions import FOUND, Version
from crmsheet.disk.durable import make_folder, remove, rename, write_new
from crmsheet.history.container import damaged
from crmsheet.history.draft import Deed, Drafted, State, draft
from crmsheet.history.framing import DEFLATED, FRAME, Framing
from crmsheet.history.gone import PRUNED, Record
from crmsheet.history.keys import make_key, read_keys
from crmsheet.history.manifest import FileLayout, PartLayout, read_manifest
from crmsheet.history.pack import Pack, file_name, read_pack
from crmsheet.history.pruning import Pruning, plan_pruning, prune
from crmsheet.history.redacting import Redaction, plan_redaction, redact
from crmsheet.history.retention import Retention, staying
from crmsheet.history.searching import Sought, search
from crmsheet.history.shelf import Shelf, manifest_lines, read_shelf
from crmsheet.history.stock import Stock
from crmsheet.history.tags import Tag, read_tags, write_tag
from crmsheet.history.verifying import Seen, verify

FOLDER = ".crmsheet"
WHOLE_FOLDER = "@folder"


def history_folder(book: Path, *, whole: bool | None = None) -> Path:
    """Where a book's history lies: `.crmsheet` in the folder of its files, then the name of the file.

    A folder of CSV files has its history inside, as `@folder`, so that both travel together when it is moved or
    synchronised. A conflicted copy of a workbook has another name, so its history never mixes with the original's.
    `whole` tells whether a book that may not be there yet is a folder.
    """
    if book.is_dir() if whole is None else whole:
        return book / FOLDER / WHOLE_FOLDER
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

    def tags(self) -> Mapping[str, str]:
        """Tag name -> id of its version."""
        return read_tags(self.folder, read_keys(self.folder)).named

    def damage(self) -> tuple[HistoryDamaged, ...]:
        """What of the history cannot be used; none of it stands in the way of work."""
        shelf = read_shelf(self.folder)
        return (*shelf.damage, *Stock(shelf.holders).damage)

    def record(self, state: State, deed: Deed) -> Version:
        """Records the book as it is; nothing is written where the head is that state already.

        Raises:
            WriteFailed: the folder does not take it.
        """
        shelf = read_shelf(self.folder)
        parent = _followed(shelf, state.sha256)
        if parent is not None and parent.version.sha256 == state.sha256 and not set(deed.also) - {parent.version.id}:
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
        made = self._files(shelf, pack, Stock((*shelf.holders, pack)))
        notes = tuple(note for _, note in made.values() if note is not None)
        return Restored({name: content for name, (content, _) in made.items()}, not notes, notes)

    def changes(self, version_id: str) -> bytes:
        """The change set that a version was made by, as it was given; empty for one that was found.

        Raises:
            HistoryDamaged: the version, or a piece of it, is missing or damaged.
        """
        shelf = read_shelf(self.folder)
        pack = self._pack(shelf, version_id)
        stock = Stock((*shelf.holders, pack))
        return b"".join(stock.content(each, pack.path) for each in pack.changes)

    def verify(self, *, whole: bool = False) -> tuple[Seen, ...]:
        """What is wrong with the history or worth knowing; `whole` puts every version together, else the heads."""
        shelf = read_shelf(self.folder)
        chosen = {pack.id for pack in (shelf.packs if whole else shelf.heads)}
        stock = Stock(shelf.holders)

        def reason(pack: Pack) -> Message | None:
            if pack.id not in chosen or pack.version.gone:
                return None
            return next((note for _, note in self._files(shelf, pack, stock).values() if note), None)

        return verify(shelf, read_tags(self.folder, shelf.keys), reason)

    def plan_pruning(self, at: str, by: str, policy: Retention, current: str) -> tuple[Pruning, Record]:
        """What pruning would give up at a time, and by whom; the versions that are the `current` book stay.

        Raises:
            HistoryDamaged: a version that stays cannot be read.
        """
        shelf = read_shelf(self.folder)
        record = Record(PRUNED, by, at)
        if not shelf.packs:
            return Pruning((), None, (), 0), record
        versions = [pack.version for pack in shelf.packs]
        named = {each.id for each in versions if each.sha256 == current} | set(self.tags().values())
        named |= {parent for pack in shelf.intents for parent in pack.version.parents}
        key = next((pack.key for pack in reversed(shelf.packs) if pack.key in shelf.keys), "")
        return plan_pruning(shelf, staying(versions, named, at, policy), key, record), record

    def prune(self, plan: Pruning, record: Record) -> None:
        """Gives up what a plan says; call it under the book's lock, with a plan that was made under it.

        Raises:
            WriteFailed: the folder does not take it.
        """
        prune(read_shelf(self.folder), plan, record)

    def plan_redaction(self, sought: Sought) -> Redaction:
        """What would be destroyed so that values stand nowhere in the history any more."""
        shelf = read_shelf(self.folder)
        return plan_redaction(shelf, search(shelf, self.framing, sought), sought)

    def redact(self, plan: Redaction, record: Record) -> None:
        """Destroys what a plan says, and the copies that a sync client left of files that are there.

        Call it under the book's lock, with a plan that was made under it.

        Raises:
            WriteFailed: the folder does not take it; do it again then.
        """
        shelf = read_shelf(self.folder)
        redact(shelf, plan, record)
        for path in shelf.copies:
            remove(path)

    def tag(self, name: str, version_id: str, author: str, at: str) -> None:
        """Names a version; a version that had the name loses it.

        Raises:
            WriteFailed: the folder does not take it.
        """
        shelf, key = self._writable(read_shelf(self.folder))
        self._untag(name, write_tag(self.folder, Tag(name, version_id, author, at, key), shelf.keys[key]))

    def untag(self, name: str) -> None:
        """Takes a name away.

        Raises:
            WriteFailed: the folder does not allow it.
        """
        self._untag(name, None)

    def _untag(self, name: str, but: Path | None) -> None:
        for path, tag in read_tags(self.folder, read_keys(self.folder)).files.items():
            if tag.name == name and path != but:
                remove(path)

    def changes_of(self, version_ids: Iterable[str]) -> Mapping[str, bytes]:
        """The change sets of several versions by their ids; those that cannot be read any more are left out."""
        shelf = read_shelf(self.folder)
        packs = {pack.id: pack for pack in (*shelf.intents, *shelf.packs)}
        stock = Stock((*shelf.holders, *shelf.intents))
        found: dict[str, bytes] = {}
        for each in version_ids:
            with suppress(HistoryDamaged, KeyError):
                found[each] = b"".join(stock.content(piece, self.folder) for piece in packs[each].changes)
        return found

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

    def _files(self, shelf: Shelf, pack: Pack, stock: Stock) -> dict[str, tuple[bytes, Message | None]]:
        """The files of a version, each with the reason where it is not the very file."""
        try:
            layouts = read_manifest(manifest_lines(shelf, pack))
        except ValueError as error:
            raise damaged(pack.path, N_("its list of pieces is damaged")) from error
        return {layout.name: self._file(layout, stock, pack) for layout in layouts}

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
