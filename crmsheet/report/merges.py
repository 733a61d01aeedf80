"""What merges do, as a page tells it: one row per value that comes or stays, and per table of records that move."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from crmsheet.core.messages import N_, Message, cell_words
from crmsheet.core.outcome import Section
from crmsheet.core.schema import Schema
from crmsheet.report.conflicts import field_of
from crmsheet.report.record import Hide
from crmsheet.report.words import label

if TYPE_CHECKING:
    from crmsheet.match.merge_lines import MergeLine

_TITLE = N_("What the merges do")
_KEPT, _FROM, _WHAT = N_("Kept"), N_("From"), N_("Column")
_HAD, _GETS, _WHY = N_("It had"), N_("It gets"), N_("Why")
_MOVES = N_("{count:,} record moves"), N_("{count:,} records move")
_LEFT = N_("{value} stays in the retired row alone")
_FURTHER = N_("{count:,} more lines; `-f json` lists them all")


def sections(lines: Sequence[MergeLine], schema: Schema, hide: Hide, top: int | None = 40) -> tuple[Section, ...]:
    """One row per line; `hide` makes of each value what the asker may see of it. None without lines."""
    if not lines:
        return ()
    rows = tuple(_row(each, schema, hide) for each in lines[:top])
    note = Message(_FURTHER, {"count": len(lines) - len(rows)}) if len(lines) > len(rows) else None
    titles = tuple(map(Message, (_KEPT, _FROM, _WHAT, _HAD, _GETS, _WHY)))
    return (Section(Message(_TITLE), titles, rows, note, name="merges"),)


def _row(line: MergeLine, schema: Schema, hide: Hide) -> tuple[Any, ...]:
    if not line.field:
        moves = Message(_MOVES[line.count != 1], {"count": line.count})
        return line.kept, line.loser, label(schema, line.table), None, None, moves
    field = field_of(schema, line.table, line.field)
    before, after, left = (
        hide(cell_words(each), field) if each not in (None, "") else None
        for each in (line.before, line.after, line.left)
    )
    named = label(schema, line.table, line.field)
    if left is not None:
        return line.kept, line.loser, named, before, None, Message(_LEFT, {"value": left})
    return line.kept, line.loser, named, before, after, line.how
