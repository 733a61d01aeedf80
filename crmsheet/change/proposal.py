"""A change set as a file: JSON lines, one change each, nothing lost.

The first line names the format, the base and the origin. In the others a field with its default is left out. What JSON
has no type for is an object of one name: `{"date": "2024-01-05"}`, `{"datetime": "2024-01-05T09:30:00"}`,
`{"time": "09:30:00"}`, `{"duration": microseconds}`, `{"error": "#N/A"}`, `{"formula": "A1+1", "cached": 2}`,
`{"number": "inf"}`, `{"cells": {field: value}}`, `{"list": [...]}`, `{"message": template, "arguments": {...}}`.
"""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from itertools import chain
from typing import Any

from crmsheet.core.cells import CellError, Formula
from crmsheet.core.changes import EFFECTS, KINDS, Change, Changes, ChangeSet
from crmsheet.core.errors import UsageError
from crmsheet.core.messages import N_, Message

FORMAT = "crmsheet-changes/1"
_DEFAULTS = {each.name: each.default for each in fields(Change)}
_TYPED = ("before", "after")
_PLAIN = (str, bool, int, type(None))
_MICROSECOND = dt.timedelta(microseconds=1)
_BOM = "\ufeff"
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode
_QUICK = frozenset((str, int, float, bool, type(None), Message, dt.date, dt.datetime, dt.time, dt.timedelta))
"""Types that the encoder writes as `_written` does, by itself or by asking `_foreign`; containers it would not."""
_SEAM = "\x1fcrmsheet\x1f"


def dump(changeset: ChangeSet) -> bytes:
    """The change set as UTF-8 text of JSON lines."""
    head = _encode({"format": FORMAT, "base": changeset.base, "origin": changeset.origin})
    columns = [_members(name, changeset.changes.column(name)) for name in _DEFAULTS]
    lines = "}\n{".join(map("".join, zip(*columns, strict=True)))
    # No value holds a bare line break, so a comma before one is always that of a line's last member.
    text = f"{head}\n{{{lines}}}\n".replace(",}\n", "}\n") if len(changeset) else f"{head}\n"
    return text.encode(errors="surrogatepass")


def load(content: bytes) -> ChangeSet:
    """The change set of a file that `dump` wrote.

    Raises:
        UsageError: it is not such a file; the line is named.
    """
    try:
        head, *lines = content.decode(errors="surrogatepass").removeprefix(_BOM).rstrip("\r\n").split("\n")
    except UnicodeDecodeError as error:
        raise _unreadable(content.count(b"\n", 0, error.start) + 1) from error
    facts = _object(head, 1)
    if facts.get("format") != FORMAT:
        raise _unreadable(1)
    changes = _objects(lines)
    for number, change in enumerate(changes, start=2):
        if not change.keys() <= _DEFAULTS.keys():
            raise _unreadable(number)
    columns = {name: _column(name, changes) for name in _DEFAULTS}
    return ChangeSet(str(facts.get("base", "")), str(facts.get("origin", "")), Changes(columns))


def _unreadable(line: int) -> UsageError:
    template = N_("line {line} is not a change that crmsheet has written; use the file as it was kept")
    return UsageError(problem=Message(template, {"line": line}))


def _members(name: str, values: Sequence[Any]) -> list[str]:
    """One field of every change as a member of a JSON object with a comma behind, '' where it holds its default."""
    if name in _TYPED or name == "arguments":
        held = [each for each in values if each is not None]
        told_held = iter(_distinct_written(held) or _all_written(held, name) or _each_written(name, held))
        return ["" if each is None else f'"{name}":{next(told_held)},' for each in values]
    distinct = list(set(values))
    written = _all_written(distinct) or [_encode(each) for each in distinct]
    told = {value: f'"{name}":{text},' for value, text in zip(distinct, written, strict=True)}
    told[_DEFAULTS[name]] = ""
    return [told[each] for each in values]


def _distinct_written(values: Sequence[Any]) -> list[str] | None:
    """Cells as JSON, each distinct one written once; None where equal ones may be written in two ways (1 and 1.0)."""
    if not {str, dt.date}.issuperset(map(type, values)):
        return None
    distinct = list(set(values))
    written = _all_written(distinct)
    told = dict(zip(distinct, written, strict=True)) if written else {}
    return [told[each] for each in values] if told else None


def _all_written(values: Sequence[Any], name: str = "") -> list[str] | None:
    """Cells, or the arguments of changes, each as JSON, by one call of the encoder; None where that cannot be done.

    They are told apart by a seam between them; should a value hold the seam itself, their number is wrong.
    """
    held = list(chain.from_iterable(each.values() for each in values)) if name == "arguments" else values
    if not values or not _is_quick(held):
        return None
    woven: list[Any] = [_SEAM] * (2 * len(values) - 1)
    woven[::2] = values
    try:
        text = _encode_all(woven)
    except ValueError:  # a number that is not finite
        return None
    parts = text[1:-1].split(f",{_encode(_SEAM)},")
    return parts if len(parts) == len(values) else None


def _is_quick(values: Sequence[Any]) -> bool:
    """Whether the encoder may be left alone with these values and all that their messages hold."""
    while values:
        if not _QUICK.issuperset(map(type, values)):
            return False
        messages = [each for each in values if type(each) is Message]
        values = list(chain.from_iterable(each.arguments.values() for each in messages))
    return True


def _each_written(name: str, values: Sequence[Any]) -> list[str]:
    """The same one by one."""
    if name == "arguments":
        return [_encode({k: _written(v) for k, v in each.items()}) for each in values]
    return [_encode(_written(each)) for each in values]


def _foreign(value: Any) -> Any:
    """What JSON has no type for, for the encoder, which then looks at the values inside."""
    if type(value) is Message:
        return {"message": value.template, "arguments": dict(value.arguments)}
    return _written(value)


_encode_all = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), allow_nan=False, check_circular=False, default=_foreign
).encode


def _objects(lines: Sequence[str]) -> list[dict[str, Any]]:
    """The lines as JSON objects: all in one go, and one by one where that fails, to name the line."""
    try:
        objects = json.loads(f"[{','.join(lines)}]")
    except (ValueError, RecursionError):
        objects = []
    if len(objects) == len(lines) and set(map(type, objects)) <= {dict}:
        return list(objects)
    return [_object(line, number) for number, line in enumerate(lines, start=2)]


def _object(line: str, number: int) -> dict[str, Any]:
    """A line as a JSON object."""
    try:
        facts = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise _unreadable(number) from error
    if not isinstance(facts, dict):
        raise _unreadable(number)
    return facts


def _column(name: str, changes: Sequence[Mapping[str, Any]]) -> list[Any]:
    """One field of every change, checked."""
    default = _DEFAULTS[name]
    values = [change.get(name, default) for change in changes]
    reader: Callable[[Any], Any] = _FIELD_READERS.get(name, _text)
    if reader is not _read and name != "arguments" and set(map(type, values)) <= {str, int}:
        known = {value: _checked(value, reader, values) for value in set(values)}
        return [known[value] for value in values]
    return [value if value is default else _checked(value, reader, values) for value in values]


def _checked(value: Any, reader: Callable[[Any], Any], values: Sequence[Any]) -> Any:
    """A value as its reader reads it; where it does not, the line of the first such value is named."""
    try:
        return reader(value)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise _unreadable(next(number for number, each in enumerate(values, start=2) if each is value)) from error


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _row(value: Any) -> int:
    if type(value) is not int:
        raise TypeError(value)
    return value


def _one_of(allowed: Sequence[str]) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value not in allowed:
            raise ValueError(value)
        return str(value)

    return read


def _written(value: Any) -> Any:
    """A cell, or an argument, as JSON has it."""
    if type(value) in _PLAIN:
        return value
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else {"number": repr(float(value))}
    if isinstance(value, Message):
        return {"message": value.template, "arguments": {k: _written(v) for k, v in value.arguments.items()}}
    if isinstance(value, Formula):
        return {"formula": value.text, "cached": _written(value.cached)}
    if isinstance(value, Mapping):
        return {"cells": {str(name): _written(each) for name, each in value.items()}}
    if isinstance(value, tuple | list):
        return {"list": [_written(each) for each in value]}
    return _written_scalar(value)


def _written_scalar(value: Any) -> Any:
    """Dates, times, errors, and the numbers and missing values of numpy and pandas."""
    if isinstance(value, CellError):
        return {"error": value.code}
    if isinstance(value, dt.timedelta):
        return {"duration": value // _MICROSECOND}
    for name, kind in (("datetime", dt.datetime), ("date", dt.date), ("time", dt.time)):
        if isinstance(value, kind):
            return {name: value.isoformat()} if value == value else None  # NaT is not itself
    if isinstance(value, int | str):
        return int(value) if isinstance(value, int) else str(value)
    plain = getattr(value, "item", None)
    if plain is not None:
        return _written(plain())
    raise TypeError(f"a cell cannot hold {type(value).__name__}")


def _read(value: Any) -> Any:
    """A cell, or an argument, from JSON.

    Raises:
        ValueError: it is no cell; so do KeyError, TypeError and OverflowError say.
    """
    if not isinstance(value, dict):
        if isinstance(value, list):
            raise TypeError(value)
        return value
    if value.keys() == {"formula", "cached"}:
        return Formula(_text(value["formula"]), _read(value["cached"]))
    if value.keys() == {"message", "arguments"}:
        return Message(_text(value["message"]), {k: _read(v) for k, v in value["arguments"].items()})
    ((name, held),) = value.items()
    return _READERS[name](held)


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "date": dt.date.fromisoformat,
    "datetime": dt.datetime.fromisoformat,
    "time": dt.time.fromisoformat,
    "duration": lambda held: dt.timedelta(microseconds=held),
    "error": CellError,
    "number": float,
    "cells": lambda held: {name: _read(each) for name, each in held.items()},
    "list": lambda held: tuple(_read(each) for each in held),
}

_FIELD_READERS: Mapping[str, Callable[[Any], Any]] = {
    "kind": _one_of(KINDS),
    "effect": _one_of(EFFECTS),
    "row": _row,
    "before": _read,
    "after": _read,
    "arguments": lambda held: {name: _read(each) for name, each in held.items()},
}
