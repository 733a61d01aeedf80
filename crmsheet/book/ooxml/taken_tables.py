"""Excel tables that come with a sheet: their numbers and names are unique in a workbook."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass

from crmsheet.book.ooxml.closures import Parts, links_of
from crmsheet.book.ooxml.markup import Element, Part, part, plain, with_attribute, without_attribute
from crmsheet.book.ooxml.taken_text import TextTranslation
from crmsheet.book.ooxml.workspace import Workspace
from crmsheet.core.errors import PatchRefused
from crmsheet.core.messages import N_, Message

_MAPPED = re.compile(rb"<(?:[\w.-]+:)?xmlColumnPr\s[^>]*?(?:/>|>.*?</(?:[\w.-]+:)?xmlColumnPr\s*>)", re.DOTALL)
_QUERY_FIELD = re.compile(rb"\squeryTableFieldId\s*=\s*(?:\"[^\"]*\"|'[^']*')")
_OWN_STYLE = re.compile(r"TableStyle(?:Light|Medium|Dark)[0-9]+")


@dataclass(frozen=True, slots=True)
class TableName:
    """How a table and its columns are known in their workbook."""

    id: int
    name: str
    columns: frozenset[str] = frozenset()


def tables_on(parts: Parts, sheet: str) -> dict[str, TableName]:
    """The members of the tables of a sheet, and how they are known."""
    found: dict[str, TableName] = {}
    for link in links_of(parts, sheet):
        if link.kind == "table" and link.target:
            table = _table(part(parts.read(link.target), parts.path, link.target))
            if table:
                number = table.get("id") or "0"
                name = table.get("displayName") or table.get("name") or ""
                columns = frozenset((each.get("name") or "").lower() for each in table.part.elements("tableColumn"))
                found[link.target] = TableName(int(number) if number.isdigit() else 0, name, columns)
    return found


def _table(xml: Part) -> Element | None:
    return next(xml.elements(xml.root.decode()), None) if xml.root == b"table" else None


def named_anew(
    wanted: Mapping[str, TableName], ours: Iterable[TableName], names: Iterable[str]
) -> dict[str, TableName]:
    """The tables as they can be known in our workbook, which has other tables, and `names` for ranges."""
    numbers = {each.id for each in ours}
    taken = {each.name.lower() for each in ours} | {each.lower() for each in names}
    found: dict[str, TableName] = {}
    for member, each in wanted.items():
        number = each.id if each.id and each.id not in numbers else max([0, *numbers]) + 1
        tries = (each.name, *(f"{each.name}_{n}" for n in range(2, 1000)))
        name = next(one for one in tries if one.lower() not in taken)
        numbers.add(number)
        taken.add(name.lower())
        found[member] = TableName(number, name, each.columns)
    return found


def table_xml(raw: bytes, known: TableName, text: TextTranslation, path: str, member: str) -> bytes:
    """A table part as it stands in our workbook; one that a query or an XML map fills becomes a plain one."""
    table = _table(part(raw, path, member))
    if table is None:
        return raw
    tag, old = table.tag, table.get("displayName") or ""
    if old != known.name:
        for name in ("name", "displayName"):
            tag = with_attribute(tag, name, known.name)
    if table.get("id") != str(known.id):
        tag = with_attribute(tag, "id", str(known.id))
    inner = raw[table.inner :]
    if table.get("tableType") in ("queryTable", "xml"):
        for name in ("tableType", "connectionId", "insertRow", "insertRowShift"):
            tag = without_attribute(tag, name)
        inner = _QUERY_FIELD.sub(b"", _MAPPED.sub(b"", inner))
        text.losses.add("queries")
    style = table.part.element("tableStyleInfo", table.inner)
    dressed = style.get("name") if style else None
    if dressed and not _OWN_STYLE.fullmatch(dressed):
        text.styles.table_style(dressed)
    return raw[: table.start] + text.rules(tag) + text.rules(inner)


def refuse_lost_tables(
    space: Workspace, sheet: str, old: Iterable[TableName], new: Iterable[TableName], barred: Container[str]
) -> None:
    """Formulas elsewhere that read a table, or a column of one, which the sheet no longer has would damage the file.

    Raises:
        PatchRefused: there are such formulas, on a sheet other than the `barred` members, or in names or pivot tables.
    """
    left = {each.name.lower(): each.columns for each in new}
    for table in old:
        gone = table.columns - left.get(table.name.lower(), frozenset())
        if table.name.lower() in left and not gone:
            continue
        name = rf"(?<![\w.]){re.escape(table.name)}(?![\w.])"
        columns = "|".join(re.escape(each) for each in sorted(gone)) if table.name.lower() in left else ""
        word = re.compile(name + (rf"\[.*?\[?(?:{columns})\]" if columns else ""), re.IGNORECASE | re.DOTALL)
        for where, texts in _readers(space, barred):
            if any(word.search(plain(each)) for each in texts):
                reason = Message(
                    N_("{where} reads the Excel table {table}, of which {sheet} would no longer have all"),
                    {"where": where, "table": table.name, "sheet": sheet},
                )
                raise PatchRefused(path=space.path, reason=reason)


def _readers(space: Workspace, barred: Container[str]) -> Iterable[tuple[str, Iterable[bytes]]]:
    book = space.part(space.book.member)
    for each in book.elements("definedName"):
        yield each.get("name") or "", [each.text]
    for name, place in space.book.sheets.items():
        if place.kind == "worksheet" and place.member not in barred:
            sheet = space.part(place.member)
            yield name, [each.text for kind in ("f", "formula", "formula1") for each in sheet.elements(kind)]
    for link in links_of(space, space.book.member):
        if link.kind == "pivotCacheDefinition" and link.target:
            yield link.target, [each.tag for each in space.part(link.target).elements("worksheetSource")]
