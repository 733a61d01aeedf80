"""Pivot tables of a sheet from another workbook: they come along where both workbooks hold the same figures."""

from __future__ import annotations

from crmsheet.book.ooxml.closures import Parts, links_of
from crmsheet.book.ooxml.markup import attributes, part


def shared_caches(space: Parts, book: str, theirs: Parts, their_book: str, sheet: str) -> dict[str, str] | None:
    """Their cache of each pivot table of a sheet -> the one of ours that is the same; None if one has none such.

    A cache is the copy of the source that a pivot table is made of; a workbook lists them by number, and the pivot
    tables know theirs by that number and by a relationship.
    """
    here, there = _numbered(space, book), _numbered(theirs, their_book)
    found: dict[str, str] = {}
    for link in links_of(theirs, sheet):
        if link.kind != "pivotTable" or not link.target:
            continue
        cache = next((each.target for each in links_of(theirs, link.target) if each.kind == "pivotCacheDefinition"), "")
        number = next((each for each, member in there.items() if member == cache), None)
        mine = here.get(number) if number is not None else None
        if mine is None or not _same(space, mine, theirs, cache):
            return None
        found[cache] = mine
    return found


def _numbered(parts: Parts, book: str) -> dict[str, str]:
    """Number of a cache -> its member."""
    targets = {each.id: each.target for each in links_of(parts, book)}
    found = {}
    for each in part(parts.read(book), parts.path, book).elements("pivotCache"):
        said = attributes(each.tag)
        key = next((value for name, value in said.items() if name.endswith(":id")), "")
        if targets.get(key):
            found[said.get("cacheId", "")] = targets[key]
    return found


def _same(space: Parts, mine: str, theirs: Parts, cache: str) -> bool:
    records = [[each.target for each in links_of(*each_of)] for each_of in ((space, mine), (theirs, cache))]
    pairs = [(mine, cache), *zip(*records, strict=False)]
    return len(records[0]) == len(records[1]) and all(space.read(one) == theirs.read(other) for one, other in pairs)
