"""Patching a workbook: cells, rows and columns are spliced into the sheets, and what hangs on them follows.

What does not change stays byte for byte what it was, and each save passes the gate of `lint`.

Cached results of formulas may be stale after an edit: a workbook with formulas gets `fullCalcOnLoad`, so that the
spreadsheet program computes them when it is opened. Where a formula is written or overwritten, the calculation chain,
which would no longer be true, is taken out: the program makes it anew (ECMA-376 part 1, 12.3.1: it is optional).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from crmsheet.book.ooxml.additions import add_names, add_sheets
from crmsheet.book.ooxml.content_types import declare_all
from crmsheet.book.ooxml.dressing import asks_for_dress
from crmsheet.book.ooxml.lint import check
from crmsheet.book.ooxml.package import RECIPE, Package, open_package
from crmsheet.book.ooxml.sheet import grammar
from crmsheet.book.ooxml.sheet_patch import patch_sheet
from crmsheet.book.ooxml.workbook import open_workbook, recalculated
from crmsheet.book.ooxml.workspace import Workspace
from crmsheet.book.opened import Receipt, SheetEdits, WorkbookEdits


class PatchedWorkbook(NamedTuple):
    """A workbook with edits made, what was done, and what is `known` of its members (see `Patched`)."""

    content: bytes
    receipt: Receipt
    known: Mapping[bytes, tuple[bytes, str | None]]


def patch_workbook(
    content: bytes, edits: Mapping[str, SheetEdits], path: str, book: WorkbookEdits | None = None
) -> PatchedWorkbook:
    """An .xlsx or .xlsm workbook with edits made, by sheet name, and those of the `book`; none give the same bytes.

    Raises:
        CellRefused: a cell may not be written (formula, merged, protected, not empty below the table ...).
        PatchRefused: the workbook cannot be edited without risk (encrypted, signed, written in a way that is not
            understood), or the name of a new sheet or range is taken.
        BookCorrupt: the bytes are no whole workbook.
        SheetUnknown: a sheet of the edits is not in it.
        PatchBroken: the result failed its check, which is a bug; nothing is given back.
    """
    wanted = {name: each for name, each in edits.items() if _asks(each)}
    book = book or WorkbookEdits()
    if not (wanted or book.sheets or book.names or book.taken or book.gone):
        return PatchedWorkbook(content, Receipt(), {})
    package = open_package(content, path)
    space = Workspace(package, open_workbook(package))
    _exchange_sheets(space, book)
    add_sheets(space, book.sheets)
    receipts = {name: patch_sheet(space, name, each) for name, each in wanted.items()}
    add_names(space, book.names)
    if not space.changed:
        return PatchedWorkbook(content, Receipt(receipts, tuple(space.notes)), {})
    space.keep_styles()
    _let_compute(space)
    declare_all(space)
    patched = package.rewritten(space.changed, space.gone)
    check(package, patched, space.changed, space.sheets, space.gone, space.copied)
    return PatchedWorkbook(patched, Receipt(receipts, tuple(space.notes)), _known(space, open_package(patched, path)))


def _exchange_sheets(space: Workspace, book: WorkbookEdits) -> None:
    """Takes sheets out, and whole ones in. Only merges do: no other write pays for loading what that needs."""
    if book.gone:
        from crmsheet.book.ooxml.removing import remove_sheets

        remove_sheets(space, book.gone)
    if book.taken:
        from crmsheet.book.ooxml.taking import take_sheets

        take_sheets(space, book.taken)


def _known(space: Workspace, patched: Package) -> dict[bytes, tuple[bytes, str | None]]:
    """The sheets as they were unpacked, and the changed members as they were packed."""
    known: dict[bytes, tuple[bytes, str | None]] = {}
    for name, (text, _) in space.sheets.items():
        known |= space.package.known(name, text.part.raw, None)
    for name, content in space.changed.items():
        known |= patched.known(name, content, RECIPE)
    return known


def _asks(edits: SheetEdits) -> bool:
    moved = edits.cells or edits.appended or edits.new_columns or edits.hide or edits.show
    return bool(moved) or asks_for_dress(edits)


def _let_compute(space: Workspace) -> None:
    """Lets the spreadsheet program compute all formulas when it opens the workbook."""
    chain = space.book.first("calcChain")
    if space.computed and chain:
        space.take_out(chain, "calcChain")
    if space.computed or _has_formulas(space):
        book = space.part(space.book.member)
        space.splice(space.book.member, book.raw, recalculated(book))


def _has_formulas(space: Workspace) -> bool:
    """Whether any sheet computes something; a calculation chain proves it at once, but not every program writes one."""
    if space.book.first("calcChain"):
        return True
    for place in space.book.sheets.values():
        if place.kind == "worksheet":
            known = space.sheets.get(place.member)
            sheet = known[0].part if known else space.part(place.member)
            if grammar(sheet.prefix).formula.search(sheet.scan):
                return True
    return False
