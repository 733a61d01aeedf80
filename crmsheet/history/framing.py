"""What the history has to be told about files: it stores bytes and does not know what they mean."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

FRAME = "frame"
STORED = "stored"
DEFLATED = "deflated"


class Part(Protocol):
    """A stretch of a file; the `stored` bytes of all parts, in order, are the file.

    `kind` is `frame` (bytes between members), `stored` (content as it is) or `deflated` (a compressed member);
    `name` is the member's name, '' for frames and for a file that is no container.
    """

    @property
    def kind(self) -> str:
        """One of frame, stored, deflated."""

    @property
    def name(self) -> str:
        """The member's name."""

    @property
    def stored(self) -> bytes | memoryview:
        """The bytes as they stand in the file."""


@dataclass(frozen=True, slots=True)
class Framing:
    """How files are taken apart and put together again; given by the app, made by the book room.

    `split`   name, content -> parts
    `expand`  the bytes of a deflated part -> its content and the recipe that makes those very bytes again ('' where
              there is none); None where the bytes are not deflated after all
    `shrink`  content, recipe -> the bytes of the deflated part
    `rebuild` members as (name, content) -> a whole file of the same content, when the very bytes cannot be made
    `cut`     name, content -> where the content may be cut, ascending: places that depend on the content nearby only,
              so that an edit moves no far cut
    """

    split: Callable[[str, bytes], Sequence[Part]]
    expand: Callable[[bytes | memoryview], tuple[bytes, str] | None]
    shrink: Callable[[bytes, str], bytes]
    rebuild: Callable[[Sequence[tuple[str, bytes]]], bytes]
    cut: Callable[[str, bytes], Sequence[int]]
