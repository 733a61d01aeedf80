"""The manifest of a version: lines of text that say which pieces make which files.

    file "customers.xlsx"            a file; its name as a JSON string of ASCII
    piece 5f0c...                    the bytes between its members, all together
    frame 52                         the next 52 of those bytes
    deflated "zlib 6 8" "xl/a.xml"   a compressed member, its recipe and its name
    piece 9a1e...                    its content, in order
    deflated "" "xl/b.xml"           a member whose compressed bytes cannot be made again:
    stream 77d2...                   those bytes, as they were,
    piece 10ab...                    and its content
    stored "" "xl/media/a.png"       a member that is not compressed, or a file that is no container
    piece 3cc4...

A manifest is stored as a script against the manifest of its parent (`=start count` copies lines, `+line` inserts one),
or whole. Its digest is always over the whole text, so that storing it the other way changes no version.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from crmsheet.history.framing import FRAME

_NAMING = ("piece", "stream")


@dataclass(frozen=True, slots=True)
class PartLayout:
    """One part of a file: pieces of its `content`, pieces of its compressed `stream` where no recipe makes it.

    A frame has a `length` and takes its bytes from the file's frames.
    """

    kind: str
    name: str = ""
    recipe: str = ""
    length: int = 0
    content: tuple[bytes, ...] = ()
    stream: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class FileLayout:
    """One file: the pieces that hold its frames, and its parts in order."""

    name: str
    frames: tuple[bytes, ...]
    parts: tuple[PartLayout, ...]


def write_manifest(files: Iterable[FileLayout]) -> list[str]:
    """The lines of a manifest."""
    lines: list[str] = []
    for file in files:
        lines.append(f"file {_quoted(file.name)}")
        lines += [f"piece {each.hex()}" for each in file.frames]
        for part in file.parts:
            if part.kind == FRAME:
                lines.append(f"frame {part.length}")
                continue
            lines.append(f"{part.kind} {_quoted(part.recipe)} {_quoted(part.name)}")
            lines += [f"stream {each.hex()}" for each in part.stream]
            lines += [f"piece {each.hex()}" for each in part.content]
    return lines


def read_manifest(lines: Iterable[str]) -> tuple[FileLayout, ...]:
    """The files of a manifest.

    Raises:
        ValueError: the lines are no manifest.
    """
    blocks: list[_Block] = []
    for line in lines:
        word, _, rest = line.partition(" ")
        if word in _NAMING:
            if not blocks:
                raise ValueError(line)
            (blocks[-1].pieces if word == "piece" else blocks[-1].streams).append(bytes.fromhex(rest))
        else:
            blocks.append(_Block(word, rest, [], []))
    starts = [number for number, block in enumerate(blocks) if block.word == "file"]
    if blocks and starts[:1] != [0]:
        raise ValueError(blocks[0].word)
    return tuple(
        FileLayout(
            json.loads(blocks[start].rest),
            tuple(blocks[start].pieces),
            tuple(_part(block) for block in blocks[start + 1 : stop]),
        )
        for start, stop in pairwise([*starts, len(blocks)])
    )


def pieces_of(lines: Iterable[str]) -> Iterator[bytes]:
    """The ids of the pieces that lines of a manifest name."""
    for line in lines:
        word, _, rest = line.partition(" ")
        if word in _NAMING:
            yield bytes.fromhex(rest)


@dataclass(frozen=True, slots=True)
class _Block:
    """A line of a manifest and the pieces listed below it."""

    word: str
    rest: str
    pieces: list[bytes]
    streams: list[bytes]


def _part(block: _Block) -> PartLayout:
    """One part, from its line and the pieces below."""
    if block.word == FRAME:
        return PartLayout(FRAME, length=int(block.rest))
    recipe, end = json.JSONDecoder().raw_decode(block.rest)
    name = json.loads(block.rest[end + 1 :])
    return PartLayout(block.word, name, recipe, 0, tuple(block.pieces), tuple(block.streams))


def write_script(parent: Sequence[str], lines: Sequence[str]) -> list[str]:
    """Copy and insert: how the lines come out of the parent's."""
    places = {line: number for number, line in reversed(list(enumerate(parent)))}
    script: list[str] = []
    start = count = 0
    for line in lines:
        if count and start + count < len(parent) and parent[start + count] == line:
            count += 1
            continue
        if count:
            script.append(f"={start} {count}")
        found = places.get(line)
        if found is None:
            script.append(f"+{line}")
            count = 0
        else:
            start, count = found, 1
    if count:
        script.append(f"={start} {count}")
    return script


def apply_script(parent: Sequence[str], script: Iterable[str]) -> list[str]:
    """The lines that a script makes of the parent's.

    Raises:
        ValueError: the script does not fit the parent.
    """
    lines: list[str] = []
    for step in script:
        if step.startswith("+"):
            lines.append(step[1:])
            continue
        start, count = (int(each) for each in step.removeprefix("=").split(" "))
        if start < 0 or start + count > len(parent):
            raise ValueError(step)
        lines += parent[start : start + count]
    return lines


def _quoted(text: str) -> str:
    return json.dumps(text)
