"""Changes that do not fit the book any more, each with what stands there instead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from crmsheet.change.planning import Conflict
from crmsheet.core.messages import N_, Message, cell_words, chained
from crmsheet.core.outcome import Section
from crmsheet.core.schema import Field, Schema
from crmsheet.report.record import Hide
from crmsheet.report.words import label

_TITLE = N_("Conflicts")
_PLACE = N_("Place")
_REASON = N_("Reason")
_FIELD = N_("Column")
_BASE, _OURS, _THEIRS = N_("Expected"), N_("Stands there"), N_("Would become")
_FURTHER = N_("{count:,} more conflicts")
_BESIDE = N_(" · ")
_MOST = 6
"""Cells of a record that a conflict shows."""


def sections(found: Iterable[Conflict], schema: Schema, hide: Hide, top: int = 20) -> tuple[Section, ...]:
    """One row per conflict: what the change expects (base), what stands there (ours) and what it wants (theirs).

    None without conflicts. `hide` makes of each value what the asker may see of it.
    """
    every = tuple(found)
    rows = tuple(_row(each, schema, hide) for each in every[:top])
    note = Message(_FURTHER, {"count": len(every) - top}) if len(every) > top else None
    titles = tuple(map(Message, (_PLACE, _FIELD, _REASON, _BASE, _OURS, _THEIRS)))
    return (Section(Message(_TITLE), titles, rows, note, name="conflicts"),) if rows else ()


def _row(conflict: Conflict, schema: Schema, hide: Hide) -> tuple[Any, ...]:
    change, name = conflict.change, conflict.field
    named = label(schema, change.table, name) if name else None
    values: tuple[Any, ...] = (change.before, conflict.found, change.after)
    if change.kind != "column":  # a header is nobody's secret
        values = tuple(_shown(each, schema, change.table, name, hide) for each in values)
    return (conflict.place, named, conflict.reason, *values)


def _shown(value: Any, schema: Schema, table: str, name: str, hide: Hide) -> Any:
    """A cell, or the cells of a row, as the asker may see them."""
    if isinstance(value, Mapping):
        if name:
            return _shown(value.get(name), schema, table, name, hide)
        held = [(field, each) for field, each in value.items() if each not in (None, "")]
        return chained([_shown(each, schema, table, field, hide) for field, each in held[:_MOST]], _BESIDE)
    # In words, so that a number in a column without a field is hidden as one in a text is.
    return hide(cell_words(value), field_of(schema, table, name)) if value not in (None, "") else None


def field_of(schema: Schema, table: str, name: str) -> Field:
    """The field of a column; of one that the schema does not know, one that hides what looks private."""
    known = schema.tables.get(table)
    base = name.partition("#")[0]
    return known[base] if known is not None and base in known else Field("", {})
