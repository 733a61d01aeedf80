"""A customer's name that several customers have.

**What** A row is linked to its customer by name only, and two or more active customers have this name.

**Why** Nobody can tell whose sale or follow-up it is; crmsheet does not guess.

**Bad** A sale to `王芳`, where two customers are called so.

**Good** The customer's number beside the name.

**crmsheet** It leaves the record without customer and names it; write the number beside the name.
"""

from __future__ import annotations

from collections.abc import Iterator

from crmsheet.check.rule import Query, Reach, Rule
from crmsheet.core.findings import Severity
from crmsheet.core.messages import N_
from crmsheet.core.rules import RuleCard


def _queries(reach: Reach) -> Iterator[Query]:
    if not reach.has("customers", "name"):
        return
    for child in reach.schema.tables:
        if child != "customers" and reach.has(child, "customer_name"):
            unlinked = "AND (customer_id IS NULL OR customer_id = '')" if reach.has(child, "customer_id") else ""
            yield Query(
                table=child,
                field="customer_name",
                sql=f"""
                    WITH doubled AS (
                        SELECT lower(replace(name, ' ', '')) AS name, min(row_) AS first, max(row_) AS last
                        FROM customers WHERE active_ AND name <> '' GROUP BY 1 HAVING count(*) > 1
                    )
                    SELECT c.row_, d.first, d.last FROM {child} AS c
                    JOIN doubled AS d ON d.name = lower(replace(c.customer_name, ' ', ''))
                    WHERE c.active_ {unlinked}
                """,
                message=N_(
                    "several customers are called {value} (rows {first} and {last}); write the customer's number"
                ),
            )


RULE = Rule(RuleCard("CRM403", Severity.warning, N_("Name that several customers have"), __doc__), _queries)
