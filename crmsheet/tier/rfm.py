"""Recency, frequency, monetary: scores 1 to 5 by quintile of rank (formulas R1, R2), and the eight cells of R4.

A score is 1 + floor(5 * worse / n): `worse` counts the buyers with a strictly worse figure, n those with a figure. So
about a fifth of the buyers have each score, equal figures have equal scores (the lowest of their group), and order
cannot matter. Only buyers are scored: a customer without a deal has no recency. Fewer than 5 figures give no score.

Segments are the eight cells known to Chinese sales teams: each of R, F, M is high (above the mean score of all buyers)
or low. They were chosen over the bands of R3 because they cover every case once: no order of rules is needed.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from crmsheet.core.messages import N_

SEGMENTS: Mapping[str, str] = MappingProxyType(
    {
        "important_value": N_("key value: recent, frequent, large"),
        "important_keep": N_("key, win back: long ago, frequent, large"),
        "important_develop": N_("key, develop: recent, seldom, large"),
        "important_retain": N_("key, retain: long ago, seldom, large"),
        "general_value": N_("general value: recent, frequent, small"),
        "general_keep": N_("general, keep: long ago, frequent, small"),
        "general_develop": N_("general, develop: recent, seldom, small"),
        "general_retain": N_("general, retain: long ago, seldom, small"),
    }
)

FEWEST = 5
"""A quintile needs five."""

FEW = 50
"""Below this many buyers the scores say little (R2 asks for some 500)."""

SCORES = """
WITH buyers AS (
  SELECT entity_, last_deal, frequency, revenue,
         count(last_deal) OVER () AS dated, count(frequency) OVER () AS counted, count(*) OVER () AS n
  FROM tier_classes_ WHERE deals > 0 OR (frequency IS NULL AND revenue > 0)),
scored AS (
  SELECT entity_,
    CASE WHEN last_deal IS NOT NULL AND dated >= $fewest THEN 1 + CAST(floor(5.0
      * (rank() OVER (PARTITION BY last_deal IS NULL ORDER BY last_deal) - 1) / dated) AS BIGINT) END AS r,
    CASE WHEN frequency IS NOT NULL AND counted >= $fewest THEN 1 + CAST(floor(5.0
      * (rank() OVER (PARTITION BY frequency IS NULL ORDER BY frequency) - 1) / counted) AS BIGINT) END AS f,
    CASE WHEN n >= $fewest THEN 1 + CAST(floor(5.0 * (rank() OVER (ORDER BY revenue) - 1) / n) AS BIGINT) END AS m
  FROM buyers),
judged AS (
  SELECT entity_, r, f, m, r * count(r) OVER () > sum(r) OVER () AS high_r,
         f * count(f) OVER () > sum(f) OVER () AS high_f, m * count(m) OVER () > sum(m) OVER () AS high_m
  FROM scored)
SELECT entity_, r, f, m,
       CASE WHEN r IS NOT NULL AND f IS NOT NULL AND m IS NOT NULL THEN
         CASE WHEN high_m THEN 'important_' ELSE 'general_' END ||
         CASE WHEN high_r AND high_f THEN 'value' WHEN high_f THEN 'keep' WHEN high_r THEN 'develop' ELSE 'retain' END
       END AS segment
FROM judged
"""
