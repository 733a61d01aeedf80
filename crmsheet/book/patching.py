"""Editing a book: sheet edits to the members that change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from crmsheet.book.csv_patching import csv_receipt, patch_csv
from crmsheet.book.csv_taking import dialects_with, taken_members
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
    names = [*(sheet.name for sheet in opened.sheets), *book.sheets, *book.taken]
    unknown = next((name for name in edits if name not in names), None)
    if unknown is not None:
        raise SheetUnknown(path=opened.source.path, sheet=unknown, sheets=", ".join(names))
    if opened.dialects and (book.sheets or book.names):
        raise PatchRefused(path=opened.source.path, reason=Message(N_("CSV files have no sheets and names to add")))
    if opened.dialects and book.gone:
        raise PatchRefused(path=opened.source.path, reason=Message(N_("a CSV file is not taken out of its folder")))
    done = _taken(opened, book.taken)
    for at, each in enumerate(_rounds(edits)):
        more = replace(book, taken={}) if at == 0 else WorkbookEdits()
        done = _joined(done, _patched(opened, {**opened.files, **done.files}, each, more, book.taken))
    parts = compared(opened.files, done.files, done.known)
    return replace(done, receipt=replace(done.receipt, parts=parts))


def _rounds(edits: Mapping[str, SheetEdits]) -> Iterator[Mapping[str, SheetEdits]]:
    """The edits, each table of a sheet in a round of its own."""
    yield edits
    for number in range(max((len(each.more) for each in edits.values()), default=0)):
        yield {sheet: each.more[number] for sheet, each in edits.items() if number < len(each.more)}


def _taken(opened: Opened, taken: Mapping[str, bytes]) -> Patched:
    """The sheets that are taken whole, before anything else is done to them."""
    if not taken:
        return Patched({}, Receipt())
    if not opened.dialects:
        return _workbook(opened, opened.files, {}, WorkbookEdits(taken=taken))
    members = taken_members(opened.source.path, opened.files, taken)
    written = {name: content for name, content in members.items() if opened.files.get(name) != content}
    return Patched(written, Receipt({sheet: SheetReceipt() for sheet in taken}))


def _workbook(
    opened: Opened, files: Mapping[str, bytes], edits: Mapping[str, SheetEdits], book: WorkbookEdits
) -> Patched:
    content, receipt, known = patch_workbook(files[""], edits, str(opened.source.path), book)
    return Patched({} if content == files[""] else {"": content}, receipt, known)


def _patched(
    opened: Opened,
    files: Mapping[str, bytes],
    edits: Mapping[str, SheetEdits],
    book: WorkbookEdits,
    taken: Mapping[str, bytes],
) -> Patched:
    """One table of each sheet edited, in the book as `files` hold it by now, with the sheets that were `taken`."""
    if not opened.dialects:
        return _workbook(opened, files, edits, book)
    dialects = dialects_with(
        opened.source.path, opened.dialects, files, {each: taken[each] for each in taken if each in edits}
    )
    written: dict[str, bytes] = {}
    for sheet, wanted in edits.items():
        member = member_of(files, sheet)
        content = patch_csv(files[member], dialects[sheet], wanted, sheet)
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
