"""Identity cards and social credit codes of China: check digits by python-stdnum."""

from __future__ import annotations

import datetime as dt
import re

from stdnum.cn import ric, uscc
from stdnum.exceptions import ValidationError

from crmsheet.clean.cut_number import CARD as CUT
from crmsheet.clean.cut_number import cut, refused_cut
from crmsheet.clean.normaliser import Normaliser, Reading, fixed, refused
from crmsheet.clean.spelling import as_text, narrow
from crmsheet.clean.vacancy import vacant
from crmsheet.core.cells import Cell
from crmsheet.core.context import Context
from crmsheet.core.findings import Severity
from crmsheet.core.messages import N_
from crmsheet.core.rules import LOST, VERIFY, RuleCard
from crmsheet.core.schema import Field

_SPELT = N_("{value} is written {after}")
_CARD_LENGTH = N_("{value} has {count} characters, an identity card number has 18; check it with the customer")
_CARD_WRONG = N_("{value} is no valid identity card number (date, place or check digit); check it with the customer")
_HIDDEN = N_("{value} is masked: digits are hidden; ask the customer for the number")
_CARD_OTHER = N_("{value} is not a mainland identity card number; if it is a passport, say so in the notes")
_CODE_LENGTH = N_("{value} has {count} characters, a credit code has 18 (old tax numbers 15); check it on the licence")
_CODE_WRONG = N_("{value} is no valid social credit code (check digit or characters); check it on the licence")

_GAPS = re.compile(r"[\s\-']+")
_CARD = re.compile(r"[0-9]{17}[0-9X]")
_PROVINCES = frozenset(
    str.split(
        "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83"
    )
)
_MASKED = re.compile(r"\d{1,14}[*×•●#X]{4,}[0-9X]{0,6}")
_OLD_CARD = re.compile(r"\d{6}(\d{2})(\d{2})(\d{2})\d{3}")
_OLD_TAX = re.compile(r"[0-9A-Z]{15}")
_FLOAT_TEXT = re.compile(r"(\d{15})\.0")


def _plain(text: str) -> str:
    code = _GAPS.sub("", narrow(text)).upper()
    whole = _FLOAT_TEXT.fullmatch(code)
    return whole[1] if whole else code


def _new_card(code: str) -> bool:
    """The 18-digit card (GB 11643): province, date of birth, check digit.

    The full `ric.validate` is not used: it asks whether the county existed in the year of birth, but the county is that
    of the first registration, often decades later, so it refuses cards of living people (and raises on some counties).
    """
    if not _CARD.fullmatch(code) or code[:2] not in _PROVINCES:
        return False
    try:
        ric.get_birth_date(code)
    except ValidationError:
        return False
    return str(ric.calc_check_digit(code)) == code[-1]


def _old_card(code: str) -> bool:
    """The 15-digit card of before 1999: place, date of birth with two digits of the year 19xx, serial."""
    match = _OLD_CARD.fullmatch(code)
    if not match or code[:2] not in _PROVINCES:
        return False
    try:
        dt.date(1900 + int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return False
    return True


def _settle(cell: Cell, code: str, rule: str) -> Reading:
    return Reading(code) if not isinstance(cell, str) or cell == code else fixed(code, code, rule, _SPELT)


def _read_card(cell: Cell, context: Context) -> Reading:
    text = as_text(cell)
    says_nothing = vacant(text)
    if says_nothing is not None:
        return says_nothing
    code = _plain(text)
    if context.region != "CN":
        return Reading(narrow(text))
    if isinstance(cell, str) and _new_card(code):
        return _settle(cell, code, "CRM260")
    if cut(cell, code) or (len(code) == 18 and code.isdigit() and code.endswith("000")):
        return refused_cut()
    if _old_card(code):
        return _settle(cell, code, "CRM260")
    if _MASKED.fullmatch(code):
        return refused("CRM263", _HIDDEN)
    if not code[:17].isdigit():
        return refused("CRM261", _CARD_OTHER)
    if len(code) != 18:
        return refused("CRM261", _CARD_LENGTH, Severity.error, count=len(code))
    return refused("CRM261", _CARD_WRONG, Severity.error)


def _read_code(cell: Cell) -> Reading:
    text = as_text(cell)
    says_nothing = vacant(text)
    if says_nothing is not None:
        return says_nothing
    code = _plain(text)
    if cut(cell, code):
        return refused_cut()
    if code.isascii() and (_OLD_TAX.fullmatch(code) or uscc.is_valid(code)):
        return _settle(cell, code, "CRM265")
    if len(code) != 18:
        return refused("CRM266", _CODE_LENGTH, Severity.error, count=len(code))
    return refused("CRM266", _CODE_WRONG, Severity.error)


def _read(cell: Cell, field: Field, context: Context) -> Reading:
    return _read_card(cell, context) if field.kind == "id_card" else _read_code(cell)


NORMALISER = Normaliser(
    kinds=("id_card", "uscc"),
    cards=(
        RuleCard(
            "CRM260",
            Severity.info,
            N_("An identity card number spelt another way"),
            """
        **What** An identity card number with spaces, full-width characters or a small x.

        **Why** The same person in two spellings is taken for two.

        **Bad** `11010519491231002x`; `110105 19491231 002X`.

        **Good** `11010519491231002X` as text.

        **crmsheet** `crmsheet clean --write` writes the number in its one form.
        """,
        ),
        RuleCard(
            "CRM261",
            Severity.error,
            N_("Not a valid identity card number"),
            """
        **What** A number in an identity card column with a wrong length, date, place or check digit (GB 11643).

        **Why** Contracts and invoices with it are void or sent back.

        **Bad** `110105194912310021`, whose last digit does not fit.

        **Good** `11010519491231002X`.

        **crmsheet** It says what does not fit and leaves the cell; check it with the customer.
        """,
            VERIFY,
        ),
        CUT,
        RuleCard(
            "CRM263",
            Severity.warning,
            N_("An identity card number under asterisks"),
            """
        **What** An identity card number of which digits are hidden, as in an export that was masked.

        **Why** It identifies nobody, and two people can look the same.

        **Bad** `110105********002X`.

        **Good** `11010519491231002X`.

        **crmsheet** It leaves the cell; the digits are nowhere in the book and must be asked for.
        """,
            LOST,
        ),
        RuleCard(
            "CRM265",
            Severity.info,
            N_("A social credit code spelt another way"),
            """
        **What** A unified social credit code with spaces, full-width characters or small letters.

        **Why** The same company in two spellings is taken for two, and invoices want the exact code.

        **Bad** `91110108ma01abcd2e`; `9111 0108 MA01 ABCD 2E`.

        **Good** `91110108MA01ABCD2E`.

        **crmsheet** `crmsheet clean --write` writes the code in its one form.
        """,
        ),
        RuleCard(
            "CRM266",
            Severity.error,
            N_("Not a valid social credit code"),
            """
        **What** A text in a credit code column with a wrong length, forbidden letters or a wrong check digit (GB
        32100).

        **Why** An invoice with a wrong code is void for the customer.

        **Bad** A code of 17 characters; one with the letter I or O.

        **Good** The 18 characters as on the business licence.

        **crmsheet** It says what does not fit and leaves the cell; tax numbers of 15 digits are taken as old ones.
        """,
            VERIFY,
        ),
    ),
    read=_read,
)
