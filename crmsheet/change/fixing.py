"""From findings to changes: what a normaliser or a rule can put right."""

from __future__ import annotations

from crmsheet.core.changes import Changes
from crmsheet.core.findings import Findings


def fixes(findings: Findings) -> Changes:
    """A `set` change for every finding that carries a fix, in the order of the findings.

    The reason is the finding's sentence; its arguments hold all that the sentence names, the value included.
    """
    fixable = findings.where([fix is not None for fix in findings.column("fix")])
    fixed = fixable.column("fix")
    values, keys, rows = (fixable.column(name) for name in ("value", "key", "row"))
    facts = [
        {"value": value, "key": key, "row": row, "after": fix.after, **(arguments or {})}
        for value, key, row, fix, arguments in zip(values, keys, rows, fixed, fixable.column("arguments"), strict=True)
    ]
    return Changes(
        {
            "kind": ["set"] * len(fixable),
            "table": fixable.column("table"),
            "key": keys,
            "row": rows,
            "column": fixable.column("column"),
            "field": fixable.column("field"),
            "before": values,
            "after": [fix.after for fix in fixed],
            "rule": fixable.column("rule"),
            "reason": fixable.column("message"),
            "arguments": facts,
            "effect": [fix.effect for fix in fixed],
        }
    )
