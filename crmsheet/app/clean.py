"""Canonical spelling: the fixes that opening a book has found, proposed or written."""

from __future__ import annotations

from crmsheet.app.opening import Loaded, load_book
from crmsheet.app.outcomes import Judgement, settle
from crmsheet.app.request import Request
from crmsheet.change.fixing import fixes
from crmsheet.core.outcome import Outcome


def clean(request: Request, *, write: bool) -> Outcome:
    """Brings values into one spelling; what is ambiguous or lost stays and is a finding."""
    loaded = load_book(request)
    return settle(loaded, judge(loaded), write=write)


def judge(loaded: Loaded) -> Judgement:
    """The fixes of a loaded book."""
    return Judgement("clean", loaded.findings, fixes(loaded.findings))
