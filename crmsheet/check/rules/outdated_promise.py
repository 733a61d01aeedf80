"""A promised contact that lies before the last one.

**What** 下次跟进时间 is earlier than the day of the last contact.

**Why** The promise was kept or forgotten, and no new one was made: the customer is on nobody's list.

**Bad** Last contact on 12 May, next contact on 3 April.

**Good** A next contact after the last one, or none.

**crmsheet** It names the cell and leaves it: a promise is made by people. The list of follow-ups goes by the cadence
then.

**Setting** `followup.cadence`
"""

from __future__ import annotations

from crmsheet.check.rule import Query, Rule
from crmsheet.core.findings import Severity
from crmsheet.core.messages import N_
from crmsheet.core.rules import RuleCard

RULE = Rule(
    RuleCard("CRM502", Severity.info, N_("Next contact before the last one"), __doc__),
    (
        Query(
            table="customers",
            field="next_contact_at",
            sql="""
                SELECT row_, CAST(last_contact_at AS DATE) AS last FROM customers
                WHERE active_ AND CAST(next_contact_at AS DATE) < CAST(last_contact_at AS DATE)
            """,
            needs={"customers": ("next_contact_at", "last_contact_at")},
            message=N_("the next contact {value} lies before the last one on {last}; set a new date"),
        ),
    ),
)
