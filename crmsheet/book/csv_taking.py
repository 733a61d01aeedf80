"""Whole CSV files in a book of CSV files: exchanged, or added under the name of their sheet."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from crmsheet.book.dialect import CsvDialect
from crmsheet.book.members import CSV_SUFFIXES, is_member, sheet_names
from crmsheet.core.errors import PatchRefused
from crmsheet.core.messages import N_, Message


def taken_members(path: Path, files: Mapping[str, bytes], taken: Mapping[str, bytes]) -> dict[str, bytes]:
    """Member name -> bytes of the sheets that are taken whole into a book of CSV files.

    Raises:
        PatchRefused: a new sheet, where the book is a single file, or a name that no file of a book can have.
    """
    known = _names(path, files)
    found: dict[str, bytes] = {}
    for sheet, content in taken.items():
        found[known[sheet] if sheet in known else _new_member(path, files, sheet)] = content
    return found


def _names(path: Path, files: Mapping[str, bytes]) -> Mapping[str, str]:
    return {path.stem: ""} if "" in files else sheet_names(files)


def _new_member(path: Path, files: Mapping[str, bytes], sheet: str) -> str:
    if "" in files:
        reason = Message(N_("a CSV file is one sheet: {sheet} has no place in it"), {"sheet": sheet})
        raise PatchRefused(path=path, reason=reason)
    member = sheet if Path(sheet).suffix.lower() in CSV_SUFFIXES else f"{sheet}.csv"
    together = sheet_names([*files, member])
    renamed = any(together.get(name) != held for name, held in sheet_names(files).items())
    if renamed or not is_member(member) or member.lower() in {each.lower() for each in files}:
        template = N_("{name} cannot be the name of a file of this book")
        raise PatchRefused(path=path, reason=Message(template, {"name": member}))
    return member


def dialects_with(
    path: Path, dialects: Mapping[str, CsvDialect], files: Mapping[str, bytes], taken: Mapping[str, bytes]
) -> Mapping[str, CsvDialect]:
    """The dialects of the sheets of a book into which some were taken.

    Raises:
        BookCorrupt: what was taken is no text.
    """
    if not taken:
        return dialects
    from crmsheet.book.csv_reading import read_csv  # pandas: no other write pays for it

    names = _names(path, files)
    read = {sheet: read_csv(path / names[sheet] if names[sheet] else path, files[names[sheet]])[1] for sheet in taken}
    return {**dialects, **read}
