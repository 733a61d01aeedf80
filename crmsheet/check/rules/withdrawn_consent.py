"""A consent that was withdrawn, of a customer who may still be contacted.

**What** The last consent of a customer is withdrawn, and the customer is not marked 拒绝联系.

**Why** Without consent there may be no ground left to call (个人信息保护法 15, GDPR 7). The mark is what keeps the
customer off the lists.

**Bad** 撤回时间 2025-05-01 in the consents; 拒绝联系 empty in the customer sheet.

**Good** 拒绝联系 是; or a newer consent; or a 合法性基础 other than consent.

**crmsheet** It names the customer; the mark is set by people, who may know of another ground.
"""

from __future__ import annotations

from collections.abc import Iterator

from crmsheet.check.rule import Query, Reach, Rule
from crmsheet.core.findings import Severity
from crmsheet.core.messages import N_
from crmsheet.core.rules import RuleCard


def _queries(reach: Reach) -> Iterator[Query]:
    if not (reach.has("customers", "customer_id") and reach.has("consents", "customer_id", "withdrawn_at")):
        return
    marked = "AND NOT coalesce(c.do_not_contact, FALSE)" if reach.has("customers", "do_not_contact") else ""
    other = "OR lawful_basis <> 'consent'" if reach.has("consents", "lawful_basis") else ""
    newer = "OR k.given_at > w.withdrawn" if reach.has("consents", "given_at") else ""
    yield Query(
        table="customers",
        field="do_not_contact",
        sql=f"""
            WITH withdrawn AS (
                SELECT customer_id, max(withdrawn_at) AS withdrawn FROM consents
                WHERE active_ AND withdrawn_at <= CAST($today AS TIMESTAMP) + INTERVAL 1 DAY GROUP BY customer_id
            ),
            holding AS (
                SELECT k.customer_id FROM consents AS k JOIN withdrawn AS w ON w.customer_id = k.customer_id
                WHERE k.active_ AND k.withdrawn_at IS NULL AND (FALSE {other} {newer})
            )
            SELECT c.row_, CAST(w.withdrawn AS DATE) AS withdrawn
            FROM customers AS c JOIN withdrawn AS w ON w.customer_id = c.key_
            WHERE c.active_ {marked} AND NOT EXISTS (SELECT 1 FROM holding AS h WHERE h.customer_id = c.key_)
        """,
        message=N_("the consent was withdrawn on {withdrawn}; mark the customer as not to be contacted"),
    )


RULE = Rule(RuleCard("CRM604", Severity.warning, N_("Consent withdrawn, contact still allowed"), __doc__), _queries)
