"""The root of all errors, and the two that any room may raise."""

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


class ConflictError(CrmsheetError):
    """{count} changes no longer fit the book; the first: {place} holds {found}, expected {expected}."""

    exit_code = 5
    hint = "Nothing was written. Look at the book, then run the command again."


class WriteFailed(CrmsheetError):
    """{path} cannot be written: {detail}."""

    exit_code = 9
    hint = "The book is as it was. Check the folder's permissions and the space on the disk."
