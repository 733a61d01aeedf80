"""What outcomes of several commands have in common: rule cards, masks, the sentences on what was found and written."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crmsheet.access import mask
from crmsheet.app.opening import Loaded
from crmsheet.app.planning import planned
from crmsheet.change.planning import Plan
from crmsheet.core.changes import Changes, ChangeSet
from crmsheet.core.errors import WrittenUntold
from crmsheet.core.findings import Findings, Severity
from crmsheet.core.messages import N_, Message, Text, chained
from crmsheet.core.outcome import Outcome, Section
from crmsheet.report import edits, places, problems
from crmsheet.resources import rule_cards

if TYPE_CHECKING:
    from crmsheet.app.keeping import Kept

_FOUND = N_("Found in {rows:,} rows: {errors:,} errors, {warnings:,} warnings, {notes:,} notes.")
_CLEAN = N_("Nothing wrong was found in {rows:,} rows.")
NOTHING = N_("There is nothing to change; the file was not touched.")
OFFER = N_("The file was not changed: {count:,} changes are proposed; --write writes them.")
_READ_ONLY = N_("The file was not changed.")
_WRITTEN = N_(
    "Written as version {number}: {sheets}. Every other part of the file is byte for byte what it was; "
    "`crmsheet undo` takes it back."
)
_SHEET = N_("{sheet}: {changes}")
_CELLS = N_("{count:,} cell set"), N_("{count:,} cells set")
_ROWS = N_("{count:,} row added"), N_("{count:,} rows added")
_COLUMNS = N_("{count:,} column added"), N_("{count:,} columns added")
_HIDDEN = N_("{count:,} row hidden"), N_("{count:,} rows hidden")
_SHOWN = N_("{count:,} row shown"), N_("{count:,} rows shown")
_ADDED = N_("New columns in {table}: {labels}.")


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a verb says about a loaded book before anything is written, masked or shown.

    `wanted` are the changes that it would make; `first` and `notes` its sentences before and after those on what was
    written; `counts` its figures beside the usual ones. The rest is that of an `Outcome`.
    """

    command: str
    findings: Findings = field(default_factory=Findings)
    wanted: Changes = field(default_factory=Changes)
    counts: Mapping[str, int] = field(default_factory=dict)
    first: tuple[Text, ...] = ()
    notes: tuple[Text, ...] = ()
    sections: tuple[Section, ...] = ()
    lists: Mapping[str, Section] = field(default_factory=dict)
    broken: tuple[str, ...] = ()


def settle(loaded: Loaded, judged: Judgement, *, write: bool, listed: int | None = 0) -> Outcome:
    """The outcome of a verb that proposes, as the asker may see it; its changes are written if that is asked for."""
    made, notes, version = proposed(loaded, judged.wanted, judged.command, write=write)
    return shown(loaded, told(loaded, judged, made.applied, notes, version), listed=listed)


def told(loaded: Loaded, judged: Judgement, applied: Changes, notes: tuple[Text, ...], version: str = "") -> Outcome:
    """A judgement as an outcome, with what became of its changes; nothing is masked yet."""
    return dataclasses.replace(
        loaded.outcome(judged.command, version),
        findings=judged.findings,
        broken=judged.broken,
        changes=applied,
        counts={**counts(loaded, judged.findings, applied), **judged.counts},
        notes=(*judged.first, *notes, *judged.notes),
        sections=judged.sections,
        lists=judged.lists,
    )


def proposed(
    loaded: Loaded, changes: Changes, command: str, *, write: bool, budget: bool = True, offer: str = OFFER
) -> tuple[Plan, tuple[Text, ...], str]:
    """A plan of changes, written if that is asked for: the plan, the sentences on it, and the id of the version.

    `offer` is the template that says how many changes are proposed, and how to write them.
    """
    changeset, made = planned(loaded, changes, command)
    if not len(made.applied):
        return made, (Message(NOTHING),), ""
    if not write:
        count = Message(offer, {"count": len(made.applied)})
        return made, (count, *_new_columns(loaded, made.applied)), ""
    return made, *written(loaded, changeset, made, budget=budget)


def written(loaded: Loaded, changeset: ChangeSet, made: Plan, *, budget: bool = True) -> tuple[tuple[Text, ...], str]:
    """Writes a plan that changes something: the sentences on it, and the id of the version.

    Raises:
        BudgetExceeded, ProposalKept, WriteFailed: see `keep`.
    """
    from crmsheet.app.keeping import keep  # the patcher and the history: only who writes pays for them

    loaded.request.tell(Message(N_("writing {count:,} changes"), {"count": len(made.applied)}))
    kept = keep(loaded, changeset, made, changeset.origin, budget=budget)
    return (receipt(kept), *_new_columns(loaded, made.applied), *kept.receipt.notes), kept.version.id


def entered(loaded: Loaded, changes: Changes, command: str, notes: Sequence[Text] = ()) -> Outcome:
    """Changes to one record, written at once: somebody has just said what they are, so no budget stops them.

    The notes are told before the sentences on what was written; without any change there is nothing to tell.
    """
    made, said, version = proposed(loaded, changes, command, write=True, budget=False)
    judged = Judgement(command, first=tuple(notes) if len(made.applied) else ())
    return shown(loaded, told(loaded, judged, made.applied, said, version), by_cell=True)


def receipt(kept: Kept) -> Message:
    """What was written, sheet by sheet, and how to take it back."""
    parts: list[Text] = []
    for sheet, done in kept.receipt.sheets.items():
        counts = (
            (done.cells, _CELLS),
            (len(done.appended), _ROWS),
            (done.columns, _COLUMNS),
            (done.hidden, _HIDDEN),
            (done.shown, _SHOWN),
        )
        texts = [Message(one if count == 1 else many, {"count": count}) for count, (one, many) in counts if count]
        if texts:
            parts.append(Message(_SHEET, {"sheet": sheet, "changes": chained(texts, N_(", "))}))
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


def shown(loaded: Loaded, outcome: Outcome, *, listed: int | None = 0, by_cell: bool = False) -> Outcome:
    """The outcome as the asker may see it: masked unless revealed, with findings by rule and changes as sections.

    `listed` findings of each rule are shown with their places (None: all); changes are told each with its cell
    (`by_cell`) or by field. Examples are taken after masking, so that no sentence gives away what the values hide.

    Raises:
        WrittenUntold: telling it failed, and the book was written before that.
    """
    try:
        return _as_seen(loaded, outcome, listed=listed, by_cell=by_cell)
    except Exception as error:
        if outcome.version == loaded.outcome(outcome.command).version:
            raise
        from crmsheet.app.versions import history_of  # who writes has it already

        number = history_of(loaded.path).versions()[-1].number
        raise WrittenUntold(number=number, kind=type(error).__name__, detail=str(error)) from error


def _as_seen(loaded: Loaded, outcome: Outcome, *, listed: int | None, by_cell: bool) -> Outcome:
    masked = outcome if loaded.request.reveal else mask(outcome, loaded.schema)
    found_sections = problems.sections(masked.findings, rule_cards())
    if listed != 0:
        found_sections += places.sections(masked.findings, listed)
    changed = (
        edits.cell_sections(masked.changes, loaded.book, loaded.schema)
        if by_cell
        else edits.sections(masked.changes, loaded.schema)
    )
    return dataclasses.replace(masked, sections=(*masked.sections, *found_sections, *changed))
