"""Single findings with their places, the worst first."""

from __future__ import annotations

from crmsheet.core.findings import Finding, Findings
from crmsheet.core.messages import N_, Message
from crmsheet.core.outcome import Section
from crmsheet.report.problems import SEVERITIES

_TITLE = N_("Findings, the worst first")
_PLACE = N_("Place")
_RULE = N_("Rule")
_SEVERITY = N_("Severity")
_SENTENCE = N_("What and what to do")
_FURTHER = N_("{count:,} more; `-f json` or `-f md` lists them all")


def sections(findings: Findings, top: int | None = 20) -> tuple[Section, ...]:
    """One row per finding, ordered by severity, rule, sheet and row; at most `top`."""
    columns = [findings.column(name) for name in ("severity", "rule", "sheet", "row", "column")]
    order = sorted(range(len(findings)), key=lambda at: (-columns[0][at], *(column[at] for column in columns[1:])))
    names = Finding.__dataclass_fields__
    chosen = [Finding(**{name: findings.column(name)[at] for name in names}) for at in order[:top]]
    rows = tuple((_place(each), each.rule, Message(SEVERITIES[each.severity]), each.text) for each in chosen)
    left = len(findings) - len(rows)
    note = Message(_FURTHER, {"count": left}) if left else None
    titles = tuple(map(Message, (_PLACE, _RULE, _SEVERITY, _SENTENCE)))
    return (Section(Message(_TITLE), titles, rows, note, name="findings"),) if rows else ()


def _place(finding: Finding) -> str:
    """`客户!D17`, or the sheet alone for what concerns all of it."""
    return f"{finding.sheet}!{finding.cell}" if finding.sheet and finding.cell else finding.sheet or finding.table
