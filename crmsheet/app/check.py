"""Checking: what is wrong with a book; nothing is changed."""

from __future__ import annotations

import dataclasses

from crmsheet.app.bench import Bench, bench
from crmsheet.app.opening import Loaded, load_book
from crmsheet.app.outcomes import Judgement, Written, found, not_changed, shown, told
from crmsheet.app.request import Request
from crmsheet.check.checking import check_rules
from crmsheet.check.values import check_values
from crmsheet.core.changes import Changes
from crmsheet.core.findings import Findings
from crmsheet.core.messages import N_, Message
from crmsheet.core.outcome import Outcome
from crmsheet.report import recovery, understood
from crmsheet.resources import rule_cards


def check(request: Request) -> Outcome:
    """The findings of structure, of values, and of rules over the whole book."""
    loaded = load_book(request)
    return shown(loaded, told(loaded, judge(loaded), Changes(), Written((not_changed(),))), listed=3)


def judge(loaded: Loaded) -> Judgement:
    """What is wrong with a loaded book, and how it was understood."""
    with bench(loaded) as table:
        findings, broken = verdict(table)
    return Judgement(
        "check",
        findings,
        counts=recovery.counts(findings),
        first=found(loaded, findings),
        sections=understood.sections(loaded.book, loaded.schema),
        broken=broken,
    )


def verdict(on: Bench) -> tuple[Findings, tuple[str, ...]]:
    """All findings on a loaded book (from loading, then values, then rules), and the rules that raised.

    Each finding says what can become of a damaged value.
    """
    on.loaded.request.tell(Message(N_("checking values and rules")))
    loaded = on.loaded
    values = [check_values(table, loaded.schema.tables[name]) for name, table in loaded.book.tables.items()]
    book = dataclasses.replace(loaded.book, tables=on.tables)
    rules = check_rules(on.engine, book, loaded.schema, loaded.context)
    found = Findings.joined([loaded.findings, *values, rules.findings])
    return recovery.with_verdicts(found, rule_cards()), tuple(map(str, rules.broken))
