"""Grades: how many customers bring how much, and who the largest are."""

from __future__ import annotations

from crmsheet.core.messages import N_, Message
from crmsheet.core.outcome import Section
from crmsheet.core.schema import Schema
from crmsheet.report.words import label, plain
from crmsheet.tier import SEGMENTS, TIERS, Grades

_TITLE = N_("Grades")
_TOP = N_("Largest customers")
_SEGMENTS = N_("Segments by recency, frequency and revenue (RFM)")
_COUNT = N_("Customers")
_COUNT_SHARE = N_("Customers (%)")
_REVENUE = N_("Revenue ({currency})")
_REVENUE_SHARE = N_("Revenue (%)")
_RUNNING = N_("Cumulative (%)")
_SEGMENT = N_("Segment")
_RFM = N_("RFM")
_REASON = N_("Reason")


def sections(grades: Grades, schema: Schema, top: int = 10) -> tuple[Section, ...]:
    """Customers and revenue per grade, customers per segment, and the `top` largest; none without grades."""
    if grades.frame.empty:
        return ()
    parts = [_distribution(grades, schema), _segments(grades), _largest(grades, schema, top)]
    return tuple(part for part in parts if part.rows)


def _distribution(grades: Grades, schema: Schema) -> Section:
    """Revenue is of customer keys: two rows that share a key share it, and it is counted once."""
    counts = dict.fromkeys(TIERS, 0)
    shares = dict.fromkeys(TIERS, 0.0)
    revenues = dict.fromkeys(TIERS, 0.0)
    seen: set[str] = set()
    columns = (grades.frame[name].tolist() for name in ("key_", "tier", "revenue", "part"))
    for key, tier, revenue, part in zip(*columns, strict=True):
        counts[tier] += 1
        if isinstance(key, str):
            if key in seen:
                continue
            seen.add(key)
        revenues[tier] += revenue
        shares[tier] += part
    total = len(grades.frame)
    rows = tuple(
        (
            tier,
            counts[tier],
            round(100 * counts[tier] / total, 1),
            round(revenues[tier], 2),
            round(100 * shares[tier], 1),
        )
        for tier in TIERS
    )
    revenue = Message(_REVENUE, {"currency": grades.currency})
    titles = (label(schema, "customers", "tier"), _said(_COUNT), _said(_COUNT_SHARE), revenue, _said(_REVENUE_SHARE))
    return Section(_said(_TITLE), titles, rows, note=grades.basis, name="tiers")


def _segments(grades: Grades) -> Section:
    counts = dict.fromkeys(SEGMENTS, 0)
    for segment in grades.frame["segment"].dropna().tolist():
        counts[segment] += 1
    rows = tuple((_said(SEGMENTS[code]), count) for code, count in counts.items() if count)
    return Section(_said(_SEGMENTS), (_said(_SEGMENT), _said(_COUNT)), rows, name="segments")


def _largest(grades: Grades, schema: Schema, top: int) -> Section:
    names = ("key_", "name", "tier", "revenue", "share", "r", "f", "m")
    head = grades.frame[grades.frame["revenue"] > 0].head(top)
    columns = (head[name].tolist() for name in names)
    rows = tuple(
        (plain(key), plain(name), tier, round(revenue, 2), _percent(share), _scores(r, f, m), reason)
        for (key, name, tier, revenue, share, r, f, m), reason in zip(
            zip(*columns, strict=True), grades.reasons(), strict=False
        )
    )
    titles = (
        label(schema, "customers", "customer_id"),
        label(schema, "customers", "name"),
        label(schema, "customers", "tier"),
        Message(_REVENUE, {"currency": grades.currency}),
        _said(_RUNNING),
        _said(_RFM),
        _said(_REASON),
    )
    fields = ("customers.customer_id", "customers.name", "customers.tier", "", "", "", "")
    return Section(Message(_TOP), titles, rows, fields=fields, name="largest_customers")


def _scores(r: object, f: object, m: object) -> str | None:
    """`545`, or None where a score is missing."""
    scores = [plain(score) for score in (r, f, m)]
    return None if None in scores else "".join(map(str, scores))


def _percent(share: float) -> float:
    return round(100 * share, 1)


def _said(template: str) -> Message:
    return Message(template)
