"""What changed between two states of a book: table by table, cell by cell, or as sheets with marks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crmsheet.change.beside import Beside
from crmsheet.change.columns import column_names
from crmsheet.change.likeness import looks_alike
from crmsheet.core.book import Book, Table
from crmsheet.core.cells import CellError, Formula, same_cell, visible
from crmsheet.core.changes import Changes
from crmsheet.core.messages import N_, Message, Text, cell_words, chained
from crmsheet.core.outcome import Section
from crmsheet.core.schema import Schema
from crmsheet.report.words import label

_TITLE, _CELLS = N_("What changed"), N_("{table}: every change")
_TABLE, _FIELD, _WHAT, _COUNT, _EXAMPLE = N_("Table"), N_("Column"), N_("What"), N_("Changes"), N_("For example")
_RECORD, _PLACE, _BEFORE, _NOW = N_("The record"), N_("Place"), N_("Before"), N_("Now")
_SHEETS, _SHEET, _BESIDE = N_("Sheets that came, went or were renamed"), N_("Sheet"), N_("Cells beside the tables")
_RENAMED, _SHEET_ADDED, _SHEET_GONE = N_("renamed to {sheet}"), N_("added, {rows:,} rows"), N_("removed, {rows:,} rows")
_BECOMES, _WAS, _IS = N_("{record}: {before} → {after}"), N_("{record}: {before}"), N_("{record}: {after}")
_HEADERS = N_("{before} → {after}")
_ROW, _SHEET_ROW = N_("row {row}"), N_("{sheet}, row {row}")
_TYPED = N_("{value} ({kind})")
_MORE = N_("{count:,} more; `-f json` lists them all")
BETWEEN = N_(" · ")
_FIRST = 6
"""Cells of a record that is new or gone which are shown."""

WHAT: Mapping[str, str] = {
    "column added": N_("column added"),
    "column removed": N_("column removed"),
    "renamed": N_("header renamed"),
    "add": N_("records added"),
    "remove": N_("records removed"),
    "set": N_("changed"),
    "filled": N_("filled in"),
    "emptied": N_("emptied"),
    "type": N_("another kind of value"),
}
"""What a change is; columns come first, since all see them."""
_ONE = {"add": N_("record added"), "remove": N_("record removed")}
_ORDER = tuple(WHAT)
_TYPES: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (Formula, N_("formula")),
    (str, N_("text")),
    (bool, N_("true or false")),
    ((int, float), N_("number")),
    ((dt.date, dt.time, dt.timedelta), N_("date")),
    (CellError, N_("error")),
)


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of two books: changes as the asker may see them, in the tables of both.

    Of each change there are besides: what it is (see `kinds`), its row in the new table, and for another kind of value
    the two kinds.
    """

    changes: Changes
    kinds: Sequence[str]
    rows: Sequence[int]
    types: Mapping[int, tuple[str, str]]
    old: Book
    new: Book
    schema: Schema

    def tables(self, name: str) -> tuple[Table, Table]:
        """The two states of a table."""
        return self.old.tables[name], self.new.tables[name]


def kinds(changes: Changes) -> list[str]:
    """What each change is, by `WHAT`; '' for cells of a column that came or went as a whole. Nothing may be masked."""
    columns = [changes.column(name) for name in ("kind", "table", "field", "before", "after")]
    whole = {
        (table, field): "column added" if after is not None else "column removed"
        for kind, table, field, before, after in zip(*columns, strict=True)
        if kind == "column" and (before is None or after is None)
    }
    found = []
    for kind, table, field, before, after in zip(*columns, strict=True):
        if kind == "column":
            found.append(whole.get((table, field), "renamed"))
        elif kind == "set":
            found.append("" if (table, field) in whole else _of_cell(before, after))
        else:
            found.append(kind)
    return found


def types(changes: Changes, found: Sequence[str]) -> dict[int, tuple[str, str]]:
    """Place of a change to another kind of value -> the two kinds, as templates. Nothing may be masked."""
    befores, afters = changes.column("before"), changes.column("after")
    return {at: (_type(befores[at]), _type(afters[at])) for at, kind in enumerate(found) if kind == "type"}


def _of_cell(before: Any, after: Any) -> str:
    if same_cell(before, None):
        return "filled"
    if same_cell(after, None):
        return "emptied"
    if type(before) is type(after) or _type(before) == _type(after):
        return "set"
    alike = looks_alike(before, after) or same_cell(visible(before), visible(after))
    return "type" if alike else "set"


def _type(value: Any) -> str:
    return next((name for kind, name in _TYPES if isinstance(value, kind)), "")


def summary(told: Told, top: int = 40) -> tuple[Section, ...]:
    """One row per table, column and kind of change: how many, and the first of them."""
    names = (told.changes.column("table"), told.changes.column("field"), told.kinds)
    groups: dict[tuple[str, str, str], list[int]] = {}
    for at, (table, field, kind) in enumerate(zip(*names, strict=True)):
        if kind:
            groups.setdefault((table, field, kind), []).append(at)
    if not groups:
        return ()
    places = {name: at for at, name in enumerate(told.new.tables)}
    order = sorted(groups, key=lambda group: (places[group[0]], _ORDER.index(group[2]), -len(groups[group])))
    rows = tuple(_group(told, group, groups[group]) for group in order[:top])
    rest = sum(len(groups[group]) for group in order[top:])
    note = Message(_MORE, {"count": rest}) if rest else None
    titles = tuple(map(Message, (_TABLE, _FIELD, _WHAT, _COUNT, _EXAMPLE)))
    return (Section(Message(_TITLE), titles, rows, note, name="differences"),)


def _group(told: Told, group: tuple[str, str, str], places: Sequence[int]) -> tuple[Any, ...]:
    table, field, kind = group
    named = _field(told, table, field) if field else None
    return _table(told, table), named, Message(WHAT[kind]), len(places), _example(told, places[0], kind)


def _example(told: Told, at: int, kind: str) -> Text | None:
    before, after = _shown(told, at)
    if kind in ("column added", "column removed"):
        return None
    if kind == "renamed":
        return Message(_HEADERS, {"before": before, "after": after})
    facts = {"record": _record(told, at), "before": before, "after": after}
    return Message(_BECOMES if before is not None and after is not None else _IS if before is None else _WAS, facts)


def cells(told: Told, most: int | None = None) -> tuple[Section, ...]:
    """Every change, a section for each table: its record, its place as it is now, what stood and what stands there."""
    tables = told.changes.column("table")
    sections = []
    for name in told.new.tables:
        mine = [at for at, table in enumerate(tables) if table == name and told.kinds[at]]
        mine.sort(key=lambda at: (told.kinds[at] not in _ORDER[:3], told.rows[at] or told.changes.column("row")[at]))
        if mine:
            rows = tuple(_cell(told, at) for at in mine[:most])
            note = Message(_MORE, {"count": len(mine) - len(rows)}) if len(rows) < len(mine) else None
            titles = tuple(map(Message, (_RECORD, _PLACE, _FIELD, _BEFORE, _NOW)))
            title = Message(_CELLS, {"table": _table(told, name)})
            sections.append(Section(title, titles, rows, note, name="cells"))
    return tuple(sections)


def _cell(told: Told, at: int) -> tuple[Any, ...]:
    kind, field = told.kinds[at], told.changes.column("field")[at]
    before, after = _shown(told, at)
    what = Message(_ONE.get(kind) or WHAT[kind])
    if kind in ("column added", "column removed", "renamed"):
        return what, _place(told, at), _field(told, told.changes.column("table")[at], field), before, after
    named = what if kind in _ONE else _field(told, told.changes.column("table")[at], field)
    return _record(told, at), _place(told, at), named, before, after


def _shown(told: Told, at: int) -> tuple[Any, Any]:
    """What stood and what stands there; of a record its first cells, of another kind of value that kind too."""
    table = told.changes.column("table")[at]
    both = [told.changes.column(name)[at] for name in ("before", "after")]
    if at in told.types:
        both = [
            Message(_TYPED, {"value": cell_words(value), "kind": Message(kind)})
            for value, kind in zip(both, told.types[at], strict=True)
        ]
    before, after = (_cells_of(told, table, each) if isinstance(each, Mapping) else _worded(each) for each in both)
    return before, after


def _worded(value: Any) -> Any:
    """A cell as a section holds it; an empty one is None."""
    if value is None or value == "" or isinstance(value, Message):
        return value or None
    return value if isinstance(value, str) else cell_words(value)


def _cells_of(told: Told, table: str, record: Mapping[str, Any]) -> Text:
    key = told.new.tables[table].key
    held = [cell_words(value) for name, value in record.items() if name != key and not same_cell(value, None)]
    return chained([*held[:_FIRST], *(["…"] if len(held) > _FIRST else [])], BETWEEN)


def _record(told: Told, at: int) -> Text:
    """What a record is called: its key and its name where that is no secret, else its row."""
    changes, row = told.changes, told.rows[at]
    table = changes.column("table")[at]
    state = told.tables(table)[bool(row)]
    row = row or changes.column("row")[at]
    if not (key := changes.column("key")[at]):
        return Message(_ROW, {"row": state.row_name(row)})
    field = told.schema.tables[table].by_name.get("name")
    letters = state.columns.get("name", "")
    if field is None or field.sensitivity or letters not in state.cells or state.key == "name":
        return str(key)
    name = cell_words(visible(state.cells.at[row, letters]))
    return f"{key} {name}" if name else str(key)


def _place(told: Told, at: int) -> Text | None:
    """Where it stands in the new state, or stood in the old one."""
    table, name = told.changes.column("table")[at], told.changes.column("field")[at]
    old, new = told.tables(table)
    row, state = (told.rows[at], new) if told.rows[at] else (told.changes.column("row")[at], old)
    sheet, number, letters = state.place(row, column_names(state).get(name, ""))
    return f"{sheet}!{letters}{number}" if letters else Message(_SHEET_ROW, {"sheet": sheet, "row": number})


def _field(told: Told, table: str, name: str) -> Text:
    """What a column is called: by the header of the new state, else of the old one, else by its label."""
    for state in reversed(told.tables(table)):
        header = state.headers.get(column_names(state).get(name, ""))
        if header:
            return str(header)
    return label(told.schema, table, name)


def _table(told: Told, name: str) -> Text:
    """What a table is called: its sheet where it is one sheet, else its label."""
    title = told.new.tables[name].title
    return title if not told.new.tables[name].joined else label(told.schema, name)


def sheets(old: Book, new: Book) -> tuple[Section, ...]:
    """The sheets that came, went or were renamed; a single CSV file is no sheet of another name."""
    rows: list[tuple[Any, ...]] = []
    single = any(each.source.format == "csv" and len(each.tables) == 1 for each in (old, new))
    for name, table in old.tables.items():
        other = new.tables.get(name)
        if other is None:
            rows.append((table.title, Message(_SHEET_GONE, {"rows": len(table.cells)})))
        elif not (single or table.joined or other.joined or table.sheet == other.sheet):
            rows.append((table.sheet, Message(_RENAMED, {"sheet": other.sheet})))
    rows += [
        (table.title, Message(_SHEET_ADDED, {"rows": len(table.cells)}))
        for name, table in new.tables.items()
        if name not in old.tables
    ]
    titles = (Message(_SHEET), Message(_WHAT))
    return (Section(Message(_SHEETS), titles, tuple(rows), name="sheets"),) if rows else ()


def beside(found: Iterable[Beside], hide: Callable[[Any], Any], top: int = 40) -> tuple[Section, ...]:
    """The cells beside the tables that differ; `hide` makes of a cell what the asker may see of it."""
    every = list(found)
    rows = tuple(
        (f"{each.sheet}!{each.letters}{each.row}", _worded(hide(each.before)), _worded(hide(each.after)))
        for each in every[:top]
    )
    note = Message(_MORE, {"count": len(every) - top}) if len(every) > top else None
    titles = tuple(map(Message, (_PLACE, _BEFORE, _NOW)))
    return (Section(Message(_BESIDE), titles, rows, note, name="beside"),) if rows else ()
