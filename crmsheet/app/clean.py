"""Canonical spelling: the fixes that opening a book has found, proposed or written."""

from __future__ import annotations

import dataclasses

from crmsheet.app.opening import load_book
from crmsheet.app.outcomes import counts, proposed, shown
from crmsheet.app.request import Request
from crmsheet.change.fixing import fixes
from crmsheet.core.outcome import Outcome


def clean(request: Request, *, write: bool) -> Outcome:
    """Brings values into one spelling; what is ambiguous or lost stays and is a finding."""
    loaded = load_book(request)
    made, notes, version = proposed(loaded, fixes(loaded.findings), "clean", write=write)
    outcome = dataclasses.replace(
        loaded.outcome("clean", version),
        findings=loaded.findings,
        changes=made.applied,
        counts=counts(loaded, loaded.findings, made.applied),
        notes=notes,
    )
    return shown(loaded, outcome)
