"""Number formats: which of them show a day or a time, and what such a number means."""

from __future__ import annotations

import datetime as dt
import re

from crmsheet.book.ooxml.styles import Shows, shown_by
from crmsheet.core.cells import Scalar

# ECMA-376 part 1, 18.8.30; 27-36 and 50-58 as Excel has them in simplified Chinese.
_YEAR_MONTH, _MONTH_DAY, _NOON = 'yyyy"年"m"月"', 'm"月"d"日"', '上午/下午h"时"mm"分"'
_NOON_SECONDS = '上午/下午h"时"mm"分"ss"秒"'
BUILT_IN: dict[int, str] = {
    **dict(enumerate(("General", "0", "0.00", "#,##0", "#,##0.00"))),
    **dict(enumerate(("0%", "0.00%", "0.00E+00", "# ?/?", "# ??/??", "yyyy/m/d", "d-mmm-yy", "d-mmm", "mmm-yy"), 9)),
    **dict(enumerate(("h:mm AM/PM", "h:mm:ss AM/PM", "h:mm", "h:mm:ss", "yyyy/m/d h:mm"), 18)),
    **dict(enumerate(("m-d-yy", 'yyyy"年"m"月"d"日"', 'h"时"mm"分"', 'h"时"mm"分"ss"秒"'), 30)),
    **dict(enumerate(("#,##0;-#,##0", "#,##0;[Red]-#,##0", "#,##0.00;-#,##0.00", "#,##0.00;[Red]-#,##0.00"), 37)),
    **dict(enumerate(("mm:ss", "[h]:mm:ss", "mm:ss.0", "##0.0E+0", "@"), 45)),
    **dict.fromkeys((27, 36, 50, 52, 57), _YEAR_MONTH),
    **dict.fromkeys((28, 29, 51, 53, 54, 58), _MONTH_DAY),
    **dict.fromkeys((34, 55), _NOON),
    **dict.fromkeys((35, 56), _NOON_SECONDS),
}
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_QUOTED = re.compile(r'"[^"]*"|\\.')
_DAY_MS = 86_400_000
_LAST_DAY = 2_958_466
NOT_A_DAY, DAY, ELAPSED = "", "day", "elapsed"


def meaning(code: str) -> str:
    """Whether numbers in this format are days and times (DAY), durations (ELAPSED), or neither (NOT_A_DAY)."""
    if shown_by(code) not in (Shows.DATE, Shows.TIME):
        return NOT_A_DAY
    return ELAPSED if _ELAPSED.search(_QUOTED.sub("", code).split(";")[0]) else DAY


def dated(serial: float, kind: str, *, date1904: bool) -> Scalar:
    """What a serial number means: a date, a time below one day, both, or a duration; the number where none exists.

    A workbook counts the days from 1899-12-30, and has a 29th of February 1900 that never was; or from 1904-01-01.
    """
    if kind == ELAPSED:
        return dt.timedelta(milliseconds=round(serial * _DAY_MS)) if abs(serial) < _LAST_DAY else serial
    if not 0 <= serial < _LAST_DAY - 1462 * date1904:
        return serial
    ms = round(serial * _DAY_MS)
    day = dt.date(1904, 1, 1) if date1904 else dt.date(1899, 12, 30 + (serial < 60))
    moment = dt.datetime.combine(day, dt.time()) + dt.timedelta(milliseconds=ms)
    if serial < 1:
        return moment.time() if ms < _DAY_MS else serial
    return moment.date() if moment.time() == dt.time() else moment
