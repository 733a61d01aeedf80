"""A version of a book, as the history tells it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

FOUND = "found"
"""The origin of a version that people made: its edits were seen on opening."""


@dataclass(frozen=True, slots=True)
class Version:
    """One state of a book: `id` digests parent and content, `number` counts from 1 along the chain.

    `origin` is "crmsheet" for our writes and "found" for edits by people that were seen on opening. `parents` are the
    ids of all versions that it follows, the first of them `parent`; a merge has two. `gone` is "pruned" where its bytes
    were given up, "redacted" where values in it were destroyed.
    """

    id: str
    number: int
    parent: str
    author: str
    at: str
    command: str
    message: str
    sha256: str
    origin: str
    counts: Mapping[str, int]
    parents: tuple[str, ...] = ()
    gone: str = ""
