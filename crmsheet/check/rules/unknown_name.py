"""A customer's name that no customer has.

**What** A row is linked to its customer by name only, and no customer has this name, short name or English name.

**Why** The sale or follow-up belongs to nobody: it is missing in every figure of its customer.

**Bad** A sale to `华星科枝`, where the customer is called `华星科技`.

**Good** The name exactly as in the customer sheet, or better the customer's number.

**crmsheet** It leaves the cell and counts the record for nobody until the name is right.
"""

from __future__ import annotations

from collections.abc import Iterator

from crmsheet.check.rule import Query, Reach, Rule
from crmsheet.core.findings import Severity
from crmsheet.core.messages import N_
from crmsheet.core.rules import RuleCard

_NAMES = ("name", "short_name", "name_en")


def _queries(reach: Reach) -> Iterator[Query]:
    names = [each for each in _NAMES if reach.has("customers", each)]
    if "name" not in names:
        return
    known = " UNION ALL ".join(
        f"SELECT lower(replace({each}, ' ', '')) AS name FROM customers WHERE {each} <> ''" for each in names
    )
    for child in reach.schema.tables:
        if child != "customers" and reach.has(child, "customer_name"):
            unlinked = "AND (customer_id IS NULL OR customer_id = '')" if reach.has(child, "customer_id") else ""
            yield Query(
                table=child,
                field="customer_name",
                sql=f"""
                    WITH known AS ({known}),
                    named AS (
                        SELECT row_, lower(replace(customer_name, ' ', '')) AS name FROM {child}
                        WHERE active_ AND customer_name <> '' {unlinked}
                    )
                    SELECT row_ FROM named AS c WHERE NOT EXISTS (SELECT 1 FROM known AS k WHERE k.name = c.name)
                """,
                message=N_(
                    "no customer is called {value}; write the name as in the customer sheet, or add the customer"
                ),
            )


RULE = Rule(RuleCard("CRM402", Severity.error, N_("Name that no customer has"), __doc__), _queries)
