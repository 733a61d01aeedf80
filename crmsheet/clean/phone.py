"""Phone numbers: E.164 in the values, the book's form in the cell."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from crmsheet.clean.home_region import region_of
from crmsheet.clean.normaliser import KEEP, WHOLE, Normaliser, Reading, fixed, refused
from crmsheet.clean.phone_cell import Fault, Piece, split_cell
from crmsheet.clean.phone_plan import Plan, find_number, international, plan_of
from crmsheet.clean.spelling import as_text, narrow
from crmsheet.clean.vacancy import vacant
from crmsheet.core.cells import Cell
from crmsheet.core.context import Context
from crmsheet.core.findings import Severity
from crmsheet.core.messages import N_, Message
from crmsheet.core.rules import RuleCard
from crmsheet.core.schema import Field

_SPELT = N_("{value}: write the number as {after}")
_MISSING = N_("{part} is {count} digits short of a mobile number; ask the customer")
_EXTRA = N_("{part} has {count} digits too many for a mobile number; ask the customer")
_SAID: dict[Fault, tuple[str, Severity, str]] = {
    Fault.invalid: ("CRM211", Severity.warning, N_("{part} is not a valid phone number; ask the customer")),
    Fault.short: ("CRM211", Severity.error, N_("{part} is too short for a phone number; ask the customer")),
    Fault.long: ("CRM211", Severity.error, N_("{part} is too long for a phone number; ask the customer")),
    Fault.missing_digits: ("CRM211", Severity.error, _MISSING),
    Fault.extra_digits: ("CRM211", Severity.error, _EXTRA),
    Fault.unassigned: (
        "CRM211",
        Severity.warning,
        N_("{part} begins with digits that no operator uses; ask the customer"),
    ),
    Fault.no_area: ("CRM211", Severity.warning, N_("{part} lacks its area code; add it, as in 010-62345678")),
    Fault.no_zero: (
        "CRM212",
        Severity.warning,
        N_("{part} may have lost its leading zero: {guess}? Check, and type it as text"),
    ),
    Fault.masked: (
        "CRM212",
        Severity.warning,
        N_("{part} is masked: digits are hidden; get the whole number from its source"),
    ),
    Fault.scientific: (
        "CRM212",
        Severity.error,
        N_("{part} was turned into a rounded number by a spreadsheet; get the digits from its source"),
    ),
    Fault.messenger: (
        "CRM213",
        Severity.warning,
        N_("{part} looks like a messenger account; move it to its own column"),
    ),
    Fault.mail: (
        "CRM213",
        Severity.warning,
        N_("{part} is an e-mail address in a phone column; move it to its own column"),
    ),
    Fault.words: ("CRM213", Severity.warning, N_("{part} is not a phone number; move the remark to the notes")),
}  # a table of constants: nothing writes to it
_ELSEWHERE = N_(
    "the numbers of this column are numbers of {likely}, not of {home}: they are left alone until crmsheet.toml says "
    'region = "{likely}"'
)
ABROAD = "phone_region_seen"
"""The name in `Context.extra` of the region whose numbers a column holds, where that is not the home region."""

_MOBILE_LENGTH = 11
_EXTENSION = {"zh": "转", "en": " ext. "}
_NO_DIGIT = re.compile(r"\D")
_DIALLED = re.compile(r"\+[0-9][0-9 -]+")
_SHAPE = re.compile(r"[+\d][\d ()-]{4,18}")


def _read(cell: Cell, _field: Field, context: Context) -> Reading:
    text = as_text(cell)
    if not isinstance(cell, str | int | float) or isinstance(cell, bool):
        return refused("CRM213", _SAID[Fault.words][2], part=text) if text else Reading()
    told = narrow(text)
    says_nothing = vacant(text)
    if says_nothing is not None or not told.strip("0 '"):
        return says_nothing or Reading()
    abroad = str(context.extra.get(ABROAD, ""))
    if abroad and told[0] != "+" and not any(piece.fault for piece in split_cell(told, abroad)):
        return Reading()
    if simple := _simple(cell, told, context):
        return simple
    pieces = split_cell(told, context.region)
    value, written = _joined(pieces, context)
    fault = next((piece for piece in pieces if piece.fault), None)
    if fault is not None:
        return _faulty(fault, value, written, context)
    if written == text or not value:
        return Reading(value or None)
    if not isinstance(cell, str) and written == told:
        return Reading(value)
    again = split_cell(narrow(written), context.region)
    if _joined(again, context) != (value, written):
        return Reading(value)
    return fixed(value, written, "CRM210", _SPELT)


def _simple(cell: Cell, told: str, context: Context) -> Reading | None:
    """One number of the home region and nothing else: what the whole reading would say, sooner."""
    plan = plan_of(context.region) if context.settings.phone_form == "national" and _SHAPE.fullmatch(told) else None
    digits = _NO_DIGIT.sub("", told)
    if plan is None or (told[0] == "+" and not _DIALLED.fullmatch(told)):
        return None
    if told[0] != "+":
        national = plan.significant(digits)
    else:
        national = plan.valid(digits.removeprefix(plan.country)) if digits.startswith(plan.country) else ""
    if not national:
        return None
    written = plan.book_form(national)
    value = f"+{plan.country}{national}"
    if (written[0] == "0" and digits[0] != "0") or _quick(written, plan) != value:
        return None
    if cell == written or (not isinstance(cell, str) and told == written):
        return Reading(value)
    return fixed(value, written, "CRM210", _SPELT)


def _faulty(piece: Piece, value: str, written: str, context: Context) -> Reading:
    """The finding for the first piece that is no number; good numbers beside it still count."""
    del written
    fault = piece.fault or Fault.invalid
    rule, severity, message = _SAID[fault]
    facts: dict[str, object] = {"part": piece.text}
    if fault in (Fault.missing_digits, Fault.extra_digits):
        facts["count"] = abs(len(re.sub(r"\D", "", piece.text)) - _MOBILE_LENGTH)
    if fault is Fault.no_zero:
        number = find_number(piece.text, context.region)
        facts["guess"] = number.national if number else ""
    return Reading(value or None, KEEP, message, facts, severity, rule)


def _joined(pieces: Sequence[Piece], context: Context) -> tuple[str, str]:
    """Values joined by `|` and written forms joined by `/`, each number once with all its remarks."""
    notes: dict[str, list[str]] = {}
    forms: dict[str, str] = {}
    for piece in pieces:
        if piece.fault is None:
            forms.setdefault(piece.value, _form(piece, context))
            kept = notes.setdefault(piece.value, [])
            if piece.note and piece.note not in kept:
                kept.append(piece.note)
    written = (f"{form}({' '.join(notes[value])})" if notes[value] else form for value, form in forms.items())
    return "|".join(forms), "/".join(written)


def _form(piece: Piece, context: Context) -> str:
    """A number as the settings want it in the cell."""
    number = piece.number
    if number is None:
        text = piece.hot_line
    elif context.settings.phone_form == "e164":
        text = number.e164
    elif context.settings.phone_form == "international" or not number.home:
        text = international(number)
    else:
        text = number.national
    return f"{text}{_EXTENSION.get(context.lang, _EXTENSION['en'])}{piece.extension}" if piece.extension else text


def _canonical(cells: Sequence[object], _field: Field, context: Context) -> list[object]:
    """Single numbers of the home region in the book's national form."""
    plan = plan_of(context.region)
    if plan is None or context.settings.phone_form != "national" or ABROAD in context.extra:
        return [None] * len(cells)
    return [_quick(cell, plan) if isinstance(cell, str) else None for cell in cells]


def _quick(text: str, plan: Plan) -> str | None:
    if plan.at_sight.fullmatch(text):
        return f"+{plan.country}{text}"
    if not text.isascii() or not _SHAPE.fullmatch(text) or text[0] == "+":
        return None
    national = plan.significant(text if text.isdigit() else _NO_DIGIT.sub("", text))
    return f"+{plan.country}{national}" if national and plan.book_form(national) == text else None


def _evidence(cells: Sequence[Any], context: Context) -> Mapping[str, Any]:
    """The other region whose numbers the column holds, and the sentence on it."""
    likely = region_of(cells, context.region)
    if not likely:
        return {}
    # As messages: the texts of a personal column are masked, and a region is nobody's secret.
    said = refused("CRM214", _ELSEWHERE, likely=Message(likely), home=Message(context.region))
    return {ABROAD: likely, WHOLE: said}


NORMALISER = Normaliser(
    kinds=("phone",),
    cards=(
        RuleCard("CRM210", Severity.info, N_("A phone number spelt another way")),
        RuleCard("CRM211", Severity.warning, N_("Not a valid phone number")),
        RuleCard("CRM212", Severity.warning, N_("A phone number that lost digits")),
        RuleCard("CRM213", Severity.warning, N_("Something else in a phone column")),
        RuleCard("CRM214", Severity.warning, N_("Phone numbers of another region than the settings say")),
    ),
    read=_read,
    canonical=_canonical,
    evidence=_evidence,
)
