"""Customers that are above themselves.

**What** Following 上级客户 from a customer leads back to it, within 64 steps.

**Why** A group's figures are those of all below it; in a circle there is no top, and no end.

**Bad** `A` is below `B`, and `B` is below `A`.

**Good** One of the two has no 上级客户.

**crmsheet** It names the customers of the circle and changes none.
"""

from __future__ import annotations

from crmsheet.check.rule import Query, Rule
from crmsheet.core.findings import Severity
from crmsheet.core.messages import N_
from crmsheet.core.rules import RuleCard

# Only who has both a parent and a child can stand in a circle: that leaves few rows to walk from.
_SQL = """
    WITH RECURSIVE parents AS (
        SELECT key_, min(parent_id) AS parent_id, min(row_) AS row_ FROM customers
        WHERE active_ AND key_ <> '' AND parent_id <> '' GROUP BY key_
    ),
    inner_ones AS (
        SELECT key_, parent_id, row_ FROM parents AS p
        WHERE EXISTS (SELECT 1 FROM parents AS child WHERE child.parent_id = p.key_)
    ),
    walk AS (
        SELECT key_ AS start, parent_id AS at_key, 1 AS steps FROM inner_ones
        UNION
        SELECT walk.start, up.parent_id, walk.steps + 1
        FROM walk JOIN inner_ones AS up ON up.key_ = walk.at_key
        WHERE walk.at_key <> walk.start AND walk.steps < 64
    )
    SELECT p.row_, min(walk.steps) AS steps
    FROM walk JOIN inner_ones AS p ON p.key_ = walk.start
    WHERE walk.at_key = walk.start GROUP BY p.row_
"""

RULE = Rule(
    RuleCard("CRM404", Severity.error, N_("Customer above itself"), __doc__),
    (
        Query(
            table="customers",
            field="parent_id",
            sql=_SQL,
            needs={"customers": ("customer_id", "parent_id")},
            message=N_("{key} is above itself after {steps} steps; clear or correct the parent customer"),
        ),
    ),
)
