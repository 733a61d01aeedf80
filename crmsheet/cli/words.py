"""Words of a command on one record: what it is about, and among them the book, wherever it stands."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from crmsheet.core.errors import UsageError
from crmsheet.core.messages import N_, Message

BOOK_SUFFIXES = (".xlsx", ".xlsm", ".csv", ".tsv")
OTHER_SUFFIXES = (".xls", ".xlsb", ".ods", ".et", ".numbers")
"""Workbooks that are not read: opening one tells how to save it."""
_MISSING = N_("{name} is missing")
_TOO_MUCH = N_("{name} is too much; put a path with spaces between quotes")


def apart(words: Sequence[str], *wanted: str, needed: int | None = None) -> tuple[Path | None, tuple[str, ...]]:
    """The book, and a word for each of the `wanted` names, of which the first `needed` (else all) must be there.

    Raises:
        UsageError: a word is missing, or one is too much.
    """
    book, rest = with_book(words)
    if book is None and len(rest) > (len(wanted) if needed is None else needed):
        book, rest = _with(rest, [at for at, word in enumerate(rest) if word.lower().endswith(OTHER_SUFFIXES)])
    if len(rest) < (len(wanted) if needed is None else needed):
        raise UsageError(problem=Message(_MISSING, {"name": wanted[len(rest)]}))
    if len(rest) > len(wanted):
        raise UsageError(problem=Message(_TOO_MUCH, {"name": " ".join(rest[len(wanted) :])}))
    return book, rest


def with_pairs(words: Sequence[str]) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """The words without FIELD=VALUE, and those with it in two; a field without a name is left to who looks it up."""
    pairs = tuple((name.strip(), value) for name, sign, value in (word.partition("=") for word in words) if sign)
    return tuple(word for word in words if "=" not in word), pairs


def with_book(words: Sequence[str]) -> tuple[Path | None, tuple[str, ...]]:
    """The first word that names a book (None where none does), and the other words.

    A book that is there comes before a word that only looks like one: a note may end in `quote.xlsx`.
    """
    return _with(words, [at for at, word in enumerate(words) if _is_book(word)])


def _with(words: Sequence[str], likely: Sequence[int]) -> tuple[Path | None, tuple[str, ...]]:
    """The book among the words, of the places where it may stand, and the other words."""
    if not likely:
        return None, tuple(words)
    at = next((at for at in likely if is_there(Path(words[at]))), likely[0])
    return Path(words[at]), (*words[:at], *words[at + 1 :])


def _is_book(word: str) -> bool:
    """A path that ends as books do, or a folder of CSV files."""
    if not word or "=" in word or "\n" in word:
        return False
    path = Path(word)
    return path.suffix.lower() in BOOK_SUFFIXES or (is_there(path) and path.is_dir() and any(path.glob("*.csv")))


def is_there(path: Path) -> bool:
    """Whether a word is the path of something; a text that is too long for a path is none."""
    try:
        return path.exists()
    except OSError:
        return False
