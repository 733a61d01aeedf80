"""Keys and names of a book's customers, kept in the user's own cache so that completion answers at once.

Whoever never asks for a completion has no such list: only a completion begins one, and commands that read the book
keep it up. It holds keys and names, no number or address; names that the schema calls personal are left out. It belongs
to the user alone, and its file is not named after the book.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from crmsheet.app.private_cache import cache_folder, cache_name, private
from crmsheet.core.book import Book
from crmsheet.core.schema import Schema

_SUFFIXES = ("*.csv", "*.tsv")


@dataclass(frozen=True, slots=True)
class Named:
    """A customer by key and name; the name is '' where it has none, or where it is nobody's business."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class NameIndex:
    """The list of one book: where it is kept, and the state of the book when it was looked at."""

    file: Path
    stamp: str

    @property
    def begun(self) -> bool:
        """Whether a completion has asked for this book before."""
        return self.file.is_file()

    def read(self) -> tuple[Named, ...] | None:
        """The customers, or None where the list is missing, damaged, or older than the book."""
        try:
            kept = json.loads(self.file.read_text("utf-8"))
            return tuple(Named(*each) for each in kept["customers"]) if kept["stamp"] == self.stamp else None
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def write(self, customers: Iterable[Named]) -> None:
        """Keeps the customers, readable for this user only; a cache that cannot be written is done without."""
        kept = {"stamp": self.stamp, "customers": [[each.key, each.name] for each in customers]}
        with suppress(OSError):
            self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with open(self.file, "w", encoding="ascii", opener=private) as stream:
                json.dump(kept, stream)


def index_of(book: Path, environment: Mapping[str, str] | None = None) -> NameIndex:
    """The list of the book at a path, with the book's state as it is now."""
    folder = cache_folder(os.environ if environment is None else environment)
    return NameIndex(folder / f"{cache_name(book)}.json", _stamp(book.absolute().resolve()))


def _stamp(path: Path) -> str:
    """Size and time of the last change, of each file where the book is a folder; '' where there is no book."""
    files = sorted(each for suffix in _SUFFIXES for each in path.glob(suffix)) if path.is_dir() else [path]
    try:
        return " ".join(f"{each.name}:{stat.st_size}:{stat.st_mtime_ns}" for each in files for stat in [each.stat()])
    except OSError:
        return ""


def customers_in(book: Book, schema: Schema) -> tuple[Named, ...]:
    """The active customers of a book, by key."""
    from crmsheet.engine.relations import RETIRED

    table = book.tables.get("customers")
    if table is None:
        return ()
    values, known = table.values, schema.tables["customers"]
    open_name = "name" in values and "name" in known and not known["name"].sensitivity
    names = values["name"].fillna("").tolist() if open_name else [""] * len(values)
    retired = values["record_status"].isin(RETIRED).tolist() if "record_status" in values else [False] * len(values)
    found = {
        key: Named(key, name)
        for key, name, gone in zip(table.keys().tolist(), names, retired, strict=True)
        if key and not gone
    }
    return tuple(sorted(found.values(), key=lambda each: each.key))
