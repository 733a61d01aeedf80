"""How people type dates: the day or days that a text can mean, and its time of day."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from crmsheet.clean.spelling import narrow

DATE_ORDERS = ("dmy", "mdy")


class Unread(Enum):
    """Why a text gives no day."""

    no_date = "no date"
    impossible = "impossible"
    placeholder = "placeholder"
    partial = "partial"


@dataclass(frozen=True, slots=True)
class Moment:
    """The day by each order of day, month and year that the text allows; time of day and offset from UTC, if said.

    `serial` stands alone: the text is a number that a spreadsheet would show as a date.
    """

    days: Mapping[str, dt.date] = field(default_factory=dict)
    time: dt.time | None = None
    offset: dt.timedelta | None = None
    serial: float | None = None


_HAN_DIGITS = {each: str(n) for n, each in enumerate("〇一二三四五六七八九")} | {"零": "0", "○": "0", "Ｏ": "0"}
_HAN_DATE = re.compile(
    "([〇○零一二三四五六七八九]{4}|[〇○零一二三四五六七八九]{2})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})[日号]"
)
_SPLIT_YEAR_FIRST = re.compile(r"(\d{4}) ?([-/.年]) ?(\d{1,2}) ?(?:\2|月) ?(\d{1,2}) ?[日号]?")
_SHORT_YEAR_HAN = re.compile(r"(\d{2}) ?年 ?(\d{1,2}) ?月 ?(\d{1,2}) ?[日号]?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:[T ]?(\d{2})(\d{2})(\d{2})?)?")
_THREE = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{1,2})")
_MONTHS = {name: n for n, name in enumerate(str.split("jan feb mar apr may jun jul aug sep oct nov dec"), 1)}
_MONTH = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|"
    "dec(?:ember)?"
)
_NAMED_DMY = re.compile(rf"(\d{{1,2}})(?:st|nd|rd|th)?[ -]?({_MONTH})\.?,?[ -]?(\d{{4}}|\d{{2}})", re.IGNORECASE)
_NAMED_MDY = re.compile(rf"({_MONTH})\.? ?(\d{{1,2}})(?:st|nd|rd|th)?,? ?(\d{{4}})", re.IGNORECASE)
_NAMED_YMD = re.compile(rf"(\d{{4}})[ -]({_MONTH})\.?[ -](\d{{1,2}})", re.IGNORECASE)
_TIME = re.compile(
    r"(?P<day>.+?)(?:[T ]| ?(?=[上下中晚凌早]))\s*(?P<half>上午|下午|中午|晚上|凌晨|早上)? ?"
    r"(?P<hour>\d{1,2})(?:[:时点] ?(?P<minute>\d{1,2})(?:[:分] ?(?P<second>\d{1,2})(?:[.,]\d{1,9})?)?[分秒]?)?"
    r"[时点]?整? ?(?P<meridiem>[AaPp]\.?[Mm]\.?)? ?(?P<zone>Z|UTC|GMT|(?:UTC|GMT)?[+-]\d{1,2}(?::?\d{2})?)?"
)
_HAN_TIME = re.compile(r"(?P<day>.+[日号]) ?(?P<rest>\d{1,2}[:时点].*)")
_WEEKDAY = re.compile(
    r"(?<=[日号\d]) ?[(]?(?:星期|周|礼拜)[一二三四五六日天][)]?(?= |$)|"
    r"^(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,? +|"
    r"(?<=\d),? ?[(]?(?:mon|tue|wed|thu|fri|sat|sun)(?:day)?[)]?$",
    re.IGNORECASE,
)
_SERIAL = re.compile(r"\d{5}(?:\.\d{1,12})?")
_ZERO = re.compile(r"0{1,4}[-/.年]0{1,2}[-/.月]0{1,2}日?(?: 0?0:00(?::00)?)?|1900[-/.]0?1[-/.]0?0(?: .*)?|0{8}")
_RELATIVE = (
    "昨|今天|明天|前天|后天|上周|下周|本周|上个?月|下个?月|本月|去年|今年|明年|农历|阴历|正月|腊月|初[一二三四五六七八九十]|春节|"
    "节前|节后|季度|周[一二三四五六日天]|星期|yesterday|today|tomorrow|last |next "
)
_PARTIAL = re.compile(
    r"\d{1,2}[月/.-]\d{1,2}[日号]?|"
    r"(?:\d{4}|\d{2}) ?年(?: ?\d{1,2} ?月)?(?:份|底|初|中旬|上旬|下旬|中|末)?|"
    r"\d{4}[-/.]\d{1,2}|\d{6}|\d{4}|\d{4} ?-?[Qq][1-4]|[Qq][1-4].*|\d{4} ?[HhWw]\d{1,2}|"
    r"\d{1,2} ?[月日号](?:份|底|初)?|[一二三四五六七八九十]{1,3}月(?:[一二三四五六七八九十]{1,3}[日号])?|"
    rf"(?:{_MONTH})\.?(?:[ -]?\d{{1,4}})?|\d{{1,2}}[ -]?(?:{_MONTH})|.*(?:{_RELATIVE}).*",
    re.IGNORECASE,
)


def spelt_moment(text: str, today: dt.date) -> Moment | Unread:
    """The moment that a text names; two-digit years lie between 90 years before and 10 years after today."""
    told = _arabic(_WEEKDAY.sub("", narrow(text).lstrip("'")).strip())
    if _ZERO.fullmatch(told):
        return Unread.placeholder
    if _SERIAL.fullmatch(told):
        return Moment(serial=float(told))
    if match := _COMPACT.fullmatch(told):
        return _compact(match)
    days = _days(told, today)
    if days is not None:
        return Moment(days) if days else Unread.impossible
    return _timed(told, today)


def order_of(text: str) -> str:
    """The order that a slash date proves by a part above 12: 'dmy' or 'mdy'; '' where it proves nothing."""
    match = _THREE.match(narrow(text))
    if not match or len(match[4]) != 4:
        return ""
    first, second = int(match[1]), int(match[3])
    if first > 12 >= second:
        return "dmy"
    return "mdy" if second > 12 >= first else ""


def _arabic(text: str) -> str:
    """二〇二四年一月十五日 as 2024年1月15日."""
    return _HAN_DATE.sub(
        lambda match: f"{''.join(_HAN_DIGITS[each] for each in match[1])}年{_han(match[2])}月{_han(match[3])}日", text
    )


def _han(word: str) -> int:
    """The number of a Chinese numeral up to 99; 0 for none."""
    tens, ten, ones = word.rpartition("十")
    if not ten:
        return int(_HAN_DIGITS.get(word, "0"))
    return int(_HAN_DIGITS.get(tens, "1" if not tens else "0")) * 10 + int(_HAN_DIGITS.get(ones, "0"))


def _compact(match: re.Match[str]) -> Moment | Unread:
    day = _day(int(match[1]), int(match[2]), int(match[3]))
    if not 1900 <= int(match[1]) <= 2100:
        return Unread.no_date
    if day is None:
        return Unread.impossible
    if match[4] is None:
        return Moment({"ymd": day})
    time = _clock(int(match[4]), int(match[5]), int(match[6] or 0))
    return Moment({"ymd": day}, time) if time is not None else Unread.impossible


def _timed(text: str, today: dt.date) -> Moment | Unread:
    if match := _HAN_TIME.fullmatch(text):
        text = f"{match['day']} {match['rest']}"
    match = _TIME.fullmatch(text)
    days = _days(match["day"].strip(), today) if match else None
    if (
        match is None
        or days is None
        or not (match["minute"] or match["meridiem"] or match["half"] or re.search("[时点]", text))
    ):
        return Unread.partial if _PARTIAL.fullmatch(text) else Unread.no_date
    time = _time(match)
    if not days or time is None:
        return Unread.impossible
    return Moment(days, time, _offset(match["zone"]))


def _time(match: re.Match[str]) -> dt.time | None:
    hour = int(match["hour"])
    half = (match["meridiem"] or "").lower().replace(".", "")
    if half:
        if not 1 <= hour <= 12:
            return (
                None
                if hour > 12 and half == "am"
                else _clock(hour, int(match["minute"] or 0), int(match["second"] or 0))
            )
        hour = hour % 12 + (12 if half == "pm" else 0)
    elif match["half"] in ("下午", "晚上", "中午") and hour < 12:
        hour += 0 if match["half"] == "中午" and hour >= 10 else 12
    return _clock(hour, int(match["minute"] or 0), int(match["second"] or 0))


def _offset(zone: str | None) -> dt.timedelta | None:
    """The offset east of UTC; None where no zone was named."""
    if not zone:
        return None
    match = re.fullmatch(r"(?:UTC|GMT)?([+-])(\d{1,2}):?(\d{2})?", zone)
    if not match:
        return dt.timedelta()
    offset = dt.timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
    return -offset if match[1] == "-" else offset


def _days(text: str, today: dt.date) -> dict[str, dt.date] | None:
    """The possible days by order; empty where the form is a date's but no such day exists; None for another form."""
    if match := _SPLIT_YEAR_FIRST.fullmatch(text):
        return _only("ymd", _day(int(match[1]), int(match[3]), int(match[4])))
    if match := _SHORT_YEAR_HAN.fullmatch(text):
        return _only("ymd", _day(_year(match[1], today), int(match[2]), int(match[3])))
    if match := _NAMED_DMY.fullmatch(text):
        return _only("dmy", _day(_year(match[3], today), _month(match[2]), int(match[1])))
    if match := _NAMED_MDY.fullmatch(text):
        return _only("mdy", _day(int(match[3]), _month(match[1]), int(match[2])))
    if match := _NAMED_YMD.fullmatch(text):
        return _only("ymd", _day(int(match[1]), _month(match[2]), int(match[3])))
    if match := _THREE.fullmatch(text):
        return _by_order(match[1], match[3], match[4], today)
    return None


def _by_order(first: str, second: str, third: str, today: dt.date) -> dict[str, dt.date]:
    """The days of three short numbers: a year has four digits, or two."""
    possible: dict[str, dt.date] = {}
    if len(third) != 1:
        year = _year(third, today)
        possible |= _only("dmy", _day(year, int(second), int(first))) | _only(
            "mdy", _day(year, int(first), int(second))
        )
    if len(third) != 4 and len(first) == 2:
        possible |= _only("ymd", _day(_year(first, today), int(second), int(third)))
    return possible


def _only(order: str, day: dt.date | None) -> dict[str, dt.date]:
    return {order: day} if day else {}


def _month(name: str) -> int:
    return _MONTHS[name[:3].lower()]


def _year(digits: str, today: dt.date) -> int:
    year = int(digits)
    if len(digits) == 4:
        return year
    century = today.year // 100 * 100
    return century + year if century + year <= today.year + 10 else century - 100 + year


def _day(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _clock(hour: int, minute: int, second: int) -> dt.time | None:
    """A time of day to the second: fractions are a program's, not a person's."""
    try:
        return dt.time(hour, minute, second)
    except ValueError:
        return None
