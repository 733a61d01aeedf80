"""Versions, undo, merges and git."""

from __future__ import annotations

from crmsheet.core.errors.base import CrmsheetError, UsageError


class VersionUnknown(UsageError):
    """{path} has no version {version}."""

    hint = "`crmsheet history` lists them; a version is named by its number, the beginning of its id, or a tag."


class VersionAmbiguous(VersionUnknown):
    """{version} names {count} versions of {path}; exactly one is meant."""

    hint = "Give more of its id: `crmsheet history` lists them."


class NothingToCompare(UsageError):
    """{path} has no version yet that it could be compared with."""

    hint = (
        "Give another file too, such as `crmsheet diff old.xlsx {path}`; the first write by crmsheet begins a history."
    )


class NothingToUndo(CrmsheetError):
    """The history of {path} has no change by crmsheet to undo."""

    exit_code = 5
    hint = "`crmsheet history` shows the versions."


class NothingToRedo(CrmsheetError):
    """In {path} there is nothing to redo."""

    exit_code = 5
    hint = "Only an undo can be redone, and only until something new is written; `crmsheet history` shows the versions."


class TakenBack(CrmsheetError):
    """Version {number} of {path} was taken back already."""

    exit_code = 5
    hint = "`crmsheet redo` brings back what was undone last; `crmsheet history` shows the versions."


class NothingBefore(CrmsheetError):
    """Version {number} is the first that the history of {path} knows: there is nothing before it to come back."""

    exit_code = 5
    hint = "`crmsheet history` shows the versions."


class NothingToSettle(CrmsheetError):
    """{path} has no conflicts of a merge."""

    exit_code = 5
    hint = "`crmsheet merge` and `crmsheet reconcile` write them into a sheet of their own."


class GitMissing(UsageError):
    """There is no git on this computer."""

    hint = "Install it from https://git-scm.com, or have it in the PATH, then run the command again."


class NoRepository(UsageError):
    """{path} lies in no git repository."""

    hint = "`git init` makes one; a book without git has its versions in `crmsheet history`."


class GitRefused(CrmsheetError):
    """`git {command}` failed: {detail}."""

    exit_code = 9
    hint = "Nothing was changed. Put right what git says, then run the command again."


class RevisionUnknown(UsageError):
    """{revision} is no commit, branch or tag of the repository of {path}."""

    hint = "`git log --oneline` and `git branch --all` show what there is."


class RevisionWithout(UsageError):
    """{path} was not there at the revision {revision}."""

    hint = "Name the place that it had then, such as {revision}:{example}; there was: {there}."


class MergeLeft(CrmsheetError):
    """{problem} {path} was not merged: ours stays as it is."""

    exit_code = 5
    hint = "Take a side with `git checkout --ours -- {quoted}`, or --theirs, or edit it; then `git add {quoted}`."


class CopyOfNothing(UsageError):
    """{copy} is no copy of a CSV file of {book}."""

    hint = "The files of {book} are: {members}. Name the one and its copy: crmsheet reconcile {example} {copy}."


class MergeApart(CrmsheetError):
    """{path} was not merged, ours stays as it is: {problem}."""

    exit_code = 5
    hint = (
        "Let git go on from ours, and merge the whole book at once: "
        "git checkout HEAD -- {quoted} && crmsheet reconcile {quoted} MERGE_HEAD --write && git add {quoted}"
    )


class ValueStands(CrmsheetError):
    """The value to be destroyed still stands in the book itself ({places}): the next write would record it again."""

    exit_code = 5
    hint = "Take it out of the book first, for example by `crmsheet set`; then redact its history. Nothing was written."


class BackupForeign(CrmsheetError):
    """The folder {path} holds the backup of another book: the histories have nothing in common."""

    exit_code = 5
    hint = "Name another folder; nothing was written."


class HistoryDamaged(CrmsheetError):
    """The history {path} is damaged: {detail}."""

    exit_code = 5
    hint = "The book itself is whole; work goes on, and older versions may be missing."
