"""A payment that is overdue.

**What** An instalment is due before today, and was not paid, or not in full.

**Why** Money that nobody asks for comes late or never.

**Bad** 应收日期 2025-01-31, 回款金额 empty, today is 2025-03-01.

**Good** 回款日期 and 回款金额 filled in.

**crmsheet** It names the instalment and changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from crmsheet.check.rule import Query, Reach, Rule
from crmsheet.core.findings import Severity
from crmsheet.core.messages import N_
from crmsheet.core.rules import RuleCard


def _queries(reach: Reach) -> Iterator[Query]:
    if reach.has("payments", "due_date", "due_amount", "paid_amount"):
        unpaid = "due_amount > 0 AND coalesce(paid_amount, 0) < due_amount"
    elif reach.has("payments", "due_date", "paid_amount"):
        unpaid = "paid_amount IS NULL"
    elif reach.has("payments", "due_date", "paid_at"):
        unpaid = "paid_at IS NULL"
    else:
        return
    yield Query(
        table="payments",
        field="due_date",
        sql=f"""
            SELECT row_, date_diff('day', CAST(due_date AS DATE), CAST($today AS DATE)) AS days FROM payments
            WHERE active_ AND CAST(due_date AS DATE) < CAST($today AS DATE) AND {unpaid}
        """,
        message=N_("due on {value}, {days} days ago, and not paid in full; remind the customer or enter the payment"),
    )


RULE = Rule(RuleCard("CRM504", Severity.warning, N_("Payment overdue"), __doc__), _queries)
