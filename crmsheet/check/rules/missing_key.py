"""A row without key among rows that have one.

**What** The key of a row is empty, while other rows of the table have theirs.

**Why** Such a row cannot be found again after the sheet is sorted, and nothing can be linked to it.

**Bad** `C001 华星科技`, `(empty) 远望贸易`, `C003 宏图建材`.

**Good** `C001`, `C002`, `C003`. A table in which no row has a key is fine: crmsheet proposes keys for it.

**crmsheet** A customer without key is given the next free one by the next write; rows of other tables are only named.

**Setting** `key_prefix`: how keys begin in a book that has none.
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
                    SELECT row_ FROM {name}
                    WHERE active_ AND (key_ IS NULL OR key_ = '')
                      AND EXISTS (SELECT 1 FROM {name} WHERE key_ <> '')
                """,
                message=N_("row {row} has no {label}, while others have one; give it one"),
                facts={"label": table[table.key].labels},
            )


RULE = Rule(RuleCard("CRM302", Severity.warning, N_("Key missing"), __doc__), _queries)
