"""Days as people say them to a colleague: 明天, 下周三, 月底, 12-05, next friday; always said as seen from a day."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from crmsheet.clean.date_spelling import Moment, spelt_moment
from crmsheet.clean.spelling import HAN, narrow
from crmsheet.core.errors import DayAhead, DayAmbiguous, DayPast, DayUnreadable

_DAYS: Mapping[str, int] = {
    "大前天": -3, "前天": -2, "昨天": -1, "昨日": -1, "昨晚": -1, "今天": 0, "今日": 0, "今晚": 0, "明天": 1, "明日": 1,
    "后天": 2, "大后天": 3, "yesterday": -1, "today": 0, "tomorrow": 1, "day after tomorrow": 2,
    "day before yesterday": -2,
}  # fmt: skip
_COUNTS: Mapping[str, int] = {
    **{each: number for number, each in enumerate("一二三四五六七八九", 1)}, "两": 2, "a": 1, "an": 1,
    **{each: number for number, each in enumerate(str.split("one two three four five six seven eight nine ten"), 1)},
}  # fmt: skip
_HAN_COUNT = "[一二两三四五六七八九十]{1,3}"
_COUNT = rf"(?P<count>\d{{1,3}}|{_HAN_COUNT})"
_SPOKEN_COUNT = r"(?P<count>\d{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten)"
_UNITS: Mapping[str, str] = {
    "天": "day", "日": "day", "day": "day", "周": "week", "星期": "week", "礼拜": "week", "week": "week", "月": "month",
    "month": "month",
}  # fmt: skip
_LATER = (
    re.compile(rf"{_COUNT}个?(?P<unit>[天日周月]|星期|礼拜)(?:之|以)?(?P<way>[后前])"),
    re.compile(rf"in {_SPOKEN_COUNT} (?P<unit>day|week|month)s?"),
    re.compile(rf"{_SPOKEN_COUNT} (?P<unit>day|week|month)s? (?P<way>ago|from now|later)"),
)
_WHICH: Mapping[str, int] = {
    "上上": -2, "上": -1, "这": 0, "本": 0, "下": 1, "下下": 2, "last": -1, "this": 0, "next": 1,
}  # fmt: skip
_WEEKDAY = (
    re.compile("(?P<which>上上|上|这|本|下下|下)?个?(?:周|星期|礼拜)(?P<day>[一二三四五六日天])"),
    re.compile(r"(?:on )?(?:(?P<which>last|this|next) )?(?P<day>mon|tue|wed|thu|fri|sat|sun)"
               r"(?:s|nes|rs|ur)?(?:day)?"),
)  # fmt: skip
_WEEK = {**{each: at for at, each in enumerate("一二三四五六日")}, "天": 6} | {
    each: at for at, each in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))
}
_MONTH_END = (
    re.compile("(?:(?P<which>上|这|本|下下|下)个?)?月[底末]"),
    re.compile("(?:the )?end of (?:(?P<which>last|this|next|the) )?month"),
)
_YEAR_END = re.compile("(?:今?年[底末]|(?:the )?end of (?:the |this )?year)")
_OF_MONTH = re.compile(rf"(?:(?P<which>上|这|本|下下|下)个?月)?(?P<day>\d{{1,2}}|{_HAN_COUNT})[日号]")
_HAN_MONTH = re.compile(rf"({_HAN_COUNT})月({_HAN_COUNT})[日号]?")
_WITHOUT_YEAR = (
    (re.compile(r"\d{1,2}-\d{1,2}"), "{year}-{text}"),
    (re.compile(r"\d{1,2}月\d{1,2}[日号]?"), "{year}年{text}"),
    (re.compile(r"\d{1,2}/\d{1,2}"), "{text}/{year}"),
    (re.compile(r"\d{1,2}\.\d{1,2}"), "{text}.{year}"),
    (re.compile(r"[a-z]{3,9}\.? ?\d{1,2}(?:st|nd|rd|th)?|\d{1,2}(?:st|nd|rd|th)? ?[a-z]{3,9}"), "{text} {year}"),
)
_CLOCK = re.compile(
    r"(?P<day>.*?)[t ]?(?:at )?(?P<time>(?:上午|下午|中午|晚上|凌晨|早上)?\d{1,2}"
    r"(?::\d{2}(?::\d{2})?|[点时](?:\d{1,2}分?|半|整)?)(?: ?[ap]\.?m\.?)?|\d{1,2} ?[ap]\.?m\.?)"
)
_YEARS = 8
"""From one 29 February to the next it is at most eight years."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """From which day a text is said; `ahead` tells whether a day to come or a past one is meant, None neither."""

    today: dt.date
    order: str
    ahead: bool | None


def read_day(text: str, today: dt.date, *, order: str = "", ahead: bool | None = True) -> dt.date:
    """The day that a text names, seen from today.

    A day without a year, or a weekday by itself, is the next one (today's date is today, today's weekday in a week);
    with `ahead` false the last one. With `ahead` None it names no day at all. 下周三 and "next wednesday" lie in the
    week after this one; weeks begin on Monday.

    Args:
        text: as typed.
        today: the day from which it is said.
        order: the setting `date_order`, for 5/12; a hyphen (5-12) always parts month and day.
        ahead: whether a day to come or a past one is wanted.

    Raises:
        DayUnreadable: it names no day.
        DayAmbiguous: it can mean two.
        DayPast: a day to come is wanted, and it is past.
        DayAhead: a past day is wanted, and it is to come.
    """
    asked = _Asked(today, order, ahead)
    said = _said(text)
    for read in (_named, _later, _weekday, _end, _of_month, _calendar):
        day = read(said, asked)
        if day is not None:
            _check_side(text, day, today, ahead)
            return day
    raise DayUnreadable(text=text)


def read_moment(text: str, now: dt.datetime, *, order: str = "", ahead: bool | None = True) -> dt.date:
    """The day that a text names (see `read_day`), as a datetime where it tells a time of day: 明天上午10点, 15:30.

    Raises:
        the same as `read_day`.
    """
    match = _CLOCK.fullmatch(_said(text))
    if match is None:
        return read_day(text, now.date(), order=order, ahead=ahead)
    day = read_day(match["day"], now.date(), order=order, ahead=ahead) if match["day"] else now.date()
    time = re.sub("(?<=[点时])半", "30分", match["time"])
    found = spelt_moment(f"{day.isoformat()} {time}", now.date())
    if not isinstance(found, Moment) or found.time is None:
        raise DayUnreadable(text=text)
    moment = dt.datetime.combine(day, found.time)
    _check_side(text, moment, now, ahead)
    return moment


def _said(text: str) -> str:
    """One spelling: narrow, small letters, no spaces among Chinese words."""
    said = narrow(text).casefold()
    return said.replace(" ", "") if re.search(f"[{HAN}]", said) else said


def _check_side(text: str, day: dt.date, now: dt.date, ahead: bool | None) -> None:
    """Raises DayPast or DayAhead for a day on the wrong side."""
    shown = day.isoformat(" ", "minutes") if isinstance(day, dt.datetime) else day.isoformat()
    if ahead is True and day < now:
        raise DayPast(text=text, day=shown)
    if ahead is False and day > now:
        raise DayAhead(text=text, day=shown)


def _named(said: str, asked: _Asked) -> dt.date | None:
    days = _DAYS.get(said.removeprefix("the "))
    return None if days is None else asked.today + dt.timedelta(days=days)


def _later(said: str, asked: _Asked) -> dt.date | None:
    match = next(filter(None, (each.fullmatch(said) for each in _LATER)), None)
    if match is None:
        return None
    way = match.groupdict().get("way")
    count = _count(match["count"]) * (-1 if way in ("前", "ago") else 1)
    match _UNITS[match["unit"]]:
        case "month":
            return _in_month(asked.today, count, asked.today.day, or_last=True)
        case "week":
            return asked.today + dt.timedelta(weeks=count)
        case _:
            return asked.today + dt.timedelta(days=count)


def _weekday(said: str, asked: _Asked) -> dt.date | None:
    match = next(filter(None, (each.fullmatch(said) for each in _WEEKDAY)), None)
    if match is None:
        return None
    weekday, today = _WEEK[match["day"]], asked.today
    if match["which"]:
        monday = today - dt.timedelta(days=today.weekday())
        return monday + dt.timedelta(weeks=_WHICH[match["which"]], days=weekday)
    if asked.ahead is None:
        return None
    if asked.ahead:
        return today + dt.timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)
    return today - dt.timedelta(days=(today.weekday() - weekday) % 7)


def _end(said: str, asked: _Asked) -> dt.date | None:
    if _YEAR_END.fullmatch(said):
        return dt.date(asked.today.year, 12, 31)
    match = next(filter(None, (each.fullmatch(said) for each in _MONTH_END)), None)
    return _in_month(asked.today, _WHICH.get(match["which"], 0), 31, or_last=True) if match else None


def _of_month(said: str, asked: _Asked) -> dt.date | None:
    """下个月5号; 5号 alone is the next 5th."""
    match = _OF_MONTH.fullmatch(said)
    if match is None:
        return None
    number = _count(match["day"])
    if match["which"]:
        return _in_month(asked.today, _WHICH[match["which"]], number)
    if asked.ahead is None:
        return None
    steps = range(3) if asked.ahead else range(0, -3, -1)
    days = (_in_month(asked.today, step, number) for step in steps)
    return next((day for day in days if day and (day >= asked.today if asked.ahead else day <= asked.today)), None)


def _calendar(said: str, asked: _Asked) -> dt.date | None:
    """A date with its year, or the next (last) one without."""
    said = _HAN_MONTH.sub(lambda match: f"{_count(match[1])}月{_count(match[2])}日", said)
    form = next((form for pattern, form in _WITHOUT_YEAR if pattern.fullmatch(said)), None)
    if form is None:
        return _one(said, _spelt(said, asked.today), asked.order, lambda day: f"{day:%Y-%m-%d}")
    if asked.ahead is None:
        return None
    year = asked.today.year
    possible: dict[str, dt.date] = {}
    for each in range(year, year + _YEARS + 1) if asked.ahead else range(year, year - _YEARS - 1, -1):
        for order, day in _spelt(form.format(year=each, text=said), asked.today).items():
            if day >= asked.today if asked.ahead else day <= asked.today:
                possible.setdefault(order, day)
    # Without its year, month/day is what both year-month-day and month-day-year write.
    order = "mdy" if asked.order == "ymd" else asked.order
    return _one(said, possible, order, lambda day: f"{day:%m-%d}")


def _spelt(said: str, today: dt.date) -> Mapping[str, dt.date]:
    found = spelt_moment(said, today)
    return found.days if isinstance(found, Moment) and found.time is None else {}


def _one(said: str, days: Mapping[str, dt.date], order: str, clear: Callable[[dt.date], str]) -> dt.date | None:
    """The one day that is meant, None for no day; `clear` spells a day so that it can only mean that day."""
    distinct = sorted(set(days.values()))
    if len(distinct) < 2:
        return distinct[0] if distinct else None
    if order in days:
        return days[order]
    first, second = distinct[0], distinct[-1]
    raise DayAmbiguous(
        text=said, first=first.isoformat(), second=second.isoformat(), this=clear(first), that=clear(second)
    )


def _in_month(today: dt.date, months: int, day: int, *, or_last: bool = False) -> dt.date | None:
    """A day of a month counted from this one; None where that month has no such day, unless its last will do."""
    index = today.year * 12 + today.month - 1 + months
    year, month = divmod(index, 12)
    length = calendar.monthrange(year, month + 1)[1]
    if not 1 <= day <= 31 or (day > length and not or_last):
        return None
    return dt.date(year, month + 1, min(day, length))


def _count(word: str) -> int:
    """The number of digits or of a numeral: 12, 十二, two."""
    if word.isdecimal():
        return int(word)
    tens, ten, ones = word.partition("十")
    if ten and re.fullmatch(f"{_HAN_COUNT}", word):
        return _COUNTS.get(tens, 1) * 10 + _COUNTS.get(ones, 0)
    return _COUNTS.get(word, 0)
