"""A number that ought to be unique and is not.

**What** Two rows have the same 合同编号 or 发票号码.

**Why** One of the two is a slip or was entered twice, and its amount counts twice.

**Bad** Two invoices with the number 24312000000012345678.

**Good** One row per invoice.

**crmsheet** It names both rows and changes neither.
"""

from __future__ import annotations

from collections.abc import Iterator

from crmsheet.check.rule import Query, Reach, Rule
from crmsheet.core.findings import Severity
from crmsheet.core.messages import N_
from crmsheet.core.rules import RuleCard


def _queries(reach: Reach) -> Iterator[Query]:
    for name, table in reach.schema.tables.items():
        for field in table.fields:
            if field.unique and field.name != table.key and reach.has(name, field.name):
                yield Query(
                    table=name,
                    field=field.name,
                    sql=f"""
                        WITH filled AS (
                            SELECT row_, "{field.name}" AS number, min(row_) OVER (PARTITION BY "{field.name}") AS first
                            FROM {name} WHERE active_ AND "{field.name}" <> ''
                        )
                        SELECT row_, first FROM filled WHERE row_ <> first
                    """,
                    message=N_("{value} is the {label} of row {first} already; correct one of the two or remove it"),
                    facts={"label": field.labels},
                    rows=("first",),
                )


RULE = Rule(RuleCard("CRM306", Severity.warning, N_("A unique number twice"), __doc__), _queries)
