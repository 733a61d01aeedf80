"""Active records in hidden rows.

**What** Rows are hidden, by hand or by a filter, whose records are neither merged nor archived.

**Why** crmsheet hides the rows of retired records. Hiding belongs to a place in the sheet: after sorting, an active
customer can lie in a hidden row and be forgotten.

**Bad** Row 17 is hidden, and its customer is 有效.

**Good** Only rows of merged and archived records are hidden.

**crmsheet** It names the rows and shows none of them by itself: whoever hid them may have a reason.
"""

from __future__ import annotations

from collections.abc import Iterator

from crmsheet.check.rule import Hit, Rule
from crmsheet.core.book import Table
from crmsheet.core.context import Context
from crmsheet.core.findings import Severity
from crmsheet.core.messages import N_
from crmsheet.core.rules import RuleCard
from crmsheet.core.schema import TableSchema
from crmsheet.engine.relations import RETIRED

_NAMED = 10
_ROWS = N_("hidden rows with active records: {value}; show them, or archive the records")


def _scan(table: Table, schema: TableSchema, context: Context) -> Iterator[Hit]:  # noqa: ARG001  (the form of a scan)
    hidden = sorted(table.hidden.intersection(map(int, table.cells.index)))
    if "record_status" in table.values:
        status = table.values["record_status"].reindex(hidden)
        hidden = [row for row, code in zip(hidden, status, strict=True) if code not in RETIRED]
    if hidden:
        more = ", …" if len(hidden) > _NAMED else ""
        yield Hit(0, "", ", ".join(str(table.row_name(row)) for row in hidden[:_NAMED]) + more, _ROWS)


RULE = Rule(RuleCard("CRM109", Severity.info, N_("Active records in hidden rows"), __doc__), scan=_scan)
