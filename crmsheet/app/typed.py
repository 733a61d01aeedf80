"""Text from a command line as the content of a cell, for the commands that know no schema."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from crmsheet.core.cells import Cell, Formula, Scalar, visible
from crmsheet.core.errors import UsageError
from crmsheet.core.messages import N_, Message

_NUMBER = N_("{value} is no number; write it like 1200 or 12.5")
_DATE = N_("{value} is no date; write it like 2026-11-23 or 2026-11-23T09:30")
_BOOL = N_("{value} is neither true nor false")
_FORMULA = N_("{value} is no formula; write it like =SUM(A2:A9)")


@dataclass(frozen=True, slots=True)
class Typed:
    """A text from a command line that is to be a cell; `kind` (of KINDS) says as what, '' leaves it to the place."""

    text: str
    kind: str = ""


def cell_of(value: Typed | Cell, like: Cell) -> Cell:
    """What is written where `like` stands, or stands above: a cell as it is, a typed text as it reads; None empties.

    Without a kind a text becomes what stands there already - a number stays a number where the text is one, likewise
    dates and booleans - and text otherwise: a telephone number keeps its zeros.

    Raises:
        UsageError: the text is not of the kind that is asked for.
    """
    if not isinstance(value, Typed):
        return None if value == "" else value
    text = value.text
    if text == "":
        return None
    if value.kind:
        return _READERS[value.kind](text)
    like = visible(like)
    reader = next((_READERS[name] for name, types in _LIKE if isinstance(like, types)), str)
    try:
        return reader(text)
    except UsageError:
        return text


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise UsageError(problem=Message(_NUMBER, {"value": text}))
    return number


def _date(text: str) -> dt.date:
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(problem=Message(_DATE, {"value": text})) from error
    return moment if len(text) > len("2026-11-23") else moment.date()


def _bool(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise UsageError(problem=Message(_BOOL, {"value": text}))
    return text.lower() == "true"


def _formula(text: str) -> Formula:
    if not text.startswith("=") or len(text) == 1:
        raise UsageError(problem=Message(_FORMULA, {"value": text}))
    return Formula(text[1:])


_READERS: Mapping[str, Callable[[str], Scalar | Formula]] = MappingProxyType(
    {"text": str, "number": _number, "date": _date, "bool": _bool, "formula": _formula}
)
KINDS = tuple(_READERS)
_LIKE: tuple[tuple[str, tuple[type, ...]], ...] = (("bool", (bool,)), ("number", (int, float)), ("date", (dt.date,)))
