"""What theirs did to one table, done again in ours: cell by cell, record by record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from crmsheet.change import pairing
from crmsheet.change.collision import Collision
from crmsheet.change.placing import part_for
from crmsheet.change.sides import Side, moved, same
from crmsheet.change.standing import STATUS
from crmsheet.change.uniting import is_computed, united
from crmsheet.core.book import PART_ROWS
from crmsheet.core.cells import Formula, same_cell
from crmsheet.core.changes import Change
from crmsheet.core.messages import N_, Message
from crmsheet.core.schema import Field, TableSchema

_BOTH = N_("both sides changed this cell")
_NEW = N_("both sides added this record, with different values")
_FORMULA = N_("ours holds a formula here, theirs a value")
_NO_COLUMN = N_("ours removed this column, theirs wrote into it")
_IN_USE = N_("theirs removed this column, ours wrote into it")
_HEADER = N_("both sides gave this column another header")
_OURS_GONE = N_("ours removed this record, theirs changed it")
_THEIRS_GONE = N_("theirs removed this record, ours changed it")
_TWO_ROWS = N_("several rows have this key, so it is not certain which one theirs changed")
_RETIRED = N_("theirs retired this record, ours changed it")
_WAS_RETIRED = N_("ours retired this record, theirs changed it")


@dataclass
class Replay:
    """One table in its three states, and what the merge makes of it so far: changes against ours, and collisions.

    `here` and `there` are the rows of the base in ours and in theirs; `loose` tells that one of the books is text only;
    `settled` are cells of theirs that went into others, or that the next run of crmsheet computes.
    """

    known: TableSchema | None
    base: Side
    mine: Side
    other: Side
    loose: bool = False
    changes: list[Change] = field(default_factory=list)
    collisions: list[Collision] = field(default_factory=list)
    settled: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.name = self.mine.table.name
        self.here, self.there, self.rekeyed = pairing.paired(self.base, self.mine, self.other)
        self._told: set[tuple[int, str]] = set()
        self._appended: dict[int, int] = {}
        self._again: Mapping[int, int] = {}

    @cached_property
    def added(self) -> list[int]:
        """The rows that theirs added."""
        known = frozenset(self.there.values())
        return [row for row in self.other.places if row not in known and self.other.held(row)]

    @cached_property
    def new(self) -> list[int]:
        """The rows that ours added."""
        known = frozenset(self.here.values())
        return [row for row in self.mine.places if row not in known]

    @cached_property
    def twins(self) -> Mapping[int, int]:
        """Row of theirs -> row of ours, for new records of both that are the same one."""
        return pairing.twins(self.other, self.added, self.mine, self.new) if self.added else {}

    def merged_before(self, rows: Sequence[int]) -> Mapping[int, int]:
        """Row of theirs -> row of ours that holds the same under another key, as an earlier merge has left it."""
        names = [name for name in self.other.names if name != self.other.table.key]
        found = pairing.same_rows(self.other, rows, self.mine, self.new, names)
        self._again = found
        return found

    # What theirs did, one change after the other ------------------------------------------------------------------

    def set(self, change: Change) -> None:
        """A cell that theirs changed."""
        row = self._row(change)
        if row is None:
            return
        if change.field in STATUS:
            self.status(change, {change.field: change.after})
        else:
            self._judge_retired(change, row)
            self.cell(change.field, change.row, row, self.there[change.row], change.after)

    def cell(self, name: str, base: int, row: int, other: int, after: Any) -> None:
        """A cell of ours that theirs has otherwise; row 0 of the base stands for a record that was not in it."""
        if name not in self.mine.names and name in self.base.names:
            if not same_cell(after, None):
                self._collide(name, base, row, after, _NO_COLUMN)
            return
        mine, was = self.mine.cell(row, name), self.base.cell(base, name) if base else None
        if same(self.mine, row, mine, self.other, other, after, loose=self.loose):
            return
        if same(self.mine, row, mine, self.base, base, was, loose=self.loose):
            if isinstance(mine, Formula) and not isinstance(after, Formula) and not same_cell(after, None):
                self._collide(name, base, row, after, _FORMULA)
            else:
                self._write(row, name, mine, moved(after, other, row))
            return
        simple = not any(isinstance(each, Formula) for each in (mine, was, after))
        found = united(self.field(name), was, mine, after) if simple else None
        if found is None:
            self._collide(name, base, row, after, _BOTH if base else _NEW)
            return
        self.settled.append(after)
        if not same_cell(found.cell, mine):
            self._write(row, name, mine, found.cell)

    def status(self, change: Change, after: Mapping[str, Any]) -> None:
        """A record of theirs that was retired or came back: `after` are its cells that say so."""
        row = self._row(change)
        if row is None or all(same_cell(self.mine.cell(row, name), cell) for name, cell in after.items()):
            return
        moved_on = any(not same_cell(self.mine.cell(row, name), self.base.cell(change.row, name)) for name in after)
        why = _BOTH if moved_on else _RETIRED if self._is_edited(change.row, row) else ""
        for name, cell in after.items() if why else ():
            self._collide(name, change.row, row, cell, why)
        if why:
            return
        if change.kind == "set":
            self._write(row, change.field, self.mine.cell(row, change.field), change.after)
        else:
            held = {name: self.mine.cell(row, name) for name in after}
            self.changes.append(Change(change.kind, self.name, self.mine.keys[row], row, before=held, after=after))

    def _judge_retired(self, change: Change, row: int) -> None:
        """Tells once that theirs changed a record which ours has retired."""
        status = STATUS[0]
        if status not in self.mine.names or is_computed(self.field(change.field)):
            return
        mine, was = self.mine.cell(row, status), self.base.cell(change.row, status)
        theirs = self.other.cell(self.there[change.row], status)
        if not same_cell(mine, was) and not same_cell(mine, None) and same_cell(theirs, was):
            self._collide(status, change.row, row, theirs, _WAS_RETIRED)

    def remove(self, change: Change) -> None:
        """A record that theirs removed."""
        row = self.here.get(change.row)
        if row is None:
            if self._is_doubled(change.row):
                self.collide_record(change.row, None, _TWO_ROWS)
        elif self._is_edited(change.row, row):
            self.collide_record(change.row, row, _THEIRS_GONE)
        else:
            self.changes.append(Change("remove", self.name, self.mine.keys[row], row, before=self.mine.held(row)))

    def add(self, row: int, key: str, cells: Mapping[str, Any]) -> None:
        """A record that theirs added, under the key that it is to have; one that ours added too goes in once."""
        twin = self.twins.get(row) if key == self.other.keys[row] else self._again.get(row)
        if twin is not None:
            for name, cell in cells.items():
                self.cell(name, 0, twin, row, cell)
            return
        formulas = any(isinstance(cell, Formula) for cell in cells.values())
        landing = self._landing(cells)
        values = {name: moved(cell, row, landing) for name, cell in cells.items()} if formulas else cells
        lost = [name for name in cells if name in self.base.names and name not in self.mine.names]
        for name in lost:
            place = key or self.other.place(row, name)
            found = Collision(self.name, key, name, None, None, cells[name], Message(_NO_COLUMN), place)
            self.collisions.append(found)
        kept = {name: cell for name, cell in values.items() if name not in lost}
        self.changes.append(Change("add", self.name, "" if key in self.mine.rows else key, after=kept))

    def column(self, change: Change) -> None:
        """A column that theirs added, or gave another header."""
        letters, at = self.mine.names.get(change.field), self.mine.table.header_row
        if letters is None:
            if change.before is None:
                self.changes.append(Change("column", self.name, "", at, "", change.field, None, change.after))
            return
        mine = self.mine.header(change.field)
        if change.before is None or mine == change.after:
            return
        if mine == change.before:
            self.changes.append(Change("column", self.name, "", at, letters, change.field, mine, change.after))
        else:
            place = self.mine.place(at, change.field)
            told = (change.before, mine, change.after)
            self.collisions.append(Collision(self.name, "", change.field, *told, Message(_HEADER), place))

    def drop(self, change: Change) -> None:
        """A column that theirs removed; where ours wrote into it, all of it stays."""
        name = change.field
        if name not in self.mine.names:
            return
        at, mine = self.mine.table.header_row, self.mine.header(name)
        back = {row: base for base, row in self.here.items()}
        held = {row: cell for row in self.mine.places if not same_cell(cell := self.mine.cell(row, name), None)}
        used = mine != change.before or any(not self._is_as_before(name, back.get(row), row) for row in held)
        if used:
            place = self.mine.place(at, name)
            found = Collision(self.name, "", name, change.before, mine, None, Message(_IN_USE), place)
            self.collisions.append(found)
            return
        removed = {each.row for each in self.changes if each.kind == "remove"}
        for row, cell in held.items():
            if row not in removed:
                self._write(row, name, cell, None)
        letters = self.mine.names[name]
        self.changes.append(Change("column", self.name, "", at, letters, name, mine, None))

    # What the three sides say ------------------------------------------------------------------------------------

    def field(self, name: str) -> Field | None:
        """The field of a column; of a numbered one that which it repeats."""
        return self.known.by_name.get(name.partition("#")[0]) if self.known else None

    def _row(self, change: Change) -> int | None:
        """The row of ours that a change of theirs is about; a collision is told where there is none."""
        row = self.here.get(change.row)
        if row is None and not is_computed(self.field(change.field)):
            self.collide_record(change.row, None, _TWO_ROWS if self._is_doubled(change.row) else _OURS_GONE)
        elif row is None:
            self.settled.append(change.after)
        return row

    def _is_doubled(self, base: int) -> bool:
        """Whether the key of a record does not tell its row in ours."""
        key = self.base.keys[base]
        return bool(key) and key in self.mine.rows

    def _is_as_before(self, name: str, base: int | None, row: int) -> bool:
        if base is None:
            return False
        return same(self.base, base, self.base.cell(base, name), self.mine, row, self.mine.cell(row, name))

    def _is_edited(self, base: int, row: int) -> bool:
        """Whether ours changed a record, but for what crmsheet computes."""
        names = (name for name in self.mine.names if not is_computed(self.field(name)))
        return any(not self._is_as_before(name, base, row) for name in names)

    def _landing(self, cells: Mapping[str, Any]) -> int:
        """The row that the next added record gets, as planning will have it."""
        table = self.mine.table
        number = part_for(table, cells)
        part = table.parts[number]
        single = max(self.mine.places, default=table.header_row)
        last = max(part.last_row, part.header_row) if table.joined else single
        self._appended[number] = self._appended.get(number, 0) + 1
        return number * PART_ROWS + last + self._appended[number]

    # What comes of it --------------------------------------------------------------------------------------------

    def _write(self, row: int, name: str, before: Any, after: Any) -> None:
        known = self.field(name)
        effect = "derived" if known is not None and known.derived else "meaning"
        letters, key = self.mine.names.get(name, ""), self.mine.keys[row]
        self.changes.append(Change("set", self.name, key, row, letters, name, before, after, effect=effect))

    def _collide(self, name: str, base: int, row: int, theirs: Any, why: str) -> None:
        if (row, name) not in self._told:
            self._told.add((row, name))
            was = self.base.cell(base, name) if base else None
            told = (was, self.mine.cell(row, name), theirs)
            place = self.mine.place(row, name)
            self.collisions.append(Collision(self.name, self.mine.keys[row], name, *told, Message(why), place))

    def collide_record(self, base: int, row: int | None, why: str) -> None:
        """Tells once that somebody has to decide about a whole record of the base."""
        if (base, "") not in self._told:
            self._told.add((base, ""))
            key, mine = self.base.keys[base], self.mine.held(row) if row else None
            theirs = self.other.held(self.there[base]) if base in self.there else None
            place = self.mine.place(row) if row else key or self.base.place(base)
            found = Collision(self.name, key, "", self.base.held(base), mine, theirs, Message(why), place)
            self.collisions.append(found)
