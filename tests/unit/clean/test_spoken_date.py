"""Runs the table of days in tests/cases/spoken_date.yml."""

import datetime as dt
from pathlib import Path

import pytest
import yaml

from crmsheet.clean.spoken_date import read_day, read_moment
from crmsheet.core import errors

CASES = yaml.safe_load((Path(__file__).parents[2] / "cases" / "spoken_date.yml").read_text("utf-8"))["cases"]
NOW = dt.datetime(2026, 11, 28, 10, 30)
SIDES = {"ahead": True, "past": False, "neither": None}


@pytest.mark.parametrize("case", CASES, ids=[f"{each['said']!r}-{each.get('side', 'ahead')}" for each in CASES])
def test_case(case):
    assert set(case) <= {"said", "side", "order", "day", "error"}
    # A time of day without a day is seen from the moment, a day from its beginning.
    side = SIDES[case.get("side", "ahead")]
    now = dt.datetime.combine(NOW, dt.time()) if side else NOW
    options = {"order": case.get("order", ""), "ahead": side}
    if "error" in case:
        with pytest.raises(getattr(errors, case["error"])) as caught:
            read_moment(case["said"], now, **options)
        assert caught.value.exit_code == 2
        assert case["said"].casefold() in str(caught.value).casefold()
        return
    found = read_moment(case["said"], now, **options)
    assert (found, type(found)) == (case["day"], type(case["day"]))


def test_an_ambiguous_day_says_how_to_write_either():
    with pytest.raises(errors.DayAmbiguous) as caught:
        read_day("5/12", NOW.date())
    said = str(caught.value)
    assert "2026-12-05" in said
    assert "2027-05-12" in said
    assert read_day(caught.value.facts["this"], NOW.date()).isoformat() == "2026-12-05"
    assert read_day(caught.value.facts["that"], NOW.date()).isoformat() == "2027-05-12"
