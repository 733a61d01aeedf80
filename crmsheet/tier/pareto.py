"""A/B/C by Pareto share of revenue (formulas R11): few customers bring most of it.

Revenue descending; a customer is A while those with *more* revenue bring less than `tier_a` (80 %) of the positive
total, B to `tier_b` (95 %), else C. So whoever crosses a line belongs to the class above it, equal revenue is equal
class, and the order of the rows cannot matter. Zero and negative revenue are C.
"""

# Running sums go over distinct revenues, not over customers: ties share one row, and the work is a sort of those.
# Shares are compared in ten-thousandths, as whole numbers times DECIMAL: no rounding decides a class.
CLASSES = """
WITH entities AS (
  SELECT c.entity_, min(c.key_) AS key_, min(c.row_) AS first_row, coalesce(max(t.revenue), 0) AS revenue,
         coalesce(max(t.frequency), 0) AS deals, max(t.frequency) AS frequency, max(t.last_deal) AS last_deal
  FROM tier_customers_ c LEFT JOIN tier_totals_ t ON t.entity_ = c.entity_
  GROUP BY c.entity_),
levels AS (
  SELECT revenue, count(*) AS peers,
         CAST(sum(CASE WHEN revenue > 0 THEN revenue ELSE 0 END) AS DECIMAL(27, 4)) AS brought
  FROM entities GROUP BY revenue),
running AS (
  SELECT revenue, CAST(sum(brought) OVER (ORDER BY revenue DESC) - brought AS DECIMAL(27, 4)) AS before_,
         CAST(sum(brought) OVER () AS DECIMAL(27, 4)) AS total,
         CAST(sum(peers) OVER (ORDER BY revenue DESC) - peers + 1 AS BIGINT) AS rank
  FROM levels)
SELECT e.entity_, e.revenue, e.frequency, e.deals, e.last_deal, r.rank,
       CASE WHEN e.revenue <= 0 THEN 'C'
            WHEN r.before_ * 10000 < r.total * $line_a THEN 'A'
            WHEN r.before_ * 10000 < r.total * $line_b THEN 'B'
            ELSE 'C' END AS computed,
       CASE WHEN e.revenue > 0 THEN CAST(e.revenue AS DOUBLE) / CAST(r.total AS DOUBLE) ELSE 0.0 END AS part,
       CASE WHEN r.total > 0 THEN
         CAST(sum(CASE WHEN e.revenue > 0 THEN e.revenue ELSE 0 END)
              OVER (ORDER BY e.revenue DESC, e.key_, e.first_row, e.entity_ ROWS UNBOUNDED PRECEDING) AS DOUBLE)
         / CAST(r.total AS DOUBLE) ELSE 0.0 END AS share
FROM entities e JOIN running r ON r.revenue = e.revenue
"""
