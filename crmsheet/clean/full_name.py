"""A name that a book keeps in two columns: the whole name as a value, never as a cell."""

from __future__ import annotations

import re

import pandas as pd

from crmsheet.core.schema import TableSchema

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_GIVEN, _FAMILY, _NAME = "first_name", "last_name", "name"


def with_full_names(values: pd.DataFrame, schema: TableSchema) -> pd.DataFrame:
    """The values with `name` filled, where it has none, from first and last name: Grace Hopper, 王小明.

    Only a table whose records are called by `name` gets it, and only values: the book keeps its two columns.
    """
    parts = [part for part in (_GIVEN, _FAMILY) if part in values]
    if _NAME not in schema or not parts:
        return values
    known = values[_NAME] if _NAME in values else pd.Series(pd.NA, index=values.index, dtype="str")
    empty = known.isna()
    if not empty.any():
        return values
    absent = [None] * int(empty.sum())
    given = values.loc[empty, _GIVEN].tolist() if _GIVEN in values else absent
    family = values.loc[empty, _FAMILY].tolist() if _FAMILY in values else absent
    filled = known.astype(object)
    filled[empty] = [full_name(*each) for each in zip(given, family, strict=True)]
    return values.assign(**{_NAME: filled.astype("str")})


def full_name(given: object, family: object) -> str | None:
    """One name of its parts: the family name first and no space where it is Chinese; None without any part."""
    first, last = (part if isinstance(part, str) else "" for part in (given, family))
    if not first or not last:
        return first or last or None
    return f"{last}{first}" if _HAN.search(first) and _HAN.search(last) else f"{first} {last}"
