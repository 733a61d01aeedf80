"""Changes by table, field and effect, each with an example."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from crmsheet.change.placing import part_for
from crmsheet.core.book import Book, Table
from crmsheet.core.changes import Change, Changes
from crmsheet.core.messages import N_, Message, Text, cell_words
from crmsheet.core.outcome import Section
from crmsheet.core.schema import Schema
from crmsheet.report.words import label

_TITLE = N_("Changes")
_TABLE = N_("Table")
_FIELD = N_("Column")
_WHAT = N_("What")
_COUNT = N_("Changes")
_EXAMPLE = N_("For example")
_BECOMES = N_("row {row}: {before} → {after}")
_FURTHER = N_("{count:,} more changes; `-f json` lists them all")
_NEW = N_("row {row}: {after}")
_CELLS = N_("What was written")
_PLACE = N_("Place")
_ROW = N_("{sheet}, row {row}")
_BEFORE = N_("Before")
_NOW = N_("Now")
_WOULD = N_("What would be written")
_THEN = N_("Then")

KINDS: Mapping[tuple[str, str], str] = {
    ("set", "spelling"): N_("spelling"),
    ("set", "derived"): N_("computed value"),
    ("set", "meaning"): N_("changed value"),
    ("add", ""): N_("rows added"),
    ("remove", ""): N_("rows removed"),
    ("retire", ""): N_("rows retired"),
    ("revive", ""): N_("rows revived"),
    ("column", ""): N_("column added"),
    ("sheet", ""): N_("sheet added"),
    ("sheet", "gone"): N_("sheet removed"),
    ("guard", ""): N_("drop-down or check added"),
}
"""What a change does; `set` is told apart by its effect. Columns come first, since all see them."""

_ORDER = ("column", "sheet", "add", "retire", "revive", "remove", "set", "guard")


def sections(changes: Changes, schema: Schema, top: int = 12) -> tuple[Section, ...]:
    """One row per table, field and effect: how many, and the first of them; at most `top` rows, customers first.

    The example is a change as given: pass changes that the reader may see (`crmsheet.access.mask`).
    """
    counts: dict[tuple[str, str, str, str], int] = {}
    first: dict[tuple[str, str, str, str], int] = {}
    columns = (changes.column(name) for name in ("table", "field", "kind", "effect", "after"))
    for at, (table, field, kind, effect, after) in enumerate(zip(*columns, strict=True)):
        how = effect if kind == "set" else "gone" if kind == "sheet" and after is None else ""
        group = (table, field if kind in ("set", "column", "guard") else "", kind, how)
        counts[group] = counts.get(group, 0) + 1
        first.setdefault(group, at)
    if not counts:
        return ()
    order = sorted(counts, key=lambda group: (group[0] != "customers", _ORDER.index(group[2]), -counts[group], group))
    rows = tuple(_row(group, counts[group], _at(changes, first[group]), schema) for group in order[:top])
    rest = sum(counts[group] for group in order[top:])
    note = Message(_FURTHER, {"count": rest}) if rest else None
    titles = tuple(map(Message, (_TABLE, _FIELD, _WHAT, _COUNT, _EXAMPLE)))
    return (Section(Message(_TITLE), titles, rows, note, name="changes_by_field"),)


def cell_sections(
    changes: Changes, book: Book, schema: Schema, *, written: bool = True, top: int = 200
) -> tuple[Section, ...]:
    """One row per cell that was (or would be) written: where, in which column, what stood and what stands there.

    For the few cells of one record; at most `top`. Pass changes that the reader may see, as to `sections`.
    """
    rows: list[tuple[Any, ...]] = []
    added: dict[tuple[str, str], Any] = {}
    for change in changes:
        if change.kind == "column":
            added[change.table, change.field] = change.after
            continue
        table = book.tables[change.table]
        for name, (before, after) in _cells(change):
            if name == table.told_by_sheet:
                continue
            sheet, row, letters = _place(change, table, name)
            place: Text = f"{sheet}!{letters}{row}"
            if not letters:
                place = Message(_ROW, {"sheet": sheet, "row": row})
            header = table.headers.get(_letters(change, table, name)) or added.get((change.table, name))
            number = _is_number(schema, change.table, name)
            cells = [cell_words(each) or None for each in (before, after)] if number else [before, after]
            rows.append((place, header or label(schema, change.table, name), *cells))
    titles = tuple(map(Message, (_PLACE, _FIELD, _BEFORE, _NOW if written else _THEN)))
    note = Message(_FURTHER, {"count": len(rows) - top}) if len(rows) > top else None
    return (
        (Section(Message(_CELLS if written else _WOULD), titles, tuple(rows[:top]), note, name="cells"),)
        if rows
        else ()
    )


def _is_number(schema: Schema, table: str, name: str) -> bool:
    """Whether a field holds the numbers of records, which are no figures: 1041, and not 1,041."""
    known = schema.tables.get(table)
    return known is not None and name in known and known[name].kind in ("key", "reference")


def _place(change: Change, table: Table, name: str) -> tuple[str, int, str]:
    """Sheet, row and letters of a field that a planned change writes; no letters for a new column."""
    if not change.sheet:
        return table.sheet, change.row, _letters(change, table, name)
    if change.kind != "add":
        return change.sheet, change.row, change.column
    part = table.parts[part_for(table, change.after)]
    return change.sheet, change.row, part.letters_of(_letters(change, table, name))


def _letters(change: Change, table: Table, name: str) -> str:
    """The table's letters of a field, or of a column that is called so; '' for a new one."""
    known = table.columns.get(name) or next((at for at, header in table.headers.items() if header == name), "")
    return known or ("" if change.sheet else change.column)


def _cells(change: Change) -> Iterable[tuple[str, tuple[Any, Any]]]:
    """What stood and stands in the cells of a change, by field: one of a `set`, else those of a row."""
    if change.kind == "set":
        return [(change.field, (change.before, change.after))]
    before, after = change.before or {}, change.after or {}
    return [(name, (before.get(name), after.get(name))) for name in dict.fromkeys([*before, *after])]


def _row(group: tuple[str, str, str, str], count: int, example: Change, schema: Schema) -> tuple[Any, ...]:
    table, field, kind, effect = group
    named: Text | None = label(schema, table, field) if field else None
    what = Message(KINDS[kind, effect])
    return label(schema, table), named, what, count, _example(example) if kind in ("set", "column") else None


def _example(change: Change) -> Message | None:
    """What a change does to its cell; an empty cell is not shown, and nothing where a mask hides the difference."""
    if change.before == change.after:
        return None
    template = _NEW if change.before is None or change.before == "" else _BECOMES
    row = f"{change.sheet}!{change.row}" if change.sheet else change.row
    return Message(template, {"row": row, "before": change.before, "after": change.after})


def _at(changes: Changes, place: int) -> Change:
    """One change, without making records of the hundred thousand others."""
    names = Change.__dataclass_fields__
    return Change(**{name: changes.column(name)[place] for name in names})
