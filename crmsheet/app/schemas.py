"""The schema that holds for a book."""

from __future__ import annotations

from pathlib import Path

from crmsheet.core.schema import Schema
from crmsheet.resources import shipped
from crmsheet.schema.loading import load

FOLDER = "schemas"


def own_folder(path: Path) -> Path:
    """Where a book's own schema files are looked for: beside it, or in the folder that it is."""
    return (path if path.is_dir() else path.parent).absolute() / FOLDER


def folders(path: Path) -> tuple[Path, ...]:
    """The shipped schema files, and the book's own where there are any."""
    own, known = own_folder(path), shipped(FOLDER)
    return (known, own) if own.is_dir() and not own.samefile(known) else (known,)


def load_schema(path: Path) -> Schema:
    """The shipped schema with the book's own over it.

    Raises:
        SchemaError: a file is wrong; with the line.
    """
    return load(*folders(path))
