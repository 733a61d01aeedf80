"""One customer under two owners.

**What** Two active customers with the same name (of five characters or more, spaces and case apart) or the same mobile
number belong to different owners. Shorter names are too often those of two people.

**Why** Two salespeople work on one customer without knowing of each other: two prices, double visits, a quarrel over
the commission.

**Bad** `上海华星科技有限公司 - 张三` and `上海华星科技有限公司 - 李四`.

**Good** One row with one owner; the other as 协作人.

**crmsheet** It names both rows and never chooses an owner.
"""

from __future__ import annotations

from collections.abc import Iterator

from crmsheet.check.rule import Query, Reach, Rule
from crmsheet.core.findings import Severity
from crmsheet.core.messages import N_
from crmsheet.core.rules import RuleCard

_MARKS = {
    "name": "SELECT row_, owner, 'n' || lower(replace(name, ' ', '')) AS mark FROM customers "
    "WHERE active_ AND owner <> '' AND length(replace(name, ' ', '')) >= 5",
    "mobile": "SELECT row_, owner, 'm' || mobile AS mark FROM customers WHERE active_ AND owner <> '' AND mobile <> ''",
}
_MOST = 50
"""A mark that more rows bear is no mark: a switchboard, 个人客户."""


def _queries(reach: Reach) -> Iterator[Query]:
    marks = [text for field, text in _MARKS.items() if reach.has("customers", field)]
    if marks and reach.has("customers", "owner"):
        yield Query(
            table="customers",
            field="owner",
            sql=f"""
                WITH marked AS ({" UNION ALL ".join(marks)}),
                shared AS (
                    SELECT mark FROM marked GROUP BY mark
                    HAVING min(owner) <> max(owner) AND count(*) <= {_MOST}
                ),
                pairs AS (
                    SELECT k.row_, o.row_ AS other, o.owner
                    FROM shared JOIN marked AS k ON k.mark = shared.mark
                    JOIN marked AS o ON o.mark = shared.mark AND o.owner <> k.owner
                )
                SELECT row_, min(other) AS other, min_by(owner, other) AS owner FROM pairs GROUP BY row_
            """,
            message=N_("row {other} has the same customer under {owner}; agree on one owner"),
            rows=("other",),
        )


RULE = Rule(RuleCard("CRM305", Severity.warning, N_("One customer under two owners"), __doc__), _queries)
