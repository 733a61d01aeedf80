"""What outcomes of several commands have in common: rule cards, masks, the sentences on what was found and written."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping

from crmsheet.access import mask
from crmsheet.app.keeping import Kept, keep, planned
from crmsheet.app.opening import Loaded
from crmsheet.app.rules import cards
from crmsheet.change.planning import Plan
from crmsheet.core.changes import Changes
from crmsheet.core.findings import Findings, Severity
from crmsheet.core.messages import N_, Message, Text, chained
from crmsheet.core.outcome import Outcome, Section
from crmsheet.report import edits, places, problems

_FOUND = N_("Found in {rows:,} rows: {errors:,} errors, {warnings:,} warnings, {notes:,} notes.")
_CLEAN = N_("Nothing wrong was found in {rows:,} rows.")
_NOTHING = N_("There is nothing to change; the file was not touched.")
_PROPOSED = N_("The file was not changed: {count:,} changes are proposed; --write writes them.")
_READ_ONLY = N_("The file was not changed.")
_WRITTEN = N_(
    "Written as version {number}: {sheets}. Every other part of the file is byte for byte what it was; "
    "`crmsheet undo` takes it back."
)
_SHEET = N_("{sheet}: {cells:,} cells set")
_MORE = N_(", {count:,} {what}")
_ROWS, _COLUMNS, _HIDDEN, _SHOWN = N_("rows added"), N_("columns added"), N_("rows hidden"), N_("rows shown")
_ADDED = N_("New columns in {table}: {labels}.")


def proposed(loaded: Loaded, changes: Changes, command: str, *, write: bool) -> tuple[Plan, tuple[Text, ...], str]:
    """A plan of changes, written if that is asked for: the plan, the sentences on it, and the id of the version."""
    changeset, made = planned(loaded, changes, command)
    added = tuple(_new_columns(loaded, made.applied))
    if not len(made.applied):
        return made, (Message(_NOTHING),), ""
    if not write:
        return made, (Message(_PROPOSED, {"count": len(made.applied)}), *added), ""
    loaded.request.tell(Message(N_("writing {count:,} changes"), {"count": len(made.applied)}))
    kept = keep(loaded, changeset, made, command)
    return made, (receipt(kept), *added, *kept.receipt.notes), kept.version.id


def receipt(kept: Kept) -> Message:
    """What was written, sheet by sheet, and how to take it back."""
    parts: list[Text] = []
    for sheet, done in kept.receipt.sheets.items():
        text = [Message(_SHEET, {"sheet": sheet, "cells": done.cells})]
        counts = ((len(done.appended), _ROWS), (done.columns, _COLUMNS), (done.hidden, _HIDDEN), (done.shown, _SHOWN))
        text += [Message(_MORE, {"count": count, "what": Message(what)}) for count, what in counts if count]
        parts.append(chained(text, ""))
    return Message(_WRITTEN, {"number": kept.version.number, "sheets": chained(parts, N_("; "))})


def _new_columns(loaded: Loaded, applied: Changes) -> Iterable[Message]:
    """One sentence per table that gets columns."""
    labels: dict[str, list[Text]] = {}
    for kind, table, after in zip(*(applied.column(name) for name in ("kind", "table", "after")), strict=True):
        if kind == "column":
            labels.setdefault(table, []).append(after)
    for table, texts in labels.items():
        yield Message(_ADDED, {"table": loaded.sheets.get(table, table), "labels": chained(texts, N_(", "))})


def found(loaded: Loaded, findings: Findings) -> Message:
    """How much is wrong, in a sentence."""
    rows = row_count(loaded)
    by = findings.counts("severity")
    if not by[Severity.error] and not by[Severity.warning] and not by[Severity.info]:
        return Message(_CLEAN, {"rows": rows})
    return Message(
        _FOUND,
        {"rows": rows, "errors": by[Severity.error], "warnings": by[Severity.warning], "notes": by[Severity.info]},
    )


def not_changed() -> Message:
    """For commands that only look."""
    return Message(_READ_ONLY)


def row_count(loaded: Loaded) -> int:
    """Records in all tables."""
    return sum(len(each.cells) for each in loaded.book.tables.values())


def counts(loaded: Loaded, findings: Findings, applied: Changes) -> Mapping[str, int]:
    """The figures of the headline."""
    by = findings.counts("severity")
    return {
        "rows": row_count(loaded),
        "errors": by[Severity.error],
        "warnings": by[Severity.warning],
        "notes": by[Severity.info],
        "changes": len(applied),
    }


def shown(loaded: Loaded, outcome: Outcome, *, listed: int | None = 0, first: tuple[Section, ...] = ()) -> Outcome:
    """The outcome as the asker may see it: masked unless revealed, with findings by rule and changes as sections.

    `listed` findings of each rule are shown with their places (None: all). Examples are taken after masking, so that no
    sentence gives away what the values hide.
    """
    whole = dataclasses.replace(outcome, sections=(*first, *outcome.sections))
    masked = whole if loaded.request.reveal else mask(whole, loaded.schema)
    found_sections = problems.sections(masked.findings, cards())
    if listed != 0:
        found_sections += places.sections(masked.findings, listed)
    changed = edits.sections(masked.changes, loaded.schema)
    return dataclasses.replace(masked, sections=(*masked.sections, *found_sections, *changed))
