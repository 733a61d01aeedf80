"""Ways to misspell a value, each with a number, a name, and whether a careful reader can get the value back.

| no | kinds | rate of cells (mess = 1) |
|---|---|---|
| 20 | encoding of a CSV file (chosen by the caller) | - |
| 22 | full-width: digits in phones, letters and digits in text | 1.5 % of phones, 0.7 % of texts |
| 23 | edge-space, ideographic-space, nbsp, zero-width, line-break; phone-spaced | 2 % of texts, 3 % of phones |
| 24, 25 | person-title, person-spaced, person-note | 3 % of contact names |
| 27 | null-word (无, -, N/A ...), same-as-above | 2 % of optional texts, 0.3 % of addresses |
| 28 | test-row | 0.2 % of customers |
| 29, 31 | phone-number (stored as number), phone-scientific, phone-lost-zero | 2.5 % of phones |
| 32 - 36 | phone-several, phone-extension, phone-prefix, phone-masked, phone-wechat, phone-apostrophe | 5 % of phones |
| 37 | email-full-width, email-comma, email-con, email-stop, email-mailto, email-several, ... | 4 % of e-mails |
| 38, 39, 41 | date-dots, date-compact, date-chinese ..., date-serial, date-impossible, date-future | 6 % of dates |
| 42, 43 | money-symbol, money-wan, money-k, money-range ...; percent-text | 5 % of amounts |
| 44, 45, 46 | list-separator, yes-word, level-spelled | 4 to 5 % |
| 49 | owner-id | 1 % of owners |
| 54 | formula-text: a text that would run as a formula | 0.3 % of notes |
| 0 | not in that list: phone-digit-missing, key-doubled, reference-dangling | see `mess` |

A speller takes (rng, cell, language) and gives back a `Spelled`, or None where the value cannot be spelled that way.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from types import MappingProxyType
from typing import Any, TypeAlias

from crmsheet.sample.language import Language


@dataclass(frozen=True, slots=True)
class Spelled:
    """A cell as misspelled, and the true value."""

    mess: int
    kind: str
    cell: Any
    value: Any
    recoverable: bool = True


Speller: TypeAlias = Callable[[Random, Any, Language], Spelled | None]

_WIDE = str.maketrans({chr(n): chr(n + 0xFEE0) for n in range(0x30, 0x7B) if chr(n).isalnum()} | {"@": "＠", ".": "．"})
_WIDE_DIGITS = str.maketrans("0123456789", "０１２３４５６７８９")
_HANZI_DIGITS = str.maketrans("0123456789", "〇一二三四五六七八九")
_NULLS = {"zh": ("无", "暂无", "-", "/", "N/A", "不详", "待补充"), "en": ("N/A", "none", "-", "null", "unknown", "/")}


def edge_space(rng: Random, cell: Any, language: Language) -> Spelled | None:
    """White space and invisible characters around or inside a text."""
    del language
    kind, spelled = rng.choice(
        (
            ("edge-space", f"{cell} "),
            ("edge-space", f"  {cell}"),
            ("ideographic-space", f"{cell}\u3000"),
            ("nbsp", f"\u00a0{cell}"),
            ("zero-width", f"{cell[:1]}\u200b{cell[1:]}"),
            ("line-break", f"{cell}\n"),
        )
    )
    return Spelled(23, kind, spelled, cell)


def full_width(rng: Random, cell: Any, language: Language) -> Spelled | None:
    """Letters and digits in full width."""
    del rng, language
    wide = cell.translate(_WIDE)
    return Spelled(22, "full-width", wide, cell) if wide != cell else None


def null_word(rng: Random, cell: Any, language: Language) -> Spelled | None:
    """A word that means nothing, where the cell was empty."""
    return Spelled(27, "null-word", rng.choice(_NULLS[language.code]), None) if cell is None else None


def person(rng: Random, cell: Any, language: Language) -> Spelled | None:
    """A name with spaces, a title instead of the given name, or a note."""
    if language.code == "en":
        form = rng.choice(("Dr. {}", "{} (purchasing)", "  {}"))
        return Spelled(
            24, "person-note" if "(" in form else "person-title", form.format(cell), cell, recoverable=form[0] == " "
        )
    draw = rng.random()
    if draw < 0.5 and len(cell) == 2:
        return Spelled(25, "person-spaced", f"{cell[0]} {cell[1]}", cell)
    if draw < 0.7:
        return Spelled(24, "person-note", f"{cell}(采购)", cell, recoverable=False)
    return Spelled(24, "person-title", f"{cell[0]}总", cell, recoverable=False)


def phone(rng: Random, cell: Any, language: Language) -> Spelled | None:
    """A phone number in one of the ways that sheets hold them."""
    return rng.choice(_PHONES)(rng, cell, language)


def _phone_spaced(rng: Random, cell: str, language: Language) -> Spelled:
    digits = _digits(cell)
    if len(digits) == 11 and digits[0] == "1":
        form = rng.choice(("{} {} {}", "{}-{}-{}")).format(digits[:3], digits[3:7], digits[7:])
    else:
        form = cell.replace("-", " - ") if rng.random() < 0.5 else cell.replace("-", "  ")
    return Spelled(23, "phone-spaced", form, language.e164(cell))


def _phone_wide(rng: Random, cell: str, language: Language) -> Spelled:
    del rng
    return Spelled(22, "phone-full-width", cell.translate(_WIDE_DIGITS).replace("-", "－"), language.e164(cell))


def _phone_number(rng: Random, cell: str, language: Language) -> Spelled | None:
    """A number typed without care: the cell is numeric, a leading zero is gone."""
    del rng
    if cell.startswith("+"):
        return None
    digits = _digits(cell)
    lost = digits.startswith("0")
    return Spelled(
        31 if lost else 29, "phone-lost-zero" if lost else "phone-number", float(digits), language.e164(cell)
    )


def _phone_scientific(rng: Random, cell: str, language: Language) -> Spelled | None:
    del rng
    digits = _digits(cell)
    if cell.startswith("+") or digits.startswith("0"):
        return None
    return Spelled(29, "phone-scientific", f"{float(digits):.4E}", language.e164(cell), recoverable=False)


def _phone_several(rng: Random, cell: str, language: Language) -> Spelled:
    other = language.landline(rng, language.places[0], 0)
    mark = rng.choice(("/", "；", "、", ";", "\n"))
    return Spelled(32, "phone-several", f"{cell}{mark}{other}", f"{language.e164(cell)}|{language.e164(other)}")


def _phone_extension(rng: Random, cell: str, language: Language) -> Spelled | None:
    if language.code == "zh" and not cell.startswith("0"):
        return None
    extension = str(rng.randrange(201, 899))
    mark = rng.choice(("转", "-", " 转 ") if language.code == "zh" else (" ext. ", " x", " ext "))
    return Spelled(33, "phone-extension", f"{cell}{mark}{extension}", f"{language.e164(cell)}x{extension}")


def _phone_prefix(rng: Random, cell: str, language: Language) -> Spelled | None:
    if cell.startswith("+"):
        return None
    number = language.e164(cell)
    code = "86" if language.code == "zh" else "1"
    rest = number.removeprefix(f"+{code}")
    forms = (
        ("+{0} {1}", "+{0}{1}", "00{0}{1}", "(+{0}){1}")
        if code == "86"
        else ("+{0} {1}", "+{0}{1}", "{0}-{1}", "+{0}-{1}")
    )
    return Spelled(33, "phone-prefix", rng.choice(forms).format(code, rest), number)


def _phone_masked(rng: Random, cell: str, language: Language) -> Spelled:
    del rng
    digits = _digits(cell)
    return Spelled(34, "phone-masked", f"{digits[:3]}****{digits[-4:]}", language.e164(cell), recoverable=False)


def _phone_wechat(rng: Random, cell: str, language: Language) -> Spelled:
    words = ("微信同号", f"wx_{rng.randrange(10**6):06d}") if language.code == "zh" else ("see notes", "ask reception")
    return Spelled(35, "phone-wechat", rng.choice(words), language.e164(cell), recoverable=False)


def _phone_apostrophe(rng: Random, cell: str, language: Language) -> Spelled:
    del rng
    number = language.e164(cell)
    return Spelled(36, "phone-apostrophe", f"'{number}", number)


def _phone_short(rng: Random, cell: str, language: Language) -> Spelled:
    digits = _digits(cell)
    at = rng.randrange(4, len(digits))
    return Spelled(0, "phone-digit-missing", digits[:at] + digits[at + 1 :], language.e164(cell), recoverable=False)


_PHONES: tuple[Speller, ...] = (
    _phone_spaced,
    _phone_spaced,
    _phone_spaced,
    _phone_wide,
    _phone_number,
    _phone_number,
    _phone_scientific,
    _phone_several,
    _phone_extension,
    _phone_extension,
    _phone_prefix,
    _phone_prefix,
    _phone_masked,
    _phone_wechat,
    _phone_apostrophe,
    _phone_short,
)


def email(rng: Random, cell: Any, language: Language) -> Spelled | None:
    """An address with the slips that people make."""
    local, _, domain = cell.partition("@")
    kind, spelled, value = rng.choice(
        (
            ("email-full-width", f"{local}＠{domain}", cell),
            ("email-comma", cell.removesuffix(".com") + ",com", cell),
            ("email-con", cell.removesuffix(".com") + ".con", cell),
            ("email-stop", cell.removesuffix(".com") + "。com", cell),
            ("email-mailto", f"mailto:{cell}", cell),
            ("email-several", f"{cell}; {local}.2@{domain}", f"{cell}|{local}.2@{domain}"),
            ("email-dot", f"{cell}.", cell),
            ("email-named", f"{local.title()} <{cell}>", cell),
            ("email-space", f"{local} @{domain}", cell),
            ("email-upper", f"{local}@{domain.upper()}", cell),
            ("email-no-at", f"{local}{domain}", cell),
        )
    )
    del language
    # .con could be meant: no such domain exists, but only the customer knows; the same for a missing sign.
    return Spelled(37, kind, spelled, value, recoverable=kind not in {"email-con", "email-no-at"})


def date(rng: Random, cell: Any, language: Language) -> Spelled | None:
    """A date as text, as a bare number, cut short, or impossible."""
    day = cell.date() if isinstance(cell, dt.datetime) else cell
    y, m, d = day.year, day.month, day.day
    forms: list[tuple[int, str, Any, bool]] = [
        (38, "date-slashes", f"{y}/{m}/{d}", True),
        (38, "date-dashes", f"{y}-{m}-{d}", True),
        (38, "date-dots", f"{y}.{m}.{d}", True),
        (38, "date-compact", f"{y}{m:02d}{d:02d}", True),
        (38, "date-compact", y * 10000 + m * 100 + d, True),
        (39, "date-serial", (day - dt.date(1899, 12, 30)).days, True),
        (39, "date-serial", str((day - dt.date(1899, 12, 30)).days), True),
        (41, "date-impossible", f"{y}-02-30", False),
        (38, "date-month-only", f"{y}-{m:02d}", False),
    ]
    if language.code == "zh":
        hanzi = f"{str(y).translate(_HANZI_DIGITS)}年{_hanzi(m)}月{_hanzi(d)}日"
        forms += [
            (38, "date-chinese", f"{y}年{m}月{d}日", True),
            (38, "date-chinese", f"{y}年{m}月{d}日", True),
            (38, "date-hanzi", hanzi, True),
            (38, "date-no-year", f"{m}月{d}日", False),
            (38, "date-spoken", "上周三", False),
        ]
    else:
        forms += [(38, "date-words", f"{d} {_MONTHS[m - 1]} {y}", True)]
        if d <= 12 and d != m:
            forms += [(38, "date-ambiguous", f"{m}/{d}/{y % 100:02d}", False)]
    mess, kind, spelled, recoverable = rng.choice(forms)
    return Spelled(mess, kind, spelled, day, recoverable)


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _hanzi(n: int) -> str:
    """A number below 100 in Chinese words: 十一, 二十三."""
    tens, ones = divmod(n, 10)
    digits = "〇一二三四五六七八九"
    return ("" if tens == 0 else "十" if tens == 1 else f"{digits[tens]}十") + (
        digits[ones] if ones or not tens else ""
    )


def money(rng: Random, cell: Any, language: Language) -> Spelled | None:
    """An amount with its currency, in 万 or k, in brackets, or as a guess."""
    if cell < 0:
        return Spelled(42, "money-brackets", f"({-cell:,.2f})", cell)
    forms = [
        ("money-symbol", f"{'￥' if language.code == 'zh' else '$'}{cell:,.2f}", True),
        ("money-commas", f"{cell:,.2f}", True),
    ]
    if language.code == "zh":
        forms += [("money-unit", f"{cell:.2f}元", True), ("money-range", f"约{cell:.0f}", False)]
        if cell >= 1000 and cell % 100 == 0:
            forms += [("money-wan", f"{cell / 10000:g}万", True), ("money-wan", f"{cell / 10000:g}万元", True)]
    else:
        forms += [("money-range", f"about {cell:.0f}", False), ("money-foreign", f"EUR {cell:,.2f}", False)]
        if cell >= 1000 and cell % 100 == 0:
            forms += [("money-k", f"{cell / 1000:g}k", True)]
    kind, spelled, recoverable = rng.choice(forms)
    return Spelled(42, kind, spelled, cell, recoverable)


def percent(rng: Random, cell: Any, language: Language) -> Spelled | None:
    """A share as text."""
    tenths = round(cell * 10)
    forms = [f"{tenths * 10}%", f"{tenths * 10}％"] + (
        ["〇一二三四五六七八九"[tenths] + "成"] if language.code == "zh" else []
    )
    return Spelled(43, "percent-text", rng.choice(forms), cell)


def tags(rng: Random, cell: Any, language: Language) -> Spelled | None:
    """Several words in a cell, parted by another mark than usual."""
    mark = "、" if language.code == "zh" else "; "
    if mark not in cell:
        return None
    return Spelled(
        44, "list-separator", cell.replace(mark, rng.choice((",", "/", "，", "\n"))), cell.replace(mark, "|")
    )


def yes_no(rng: Random, cell: Any, language: Language) -> Spelled | None:
    """Yes and no in other words."""
    yes = cell == language.choices["bool"][0]
    words = ("√", "Y", "1", "有") if language.code == "zh" else ("Y", "true", "1", "x")
    noes = ("×", "N", "0", "无") if language.code == "zh" else ("N", "false", "0", "n")
    at = rng.randrange(3)
    return Spelled(45, "yes-word", (words if yes else noes)[at], cell)


def level(rng: Random, cell: Any, language: Language) -> Spelled | None:
    """A level as people write it."""
    words = (f"{cell}类", f"{cell}级", "重要客户") if language.code == "zh" else ("VIP", f"{cell} class")
    # Levels are typed by people and never written over, so nothing is to be recovered.
    return Spelled(46, "level-spelled", rng.choice((cell.lower(), *words)), cell, recoverable=False)


def formula_text(rng: Random, cell: Any, language: Language) -> Spelled | None:
    """A text from a web form that a spreadsheet would run when it is exported to CSV and opened."""
    del cell, language
    text = rng.choice(('=HYPERLINK("http://phish.example.com","click")', "@SUM(1+1)", "+1+cmd|' /C calc'!A0", "＝1+1"))
    return Spelled(54, "formula-text", text, text, recoverable=False)


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit())


SPELLERS: Mapping[str, tuple[tuple[float, Speller], ...]] = MappingProxyType(
    {
        "name": ((0.02, edge_space), (0.005, full_width)),
        "contact_name": ((0.03, person), (0.01, edge_space)),
        "contacts.name": ((0.03, person),),
        "mobile": ((0.11, phone),),
        "phone": ((0.11, phone),),
        "email": ((0.04, email), (0.01, edge_space)),
        "wechat": ((0.02, null_word), (0.01, edge_space)),
        "address": ((0.007, full_width), (0.015, edge_space)),
        "uscc": ((0.005, edge_space), (0.005, full_width)),
        "credit_limit": ((0.05, money),),
        "amount": ((0.01, money),),
        "tags": ((0.05, tags),),
        "level": ((0.05, level),),
        "created_at": ((0.06, date),),
        "last_contact_at": ((0.03, date),),
        "next_contact_at": ((0.05, date),),
        "last_deal_at": ((0.05, date),),
        "date": ((0.02, date),),
        "at": ((0.01, date),),
        "expected_close": ((0.05, date),),
        "probability": ((0.08, percent),),
        "is_primary": ((0.05, yes_no),),
        "notes": ((0.003, formula_text), (0.03, null_word)),
        "product": ((0.01, edge_space),),
        "summary": ((0.01, edge_space),),
        "contact_title": ((0.02, null_word),),
    }
)
"""Field, or `table.field`, to the rates of its cells and who spells them."""
