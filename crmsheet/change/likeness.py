"""When two cells say the same though they are not equal: formulas of moved rows, numbers and dates written as text."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any, TypeAlias

from crmsheet.core.cells import CellError, Formula
from crmsheet.core.messages import cell_words

_REFERENCE = re.compile(
    r"""(?P<skip>"[^"]*"|'[^']*'!\$?[A-Z]{1,3}\$?\d+|[\w.]+!\$?[A-Z]{1,3}\$?\d+|\[[^\]]*\])"""
    r"|(?<![\w.$])(?P<fixed>\$?)(?P<letters>[A-Z]{1,3})(?P<pinned>\$?)(?P<row>[1-9]\d{0,6})(?![\w.(!])"
)
_DIGITS = re.compile(r"\d+")
_NOT_OF_NUMBER = re.compile(r"[\s,，'￥¥$€£]")
_DECIMALS = re.compile(r"\.(\d+)")

Where: TypeAlias = tuple[int, Mapping[str, str]]
"""The row of a cell, and the names of the columns of its sheet by their letters."""


def same_formula(old: str, new: str, here: Where, there: Where) -> bool:
    """Whether two formulas are the same, or say the same of their own rows: `=B5*2` in row 5 and `=C6*2` in row 6.

    Columns are the same by their names: that one was inserted between is no change.
    """
    return old == new or _relative(old, here) == _relative(new, there)


def _relative(text: str, where: Where) -> str:
    row, names = where

    def said(found: re.Match[str]) -> str:
        if found["skip"] is not None:
            return found["skip"]
        at = int(found["row"])
        place = f"${at}" if found["pinned"] else str(at - row)
        return f"{found['fixed']}<{names.get(found['letters'], found['letters'])}>[{place}]"

    return _REFERENCE.sub(said, text)


def looks_alike(one: Any, other: Any) -> bool:
    """Whether two cells look the same though one is text: `12` and 12, `2026/1/5` and its date, `TRUE` and true.

    A formula counts by its result; a number with decimals is the same to as many of them as the text has.
    """
    one, other = _result(one), _result(other)
    if isinstance(one, str) == isinstance(other, str):
        return isinstance(one, str) and _even(one) == _even(other)
    text, value = (one, other) if isinstance(one, str) else (other, one)
    text = _even(text).strip()
    if value is None:
        return not text
    if isinstance(value, bool):
        return text.lower() == str(value).lower()
    if isinstance(value, int | float):
        return _is_number(text, value)
    if isinstance(value, dt.date | dt.time):
        return text == cell_words(value) or _is_moment(text, value)
    return text == cell_words(value)


def _result(cell: Any) -> Any:
    cell = cell.cached if isinstance(cell, Formula) else cell
    return cell.code if isinstance(cell, CellError) else cell


def _even(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _is_number(text: str, value: float) -> bool:
    bare = _NOT_OF_NUMBER.sub("", text)
    if bare.endswith("%"):
        bare, value = bare[:-1], value * 100
    if bare.startswith("(") and bare.endswith(")"):
        bare = f"-{bare[1:-1]}"
    try:
        number = float(bare)
    except ValueError:
        return False
    decimals = _DECIMALS.search(bare)
    return number == value or (decimals is not None and number == round(value, len(decimals[1])))


def _is_moment(text: str, value: dt.date | dt.time) -> bool:
    """Whether a text names a day or a time; one that does not begin with its year may have the month first or last."""
    said, meant = _numbers(text), _numbers(value.isoformat())
    return said == meant or (isinstance(value, dt.date) and said[:1] != meant[:1] and sorted(said) == sorted(meant))


def _numbers(text: str) -> list[int]:
    """The numbers in a text, without those at its end that are zero: seconds, and the time of a midnight."""
    found = [int(each) for each in _DIGITS.findall(text)]
    while found and not found[-1]:
        found.pop()
    return found
