"""What the user settled about how sheets are laid out: `[layout."客户"]` in `crmsheet.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from crmsheet.app.setting_keys import LAYOUT
from crmsheet.app.settings import resolve
from crmsheet.book.blocks import Pin
from crmsheet.core.context import Settings
from crmsheet.core.errors import SettingsError, TableUnknown
from crmsheet.core.messages import N_, Message
from crmsheet.core.schema import Schema
from crmsheet.schema.naming import named_table

_NO_TABLE = N_("`{key}` is {value}, which is no table")


def pins(path: Path, settings: Settings, schema: Schema) -> dict[str, Pin]:
    """Sheet name -> what is settled about it.

    Raises:
        SettingsError: a table is named that the schema does not have; with the line.
    """
    return {sheet: _pin(path, sheet, said, schema) for sheet, said in settings.layout.items()}


def _pin(path: Path, sheet: str, said: Mapping[str, Any], schema: Schema) -> Pin:
    header = said.get("header", ())
    rows = (header,) if isinstance(header, int) else tuple(header)
    return Pin(
        rows,
        _table(path, sheet, said.get("table", ""), schema),
        said.get("last", 0),
        tuple(said.get("fill", ())),
        said.get("sure", False),
    )


def _table(path: Path, sheet: str, named: str, schema: Schema) -> str:
    """The table that a text names, '' for none."""
    try:
        return named_table(schema, named) if named else ""
    except TableUnknown as error:
        source = resolve(path).sources[name := f"{LAYOUT}.{sheet}.table"]
        problem = Message(_NO_TABLE, {"key": name, "value": repr(named)})
        raise SettingsError(path=source.place, line=source.line, problem=problem, advice=error.next_step) from error
