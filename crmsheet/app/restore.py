"""Restore: a book, or a table, a record, a field of it, as it was in an older version."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from crmsheet.app.keeping import put
from crmsheet.app.lost import COMMAND, LOST, restored_anew
from crmsheet.app.opening import Loaded
from crmsheet.app.outcomes import Written, receipt, receipt_facts
from crmsheet.app.redo import who_and_when
from crmsheet.app.request import Request
from crmsheet.app.reversing import Seen, known_versions, members_left, on_the_book, outcome_of
from crmsheet.app.settings import book_path
from crmsheet.app.states import BookState, comparable, find_version
from crmsheet.app.version_changes import between, version_at
from crmsheet.app.versions import history_of
from crmsheet.change.columns import column_names
from crmsheet.change.planning import Plan, plan
from crmsheet.change.standing import STATUS
from crmsheet.core.book import Book, Table
from crmsheet.core.changes import Change, Changes, ChangeSet
from crmsheet.core.errors import FieldUnknown, RecordUnknown, TableUnknown
from crmsheet.core.folding import fold
from crmsheet.core.messages import N_, Message, Text
from crmsheet.core.outcome import Outcome
from crmsheet.core.versions import Version
from crmsheet.schema.naming import named_field, named_table

_WOULD = (
    N_("The file was not changed: with --write, {count:,} cell becomes what it was in version {number}."),
    N_("The file was not changed: with --write, {count:,} cells become what they were in version {number}."),
)
_WHOLE_WOULD = N_("The file would be byte for byte version {number} ({command}, {at}) again.")
_WHOLE = N_("Restored: the file is byte for byte version {number} ({command}, {at}) again.")
_PART = (
    N_("Restored: {count:,} cell is what it was in version {number} ({command}, {at})."),
    N_("Restored: {count:,} cells are what they were in version {number} ({command}, {at})."),
)
_LEFT = (
    N_("{count:,} change cannot be made for certain; it is listed below."),
    N_("{count:,} changes cannot be made for certain; they are listed below."),
)
_SAME = N_("There is nothing to restore: what version {number} holds is what stands in the book.")


@dataclass(frozen=True, slots=True)
class Chosen:
    """What of a book is restored, as a person names it; '' for all."""

    table: str = ""
    key: str = ""
    field: str = ""

    @property
    def whole(self) -> bool:
        """Whether it is the whole book."""
        return not (self.table or self.key or self.field)


def restore(request: Request, version: str, chosen: Chosen, *, write: bool) -> Outcome:
    """Brings a version back: its very bytes, or of a chosen table, record or field the cells, found by key.

    A book that is gone is made anew; one that is no workbook any more is put aside first.

    Raises:
        VersionUnknown: the word names no version, or several.
        HistoryDamaged: the version cannot be read any more.
        TableUnknown, FieldUnknown, RecordUnknown: what is chosen is in neither of the two states.
        BookError: a part shall be restored in a book that cannot be read.
    """
    path, _ = book_path(request)
    found = find_version(path, version)
    try:
        return on_the_book(request, lambda loaded: brought_back(loaded, found, chosen, write=write), by_cell=True)
    except LOST as error:
        if not chosen.whole:
            raise
        return restored_anew(request, path, found, error, write=write)


def brought_back(book: Loaded, version: Version, chosen: Chosen, *, write: bool) -> Seen:
    """The same in a loaded book; nothing is masked yet."""
    known_versions(book)
    restored = history_of(book.path).restore(version.id)
    now, then = comparable((BookState("", book), version_at(book, version, restored.files)))
    loaded, changes = now.loaded, between(now, then)
    files: Mapping[str, bytes] | None = None
    notes: tuple[Text, ...] = ()
    if chosen.whole:
        made, files = Plan({}, changes, ()), restored.files
        notes = (*restored.notes, *members_left(loaded, version, restored.files))
    else:
        wanted = _wanted(loaded, then.book, changes, chosen)
        made = plan(loaded.book, ChangeSet(loaded.book.source.sha256, COMMAND, wanted))
        made = dataclasses.replace(made, conflicts=(*made.conflicts, *made.left_out))
    done = _done(loaded, version, made, files, write=write)
    return outcome_of(loaded, COMMAND, made, done, notes, left=_LEFT)


def _done(loaded: Loaded, version: Version, made: Plan, files: Mapping[str, bytes] | None, *, write: bool) -> Written:
    count = cells_of(made.applied)
    facts = {**who_and_when(version), "count": count}
    if (files is None and not len(made.applied)) or files == loaded.opened.files:
        return Written(() if made.conflicts else (Message(_SAME, facts),))
    if not write:
        would = (Message(_WOULD[count != 1], facts),)
        return Written(would if files is None else (*would, Message(_WHOLE_WOULD, facts)))
    kept = put(loaded, COMMAND, version.id, made, files)
    said = (
        (Message(_WHOLE, facts),) if files else (Message(_PART[count != 1], facts), receipt(kept), *kept.receipt.notes)
    )
    return Written(said, kept.version.id, receipt_facts(kept))


def cells_of(changes: Changes) -> int:
    """How many cells changes write."""
    return sum(1 if each.kind in ("set", "column") else len(each.before or each.after or ()) for each in changes)


def _wanted(loaded: Loaded, then: Book, changes: Changes, chosen: Chosen) -> Changes:
    """Of the changes from the book to the version, those that are chosen, with the columns that they need."""
    tables = _tables(loaded, then, chosen)
    fields = _fields(loaded, then, tables, chosen) if chosen.field else None
    key = _key([book.tables[each] for book in (loaded.book, then) for each in tables if each in book.tables], chosen)

    def is_chosen(change: Change) -> bool:
        if change.table not in tables or (key and change.key != key):
            return False
        if change.kind in ("retire", "revive"):
            return fields is None or fields[change.table] in STATUS
        return fields is None or (bool(change.field) and change.field == fields.get(change.table))

    columns = changes.where([each.kind == "column" and each.after is not None for each in changes])
    picked = changes.where([is_chosen(each) for each in changes])
    missing = set(_written(picked)) - {(each.table, each.field) for each in picked if each.kind == "column"}
    return columns.where([(each.table, each.field) in missing for each in columns]) + picked


def _written(changes: Changes) -> Iterator[tuple[str, str]]:
    """The columns that changes write into."""
    for each in changes:
        for name in (each.after or ()) if isinstance(each.after, Mapping) else (each.field,):
            yield each.table, name


def _tables(loaded: Loaded, then: Book, chosen: Chosen) -> tuple[str, ...]:
    """The tables that are meant: the one that is named, those with the record, else that of the customers.

    Raises:
        TableUnknown: there is none of that name.
    """
    books = (loaded.book, then)
    every = tuple(dict.fromkeys(name for book in books for name in book.tables))
    if chosen.table:
        wanted = fold(chosen.table)
        named = [
            each
            for each in every
            if wanted in (fold(each), *(fold(book.tables[each].title) for book in books if each in book.tables))
        ]
        name = named[0] if named else named_table(loaded.schema, chosen.table)
        if name not in every:
            raise TableUnknown(table=chosen.table, near=every[0], known=", ".join(every))
        return (name,)
    if chosen.key:
        return every
    return ("customers",) if "customers" in every else every


def _key(tables: Iterable[Table], chosen: Chosen) -> str:
    """The key of the chosen record as the tables spell it; '' where none is chosen.

    Raises:
        RecordUnknown: no table has it.
    """
    if not chosen.key:
        return ""
    keys = [key for table in tables for key in table.keys().tolist() if key]
    found = next((key for key in keys if key == chosen.key), None)
    found = found or next((key for key in keys if fold(key) == fold(chosen.key)), None)
    if found is None:
        raise RecordUnknown(key=chosen.key)
    return found


def _fields(loaded: Loaded, then: Book, tables: Iterable[str], chosen: Chosen) -> Mapping[str, str]:
    """Table -> the chosen field of it; tables without such a field are left out.

    Raises:
        FieldUnknown: none of them has it.
    """
    found: dict[str, str] = {}
    unknown: FieldUnknown | None = None
    for name in tables:
        for table in (book.tables[name] for book in (loaded.book, then) if name in book.tables):
            try:
                field = named_field(table, loaded.schema.tables[name], chosen.field)
            except FieldUnknown as error:
                unknown = error
            else:
                if field in column_names(table):
                    found.setdefault(name, field)
    if not found:
        raise unknown or FieldUnknown(table=", ".join(tables), field=chosen.field, advice="")
    return found
