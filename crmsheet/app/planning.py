"""What the changes of a command do to a book, before anything is written."""

from __future__ import annotations

from typing import Any

from crmsheet.access.masking import mask_cell
from crmsheet.app.opening import Loaded
from crmsheet.change.planning import Plan, plan
from crmsheet.core.changes import Change, Changes, ChangeSet
from crmsheet.core.errors import ConflictError
from crmsheet.core.messages import N_, Message


def planned(loaded: Loaded, changes: Changes, command: str) -> tuple[ChangeSet, Plan]:
    """The change set of a command, and what it does to the book: one change per cell, the last one counts.

    Raises:
        ConflictError: a change does not fit the book.
    """
    changeset = ChangeSet(loaded.book.source.sha256, command, settled(changes))
    made = plan(loaded.book, changeset)
    refuse_conflicts(loaded, made)
    return changeset, made


def refuse_conflicts(loaded: Loaded, made: Plan) -> None:
    """Raises ConflictError for the first conflict of a plan; values are masked as the asker may see them."""
    if made.conflicts:
        first = made.conflicts[0]
        raise ConflictError(
            count=len(made.conflicts),
            place=first.place,
            found=_shown(loaded, first.change, first.found),
            expected=_shown(loaded, first.change, first.change.before),
        )


def _shown(loaded: Loaded, change: Change, value: Any) -> Any:
    if value is None or value == "":
        return Message(N_("nothing"))
    schema, name = loaded.schema.tables.get(change.table), change.field.partition("#")[0]
    if loaded.request.reveal or schema is None or name not in schema:
        return value
    return mask_cell(value, schema[name])


def settled(changes: Changes) -> Changes:
    """Columns first and each once; of several values for one cell the last."""
    kinds, tables, rows, names = (changes.column(each) for each in ("kind", "table", "row", "field"))
    added: dict[tuple[str, str], int] = {}
    last: dict[tuple[str, int, str], int] = {}
    rest: list[int] = []
    for at, (kind, table, row, name) in enumerate(zip(kinds, tables, rows, names, strict=True)):
        if kind == "column":
            added.setdefault((table, name), at)
        elif kind == "set":
            last[table, row, name] = at
        else:
            rest.append(at)
    order = [*added.values(), *sorted([*last.values(), *rest])]
    return Changes({name: [changes.column(name)[at] for at in order] for name in _NAMES})


_NAMES = ("kind", "table", "key", "row", "column", "field", "before", "after", "rule", "reason", "arguments", "effect",
          "sheet")  # fmt: skip
