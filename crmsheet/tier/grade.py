"""Grading: revenue found, classes and scores computed in SQL, and a note for whatever limits them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmsheet.core.context import Context, Settings
from crmsheet.core.messages import N_, Message
from crmsheet.engine import Engine
from crmsheet.tier.grades import Grades
from crmsheet.tier.pareto import CLASSES
from crmsheet.tier.rfm import FEW, FEWEST, SCORES
from crmsheet.tier.sources import Fields, Source, find_source

if TYPE_CHECKING:
    import pandas as pd

_ROWS = """
SELECT c.row_, c.key_, c.name, p.revenue, p.frequency, CAST($until AS DATE) - p.last_deal AS recency_days, p.last_deal,
       s.r, s.f, s.m, s.segment, coalesce(c.fixed, p.computed) AS tier, p.computed, c.fixed IS NOT NULL AS locked,
       p.part, p.share, p.rank
FROM tier_customers_ c
JOIN tier_classes_ p ON p.entity_ = c.entity_
LEFT JOIN tier_scores_ s ON s.entity_ = c.entity_
ORDER BY p.rank, c.key_, c.row_
"""

_NOTHING = """
SELECT CAST(NULL AS BIGINT) AS row_, CAST(NULL AS VARCHAR) AS key_, CAST(NULL AS VARCHAR) AS name,
       CAST(NULL AS DOUBLE) AS revenue, CAST(NULL AS BIGINT) AS frequency, CAST(NULL AS BIGINT) AS recency_days,
       CAST(NULL AS TIMESTAMP) AS last_deal, CAST(NULL AS BIGINT) AS r, CAST(NULL AS BIGINT) AS f,
       CAST(NULL AS BIGINT) AS m, CAST(NULL AS VARCHAR) AS segment, CAST(NULL AS VARCHAR) AS tier,
       CAST(NULL AS VARCHAR) AS computed, CAST(NULL AS BOOLEAN) AS locked, CAST(NULL AS DOUBLE) AS part,
       CAST(NULL AS DOUBLE) AS share, CAST(NULL AS BIGINT) AS rank
WHERE false
"""

_SCORED = """
SELECT count(*) AS buyers, count(s.r) AS r, count(s.f) AS f, max(p.part) AS largest
FROM tier_scores_ s JOIN tier_classes_ p ON p.entity_ = s.entity_
"""

LARGE_PART = 1 / 3
"""One customer with this part of the revenue: a business of few large accounts."""

_BY_WINDOW = N_("Revenue in {currency} from transactions in the {months} months up to {until}")
_BY_ALL = N_("Revenue in {currency} from all transactions")
_BY_TOTALS = N_("The totals kept in the customer sheet, in {currency}")
_NO_BASIS = N_(
    "Nothing to grade by: the book has neither transactions with customer and amount, nor a column of total amounts"
)
_TOO_FEW = N_("RFM needs at least {fewest} customers with deals, there are {buyers}: no scores were given")
_FEW_BUYERS = N_("RFM scores of {buyers} customers say little (several hundred are usual): go by the grade")
_SKEWED = N_(
    "One customer brings {part:.0%} of the revenue: with so few large accounts RFM says little, go by the grade and "
    "by what you know"
)
_NO_SCORE_R = N_("No dates of deals: RFM has no recency, and no segment was given")
_NO_SCORE_F = N_("No number of deals: RFM has no frequency, and no segment was given")
_NONE_POSITIVE = N_("No customer has revenue above zero: all are C")


def grade(engine: Engine, fields: Fields, context: Context) -> Grades:
    """The class, scores and segment of every active customer.

    Args:
        engine: holds the relations `customers` and `transactions` (see `crmsheet.engine.relations`).
        fields: the bound fields of each table.
        context: today, and the policy: `tier_a`, `tier_b`, `tier_months`, `currency`.

    Returns:
        `Grades`; its frame is empty, with a note, where there is nothing to grade by.
    """
    source = find_source(engine, fields, context)
    if source is None:
        return Grades(engine.sql(_NOTHING), Message(_NO_BASIS), (Message(_NO_BASIS),))
    settings = context.settings
    engine.save(
        "tier_classes_", CLASSES, line_a=round(settings.tier_a * 10_000), line_b=round(settings.tier_b * 10_000)
    )
    engine.save("tier_scores_", SCORES, fewest=FEWEST)
    frame = engine.sql(_ROWS, until=source.until)
    notes = source.notes + _limits(engine, frame)
    facts = {"months": settings.tier_months, "line_a": _percent(settings.tier_a), "line_b": _percent(settings.tier_b)}
    return Grades(frame, _basis(source, settings), notes, source.kind, source.currency, source.since is not None, facts)


def _basis(source: Source, settings: Settings) -> Message:
    """What the classes rest on, in a sentence."""
    facts = {"currency": source.currency, "months": settings.tier_months, "until": source.until}
    if source.kind == "totals":
        return Message(_BY_TOTALS, facts)
    return Message(_BY_WINDOW if source.since else _BY_ALL, facts)


def _limits(engine: Engine, frame: pd.DataFrame) -> tuple[Message, ...]:
    """What the figures cannot tell, because they are few or uneven."""
    scored = engine.sql(_SCORED).iloc[0]
    buyers = int(scored.buyers)
    if not buyers or not (frame["revenue"] > 0).any():
        return (Message(_NONE_POSITIVE),)
    if buyers < FEWEST:
        return (Message(_TOO_FEW, {"fewest": FEWEST, "buyers": buyers}),)
    notes: list[Message] = []
    if not scored.r:
        notes.append(Message(_NO_SCORE_R))
    if not scored.f:
        notes.append(Message(_NO_SCORE_F))
    if buyers < FEW:
        notes.append(Message(_FEW_BUYERS, {"buyers": buyers}))
    if scored.largest > LARGE_PART:
        notes.append(Message(_SKEWED, {"part": float(scored.largest)}))
    return tuple(notes)


def _percent(share: float) -> str:
    """A share as people write it: `80 %` stays `80%`, `0.955` is `95.5%`."""
    return f"{share * 100:.10g}%"
