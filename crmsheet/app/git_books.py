"""The books in a repository: its workbooks, and those of its CSV files that hold tables of a book with customers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from crmsheet.app.git_calls import Repository
from crmsheet.app.layouts import pins
from crmsheet.app.schemas import load_schema
from crmsheet.app.settings import resolve
from crmsheet.book.members import CSV_SUFFIXES, members_among
from crmsheet.book.opening import open_files
from crmsheet.core.context import Settings
from crmsheet.core.errors import CrmsheetError
from crmsheet.core.schema import Schema
from crmsheet.schema.binding import bind

WORKBOOKS = (".xlsx", ".xlsm")
_HEAD = 1 << 18
"""Bytes at the beginning of a CSV file that tell whether it is a table of a book."""
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_GLOB = re.compile(r"([\\*?\[])")


@dataclass(frozen=True, slots=True)
class Books:
    """Paths from the top of the repository."""

    workbooks: tuple[str, ...] = ()
    csv: tuple[str, ...] = ()


def books_in(place: Repository) -> Books:
    """The books among the files of a repository, committed or not, but not those it ignores; none in a bare one."""
    if place.bare:
        return Books()
    listed = place.ask("ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0")
    names = sorted({each for each in listed if each and (place.top / each).is_file()})
    folders: dict[str, list[str]] = {}
    for each in names:
        if PurePosixPath(each).suffix.lower() in CSV_SUFFIXES:
            folders.setdefault(each.rpartition("/")[0], []).append(PurePosixPath(each).name)
    csv = [each for folder, members in folders.items() for each in _tables(place.top, folder, members)]
    return Books(tuple(each for each in names if each.lower().endswith(WORKBOOKS)), tuple(csv))


def _tables(top: Path, folder: str, members: Iterable[str]) -> list[str]:
    """The CSV files of a folder that are tables, where one of them is that of the customers."""
    try:
        schema = load_schema(top / folder / "any.csv")
        settings = resolve(top / folder).settings
    except CrmsheetError:
        return []
    found = {each: _bound(top / folder / each, schema, settings) for each in members_among(members)}
    if not any("customers" in tables for tables in found.values()):
        return []
    return [f"{folder}/{each}".lstrip("/") for each, tables in found.items() if tables]


def _bound(file: Path, schema: Schema, settings: Settings) -> frozenset[str]:
    """The tables that the beginning of a CSV file is taken for."""
    try:
        with file.open("rb") as stream:
            head = stream.read(_HEAD)
        if len(head) == _HEAD and not head.startswith(_UTF16):
            head = head[: head.rfind(b"\n") + 1]
        opened = open_files(file, {"": head})
        return frozenset(bind(opened, schema, pins(file, settings, schema)).book.tables)
    except (CrmsheetError, OSError):
        return frozenset()  # empty, damaged, no table: no book in any case


def pattern(path: str) -> str:
    """A path as .gitattributes names exactly that file."""
    escaped = "/" + _GLOB.sub(r"\\\1", path)
    if not re.search(r'[\s"\\]', escaped):
        return escaped
    return '"' + escaped.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t") + '"'


def attributes_of(place: Repository, books: Books) -> Mapping[str, Mapping[str, str]]:
    """Path of a book -> attribute -> what holds for it in the end, by git's own rules."""
    said: dict[str, dict[str, str]] = {}
    wanted = (*books.workbooks, *books.csv)
    for at in range(0, len(wanted), 100):
        words = ("check-attr", "-z", "diff", "merge", "text", "filter", "--", *wanted[at : at + 100])
        parts = place.ask(*words).split("\0")
        for path, name, value in zip(parts[::3], parts[1::3], parts[2::3], strict=False):
            said.setdefault(path, {})[name] = value
    return said
