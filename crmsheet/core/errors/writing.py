"""A book that is not written: cells that must not be, a book in other hands, too much at once."""

from __future__ import annotations

from crmsheet.core.errors.base import CrmsheetError


class CellRefused(CrmsheetError):
    """{place} cannot be overwritten: {reason}."""

    exit_code = 5
    hint = "Change that cell in the spreadsheet program instead; nothing was written."


class RowRefused(CellRefused):
    """{place} cannot take the new row: {reason}."""

    hint = "Insert an empty row above it in the spreadsheet program, then run the command again; nothing was written."


class ColumnRefused(CrmsheetError):
    """The table at {place} has no room for the new column {label}: another table stands to the right of it."""

    exit_code = 5
    hint = "Move one of the two tables to a sheet of its own, then run the command again; nothing was written."


class PatchRefused(CrmsheetError):
    """{path} cannot be edited without risk: {reason}."""

    exit_code = 5
    hint = "Nothing was written. Save a copy as a plain .xlsx and use that."


class BookContinued(CrmsheetError):
    """{path} is only read; what is written goes into {into}, and that is there already."""

    exit_code = 5
    hint = "Nothing was written. Give {into} instead; if it is another book, rename it first."


class BookChanged(CrmsheetError):
    """{path} was changed by somebody else while crmsheet worked."""

    exit_code = 6
    hint = "Nothing was written. Run the command again."


class BookStale(BookChanged):
    """{path} is not the file any more that this handle has read: it was written or edited since."""

    hint = "Nothing was written. Go on with `book = book.reopen()`."


class BookMoved(BookChanged):
    """{path} was changed meanwhile ({by}), and {count} of the changes no longer fit; the first: {place}."""


class BookLocked(CrmsheetError):
    """{path} is open elsewhere ({holder})."""

    exit_code = 6
    hint = "Nothing was written. Close it there, then run the command again."


class BookLockOld(BookLocked):
    """{path} is open elsewhere ({holder}). If nobody has it open any more, that is a leftover: delete {mark}."""

    hint = "Nothing was written. Then run the command again."


class ProposalKept(CrmsheetError):
    """{problem} Nothing was written; the proposal is kept."""

    exit_code = 6
    hint = "Later, `crmsheet apply {proposal} --write` writes it."


class ProposalOutdated(ProposalKept):
    """{problem} Nothing was written; the proposal is kept in {proposal}."""

    hint = "Look at the book, then run the command again."


class BudgetExceeded(CrmsheetError):
    """The change budget stopped the write: {counted} {what}, allowed are {allowed}."""

    exit_code = 8
    hint = "Nothing was written. `crmsheet apply {proposal}` shows the proposal, with --write it is written."
