"""The gate before each save: the new bytes are read again, by other means than those that made them.

What fails here is a bug of the patcher, never a fault of the book, so nothing is written and the exit code is 70.
"""

from __future__ import annotations

import zipfile
from collections.abc import Container, Mapping, Sequence
from io import BytesIO
from xml.parsers import expat

from crmsheet.book.ooxml.areas import area
from crmsheet.book.ooxml.markup import Element, Part, part
from crmsheet.book.ooxml.order import SHEET, in_order
from crmsheet.book.ooxml.package import Package, open_package
from crmsheet.book.ooxml.row_check import compare_rows
from crmsheet.book.ooxml.sheet import SheetText, cells_area
from crmsheet.core.errors import CrmsheetError
from crmsheet.core.messages import N_

_HINT = N_("Nothing was written. Please report this; the book itself is whole.")
_ROWS = 1000
_COUNTED = (
    ("cellXfs", "xf"), ("numFmts", "numFmt"), ("fonts", "font"), ("fills", "fill"), ("dxfs", "dxf"),
    ("tableColumns", "tableColumn"),
)  # fmt: skip


class PatchBroken(CrmsheetError):
    """The patch of {path} failed its own check: {detail}."""

    hint = _HINT


def check(
    old: Package,
    new: bytes,
    changed: Mapping[str, bytes],
    sheets: Mapping[str, tuple[SheetText, Mapping[int, Sequence[int]]]],
    gone: Container[str] = (),
    copied: Container[str] = (),
) -> None:
    """Checks a patched workbook against the one it came from.

    `changed` are the plain bytes of the changed members; `sheets` the sheets as they were, and per row the columns
    written, by member; `gone` the members that were taken out, `copied` those that
    stand so, byte for byte, in another workbook, and may be pictures or markup that is not well-formed.

    Raises:
        PatchBroken: the new bytes are not what was meant.
    """
    package = open_package(new, old.path)
    _check_members(old, package, changed, gone)
    for name, content in changed.items():
        if name in copied:
            continue
        found = part(content, old.path, name)
        if name in sheets:
            before, touched = sheets[name]
            compared = compare_rows(before, found, old.path, touched)
            if compared.complaint:
                raise _broken(old.path, f"{name}: {compared.complaint}")
            _check_well_formed(old.path, name, compared.stretches)
            _check_order(old.path, name, before, found)
        else:
            _check_well_formed(old.path, name, [content])
            _check_lists(old, name, found)
            _check_names(old, name, found)


def _broken(path: str, detail: str) -> PatchBroken:
    return PatchBroken(path=path, detail=detail)


def _check_members(old: Package, new: Package, changed: Mapping[str, bytes], gone: Container[str]) -> None:
    """Names in the old order; untouched members byte for byte; changed ones inflate to what was meant."""
    kept = [each for each in old.members if each.name not in gone]
    names = [each.name for each in kept]
    added = [name for name in changed if name not in names]
    if [each.name for each in new.members] != names + sorted(added):
        raise _broken(old.path, "order of members")
    for before, after in zip(kept, new.members, strict=False):
        if before.name in changed:
            continue
        same = (before.crc, before.size, before.method, before.flags) == (
            after.crc,
            after.size,
            after.method,
            after.flags,
        )
        if not same or old.packed(before) != new.packed(after):
            raise _broken(old.path, before.name)
    for name, content in changed.items():
        if not new.holds(name, content):
            raise _broken(old.path, name)
    try:
        with zipfile.ZipFile(BytesIO(new.content)) as archive:  # a second reader of the directory
            if len(archive.infolist()) != len(new.members):
                raise _broken(old.path, "directory")
    except zipfile.BadZipFile as error:
        raise _broken(old.path, str(error)) from error


def _check_well_formed(path: str, name: str, stretches: Sequence[bytes]) -> None:
    """Parses the joined stretches: all of a part, or all of it but the rows that are the same bytes as before."""
    parser = expat.ParserCreate()
    try:
        for first in range(0, len(stretches), _ROWS):
            parser.Parse(b"".join(stretches[first : first + _ROWS]), False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise _broken(path, f"{name}: {error}") from error


def _check_lists(old: Package, name: str, changed: Part) -> None:
    """Counts say how many there are, and a table has as many columns as its range; lists that stay may be wrong."""
    path = old.path
    before = part(old.read(name), path, name) if old.find(name) else None
    for holder, entry in _COUNTED:
        found = changed.element(holder)
        was = before.element(holder) if before else None
        if found is None or found.get("count") is None or (was and (was.tag, was.text) == (found.tag, found.text)):
            continue
        entries = found.entries(entry)
        if int(found.get("count") or 0) != len(entries):
            raise _broken(path, f"{name}: {holder}")
        if holder == "tableColumns":
            _check_table(path, name, changed, entries)


def _check_table(path: str, name: str, changed: Part, columns: Sequence[Element]) -> None:
    table = changed.element("table")
    covered = area(table.get("ref")) if table else None
    ids = {each.get("id") for each in columns}
    names = {(each.get("name") or "").casefold() for each in columns}
    wide = covered is not None and covered.right - covered.left + 1 == len(columns)
    if not wide or len(ids) != len(columns) or len(names) != len(columns):
        raise _broken(path, f"{name}: columns")


def _check_order(path: str, name: str, before: SheetText, after: Part) -> None:
    """What stands behind the cells is in the order that Excel insists on, if it was so before."""
    body = cells_area(after)
    if body is None or (in_order(before.part, SHEET, before.body.end) and not in_order(after, SHEET, body.end)):
        raise _broken(path, f"{name}: order of elements")
    for holder, entry in (("dataValidations", "dataValidation"), ("mergeCells", "mergeCell")):
        found = after.element(holder, body.end)
        if found and found.get("count") is not None:
            count = sum(1 for _ in after.elements(entry, found.inner, found.close))
            was = before.part.element(holder, before.body.end)
            if count != int(found.get("count") or 0) and (was is None or was.tag != found.tag):
                raise _broken(path, f"{name}: {holder}")


def _check_names(old: Package, name: str, changed: Part) -> None:
    """Sheets, relationships and content types name each thing once."""
    for entry, keys in (("sheet", ("name", "sheetId")), ("Relationship", ("Id",)), ("Override", ("PartName",))):
        entries = [[each.get(key) for key in keys] for each in changed.elements(entry)]
        before = part(old.read(name), old.path, name) if entries and old.find(name) else None
        for at, key in enumerate(keys):
            values = [(each[at] or "").lower() for each in entries]
            known = [(each.get(key) or "").lower() for each in before.elements(entry)] if before else []
            if len(set(values)) != len(values) and len(set(known)) == len(known):
                raise _broken(old.path, f"{name}: {key} twice")
