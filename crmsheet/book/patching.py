"""Editing a book: sheet edits to the members that change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from crmsheet.book.csv_patching import csv_receipt, patch_csv
from crmsheet.book.members import member_of
from crmsheet.book.ooxml import patch_workbook
from crmsheet.book.opened import Opened, Patched, Receipt, SheetEdits, SheetReceipt, WorkbookEdits
from crmsheet.book.parts import compared
from crmsheet.core.errors import PatchRefused, SheetUnknown
from crmsheet.core.messages import N_, Message


def patch(opened: Opened, edits: Mapping[str, SheetEdits], book: WorkbookEdits | None = None) -> Patched:
    """The book's members with the edits made, by sheet name; only those that differ from what was read.

    `book` holds what a workbook shall have besides, such as new sheets.

    Raises:
        SheetUnknown: the book has no such sheet.
        CellRefused, PatchRefused: an edit that cannot be made, with the reason.
    """
    book = book or WorkbookEdits()
    names = [*(sheet.name for sheet in opened.sheets), *book.sheets]
    unknown = next((name for name in edits if name not in names), None)
    if unknown is not None:
        raise SheetUnknown(path=opened.source.path, sheet=unknown, sheets=", ".join(names))
    if opened.dialects and (book.sheets or book.names):
        raise PatchRefused(path=opened.source.path, reason=Message(N_("CSV files have no sheets and names to add")))
    done = Patched({}, Receipt())
    for at, each in enumerate(_rounds(edits)):
        more = book if at == 0 else WorkbookEdits()
        done = _joined(done, _patched(opened, {**opened.files, **done.files}, each, more))
    parts = compared(opened.files, done.files, done.known)
    return replace(done, receipt=replace(done.receipt, parts=parts))


def _rounds(edits: Mapping[str, SheetEdits]) -> Iterator[Mapping[str, SheetEdits]]:
    """The edits, each table of a sheet in a round of its own."""
    yield edits
    for number in range(max((len(each.more) for each in edits.values()), default=0)):
        yield {sheet: each.more[number] for sheet, each in edits.items() if number < len(each.more)}


def _patched(
    opened: Opened, files: Mapping[str, bytes], edits: Mapping[str, SheetEdits], book: WorkbookEdits
) -> Patched:
    """One table of each sheet edited, in the book as `files` hold it by now."""
    if not opened.dialects:
        content, receipt, known = patch_workbook(files[""], edits, str(opened.source.path), book)
        return Patched({} if content == files[""] else {"": content}, receipt, known)
    written: dict[str, bytes] = {}
    for sheet, wanted in edits.items():
        member = member_of(files, sheet)
        content = patch_csv(files[member], opened.dialects[sheet], wanted, sheet)
        if content != files[member]:
            written[member] = content
    return Patched(written, Receipt({sheet: csv_receipt(wanted) for sheet, wanted in edits.items()}))


def _joined(first: Patched, then: Patched) -> Patched:
    """Two rounds as one."""
    sheets = dict(first.receipt.sheets)
    for name, more in then.receipt.sheets.items():
        sheets[name] = _sum(sheets[name], more) if name in sheets else more
    notes = (*first.receipt.notes, *(each for each in then.receipt.notes if each not in first.receipt.notes))
    return Patched({**first.files, **then.files}, Receipt(sheets, notes), {**first.known, **then.known})


def _sum(one: SheetReceipt, more: SheetReceipt) -> SheetReceipt:
    return SheetReceipt(
        one.cells + more.cells,
        (*one.appended, *more.appended),
        one.columns + more.columns,
        one.hidden + more.hidden,
        one.shown + more.shown,
    )
