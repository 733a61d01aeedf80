"""A failed job is an exception with its own exit code; the docstring of each class is its message.

`hint` says what to do next. Both are templates filled with the facts given by keyword, and both are in the
catalogue, so an error speaks the user's language.
"""

from __future__ import annotations

from crmsheet.core.messages import Message, Speech


class CrmsheetError(Exception):
    """crmsheet could not do its work."""

    exit_code = 70
    hint = ""

    def __init__(self, **facts: object) -> None:
        super().__init__()
        self.facts = facts

    @property
    def message(self) -> Message:
        """What went wrong, with place and value."""
        return Message((type(self).__doc__ or "").strip(), self.facts)

    @property
    def next_step(self) -> Message | None:
        """What to do about it, or None."""
        return Message(self.hint, self.facts) if self.hint else None

    def __str__(self) -> str:
        english = Speech("en", str)
        return " ".join(english.say(each) for each in (self.message, self.next_step) if each)


class WrittenUntold(CrmsheetError):
    """The book was written as version {number}, but telling what was written failed ({kind}: {detail})."""

    hint = "This is a bug in crmsheet. Do not write it again; `crmsheet undo` takes it back."


class UsageError(CrmsheetError):
    """The command was not understood: {problem}."""

    exit_code = 2
    hint = "See the command with --help."


class NoBook(UsageError):
    """No book was named."""

    hint = 'Give a path, set CRMSHEET_BOOK, or write `book = "customers.xlsx"` into crmsheet.toml.'


class BookError(CrmsheetError):
    """The book {path} cannot be used."""

    exit_code = 3


class BookMissing(BookError):
    """There is no file or folder {path}."""

    hint = "Check the spelling of the path; `crmsheet demo` makes a book to try."


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

    hint = "Open it in Excel or WPS, save it under a new name and try that; nothing was changed."


class BookEncrypted(BookError):
    """{path} is protected with a password to open it."""

    hint = "Save a copy without the password (File > Info > Protect Workbook) and use that."


class BookFormat(BookError):
    """{path} is not a workbook that crmsheet reads ({detail})."""

    hint = (
        "Give a workbook (.xlsx, .xlsm, .xlsb, .xls, .et, .ods), a CSV file, or a folder of CSV files, one per table."
    )


class NothingBound(BookError):
    """No sheet of {path} looks like a table of customers."""

    hint = "A sheet needs a header row with names such as 客户名称 or Customer name; sheets seen: {sheets}."


class SheetUnknown(BookError):
    """{path} has no sheet called {sheet}."""

    hint = "Its sheets are: {sheets}."


class CustomerUnknown(UsageError):
    """No customer fits {text}."""

    hint = "`crmsheet find` looks through every field; `crmsheet add` makes a new customer."


class CustomerAmbiguous(UsageError):
    """{count} customers fit {text}: {names}."""

    hint = "Name the one that is meant by its key, such as {example}."


class CustomerUnsure(UsageError):
    """No customer is called {text}; the nearest: {names}."""

    hint = "If one of them is meant, name it by its key, such as {example}; `crmsheet find` shows more."


class CustomerRetired(UsageError):
    """{customer} was merged or archived; nothing is written to it."""

    hint = "{advice}"


class TextTooShort(UsageError):
    """“{text}” is too short to look for."""

    hint = "Give two letters, one Chinese character or four digits at least."


class FieldUnknown(UsageError):
    """The table {table} has no field called {field}."""

    hint = "{advice}"


class DayUnreadable(UsageError):
    """“{text}” is no day that crmsheet understands."""

    hint = "Write it like 12-05, 2026-12-05, tomorrow, next wednesday, in 3 days; or 明天, 下周三, 3天后, 月底."


class DayAmbiguous(UsageError):
    """{text} can mean {first} or {second}."""

    hint = "Write {this} or {that}, month first, or set `date_order` in crmsheet.toml."


class DayPast(UsageError):
    """{text} is {day}, and that is past."""

    hint = "Name a day to come, such as tomorrow, 下周三 or 12-05."


class DayAhead(UsageError):
    """{text} is {day}, and that is yet to come."""

    hint = "Name the day or time of the contact, such as yesterday, 昨天 15:30 or 11-20; --next is for the next one."


class ValueRefused(UsageError):
    """{label} was not written: {problem}."""

    hint = "Nothing was written."


class FieldComputed(UsageError):
    """{label} is not set by hand."""

    hint = "{advice}"


class RecordIncomplete(UsageError):
    """A new record in {table} needs {labels}."""

    hint = "Add it, such as {example}; nothing was written."


class ActorUnknown(UsageError):
    """Nobody in {path} is called {actor}: no owner of a customer, and no member of the staff."""

    hint = "Set CRMSHEET_ACTOR, or `actor` in crmsheet.toml, to your name as in the book. {advice}"


class RecordKnown(CrmsheetError):
    """{name} seems to be in the book already: {known}."""

    exit_code = 5
    hint = "Nothing was written. With --anyway it is added all the same."


class TableUnknown(UsageError):
    """There is no table called {table}."""

    hint = "Did you mean {near}? Known tables: {known}."


class FrameRefused(UsageError):
    """The data frame does not fit the table {table}: {problem}."""

    hint = "Nothing was changed. {advice}"


class RuleUnknown(UsageError):
    """There is no rule {code}."""

    hint = "{advice}"


class LayoutUnsettled(UsageError):
    """Open questions about {path}: {count}; nothing is guessed. {questions}."""

    hint = (
        "Write the line that is right into crmsheet.toml, or `sure = true` under {example} if it is read rightly; in a "
        "terminal `crmsheet adopt` asks. Nothing was written."
    )


class SchemaError(CrmsheetError):
    """{path}, line {line}: {problem}."""

    exit_code = 4
    hint = "{advice}"


class SettingsError(CrmsheetError):
    """{path}, line {line}: {problem}."""

    exit_code = 4
    hint = "{advice}"


class VariableWrong(SettingsError):
    """The environment variable {name} is wrong: {problem}."""

    hint = "{advice} Correct it, or remove it with `unset {name}`."


class ConflictError(CrmsheetError):
    """{count} changes no longer fit the book; the first: {place} holds {found}, expected {expected}."""

    exit_code = 5
    hint = "Nothing was written. Look at the book, then run the command again."


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


class VersionUnknown(UsageError):
    """{version} names {count} versions of {path}; exactly one is meant."""

    hint = "`crmsheet history` lists them; a version is named by its number, the beginning of its id, or a tag."


class NothingToUndo(CrmsheetError):
    """The history of {path} has no change by crmsheet to undo."""

    exit_code = 5
    hint = "`crmsheet history` shows the versions."


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


class WriteFailed(CrmsheetError):
    """{path} cannot be written: {detail}."""

    exit_code = 9
    hint = "The book is as it was. Check the folder's permissions and the space on the disk."


class ProposalUnreadable(UsageError):
    """{path} is no proposal of crmsheet: {detail}."""

    hint = "Give a file that a stopped run named, such as .crmsheet/<book>/proposals/....json."


class FolderTaken(UsageError):
    """{path} is there already and not empty."""

    hint = "Name a new folder, such as `crmsheet demo {path}-2`; nothing was written."


class BookTaken(UsageError):
    """{path} is there already."""

    hint = "Name a new file, such as {other}; nothing was written."


class SuffixWrong(UsageError):
    """{path} is no name for a new book, which is an Excel workbook."""

    hint = "Name it {other}."


class TemplateUnknown(UsageError):
    """There is no template called {name}."""

    hint = "Did you mean {near}? Known templates: {known}."


class HistoryDamaged(CrmsheetError):
    """The history {path} is damaged: {detail}."""

    exit_code = 5
    hint = "The book itself is whole; work goes on, and older versions may be missing."
