"""What is kept in the user's own cache: for this user's eyes, by the place of a book, and never needed."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Mapping
from pathlib import Path


def cache_folder(environment: Mapping[str, str], kind: str = "names") -> Path:
    """The folder for one kind of things, below what the user's system keeps caches in."""
    if named := environment.get("XDG_CACHE_HOME"):
        base = Path(named)
    elif sys.platform == "win32":
        base = Path(environment.get("LOCALAPPDATA") or Path.home() / "AppData/Local")
    else:
        base = Path.home() / ("Library/Caches" if sys.platform == "darwin" else ".cache")
    return base / "crmsheet" / kind


def cache_name(book: Path) -> str:
    """What the things of a book are called there: nobody reads from it which book that is."""
    path = str(book.absolute().resolve())
    return hashlib.sha256(path.encode("utf-8", "surrogateescape")).hexdigest()[:32]


def private(path: str, flags: int) -> int:
    """Opens a file that only this user may read; the `opener` of `open`."""
    return os.open(path, flags, 0o600)
