"""Postcodes: text, for a number loses its leading zero."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from crmsheet.clean.normaliser import Normaliser, Reading, refused
from crmsheet.clean.spelling import as_text, narrow
from crmsheet.clean.text import read_spelling
from crmsheet.core.cells import Cell
from crmsheet.core.context import Context
from crmsheet.core.findings import Severity
from crmsheet.core.messages import N_
from crmsheet.core.rules import VERIFY, RuleCard
from crmsheet.core.schema import Field

_CHINESE = re.compile(r"\d{6}")
_FLOAT_TEXT = re.compile(r"(\d{4,6})\.0+")
_ZERO_LOST = re.compile(r"[1-7]\d{4}")
_LOST = N_("{value} may have lost its leading zero; if it is a Chinese postcode, type {guess} as text")


FOREIGN = "postcodes_of_five"
"""In `Context.extra` where a column holds codes of five digits by nature, such as those of the United States."""


def _read(cell: Cell, field: Field, context: Context) -> Reading:
    reading = _SPELLING(cell, field, context)
    code = reading.value or ""
    if context.region == "CN" and FOREIGN not in context.extra and _ZERO_LOST.fullmatch(code):
        return refused("CRM203", _LOST, guess=f"0{code}")
    return reading


def _spelt(text: str) -> str:
    code = narrow(text)
    whole = _FLOAT_TEXT.fullmatch(code)
    return whole[1] if whole else code


_SPELLING = read_spelling(_spelt)


def _canonical(cells: Sequence[object], _field: Field, _context: Context) -> list[object]:
    return [cell if isinstance(cell, str) and cell.isascii() and _CHINESE.fullmatch(cell) else None for cell in cells]


def _evidence(cells: Sequence[Any], context: Context) -> Mapping[str, Any]:
    """A book not in Chinese in which codes of five digits are commoner than those of six has none of China."""
    codes = [_spelt(as_text(cell)) for cell in cells if cell is not None]
    five = sum(bool(_ZERO_LOST.fullmatch(code)) for code in codes)
    six = sum(bool(_CHINESE.fullmatch(code)) for code in codes)
    return {FOREIGN: True} if context.lang != "zh" and six < five else {}


NORMALISER = Normaliser(
    kinds=("postcode",),
    cards=(
        RuleCard(
            "CRM203",
            Severity.warning,
            N_("A postcode without its leading zero"),
            """
        **What** A postcode of five digits where Chinese ones have six: it was typed as a number and lost its zero.

        **Why** Mail goes astray, and an address no longer compares with the same address elsewhere.

        **Bad** `10020`, typed for `010020`.

        **Good** `010020` as text.

        **crmsheet** It proposes the code in words and leaves the cell: five digits can be a foreign postcode as
        well.

        **Setting** `region`: only with `CN` five digits are taken for a loss.
        """,
            VERIFY,
        ),
    ),
    read=_read,
    canonical=_canonical,
    evidence=_evidence,
)
