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
from crmsheet.core.rules import LOST, VERIFY, RuleCard
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
        "CRM215",
        Severity.warning,
        N_("{part} is masked: digits are hidden; get the whole number from its source"),
    ),
    Fault.scientific: (
        "CRM215",
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
        RuleCard(
            "CRM210",
            Severity.info,
            N_("A phone number spelt another way"),
            """
        **What** A phone number with spaces, brackets, full-width digits or a country code where the book writes it
        otherwise.

        **Why** The same number in two spellings is not found by a look-up, and hides that two rows are one
        customer.

        **Bad** `138-0013-8000`; `(010)62345678`; `+86 13800138000`.

        **Good** `13800138000`; `010-62345678`.

        **crmsheet** `crmsheet clean --write` writes the book's form, as text. The number itself stays.

        **Setting** `phone_form` chooses the form, `region` the home country.
        """,
        ),
        RuleCard(
            "CRM211",
            Severity.warning,
            N_("Not a valid phone number"),
            """
        **What** A phone number that cannot exist: too short, too long, or beginning with digits that no operator
        uses.

        **Why** Nobody can be reached by it, and the mistake is noticed when the call matters.

        **Bad** `1380013800` (ten digits); `62345678` without its area code.

        **Good** `13800138000`; `010-62345678`.

        **crmsheet** It says how many digits are missing or too many, and leaves the cell; ask the customer.

        **Setting** `region`: numbers are judged by the plan of this country.
        """,
            VERIFY,
        ),
        RuleCard(
            "CRM212",
            Severity.warning,
            N_("A phone number that lost its leading zero"),
            """
        **What** A phone number that would be a right one with a zero before it: it was typed as a number.

        **Why** Dialled as it stands it reaches nobody, or somebody else.

        **Bad** `1062345678` for `010-62345678`.

        **Good** `010-62345678`, in a cell that is formatted as text.

        **crmsheet** It names the number that was probably meant, and leaves the cell.

        **Setting** `region`: numbers are judged by the plan of this country.
        """,
            VERIFY,
        ),
        RuleCard(
            "CRM213",
            Severity.warning,
            N_("Something else in a phone column"),
            """
        **What** An e-mail address, a messenger account or a remark in a phone column.

        **Why** It cannot be dialled, and the column where it belongs stays empty.

        **Bad** `微信同号`, `li@example.com` or `换号了` under 手机.

        **Good** The address under 邮箱, the account under 微信, the remark under 备注.

        **crmsheet** It says what it seems to be and where it belongs, and leaves the cell.
        """,
        ),
        RuleCard(
            "CRM214",
            Severity.warning,
            N_("Phone numbers of another region than the settings say"),
            """
        **What** A column whose numbers are, most of them, valid numbers of another country than the settings name.

        **Why** Read as numbers of the wrong country, good numbers would be called bad, or be written wrongly.

        **Bad** German numbers such as `030 123456` in a book whose region is CN.

        **Good** `region = "DE"` in crmsheet.toml.

        **crmsheet** It says so once, and leaves the numbers of the column alone until the setting is right.

        **Setting** `region`
        """,
        ),
        RuleCard(
            "CRM215",
            Severity.warning,
            N_("A phone number whose digits are gone"),
            """
        **What** A phone number that a spreadsheet rounded, or of which an export shows only a part.

        **Why** What is lost cannot be computed; the longer one waits, the fewer people remember it.

        **Bad** `1.38E+10`; `138****8000`.

        **Good** The whole number, in a cell that is formatted as text.

        **crmsheet** It leaves the cell and puts the number on the list of what must be asked for; a masked number is
        never taken for the same as another.
        """,
            LOST,
        ),
    ),
    read=_read,
    canonical=_canonical,
    evidence=_evidence,
)
