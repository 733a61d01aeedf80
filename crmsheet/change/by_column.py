"""A change set by column, as the history keeps it: a night of 338,000 changes is written in a fraction of the time.

JSON lines: the first names format, base, origin and count; then one for each field, `{"field": name, ...}` with the
values in one of these forms, which may lie inside each other:

    {"all": cell}                                    the same for every change
    {"of": [cell, ...], "at": [number, ...]}         few distinct ones, and which of them each change has
    {"values": [cell, ...]}                          one for each change
    {"facts": {name: form}}                          arguments of the same names, each by column
    {"message": template, "arguments": {name: form}} messages of the same template
    {"which": [number, ...], "parts": [form, ...]}   a mixture: which part the next value is taken from
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import fields
from math import isfinite
from typing import Any

from crmsheet.change.cell_json import encode, read, written
from crmsheet.core.changes import Change, ChangeSet
from crmsheet.core.messages import Message

COLUMNS = "crmsheet-changes/2"
_JSON = frozenset((str, int, float, bool, type(None)))
_REPEATED = ({str}, {int}, {type(None)}, {dt.date})
"""Types of which equal values are written alike; 0.0 and -0.0 are equal."""
_FEW = 4


def dump_columns(changeset: ChangeSet) -> bytes:
    """The change set as UTF-8 text."""
    changes = changeset.changes
    head = {"format": COLUMNS, "base": changeset.base, "origin": changeset.origin, "count": len(changes)}
    names = [each.name for each in fields(Change)]
    lines = [encode({"field": name, **_form(changes.column(name), facts=name == "arguments")}) for name in names]
    return ("\n".join([encode(head), *lines]) + "\n").encode(errors="surrogatepass")


def read_column(form: Mapping[str, Any], count: int) -> list[Any]:
    """The values that a form holds.

    Raises:
        ValueError: it is no form, or holds another number of values; so do KeyError, TypeError, IndexError,
            AttributeError, OverflowError and StopIteration say.
    """
    values = _read_form(form, count)
    if len(values) != count:
        raise ValueError(count)
    return values


def _read_form(form: Mapping[str, Any], count: int) -> list[Any]:
    if "all" in form:
        return [read(form["all"])] * count
    if "of" in form:
        distinct = [read(each) for each in form["of"]]
        return [distinct[number] for number in form["at"]]
    if "values" in form:
        return [each if type(each) in _JSON else read(each) for each in form["values"]]
    if "which" in form:
        sizes = [form["which"].count(number) for number in range(len(form["parts"]))]
        parts = [iter(read_column(part, size)) for part, size in zip(form["parts"], sizes, strict=True)]
        return [next(parts[number]) for number in form["which"]]
    held = form["arguments"] if "message" in form else form["facts"]
    columns = [read_column(each, count) for each in held.values()]
    rows = [dict(zip(held, row, strict=True)) for row in zip(*columns, strict=True)] if held else [{}] * count
    return [Message(form["message"], row) for row in rows] if "message" in form else rows


def _form(values: Sequence[Any], *, facts: bool = False) -> dict[str, Any]:
    """The values in the form that suits them."""
    if not facts and Message not in set(map(type, values)):
        return _plain_form(values)
    groups: dict[tuple[str | None, ...], int] = {}
    which = [groups.setdefault(_shape(each, facts), len(groups)) for each in values]
    held: list[list[Any]] = [[] for _ in groups]
    for number, value in zip(which, values, strict=True):
        held[number].append(value)
    parts = [_part(shape, part) for shape, part in zip(groups, held, strict=True)]
    return parts[0] if len(parts) == 1 else {"which": which, "parts": parts}


def _shape(value: Any, facts: bool) -> tuple[str | None, ...]:
    """What values of one part have in common: of a message its template and names, of arguments their names."""
    if type(value) is Message:
        return (value.template, *value.arguments)
    return ("", None, *value) if facts and value is not None else ()


def _part(shape: tuple[str | None, ...], values: Sequence[Any]) -> dict[str, Any]:
    if not shape:
        return _plain_form(values)
    if shape[1:2] == (None,):
        return {"facts": {name: _form([each[name] for each in values]) for name in shape[2:]}}
    named = {name: _form([each.arguments[name] for each in values]) for name in shape[1:]}
    return {"message": shape[0], "arguments": named}


def _plain_form(values: Sequence[Any]) -> dict[str, Any]:
    """Cells: once where all are the same, in a table where few are distinct, else one by one."""
    types = set(map(type, values))
    if types in _REPEATED:
        distinct = {value: number for number, value in enumerate(dict.fromkeys(values))}
        if len(distinct) == 1:
            return {"all": written(values[0])}
        if len(distinct) * _FEW < len(values):
            return {"of": [written(each) for each in distinct], "at": [distinct[each] for each in values]}
    if float in types and not all(map(isfinite, (each for each in values if type(each) is float))):
        return {"values": [written(each) for each in values]}
    return {"values": [each if type(each) in _JSON else written(each) for each in values]}
