"""The history of a book, with what it must know of the book's bytes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TypeAlias

from crmsheet.book import containers
from crmsheet.book.cuts import cut_points
from crmsheet.history.framing import Framing
from crmsheet.history.store import History, history_folder

Known: TypeAlias = Mapping[bytes, tuple[bytes, str | None]]


def history_of(path: Path, known: Known = MappingProxyType({})) -> History:
    """The history of the book at a path; `known` is what the patcher knows of zip members."""
    expand = containers.expander(known)
    framing = Framing(containers.split, expand, containers.shrink, containers.rebuild, cut_points)
    return History(history_folder(path), framing)
