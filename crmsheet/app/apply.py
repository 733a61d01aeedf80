"""Proposals that a stopped run kept: looked at, then written."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from crmsheet.app.keeping import book_of_proposal, keep
from crmsheet.app.opening import load_book
from crmsheet.app.outcomes import Written, as_written, counts, shown
from crmsheet.app.planning import refuse_conflicts
from crmsheet.app.refusals import reason
from crmsheet.app.request import Request
from crmsheet.change.planning import plan
from crmsheet.change.proposal import load
from crmsheet.core.changes import ChangeSet
from crmsheet.core.errors import ProposalUnreadable, UsageError
from crmsheet.core.findings import Findings
from crmsheet.core.messages import N_, Message, Text
from crmsheet.core.outcome import Outcome

_WOULD = N_("The file was not changed: the proposal of `{origin}` holds {count:,} changes; --write writes them.")
_SINCE = N_("The book has changed since the proposal was made: the changes are found again by key.")


def apply(request: Request, proposal: Path, *, write: bool) -> Outcome:
    """Shows a proposal, and writes it with `write`; somebody has looked at it, so no budget stops it.

    Raises:
        ProposalUnreadable: the file is no proposal.
        ConflictError: the book has changed where the proposal changes it.
    """
    changeset = _read(proposal)
    loaded = load_book(dataclasses.replace(request, book=request.book or book_of_proposal(proposal)))
    made = plan(loaded.book, changeset)
    refuse_conflicts(loaded, made)
    same = changeset.base == loaded.book.source.sha256
    since: tuple[Text, ...] = () if same else (Message(_SINCE),)
    done = Written((Message(_WOULD, {"origin": changeset.origin, "count": len(made.applied)}),))
    applied = made.applied
    if write:
        kept = keep(loaded, changeset, made, changeset.origin or "apply", budget=False)
        done = as_written(kept)
        applied = kept.applied
    outcome = dataclasses.replace(
        loaded.outcome("apply", done.version),
        changes=applied,
        counts=counts(loaded, Findings(), applied),
        receipt=done.receipt,
        notes=(*done.notes, *since, *loaded.about),
    )
    return shown(loaded, outcome)


def _read(proposal: Path) -> ChangeSet:
    try:
        return load(proposal.read_bytes())
    except OSError as error:
        raise ProposalUnreadable(path=str(proposal), detail=reason(error)) from error
    except UsageError as error:
        raise ProposalUnreadable(path=str(proposal), detail=error.facts["problem"]) from error
