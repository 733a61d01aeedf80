"""Laws of days as they are said."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmsheet.clean.spoken_date import read_day, read_moment
from crmsheet.core.errors import UsageError

DAYS = st.dates(dt.date(1990, 1, 1), dt.date(2090, 12, 31))


@given(DAYS, st.integers(0, 366))
def test_the_next_day_of_a_name_is_the_first_from_today_on(today, distance):
    wanted = today + dt.timedelta(days=distance)
    found = read_day(f"{wanted:%m-%d}", today)
    assert today <= found <= wanted
    assert (found.month, found.day) == (wanted.month, wanted.day)


@given(DAYS, st.integers(0, 366))
def test_every_form_without_a_year_names_the_same_day(today, distance):
    wanted = today + dt.timedelta(days=distance)
    day = read_day(f"{wanted:%m-%d}", today)
    assert read_day(f"{wanted.month}月{wanted.day}日", today) == day
    assert read_day(f"{wanted.month}/{wanted.day}", today, order="mdy") == day
    assert read_day(f"{wanted.day}/{wanted.month}", today, order="dmy") == day


@given(DAYS, st.integers(0, 999))
def test_a_distance_is_a_distance(today, days):
    assert read_day(f"{days}天后", today) == today + dt.timedelta(days=days)
    assert read_day(f"in {days} days", today) == today + dt.timedelta(days=days)
    assert read_day(f"{days}天前", today, ahead=False) == today - dt.timedelta(days=days)


@given(DAYS, st.sampled_from("一二三四五六日"))
def test_weekdays_lie_in_the_weeks_they_name(today, weekday):
    soon, next_week = read_day(f"周{weekday}", today), read_day(f"下周{weekday}", today)
    after = read_day(f"下下周{weekday}", today)
    assert 1 <= (soon - today).days <= 7
    assert after - next_week == dt.timedelta(weeks=1)
    monday = today - dt.timedelta(days=today.weekday())
    assert dt.timedelta(weeks=1) <= next_week - monday < dt.timedelta(weeks=2)
    assert soon.weekday() == next_week.weekday() == "一二三四五六日".index(weekday)


@given(DAYS, DAYS)
def test_a_whole_date_is_itself_or_refused_on_the_wrong_side(today, day):
    assert read_day(day.isoformat(), today, ahead=None) == day
    if day < today:
        with pytest.raises(UsageError):
            read_day(day.isoformat(), today)
    else:
        assert read_day(day.isoformat(), today) == day


@given(st.text(max_size=20) | st.text("0123456789-/.:年月日号周下上天后点 abcdeinopt", max_size=12), DAYS)
def test_any_text_is_a_day_on_the_right_side_or_a_sentence(text, today):
    now = dt.datetime.combine(today, dt.time(12))
    for ahead in (True, False, None):
        try:
            found = read_moment(text, now, ahead=ahead)
        except UsageError:
            continue
        moment = found if isinstance(found, dt.datetime) else dt.datetime.combine(found, now.time())
        assert ahead is not True or moment >= now
        assert ahead is not False or moment <= now
