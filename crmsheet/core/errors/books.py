"""A book that cannot be opened or read."""

from __future__ import annotations

from crmsheet.core.errors.base import CrmsheetError, UsageError


class NoBook(UsageError):
    """No book was named."""

    hint = 'Give a path, set CRMSHEET_BOOK, or write `book = "customers.xlsx"` into crmsheet.toml.'


class BookError(CrmsheetError):
    """The book {path} cannot be used."""

    exit_code = 3


class BookMissing(BookError):
    """There is no file or folder {path}."""

    hint = "Check the spelling of the path; `crmsheet demo` makes a book to try."


class BookLost(BookMissing):
    """{path} is not there any more, but its history is."""

    hint = (
        "`crmsheet history {path}` lists its versions, and `crmsheet restore VERSION {path} --write` brings one back."
    )


class BookUnreadable(BookError):
    """{path} may not be read: {detail}."""

    hint = "Check the permissions of the file and its folder."


class FolderWithoutTables(BookError):
    """There is no CSV file in the folder {path}."""

    hint = "A book of CSV files has one file per table, such as customers.csv."


class BookEmpty(BookError):
    """{path} is empty: there is nothing in it to read."""

    hint = "If it was being synchronised, wait until the copy is whole and try again."


class BookCorrupt(BookError):
    """{path} cannot be read as a workbook: {detail}."""

    hint = (
        "Open it in Excel or WPS, save it under a new name and try that; nothing was changed. "
        "If it has a history, `crmsheet restore` brings back an older version and keeps this file."
    )


class BookEncrypted(BookError):
    """{path} is protected with a password to open it."""

    hint = "Save a copy without the password (File > Info > Protect Workbook) and use that."


class BookFormat(BookError):
    """{path} is not a workbook that crmsheet reads ({detail})."""

    hint = (
        "Give a workbook (.xlsx, .xlsm, .xlsb, .xls, .et, .ods), a CSV file, or a folder of CSV files, one per table."
    )


class BookElsewhere(BookError):
    """Git LFS keeps {path} elsewhere, and hands over nothing but a pointer to it."""

    hint = "`git lfs pull` brings it."


class NothingBound(BookError):
    """No sheet of {path} looks like a table of customers."""

    hint = "A sheet needs a header row with names such as 客户名称 or Customer name; sheets seen: {sheets}."


class SheetUnknown(BookError):
    """{path} has no sheet called {sheet}."""

    hint = "Its sheets are: {sheets}."


class NothingComparable(BookError):
    """No column of {path} says whose record a row is."""

    hint = (
        "Say what its columns are, such as --map {example}=name. Its columns are: {headers}; records are compared by: "
        "{names}."
    )
