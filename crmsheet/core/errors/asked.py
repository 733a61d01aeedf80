"""What was asked for is not there, is not clear, or cannot be made."""

from __future__ import annotations

from crmsheet.core.errors.base import CrmsheetError, UsageError


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


class CustomerUnmerged(UsageError):
    """{customer} was not merged into another customer: there is nothing to take apart."""

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


class RecordUnknown(UsageError):
    """No record has the key {key}."""

    hint = "`crmsheet find` looks through every field; `blame --key` names the column that tells records apart."


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


class FileTaken(UsageError):
    """{path} is there already; nothing was written."""

    hint = "Name another file with -o."


class NobodyToAsk(UsageError):
    """A review asks in a terminal, and there is none."""

    hint = (
        "Write the form, fill it in, and read it back: crmsheet dedupe {book} -f xlsx -o form.xlsx, "
        "then crmsheet dedupe {book} --answers form.xlsx."
    )


class FormUnreadable(UsageError):
    """{path} is no form of duplicates: {detail}."""

    hint = "Make one with `crmsheet dedupe {book} -f xlsx -o form.xlsx`; nothing was written."


class HeaderUnknown(UsageError):
    """No column of {path} is called {header}."""

    hint = "{near}Its columns are: {headers}."


class ComparableUnknown(UsageError):
    """Records are not compared by {text}."""

    hint = "{near}They are compared by: {names}. A column that is to be left out is given as HEADER=-."


class RowUnknown(UsageError):
    """No record of {path} has the key {text}."""

    hint = "{near}A record can also be named by its row, such as #12."
