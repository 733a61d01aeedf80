"""Dates and times: real date cells; text only where one reading is possible."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from crmsheet.clean.date_spelling import DATE_ORDERS, Moment, Unread, order_of, spelt_moment
from crmsheet.clean.normaliser import KEEP, Normaliser, Reading, fixed, refused
from crmsheet.clean.spelling import as_text
from crmsheet.clean.vacancy import vacant
from crmsheet.core.cells import Cell
from crmsheet.core.context import Context
from crmsheet.core.findings import Severity
from crmsheet.core.messages import N_
from crmsheet.core.rules import VERIFY, RuleCard
from crmsheet.core.schema import Field

ORDER = "date_order_seen"
"""The name in `Context.extra` of the order that the column's clear dates suggest: dmy, mdy or nothing."""

_SPELT = N_("{value} is the date {after}")
_SERIAL = N_("{value} is a date without its format: {after}")
_NO_DATE = N_("{value} cannot be read as a date; type it as year-month-day")
_IMPOSSIBLE = N_("{value}: there is no such day in the calendar; check the date")
_PLACEHOLDER = N_("{value} is what a program writes for no date; delete it or type the real one")
_ORDER = N_("{value} can mean {first} or {second}; type it as year-month-day")
_ORDER_SEEN = N_("{value} can mean {first} or {second}; other dates of this column suggest {likely}; type it out")
_PART = N_("{value} does not say which day and year; type it as year-month-day")
_ZONE = N_("{value} names a time zone; it is read as the time of day that it shows")

_SAID = {
    Unread.no_date: _NO_DATE,
    Unread.impossible: _IMPOSSIBLE,
    Unread.placeholder: _PLACEHOLDER,
    Unread.partial: _PART,
}
_FIRST_SERIAL, _LAST_SERIAL = 32874, 73416
"""1990-01-01 and 2101-01-01 in the 1900 date system."""
_EPOCH = dt.datetime(1899, 12, 30)  # noqa: DTZ001  (a cell has no time zone)
_OFFSETS = {"CN": 8, "HK": 8, "MO": 8, "TW": 8, "SG": 8, "MY": 8, "PH": 8, "JP": 9, "KR": 9, "TH": 7, "VN": 7, "AE": 4}
"""Hours east of UTC of regions that have one zone and no summer time."""


def _value(moment: dt.date, field: Field) -> dt.date:
    """The typed value: a date field holds days, a datetime field moments."""
    timed = isinstance(moment, dt.datetime)
    if field.kind == "date":
        return moment.date() if isinstance(moment, dt.datetime) else moment
    return moment if timed else dt.datetime.combine(moment, dt.time())


def _read(cell: Cell, field: Field, context: Context) -> Reading:
    match cell:
        case bool() | dt.time() | dt.timedelta():
            return refused("CRM231", _NO_DATE)
        case dt.date():
            return _read_date(cell, field)
        case int() | float():
            return _read_number(float(cell), field, context)
        case str():
            return _read_text(cell, field, context)
        case _:
            return refused("CRM231", _NO_DATE) if as_text(cell) else Reading()


def _read_date(cell: dt.date, field: Field) -> Reading:
    """A real date cell; the serials 0 to 366 are what emptied or mistyped cells show as a day of 1900."""
    if cell.year <= 1900:
        return refused("CRM231", _PLACEHOLDER)
    return Reading(_value(cell.replace(tzinfo=None) if isinstance(cell, dt.datetime) else cell, field))


def _read_number(number: float, field: Field, context: Context) -> Reading:
    if number != number:
        return Reading()
    if number.is_integer() and 19000101 <= number <= 99991231:
        return _read_text(str(int(number)), field, context)
    if _FIRST_SERIAL <= number < _LAST_SERIAL:
        moment = _of_serial(number)
        return fixed(_value(moment, field), moment, "CRM230", _SERIAL)
    if number in (0, 1, -1):
        return refused("CRM231", _PLACEHOLDER)
    partial = number.is_integer() and (1900 <= number <= 2100 or 190001 <= number <= 210012)
    return refused("CRM232", _PART) if partial else refused("CRM231", _NO_DATE)


def _of_serial(number: float) -> dt.date:
    """The moment of a serial number (days since 1899-12-30, true from March 1900 on), to the second."""
    moment = _EPOCH + dt.timedelta(seconds=round(number * 86400))
    return moment.date() if moment.time() == dt.time() else moment


def _read_text(text: str, field: Field, context: Context) -> Reading:
    says_nothing = vacant(text)
    if says_nothing is not None:
        return says_nothing
    found = spelt_moment(text, context.today)
    if isinstance(found, Unread):
        return refused("CRM232" if found is Unread.partial else "CRM231", _SAID[found])
    if found.serial is not None:
        return _read_number(found.serial, field, context)
    days = set(found.days.values())
    if len(days) > 1:
        ordered = found.days.get(context.settings.date_order)
        if ordered is None:
            return _two_ways(found, context)
        days = {ordered}
    return _of_moment(found, days.pop(), field, context)


def _two_ways(found: Moment, context: Context) -> Reading:
    """An ambiguous order: the column's other dates only help to ask the better question."""
    days = sorted({day.isoformat() for day in found.days.values()})
    likely = found.days.get(str(context.extra.get(ORDER, "")))
    if likely is None:
        return refused("CRM232", _ORDER, first=days[0], second=days[-1])
    return refused("CRM232", _ORDER_SEEN, first=days[0], second=days[-1], likely=likely.isoformat())


def _of_moment(found: Moment, day: dt.date, field: Field, context: Context) -> Reading:
    if day.year <= 1900:
        return refused("CRM231", _PLACEHOLDER)
    if found.time is None:
        return fixed(_value(day, field), day, "CRM230", _SPELT)
    moment = dt.datetime.combine(day, found.time)
    if found.offset is not None:
        home = _OFFSETS.get(context.region)
        if home is None:
            return Reading(_value(moment, field), KEEP, _ZONE, None, Severity.info, "CRM232")
        try:
            moment += dt.timedelta(hours=home) - found.offset
        except OverflowError:
            return refused("CRM231", _IMPOSSIBLE)
    written = moment.date() if moment.time() == dt.time() else moment
    return fixed(_value(moment, field), written, "CRM230", _SPELT)


def _canonical(cells: Sequence[Any], field: Field, _context: Context) -> list[Any]:
    """Real date cells after 1900."""
    if not cells or not isinstance(cells[0], dt.date):
        return [None] * len(cells)
    return [_value(cell, field) if cell.year > 1900 else None for cell in cells]


def _evidence(cells: Sequence[Any], _context: Context) -> Mapping[str, Any]:
    """The one order that every clear slash date of a column has."""
    seen = {order for cell in cells if isinstance(cell, str) and (order := order_of(cell)) in DATE_ORDERS}
    return {ORDER: seen.pop()} if len(seen) == 1 else {}


NORMALISER = Normaliser(
    kinds=("date", "datetime"),
    cards=(
        RuleCard(
            "CRM230",
            Severity.info,
            N_("A date written as text or as a number"),
            """
        **What** A date that is a text or a bare number instead of a date.

        **Why** A spreadsheet cannot sort it, count days from it or group it by month.

        **Bad** `2025.3.1` or `2025年3月1日` as text; `45717`.

        **Good** The date 2025-03-01 in a date cell.

        **crmsheet** `crmsheet clean --write` makes it a date of the same day.
        """,
        ),
        RuleCard(
            "CRM231",
            Severity.warning,
            N_("Not a date, or a day that does not exist"),
            """
        **What** A text in a date column that is no date, a day that is in no calendar, or what programs write for
        no date.

        **Why** The record is in no month and on no list.

        **Bad** `2025-02-30`; `待定`; `1900-01-00`.

        **Good** `2025-02-28`; or an empty cell.

        **crmsheet** It leaves the cell and takes the date as unknown.
        """,
            VERIFY,
        ),
        RuleCard(
            "CRM232",
            Severity.warning,
            N_("A date that can mean several days"),
            """
        **What** A date that can be read as two different days, or that does not say the day or the year.

        **Why** A guess would be wrong for half of them, and nobody would notice.

        **Bad** `5/1/24` (5 January or 1 May); `3月`.

        **Good** `2024-05-01`.

        **crmsheet** It names the days that are possible and leaves the cell, unless the setting says how such dates
        are meant.

        **Setting** `date_order`: `dmy`, `mdy` or `ymd`.
        """,
            VERIFY,
        ),
    ),
    read=_read,
    canonical=_canonical,
    evidence=_evidence,
)
