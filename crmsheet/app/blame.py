"""Blame: who set each field of a record, when, in which version, and what stood there before."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from crmsheet.app.continuing import refuse_continued
from crmsheet.app.customers import is_link, pick
from crmsheet.app.opening import Loaded, load_book
from crmsheet.app.outcomes import shown
from crmsheet.app.request import Request
from crmsheet.app.show import hiding
from crmsheet.app.states import BookState, comparable, current_state
from crmsheet.app.version_changes import RAW, Told, compared, difference, read_changes, version_at, written_down
from crmsheet.app.versions import history_of
from crmsheet.book.saved_by import saved_by
from crmsheet.change.cell_json import encode
from crmsheet.change.columns import DOUBLED, column_names, rows_by_key
from crmsheet.change.grids import is_grid
from crmsheet.core.book import Table
from crmsheet.core.cells import column_number
from crmsheet.core.changes import Change, Changes
from crmsheet.core.errors import CustomerUnknown, HistoryDamaged, NothingBound, RecordUnknown, TextTooShort, UsageError
from crmsheet.core.folding import fold
from crmsheet.core.messages import N_, Message, Text, cell_words
from crmsheet.core.outcome import Outcome
from crmsheet.core.versions import Version
from crmsheet.history.gone import PRUNED
from crmsheet.history.reversals import line_of
from crmsheet.report import blames
from crmsheet.report.blames import Blamed, Event
from crmsheet.schema.free_tables import is_free
from crmsheet.schema.naming import named_field

COMMAND = "blame"
_NO_HISTORY = N_("The book has no history yet: the first write by crmsheet begins it, and nothing before is known.")
_RECORD = N_("{key} in {sheet}, row {row}.")
_GONE = N_("{key} is not in the book any more.")
_ADDED = N_("Added in version {number} ({who}, {at}).")
_THERE = N_("It was there already when the history begins (version {number}, {at}).")
_REMOVED = N_("Removed in version {number} ({who}, {at}).")
_PRUNED = N_("Version {number} was given up by `history prune`: what it changed shows in the version after it.")
_REDACTED = N_("In version {number} values were destroyed by redaction.")
_UNREADABLE = N_("What version {number} changed cannot be told: {reason}")
_GRID = b'!"'
"""How a name of a grid ends in what is written down."""
_SOMEBODY = Message(N_("edited by people"))


@dataclass(frozen=True, slots=True)
class _Step:
    """What one version changed; `version` is None for what is not recorded yet.

    `content` are its changes as they were written down: they are read only if they may be about the record.
    """

    version: Version | None
    told: Told | None = None
    content: bytes = b""

    @property
    def saved_by(self) -> str:
        """Who saved the file, as the file says."""
        return self.told.saved_by if self.told else ""

    def changes(self, key: str = "") -> Changes:
        """What it changed, as far as it may be about a key."""
        if self.told is not None:
            return self.told.changes
        if self.version is None or (key and encode(key)[1:-1].encode() not in self.content):
            return Changes()
        return read_changes(self.version, self.content) or Changes()


def blame(
    request: Request, record: str, fields: Sequence[str] = (), *, keys: Sequence[str] = (), every: bool = False
) -> Outcome:
    """The fields of one record (by default all that ever held anything), each with its last change.

    `keys` name the columns that tell records apart, as for `diff`. A single field is told with every change of it.

    Raises:
        RecordUnknown, CustomerUnknown, CustomerAmbiguous: the words name no record, or several customers.
        FieldUnknown: the record has no such field.
    """
    (state,) = comparable((current_state(request),), keys)
    loaded = state.loaded
    refuse_continued(loaded)
    store, sha256 = history_of(loaded.path), loaded.book.source.sha256
    line = line_of(store.known(sha256), sha256)
    place = _standing(request, loaded, record)
    keys = keys or (_keys_of(loaded, place[0]) if place else ())
    steps, notes = _steps(loaded, line, keys)
    name, key = place or _removed(loaded, record, steps)
    table = loaded.book.tables[name]
    wanted = tuple(named_field(table, loaded.schema.tables[name], each) for each in fields)
    told = _followed(table, key, steps, wanted)
    damage = [each.message for each in store.damage()]
    outcome = dataclasses.replace(
        loaded.outcome(COMMAND),
        counts={"key": told.key, "versions": len(line), "changes": len(told.events)},
        notes=(*_said(table, told, line), *notes, *damage, *loaded.about),
        sections=blames.sections(told, loaded.schema, hiding(loaded), every=every or len(wanted) == 1),
    )
    return shown(loaded, outcome)


def _standing(request: Request, loaded: Loaded, record: str) -> tuple[str, str] | None:
    """Table and key of the record in the book that a text means: by its key, a customer by name too; None for none."""
    tables = sorted(loaded.book.tables.values(), key=lambda table: table.name != "customers")
    for same in (str, fold):
        for table in tables:
            for key in table.keys().tolist():
                if key and same(key) == same(record):
                    return table.name, key
    if "customers" not in loaded.book.tables:
        return None
    with suppress(CustomerUnknown, NothingBound, TextTooShort):
        row = pick(load_book(dataclasses.replace(request, book=loaded.path), is_link), record, retired=True)
        key = loaded.book.tables["customers"].keys().get(row, "")
        return ("customers", key) if key else None
    return None


def _removed(loaded: Loaded, record: str, steps: Iterable[_Step]) -> tuple[str, str]:
    """Table and key of a record that is not there any more.

    Raises:
        RecordUnknown: the history does not know it either.
    """
    for step in steps:
        changes = step.changes()
        for kind, table, key in zip(*(changes.column(each) for each in ("kind", "table", "key")), strict=True):
            if kind == "remove" and fold(key) == fold(record) and table in loaded.book.tables:
                return table, key
    raise RecordUnknown(key=record)


def _keys_of(loaded: Loaded, name: str) -> tuple[str, ...]:
    """What tells the records of a table apart where its own key does not: the same columns then do in all versions."""
    names = found.names if (found := loaded.book.tables[name].identity) else ()
    own = not is_free(loaded.schema, name) and names == (loaded.schema.tables[name].key,)
    return () if own or not names or any("," in each for each in names) else (",".join(names),)


def _steps(loaded: Loaded, line: Sequence[Version], keys: Sequence[str]) -> tuple[list[_Step], list[Text]]:
    """What each version changed, the newest first, and what there is to say of those that cannot tell."""
    steps: list[_Step] = []
    notes: list[Text] = []
    unsaved = bool(line) and all(each.sha256 != loaded.book.source.sha256 for each in line)
    written = {} if keys else written_down(loaded, line)
    for at, version in enumerate(line):
        facts = {"number": version.number}
        if version.gone:
            notes.append(Message(_PRUNED if version.gone == PRUNED else _REDACTED, facts))
        if version.gone == PRUNED:
            continue
        try:
            steps.insert(0, _step(loaded, line[:at], version, written.get(version.id), keys))
        except (HistoryDamaged, UsageError) as error:
            reason = error.facts.get("detail") or error.facts.get("problem")
            notes.append(Message(_UNREADABLE, {**facts, "reason": reason}))
    if unsaved and line:
        with suppress(HistoryDamaged, UsageError):
            changes = difference(version_at(loaded, line[-1]), BookState("", loaded), keys)
            steps.insert(0, _Step(None, Told(changes, saved_by(loaded.opened.files))))
    return steps, notes if line else [Message(_NO_HISTORY)]


def _step(
    loaded: Loaded, older: Sequence[Version], version: Version, content: bytes | None, keys: Sequence[str]
) -> _Step:
    """What a version changed; where the one before it is gone, all that changed since the last one that can be read.

    Raises:
        HistoryDamaged: it cannot be told.
    """
    there = [each for each in reversed(older) if each.gone != PRUNED]
    parent = next((each for each in there if each.id == version.parent), None)
    written = content is not None and _is_told(version, content)
    if written and (parent is not None or not there):
        return _Step(version, content=content or b"")
    nearest: list[Version | None] = [parent, *(each for each in there if each is not parent)] if parent else [*there]
    for old in nearest or [None]:
        try:
            return _Step(version, compared(loaded, old, version, keys))
        except HistoryDamaged as error:
            reason = error
    if not written:
        raise reason
    return _Step(version, content=content or b"")


def _is_told(version: Version, content: bytes) -> bool:
    """Whether what was written down can be read, and tells of records: not of bare places of sheets."""
    if version.command in RAW:
        return False
    if not version.gone and _GRID not in content:  # nearly all, and they need not be read for that
        return True
    changes = read_changes(version, content)
    return changes is not None and not any(map(is_grid, changes.column("table")))


def _followed(table: Table, key: str, steps: Sequence[_Step], wanted: Sequence[str]) -> Blamed:
    """The record of a key, followed back through all versions, also where it had another key."""
    row = rows_by_key(table).get(key, DOUBLED)
    names = dict(sorted(column_names(table).items(), key=lambda each: column_number(each[1])))
    now = {name: table.cells.at[row, letters] for name, letters in names.items()} if row else {}
    events: list[Event] = []
    at = key
    for step in steps:
        changes = step.changes(at)
        mine = _changes(changes, table.name, at, table.key)
        events += [event for change in reversed(mine) for event in _events(change, step)]
        at = _older_key(changes, mine, table, at)
    held = [name for name in names if now.get(name) not in (None, "")]
    fields = wanted or [
        name for name in (*names, *(each.field for each in events)) if name in {*held, *(each.field for each in events)}
    ]
    first = next((each for each in reversed(steps) if each.version), None)
    headers = {name: str(table.headers.get(letters) or "") for name, letters in names.items()}
    numbers = {step.version.id: step.version.number for step in steps if step.version}
    known = tuple(_proved(events, now, first))
    return Blamed(table.name, key, now, tuple(dict.fromkeys(fields)), known, headers, numbers)


def _changes(changes: Changes, table: str, key: str, key_field: str) -> list[Change]:
    """The changes of one record, those that gave it its key among them."""
    columns = (changes.column(each) for each in ("table", "key", "field", "after"))
    mine = [
        of == table
        and (known == key or (field == key_field and cell_words(after) == key and not isinstance(after, Mapping)))
        for of, known, field, after in zip(*columns, strict=True)
    ]
    return list(changes.where(mine))


def _events(change: Change, step: _Step) -> Iterator[Event]:
    if change.kind == "set":
        yield Event(change.field, change.before, change.after, step.version, step.saved_by)
    elif change.kind != "column":
        before, after = change.before or {}, change.after or {}
        whole = change.kind in ("add", "remove")
        for name in dict.fromkeys([*before, *after]):
            yield Event(name, before.get(name), after.get(name), step.version, step.saved_by, whole)


def _older_key(changes: Changes, mine: Iterable[Change], table: Table, key: str) -> str:
    """The key that a record had before a version: another one where it was renumbered.

    A record that went, and one with the same cells under another key that came, are one.
    """
    for each in mine:
        if each.kind == "set" and each.field == table.key and each.before not in (None, ""):
            return cell_words(each.before)
        if each.kind == "add":
            cells = _but(each.after, table.key)
            gone = (old for old in changes if old.kind == "remove" and old.table == table.name)
            return next((old.key for old in gone if old.key and _but(old.before, table.key) == cells), key)
    return key


def _but(cells: Mapping[str, Any], key: str) -> Mapping[str, str]:
    return {name: cell_words(value) for name, value in cells.items() if name != key}


def _proved(events: Iterable[Event], now: Mapping[str, Any], first: _Step | None) -> Iterator[Event]:
    """The events, the first version as the one that brought what was there already.

    One more stands where a value does not come from where it should: in a version in between that cannot be told.
    """
    left = dict(now)
    for each in events:
        known = left.get(each.field)
        if cell_words(known) != cell_words(each.after):
            yield Event(each.field, each.after, known, None, untold=True)
        left[each.field] = each.before
        yield each
    if first is not None:
        for name, value in left.items():
            if value not in (None, ""):
                yield Event(name, None, value, first.version, first.saved_by)


def _said(table: Table, told: Blamed, line: Sequence[Version]) -> Iterator[Text]:
    """Where the record stands, who added it, who removed it, and what it was called before."""
    row = rows_by_key(table).get(told.key, DOUBLED)
    facts = {"key": told.key, "sheet": table.title, "row": row}
    yield Message(_RECORD if row else _GONE, facts)
    whole = [each for each in told.events if each.whole and each.version]
    for each in {each.version.id: each for each in whole if each.version}.values():
        added = each.before in (None, "")
        who = blames.who(each) or _SOMEBODY
        at = {"number": each.version.number, "who": who, "at": blames.when(each.version)} if each.version else {}
        yield Message(_ADDED if added else _REMOVED, at)
    if line and not any(each.before in (None, "") for each in whole):
        yield Message(_THERE, {"number": line[0].number, "at": blames.when(line[0])})
