"""The table for programs as CSV: UTF-8, one header line in every language, nothing else."""

from __future__ import annotations

import csv
import io
from typing import Any

from crmsheet.core.messages import Speech
from crmsheet.core.outcome import Outcome
from crmsheet.render.renderer import Renderer, Terminal, plain

_FORMULA_MARKS = ("=", "+", "-", "@", "\t", "\r")


def _render(outcome: Outcome, speech: Speech, terminal: Terminal) -> str:  # noqa: ARG001  (CSV has no width)
    page = io.StringIO()
    lines = csv.writer(page, lineterminator="\n")
    for table in outcome.tables[:1]:
        lines.writerow([plain(each, speech) for each in table.columns])
        lines.writerows([_cell(each, speech) for each in row] for row in table.rows)
    return page.getvalue().rstrip("\n")


def _cell(value: Any, speech: Speech) -> Any:
    """Numbers as numbers; a text that a spreadsheet would take for a formula is made one no more."""
    if value is None or isinstance(value, int | float):
        return value
    text = plain(value, speech)
    return f"'{text}" if text.startswith(_FORMULA_MARKS) else text


RENDERER = Renderer("csv", _render)
