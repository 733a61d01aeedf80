"""A date in the future for something that has happened.

**What** A birthday, a contact, a sale or a payment is dated after today.

**Why** It is a slip of the year or of day and month; a contact in the future hides that the customer is overdue.

**Bad** 生日 2052-05-01; 跟进时间 2026-12-03, typed in January 2026 for 3 December 2025.

**Good** The day it happened. What is planned belongs into 下次跟进时间.

**crmsheet** It names the cell and leaves it. Today is the day of the run, or that of --today.
"""

from __future__ import annotations

from collections.abc import Iterator

from crmsheet.check.rule import Query, Reach, Rule
from crmsheet.core.findings import Severity
from crmsheet.core.messages import N_
from crmsheet.core.rules import RuleCard

_PAST = (
    ("customers", "birthday"),
    ("customers", "last_contact_at"),
    ("customers", "last_deal_at"),
    ("customers", "verified_at"),
    ("contacts", "birthday"),
    ("transactions", "date"),
    ("interactions", "at"),
    ("payments", "paid_at"),
    ("feedback", "at"),
    ("surveys", "at"),
    ("behaviour", "at"),
    ("pool_moves", "at"),
)


def _queries(reach: Reach) -> Iterator[Query]:
    for table, field in _PAST:
        if reach.has(table, field):
            yield Query(
                table=table,
                field=field,
                sql=f"""SELECT row_ FROM {table} WHERE active_ AND CAST("{field}" AS DATE) > CAST($today AS DATE)""",
                message=N_("{label} {value} lies in the future; correct the date"),
                facts={"label": reach.schema.tables[table][field].labels},
            )


RULE = Rule(RuleCard("CRM505", Severity.warning, N_("Date in the future"), __doc__), _queries)
