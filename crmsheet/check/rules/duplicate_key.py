"""A key that several rows share.

**What** Two or more rows of a table have the same key, such as the same 客户编号.

**Why** Sales, follow-ups and changes find their customer by its key. With two, nobody knows whose they are; crmsheet
writes nothing by that key until it is settled.

**Bad** `C001 华星科技` and `C001 远望贸易`.

**Good** `C001 华星科技` and `C002 远望贸易`; or one row, where both are the same customer.

**crmsheet** It names the rows that share the key and writes nothing by it.
"""

from __future__ import annotations

from collections.abc import Iterator

from crmsheet.check.rule import Query, Reach, Rule
from crmsheet.core.findings import Severity
from crmsheet.core.messages import N_
from crmsheet.core.rules import RuleCard


def _queries(reach: Reach) -> Iterator[Query]:
    for name, table in reach.schema.tables.items():
        if reach.shows(name, table.key):
            yield Query(
                table=name,
                field=table.key,
                sql=f"""
                    WITH keyed AS (
                        SELECT row_, key_,
                               count(*) OVER (PARTITION BY key_) AS times,
                               row_number() OVER (PARTITION BY key_ ORDER BY row_) AS nth
                        FROM {name} WHERE key_ <> ''
                    )
                    SELECT k.row_, string_agg(CAST(o.row_ AS VARCHAR), ', ' ORDER BY o.row_) AS others
                    FROM keyed AS k JOIN keyed AS o ON o.key_ = k.key_ AND o.row_ <> k.row_
                    WHERE k.times > 1 AND o.times > 1 AND o.nth <= 6
                    GROUP BY k.row_
                """,
                message=N_("the key {key} also stands in row {others}; give each record its own key"),
                rows=("others",),
            )


RULE = Rule(RuleCard("CRM301", Severity.error, N_("The same key twice"), __doc__), _queries)
