"""Opening, addressing, patching, locking and replacing the user's file."""

from crmsheet.book.dialect import CsvDialect
from crmsheet.book.header import find_header
from crmsheet.book.lock import locked, open_elsewhere
from crmsheet.book.opened import Opened, Patched, Receipt, SheetEdits, SheetReceipt
from crmsheet.book.opening import open_book_file
from crmsheet.book.patching import patch
from crmsheet.book.replacing import digest, replace

__all__ = [
    "CsvDialect",
    "Opened",
    "Patched",
    "Receipt",
    "SheetEdits",
    "SheetReceipt",
    "digest",
    "find_header",
    "locked",
    "open_book_file",
    "open_elsewhere",
    "patch",
    "replace",
]
