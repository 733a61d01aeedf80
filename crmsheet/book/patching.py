"""Editing a book: sheet edits to the members that change."""

from __future__ import annotations

from collections.abc import Mapping

from crmsheet.book.csv_patching import csv_receipt, patch_csv
from crmsheet.book.members import member_of
from crmsheet.book.ooxml import patch_workbook
from crmsheet.book.opened import Opened, Patched, Receipt, SheetEdits
from crmsheet.core.errors import SheetUnknown


def patch(opened: Opened, edits: Mapping[str, SheetEdits]) -> Patched:
    """The book's members with the edits made, by sheet name; only those that differ from what was read.

    Raises:
        SheetUnknown: the book has no such sheet.
        CellRefused, PatchRefused: an edit that cannot be made, with the reason.
    """
    names = [sheet.name for sheet in opened.sheets]
    unknown = next((name for name in edits if name not in names), None)
    if unknown is not None:
        raise SheetUnknown(path=opened.source.path, sheet=unknown, sheets=", ".join(names))
    if not opened.dialects:
        content, receipt, known = patch_workbook(opened.files[""], edits, str(opened.source.path))
        return Patched({} if content == opened.files[""] else {"": content}, receipt, known)
    files: dict[str, bytes] = {}
    for sheet, wanted in edits.items():
        member = member_of(opened.files, sheet)
        content = patch_csv(opened.files[member], opened.dialects[sheet], wanted, sheet)
        if content != opened.files[member]:
            files[member] = content
    return Patched(files, Receipt({sheet: csv_receipt(wanted) for sheet, wanted in edits.items()}))
