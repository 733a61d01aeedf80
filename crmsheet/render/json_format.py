"""One JSON document, `crmsheet/1`; it speaks English unless a language is asked for."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from crmsheet.core.cells import CellError, Formula
from crmsheet.core.changes import Change
from crmsheet.core.findings import Finding
from crmsheet.core.messages import Message, Speech
from crmsheet.core.outcome import Outcome, Section
from crmsheet.render.renderer import Renderer, Terminal, plain


def _render(outcome: Outcome, speech: Speech, terminal: Terminal) -> str:  # noqa: ARG001  (JSON has no width)
    document = {
        "format": "crmsheet/1",
        "command": outcome.command,
        "book": outcome.subject,
        "version": outcome.version,
        "today": outcome.today,
        "counts": dict(outcome.counts),
        "notes": [_value(each, speech) for each in outcome.notes],
        **({"receipt": dict(outcome.receipt)} if outcome.receipt else {}),
        "findings": [_finding(each, speech) for each in outcome.findings],
        "changes": [_change(each, outcome.sheets, speech) for each in outcome.changes],
        "sections": [_section(each, speech) for each in outcome.sections],
        **({"tables": {each.name: _records(each, speech) for each in outcome.tables}} if outcome.tables else {}),
    }
    return json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False)


def _finding(finding: Finding, speech: Speech) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "severity": finding.severity.name,
        "table": finding.table,
        "sheet": finding.sheet,
        "cell": finding.cell,
        "row": finding.row or None,
        "field": finding.field,
        "key": finding.key,
        "value": _value(finding.value, speech),
        "message": plain(finding.text, speech),
        "fix": _value(finding.fix.after, speech) if finding.fix else None,
        "recovery": finding.recovery or None,
        "fingerprint": finding.fingerprint,
    }


def _change(change: Change, sheets: Mapping[str, str], speech: Speech) -> dict[str, Any]:
    facts = {"before": change.before, "after": change.after, "value": change.before, "key": change.key}
    reason = Message(change.reason, {**facts, **(change.arguments or {})})
    return {
        "kind": change.kind,
        "table": change.table,
        "sheet": change.sheet or sheets.get(change.table, ""),
        "cell": f"{change.column}{change.row}" if change.column and change.row else "",
        "row": change.row or None,
        "key": change.key,
        "field": change.field,
        "before": _value(change.before, speech),
        "after": _value(change.after, speech),
        "rule": change.rule,
        "reason": plain(reason, speech) if change.reason else "",
    }


def _section(section: Section, speech: Speech) -> dict[str, Any]:
    return {
        "name": section.name,
        "title": speech.say(section.title),
        "columns": [speech.say(each) for each in section.columns],
        "rows": [[_value(each, speech) for each in row] for row in section.rows],
        "note": speech.say(section.note) if section.note else "",
    }


def _records(section: Section, speech: Speech) -> list[dict[str, Any]]:
    """The rows of a table for programs, by the names of its columns."""
    names = [speech.say(each) for each in section.columns]
    return [dict(zip(names, (_value(each, speech) for each in row), strict=True)) for row in section.rows]


def _value(value: Any, speech: Speech) -> Any:
    """A value as JSON has it: whole floats become integers, dates ISO text, NaN null."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if value != value:
        return None
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 1e15 else value
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, Message):
        return plain(value, speech)
    if isinstance(value, tuple):
        return [_value(each, speech) for each in value]
    if isinstance(value, Mapping) and not set(value) <= {"zh", "en"}:
        return {name: _value(each, speech) for name, each in value.items()}
    if isinstance(value, Formula):
        return f"={value.text}"
    if isinstance(value, CellError):
        return value.code
    return speech.say(value)


RENDERER = Renderer("json", _render)
