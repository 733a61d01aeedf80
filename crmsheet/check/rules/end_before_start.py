"""An end before its start.

**What** The second of two dates that follow each other is the earlier one: a contract ends before it begins, a
ticket is resolved before it was opened.

**Why** One of the two is a slip, and every figure made of it (days to renewal, hours to resolve) is wrong.

**Bad** 开始日期 2025-03-01, 到期日期 2024-02-28.

**Good** 开始日期 2025-03-01, 到期日期 2026-02-28.

**crmsheet** It names the later column and leaves both dates.
"""

from __future__ import annotations

from collections.abc import Iterator

from crmsheet.check.rule import Query, Reach, Rule
from crmsheet.core.findings import Severity
from crmsheet.core.messages import N_
from crmsheet.core.rules import RuleCard

_PAIRS = (
    ("contracts", "start", "end"),
    ("contracts", "signed_at", "end"),
    ("campaigns", "start", "end"),
    ("campaign_members", "sent_at", "responded_at"),
    ("actions", "started_at", "due"),
    ("actions", "started_at", "done_at"),
    ("tickets", "opened_at", "first_response_at"),
    ("tickets", "opened_at", "resolved_at"),
    ("feedback", "at", "handled_at"),
    ("invoices", "date", "due_date"),
    ("consents", "given_at", "withdrawn_at"),
    ("customers", "claimed_at", "returned_at"),
)


def _queries(reach: Reach) -> Iterator[Query]:
    for table, start, end in _PAIRS:
        if reach.has(table, start, end):
            yield Query(
                table=table,
                field=end,
                # A day without an hour is as good as any hour of it.
                sql=f"""
                    SELECT row_, "{start}" AS start FROM {table}
                    WHERE active_ AND "{end}" < "{start}"
                      AND (CAST("{end}" AS DATE) < CAST("{start}" AS DATE)
                           OR CAST(CAST("{end}" AS DATE) AS TIMESTAMP) <> "{end}")
                """,
                message=N_("{value} is before {label} {start}; correct one of the two dates"),
                facts={"label": reach.schema.tables[table][start].labels},
            )


RULE = Rule(RuleCard("CRM503", Severity.error, N_("End before start"), __doc__), _queries)
