"""A customer whom nobody has contacted for long.

**What** The last contact, by 最后跟进时间 or by the follow-ups, is more than `stale_days` ago (180 unless set).
Customers that are lost, ended, blacklisted or not to be contacted are left out, and so are those of whom no contact is
known at all: they are new, or their contacts are kept elsewhere.

**Why** Forgotten customers are lost customers.

**Bad** Last contact in January, today is December.

**Good** A contact within the half year, or the stage 流失.

**crmsheet** It names the customer; `crmsheet followup` puts those who are due on their owner's list.

**Setting** `followup.stale_days`
"""

from __future__ import annotations

from collections.abc import Iterator

from crmsheet.check.rule import Query, Reach, Rule
from crmsheet.core.findings import Severity
from crmsheet.core.messages import N_
from crmsheet.core.rules import RuleCard

_SETTLED = {
    "stage": "AND coalesce(c.stage, '') <> 'lost'",
    "coop_status": "AND coalesce(c.coop_status, '') NOT IN ('ended', 'blacklisted')",
    "do_not_contact": "AND NOT coalesce(c.do_not_contact, FALSE)",
}


def _queries(reach: Reach) -> Iterator[Query]:
    contacts = []
    if reach.has("customers", "last_contact_at"):
        contacts.append("SELECT row_, last_contact_at AS at_time FROM customers")
    if reach.has("customers", "customer_id") and reach.has("interactions", "customer_id", "at"):
        contacts.append(
            'SELECT c.row_, max(i."at") AS at_time FROM interactions AS i '
            "JOIN customers AS c ON c.key_ = i.customer_id WHERE i.active_ GROUP BY c.row_"
        )
    if contacts:
        kept = " ".join(text for field, text in _SETTLED.items() if reach.has("customers", field))
        yield Query(
            table="customers",
            field="last_contact_at" if reach.has("customers", "last_contact_at") else "",
            sql=f"""
                WITH contacts AS ({" UNION ALL ".join(contacts)}),
                latest AS (SELECT row_, CAST(max(at_time) AS DATE) AS last FROM contacts GROUP BY row_)
                SELECT c.row_, latest.last, date_diff('day', latest.last, CAST($today AS DATE)) AS days
                FROM latest JOIN customers AS c ON c.row_ = latest.row_
                WHERE c.active_ AND date_diff('day', latest.last, CAST($today AS DATE)) > $stale_days {kept}
            """,
            message=N_("no contact for {days} days, the last on {last}; contact the customer or mark it as lost"),
        )


RULE = Rule(RuleCard("CRM501", Severity.info, N_("Customer without contact for long"), __doc__), _queries)
