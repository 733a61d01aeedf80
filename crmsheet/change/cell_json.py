"""Cells and the arguments of messages as JSON.

What JSON has no type for is an object of one name: `{"date": "2024-01-05"}`, `{"datetime": "2024-01-05T09:30:00"}`,
`{"time": "09:30:00"}`, `{"duration": microseconds}`, `{"error": "#N/A"}`, `{"formula": "A1+1", "cached": 2}`,
`{"number": "inf"}`, `{"cells": {field: value}}`, `{"list": [...]}`, `{"message": template, "arguments": {...}}`.
"""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Callable, Mapping
from typing import Any

from crmsheet.core.cells import CellError, Formula
from crmsheet.core.messages import Message

_PLAIN = (str, bool, int, type(None))
_MICROSECOND = dt.timedelta(microseconds=1)
encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


def text(value: Any) -> str:
    """The value, which has to be text.

    Raises:
        TypeError: it is not.
    """
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def written(value: Any) -> Any:
    """A cell, or an argument, as JSON has it."""
    if type(value) in _PLAIN:
        return value
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else {"number": repr(float(value))}
    if isinstance(value, Message):
        return {"message": value.template, "arguments": {k: written(v) for k, v in value.arguments.items()}}
    if isinstance(value, Formula):
        return {"formula": value.text, "cached": written(value.cached)}
    if isinstance(value, Mapping):
        return {"cells": {str(name): written(each) for name, each in value.items()}}
    if isinstance(value, tuple | list):
        return {"list": [written(each) for each in value]}
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
        return written(plain())
    raise TypeError(f"a cell cannot hold {type(value).__name__}")


def read(value: Any) -> Any:
    """A cell, or an argument, from JSON.

    Raises:
        ValueError: it is no cell; so do KeyError, TypeError and OverflowError say.
    """
    if not isinstance(value, dict):
        if isinstance(value, list):
            raise TypeError(value)
        return value
    if value.keys() == {"formula", "cached"}:
        return Formula(text(value["formula"]), read(value["cached"]))
    if value.keys() == {"message", "arguments"}:
        return Message(text(value["message"]), {k: read(v) for k, v in value["arguments"].items()})
    ((name, held),) = value.items()
    return _READERS[name](held)


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "date": dt.date.fromisoformat,
    "datetime": dt.datetime.fromisoformat,
    "time": dt.time.fromisoformat,
    "duration": lambda held: dt.timedelta(microseconds=held),
    "error": CellError,
    "number": float,
    "cells": lambda held: {name: read(each) for name, each in held.items()},
    "list": lambda held: tuple(read(each) for each in held),
}
