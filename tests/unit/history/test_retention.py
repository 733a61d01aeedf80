"""Which versions stay."""

import datetime as dt

from crmsheet.core.versions import Version
from crmsheet.history.retention import GRACE, Retention, lasting, staying

NOW = dt.datetime(2026, 11, 28, 12, tzinfo=dt.UTC)


def chain(*ages_in_hours):
    """Versions of those ages, the oldest first, each the parent of the next."""
    versions = []
    for number, age in enumerate(ages_in_hours, 1):
        at = (NOW - dt.timedelta(hours=age)).isoformat()
        parents = (versions[-1].id,) if versions else ()
        versions.append(
            Version(f"v{number}", number, parents[0] if parents else "", "", at, "", "", "", "", {}, parents)
        )
    return versions


def stay(versions, named=()):
    """What stays where no day, week or month keeps anything."""
    return sorted(staying(versions, named, NOW.isoformat(), Retention(0, 0, 0)), key=lambda each: int(each[1:]))


def test_heads_and_what_was_a_head_a_week_ago_stay_whatever_the_policy():
    versions = chain(24 * 400, 24 * 30, 24 * 7 + 1, 24 * 7 - 1, 5, 1)
    assert dt.timedelta(days=7) == GRACE
    assert stay(versions) == ["v3", "v4", "v5", "v6"]  # v3 was followed less than a week ago


def test_two_heads_stay():
    first, *_ = chain(24 * 100)
    left = Version("v2", 2, "v1", "", first.at, "", "", "", "", {}, ("v1",))
    right = Version("v3", 2, "v1", "", first.at, "", "", "", "", {}, ("v1",))
    assert stay([first, left, right]) == ["v2", "v3"]


def test_the_last_version_of_days_weeks_and_months_stays():
    ages = [24 * day + hour for day in range(800, 8, -1) for hour in (9, 1)] + [1]
    versions = chain(*ages)
    staying_ids = staying(versions, (), NOW.isoformat(), Retention())
    kept = [each for each in versions if each.id in staying_ids]
    days = [dt.datetime.fromisoformat(each.at) for each in kept]
    assert len({(day.year, day.month) for day in days}) == 24
    old = [day for day in days if NOW - day > dt.timedelta(days=9)]
    assert all(day.hour == 11 for day in old)  # the later one of its day
    assert 24 <= len(kept) <= 2 + 14 + 8 + 24


def test_tags_stay_and_so_does_what_has_no_readable_time():
    versions = chain(24 * 90, 24 * 80, 24 * 70, 1)
    odd = Version("v9", 9, "", "", "one day", "", "", "", "", {})
    child = Version("v10", 10, "v9", "", versions[0].at, "", "", "", "", {}, ("v9",))
    assert stay([*versions, odd, child], named={"v1"}) == ["v1", "v3", "v4", "v9", "v10"]


def test_a_time_without_a_zone_counts_as_utc_and_a_wrong_now_prunes_nothing():
    versions = chain(24 * 90, 24 * 80)
    assert lasting(versions, "2026-11-28T12:00:00") == {"v2"}
    assert lasting(versions, "whenever") == {"v1", "v2"}
