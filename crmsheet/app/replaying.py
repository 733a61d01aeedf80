"""Changes planned anew on what a book holds by now: somebody wrote it after it was read."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from crmsheet.app.opening import Loaded, load_opened, open_sheets
from crmsheet.app.versions import history_of
from crmsheet.book.opening import open_book_file
from crmsheet.change.columns import rows_by_key
from crmsheet.change.entering import key_in_sheet
from crmsheet.change.planning import Plan, plan
from crmsheet.change.steady import steady_rows
from crmsheet.clean.keys import RULE, as_kept, key_prefix, next_keys
from crmsheet.core.book import Table
from crmsheet.core.cells import CellRef, same_cell
from crmsheet.core.changes import Changes, ChangeSet
from crmsheet.core.errors import BookChanged, BookError, BookMoved
from crmsheet.core.messages import N_, Message, Text, cell_words
from crmsheet.core.schema import Schema

_REPLAYED = (
    N_("The book was changed meanwhile ({by}): {count:,} change was planned anew on what it holds now."),
    N_("The book was changed meanwhile ({by}): {count:,} changes were planned anew on what it holds now."),
)
_COMMAND = N_("{author}, {command}")
_OTHERS = Message(N_("in another program"))
_RENUMBERED = N_("{old} was given to another record meanwhile; this one is {new}.")


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be written: changes, and their plan on a book as it was read.

    `anew` plans them on a newer state of it, where keys do not tell. `notes` say what became of them.
    """

    loaded: Loaded
    changeset: ChangeSet
    made: Plan
    anew: Callable[[Loaded], Plan] | None = None
    notes: tuple[Message, ...] = ()


def replayed(task: Task) -> Task:
    """The same task on what the book holds now.

    Rows are found by their keys, or in their places while every cell of them is as it was. New records get new places,
    and new keys where others have taken theirs.

    Raises:
        BookMoved: a cell holds something else by now, or a row cannot be told for certain.
        BookChanged: it cannot be read at this moment.
    """
    try:
        loaded = _reopened(task.loaded)
    except BookError as error:
        raise BookChanged(path=task.loaded.path.name) from error
    renamed = _renamed(task, loaded)
    changes = _with_keys(task.changeset.changes, renamed, loaded)
    changeset = dataclasses.replace(task.changeset, changes=changes)
    made = _planned(task, changeset, loaded)
    count = len(made.applied)
    said = Message(_REPLAYED[count != 1], {"by": _by(loaded), "count": count})
    keys = (Message(_RENUMBERED, {"old": old, "new": new}) for each in renamed.values() for old, new in each.items())
    return dataclasses.replace(task, loaded=loaded, changeset=changeset, made=made, notes=(said, *keys))


def _reopened(loaded: Loaded) -> Loaded:
    """The book as it is now, by the settings and for the actor of before; of its values only the keys."""
    request = dataclasses.replace(loaded.request, book=loaded.path)
    if not loaded.book.tables:
        fresh = open_sheets(request)
    else:
        fresh = load_opened(request, open_book_file(loaded.path), loaded.context.settings, lambda _: False)
    return dataclasses.replace(fresh, context=dataclasses.replace(fresh.context, actor=loaded.context.actor))


def _planned(task: Task, changeset: ChangeSet, loaded: Loaded) -> Plan:
    if task.anew is None:
        made = plan(loaded.book, changeset, steady_rows(changeset.changes, task.loaded.book, loaded.book))
        moved = [each.place for each in made.conflicts]
    else:
        made = task.anew(loaded)
        pairs = zip(made.applied, task.made.applied, strict=False)  # none where somebody has written the very same
        moved = [
            str(CellRef(now.table, now.row, now.column)) for now, was in pairs if not same_cell(now.before, was.before)
        ]
    if moved:
        raise BookMoved(path=loaded.path.name, by=_by(loaded), count=len(moved), place=moved[0])
    return made


def _by(loaded: Loaded) -> Text:
    """Who changed the book, as its history tells."""
    sha256 = loaded.book.source.sha256
    versions = history_of(loaded.path).versions()
    ours = next((each for each in reversed(versions) if each.sha256 == sha256 and each.origin == "crmsheet"), None)
    return _OTHERS if ours is None else Message(_COMMAND, {"author": ours.author, "command": ours.command})


def _renamed(task: Task, now: Loaded) -> Mapping[str, Mapping[str, str]]:
    """Table -> old key -> new one, for keys that crmsheet proposed and somebody else has given away since."""
    found: dict[str, dict[str, str]] = {}
    for name, table in now.book.tables.items():
        before = task.loaded.book.tables.get(name)
        proposed = _proposed_keys(task, before) if before is not None else []
        taken = [key for key, row in rows_by_key(table).items() if not row or key_in_sheet(table, row)]
        clashing = [key for key in proposed if key in set(taken) and not _has_it(table, before, key)]
        if clashing:
            new = next_keys([*taken, *proposed], len(clashing), key_prefix(name, now.context.settings))
            found[name] = dict(zip(clashing, new, strict=True))
    return found


def _has_it(table: Table, before: Table | None, key: str) -> bool:
    """Whether a row that was to get a key has got that very key, in its place."""
    row = rows_by_key(table).get(key)
    return before is not None and bool(row) and rows_by_key(before).get(key) == row


def _proposed_keys(task: Task, table: Table) -> list[str]:
    """The new keys of a table among the changes: of rows that had none, and of new records in their numbering."""
    columns = (task.changeset.changes.column(name) for name in ("kind", "table", "key", "rule", "field"))
    mine = [each for each in zip(*columns, strict=True) if each[1] == table.name]
    given = [key for kind, _, key, rule, field in mine if kind == "set" and rule == RULE and field == table.key]
    added = [key for kind, _, key, _, _ in mine if kind == "add" and key]
    own = (
        set(next_keys(table.keys().tolist(), len(added), key_prefix(table.name, task.loaded.context.settings)))
        if added
        else set()
    )
    return [*given, *(key for key in added if key in own)]


def _with_keys(changes: Changes, renamed: Mapping[str, Mapping[str, str]], loaded: Loaded) -> Changes:
    """The changes with other keys, also where records name each other by them."""
    if not renamed:
        return changes
    tables, fields = changes.column("table"), changes.column("field")
    keys = [renamed.get(name, {}).get(key, key) for name, key in zip(tables, changes.column("key"), strict=True)]
    after = [
        _renamed_cells(table, field, cell, renamed, loaded)
        for table, field, cell in zip(tables, fields, changes.column("after"), strict=True)
    ]
    return changes.replaced(key=keys, after=after)


def _renamed_cells(table: str, field: str, cell: Any, renamed: Mapping[str, Mapping[str, str]], loaded: Loaded) -> Any:
    if isinstance(cell, Mapping):
        return {name: _renamed_cells(table, name, held, renamed, loaded) for name, held in cell.items()}
    new = renamed.get(_named_by(loaded.schema, table, field), {}).get(cell_words(cell))
    return cell if new is None else as_kept(new, [cell])


def _named_by(schema: Schema, table: str, field: str) -> str:
    """The table whose keys a field holds."""
    known = schema.tables[table]
    name = field.partition("#")[0]
    if name == known.key:
        return table
    return known[name].references if name in known else ""
