"""The public Python API: a book, read once, that answers with data frames and is written by `apply` and `undo` alone.

`import crmsheet` gives these names. Frames are not masked: whoever opens a book here computes with its values. What is
*printed* of a result are its sentences, which hold none.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import sys
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from crmsheet.app import frames
from crmsheet.app.frame_rows import marked
from crmsheet.app.opening import Loaded, load_book, load_opened
from crmsheet.app.outcomes import NOTHING, Judgement, Written, not_changed, proposed, told, written
from crmsheet.app.planning import refuse_conflicts
from crmsheet.app.request import Request, login
from crmsheet.app.results import Result, proposal_of
from crmsheet.app.speaking import speech_for
from crmsheet.app.versions import history_of
from crmsheet.book.members import read_members
from crmsheet.book.opening import open_files
from crmsheet.book.replacing import digest
from crmsheet.change.planning import plan
from crmsheet.core.changes import Changes, ChangeSet
from crmsheet.core.errors import BookStale
from crmsheet.core.messages import N_, Message, Speech
from crmsheet.schema.naming import named_table

if TYPE_CHECKING:
    import pandas as pd

Lang: TypeAlias = Literal["", "zh", "en"]

_OFFER = N_("The file was not changed: {count:,} changes are proposed; `book.apply(...)` writes them.")
_NEW = N_("Rows that are new in {table}: {count:,}.")
_FRAME = "frame"
"""What the history calls a write that came from a data frame."""
_ALL = sys.maxsize
"""Here a section holds every row, not the first few."""


def open_book(
    path: str | PathLike[str] | None = None, *, today: dt.date | None = None, lang: Lang = "", actor: str = ""
) -> CustomerBook:
    """Read a book: an .xlsx or .xlsm workbook, a CSV file, or a folder of CSV files.

    The file is read once and neither locked nor changed. Settings come from `crmsheet.toml` beside the book or above
    it, as for the command line.

    Args:
        path: the book; without it `$CRMSHEET_BOOK` or `crmsheet.toml` names it.
        today: the day that lateness is counted from; without it the day of the clock.
        lang: the language of sentences and titles, `zh` or `en`; without it the settings and the locale decide.
        actor: who writes, for the history; without it `$CRMSHEET_ACTOR`, the settings, then the login.

    Raises:
        errors.BookError: there is no such book, or it cannot be read; its class and message say why.
        errors.NoBook: none was named anywhere.
        errors.SettingsError: `crmsheet.toml` is wrong.
    """
    if lang not in ("", "zh", "en"):
        raise ValueError(f"lang is {lang!r}; it must be 'zh', 'en' or ''")
    now = _now()
    day = today or now
    book = None if path is None else Path(path)
    return _opened(Request(now, dt.date(day.year, day.month, day.day), book, lang, actor=login()), actor)


def _now() -> dt.datetime:
    """The local time: like the command line, this is where a request begins."""
    return dt.datetime.now().astimezone()


def _opened(request: Request, actor: str) -> CustomerBook:
    loaded = load_book(request)
    if actor:
        loaded = dataclasses.replace(loaded, context=dataclasses.replace(loaded.context, actor=actor))
    return CustomerBook(loaded, speech_for(request.lang, loaded.path))


@dataclass(frozen=True, eq=False, repr=False)
class CustomerBook:
    """A customer book as it was when it was read; made by `crmsheet.open`.

    Its methods answer from what was read: they do not look at the file again, and none but `apply` and `undo` writes.
    After a write, this handle is what the book was before; `reopen()` gives what it is now.
    """

    _loaded: Loaded
    _speech: Speech

    def __repr__(self) -> str:
        return f"<CustomerBook {self.path.name}: {', '.join(self._loaded.book.tables)}>"

    @property
    def path(self) -> Path:
        """The file or folder of the book."""
        return self._loaded.path

    @property
    def today(self) -> dt.date:
        """The day that lateness is counted from."""
        return self._loaded.context.today

    @property
    def tables(self) -> pd.DataFrame:
        """The tables that were recognised, one row each, indexed by name: label, sheet, header_row, rows, key."""
        return frames.overview(self._loaded.book, self._loaded.schema, self._speech.lang)

    def fields(self, table: str = "customers") -> pd.DataFrame:
        """The fields of a table, one row each, indexed by name: label, kind, column, header, dtype.

        Raises:
            errors.TableUnknown: the book has no such table.
        """
        name = self._named(table)
        return frames.field_frame(self._loaded.book.tables[name], self._loaded.schema.tables[name], self._speech.lang)

    def frame(self, table: str = "customers", *, labels: Lang = "", raw: bool = False) -> pd.DataFrame:
        """A table as a data frame, indexed by `row`, the row number in the sheet. Nothing is masked.

        In a table that is read from several sheets (`tables`), rows of the second one count from 2,097,152, of the
        third from twice that, and so on.

        Columns are fields (`customer_id`, `mobile`; a second column of a field is `mobile#2`), values are canonical:
        keys, phones (E.164) and all other text are `str`; dates and times `datetime64[us]` without a time zone; money,
        numbers and percentages `float64` (units of the header such as 万元 are multiplied out, 15 % is 0.15); whole
        numbers `Int64`; yes and no `boolean`; choices their codes, several of them joined by `|`. NA is an empty cell,
        or one that cannot be read (`check` says which). Customers that have no key yet show the one proposed for them.
        Merged and archived rows are there too, see `record_status`.

        Args:
            table: its name, or what it is called in either language (`客户`).
            labels: `zh` or `en` for a frame to be read by people: labels as headings and for choices.
            raw: the cells as found (text, float, bool, date, None, formulas), of every column of the sheet.

        Raises:
            errors.TableUnknown: the book has no such table.
        """
        if raw and labels:
            raise ValueError("raw cells have the headers of the sheet: leave out labels, or raw")
        name = self._named(table)
        found = self._loaded.book.tables[name]
        if raw:
            frame = frames.cell_frame(found)
        elif labels:
            frame = frames.labelled_frame(found, self._loaded.schema.tables[name], labels)
        else:
            frame = frames.value_frame(found)
        return marked(frame, self._loaded.book.source.sha256, name, raw=raw)

    def changes_from(self, frame: pd.DataFrame, table: str = "customers", *, raw: bool = False) -> Result:
        """What would change if the table said what a frame says; look at it, then `apply` it.

        Rows are found by the index (or column) `row`; a frame without one is matched by its keys. **A row that is
        found neither way is new and is added.** Rows and columns that the frame lacks stay as they are: nothing is
        deleted. Columns may be fields, headers of the sheet or labels; a field that the sheet lacks gets a column.

        A frame remembers (in `attrs`) what it was made from: one of another table, or of an earlier state of the book,
        is refused, because its row numbers may be others. Then let its own handle propose, and `apply` that here.

        A value is a change when it means something else than its cell does, and is written as its column spells it
        (+8613800138000 becomes 13800138000). NA empties a cell that has a value.

        Args:
            frame: as from `frame()`, edited; or any frame with such columns.
            table: the table it is about.
            raw: the frame holds cells, as from `frame(raw=True)`: they are compared and written as they are.

        Raises:
            errors.FrameRefused: it was made from something else, keys are doubled or edited, a value cannot be read.
            errors.FieldUnknown: a column is none of the table.
            errors.CellRefused: an edited cell holds a formula.
            errors.TableUnknown: the book has no such table.
        """
        from crmsheet.app.edited import changes_from

        name = self._named(table)
        changes = changes_from(self._loaded, frame, name, raw=raw)
        added = changes.counts("kind")["add"]
        new = Message(_NEW, {"count": added, "table": self._loaded.sheets[name]})
        return self._result(Judgement(_FRAME, wanted=changes, notes=(new,) if added else ()))

    def check(self) -> Result:
        """Every value, key and reference, and the rules over the whole book: `findings`."""
        from crmsheet.app.check import judge

        outcome = told(self._loaded, judge(self._loaded), Changes(), Written((not_changed(),)))
        return proposal_of(outcome, self._loaded.book, self._speech)

    def clean(self) -> Result:
        """Phones, e-mails, dates, amounts and choices in one spelling: `changes`; what stays unclear: `findings`."""
        from crmsheet.app.clean import judge

        return self._result(judge(self._loaded))

    def dedupe(self) -> Result:
        """Customers that are there twice: `findings`, groups in `sections`, merges of the sure ones in `changes`."""
        from crmsheet.app.dedupe import judge

        return self._result(judge(self._loaded, _ALL))

    def duplicates(self) -> pd.DataFrame:
        """The rows that may stand there twice, one row each, by row number: key, name, cluster, entity, band, weight.

        Rows of one `entity` are surely one customer, those of one `cluster` may be; the numbers stay the same when the
        sheet is sorted. `band` is `sure` or `review`, `weight` the bits of the row's best link. A book without
        customers is read as a list: its contacts, its leads, or whatever else says who somebody is.

        Raises:
            errors.NothingComparable: no column says whose record a row is.
        """
        from crmsheet.app.dedupe import duplicate_frame

        return duplicate_frame(self._loaded)

    def tier(self) -> Result:
        """The A, B, C grade of every customer, with its reason: `changes`, and tables in `sections`."""
        from crmsheet.app.tier import judge

        return self._result(judge(self._loaded, _ALL))

    def followup(self) -> Result:
        """Who is due or overdue, in `sections["followups_first"]`; the dates for the customer sheet in `changes`."""
        from crmsheet.app.followup import judge

        return self._result(judge(self._loaded, top=_ALL))

    def nightly(self) -> Result:
        """All of these as one proposal; duplicates are merged only where the setting `nightly.merge` says so."""
        from crmsheet.app.nightly import judge

        return self._result(judge(self._loaded, top=_ALL))

    def apply(self, changes: Result | ChangeSet, *, budget: bool = True) -> Result:
        """Write changes into the book as one version, under its lock. The only door, with `undo`, into the file.

        Changes made for an earlier state of the book are found again by their keys. This handle stays what it was:
        go on with `reopen()`.

        Args:
            changes: the result of a method above, the part of it that `only` chose, or a change set.
            budget: whether to stop where more rows change their meaning than the settings allow for one run (2 %, and
                never fewer than five); False when somebody has looked at the changes.

        Returns:
            What was written: `version`, `changes`; nothing is written, and `version` is "", where nothing changes.

        Raises:
            errors.BookStale: the file is not the one any more that this handle has read; it is a BookChanged.
            errors.ConflictError: a cell no longer holds what the change expects; nothing was written.
            errors.BudgetExceeded: too many rows; nothing was written, the proposal was kept beside the history.
            errors.ProposalKept: the book is open elsewhere, or was changed at this very moment; likewise.
            errors.WriteFailed: the folder or the disk refuses; the book is as it was.
        """
        loaded = self._current()
        changeset = changes.proposal if isinstance(changes, Result) else changes
        made = plan(loaded.book, changeset)
        refuse_conflicts(loaded, made)
        judged = Judgement(changeset.origin)
        if not len(made.applied):
            return Result(told(loaded, judged, made.applied, Written((Message(NOTHING),))), changeset, self._speech)
        done = written(loaded, changeset, made, budget=budget)
        return Result(told(loaded, judged, made.applied, done), changeset, self._speech, done.version)

    def undo(self) -> Result:
        """Take back the last write by crmsheet, at once; what people changed since then stays.

        Returns:
            What was taken back; `sections` lists the cells that could not be, because somebody changed them.

        Raises:
            errors.NothingToUndo: there is none.
            errors.BookStale: the file is not the one any more that this handle has read; it is a BookChanged.
        """
        from crmsheet.app.undo import taken_back

        loaded = self._current()
        request = dataclasses.replace(loaded.request, reveal=True)
        _, outcome = taken_back(dataclasses.replace(loaded, request=request), write=True)
        changeset = ChangeSet(loaded.book.source.sha256, outcome.command, outcome.changes)
        return Result(outcome, changeset, self._speech, outcome.version)

    def at(self, version: int | str) -> CustomerBook:
        """The book as it was at a version of its history; it answers like any handle, and writes nothing.

        Args:
            version: its number, the beginning of its id, or a tag.

        Raises:
            errors.VersionUnknown: there is no such version, or several.
            errors.HistoryDamaged: it cannot be read any more.
        """
        from crmsheet.app.states import find_version

        loaded = self._loaded
        files = history_of(self.path).restore(find_version(self.path, str(version)).id).files
        then = load_opened(loaded.request, open_files(self.path, files), loaded.context.settings)
        context = dataclasses.replace(then.context, actor=loaded.context.actor)
        return CustomerBook(dataclasses.replace(then, context=context), self._speech)

    def diff(self, other: CustomerBook) -> pd.DataFrame:
        """What changed from another book, or another state of this one, to this: one row per change.

        By key and field, so a moved row is no change; the columns are those of `Result.changes`. Fields that stay what
        they are have no row. `book.diff(book.at(3))` is what happened since version 3.
        """
        from crmsheet.app.states import as_state, comparable
        from crmsheet.change.comparing import diff

        old, new = comparable([as_state(each._loaded, each.path.name) for each in (other, self)])  # noqa: SLF001 (both are of this class)
        return frames.changes_frame(diff(old.book, new.book), new.loaded.sheets, self._speech)

    def history(self) -> pd.DataFrame:
        """The versions of the book, oldest first, indexed by number: id, at, author, command, message, origin, changes.

        `origin` is `crmsheet` for a write by it and `found` for edits by people, seen at the next write.
        """
        return frames.version_frame(history_of(self.path).known(self._loaded.book.source.sha256))

    def reopen(self) -> CustomerBook:
        """The book as it is now, read again with the same day, language and actor.

        One that is only read, such as an .xls, goes on in the .xlsx that a write has made beside it.
        """
        request = dataclasses.replace(self._loaded.request, book=self._loaded.newest)
        return _opened(request, self._loaded.context.actor)

    def _named(self, table: str) -> str:
        """The name of a table that this book has."""
        schema, book = self._loaded.schema, self._loaded.book
        own = {name: schema.tables[name] for name in book.tables}
        return named_table(dataclasses.replace(schema, tables=own), table)

    def _current(self) -> Loaded:
        """What was read, at the time of this call.

        Raises:
            BookStale: the file is another by now.
        """
        if digest(read_members(self.path)) != self._loaded.book.source.sha256:
            raise BookStale(path=self.path.name)
        return dataclasses.replace(self._loaded, request=dataclasses.replace(self._loaded.request, now=_now()))

    def _result(self, judged: Judgement) -> Result:
        """A judgement with its changes planned, and nothing written."""
        loaded = self._loaded
        made, done = proposed(loaded, judged.wanted, judged.command, write=False, offer=_OFFER)
        return proposal_of(told(loaded, judged, made.applied, done), loaded.book, self._speech)
