"""Words of the schema and plain values for the cells of a report."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from crmsheet.core.messages import Labels
from crmsheet.core.schema import Schema


def label(schema: Schema, table: str, field: str = "") -> Labels | str:
    """What a table, or a field of it, is called in every language; its code if the schema does not know it."""
    known = schema.tables.get(table)
    if known is None:
        return field or table
    base = field.partition("#")[0]
    if not base:
        return known.labels
    return known[base].labels if base in known else field


def choice(schema: Schema, table: str, field: str, code: Any) -> Any:
    """What a choice is called in every language; what is not one choice of the field stays as it is."""
    known = schema.tables.get(table)
    choices = known[field].choices if known is not None and field in known else ()
    return next((each.labels for each in choices if each.code == code), plain(code))


def plain(value: Any) -> Any:
    """A value as a section holds it: missing is None, a moment at midnight is its date."""
    if value is None or value is pd.NA or value != value:
        return None
    if isinstance(value, dt.datetime):
        moment = value.replace(tzinfo=None)
        return moment.date() if moment.time() == dt.time() else moment
    return value
