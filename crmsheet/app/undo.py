"""Undo: the last write by crmsheet is taken back; what colleagues changed since then stays."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from typing import Any

from crmsheet.app.continuing import refuse_continued
from crmsheet.app.keeping import Kept, alone, deed_of, exchange, keep, refuse_changed
from crmsheet.app.opening import Loaded, load_book, open_sheets
from crmsheet.app.outcomes import Written, counts, receipt, receipt_facts, shown
from crmsheet.app.request import Request
from crmsheet.app.versions import history_of
from crmsheet.book.opened import Receipt
from crmsheet.book.parts import compared
from crmsheet.change.inverting import invert
from crmsheet.change.planning import Plan, plan
from crmsheet.change.proposal import load
from crmsheet.core.changes import ChangeSet
from crmsheet.core.errors import NothingBound, NothingToUndo
from crmsheet.core.findings import Findings
from crmsheet.core.messages import N_, Message, Text, cell_words
from crmsheet.core.outcome import Outcome
from crmsheet.core.versions import Version
from crmsheet.report import conflicts

COMMAND, ADOPT = "undo", "adopt"
_SETTLED = N_("What adopt wrote into crmsheet.toml stays: it says how the sheets are read.")
_STAYS = N_("{count:,} changes cannot be taken back for certain and stay; they are listed below.")
_WOULD = N_("The file was not changed: --write takes back version {number} ({command}, {at}).")
_WHOLE = N_("Version {number} ({command}, {at}) was taken back: the file is byte for byte what it was before it.")
_KEPT = N_(
    "The file was edited after version {number}: those edits stay, the changes are taken back cell by cell "
    "(a column that was added stays, empty)."
)


def undo(request: Request, *, write: bool) -> Outcome:
    """Takes back the newest write by crmsheet that was not taken back yet.

    A cell that somebody has changed since, or whose record cannot be told for certain, stays and is listed.

    Raises:
        NothingToUndo: there is none.
    """
    try:
        loaded = load_book(request)
    except NothingBound:
        # `cell` and `append` write into any workbook.
        loaded = open_sheets(request)
    return shown(loaded, taken_back(loaded, write=write))


def taken_back(loaded: Loaded, *, write: bool) -> Outcome:
    """The newest write by crmsheet taken back in a loaded book, or what that would do; nothing is masked.

    Raises:
        NothingToUndo: there is none.
        BookContinued: it would be found in the workbook in which the book goes on.
    """
    refuse_continued(loaded)
    last = _last_write(history_of(loaded.path).known(loaded.book.source.sha256), loaded.path.name)
    made = _inverse(loaded, last)
    done = _done(loaded, last, made) if write else Written(_proposed(loaded, last))
    return dataclasses.replace(
        loaded.outcome(COMMAND, done.version),
        changes=made.applied,
        counts={**counts(loaded, Findings(), made.applied), "conflicts": len(made.conflicts)},
        receipt=done.receipt,
        notes=(*done.notes, *_conflict_note(made), *_settled_note(last), *loaded.about),
        sections=conflicts.sections(made.conflicts),
    )


def _conflict_note(made: Plan) -> tuple[Text, ...]:
    return (Message(_STAYS, {"count": len(made.conflicts)}),) if made.conflicts else ()


def _settled_note(last: Version) -> tuple[Text, ...]:
    return (Message(_SETTLED),) if last.command == ADOPT else ()


def _last_write(versions: tuple[Version, ...], name: str) -> Version:
    undone = {each.message for each in versions if each.command == COMMAND}
    for each in reversed(versions):
        if each.origin == "crmsheet" and each.command != COMMAND and each.id not in undone:
            return each
    raise NothingToUndo(path=name)


def _inverse(loaded: Loaded, last: Version) -> Plan:
    """The changes that take a version back, in their places; by key where the book was edited since."""
    inverse = invert(load(history_of(loaded.path).changes(last.id)).changes)
    if loaded.opened.dialects:
        # A CSV file holds nothing but text: a date that was written stands there in words.
        inverse = inverse.replaced(before=[_in_words(each) for each in inverse.column("before")])
    base = loaded.book.source.sha256
    if _is_current(loaded, last):
        # The bytes come back as they were: what is no part of a table needs no place.
        inverse = inverse.where([table in loaded.book.tables for table in inverse.column("table")])
    else:
        # A column that people have seen stays, empty: its header may be part of an Excel table by now.
        inverse, base = inverse.where([kind != "column" for kind in inverse.column("kind")]), last.sha256
    made = plan(loaded.book, ChangeSet(base, COMMAND, inverse))
    return dataclasses.replace(made, conflicts=(*made.conflicts, *made.left_out))


def _in_words(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _in_words(each) for name, each in value.items()}
    return cell_words(value) if isinstance(value, dt.date | int | float) and not isinstance(value, bool) else value


def _is_current(loaded: Loaded, last: Version) -> bool:
    return loaded.book.source.sha256 == last.sha256


def _facts(last: Version) -> dict[str, object]:
    return {"number": last.number, "command": last.command, "at": last.at.replace("T", " ")}


def _proposed(loaded: Loaded, last: Version) -> tuple[Text, ...]:
    would = Message(_WOULD, _facts(last))
    return (would,) if _is_current(loaded, last) else (would, Message(_KEPT, _facts(last)))


def _done(loaded: Loaded, last: Version, made: Plan) -> Written:
    """Restores the bytes before the version where it is current, else writes the inverse changes."""
    if not _is_current(loaded, last):
        changeset = ChangeSet(loaded.book.source.sha256, COMMAND, made.applied)
        kept: Kept = keep(loaded, changeset, made, COMMAND, message=last.id, budget=False)
        return Written((Message(_KEPT, _facts(last)), receipt(kept)), kept.version.id, receipt_facts(kept))
    restored = history_of(loaded.path).restore(last.parent)
    changed = {name: content for name, content in restored.files.items() if loaded.opened.files.get(name) != content}
    with alone(loaded):
        refuse_changed(loaded)
        version = exchange(loaded, changed, deed_of(loaded, COMMAND, made.applied, last.id))
    kept = Kept(version, Receipt(parts=compared(loaded.opened.files, changed)), loaded, made.applied)
    first = Message(_WHOLE, _facts(last)) if restored.exact else Message(_KEPT, _facts(last))
    return Written((first, *restored.notes), version.id, receipt_facts(kept))
