"""Unmerge: a customer that was merged into another is one of its own again, with what the merge took from it."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crmsheet.app.customers import called, customers_of, pick
from crmsheet.app.keeping import put
from crmsheet.app.merge_history import Merges, Told, children, merges_of
from crmsheet.app.opening import Loaded
from crmsheet.app.outcomes import Written, receipt, receipt_facts
from crmsheet.app.pair_decisions import decide, decisions_path, home
from crmsheet.app.redo import who_and_when
from crmsheet.app.request import Request
from crmsheet.app.reversing import UNMERGE, Seen, by_record, known_versions, on_the_book, outcome_of
from crmsheet.app.states import BookState
from crmsheet.app.versions import history_of
from crmsheet.change.columns import DOUBLED, rows_by_key
from crmsheet.change.planning import Conflict, Plan, plan
from crmsheet.clean.columns import clean_table
from crmsheet.core.book import Table
from crmsheet.core.changes import Change, Changes, ChangeSet
from crmsheet.core.errors import CustomerUnknown, CustomerUnmerged, CustomerUnsure, HistoryDamaged, WriteFailed
from crmsheet.core.messages import N_, Message, Text, chained
from crmsheet.core.outcome import Outcome, Section
from crmsheet.core.schema import Schema
from crmsheet.match.decisions import DIFFERENT, Decision, survivor_of, where_merged
from crmsheet.match.golden import RETIREMENT
from crmsheet.match.moving import cell_of
from crmsheet.match.unmerging import Part, parts, revived, taken_apart
from crmsheet.report.words import label

_SHOWN = 20

_WOULD = N_(
    "The file was not changed: with --write, {loser} is a customer of its own again; version {number} "
    "({command}, {at}) had merged it into {winner}."
)
_DONE = N_("{loser} is a customer of its own again; version {number} ({command}, {at}) had merged it into {winner}.")
_WOULD_BARE = N_("The file was not changed: with --write, {loser} is a customer of its own again, apart from {winner}.")
_DONE_BARE = N_("{loser} is a customer of its own again, apart from {winner}.")
_UNTOLD = N_(
    "No version of the history tells what that merge did: only the row of {loser} comes back. What {winner} took over "
    "from it stays, and so do records that were moved; `crmsheet show {key}` lists them."
)
_BY_WAY = N_("It got there by way of {names}.")
_NOT_ONE = N_("Nothing was written.")
_MOVED = N_("Records that go back to {loser}: {counts}.")
_COUNT = N_("{table} {count:,}")
_DECIDED = N_("{file} says now that {loser} and {winner} are different customers: no run merges them again.")
_UNDECIDED = N_(
    "{file} could not be written ({problem}), so the next run may merge them again: add the line "
    "different, {loser}, {winner} (with tabs between) by hand."
)
_SURVIVOR = N_("Merged into it were: {names}. Name one of these.")
_NEVER = N_("`crmsheet dedupe` shows who is there twice.")
_SEVERAL = N_("several merged records went into this cell, and the version before the merge is not there any more")
_STAYS = (
    N_("{count:,} change cannot be taken back for certain and stays; it is listed below."),
    N_("{count:,} changes cannot be taken back for certain and stay; they are listed below."),
)
_LATER = N_("New at {winner} since the merge: these stay there, and you decide whose they are")
_LATER_UNKNOWN = N_("Which records came to {winner} after the merge cannot be told: an older version is gone.")
_TABLE, _RECORD, _ROW = N_("Table"), N_("Record"), N_("Row")
_MORE = N_("{count:,} more")


@dataclass(frozen=True, slots=True)
class Undoing:
    """One customer that is to be taken out of another: who, how it got there, and the plan.

    `table` are the customers with what they were merged into; `whole` the version whose very bytes it comes to.
    """

    loaded: Loaded
    table: Table
    key: str
    row: int
    winner: str
    chain: tuple[Told, ...]
    made: Plan
    whole: Mapping[str, bytes] | None = None

    @property
    def facts(self) -> dict[str, Any]:
        """What the sentences name."""
        rows = rows_by_key(self.table)
        winner = rows.get(self.winner, DOUBLED)
        facts: dict[str, Any] = {
            "loser": called(self.table, self.row),
            "winner": called(self.table, winner) if winner != DOUBLED else self.winner,
            "key": self.winner,
        }
        return facts | dict(who_and_when(self.chain[0].version) if self.chain else {})


def unmerge(request: Request, text: str, *, write: bool) -> Outcome:
    """Takes a merge back for one customer, at any time: its row, its values in the other one, and its records.

    What was edited since stays and is listed; records that came later stay where they are. With `write` it is noted
    beside the book that the two are different.

    Raises:
        CustomerUnmerged: the customer was not merged.
        CustomerUnknown, CustomerAmbiguous, CustomerUnsure: the words do not name one customer.
        BookContinued: its format is only read.
    """
    return on_the_book(request, lambda loaded: separated(loaded, text, write=write), by_cell=True)


def separated(loaded: Loaded, text: str, *, write: bool) -> Seen:
    """The same in a loaded book; nothing is masked but conflicts."""
    versions = known_versions(loaded)
    table = _standing(loaded, customers_of(loaded))
    row = _picked(loaded, table, text)
    into = where_merged(table)
    merges = merges_of(loaded, table, versions, into)
    key = str(table.keys().at[row])
    winner = survivor_of(key, merges.living, into)
    undoing = _planned(merges, key, row, winner if winner != key else into.get(key, ""))
    done = _written(undoing) if write else _proposed(undoing)
    loaded, outcome = outcome_of(loaded, UNMERGE, undoing.made, done, _about(undoing), _STAYS)
    later = _later(merges, undoing)
    sections = (*outcome.sections, *later) if isinstance(later, tuple) else outcome.sections
    notes = outcome.notes if isinstance(later, tuple) else (*outcome.notes, later)
    return loaded, dataclasses.replace(outcome, sections=sections, notes=notes)


def _standing(loaded: Loaded, table: Table) -> Table:
    """The customers with the values that say who was merged into whom."""
    names = (table.key, *RETIREMENT)
    part = dataclasses.replace(table, columns={name: at for name, at in table.columns.items() if name in names})
    schema = loaded.schema.tables[table.name]
    values = clean_table(part, schema, loaded.context, retype_dates=not loaded.opened.dialects).table.values
    found = {name: values[name] for name in RETIREMENT if name in values}
    return dataclasses.replace(table, values=table.values.assign(**found))


def _picked(loaded: Loaded, table: Table, text: str) -> int:
    """The row of the merged customer that a text means."""
    rows = _merged_rows(table)
    part = dataclasses.replace(table, cells=table.cells.loc[rows], values=table.values.loc[rows])
    try:
        return pick(_with_customers(loaded, part), text, retired=True)
    except (CustomerUnknown, CustomerUnsure):
        row = pick(_with_customers(loaded, table), text, retired=True)
        into = where_merged(table)
        key = str(table.keys().at[row])
        mine = [called(table, each) for each in rows if into.get(str(table.keys().at[each])) == key]
        advice = Message(_SURVIVOR, {"names": chained(mine[:_SHOWN], N_("; "))}) if mine else Message(_NEVER)
        raise CustomerUnmerged(customer=called(table, row), advice=advice) from None


def _merged_rows(table: Table) -> list[int]:
    if "merged_into" not in table.values:
        return []
    into = table.values["merged_into"]
    status = table.values.get("record_status")
    there = into.notna() if status is None else into.notna() & (status == "merged").fillna(value=False)
    return [int(row) for row in into.index[there]]


def _with_customers(loaded: Loaded, table: Table) -> Loaded:
    return dataclasses.replace(
        loaded, book=dataclasses.replace(loaded.book, tables={**loaded.book.tables, table.name: table})
    )


# What is to be done ---------------------------------------------------------------------------------------------------


def _planned(merges: Merges, key: str, row: int, winner: str) -> Undoing:
    loaded, table = merges.loaded, merges.table
    chain = merges.chain(key)
    status = {name: cell_of(table, row, name) for name in RETIREMENT if name in table.columns}
    if not chain:
        change = revived(table.name, key, status, {}, {"loser": key, "winner": winner})
        made = plan(loaded.book, ChangeSet("", UNMERGE, Changes.of([change])))
        return Undoing(loaded, table, key, row, winner, chain, made)
    told = {each.step.loser: each for each in chain}
    path = [each.step for each in chain]
    merged = frozenset(merges.into)
    found = list(parts(path, merged, lambda step, losers, other: merges.redone(told[step.loser], losers, other)))
    schema = loaded.schema.tables[table.name]
    changes = taken_apart(path, found, table, schema, status, merges.steady(chain))
    made = by_record(loaded, chain[-1].version, changes).made
    unknown = tuple(_unknown(table, each) for each in found if not each.known)
    made = dataclasses.replace(made, conflicts=(*made.conflicts, *unknown))
    return Undoing(loaded, table, key, row, winner, chain, made, None if made.conflicts else _bytes(merges, chain))


def _unknown(table: Table, part: Part) -> Conflict:
    """A cell of which nobody can tell what in it came from the record."""
    row = rows_by_key(table).get(part.step.winner, DOUBLED)
    found = cell_of(table, row, part.field) if row != DOUBLED else None
    place = str(table.ref(row, part.field)) if row != DOUBLED else part.step.winner
    change = Change("set", table.name, part.step.winner, row, "", part.field, part.held, None)
    return Conflict(change, Message(_SEVERAL), found, place, part.field)


def _bytes(merges: Merges, chain: Sequence[Told]) -> Mapping[str, bytes] | None:
    """The files before the merge, where the book is the version that made it, and it did nothing else."""
    told = chain[0]
    if len(chain) > 1 or told.version.sha256 != merges.loaded.book.source.sha256 or len(told.step.losers) > 1:
        return None
    kinds, tables = told.changes.column("kind"), told.changes.column("table")
    mine = len(told.step.golden) + len(told.step.moved) + 1
    columns = sum(kind == "column" and name == told.step.table for kind, name in zip(kinds, tables, strict=True))
    if mine + columns != len(told.changes) or columns > len(RETIREMENT):
        return None
    try:
        restored = history_of(merges.loaded.path).restore(told.version.parent)
    except HistoryDamaged:
        return None
    return restored.files if restored.exact else None


# What is said and written --------------------------------------------------------------------------------------------


def _about(undoing: Undoing) -> tuple[Text, ...]:
    """What else there is to say: what nobody can tell, the way, and the records that go back."""
    facts, notes = undoing.facts, list[Text]()
    if not undoing.chain:
        return (Message(_UNTOLD, facts),)
    if len(undoing.chain) > 1:
        names = [each.step.winner for each in undoing.chain[:-1]]
        notes.append(Message(_BY_WAY, {"names": chained(names, N_(", "))}))
    moved = Counter(
        table
        for kind, table, reason in zip(
            *(undoing.made.applied.column(n) for n in ("kind", "table", "field")), strict=True
        )
        if kind == "set" and table != "customers" and reason in ("customer_id", "customer_name")
    )
    if moved:
        schema = undoing.loaded.schema
        counts = [Message(_COUNT, {"table": label(schema, name), "count": count}) for name, count in moved.items()]
        notes.append(Message(_MOVED, {**facts, "counts": chained(counts, N_(", "))}))
    return tuple(notes)


def _proposed(undoing: Undoing) -> Written:
    if not len(undoing.made.applied):
        return Written((Message(_NOT_ONE),))
    return Written((Message(_WOULD if undoing.chain else _WOULD_BARE, undoing.facts),))


def _written(undoing: Undoing) -> Written:
    if not len(undoing.made.applied):
        return Written((Message(_NOT_ONE),))
    made = undoing.made if undoing.whole is None else dataclasses.replace(undoing.made, edits={})
    kept = put(undoing.loaded, UNMERGE, f"{undoing.key} {undoing.winner}", made, undoing.whole)
    done = Message(_DONE if undoing.chain else _DONE_BARE, undoing.facts)
    notes = (done, receipt(kept), *kept.receipt.notes) if undoing.whole is None else (done,)
    return Written((*notes, _decided(undoing)), kept.version.id, receipt_facts(kept))


def _decided(undoing: Undoing) -> Message:
    """Notes that the customer differs from those that it was merged into, and says so."""
    loaded = undoing.loaded
    others = dict.fromkeys((undoing.winner, *(each.step.winner for each in undoing.chain)))
    said = [
        Decision(undoing.key, each, DIFFERENT, loaded.context.actor, loaded.request.at) for each in reversed(others)
    ]
    facts = {"file": decisions_path(home(loaded)).name, "loser": undoing.key, "winner": undoing.winner}
    try:
        decide(home(loaded), said, loaded.book.lang, loaded.request.tell)
    except WriteFailed as error:  # the book is written by now
        return Message(_UNDECIDED, {**facts, "problem": error.message})
    return Message(_DECIDED, facts)


def _later(merges: Merges, undoing: Undoing) -> tuple[Section, ...] | Message:
    """The records that came to the other customer after the merge; a sentence where nobody can tell which."""
    chain, loaded = undoing.chain, merges.loaded
    if not chain:
        return ()
    now: dict[tuple[str, str], int] = children(BookState("", loaded), undoing.winner)
    back = {(name, key) for name, key in zip(*(undoing.made.applied.column(n) for n in ("table", "key")), strict=True)}
    if chain[-1].version.sha256 == loaded.book.source.sha256 and len(chain) == 1:
        return ()
    known: set[tuple[str, str]] = set()
    for number, told in enumerate(chain):
        state = merges.state(told.version)
        if state is None:
            return Message(_LATER_UNKNOWN, undoing.facts)
        there = set(children(state, told.step.winner))
        moved = {(each.table, each.key) for each in told.step.moved} if number else set()
        known = known - moved | (there - (moved - known))
    rows = [(name, key, row) for (name, key), row in now.items() if (name, key) not in known | back]
    return _section(loaded, rows, undoing.facts)


def _section(loaded: Loaded, rows: Sequence[tuple[str, str, int]], facts: Mapping[str, Any]) -> tuple[Section, ...]:
    if not rows:
        return ()
    schema: Schema = loaded.schema
    told = tuple((label(schema, name), key, loaded.book.tables[name].row_name(row)) for name, key, row in rows[:_SHOWN])
    note = Message(_MORE, {"count": len(rows) - _SHOWN}) if len(rows) > _SHOWN else None
    titles = tuple(map(Message, (_TABLE, _RECORD, _ROW)))
    return (Section(Message(_LATER, facts), titles, told, note, name="later"),)
