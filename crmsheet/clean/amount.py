"""Amounts, numbers and percentages as people type them."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from crmsheet.clean.currency import CODES, currency_of
from crmsheet.clean.normaliser import KEEP, Normaliser, Reading, fixed, refused
from crmsheet.clean.spelling import as_text, narrow
from crmsheet.clean.vacancy import vacant
from crmsheet.core.cells import Cell
from crmsheet.core.context import Context
from crmsheet.core.findings import Severity
from crmsheet.core.messages import N_
from crmsheet.core.rules import VERIFY, RuleCard
from crmsheet.core.schema import Field

UNIT = "unit"
"""The name in `Context.extra` of the factor that the column's header states (万元 is 10000)."""

_SPELT = N_("{value} is the number {after}")
_NOT = N_("{value} is not a number; type digits only, remarks belong in the notes")
_UNSURE = N_("{value} is a range or an estimate, not one number; decide on one")
_FOREIGN = N_("{value} is in {currency}, the book counts in {home}; convert it or use the currency column")
_UNIT_TWICE = N_("{value} has a unit of its own under a header with a unit; type the plain number")
_WHOLE = N_("{value} is not a whole number")
_WHICH = N_("{value} can mean {value} % or {value} times; type it with a percent sign")

_PLAIN = re.compile(r"[+-]?(?:\d{1,15}(?:\.\d{0,15})?|\.\d{1,15})")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:,\d{3}){1,5}(?:\.\d+)?")
_SCALE = {
    "十": 10.0, "百": 1e2, "千": 1e3, "万": 1e4, "萬": 1e4, "w": 1e4, "十万": 1e5, "百万": 1e6, "千万": 1e7, "亿": 1e8,
    "億": 1e8, "万亿": 1e12, "k": 1e3, "m": 1e6, "mn": 1e6, "million": 1e6, "thousand": 1e3, "bn": 1e9, "billion": 1e9,
}  # fmt: skip
_SCALED = re.compile(rf"([+-]?[\d,.]+) ?({'|'.join(sorted(_SCALE, key=len, reverse=True))})?", re.IGNORECASE)
_SIGNS = r"US\$|HK\$|NT\$|CA\$|AU\$|CN¥|JP¥|[¥￥$€£₩₽฿₹₫]"
_WORDS = "人民币|元人民币|元整|元|圆|块钱|块|美元|美金|港币|港元|新台币|台币|欧元|英镑|日元|韩元|澳元|加元"
_LEADING = re.compile(rf"([+-]?)\s*({_SIGNS}|RMB|{_WORDS}|[A-Za-z]{{3}}(?=[\s\d+-]))\s*([+-]?[\d.].*)", re.IGNORECASE)
_TRAILING = re.compile(rf"(.*?)\s*({_SIGNS}|RMB|{_WORDS}|(?<![A-Za-z])[A-Za-z]{{3}})", re.IGNORECASE)
_DOLLARS = frozenset(str.split("USD HKD CAD AUD SGD NZD TWD MXN CLP ARS COP"))
_YUAN_WORDS = frozenset(("元", "元整", "圆", "块", "块钱"))
_TENTHS = {word: tenths for tenths, word in enumerate("一二三四五六七八九十", 1)} | {"两": 2}
_TENTHS_TEXT = re.compile(r"(?:([一两二三四五六七八九十])|(\d{1,2}(?:\.\d)?)) ?成([一二三四五六七八九]|半)?")
_ESTIMATE = re.compile(
    r"约|大概|左右|以上|以下|不到|超过|近|多$|余$|几|数[十百千万]|~|～|至|到|±|<|>|≥|≤|\d ?[-–—] ?\d|起$|"
    r"\+$|about|approx"
)
_COUNT_WORDS = ("岁", "次")


@dataclass(frozen=True, slots=True)
class _Amount:
    """A number read from text; `currency` as typed, `scaled` whether it had its own 万, k and the like."""

    number: float
    currency: str = ""
    scaled: bool = False


def _digits(text: str) -> float | None:
    if _PLAIN.fullmatch(text) or (_GROUPED.fullmatch(text) and len(text) <= 24):
        return float(text.replace(",", ""))
    return None


def _amount(text: str) -> _Amount | None:
    """A number with signs of currency, accounting brackets, and scale; None where it is anything else."""
    currency, sign, rest = "", 1.0, text
    if match := re.fullmatch(r"\((.+)\)|(.+\d)-", rest):
        sign, rest = -1.0, (match[1] or match[2]).strip()
        if rest[:1] in "+-(":
            return None
    if match := re.fullmatch(r"负 ?(.+)", rest):
        sign, rest = -sign, match[1]
    if match := _LEADING.fullmatch(rest):
        rest, currency = match[1] + match[3], match[2]
    if (match := _TRAILING.fullmatch(rest)) and not (
        currency and _iso(match[2]) != _iso(currency) and match[2] not in _YUAN_WORDS
    ):
        rest, currency = match[1].strip(), currency or match[2]
    match = _SCALED.fullmatch(rest)
    number = _digits(match[1]) if match else None
    if not match or number is None:
        return None
    scale = _SCALE[match[2].lower()] if match[2] else 1.0
    return _Amount(sign * _times(number, scale), currency, scale != 1.0)


def _times(number: float, scale: float) -> float:
    """The product without binary noise: 1.1万 is 11000, not 11000.000000000002."""
    return float(f"{number * scale:.15g}") + 0.0


def _iso(word: str) -> str:
    return currency_of(word, "")


def _foreign(word: str, home: str) -> str:
    """The currency of an amount as typed, where it is not the book's; '' where it is."""
    if (
        not word
        or word in _YUAN_WORDS
        or (word in "¥￥" and home in ("CNY", "JPY"))
        or (word == "$" and home in _DOLLARS)
    ):
        return ""
    code = _iso(word)
    return "" if code == home else code or word


def _read_text(text: str, field: Field, context: Context) -> tuple[_Amount | None, Reading | None]:
    """The amount, or why there is none."""
    told = narrow(text)
    unit = float(context.extra.get(UNIT, 1.0))
    amount = _amount(_uncounted(told, field))
    if amount is None or (amount.currency and field.kind != "money" and _iso(amount.currency) not in CODES):
        return None, refused("CRM241", _UNSURE if _ESTIMATE.search(told) else _NOT)
    if foreign := _foreign(amount.currency, context.settings.currency):
        return None, refused("CRM241", _FOREIGN, currency=foreign, home=context.settings.currency)
    if unit != 1.0 and amount.scaled:
        return None, refused("CRM241", _UNIT_TWICE)
    return amount, None


def _uncounted(text: str, field: Field) -> str:
    """Without a unit that the header states too: 30天 under 账期(天)."""
    match = re.fullmatch(r"([\d.,]+) ?([^\d\s.,)(%]{1,5})", text)
    if not match or field.kind == "money":
        return text
    unit = match[2].lower()
    stated = any(re.search(rf"[(（]\s*{re.escape(unit)}\s*[)）]", label.lower()) for label in field.labels.values())
    return match[1] if stated or unit in _COUNT_WORDS else text


def _read(cell: Cell, field: Field, context: Context) -> Reading:
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _read_number(float(cell), field, context)
    text = as_text(cell)
    if isinstance(cell, str):
        says_nothing = vacant(text)
        if says_nothing is not None and narrow(text) != "一":
            return says_nothing
        if field.kind == "percent":
            return _read_percent(narrow(text))
        amount, refusal = _read_text(text, field, context)
        if amount is not None:
            return _settle(amount.number, field, context)
        return refusal or refused("CRM241", _NOT)
    return refused("CRM241", _NOT) if text else Reading()


def _settle(number: float, field: Field, context: Context) -> Reading:
    reading = _read_number(number, field, context)
    return reading if reading.message else fixed(reading.value, _least(number), "CRM240", _SPELT)


def _least(number: float) -> int | float:
    return int(number) if number.is_integer() and abs(number) < 1e15 else number


def _read_number(number: float, field: Field, context: Context) -> Reading:
    if math.isnan(number):
        return Reading()
    if math.isinf(number):
        return refused("CRM241", _NOT)
    if field.kind == "integer":
        return Reading(int(number)) if number.is_integer() and abs(number) < 2**63 else refused("CRM241", _WHOLE)
    if field.kind == "percent":
        return Reading(number) if abs(number) <= 1 else refused("CRM241", _WHICH)
    return Reading(_scaled(number, context))


def _scaled(number: float, context: Context) -> float:
    unit = float(context.extra.get(UNIT, 1.0))
    return number if unit == 1.0 else _times(number, unit)


def _read_percent(text: str) -> Reading:
    """85%, 八成, 0.85. Above one a cell cannot hold the ratio unmistakably: 120% stays as typed."""
    if match := re.fullmatch(r"([+-]?[\d.,]+) ?(?:%|百分点)|百分之([\d.]+)", text):
        share = _digits(match[1] or match[2])
        ratio = None if share is None else _times(share, 0.01)
    elif match := _TENTHS_TEXT.fullmatch(text):
        tenths = _TENTHS[match[1]] if match[1] else float(match[2])
        more = 0.5 if match[3] == "半" else _TENTHS.get(match[3] or "", 0) / 10
        ratio = _times(tenths + more, 0.1)
    else:
        ratio = _digits(text)
        if ratio is not None and abs(ratio) > 1:
            return refused("CRM241", _WHICH)
    if ratio is None:
        return refused("CRM241", _UNSURE if _ESTIMATE.search(text) else _NOT)
    return fixed(ratio, _least(ratio), "CRM240", _SPELT) if abs(ratio) <= 1 else Reading(ratio, KEEP)


def _canonical(cells: Sequence[object], field: Field, context: Context) -> list[object]:
    """Numbers that need no thought: the unit is applied, the cell stays."""
    numbers: list[object] = []
    scaled = float(context.extra.get(UNIT, 1.0)) != 1.0
    if not scaled and field.kind in ("money", "number") and set(map(type, cells)) == {float}:
        return [cell if math.isfinite(cast("float", cell)) else None for cell in cells]
    for cell in cells:
        if type(cell) is not float and type(cell) is not int:
            return [None] * len(cells)
        reading = _read_number(float(cell), field, context) if field.kind in ("integer", "percent") else None
        if reading is not None:
            numbers.append(reading.value)
        else:
            numbers.append(_scaled(float(cell), context) if math.isfinite(cell) else None)
    return numbers


NORMALISER = Normaliser(
    kinds=("money", "number", "integer", "percent"),
    cards=(
        RuleCard(
            "CRM240",
            Severity.info,
            N_("A number written as words or with signs"),
            """
        **What** A number that is written as text, with signs, units or Chinese digits.

        **Why** A sum leaves such cells out without a word.

        **Bad** `1,200元`; `３万`; `¥ 500`.

        **Good** 1200; 30000; 500.

        **crmsheet** `crmsheet clean --write` writes the number of the same value.
        """,
        ),
        RuleCard(
            "CRM241",
            Severity.warning,
            N_("Not a number, or not one number"),
            """
        **What** A text in a number column that is no number, is a range or an estimate, or is in a foreign
        currency.

        **Why** No sum may count it, and a guess would be somebody's invoice.

        **Bad** `约10万`; `5000-8000`; `USD 300` in a book that counts in CNY.

        **Good** 100000; or the amount with its code in the column 币种.

        **crmsheet** It leaves the cell and takes the amount as unknown.

        **Setting** `currency`: amounts in this currency are read without a word.
        """,
            VERIFY,
        ),
    ),
    read=_read,
    canonical=_canonical,
)
