"""A change set as a file: JSON lines, one change each, nothing lost.

The first line names the format, the base and the origin. In the others a field with its default is left out. How cells
are written is told in `cell_json`. The history keeps the same by column (`by_column`), which is read here too.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from typing import Any

from crmsheet.change.by_column import COLUMNS, read_column
from crmsheet.change.cell_json import encode, read, text, written
from crmsheet.core.changes import EFFECTS, KINDS, Change, Changes, ChangeSet
from crmsheet.core.errors import UsageError
from crmsheet.core.messages import N_, Message

FORMAT = "crmsheet-changes/1"
_DEFAULTS = {each.name: each.default for each in fields(Change)}
_TYPED = ("before", "after")
_LATER = frozenset({"sheet"})
"""Fields that files written by earlier versions lack."""
_BOM = "\ufeff"


def dump(changeset: ChangeSet) -> bytes:
    """The change set as UTF-8 text of JSON lines."""
    head = encode({"format": FORMAT, "base": changeset.base, "origin": changeset.origin})
    columns = [_members(name, changeset.changes.column(name)) for name in _DEFAULTS]
    lines = ["{" + ",".join(filter(None, members)) + "}" for members in zip(*columns, strict=True)]
    return ("\n".join([head, *lines]) + "\n").encode(errors="surrogatepass")


def load(content: bytes) -> ChangeSet:
    """The change set of a file that `dump` or `dump_columns` wrote.

    Raises:
        UsageError: it is not such a file; the line is named.
    """
    try:
        head, *lines = content.decode(errors="surrogatepass").removeprefix(_BOM).rstrip("\r\n").split("\n")
    except UnicodeDecodeError as error:
        raise _unreadable(content.count(b"\n", 0, error.start) + 1) from error
    facts = _object(head, 1)
    if facts.get("format") not in (FORMAT, COLUMNS):
        raise _unreadable(1)
    columns = _from_columns(facts, lines) if facts["format"] == COLUMNS else _from_lines(lines)
    return ChangeSet(str(facts.get("base", "")), str(facts.get("origin", "")), Changes(columns))


def _from_lines(lines: Sequence[str]) -> dict[str, list[Any]]:
    """The fields of all changes, from one line each."""
    changes = _objects(lines)
    for number, change in enumerate(changes, start=2):
        if not change.keys() <= _DEFAULTS.keys():
            raise _unreadable(number)
    return {name: _column(name, [change.get(name, _DEFAULTS[name]) for change in changes]) for name in _DEFAULTS}


def _from_columns(facts: Mapping[str, Any], lines: Sequence[str]) -> dict[str, list[Any]]:
    """The fields of all changes, from a line for each field."""
    columns: dict[str, list[Any]] = {}
    for number, line in enumerate(_objects(lines), start=2):
        try:
            name, values = line["field"], read_column(line, facts["count"])
            columns[name] = _proved(name, values) if name in _CHECKS else values
        except (ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError, StopIteration) as error:
            raise _unreadable(number) from error
    if columns.keys() | _LATER != _DEFAULTS.keys():
        raise _unreadable(len(lines) + 2)
    return {**{name: [_DEFAULTS[name]] * facts["count"] for name in _LATER}, **columns}


def _proved(name: str, values: list[Any]) -> list[Any]:
    """A field whose values are of one kind, each distinct one checked."""
    for each in {type(value): value for value in values}.values() if name == "row" else dict.fromkeys(values):
        _CHECKS[name](each)
    return values


def _unreadable(line: int) -> UsageError:
    template = N_("line {line} is not a change that crmsheet has written; use the file as it was kept")
    return UsageError(problem=Message(template, {"line": line}))


def _members(name: str, values: Sequence[Any]) -> list[str]:
    """One field of every change as a member of a JSON object, '' where it holds its default."""
    start = f'"{name}":'
    if name == "arguments":
        return ["" if each is None else start + encode({k: written(v) for k, v in each.items()}) for each in values]
    if name in _TYPED:
        return ["" if each is None else start + encode(written(each)) for each in values]
    told = {each: start + encode(each) for each in set(values)}
    told[_DEFAULTS[name]] = ""
    return [told[each] for each in values]


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


def _column(name: str, values: list[Any]) -> list[Any]:
    """One field of every change, checked."""
    default = _DEFAULTS[name]
    reader: Callable[[Any], Any] = _FIELD_READERS.get(name, text)
    if reader is not read and name != "arguments" and set(map(type, values)) <= {str, int}:
        known = {value: _checked(value, reader, values) for value in set(values)}
        return [known[value] for value in values]
    return [value if value is default else _checked(value, reader, values) for value in values]


def _checked(value: Any, reader: Callable[[Any], Any], values: Sequence[Any]) -> Any:
    """A value as its reader reads it; where it does not, the line of the first such value is named."""
    try:
        return reader(value)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise _unreadable(next(number for number, each in enumerate(values, start=2) if each is value)) from error


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


_FIELD_READERS: Mapping[str, Callable[[Any], Any]] = {
    "kind": _one_of(KINDS),
    "effect": _one_of(EFFECTS),
    "row": _row,
    "before": read,
    "after": read,
    "arguments": lambda held: {name: read(each) for name, each in held.items()},
}
_CHECKS: Mapping[str, Callable[[Any], Any]] = {
    name: _FIELD_READERS.get(name, text) for name in _DEFAULTS if name not in (*_TYPED, "arguments")
}
