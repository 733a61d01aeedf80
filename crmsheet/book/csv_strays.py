"""Reading records whose quotes do not fit.

Three things may be meant by a quote that opens a field: the usual; a field with bare quotes inside, closed by the
first one that stands before a delimiter or a line end (`"5" pipe",`); or a character like others (`"5 inch,`). Of all
ways to read a record, the one counts that gives it as many fields as the others have, with the fewest oddities.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from crmsheet.book.dialect import CsvDialect

LINE_END = re.compile(r"\r\n|\n|\r")
_BEAM = 64


class Unclosed(Exception):
    """A record whose quotes cannot be meant in any way; `line` counts from 1."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


@dataclass(frozen=True, slots=True)
class FieldForms:
    """The forms of a field and of a record in a dialect; each form of a field begins with its leading spaces."""

    dialect: CsvDialect
    closed: re.Pattern[str]
    loose: re.Pattern[str]
    plain: re.Pattern[str]
    opened: re.Pattern[str]
    record: re.Pattern[str]
    each: re.Pattern[str]
    doubled: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class _Path:
    """A way to read a record up to a place: how many oddities it takes, and the ends of its fields."""

    oddities: int
    ends: tuple[int, ...]


@lru_cache(maxsize=32)
def forms(dialect: CsvDialect) -> FieldForms:
    """The patterns of a dialect with quotes."""
    quote, delimiter, escape = map(re.escape, (dialect.quotechar, dialect.delimiter, dialect.escape))
    lead = " *+" if dialect.spaced else ""
    trail = "" if dialect.delimiter == " " else " *+"
    stop = rf"{trail}(?=[{delimiter}\r\n]|\Z)"
    # A group repeated without going back (`(...)*+`) is not to be relied on before Python 3.11.5 (its gh-106052); here
    # the pieces of a field and the fields of a record can be cut in one way only, so nothing is found by going back.
    inner = rf"[^{quote}]++|{quote}{quote}"
    if escape:
        inner = rf"[^{quote}{escape}]++|{escape}[{quote}{escape}]|{escape}(?![{quote}{escape}])|{quote}{quote}"
    closed = rf"{lead}{quote}(?:{inner})*{quote}{stop}"
    plain = rf"[^{delimiter}\r\n]*+"
    unopened = rf"(?!{lead}{quote}){plain}"
    field = rf"(?:{closed}|{unopened})"
    return FieldForms(
        dialect,
        closed=re.compile(closed),
        loose=re.compile(rf"{lead}{quote}[^\r\n]*?{quote}{stop}"),
        plain=re.compile(plain),
        opened=re.compile(rf"{lead}{quote}"),
        record=re.compile(rf"(?P<record>{field}(?:{delimiter}{field})*)(?:\r\n|\n|\r|\Z)"),
        each=re.compile(rf"(?:\A|{delimiter})({field})"),
        doubled=re.compile(rf"{quote}{quote}|{escape}({quote}|{escape})" if escape else f"{quote}{quote}"),
    )


def unquoted(raw: str, how: FieldForms) -> str:
    """The text of a field as it is written."""
    quote = how.dialect.quotechar
    bare = raw.lstrip(" ") if how.dialect.spaced else raw
    if not bare.startswith(quote):
        return bare
    inner = bare if how.dialect.delimiter == " " else bare.rstrip(" ")
    if len(inner) < 2 or not inner.endswith(quote):
        return bare
    return how.doubled.sub(lambda match: match[0][-1], inner[1:-1])


def mended(text: str, at: int, how: FieldForms) -> list[str]:
    """The fields, as they are written, of the record at a place, however odd its quotes are.

    Raises:
        Unclosed: no way of reading it gives a sensible number of fields, and a quote is left without its fellow.
    """
    match = how.record.match(text, at)
    if match:
        return how.each.findall(match["record"])
    ends = _fitting(text, at, how)
    begins = (at, *(each + 1 for each in ends[:-1]))
    return [text[begin:end] for begin, end in zip(begins, ends, strict=True)]


def _fitting(text: str, at: int, how: FieldForms) -> tuple[int, ...]:
    """The ends of the fields by the way of reading that fits best."""
    ways = sorted(_ways(text, at, how), key=lambda way: way.oddities)
    width = how.dialect.width
    best = min(ways, key=lambda way: abs(len(way.ends) - width)) if width else ways[0]
    quotes = text.count(how.dialect.quotechar, at, best.ends[-1])
    if width and len(best.ends) != width and quotes % 2:
        raise Unclosed(len(LINE_END.findall(text, 0, at)) + 1)
    return best.ends


def _ways(text: str, at: int, how: FieldForms) -> Iterator[_Path]:
    """All ways to read a record; at one place after as many fields, only the one with the fewest oddities is kept."""
    open_paths = {at: _Path(0, ())}
    while open_paths:
        following: dict[int, _Path] = {}
        for begin, path in sorted(open_paths.items(), key=lambda each: each[1].oddities)[:_BEAM]:
            for end, odd in _field_ends(text, begin, how):
                longer = _Path(path.oddities + odd, (*path.ends, end))
                if end == len(text) or text[end] in "\r\n":
                    yield longer
                elif end + 1 not in following or longer.oddities < following[end + 1].oddities:
                    following[end + 1] = longer
        open_paths = following


def _field_ends(text: str, begin: int, how: FieldForms) -> Iterator[tuple[int, int]]:
    """Where the field at a place may end, and how odd that is."""
    plain = how.plain.match(text, begin)
    plain_end = plain.end() if plain else begin
    if not how.opened.match(text, begin):
        yield plain_end, 0
        return
    ends: set[int] = set()
    for match, oddity in ((how.closed.match(text, begin), 0), (how.loose.match(text, begin), 1)):
        if match and match.end() not in ends:
            ends.add(match.end())
            yield match.end(), oddity
    if plain_end not in ends:
        yield plain_end, 1
