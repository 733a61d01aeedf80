"""Defined names that come with a sheet: its own, such as its print area, and those of the workbook that it reads."""

from __future__ import annotations

from collections.abc import Iterable

from crmsheet.book.ooxml.additions import write_names
from crmsheet.book.ooxml.markup import (
    Element,
    Part,
    attributes,
    escaped,
    plain,
    reprefixed,
    with_attribute,
    without_attribute,
)
from crmsheet.book.ooxml.taken_formulas import Formulas
from crmsheet.book.ooxml.taken_text import Losses
from crmsheet.book.ooxml.workspace import Workspace


def exchange_local_names(
    space: Workspace, position: int, theirs: Part, their_position: int, formulas: Formulas, losses: Losses
) -> None:
    """Gives a sheet the names that are its own in the other workbook, instead of those that it had."""
    book = space.part(space.book.member)
    old = _local(book, position)
    new: list[bytes] = []
    for each in _local(theirs, their_position):
        if any(each.get(name) in ("1", "true") for name in ("function", "vbProcedure", "xlm")):
            losses.add("macros")
        else:
            new.append(_written(book, each, position, formulas, losses))
    if [_plain_name(each) for each in new] == [_plain_name(book.raw[each.start : each.end]) for each in old]:
        return
    space.splice(space.book.member, book.raw, _without(book, old))
    if new:
        write_names(space, b"".join(new))


def _without(book: Part, names: Iterable[Element]) -> list[tuple[int, int, bytes]]:
    """The splices that take names out, with their list if it becomes empty, which Excel calls damage."""
    gone = {each.start for each in names}
    holder = book.element("definedNames")
    if holder and all(each.start in gone for each in book.elements("definedName")):
        return [(holder.start, holder.end, b"")]
    return [(each.start, each.end, b"") for each in book.elements("definedName") if each.start in gone]


def _local(book: Part, position: int) -> list[Element]:
    return [each for each in book.elements("definedName") if each.get("localSheetId") == str(position)]


def _written(book: Part, name: Element, position: int | None, formulas: Formulas, losses: Losses) -> bytes:
    """A name as our workbook writes it; `position` is that of its sheet, None for one of the workbook."""
    old = plain(name.text)
    read = formulas.read(old)
    if not read.whole:
        losses.add("names")
    tag = name.tag
    for each in attributes(tag):
        if ":" in each and not each.startswith("xml"):
            tag = without_attribute(tag, each)
    if position is not None:
        tag = with_attribute(tag, "localSheetId", str(position))
    xml = tag + (name.text if read.text == old else escaped(read.text)) + b"</%sdefinedName>" % name.part.prefix
    return reprefixed(xml, name.part.prefix, book.prefix)


def _plain_name(xml: bytes) -> tuple[frozenset[tuple[str, str]], str]:
    """What a written name says, whatever the order of its attributes."""
    end = xml.index(b">") + 1
    return frozenset(attributes(xml[:end]).items()), plain(xml[end : xml.rindex(b"<")])


def bring_names(space: Workspace, theirs: Part, formulas: Formulas, losses: Losses) -> tuple[str, ...]:
    """Adds the workbook's names that are in use and not here; gives back those that mean something else here."""
    book = space.part(space.book.member)
    ours = {(each.get("name") or "").lower(): plain(each.text) for each in _global(book)}
    waiting = {(each.get("name") or "").lower(): each for each in _global(theirs)}
    wanted: dict[str, bytes] = {}
    other: list[str] = []
    while found := [name for name in waiting if name in formulas.words]:
        for name in found:
            each = waiting.pop(name)
            if name in ours:
                if ours[name] != plain(each.text):
                    other.append(each.get("name") or "")
            elif not each.get("function") and not each.get("vbProcedure"):
                wanted[name] = _written(book, each, None, formulas, losses)
    if wanted:
        write_names(space, b"".join(wanted.values()))
    return tuple(other)


def _global(book: Part) -> list[Element]:
    return [each for each in book.elements("definedName") if each.get("localSheetId") is None]
