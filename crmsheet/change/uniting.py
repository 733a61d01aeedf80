"""Cells that both sides of a merge changed, each in its own way, and that need nobody's decision all the same."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from crmsheet.core.folding import fold
from crmsheet.core.messages import cell_words
from crmsheet.core.schema import Field

JUDGED = frozenset({"record_status", "merged_into"})
"""Fields that crmsheet writes because somebody decided so; whatever else is derived, its next run computes anew."""
_SPLIT = re.compile(r"\s*[;；,，、|\n]\s*")
_STROKE = re.compile(r"\s*[/／]\s*")
_MARK = re.compile(r"[;；,，、|\n]\s*")


@dataclass(frozen=True, slots=True)
class United:
    """The cell that holds what both sides meant."""

    cell: Any


def is_computed(field: Field | None) -> bool:
    """Whether the next run of crmsheet computes a field anew, so that nobody has to decide about it."""
    return field is not None and field.derived and field.name not in JUDGED


def united(field: Field | None, base: Any, ours: Any, theirs: Any) -> United | None:
    """What becomes of a cell that both changed, or None where somebody has to decide.

    Of several choices in one cell (tags, co-owners) each side's additions and removals count; notes that both sides
    wrote something to have both; of stamps that went on the later is right; what is computed stays as ours has it.
    """
    if field is None:
        return None
    if field.kind == "choices":
        return _choices(field, base, ours, theirs)
    if field.survivorship == "max":
        return _later(base, ours, theirs, always=is_computed(field))
    if is_computed(field):
        return United(ours)
    if field.kind == "text" and field.survivorship == "union":
        return _notes(base, ours, theirs)
    return None


def _choices(field: Field, base: Any, ours: Any, theirs: Any) -> United:
    """Three-way, in the spelling and with the marks of ours."""
    names = {fold(name) for each in field.choices for name in (each.code, *each.labels.values(), *each.aliases)}
    was, mine, other = (_pieces(each, names) for each in (base, ours, theirs))
    gone = {_same(each) for each in was} - {_same(each) for each in other}
    had = {_same(each) for each in (*was, *mine)}
    kept = [each for each in mine if _same(each) not in gone]
    kept += [each for each in other if _same(each) not in had]
    if kept == mine:
        return United(ours)
    marks = (mark.search(cell_words(each)) for mark in (_MARK, _STROKE) for each in (ours, theirs, base))
    found = next((found[0] for found in marks if found and found[0].strip() not in "".join(kept)), "；")
    return United(found.join(kept) or None)


def _pieces(cell: Any, names: set[str]) -> list[str]:
    """The choices in a cell; a stroke stands between them only where all of them are known (`A/B测试` is one tag)."""
    found: list[str] = []
    for each in filter(None, _SPLIT.split(cell_words(cell).strip())):
        parts = [part for part in _STROKE.split(each) if part]
        found += parts if all(fold(part) in names for part in parts) else [each]
    return list(dict.fromkeys(found))


def _same(piece: str) -> str:
    return piece.casefold()


def _later(base: Any, ours: Any, theirs: Any, *, always: bool) -> United | None:
    """The later of two stamps; of one that people keep only if both sides moved it on, for else it was corrected."""
    was, mine, other = (_moment(each) for each in (base, ours, theirs))
    if mine is None or other is None:
        return United(ours if other is None or mine is not None else theirs) if always else None
    if not always and was is not None and min(mine, other) < was:
        return None
    return United(theirs if other > mine else ours)


def _moment(cell: Any) -> dt.datetime | None:
    if isinstance(cell, dt.datetime):
        return cell.replace(tzinfo=None)
    if isinstance(cell, dt.date):
        return dt.datetime.combine(cell, dt.time())
    if isinstance(cell, str):
        try:
            return dt.datetime.fromisoformat(cell.strip().replace("/", "-")).replace(tzinfo=None)
        except ValueError:
            return None
    return None


def _notes(base: Any, ours: Any, theirs: Any) -> United | None:
    """Both additions, where both sides left standing what was there and wrote before or behind it."""
    if not all(isinstance(each, str) or each is None for each in (base, ours, theirs)) or not ours or not theirs:
        return None
    was = base or ""
    if theirs.startswith(was) and ours.startswith(was):
        more, first = theirs[len(was) :], False
    elif theirs.endswith(was) and ours.endswith(was):
        more, first = theirs[: -len(was)], True
    else:
        return None
    had = {line.strip() for line in ours.split("\n")}
    new = "\n".join(line for line in more.strip("\n").split("\n") if line.strip() and line.strip() not in had)
    if not new:
        return United(ours)
    return United(f"{new}\n{ours}" if first else f"{ours.rstrip(chr(10))}\n{new}")
