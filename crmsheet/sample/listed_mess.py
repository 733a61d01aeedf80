"""Ways to misspell the cells of long lists, by field, with the rate of filled cells and the number of facts/mess.md.

The rates are those of sheets that several people filled by hand over years: a phone in three is not written plainly, an
e-mail in twelve, and one cell in fifty has lost its value. What is lost never hits the one value by which an entry can
still be told (`listed_entries.anchored`): of a list whose truth nobody could know nothing can be measured.
"""

from __future__ import annotations

from collections.abc import Mapping

from crmsheet.sample.listed_words import Mess

_WIDE = str.maketrans({chr(n): chr(n + 0xFEE0) for n in range(0x30, 0x7B) if chr(n).isalnum()} | {"@": "＠"})


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit())


def _of(luck: float, *choices: str) -> str:
    return choices[int(luck * len(choices))]


def _spaced(text: str, luck: float) -> str:
    n = _digits(text)
    if len(n) == 11:
        return _of(luck, f"{n[:3]} {n[3:7]} {n[7:]}", f"{n[:3]}-{n[3:7]}-{n[7:]}", f"{n[:3]}.{n[3:7]}.{n[7:]}")
    return _of(luck, f"{n[:3]}-{n[3:6]}-{n[6:]}", f"{n[:3]} {n[3:6]} {n[6:]}", f"{n[:3]}.{n[3:6]}.{n[6:]}", n)


def _prefixed(text: str, luck: float) -> str:
    n = _digits(text)
    if len(n) == 11:
        return _of(luck, f"+86 {n}", f"+86{n}", f"0086{n}", f"86-{n}", f"(86){n}")
    return _of(luck, f"+1 {text}", f"+1{n}", f"1-{n[:3]}-{n[3:6]}-{n[6:]}")


def _slipped(text: str, luck: float) -> str:
    """One digit wrong, or two neighbours turned round; the first four stay, for they are known by heart."""
    places = [at for at, c in enumerate(text) if c.isdigit()][4:]
    if len(places) < 2:
        return text
    pick = int(luck * 100) % (len(places) - 1)
    at, after = places[pick], places[pick + 1]
    if luck < 0.5 or text[at] == text[after]:
        return f"{text[:at]}{(int(text[at]) + 1 + int(luck * 1000) % 9) % 10}{text[at + 1 :]}"
    chars = list(text)
    chars[at], chars[after] = chars[after], chars[at]
    return "".join(chars)


def _shortened(text: str, luck: float) -> str:
    n = _digits(text)
    at = 4 + int(luck * (len(n) - 4))
    return n[:at] + n[at + 1 :]


def _scientific(text: str, luck: float) -> str:
    return f"{float(_digits(text)):.{_of(luck, '2', '3', '5')}E}"


def _masked(text: str, luck: float) -> str:
    n = _digits(text)
    return f"{n[:3]}{_of(luck, '****', '*****', 'XXXX')}{n[-4:]}"


def _another(luck: float) -> str:
    return f"13{int(luck * 9) + 1}{int(luck * 1e8):08d}"


def _mail_slip(text: str, luck: float) -> str:
    """A letter of the box doubled, lost or turned round."""
    box, _, domain = text.partition("@")
    if len(box) < 5:
        return text
    at = 1 + int(luck * (len(box) - 3))
    middle = _of((luck * 91) % 1, box[at] * 2 + box[at + 1], box[at + 1], box[at + 1] + box[at])
    return f"{box[:at]}{middle}{box[at + 2 :]}@{domain}"


def _day_slip(text: str, luck: float) -> str:
    """Day and month turned round where that is a day, else one digit wrong."""
    year, month, day = text.split("-")
    if int(day) <= 12 and day != month and luck < 0.5:
        return f"{year}-{day}-{month}"
    return f"{year[:3]}{(int(year[3]) + 1 + int(luck * 8)) % 10}-{month}-{day}"


def _day_form(text: str, luck: float) -> str:
    year, month, day = text.split("-")
    return _of(
        luck,
        f"{year}/{int(month)}/{int(day)}",
        f"{year}.{int(month)}.{int(day)}",
        f"{year}{month}{day}",
        f"{year}年{int(month)}月{int(day)}日",
    )


_NUMBER_EAST = (
    Mess(23, 0.06, _spaced),
    Mess(33, 0.05, _prefixed),
    Mess(29, 0.03, lambda text, _: f"{_digits(text)}.0"),
    Mess(29, 0.008, _scientific, lost=True),
    Mess(32, 0.03, lambda text, luck: f"{text}{_of(luck, '/', '；', '、', ' ', ',')}{_another(luck)}"),
    Mess(32, 0.02, lambda text, luck: f"{text}{_of(luck, '(王)', '(本人)', '（微信同号）', '(办公室)')}"),
    Mess(22, 0.01, lambda text, _: text.translate(_WIDE)),
    Mess(34, 0.01, _masked, lost=True),
    Mess(35, 0.01, lambda _, luck: _of(luck, "微信同号", "见备注", f"wx{int(luck * 1e6):06d}"), lost=True),
    Mess(36, 0.005, lambda text, _: f"'{text}"),
    Mess(0, 0.015, _slipped),
    Mess(0, 0.004, _shortened, lost=True),
)
_LINE_EAST = (
    Mess(33, 0.08, lambda text, luck: f"{text}{_of(luck, '转', '-', ' 转', '#', ' ext ')}{100 + int(luck * 800)}"),
    Mess(31, 0.03, lambda text, _: text.lstrip("0").replace("-", "")),
    Mess(23, 0.06, lambda text, luck: text.replace("-", _of(luck, " ", "", " - "))),
    Mess(33, 0.02, lambda text, luck: f"{_of(luck, '+86', '0086', '+86 ')}{text.lstrip('0').replace('-', ' ')}"),
    Mess(33, 0.02, lambda text, _: f"({text.replace('-', ')')}"),
    Mess(0, 0.012, _slipped),
)
_NUMBER_WEST = (
    Mess(23, 0.20, _spaced),
    Mess(33, 0.05, _prefixed),
    Mess(29, 0.02, lambda text, _: f"{_digits(text)}.0"),
    Mess(29, 0.005, _scientific, lost=True),
    Mess(32, 0.02, lambda text, luck: f"{text} / ({212 + int(luck * 500)}) 555-{int(luck * 9999):04d}"),
    Mess(33, 0.03, lambda text, luck: f"{text}{_of(luck, ' x', ' ext. ', ' ext ', '#')}{100 + int(luck * 800)}"),
    Mess(32, 0.015, lambda text, luck: f"{text} {_of(luck, '(cell)', '(office)', '(mobile)')}"),
    Mess(34, 0.008, _masked, lost=True),
    Mess(35, 0.006, lambda _, luck: _of(luck, "see notes", "ask reception", "WhatsApp only"), lost=True),
    Mess(36, 0.005, lambda text, _: f"'+1{_digits(text)}"),
    Mess(0, 0.015, _slipped),
    Mess(0, 0.004, _shortened, lost=True),
)
_MAIL = (
    Mess(37, 0.03, lambda text, luck: text.upper() if luck < 0.5 else text.capitalize()),
    Mess(37, 0.005, lambda text, _: text.replace("@", "＠")),
    Mess(37, 0.005, lambda text, luck: f"{text.removesuffix('.com')}{_of(luck, ',com', '。com')}"),
    Mess(37, 0.005, lambda text, luck: f"{text.removesuffix('.com')}{_of(luck, '.con', '.cmo')}", lost=True),
    Mess(37, 0.007, lambda text, _: f"mailto:{text}"),
    Mess(37, 0.007, lambda text, _: f"{text.partition('@')[0].title()} <{text}>"),
    Mess(37, 0.006, lambda text, _: f"{text}."),
    Mess(37, 0.01, lambda text, luck: f"{text}{_of(luck, '; ', '/', '、')}office{int(luck * 9000)}@mail.example.com"),
    Mess(23, 0.01, lambda text, luck: f" {text}" if luck < 0.5 else f"{text}\u3000"),
    Mess(0, 0.015, _mail_slip),
)
_BIRTHDAY = (
    Mess(0, 0.02, _day_slip, lost=True),
    Mess(40, 0.01, lambda _, luck: _of(luck, "1900-01-01", "1899-12-31"), lost=True),
)
_TEXT = (Mess(23, 0.01, lambda text, _: f"{text} "),)

EAST: Mapping[str, tuple[Mess, ...]] = {
    "mobile": _NUMBER_EAST,
    "phone": _LINE_EAST,
    "email": _MAIL,
    "wechat": _TEXT,
    "uscc": (Mess(22, 0.01, lambda text, _: text.translate(_WIDE)), Mess(23, 0.02, lambda text, _: f"{text} ")),
    "birthday": (*_BIRTHDAY, Mess(38, 0.4, _day_form)),
    "contact_name": (
        Mess(24, 0.05, lambda text, luck: f"{text}{_of(luck, '(采购)', '经理', '总', '（财务）')}"),
        Mess(24, 0.05, lambda text, luck: f"{text[0]}{_of(luck, '总', '经理', '工', '小姐')}", lost=True),
        Mess(25, 0.03, lambda text, _: f"{text[0]} {text[1:]}"),
    ),
    "address": (Mess(22, 0.01, lambda text, _: text.translate(_WIDE)), *_TEXT),
}
"""Fields of the Chinese lists."""

WEST: Mapping[str, tuple[Mess, ...]] = {
    "mobile": _NUMBER_WEST,
    "phone": _NUMBER_WEST,
    "email": _MAIL,
    "birthday": _BIRTHDAY,
    "contact_name": (
        Mess(24, 0.04, lambda text, luck: f"{_of(luck, 'Mr.', 'Ms.', 'Dr.')} {text}"),
        Mess(24, 0.03, lambda text, luck: f"{text} ({_of(luck, 'purchasing', 'billing', 'owner')})"),
        Mess(24, 0.04, lambda text, _: text.split()[0], lost=True),
        Mess(25, 0.03, lambda text, _: f"{text.split()[-1]}, {' '.join(text.split()[:-1])}"),
    ),
    "address": _TEXT,
}
"""Fields of the English lists."""
