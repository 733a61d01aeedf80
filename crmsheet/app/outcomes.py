"""What outcomes of several commands have in common: rule cards, masks, the sentences on what was found and written."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from crmsheet.access import mask
from crmsheet.app.opening import Loaded
from crmsheet.app.planning import planned
from crmsheet.change.planning import Conflict, Plan
from crmsheet.core.changes import Changes, ChangeSet
from crmsheet.core.errors import CellRefused, WrittenUntold
from crmsheet.core.findings import Findings, Severity
from crmsheet.core.messages import N_, Message, Text, chained
from crmsheet.core.outcome import Outcome, Section
from crmsheet.report import edits, places, problems, recovery
from crmsheet.resources import rule_cards

if TYPE_CHECKING:
    from crmsheet.app.keeping import Kept

_FOUND = N_("Found in {rows:,} rows: {errors:,} errors, {warnings:,} warnings, {notes:,} notes.")
_CLEAN = N_("Nothing wrong was found in {rows:,} rows.")
NOTHING = N_("There is nothing to change; the file was not touched.")
OFFER = N_("The file was not changed: {count:,} changes are proposed; --write writes them.")
_READ_ONLY = N_("The file was not changed.")
_WRITTEN = N_("Written as version {number}: {sheets}; {rest}. `crmsheet undo` takes it back.")
_REST = N_("the other {count:,} parts of the book: 0 changes")
_REST_OF_TEXT = N_("every other line is byte for byte what it was")
_SHEET = N_("{sheet}: {changes}")
_CELLS = N_("{count:,} cell set"), N_("{count:,} cells set")
_ROWS = N_("{count:,} row added"), N_("{count:,} rows added")
_COLUMNS = N_("{count:,} column added"), N_("{count:,} columns added")
_HIDDEN = N_("{count:,} row hidden"), N_("{count:,} rows hidden")
_SHOWN = N_("{count:,} row shown"), N_("{count:,} rows shown")
_LEFT_OUT = N_("{count:,} changes are left out (the first: {place}): {reason}.")
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
    tables: tuple[Section, ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """What became of changes: the sentences on it; of a write its version, its receipt, and the changes as written.

    Those are in other places than planned, or fewer, where somebody else changed the book meanwhile.
    """

    notes: tuple[Text, ...]
    version: str = ""
    receipt: Mapping[str, Any] = field(default_factory=dict)
    applied: Changes | None = None


def settle(loaded: Loaded, judged: Judgement, *, write: bool, listed: int | None = 0) -> Outcome:
    """The outcome of a verb that proposes, as the asker may see it; its changes are written if that is asked for."""
    made, done = proposed(loaded, judged.wanted, judged.command, write=write)
    return shown(loaded, told(loaded, judged, made.applied, done), listed=listed)


def told(loaded: Loaded, judged: Judgement, applied: Changes, done: Written) -> Outcome:
    """A judgement as an outcome, with what became of its changes; nothing is masked yet."""
    applied = applied if done.applied is None else done.applied
    return dataclasses.replace(
        loaded.outcome(judged.command, done.version),
        findings=judged.findings,
        broken=judged.broken,
        changes=applied,
        counts={**counts(loaded, judged.findings, applied), **judged.counts},
        notes=(*judged.first, *done.notes, *judged.notes, *loaded.about),
        sections=judged.sections,
        lists=judged.lists,
        receipt=done.receipt,
        tables=judged.tables,
    )


def proposed(
    loaded: Loaded, changes: Changes, command: str, *, write: bool, budget: bool = True, offer: str = OFFER
) -> tuple[Plan, Written]:
    """A plan of changes, written if that is asked for, and what became of it.

    `offer` is the template that says how many changes are proposed, and how to write them.
    """
    changeset, made = planned(loaded, changes, command)
    if not len(made.applied):
        return made, Written((Message(NOTHING), *_left_out(made)))
    if not write:
        count = Message(offer, {"count": len(made.applied)})
        return made, Written((count, *_new_columns(loaded, made.applied), *_left_out(made)))
    return made, written(loaded, changeset, made, budget=budget)


def _left_out(made: Plan) -> Iterable[Message]:
    """What the sheets had no place for, by the reason."""
    groups: dict[str, list[Conflict]] = {}
    for each in made.left_out:
        groups.setdefault(each.reason.template, []).append(each)
    for first, *rest in groups.values():
        facts = {"count": len(rest) + 1, "place": first.place, "reason": first.reason}
        yield Message(_LEFT_OUT, facts)


def written(
    loaded: Loaded,
    changeset: ChangeSet,
    made: Plan,
    *,
    budget: bool = True,
    anew: Callable[[Loaded], Plan] | None = None,
) -> Written:
    """Writes a plan that changes something; `anew` as in `keep`.

    Raises:
        BudgetExceeded, ProposalKept, WriteFailed: see `keep`.
    """
    from crmsheet.app.keeping import keep  # the patcher and the history: only who writes pays for them

    loaded.request.tell(Message(N_("writing {count:,} changes"), {"count": len(made.applied)}))
    kept = keep(loaded, changeset, made, changeset.origin, budget=budget, anew=anew)
    if not len(kept.applied):
        return Written((*kept.receipt.notes, Message(NOTHING)), applied=kept.applied)
    notes = (receipt(kept), *_new_columns(kept.loaded, kept.applied), *_left_out(made), *kept.receipt.notes)
    return Written(notes, kept.version.id, receipt_facts(kept), kept.applied)


def entered(
    loaded: Loaded, changes: Changes, command: str, notes: Callable[[Changes], Sequence[Text]] = lambda _: ()
) -> Outcome:
    """Changes to one record, written at once: somebody has just said what they are, so no budget stops them.

    The notes on the changes as they were written are told before the sentences on the write; without any change there
    is nothing to tell.

    Raises:
        CellRefused: a cell is merged with others.
    """
    changeset, made = planned(loaded, changes, command)
    if made.left_out:
        raise CellRefused(place=made.left_out[0].place, reason=made.left_out[0].reason)
    done = written(loaded, changeset, made, budget=False) if len(made.applied) else Written((Message(NOTHING),))
    applied = made.applied if done.applied is None else done.applied
    judged = Judgement(command, first=tuple(notes(applied)) if len(applied) else ())
    return shown(loaded, told(loaded, judged, applied, done), by_cell=True)


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
    untouched = kept.receipt.parts.untouched
    rest = Message(_REST, {"count": untouched}) if untouched else Message(_REST_OF_TEXT)
    return Message(_WRITTEN, {"number": kept.version.number, "sheets": chained(parts, N_("; ")), "rest": rest})


def receipt_facts(kept: Kept) -> Mapping[str, Any]:
    """The receipt for programs: digests of the book, and of each part that was written, before and after."""
    done = kept.receipt
    return {
        "version": kept.version.number,
        "id": kept.version.id,
        "before": kept.loaded.book.source.sha256,
        "after": kept.version.sha256,
        "sheets": {name: dataclasses.asdict(each) for name, each in done.sheets.items()},
        "parts": [dataclasses.asdict(each) for each in done.parts.changed],
        "untouched": done.parts.untouched,
    }


def as_written(kept: Kept) -> Written:
    """A write with its receipt, and what could not be carried along."""
    return Written((receipt(kept), *kept.receipt.notes), kept.version.id, receipt_facts(kept), kept.applied)


def _new_columns(loaded: Loaded, applied: Changes) -> Iterable[Message]:
    """One sentence for the sheets that get the same columns."""
    sheets: dict[str, dict[str, None]] = {}
    columns = (applied.column(name) for name in ("kind", "table", "sheet", "after"))
    for kind, table, sheet, after in zip(*columns, strict=True):
        if kind == "column":
            sheets.setdefault(str(after), {})[sheet or loaded.sheets.get(table, table)] = None
    labels: dict[tuple[str, ...], list[Text]] = {}
    for label, having in sheets.items():
        labels.setdefault(tuple(having), []).append(label)
    for names, texts in labels.items():
        yield Message(_ADDED, {"table": chained(names, N_(", ")), "labels": chained(texts, N_(", "))})


def found(loaded: Loaded, findings: Findings) -> tuple[Text, ...]:
    """How much is wrong, in a sentence, and in another what can become of the damaged values."""
    rows = row_count(loaded)
    by = findings.counts("severity")
    if not by[Severity.error] and not by[Severity.warning] and not by[Severity.info]:
        return (Message(_CLEAN, {"rows": rows}),)
    facts = {"rows": rows, "errors": by[Severity.error], "warnings": by[Severity.warning], "notes": by[Severity.info]}
    return Message(_FOUND, facts), *recovery.sentence(findings)


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

        number = history_of(loaded.newest).versions()[-1].number
        raise WrittenUntold(number=number, kind=type(error).__name__, detail=str(error)) from error


def _as_seen(loaded: Loaded, outcome: Outcome, *, listed: int | None, by_cell: bool) -> Outcome:
    masked = outcome if loaded.request.reveal else mask(outcome, loaded.schema)
    findings = places.placed(masked.findings, loaded.book)
    found_sections = problems.sections(findings, rule_cards())
    if listed != 0:
        found_sections += places.sections(findings, listed)
    found_sections += recovery.sections(masked.findings, loaded.book, loaded.schema)
    changed = (
        edits.cell_sections(masked.changes, loaded.book, loaded.schema, written=bool(outcome.receipt))
        if by_cell
        else edits.sections(masked.changes, loaded.schema)
    )
    return dataclasses.replace(masked, findings=findings, sections=(*masked.sections, *found_sections, *changed))
