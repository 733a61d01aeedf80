"""A version being written down: files become pieces, a manifest and the bytes of a pack."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import zstandard

from crmsheet.core.errors import HistoryDamaged
from crmsheet.history.framing import DEFLATED, FRAME, Framing, Part
from crmsheet.history.keys import keyed
from crmsheet.history.manifest import FileLayout, PartLayout, pieces_of, read_manifest, write_manifest, write_script
from crmsheet.history.pack import Pack, write_pack
from crmsheet.history.pieces import LARGEST, Base, Entry, base_rank, cut_up, encode, moved, write_table
from crmsheet.history.retention import lasting
from crmsheet.history.shelf import AGAINST, FULL, Shelf, manifest_bytes, manifest_lines, script_depth
from crmsheet.history.stock import Stock, Trust

FORMAT = 1
WHOLE_EVERY = 20
_LINES_PIECE = 1 << 16


@dataclass(frozen=True, slots=True)
class State:
    """The bytes of a book: member name -> content ('' for a workbook), and the digest by which the book is known."""

    files: Mapping[str, bytes]
    sha256: str


@dataclass(frozen=True, slots=True)
class Deed:
    """Who did what and when. Nothing in it may hold a customer's values, but `changes`, which can be destroyed.

    `also` are the ids of versions that it follows besides the one that it replaces: of a merge, theirs.
    """

    author: str
    at: str
    command: str
    message: str = ""
    origin: str = "crmsheet"
    counts: Mapping[str, int] = field(default_factory=dict)
    changes: bytes = b""
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Drafted:
    """A version written down, not yet on the disk."""

    id: str
    number: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Before:
    """What a version follows: its pack, the files of its manifest, and its bytes where they are at hand."""

    pack: Pack
    lines: list[str]
    files: Mapping[str, FileLayout]
    state: State | None


def look_back(shelf: Shelf, parent: Pack | None, state: State | None) -> Before | None:
    """What a new version can be written against; None for a first one, or where the parent's manifest is damaged."""
    if parent is None:
        return None
    try:
        lines = manifest_lines(shelf, parent)
        files = {each.name: each for each in read_manifest(lines)}
    except (HistoryDamaged, ValueError):
        return None
    described = state is not None and state.sha256 == parent.version.sha256
    return Before(parent, lines, files, state if described else None)


def draft(
    shelf: Shelf, framing: Framing, key_name: str, parent: Pack | None, old: State | None, new: State, deed: Deed
) -> Drafted:
    """A version that follows a parent; `old` is the state it replaces: unchanged members are then not looked at."""
    key = shelf.keys[key_name]
    before = look_back(shelf, parent, old)
    pieces = _Pieces(shelf, key, lambda: _lasting_pieces(shelf, deed.at))
    files = [_layout(name, content, before, framing, pieces) for name, content in sorted(new.files.items())]
    lines = write_manifest(files)
    changes = pieces.keep(cut_up(deed.changes, _line_cuts(deed.changes)), ())
    state = _state(old, new)
    parents = tuple(dict.fromkeys((*((parent.version.id,) if parent else ()), *deed.also)))
    number = max((each.version.number for each in shelf.packs if each.version.id in parents), default=0) + 1
    head = {
        "format": FORMAT,
        "number": number,
        "parents": parents,
        "author": deed.author,
        "at": deed.at,
        "command": deed.command,
        "message": deed.message,
        "origin": deed.origin,
        "counts": dict(deed.counts),
        "key": key_name,
        "sealed": True,
        "manifest": keyed(key, manifest_bytes(lines)).hex(),
        "state": keyed(state[:16], state[16:]).hex(),
        "changes": [each.hex() for each in changes],
    }
    head_bytes = _json(head)
    version_id = keyed(key, head_bytes).hex()
    sections = {
        "HEAD": head_bytes,
        "STAT": state,
        "MANF": zstandard.ZstdCompressor(level=9).compress(_manifest_section(shelf, before, lines)),
        "TABL": write_table(pieces.entries),
        "BODY": b"".join(pieces.bodies),
    }
    return Drafted(version_id, number, write_pack(version_id, sections, key))


def _lasting_pieces(shelf: Shelf, at: str) -> frozenset[bytes]:
    """The pieces of versions that no computer prunes yet."""
    stay = lasting([pack.version for pack in shelf.packs], at)
    known: dict[str, list[str]] = {}
    found: set[str] = set()
    for pack in shelf.packs:
        if pack.id in stay:
            with suppress(HistoryDamaged):
                found.update(manifest_lines(shelf, pack, known))
    return frozenset(pieces_of(found))


def _state(old: State | None, new: State) -> bytes:
    """A nonce and the digests of the files; a section of its own, so that it can be destroyed."""
    facts: dict[str, Any] = {
        "sha256": new.sha256,
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in new.files.items()},
    }
    if old is not None:
        facts["replaces"] = old.sha256
    return secrets.token_bytes(16) + _json(facts)


def _manifest_section(shelf: Shelf, before: Before | None, lines: list[str]) -> bytes:
    """The manifest whole, or as a script against the parent's; whole every 20 versions."""
    if before is not None and script_depth(shelf, before.pack) < WHOLE_EVERY - 1:
        script = write_script(before.lines, lines)
        return manifest_bytes([f"{AGAINST}{before.pack.version.id}", *script])
    return manifest_bytes([FULL, *lines])


class _Pieces:
    """The pieces of one version: those in stock by their ids, the new ones with their bytes."""

    def __init__(self, shelf: Shelf, key: bytes, lasting: Callable[[], frozenset[bytes]]) -> None:
        self.entries: list[Entry] = []
        self.bodies: list[bytes] = []
        self._stock = Stock(shelf.holders)
        self._trust = Trust(
            self._stock, {each.path: shelf.keys[each.key] for each in shelf.holders if each.key in shelf.keys}
        )
        self._key = key
        self._lasting = cache(lasting)
        self._offset = 0
        self._new: dict[bytes, bytes] = {}

    def keep(self, contents: Sequence[bytes | memoryview], beside: Sequence[bytes]) -> tuple[bytes, ...]:
        """The ids of these contents in order; `beside` are the ids that stood there in the parent.

        A new piece is stored as its difference from the one that followed the last unchanged piece in the parent.
        """
        places = {piece: number for number, piece in enumerate(beside)}
        ids: list[bytes] = []
        after = 0
        for content in contents:
            digest = keyed(self._key, content)
            found = self._new.get(digest) or self._again(digest, content, places)
            if found is None:
                found = self._add(content, beside[max(after - 1, 0) : after + 1])
                self._new[digest] = found
            after = places.get(found, after) + 1
            ids.append(found)
        return tuple(ids)

    def _again(self, digest: bytes, content: bytes | memoryview, places: Mapping[bytes, int]) -> bytes | None:
        """The piece in stock with this content, unless another computer may be giving it up by pruning."""
        found = self._stock.find(digest, content)
        if found is None or not self._trust.relies(found):
            return None
        return found if found in places or found in self._lasting() else None

    def have(self, part: PartLayout) -> bool:
        """Whether all pieces of a part of the parent can be relied on: after a damage they are stored once more."""
        return all(map(self._trust.relies, (*part.content, *part.stream)))

    def _add(self, content: bytes | memoryview, near: Sequence[bytes]) -> bytes:
        """A new piece; `near` are the pieces where it stood, the second of them the likelier to resemble it.

        Where an edit makes a new cut, the second half of a piece has slid into the place of the next.
        """
        bases = [base for base in map(self._base, reversed(near)) if base is not None]
        entry, body = encode(self._key, content, bases)
        self.entries.append(moved(entry, self._offset))
        self.bodies.append(body)
        self._offset += len(body)
        return entry.id

    def _base(self, near: bytes) -> Base | None:
        """What to store a piece against that takes the place of another: that one, or one that it was made from."""
        entry = self._stock.entry(near)
        rank = entry.rank + 1 if entry else 0
        wanted = base_rank(rank)
        while entry is not None and wanted is not None and entry.rank > wanted:
            entry = self._stock.entry(entry.base)
        fits = entry is not None and entry.rank == wanted and self._trust.relies(entry.id)
        content = self._stock.readable(entry.id) if entry is not None and fits else None
        return None if entry is None or content is None else Base(entry.id, content, rank)


def _layout(name: str, content: bytes, before: Before | None, framing: Framing, pieces: _Pieces) -> FileLayout:
    """One file as pieces; members whose bytes did not change keep their lines without being looked at."""
    old = before.files.get(name) if before else None
    known = {part.name: part for part in old.parts if part.kind != FRAME} if old else {}
    same = _bytes_before(name, before, framing)
    split = framing.split(name, content)
    frames = b"".join(part.stored for part in split if part.kind == FRAME)
    parts: list[PartLayout] = []
    for part in split:
        if part.kind == FRAME:
            parts.append(PartLayout(FRAME, length=len(part.stored)))
        elif part.name in known and same.get(part.name) == part.stored and pieces.have(known[part.name]):
            parts.append(known[part.name])
        else:
            parts.append(_part(name, part, known.get(part.name), framing, pieces))
    return FileLayout(name, pieces.keep(_blocks(frames), old.frames if old else ()), tuple(parts))


def _bytes_before(name: str, before: Before | None, framing: Framing) -> Mapping[str, bytes | memoryview]:
    """Member name -> its bytes in the parent, where those are at hand."""
    if before is None or before.state is None or name not in before.state.files:
        return {}
    return {part.name: part.stored for part in framing.split(name, before.state.files[name]) if part.kind != FRAME}


def _part(name: str, part: Part, old: PartLayout | None, framing: Framing, pieces: _Pieces) -> PartLayout:
    """One member as pieces: its content, and its compressed bytes too where no recipe makes them."""
    expanded = framing.expand(part.stored) if part.kind == DEFLATED else None
    kind = DEFLATED if expanded else "stored"
    content, recipe = expanded or (bytes(part.stored), "")
    stream = pieces.keep(_blocks(part.stored), ()) if kind == DEFLATED and not recipe else ()
    kept = pieces.keep(cut_up(content, framing.cut(part.name or name, content)), old.content if old else ())
    return PartLayout(kind, part.name, recipe, 0, kept, stream)


def _blocks(content: bytes | memoryview) -> list[bytes | memoryview]:
    """Bytes without meaning, cut by length."""
    return [content[at : at + LARGEST] for at in range(0, len(content), LARGEST)]


def _line_cuts(content: bytes) -> list[int]:
    """Cuts at line ends, some 64 KB apart."""
    cuts: list[int] = []
    at = content.find(b"\n", _LINES_PIECE)
    while at != -1:
        cuts.append(at + 1)
        at = content.find(b"\n", at + _LINES_PIECE)
    return cuts


def _json(facts: Mapping[str, Any]) -> bytes:
    return json.dumps(facts, sort_keys=True, separators=(",", ":")).encode()
