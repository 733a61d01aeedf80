"""Excel tables (ListObjects): they grow with the rows and columns that are added at their edges."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from crmsheet.book.ooxml.areas import Area, Growth, area, letters
from crmsheet.book.ooxml.markup import Element, Part, Splice, part, quoted, with_attribute
from crmsheet.book.ooxml.package import Package
from crmsheet.book.ooxml.values import xstring
from crmsheet.book.ooxml.workbook import Relation
from crmsheet.core.errors import CellRefused
from crmsheet.core.messages import N_, Message

_NAME_LIMIT = 255


@dataclass(frozen=True, slots=True)
class ExcelTable:
    """A table part: the rectangle it covers, and how many header and totals rows are in it."""

    member: str
    part: Part
    element: Element
    name: str
    area: Area
    headers: int
    totals: int

    @property
    def data_bottom(self) -> int:
        """Its last row of data."""
        return self.area.bottom - self.totals

    @property
    def queried(self) -> bool:
        """Whether a query fills it, which owns its columns."""
        return self.element.get("tableType") in ("queryTable", "xml")

    def columns(self) -> list[Element]:
        """Its columns, left to right."""
        return list(self.part.elements("tableColumn"))


def tables_of(package: Package, relations: Iterable[Relation]) -> list[ExcelTable]:
    """The tables of a sheet."""
    found = []
    for relation in relations:
        if relation.kind != "table":
            continue
        table = part(package.read(relation.target), package.path, relation.target)
        element = table.element("table")
        covered = area(element.get("ref")) if element else None
        if element is None or covered is None:
            continue
        headers = int(element.get("headerRowCount") or 1)
        totals = int(element.get("totalsRowCount") or 0)
        name = element.get("displayName") or element.get("name") or ""
        found.append(ExcelTable(relation.target, table, element, name, covered, headers, totals))
    return found


def table_guards(tables: Iterable[ExcelTable]) -> list[tuple[Area, Message]]:
    """The cells of tables that may not be written: their headers and totals are repeated in the table's own part."""
    found = []
    for each in tables:
        a = each.area
        name = {"table": each.name}
        if each.headers:
            why = Message(N_("it is a header of the Excel table {table}"), name)
            found.append((Area(a.top, a.left, a.top + each.headers - 1, a.right), why))
        if each.totals:
            why = Message(N_("it is in the totals row of the Excel table {table}"), name)
            found.append((Area(a.bottom - each.totals + 1, a.left, a.bottom, a.right), why))
    return found


def extended(
    table: ExcelTable, growth: Growth | None, header: int, new_columns: Mapping[int, str], sheet: str
) -> tuple[list[Splice], Area]:
    """The splices that make a table cover new rows and the new columns next to it, and what it covers then.

    Raises:
        CellRefused: a new header is already the name of one of its columns, or too long for one.
    """
    covered = table.area
    bottom = covered.bottom
    if growth and _reaches(table, growth):
        bottom = max(bottom, growth.bottom)
    added = _adjacent(table, header, new_columns)
    new = Area(covered.top, covered.left, bottom, covered.right + len(added))
    if new == covered:
        return [], covered
    splices = [table.element.with_tag(with_attribute(table.element.tag, "ref", str(new)))]
    splices += _filter_splices(table, new)
    if added:
        splices.append(_column_splice(table, {column: new_columns[column] for column in added}, sheet, header))
    return splices, new


def _reaches(table: ExcelTable, growth: Growth) -> bool:
    """Whether rows appended to the data belong to this table."""
    across = table.area.left <= growth.right and growth.left <= table.area.right
    return across and table.area.top <= growth.last <= table.data_bottom


def _adjacent(table: ExcelTable, header: int, new_columns: Iterable[int]) -> list[int]:
    """The new columns that stand next to the table, one after the other."""
    found: list[int] = []
    if table.queried or table.headers != 1 or table.area.top != header:
        return found
    for column in sorted(new_columns):
        if column == table.area.right + len(found) + 1:
            found.append(column)
    return found


def _filter_splices(table: ExcelTable, new: Area) -> list[Splice]:
    found = table.part.element("autoFilter")
    old = area(found.get("ref")) if found else None
    if found is None or old is None:
        return []
    bottom = new.bottom - table.totals
    right = new.right if old.right == table.area.right else old.right
    return [found.with_tag(with_attribute(found.tag, "ref", str(Area(old.top, old.left, bottom, right))))]


def _column_splice(table: ExcelTable, headers: Mapping[int, str], sheet: str, row: int) -> Splice:
    columns = table.columns()
    names = {(each.get("name") or "").casefold() for each in columns}
    ids = [int(each.get("id") or 0) for each in columns]
    xml = b""
    for column, header in headers.items():
        place = f"{sheet}!{letters(column)}{row}"
        if not header or len(header) > _NAME_LIMIT:
            raise CellRefused(place=place, reason=Message(N_("the header of a table's column has 1 to 255 characters")))
        if header.casefold() in names:
            reason = Message(
                N_("the Excel table {table} already has a column {header}"), {"table": table.name, "header": header}
            )
            raise CellRefused(place=place, reason=reason)
        names.add(header.casefold())
        ids.append(max([0, *ids]) + 1)
        xml += b'<%stableColumn id="%d" name="%s"/>' % (table.part.prefix, ids[-1], _column_name(header))
    holder = table.part.element("tableColumns")
    if holder is None:
        raise LookupError("tableColumns")
    tag = with_attribute(holder.tag, "count", str(len(ids)))
    return holder.with_content(holder.text + xml, tag)


def _column_name(header: str) -> bytes:
    """A column's name as an attribute: line breaks as `_x000a_`, as Excel writes them."""
    return quoted(xstring(header).replace("\n", "_x000a_"))
