"""Masking: personal values are shown partly, sensitive and confidential ones not at all.

A mask works on an outcome before it is rendered, so no renderer, log or digest can leak a value.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
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
_PRIVATE_RUN = re.compile(
    r"(?<![A-Za-z0-9_.-])(?:[1-9]\d{16}[\dXx]|[3-6]\d{15,18}|(?:\+?86[ -]?)?1[3-9]\d(?:[ -]?\d{4}){2}"
    r"|0\d{2,3}[ -]?\d{7,8}|\+\d[\d -]{6,16}\d)(?!\d)"
)
"""Numbers of identity and bank cards, mobiles, lines with their area code, numbers abroad; not those of orders."""
_CARD = 16
"""Digits from which a number is hidden as a whole: no phone has as many."""
_HOME = re.compile(r"^(?:00)?86(?=1[3-9][0-9]{9}$)")
SHORT, WHOLE = 8, 10
"""Digits below which only the last two of a number are shown, and from which the first three are shown as well."""
HIDDEN = "******"
_CELLS = frozenset({"value", "before", "after"})
"""Arguments that hold what a cell holds, of whatever type."""
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
        tables=tuple(_masked_section(each, schema) for each in outcome.tables),
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


def mask_cell(value: Any, field: Field) -> Any:
    """One value of a page: masked by its field, and free words by what stands in them.

    Nobody may look for a number in the notes, and read it there.
    """
    if isinstance(value, str) and field.kind == "text" and not field.sensitivity:
        return _masked_words(value)
    return mask_value(value, field)


def _masked_words(text: str) -> str:
    """Words with the mailboxes, phone and identity numbers among them hidden."""
    text = _ADDRESS.sub(lambda found: f"{found[1]}***{found[2]}", text)
    return _PRIVATE_RUN.sub(_masked_run, text)


def _masked_run(found: re.Match[str]) -> str:
    return HIDDEN if len(_DIGITS.findall(found[0])) >= _CARD else _masked_number(found[0])


def _masked_phone(text: str) -> str:
    """Each number keeps its first three and last four digits: 138****8000; what else stands there is hidden."""
    text = unicodedata.normalize("NFKC", text)  # full-width marks would cut a number in two
    numbers = _RUN.findall(text) or ([text] if _DIGITS.search(text) else [])
    return "/".join(_masked_number(each) for each in numbers) or HIDDEN


def _masked_number(number: str) -> str:
    digits = _HOME.sub("", "".join(_DIGITS.findall(number)))
    if number.startswith("+86") and digits.startswith("86"):
        digits = f"0{digits[2:]}"  # a landline as people know it, with its area code
    if len(digits) < SHORT:
        return "****" + digits[-2:]
    return f"{digits[:3] if len(digits) >= WHOLE else ''}****{digits[-4:]}"


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


def _masked_arguments(arguments: Mapping[str, Any] | None, hide: Mask, *private: Any) -> Mapping[str, Any] | None:
    """Arguments with every text hidden, and every number that is a cell's value; messages carry no personal value."""
    if not arguments:
        return arguments
    return {
        name: hide(value) if name in _CELLS or _tells(value, private) else value for name, value in arguments.items()
    }


def _tells(value: Any, private: tuple[Any, ...]) -> bool:
    if isinstance(value, str | dt.date):
        return True
    return isinstance(value, int | float) and any(value == each for each in private if isinstance(each, int | float))


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
        value, fix = columns["value"][at], columns["fix"][at]
        columns["value"][at] = hide(value)
        columns["arguments"][at] = _masked_arguments(columns["arguments"][at], hide, value, fix.after if fix else None)
        columns["fix"][at] = Fix(hide(fix.after), fix.effect) if fix else None
    return findings.replaced(**columns)


def _masked_changes(changes: Changes, schema: Schema) -> Changes:
    columns = {name: list(changes.column(name)) for name in ("before", "after", "arguments")}
    kinds, tables, names = (changes.column(each) for each in ("kind", "table", "field"))
    masks = {place: _change_mask(schema, *place) for place in dict.fromkeys(zip(tables, names, strict=True))}
    for at, (kind, place) in enumerate(zip(kinds, zip(tables, names, strict=True), strict=True)):
        hide = masks[place]
        if hide is None and kind == "set":
            continue
        if kind != "column":
            _mask_change(columns, at, place[0], hide, schema)
    return changes.replaced(**columns)


def _change_mask(schema: Schema, table: str, name: str) -> Mask | None:
    """What masks the cells of a field; of a column that the schema does not know, what looks private in them."""
    known = schema.tables.get(table)
    if name and (known is None or name.partition("#")[0] not in known):
        return _masked_unknown
    return _mask_of(schema, table, name, "")


def _masked_unknown(value: Any) -> Any:
    """A cell of which nobody knows what it holds: numbers and mailboxes in it are hidden, a date is no secret."""
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        return value
    words = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    masked = _masked_words(words)
    return value if masked == words else masked


def _mask_change(columns: dict[str, list[Any]], at: int, table: str, hide: Mask | None, schema: Schema) -> None:
    """Masks one change in place: rows that were added or retired field by field."""
    before, after = columns["before"][at], columns["after"][at]
    for column, value in (("before", before), ("after", after)):
        if isinstance(value, Mapping):
            columns[column][at] = {each: _masked_cell(schema, table, each, cell) for each, cell in value.items()}
    if hide is not None:
        columns["before"][at], columns["after"][at] = hide(before), hide(after)
        columns["arguments"][at] = _masked_arguments(columns["arguments"][at], hide, before, after)


def _masked_cell(schema: Schema, table: str, name: str, value: Any) -> Any:
    hide = _change_mask(schema, table, name)
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
