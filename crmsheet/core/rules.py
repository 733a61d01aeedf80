"""Every rule has a code that is never reused; its card is what `explain` and the docs show."""

from __future__ import annotations

from dataclasses import dataclass

from crmsheet.core.findings import Severity


@dataclass(frozen=True, slots=True)
class RuleCard:
    """A rule's code, how bad a finding of it is, and its title (an English template without arguments)."""

    code: str
    severity: Severity
    title: str
