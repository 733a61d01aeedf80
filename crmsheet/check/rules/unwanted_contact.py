"""A planned contact with somebody who does not want one.

**What** A customer is marked 拒绝联系 and has a next contact from today on.

**Why** Calling in spite of a refusal breaks the law in most places (个人信息保护法 15, GDPR 21) and angers people.

**Bad** 拒绝联系 是, 下次跟进时间 tomorrow.

**Good** 拒绝联系 是, 下次跟进时间 empty.

**crmsheet** It names the customer and keeps it off every list of follow-ups.
"""

from __future__ import annotations

from crmsheet.check.rule import Query, Rule
from crmsheet.core.findings import Severity
from crmsheet.core.messages import N_
from crmsheet.core.rules import RuleCard

RULE = Rule(
    RuleCard("CRM601", Severity.warning, N_("Contact planned against the customer's wish"), __doc__),
    (
        Query(
            table="customers",
            field="next_contact_at",
            sql="""
                SELECT row_ FROM customers
                WHERE active_ AND do_not_contact AND CAST(next_contact_at AS DATE) >= CAST($today AS DATE)
            """,
            needs={"customers": ("do_not_contact", "next_contact_at")},
            message=N_(
                "the customer does not want to be contacted, yet a contact is planned for {value}; clear the date"
            ),
        ),
    ),
)
