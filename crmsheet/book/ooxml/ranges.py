"""Ranges around a table that end where its data end: they grow with it, or the receipt says that they did not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from crmsheet.book.ooxml.areas import Area, Growth, area, areas, letters
from crmsheet.book.ooxml.markup import Element, Part, Splice, escaped, plain, with_attribute
from crmsheet.book.ooxml.sheet import SheetText
from crmsheet.book.ooxml.workspace import Workspace

_FOREIGN = re.compile(rb"<([\w.-]+):(conditionalFormatting|dataValidation)(?=[\s>])[^>]*>.*?</\1:\2\s*>", re.DOTALL)
_FOREIGN_SQREF = re.compile(rb"<([\w.-]+:sqref)(?:\s[^>]*)?>([^<]*)</\1\s*>")
_CHART = re.compile(r"(?i)(?:^|/)charts/[^/]+\.xml$")
_CHART_REFERENCE = re.compile(rb"<((?:[\w.-]+:)?f)(?:\s[^>]*)?>([^<]*)</\1\s*>")
_FILTER_NAME = "_xlnm._FilterDatabase"


def grown_in_sheet(text: SheetText, growth: Growth) -> list[Splice]:
    """Conditional formats, validations and ignored errors that end with the data, with the new rows in them."""
    sheet, start = text.part, text.body.end
    splices = [
        splice
        for name in ("conditionalFormatting", "ignoredError")
        for each in sheet.elements(name, start)
        if (splice := _sqref_splice(each, growth, ()))
    ]
    validations = list(sheet.elements("dataValidation", start))
    covered = [areas((each.get("sqref") or "").split()) for each in validations]
    for at, each in enumerate(validations):
        others = [found for index, found_areas in enumerate(covered) if index != at for found in found_areas]
        if splice := _sqref_splice(each, growth, others):
            splices.append(splice)
    return splices + _foreign_splices(sheet, start, growth)


def _sqref_splice(element: Element, growth: Growth, taken: Iterable[Area]) -> Splice | None:
    old = element.get("sqref") or ""
    new = growth.sqref(old, taken)
    return None if new == " ".join(old.split()) else element.with_tag(with_attribute(element.tag, "sqref", new))


def _foreign_splices(sheet: Part, start: int, growth: Growth) -> list[Splice]:
    """The same for the extension list, where formats and validations of Excel 2010 keep their ranges in `xm:sqref`."""
    found: list[Splice] = []
    for holder in _FOREIGN.finditer(sheet.scan, start):
        if holder[1] + b":" == sheet.prefix:
            continue
        for match in _FOREIGN_SQREF.finditer(sheet.scan, holder.start(), holder.end()):
            old = plain(match[2])
            new = growth.sqref(old)
            if new != " ".join(old.split()):
                found.append((match.start(2), match.end(2), escaped(new)))
    return found


def foreign_areas(sheet: Part, start: int, kind: bytes) -> list[Area]:
    """The ranges of the formats or validations in the extension list."""
    found: list[Area] = []
    for holder in _FOREIGN.finditer(sheet.scan, start):
        if holder[2] == kind and holder[1] + b":" != sheet.prefix:
            for match in _FOREIGN_SQREF.finditer(sheet.scan, holder.start(), holder.end()):
                found += areas(plain(match[2]).split())
    return found


def filter_splice(
    text: SheetText, growth: Growth | None, header: int, new_columns: Iterable[int]
) -> tuple[Splice, Area] | None:
    """The sheet's own filter over the new rows and columns: sorting by it would tear apart what it leaves out."""
    found = text.part.element("autoFilter", text.body.end)
    old = area(found.get("ref")) if found else None
    if found is None or old is None:
        return None
    bottom = (
        growth.bottom
        if growth and growth.left <= old.right and growth.right >= old.left and growth.last == old.bottom
        else old.bottom
    )
    right = old.right
    for column in sorted(new_columns):
        if old.top == header and column == right + 1:
            right = column
    new = Area(old.top, old.left, bottom, right)
    return None if new == old else (found.with_tag(with_attribute(found.tag, "ref", str(new))), new)


def dimension_splice(text: SheetText, extent: Area | None) -> list[Splice]:
    """The sheet's used range, if it states one, with the written cells in it."""
    found = text.part.element("dimension", 0, text.body.start)
    old = area(found.get("ref")) if found else None
    if found is None or old is None or extent is None:
        return []
    new = old.joined(extent)
    return [] if new == old else [found.with_tag(with_attribute(found.tag, "ref", str(new)))]


def column_splices(text: SheetText, new_columns: Mapping[int, int]) -> list[Splice]:
    """Widths for new columns, like those of the columns they borrow from, where the sheet states widths at all."""
    holder = text.part.element("cols", 0, text.body.start)
    if holder is None or holder.empty:
        return []
    stated = [(_bounds(each), each) for each in text.part.elements("col", holder.inner, holder.close)]
    splices = []
    for column, neighbour in sorted(new_columns.items()):
        if any(low <= column <= high for (low, high), _ in stated):
            continue
        width = next((each.get("width") for (low, high), each in stated if low <= neighbour <= high), None)
        if width:
            place = max([each.end for (low, _), each in stated if low < column], default=holder.inner)
            prefix = text.part.prefix
            xml = b'<%scol min="%d" max="%d" width="%s" customWidth="1"/>' % (prefix, column, column, width.encode())
            splices.append((place, place, xml))
    return splices


def _bounds(column: Element) -> tuple[int, int]:
    low = int(column.get("min") or 0)
    return low, int(column.get("max") or low)


def column_styles(text: SheetText, wanted: Iterable[int]) -> dict[int, int]:
    """The default format of columns that have one."""
    holder = text.part.element("cols", 0, text.body.start)
    if holder is None or holder.empty:
        return {}
    columns, found = list(wanted), {}
    for each in text.part.elements("col", holder.inner, holder.close):
        low, high = _bounds(each)
        style = int(each.get("style") or 0)
        found.update({column: style for column in columns if style and low <= column <= high})
    return found


def name_splices(book: Part, sheet: str, position: int, growth: Growth | None, filtered: Area | None) -> list[Splice]:
    """Defined names that end with the data; the hidden name of the sheet's filter follows the filter."""
    found: list[Splice] = []
    for each in book.elements("definedName"):
        old = plain(each.text)
        new = growth.formula(old, sheet) if growth else old
        if each.get("name") == _FILTER_NAME and each.get("localSheetId") == str(position) and filtered and "!" in old:
            new = old.rsplit("!", 1)[0] + "!" + _absolute(filtered)
        if new != old:
            found.append((each.inner, each.close, escaped(new)))
    return found


def _absolute(found: Area) -> str:
    return f"${letters(found.left)}${found.top}:${letters(found.right)}${found.bottom}"


def chart_splices(space: Workspace, sheet: str, growth: Growth) -> dict[str, tuple[bytes, list[Splice]]]:
    """Chart parts whose ranges end with the data: their bytes and splices, by name."""
    found = {}
    for member in space.package.members:
        if not _CHART.search(member.name):
            continue
        raw = space.part(member.name).raw
        splices = []
        for match in _CHART_REFERENCE.finditer(raw):
            old = plain(match[2])
            new = growth.formula(old, sheet)
            if new != old:
                splices.append((match.start(2), match.end(2), escaped(new)))
        if splices:
            found[member.name] = raw, splices
    return found


def pivot_splices(
    space: Workspace, members: Iterable[str], sheet: str, growth: Growth
) -> dict[str, tuple[bytes, list[Splice]]]:
    """Pivot caches fed by a range that ends with the data: their bytes and splices, by name."""
    found = {}
    for member in members:
        cache = space.part(member)
        source = cache.element("worksheetSource")
        old = area(source.get("ref")) if source else None
        if source is None or old is None or (source.get("sheet") or "").lower() != sheet.lower():
            continue
        if growth.applies(old):
            splice = source.with_tag(with_attribute(source.tag, "ref", str(growth.grown(old))))
            found[member] = cache.raw, [splice]
    return found


def stale_formulas(sheet: Part, name: str | None, growth: Growth) -> int:
    """How many formulas of a sheet read a range that ends at the row above the new ones.

    `name` is the table's sheet if the formulas stand on another one, so that only references by name count.
    """
    # Most sheets have none, and to look for the end of a range is far quicker than for all of it.
    if not re.search(rb":\$?[A-Z]{1,3}\$?%d(?![0-9])" % growth.last, sheet.scan):
        return 0
    count = 0
    for each in sheet.elements("f"):
        text = plain(each.text)
        new = growth.formula(text, name) if name else growth.formula(_named(text), "\x00")
        count += new != (text if name else _named(text))
    return count


_BARE = re.compile(r"(?<![!A-Za-z0-9_.$:])(?=\$?[A-Z]{1,3}\$?[0-9]+:)")


def _named(formula: str) -> str:
    """A formula whose references without a sheet get a name that no sheet can have."""
    return _BARE.sub("\x00!", formula)
