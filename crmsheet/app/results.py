"""What a method of the Python API gives back: findings, changes and sections as frames, and the proposal itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from crmsheet.app import frames
from crmsheet.core.book import Book
from crmsheet.core.changes import Changes, ChangeSet
from crmsheet.core.messages import Speech
from crmsheet.core.outcome import Outcome

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False, repr=False)
class Result:
    """What was found, what would change or was changed, and what there is to say about it.

    `print(result)` prints its sentences, which hold no personal values; the frames hold them unmasked.
    `proposal` is the change set itself, `version` the id of the version that was written, "" for a proposal.
    """

    _outcome: Outcome
    proposal: ChangeSet
    _speech: Speech
    version: str = ""

    def __str__(self) -> str:
        return "\n".join(self.notes)

    def __repr__(self) -> str:
        written = f", version {self.version[:8]}" if self.version else ""
        found, changed = len(self._outcome.findings), len(self._outcome.changes)
        return f"<Result of {self.command}: {found:,} findings, {changed:,} changes{written}>"

    @property
    def command(self) -> str:
        """What was done: `check`, `clean`, `frame` ..."""
        return self._outcome.command

    @property
    def notes(self) -> tuple[str, ...]:
        """The sentences, in the language of the book's handle."""
        return tuple(self._speech.say(each) for each in self._outcome.notes)

    @property
    def counts(self) -> Mapping[str, int | float | str | None]:
        """The figures: rows, errors, warnings, notes, changes, and those of the command."""
        return self._outcome.counts

    @property
    def broken(self) -> tuple[str, ...]:
        """Rules that failed, which is a bug in crmsheet; the others ran."""
        return self._outcome.broken

    @property
    def findings(self) -> pd.DataFrame:
        """One row per finding, in the order of tables, columns and rows.

        Columns: rule, severity (info < warning < error), table, sheet, cell, row, key, field, value, message, fix (what
        the cell should hold, None where nobody can know), fingerprint (the same after the sheet was sorted).
        """
        return frames.findings_frame(self._outcome.findings, self._speech)

    @property
    def changes(self) -> pd.DataFrame:
        """One row per change, in the order of writing.

        Columns: kind (set, add, column, retire, revive, remove), table, sheet, cell, row, key, field, before, after,
        effect (spelling; derived: a field that crmsheet writes; meaning), rule, reason.
        """
        return frames.changes_frame(self._outcome.changes, self._outcome.sheets, self._speech)

    @property
    def sections(self) -> Mapping[str, pd.DataFrame]:
        """The tables of the report, by name, such as `tiers` or `followups_first`; with every row."""
        return {each.name: frames.section_frame(each, self._speech) for each in self._outcome.sections}

    def only(self, keep: Iterable[bool]) -> Result:
        """The same result with some of its changes; new columns that those need come along.

        Args:
            keep: one bool per row of `changes`, such as `result.changes["field"] == "mobile"`.

        Raises:
            ValueError: it has another length.
        """
        kept = _chosen(self._outcome.changes, [bool(each) for each in keep])
        counts = {**self._outcome.counts, "changes": sum(kept)}
        outcome = replace(self._outcome, changes=self._outcome.changes.where(kept), counts=counts)
        return replace(
            self, _outcome=outcome, proposal=replace(self.proposal, changes=self.proposal.changes.where(kept))
        )


def proposal_of(outcome: Outcome, book: Book, speech: Speech) -> Result:
    """The result whose proposal is all that an outcome would change in a book."""
    changes = _movable(outcome.changes, book)
    return Result(outcome, ChangeSet(book.source.sha256, outcome.command, changes), speech)


def _chosen(changes: Changes, keep: list[bool]) -> list[bool]:
    """What is kept, with the columns that it is written into."""
    needed = {(each.table, name) for each in changes.where(keep) for name in (each.field, *_names(each.after))}
    return [
        wanted or (change.kind == "column" and (change.table, change.field) in needed)
        for wanted, change in zip(keep, changes, strict=True)
    ]


def _names(after: object) -> tuple[str, ...]:
    """The fields that a row is added or retired with."""
    return tuple(after) if isinstance(after, Mapping) else ()


def _movable(changes: Changes, book: Book) -> Changes:
    """The changes without the letters of columns that are new: which they get depends on the others that are kept."""
    there = {(name, str(letters)) for name, table in book.tables.items() for letters in (*table.cells, *table.headers)}
    places = zip(changes.column("table"), changes.column("column"), strict=True)
    return changes.replaced(column=[letters if (table, letters) in there else "" for table, letters in places])
