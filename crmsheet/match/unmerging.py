"""What a merge did for one of its records, as the history tells it, and the changes that take just that back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from crmsheet.change.columns import DOUBLED, rows_by_key
from crmsheet.core.book import Table
from crmsheet.core.cells import same_cell
from crmsheet.core.changes import Change, Changes
from crmsheet.core.folding import fold
from crmsheet.core.messages import N_
from crmsheet.core.schema import Field, TableSchema
from crmsheet.match.merging import GOLDEN
from crmsheet.match.survivorship import SEVERAL, pieces
from crmsheet.match.verdicts import SURE

BACK = N_("{loser} is a customer of its own again")
_OUT = N_("it came from {loser}, which is a customer of its own again")

Cells: TypeAlias = Mapping[str, Any]
"""Field -> cell."""


@dataclass(frozen=True, slots=True)
class MergeStep:
    """One merge of a record into another, as a version wrote it down.

    `losers`  all that went into the kept record in that version
    `status`  the cells of the retired record that said what it was before
    `golden`  field -> the change of the kept record's cell
    `moved`   the other changes that were made for this very record: references, names, marks
    """

    table: str
    loser: str
    winner: str
    losers: tuple[str, ...]
    status: Cells
    golden: Mapping[str, Change]
    moved: tuple[Change, ...]

    def went_into(self, field: str) -> tuple[str, ...]:
        """The records whose values went into a cell of the kept one."""
        facts = self.golden[field].arguments or {}
        return tuple(str(facts.get("loser", "")).split(", "))

    @property
    def before(self) -> Cells:
        """The cells of the kept record before, as far as they were changed."""
        return {name: each.before for name, each in self.golden.items()}

    @property
    def after(self) -> Cells:
        """Those cells as they were written."""
        return {name: each.after for name, each in self.golden.items()}


@dataclass(frozen=True, slots=True)
class Part:
    """What a record has in a cell of a kept one: the cell with it and without it; not `known` where nobody can tell."""

    step: MergeStep
    field: str
    held: Any
    without: Any
    known: bool = True


Redone: TypeAlias = Callable[[MergeStep, Sequence[str], Cells], "Cells | None"]
"""All cells of the kept record if only some records had been merged, of which the step's own held other cells.

None where the state before the merge is not to be had.
"""


def merge_step(changes: Changes, key: str) -> MergeStep | None:
    """What a version did to merge a record away; None where it did not."""
    columns = (changes.column(name) for name in ("kind", "rule", "table", "arguments"))
    retired = [
        (at, table, str(facts["loser"]), str(facts["winner"]))
        for at, (kind, rule, table, facts) in enumerate(zip(*columns, strict=True))
        if kind == "retire" and rule == SURE.code and facts and {"loser", "winner"} <= facts.keys()
    ]
    mine = next((each for each in retired if each[2] == key), None)
    if mine is None:
        return None
    at, table, _, winner = mine
    losers = tuple(loser for _, _, loser, into in retired if into == winner)
    golden: dict[str, Change] = {}
    moved: list[Change] = []
    for each in changes.where([rule == SURE.code for rule in changes.column("rule")]):
        if each.kind != "set":
            continue
        if each.reason == GOLDEN:
            if each.table == table and each.key == winner:
                golden[each.field] = each
        elif (each.arguments or {}).get("loser") == key:
            moved.append(each)
    return MergeStep(table, key, winner, losers, changes.column("before")[at] or {}, golden, tuple(moved))


def parts(path: Sequence[MergeStep], merged: frozenset[str], redone: Redone) -> Iterator[Part]:
    """What the first record of a chain of merges has in the cells of each record that it went into.

    `merged` are the keys that are still merged. A cell of several merged records is told by merging anew without this
    one.
    """
    below: dict[str, Part] = {}
    for number, step in enumerate(path):
        there = [each for each in step.losers if each in merged or each == step.loser]
        others = [each for each in there if each != step.loser]
        if number == 0 and not others and len(there) == len(step.losers):
            found = {name: Part(step, name, each.after, each.before) for name, each in step.golden.items()}
        elif number and not below:
            return
        else:
            found = _told(step, there, others, below if number else None, redone)
        yield from found.values()
        below = {name: each for name, each in found.items() if each.known and not same_cell(each.held, each.without)}


def _told(
    step: MergeStep, there: Sequence[str], others: Sequence[str], below: Mapping[str, Part] | None, redone: Redone
) -> dict[str, Part]:
    """The parts of a cell that several records went into, or that came by way of another record (`below`)."""
    lacking = {name: each.without for name, each in (below or {}).items()}
    whole = len(there) == len(step.losers)
    full, less, bare = redone(step, there, {}), redone(step, others if below is None else there, lacking), None
    if full is not None:
        bare = {**(redone(step, (), {}) or {}), **step.after} if whole else full
    found = {}
    for name in dict.fromkeys([*step.golden, *(full or {})]):
        if full is None or less is None or bare is None or not same_cell(full.get(name), bare.get(name)):
            part = _guessed(step, name, (below or {}).get(name), direct=below is None) if whole else None
        else:
            part = Part(step, name, full.get(name), less.get(name))
        if part is not None and not (part.known and same_cell(part.held, part.without)):
            found[name] = part
    return found


def _guessed(step: MergeStep, name: str, below: Part | None, *, direct: bool) -> Part | None:
    """The part as far as the change alone tells it; None where the record has none."""
    change = step.golden.get(name)
    if change is None or step.loser not in step.went_into(name):
        return None
    if direct:
        return Part(step, name, change.after, change.before, known=len(step.went_into(name)) == 1)
    if below is None:
        return None
    certain = same_cell(change.after, below.held) and same_cell(below.without, None)
    return Part(step, name, change.after, change.before, known=certain)


def taken_apart(
    path: Sequence[MergeStep],
    found: Sequence[Part],
    table: Table,
    schema: TableSchema,
    status: Cells,
    steady: Collection[tuple[str, int]] = (),
) -> Changes:
    """The changes that make the first record of a chain one of its own again, to be planned by keys.

    `status` are the cells that say today that it is retired; `steady` names tables and rows of records without keys
    that stood in the same place at each of the merges. A cell that was edited since is set back as far as what came
    from the record can be told in it; else the change expects what the merge wrote, and is a conflict.
    """
    first = path[0]
    facts = {"loser": first.loser, "winner": path[-1].winner}
    rows = rows_by_key(table)
    # A reference of a kept record's own row to this one goes back as such, whatever a later merge made of it.
    own = {(each.key, each.field) for each in first.moved if each.table == table.name}
    changes = [
        _set_back(each, table, rows, schema, facts)
        for each in found
        if each.known and (each.step.winner, each.field) not in own
    ]
    changes += [_returned(each, path[1:], facts, steady) for each in first.moved]
    return Changes.of([*changes, revived(first.table, first.loser, status, first.status, facts)])


def revived(table: str, key: str, status: Cells, before: Cells, facts: Mapping[str, Any]) -> Change:
    """The record comes back, with its row in sight; where nobody knows its status before, it gets none."""
    after = {name: before.get(name) for name in status}
    return Change("revive", table, key, before=status, after=after, reason=BACK, arguments=facts)


def _set_back(
    part: Part, table: Table, rows: Mapping[str, int], schema: TableSchema, facts: Mapping[str, Any]
) -> Change:
    name, key = part.field, part.step.winner
    row, letters = rows.get(key, DOUBLED), table.columns.get(name)
    before, after = part.held, part.without
    if row != DOUBLED and letters in table.cells.columns and name in schema:
        now = table.cells.at[row, letters]
        trimmed = without_added(schema[name], now, part.held, part.without)
        if trimmed is not None and not same_cell(now, before):
            before, after = now, trimmed
    return Change("set", table.name, key, 0, "", name, before, after, "", _OUT, facts)


def without_added(field: Field, now: Any, held: Any, without: Any) -> str | None:
    """An edited text without what a merge had added to it; None where that is not certain.

    Of the added parts each must stand there exactly once, or not at all; and at least one of them must.
    """
    if field.kind not in SEVERAL | {"text"} or not isinstance(now, str) or not isinstance(held, str):
        return None
    kept = set(map(fold, pieces(field, str(without or ""))[0]))
    added = set(map(fold, pieces(field, held)[0])) - kept - {""}
    texts, marks = pieces(field, now)
    folded = [fold(each) for each in texts]
    gone = {each for each in added if each not in folded}
    if gone == added or any(folded.count(each) > 1 for each in added) or any(each in "".join(folded) for each in gone):
        return None
    left = ""
    for number, (text, word) in enumerate(zip(texts, folded, strict=True)):
        if word not in added:
            left += (marks[number - 1] if left and number else "") + text
    return left


def _returned(
    change: Change, later: Sequence[MergeStep], facts: Mapping[str, Any], steady: Collection[tuple[str, int]]
) -> Change:
    """A reference that goes back, from where the last of the merges has left it."""
    held = change.after
    for step in later if change.key or (change.table, change.row) in steady else ():
        written = (*step.moved, *step.golden.values())
        held = next((each.after for each in written if _place(each) == _place(change)), held)
    row, sheet, column = (0, "", "") if change.key else (change.row, change.sheet, change.column)
    return Change(
        "set", change.table, change.key, row, column, change.field, held, change.before, "", BACK, facts, sheet=sheet
    )


def _place(change: Change) -> tuple[str, str, int, str]:
    """Where a change is: by key, and without one by row."""
    return change.table, change.key, 0 if change.key else change.row, change.field
