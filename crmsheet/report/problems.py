"""Findings by rule, the worst first."""

from __future__ import annotations

from collections.abc import Mapping

from crmsheet.core.findings import Finding, Findings, Severity
from crmsheet.core.messages import N_, Message
from crmsheet.core.outcome import Section
from crmsheet.core.rules import RuleCard

_TITLE = N_("Findings by rule")
_RULE = N_("Rule")
_SEVERITY = N_("Severity")
_ABOUT = N_("About")
_COUNT = N_("Findings")
_FIXES = N_("With a fix")
_FURTHER = N_("Further rules: {rules}, with findings: {count:,}")

SEVERITIES: Mapping[Severity, str] = {
    Severity.error: N_("error"),
    Severity.warning: N_("warning"),
    Severity.info: N_("note"),
}


def sections(findings: Findings, cards: Mapping[str, RuleCard], top: int = 10) -> tuple[Section, ...]:
    """One row per rule: how bad, how many, how many with a fix; at most `top` rules, the worst and most frequent."""
    worst: dict[str, Severity] = {}
    fixes: dict[str, int] = {}
    columns = (findings.column(name) for name in ("rule", "severity", "fix"))
    for rule, severity, fix in zip(*columns, strict=True):
        worst[rule] = max(worst.get(rule, severity), severity)
        fixes[rule] = fixes.get(rule, 0) + (fix is not None)
    counts = findings.counts("rule")
    order = sorted(counts, key=lambda rule: (-worst[rule], -counts[rule], rule))
    if not order:
        return ()
    rows = tuple(
        (
            rule,
            Message(SEVERITIES[worst[rule]]),
            Message(cards[rule].title) if rule in cards else None,
            counts[rule],
            fixes[rule] or None,
        )
        for rule in order[:top]
    )
    rest = order[top:]
    note = Message(_FURTHER, {"rules": len(rest), "count": sum(counts[rule] for rule in rest)}) if rest else None
    titles = tuple(map(Message, (_RULE, _SEVERITY, _ABOUT, _COUNT, _FIXES)))
    return (Section(Message(_TITLE), titles, rows, note, name="findings_by_rule"),)


def place_of(finding: Finding) -> str:
    """`客户!D17`, or the sheet alone for what concerns all of it."""
    return f"{finding.sheet}!{finding.cell}" if finding.sheet and finding.cell else finding.sheet or finding.table
