"""Masking: personal values are shown partly, sensitive and confidential ones not at all.

A mask works on an outcome before it is rendered, so no renderer, log or digest can leak a value.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

from crmsheet.core.changes import Changes
from crmsheet.core.findings import Findings, Fix
from crmsheet.core.messages import Message
from crmsheet.core.outcome import Outcome, Section
from crmsheet.core.schema import Field, Schema

_DIGITS = re.compile(r"\d")
_RUN = re.compile(r"\+?[\d０-９][\d０-９\-\s()（）.]{4,}[\d０-９]")
_ADDRESS = re.compile(r"([^\s;|,<>@＠])[^\s;|,<>@＠]*([@＠][^\s;|,<>，；]*)")
HIDDEN = "******"
PRIVACY = "CRM6"
"""Findings of these rules are about private values, whatever field they stand in."""

Mask: TypeAlias = Callable[[Any], Any]


def mask(outcome: Outcome, schema: Schema) -> Outcome:
    """The same outcome with personal, sensitive and confidential values masked."""
    return replace(
        outcome,
        findings=_masked_findings(outcome.findings, schema),
        changes=_masked_changes(outcome.changes, schema),
        sections=tuple(_masked_section(each, schema) for each in outcome.sections),
    )


def mask_value(value: Any, field: Field) -> Any:
    """One value as somebody without the right to see it sees it; empty stays empty."""
    if value is None or value == "" or value != value or not field.sensitivity:
        return value
    if field.sensitivity != "personal":
        return HIDDEN
    if isinstance(value, dt.date):
        return f"{value.year}-**-**"
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    if field.kind == "email" and not re.search("[@＠]", text):
        return text[:1] + "***"
    if "@" in text or "＠" in text:
        return ";".join(f"{first}***{domain}" for first, domain in _ADDRESS.findall(text)) or HIDDEN
    if field.kind == "phone" or (len(_DIGITS.findall(text)) >= 7 and field.kind not in ("person", "text")):
        return _masked_phone(text)
    return text[:1] + "*" * min(max(len(text) - 1, 2), 6)


def _masked_phone(text: str) -> str:
    """Each number keeps its first three and last four digits: 138****8000; what else stands there is hidden."""
    numbers = _RUN.findall(text) or ([text] if _DIGITS.search(text) else [])
    return "/".join(_masked_number(each) for each in numbers) or HIDDEN


def _masked_number(number: str) -> str:
    digits = "".join(_DIGITS.findall(number))
    if len(digits) < 8:
        return "****" + digits[-2:]
    return f"{digits[:3]}****{digits[-4:]}"


def _mask_of(schema: Schema, table: str, name: str, rule: str) -> Mask | None:
    """What masks the values of a field, or None where everybody may see them."""
    if rule.startswith(PRIVACY):
        return lambda value: value if value is None else HIDDEN
    known = schema.tables.get(table)
    base = name.partition("#")[0]
    if known is None or base not in known or not known[base].sensitivity:
        return None
    field = known[base]
    return lambda value: mask_value(value, field)


def _masked_arguments(arguments: Mapping[str, Any] | None, hide: Mask) -> Mapping[str, Any] | None:
    """Arguments with every text hidden; numbers and messages carry no personal value."""
    if not arguments:
        return arguments
    return {name: hide(value) if isinstance(value, str | dt.date) else value for name, value in arguments.items()}


def _masked_findings(findings: Findings, schema: Schema) -> Findings:
    masks: dict[tuple[str, str, str], Mask | None] = {}
    columns = {name: list(findings.column(name)) for name in ("value", "arguments", "fix")}
    places = zip(findings.column("table"), findings.column("field"), findings.column("rule"), strict=True)
    for at, place in enumerate(places):
        if place not in masks:
            masks[place] = _mask_of(schema, *place)
        hide = masks[place]
        if hide is None:
            continue
        columns["value"][at] = hide(columns["value"][at])
        columns["arguments"][at] = _masked_arguments(columns["arguments"][at], hide)
        fix = columns["fix"][at]
        columns["fix"][at] = Fix(hide(fix.after), fix.effect) if fix else None
    return findings.replaced(**columns)


def _masked_changes(changes: Changes, schema: Schema) -> Changes:
    masks: dict[tuple[str, str, str], Mask | None] = {}
    columns = {name: list(changes.column(name)) for name in ("before", "after", "arguments")}
    places = zip(changes.column("table"), changes.column("field"), changes.column("kind"), strict=True)
    for at, (table, name, kind) in enumerate(places):
        if kind == "column":
            continue
        for column in ("before", "after"):
            value = columns[column][at]
            if isinstance(value, Mapping):
                columns[column][at] = {each: _masked_cell(schema, table, each, cell) for each, cell in value.items()}
        place = (table, name, "")
        if place not in masks:
            masks[place] = _mask_of(schema, *place)
        hide = masks[place]
        if hide is None:
            continue
        columns["before"][at] = hide(columns["before"][at])
        columns["after"][at] = hide(columns["after"][at])
        columns["arguments"][at] = _masked_arguments(columns["arguments"][at], hide)
    return changes.replaced(**columns)


def _masked_cell(schema: Schema, table: str, name: str, value: Any) -> Any:
    hide = _mask_of(schema, table, name, "")
    return hide(value) if hide else value


def _column_mask(schema: Schema, name: str) -> Mask | None:
    table, _, field = name.partition(".")
    return _mask_of(schema, table, field, "")


def _masked_section(section: Section, schema: Schema) -> Section:
    if not section.fields:
        return section
    masks = [_column_mask(schema, name) for name in section.fields]
    if not any(masks):
        return section
    rows = tuple(
        tuple(
            hide(value) if hide and not isinstance(value, Message) else value
            for hide, value in zip(masks, row, strict=True)
        )
        for row in section.rows
    )
    return replace(section, rows=rows)
