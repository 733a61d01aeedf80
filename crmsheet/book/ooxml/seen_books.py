"""A workbook as its sheets are seen: what the numbers of its formats and texts stand for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from crmsheet.book.ooxml.colours import theme_colours
from crmsheet.book.ooxml.markup import Element, Part, part, plain
from crmsheet.book.ooxml.package import Package
from crmsheet.book.ooxml.seen_looks import Look, font_look, looks_of
from crmsheet.book.ooxml.sheet import SheetText, open_sheet
from crmsheet.book.ooxml.workbook import SheetPlace, Workbook

_READING = re.compile(rb"<((?:[\w.-]+:)?rPh)\b.*?</\1\s*>", re.DOTALL)
_RUN = re.compile(rb"<((?:[\w.-]+:)?t)(?:\s[^>]*)?(?<!/)>(.*?)</\1\s*>", re.DOTALL)
_QUOTED = re.compile(r'("(?:[^"]|"")*")')
_BOOLEAN = re.compile(r"\b(TRUE|FALSE)\(\)")
_PREFIXED = re.compile(r"_xl(?:fn|ws|pm)\.", re.IGNORECASE)
_PLAIN_RUN: Look = (False, False, False, "", "baseline", "")


class SeenTexts:
    """The shared texts of a workbook, each read when it is asked for: of a large book few sheets are looked at."""

    def __init__(self, held: Part | None, colours: Sequence[str]) -> None:
        self._part, self._colours = held, colours
        self._read: dict[int, tuple[object, ...]] = {}
        self._starts: list[int] = []
        if held is not None:
            opening = re.compile(rb"<" + re.escape(held.prefix) + rb"si(?=[\s/>])")
            self._starts = [each.start() for each in opening.finditer(held.scan)]

    def __len__(self) -> int:
        return len(self._starts)

    def __getitem__(self, at: int) -> tuple[object, ...]:
        if at not in self._read:
            found = self._part.element("si", self._starts[at]) if self._part else None
            self._read[at] = rich_text(found, self._colours) if found else ("",)
        return self._read[at]

    def begins_like(self, other: SeenTexts) -> bool:
        """Whether the texts that both have are written the same, number by number."""
        count = min(len(self), len(other))
        return count == 0 or self._written(count) == other._written(count)

    def _written(self, count: int) -> bytes:
        """The bytes of the first texts."""
        last = self._part.element("si", self._starts[count - 1]) if self._part else None
        return self._part.raw[self._starts[0] : last.end] if self._part and last else b""


@dataclass(slots=True)
class SeenBook:
    """A workbook as its sheets are seen: the `looks` of its cell formats, and its `texts`."""

    book: Workbook
    looks: Sequence[Look]
    texts: SeenTexts
    colours: Sequence[str]
    formulas: dict[str, str] = field(default_factory=dict)

    @property
    def package(self) -> Package:
        """The members."""
        return self.book.package

    def formula(self, text: str) -> str:
        """A formula whatever case, spaces and prefixes a program gives it."""
        known = self.formulas.get(text)
        if known is None:
            pieces = _QUOTED.split(_PREFIXED.sub("", text))
            pieces[::2] = [_BOOLEAN.sub(r"\1", "".join(each.split()).upper().replace("'", "")) for each in pieces[::2]]
            known = self.formulas[text] = "".join(pieces)
        return known


def seen_book(book: Workbook, codes: Mapping[int, str]) -> SeenBook:
    """A workbook ready to be looked at."""
    parts = {
        kind: part(book.package.read(member), book.package.path, member)
        for kind in ("styles", "theme", "sharedStrings")
        if (member := book.first(kind))
    }
    colours = theme_colours(parts.get("theme"))
    texts = SeenTexts(parts.get("sharedStrings"), colours)
    return SeenBook(book, looks_of(parts.get("styles"), parts.get("theme"), codes), texts, colours)


def rich_text(held: Element, colours: Sequence[str]) -> tuple[object, ...]:
    """A text: alone, or its runs with the looks of those that have one."""
    runs = list(held.part.elements("r", held.inner, held.close))
    if not runs:
        return (words_of(held.text),)
    found: list[tuple[str, Look]] = []
    for run in runs:
        looks = held.part.element("rPr", run.inner, run.close)
        look = font_look(looks, colours)[1:] if looks else _PLAIN_RUN
        before = found.pop()[0] if found and found[-1][1] == look else ""
        found.append((before + words_of(run.text), look))
    return (found[0][0],) if len(found) == 1 and found[0][1] == _PLAIN_RUN else tuple(found)


def words_of(xml: bytes) -> str:
    """The text of a cell, a run or a comment, without readings and markup."""
    runs = (run for _, run in _RUN.findall(_READING.sub(b"", xml)))
    return "".join(plain(each) for each in runs).replace("\r\n", "\n")


def open_seen(seen: SeenBook, name: str, place: SheetPlace) -> SheetText:
    """The rows of a sheet.

    Raises:
        PatchRefused: they are out of order, or it has none.
    """
    path = seen.package.path
    return open_sheet(part(seen.package.read(place.member), path, place.member), path, name)
