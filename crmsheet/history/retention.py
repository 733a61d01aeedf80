"""Which versions stay when a history is pruned."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from crmsheet.core.versions import Version

GRACE = dt.timedelta(days=7)
"""So long after it was followed by another a version stays, whatever the policy says. A computer that was not
synchronised for fewer days builds on such a version, and on its pieces: pruning elsewhere takes nothing from it."""

_NEVER = dt.datetime.max.replace(tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Retention:
    """How many days, weeks and months keep their newest version; those without any version do not count."""

    daily: int = 14
    weekly: int = 8
    monthly: int = 24


def lasting(versions: Sequence[Version], at: str) -> frozenset[str]:
    """The ids of the versions that no computer may have pruned at a time: heads, and heads until a few days ago."""
    now = _moment(at)
    followed: dict[str, dt.datetime] = {}
    for version in versions:
        moment = _moment(version.at)
        for parent in version.parents:
            followed[parent] = min(moment or _NEVER, followed.get(parent, _NEVER))
    return frozenset(
        each.id for each in versions if each.id not in followed or now is None or followed[each.id] > now - GRACE
    )


def staying(versions: Sequence[Version], named: Collection[str], at: str, policy: Retention) -> frozenset[str]:
    """The ids of the versions that a policy keeps at a time: those that last, the `named`, the newest of periods."""
    newest_first = sorted(versions, key=lambda each: (_moment(each.at) or _NEVER, each.number), reverse=True)
    dated = [(each, moment.date()) for each in newest_first if (moment := _moment(each.at))]
    undated = {each.id for each in versions if _moment(each.at) is None}
    periods: Iterable[tuple[int, Callable[[dt.date], object]]] = (
        (policy.daily, lambda day: day),
        (policy.weekly, lambda day: day.isocalendar()[:2]),
        (policy.monthly, lambda day: (day.year, day.month)),
    )
    stay = {*lasting(versions, at), *named, *undated}
    for most, period in periods:
        newest: dict[object, str] = {}
        for version, day in dated:
            newest.setdefault(period(day), version.id)
        stay |= set(list(newest.values())[:most])
    return frozenset(stay & {each.id for each in versions})


def _moment(at: str) -> dt.datetime | None:
    """A time as it was written, with its zone; None where it cannot be read."""
    try:
        moment = dt.datetime.fromisoformat(at)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
