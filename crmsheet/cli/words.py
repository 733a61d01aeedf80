"""Words of a command on one record: what it is about, and among them the book, wherever it stands."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from crmsheet.core.errors import UsageError
from crmsheet.core.messages import N_, Message

BOOK_SUFFIXES = (".xlsx", ".xlsm", ".csv", ".tsv")
_MISSING = N_("{name} is missing")
_TOO_MUCH = N_("{name} is too much; put a path with spaces between quotes")


def apart(words: Sequence[str], *wanted: str) -> tuple[Path | None, tuple[str, ...]]:
    """The book, and a word for each of the `wanted` names.

    Raises:
        UsageError: a word is missing, or one is too much.
    """
    book, rest = with_book(words)
    if len(rest) < len(wanted):
        raise UsageError(problem=Message(_MISSING, {"name": wanted[len(rest)]}))
    if len(rest) > len(wanted):
        raise UsageError(problem=Message(_TOO_MUCH, {"name": " ".join(rest[len(wanted) :])}))
    return book, rest


def with_book(words: Sequence[str]) -> tuple[Path | None, tuple[str, ...]]:
    """The first word that names a book (None where none does), and the other words."""
    at = next((at for at, word in enumerate(words) if _is_book(word)), None)
    if at is None:
        return None, tuple(words)
    return Path(words[at]), (*words[:at], *words[at + 1 :])


def _is_book(word: str) -> bool:
    """A path that ends as books do, or a folder of CSV files."""
    if not word or "=" in word or "\n" in word:
        return False
    path = Path(word)
    return path.suffix.lower() in BOOK_SUFFIXES or (path.is_dir() and any(path.glob("*.csv")))
