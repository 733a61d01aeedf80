"""Single findings with their places, the worst first."""

from __future__ import annotations

from collections import Counter

from crmsheet.core.book import Book
from crmsheet.core.findings import Finding, Findings
from crmsheet.core.messages import N_, Message
from crmsheet.core.outcome import Section
from crmsheet.report.problems import SEVERITIES, place_of

_TITLE = N_("Findings, the worst first")
_PLACE = N_("Place")
_RULE = N_("Rule")
_SEVERITY = N_("Severity")
_SENTENCE = N_("What and what to do")
_FURTHER = N_("{count:,} more; `-f json` lists them all")


RULES = 10
"""Rules in a summary: who reads it acts on the worst first."""


def placed(findings: Findings, book: Book) -> Findings:
    """The findings as people look them up: with sheet, row and letters of a table of several blocks."""
    joined = {name: table for name, table in book.tables.items() if table.joined}
    if not joined:
        return findings
    columns = {name: list(findings.column(name)) for name in ("sheet", "row", "column")}
    for at, (name, sheet) in enumerate(zip(findings.column("table"), columns["sheet"], strict=True)):
        table = joined.get(name)
        # One on a sheet that was left out of the table names that sheet.
        if table is not None and any(part.sheet == sheet for part in table.parts):
            place = table.place(columns["row"][at], columns["column"][at])
            columns["sheet"][at], columns["row"][at], columns["column"][at] = place
    return findings.replaced(**columns)


def sections(findings: Findings, top: int | None = 3) -> tuple[Section, ...]:
    """One row per finding, ordered by severity, rule, sheet and row; at most `top` of each rule, of ten rules."""
    columns = [findings.column(name) for name in ("severity", "rule", "sheet", "row", "column")]
    order = sorted(range(len(findings)), key=lambda at: (-columns[0][at], *(column[at] for column in columns[1:])))
    seen: Counter[str] = Counter()
    chosen = []
    for at in order:
        rule = columns[1][at]
        if top is None or seen[rule] < top:
            seen[rule] += 1
            chosen.append(at)
    if top is not None:
        chosen = chosen[: RULES * top]
    names = Finding.__dataclass_fields__
    listed = (Finding(**{name: findings.column(name)[at] for name in names}) for at in chosen)
    rows = tuple((place_of(each), each.rule, Message(SEVERITIES[each.severity]), each.text) for each in listed)
    left = len(findings) - len(rows)
    note = Message(_FURTHER, {"count": left}) if left else None
    titles = tuple(map(Message, (_PLACE, _RULE, _SEVERITY, _SENTENCE)))
    return (Section(Message(_TITLE), titles, rows, note, name="findings"),) if rows else ()
